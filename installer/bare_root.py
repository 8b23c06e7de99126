"""A Debian with nothing on it, in a folder: where the package is installed and started as on a stranger's machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = "kim"
_SHARED = ("/etc/resolv.conf", "/etc/hosts")
_PYTHONS = "ls -d /usr/bin/python* /usr/local/bin/python* /usr/lib/python* /usr/lib/*/libpython* 2>/dev/null; dpkg -l | grep -i ' python' || true"


class NoRoot(Exception):
    """A bare root cannot be made here; says why."""


def release() -> str:
    """The code name of this machine's Debian."""
    found = re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None or shutil.which("apt-get") is None:
        raise NoRoot("this machine runs no Debian release that could be set up anew")
    return found[1]


def why_not() -> str:
    """What stands in the way of a bare root on this machine; "" if nothing does."""
    if os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid():
        return "setting up a bare root needs the rights of root"
    missing = [name for name in ("debootstrap", "chroot", "unshare", "Xvfb") if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (apt-get install debootstrap xvfb)" if missing else ""


@dataclass(frozen=True, slots=True)
class BareRoot:
    """One such Debian. Commands run in it see only what is in it, and its mounts end with them."""

    folder: Path

    @classmethod
    def fresh(cls, workshop: Path) -> BareRoot:
        """A new one in the workshop, copied from one that was set up there before.

        Raises:
            NoRoot: it cannot be set up; says why.
        """
        name = release()
        pristine, folder = workshop / f"bare-{name}", workshop / "root"
        if not (pristine / "whole").exists():
            shutil.rmtree(pristine, ignore_errors=True)
            done = subprocess.run(
                ["debootstrap", "--variant=minbase", name, pristine, *_mirror()], capture_output=True, text=True
            )
            if done.returncode:
                raise NoRoot(f"debootstrap failed: {done.stdout[-500:]}{done.stderr[-500:]}")
            (pristine / "whole").touch()
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", pristine, folder], check=True)
        root = cls(folder)
        root.settle()
        return root

    def settle(self) -> None:
        """Give it this machine's way to the network and to packages, and an ordinary user."""
        for name in _SHARED:
            if Path(name).exists():
                shutil.copyfile(name, self.folder / name.lstrip("/"))
        for name in ("sources.list", "sources.list.d", "auth.conf.d", "preferences.d"):
            ours = Path("/etc/apt") / name
            if ours.is_dir():
                shutil.copytree(ours, self.folder / "etc/apt" / name, dirs_exist_ok=True)
            elif ours.exists():
                shutil.copyfile(ours, self.folder / "etc/apt" / name)
        self.run("useradd", "--create-home", USER, user="root")

    def command(self, words: Sequence[str | Path], user: str = USER, extra: Mapping[str, str] | None = None) -> list[str]:
        """The words that run `words` inside, as the given user and with nothing of our environment."""
        home = "/root" if user == "root" else f"/home/{user}"
        plain = {"HOME": home, "LOGNAME": user, "USER": user, "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        plain |= {name: value for name in ("http_proxy", "https_proxy") if user == "root" and (value := os.environ.get(name))}
        mounts = f'mount -t proc proc "{self.folder}/proc"; mount -t tmpfs tmpfs "{self.folder}/dev/shm" 2>/dev/null'
        enter = ["chroot", f"--userspec={user}:{user}", str(self.folder), "/usr/bin/env", "-i", f"--chdir={home}"]
        settings = [f"{name}={value}" for name, value in (plain | dict(extra or {})).items()]
        return ["unshare", "--mount", "sh", "-c", f'{mounts}; exec "$@"', "sh", *enter, *settings, *map(str, words)]

    def run(
        self, *words: str | Path, user: str = USER, extra: Mapping[str, str] | None = None, seconds: float = 900
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end."""
        command = self.command(words, user, extra)
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)

    def pythons(self) -> list[str]:
        """Every Python there is inside, by file or package."""
        return self.run("sh", "-c", _PYTHONS, user="root").stdout.split("\n")[:-1]

    def install(self, package: Path) -> None:
        """Install a package file with what it declares to need, and nothing else.

        Raises:
            NoRoot: apt could not; its own words.
        """
        shutil.copyfile(package, self.folder / "tmp" / package.name)
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y")
        for words in (("update",), ("install", "--no-install-recommends", f"/tmp/{package.name}")):
            done = self.run(*quiet, *words, user="root")
            if done.returncode:
                raise NoRoot(f"apt-get {words[0]} in the bare root failed: {done.stdout[-800:]}{done.stderr[-800:]}")

    def tidy(self) -> None:
        """Drop what apt fetched, which is no part of what is installed."""
        self.run("sh", "-c", "apt-get clean; rm -rf /var/lib/apt/lists/* /tmp/*.deb", user="root")

    def unresolved(self, folder: str) -> list[str]:
        """Libraries below `folder` of the root that miss one they load, with the missing name."""
        look = f"find {folder} -type f \\( -name '*.so*' -o -perm /100 \\) -exec sh -c 'ldd \"$1\" 2>/dev/null | sed -n \"s|^\\t*\\(.*\\) => not found|$1: \\1|p\"' _ {{}} \\;"
        return self.run("sh", "-c", look, user="root").stdout.splitlines()


def _mirror() -> list[str]:
    """Where this machine gets its packages, if its list says it in a way we know."""
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                found = re.match(r"(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+)", line)
                if found is not None and "security" not in found[1]:
                    return [found[1]]
    return []
