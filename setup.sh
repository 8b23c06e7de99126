#!/usr/bin/env bash
# Makes .venv with everything Kontinuum needs; quick when nothing changed. Called by make.
# `./setup.sh tests` also sees to a PostgreSQL server that the tests can start; the program itself needs none here.
set -euo pipefail
cd "$(dirname "$0")"

# What Qt loads from the system, as "library file:Debian package"; newer names such as libglib2.0-0t64 stand in for these by themselves.
always=(
  libglib-2.0.so.0:libglib2.0-0 libEGL.so.1:libegl1 libGL.so.1:libgl1 libfontconfig.so.1:libfontconfig1
  libdbus-1.so.3:libdbus-1-3 libxkbcommon.so.0:libxkbcommon0
)
with_a_screen=(
  libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1
  libxcb-xkb.so.1:libxcb-xkb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-shape.so.0:libxcb-shape0
  libxcb-render-util.so.0:libxcb-render-util0 libxcb-image.so.0:libxcb-image0
)

say() { printf '%s\n' "$*" >&2; }

install_packages() { # installs what is named when it may, else prints the exact line and fails
  local as=()
  if [ "$(id -u)" != 0 ]; then as=(sudo -n); fi
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    say "Installing system packages: $*"
    "${as[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  else
    say "Kontinuum needs system packages that this account may not install. Please run:"
    say "  sudo apt-get install -y --no-install-recommends $*"
    return 1
  fi
}

missing_packages() { # the packages, one a line, of those libraries that this machine lacks
  local known pair
  known=$( (ldconfig -p 2>/dev/null || /sbin/ldconfig -p) || true)
  for pair in "$@"; do
    case "$known" in *"${pair%%:*}"*) ;; *) echo "${pair##*:}" ;; esac
  done
}

system_libraries() { # without those for a screen, the tests and the guided tour still run: say it and go on
  [ "$(uname)" = Linux ] || return 0
  local needed wanted
  mapfile -t needed < <(missing_packages "${always[@]}")
  mapfile -t wanted < <(missing_packages "${with_a_screen[@]}")
  if [ ${#needed[@]} -gt 0 ]; then
    install_packages "${needed[@]}" "${wanted[@]}"
  elif [ ${#wanted[@]} -gt 0 ]; then
    install_packages "${wanted[@]}" || say "Going on without them; the window will not open on an X11 screen until they are there."
  fi
}

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python; do
    if "$name" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  say "Kontinuum needs Python 3.11 or newer, which was not found. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
  return 1
}

server_found() { # a PostgreSQL of version 15 or newer, wherever distributions put it
  local folder
  for folder in "${KONTINUUM_POSTGRES:-}" /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)" \
    "$(dirname "$(command -v postgres 2>/dev/null || echo /none/postgres)")"; do
    if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] &&
      [ "$("$folder/postgres" --version | sed -E 's/.*\) ([0-9]+).*/\1/')" -ge 15 ]; then return 0; fi
  done
  return 1
}

server_for_tests() { # its programs only: no database is made and no service is started
  server_found && return 0
  if [ "$(uname)" = Darwin ]; then
    say "The tests need PostgreSQL 15 or newer. Please run:  brew install postgresql@17"
    return 1
  fi
  local settings=/etc/postgresql-common/createcluster.d as=()
  if [ "$(id -u)" != 0 ]; then as=(sudo -n); fi
  if "${as[@]}" mkdir -p "$settings" 2>/dev/null; then
    echo "create_main_cluster = false" | "${as[@]}" tee "$settings/kontinuum.conf" >/dev/null
    install_packages postgresql || { "${as[@]}" rm -f "$settings/kontinuum.conf"; return 1; }
    "${as[@]}" rm -f "$settings/kontinuum.conf" # a later server of somebody else is made as usual
  else
    install_packages postgresql
  fi
  server_found && return 0
  say "The PostgreSQL of this distribution is too old for the tests, which need 15 or newer. Please run:"
  say "  sudo apt-get install -y postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y &&"
  say "  sudo apt-get install -y postgresql-17"
  return 1
}

missing_programs() { # the packages, one a line, of those programs, given as "program:package", that this machine lacks
  local pair
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"; done
}

kerberos_for_tests() { # a realm of the tests' own; without it they say what they leave out
  [ "$(uname)" = Linux ] || return 0
  local wanted
  mapfile -t wanted < <(PATH="$PATH:/usr/sbin" missing_programs krb5kdc:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user)
  [ ${#wanted[@]} = 0 ] || install_packages "${wanted[@]}" || say "Going on without them; signing in by Kerberos is not tested."
}

keyring_for_tests() { # what only tests use; without it they say what they leave out
  [ "$(uname)" = Linux ] || return 0
  local wanted
  mapfile -t wanted < <(missing_programs gnome-keyring-daemon:gnome-keyring dbus-daemon:dbus-daemon)
  [ ${#wanted[@]} = 0 ] || install_packages "${wanted[@]}" || say "Going on without them; the tests of the keyring are left out."
}

if [ "${1:-}" = tests ]; then
  keyring_for_tests
  kerberos_for_tests
  server_for_tests
fi

stamp=.venv/kontinuum-$(cat setup.sh pyproject.toml requirements.txt | cksum | cut -d' ' -f1)
if [ -e "$stamp" ] && [ -x .venv/bin/kontinuum ]; then exit 0; fi

system_libraries
if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  "$python" -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv
  say "Making .venv with $("$python" --version)"
  "$python" -m venv .venv
fi
say "Installing the program and its libraries (once; about a minute)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
rm -f .venv/kontinuum-*
touch "$stamp"
