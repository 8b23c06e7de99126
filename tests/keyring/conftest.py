"""Sessions with a keyring that is open, one that is locked, and none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.keyring.service import is_missing, secret_service

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Computer:
    """A user's session. Commands run in a process that has its environment and remembers no key between them."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.folder = {**env, "LANGUAGE": "en", "LC_ALL": "C.UTF-8"}, folder
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: object, given: str = "") -> Ran:
        """`kontinuum ...`, ended; `given` is what is typed or piped in."""
        if self._process is None:
            command = [sys.executable, "-m", "tests.keyring.serve"]
            self._process = subprocess.Popen(
                command, env=self.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps([[str(word) for word in words], given]) + "\n")
        process.stdin.flush()
        return Ran(*json.loads(process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """A piece of a program."""
        return subprocess.run([sys.executable, "-c", code], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """The programs these tests are against; `./setup.sh tests` installs them where it may."""
    if missing := is_missing():
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def unlocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    """A session whose keyring is open."""
    folder = tmp_path_factory.mktemp("unlocked")
    with secret_service(folder, unlocked=True) as env, closing(Computer(env, folder)) as computer:
        yield computer


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Computer]:
    """Another computer: its keyring is open and empty."""
    with secret_service(tmp_path / "other", unlocked=True) as env, closing(Computer(env, tmp_path)) as computer:
        yield computer


@pytest.fixture(scope="session")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    """A session whose keyring there is, but nobody unlocked it."""
    folder = tmp_path_factory.mktemp("locked")
    with secret_service(folder, unlocked=True) as env:
        Computer(env, folder).python("from db import secrets; secrets.store('a', 'b')").check_returncode()
    with secret_service(folder, unlocked=False) as env, closing(Computer(env, folder)) as computer:
        yield computer


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    """A session with a bus and no keyring on it."""
    folder = tmp_path_factory.mktemp("bare")
    with secret_service(folder, unlocked=False, keyring=False) as env, closing(Computer(env, folder)) as computer:
        yield computer


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list with one person."""
    path = tmp_path / "list.csv"
    path.write_text("Efternamn;Förnamn;E-post\nXylofonsdotter;Mia;mia@uni.example\n", encoding="utf-8")
    return path
