"""Commands on a server's database ask for the password on a terminal, and it stands nowhere a program or a log could read it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.server.conftest import PASSWORD, Office, login_of

pty = pytest.importorskip("pty")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at running programs in /proc")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def around(tmp_path: Path) -> dict[str, str]:
    """A user who never started the program."""
    own = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **own, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}


def _address(office: Office) -> str:
    return f"postgresql://{login_of('office')}@127.0.0.1:{office.server.port}/{office.names.database}"


def _on_a_terminal(command: list[str], around: dict[str, str], typed: str) -> tuple[int, str]:
    """How it ended and all it said; `typed` is given once it asks."""
    own, terminal = pty.fork()
    if own == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, *command], around)
    said, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            came = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        said += came
        if typed and b"Password for " in said:
            everybody = b"".join(_read(place) for place in Path("/proc").glob("[0-9]*/cmdline"))
            os.write(terminal, f"{typed}\n".encode())
            assert typed.encode() not in everybody and PASSWORD.encode() not in _read(Path(f"/proc/{own}/environ"))
            typed = ""
    _own, status = os.waitpid(own, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode()


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


@pytest.mark.parametrize(
    ("typed", "code", "said"), [(PASSWORD, 0, ""), ("nothing like it", 2, "does not know this user, or the password is wrong")]
)
def test_the_password_is_asked_for_on_a_terminal(
    office: Office, around: dict[str, str], tmp_path: Path, typed: str, code: int, said: str
) -> None:
    ended, words = _on_a_terminal(["-m", "desktop.cli", "--db", _address(office), "search", "nobody"], around, typed)
    assert ended == code and said in words
    assert "Password for" in words and typed not in words and "Traceback" not in words
    for kept in tmp_path.rglob("*"):
        assert not kept.is_file() or typed.encode() not in kept.read_bytes(), kept
    assert typed not in office.server.log()


def test_without_a_terminal_one_sentence_says_what_to_do(office: Office, around: dict[str, str]) -> None:
    command = [sys.executable, "-m", "desktop.cli", "--db", _address(office), "search", "nobody"]
    ended = subprocess.run(command, env=around, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 2 and ended.stdout == ""
    name = f"{office.names.database} (127.0.0.1)"
    assert ended.stderr == f"{name} asks for a password. Store it where libpq looks, such as a .pgpass file.\n"


def test_a_password_in_the_address_is_refused(office: Office, around: dict[str, str]) -> None:
    address = _address(office).replace("@", ":geheim@")
    command = [sys.executable, "-m", "desktop.cli", "--db", address, "search", "nobody"]
    ended = subprocess.run(command, env=around, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 2 and "A password stands in the address" in ended.stderr and "geheim" not in ended.stderr


def test_a_password_where_libpq_looks_is_enough(office: Office, around: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "passwords"
    kept.touch(0o600)
    kept.write_text(f"127.0.0.1:{office.server.port}:*:{login_of('office')}:{PASSWORD}\n", encoding="utf-8")
    command = [sys.executable, "-m", "desktop.cli", "--db", _address(office), "search", "nobody"]
    ended = subprocess.run(
        command,
        env={**around, "PGPASSFILE": str(kept)},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
