"""A real PostgreSQL server for tests and measuring: started on a free loopback port, gone with its starter, even a killed one."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

OLDEST = 15
ROOM = 3 << 30  # bytes of memory a server may fill
OWNER = "postgres"  # the server's own administrator
PATIENCE = 60.0  # seconds a server may need to start or stop on a busy machine
MISSING = f"This needs PostgreSQL {OLDEST} or newer, which was not found. Run ./setup.sh tests, or put its programs on the PATH."
# Text is sorted by Swedish rules unless a statement says otherwise: one that relies on the server's alphabet shows here.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=sv-SE")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "lc_messages": "C",
    "log_min_duration_statement": "-1",
    "logging_collector": "off",
    "dynamic_shared_memory_type": "mmap",  # in the server's own folder, so that nothing stays behind of one that was killed
}
HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
RULES = """local all all trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""


class ServerMissing(Exception):
    """PostgreSQL is not on this machine, or too old."""


@cache
def binaries() -> Path:
    """The folder that holds a PostgreSQL new enough.

    Raises:
        ServerMissing: with the one sentence that says what to do.
    """
    for folder in _folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists() and _version(folder) >= OLDEST:
            return folder
    raise ServerMissing(MISSING)


def _folders() -> Iterator[Path]:
    if asked := os.environ.get("KONTINUUM_POSTGRES"):
        yield Path(asked)
    packaged = Path("/usr/lib/postgresql")
    if packaged.exists():
        yield from sorted((f / "bin" for f in packaged.iterdir() if f.name.isdigit()), key=lambda f: -int(f.parent.name))
    if config := shutil.which("pg_config"):
        yield Path(_said(config, "--bindir"))
    if known := shutil.which("postgres"):
        yield Path(known).resolve().parent


def _version(folder: Path) -> int:
    found = re.search(r"\) (\d+)", _said(folder / "postgres", "--version"))
    return int(found[1]) if found else 0


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Server:
    """One server in a temporary folder of its own. A program watches over it that outlives us, and cleans up after a crash."""

    def __init__(self, folder: Path, settings: Mapping[str, str], account: Mapping[str, int]) -> None:
        """As `start` makes it."""
        self.folder, self.data = folder, folder / "data"
        self.port, self.password = _free_port(), secrets.token_urlsafe(12)
        self._settings = dict(settings)
        self._account: dict[str, Any] = dict(account)
        self._process: subprocess.Popen[bytes] | None = None
        self._names = 0
        self._watcher = _watch(folder)

    @classmethod
    def start(cls, folder: Path | None = None, *, safe: bool = False, settings: Mapping[str, str] | None = None) -> Server:
        """Make a new, empty server and start it.

        Args:
            folder: Where its own folder is made; the account it runs under must get there. The system's temporary folder
                otherwise.
            safe: Write to the disk in earnest, for tests of what a crash leaves.
            settings: More lines for postgresql.conf.

        Raises:
            ServerMissing: see `binaries`.
        """
        binaries()
        made = cls._placed(folder, {**SETTINGS, **({} if safe else HASTY), **(settings or {})})
        try:
            made._initialise()
            made.begin()
        except BaseException:
            made.remove()
            raise
        return made

    @classmethod
    def copy_of(cls, primary: Server, folder: Path | None = None, *, name: str = "standby") -> Server:
        """A second server that follows `primary` by replication, started."""
        made = cls._placed(folder, primary._settings)
        made.password = primary.password
        source = f"host=127.0.0.1 port={primary.port} user={OWNER} password={primary.password} application_name={name}"
        try:
            made._run("pg_basebackup", "-D", made.data, "-d", source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
            made._configure()
            made.begin()
        except BaseException:
            made.remove()
            raise
        return made

    @classmethod
    def _placed(cls, folder: Path | None, settings: Mapping[str, str]) -> Server:
        own = Path(tempfile.mkdtemp(prefix="kontinuum-pg-", dir=folder or _quick_place(settings)))
        account = _lesser_account()
        if account:
            os.chown(own, account["user"], account["group"])
        return cls(own, settings, account)

    @property
    def running(self) -> bool:
        """True while the server's first process lives."""
        return self._process is not None and self._process.poll() is None

    def begin(self) -> None:
        """Start it again after `stop` or `kill`; returns when it answers."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [binaries() / "postgres", "-D", self.data],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **self._account,
            )  # fmt: skip
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop in order: SIGINT ends the desks' sessions, SIGTERM waits for them, SIGQUIT leaves all as it is."""
        if self._process is not None and self.running:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
        self._process = None

    def restart(self) -> None:
        """Stop in order, start again on the same port."""
        self.stop()
        self.begin()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self._process is None:
            return
        _signal(self._process.pid, signal.SIGSTOP)  # else it may start one more that nobody counted
        children = _children(self._process.pid)
        for number in (self._process.pid, *children):
            _signal(number, signal.SIGKILL)
        self._process.wait(PATIENCE)
        _until(lambda: not any(map(_alive, children)), "the killed server to be gone")
        self._process = None

    def freeze(self) -> None:
        """Let no process of the server run until `thaw`."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal_all(signal.SIGCONT)

    def promote(self) -> None:
        """Make a copy the writer; returns when it writes."""
        with self.connect() as connection:
            connection.execute("SELECT pg_promote(true, 60)")

    def remove(self) -> None:
        """Stop it and remove all it stored."""
        if self.running:
            self._signal_all(signal.SIGCONT)
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()
        self._watcher.wait(PATIENCE)

    def dsn(self, database: str = "postgres", *, user: str = OWNER, password: str | None = None) -> str:
        """How a program reaches a database of this server; the administrator's own password unless one is given."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{quote(user, safe='')}:{secret}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the administrator, each statement on its own."""
        return psycopg.connect(self.dsn(database), autocommit=True)

    def fresh(self, name: str = "test", template: str = "template1") -> str:
        """The address of a new database, copied from `template`; its name is `name` and a number."""
        self._names += 1
        own = f"{name}_{self._names}"
        with self.connect() as connection:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY = {}")
            connection.execute(copy.format(sql.Identifier(own), sql.Identifier(template), sql.SQL("FILE_COPY")))
        return self.dsn(own)

    def drop(self, dsn: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(dsn.rpartition("/")[2])))

    @contextmanager
    def lent(self, template: str, user: str = "tester") -> Iterator[str]:
        """The address of a copy of `template`, for this user, removed at the end."""
        made = self.fresh("test", template)
        yield self.dsn(made.rpartition("/")[2], user=user)
        self.drop(made)

    def log(self) -> str:
        """All the server has said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _initialise(self) -> None:
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(self.password, encoding="ascii")
        if self._account:
            os.chown(secret, self._account["user"], self._account["group"])
        self._run("initdb", "-D", self.data, "-U", OWNER, f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync", *LOCALE)
        secret.unlink()
        self._configure()

    def _configure(self) -> None:
        """Settings are put where a copied server's own lines count more than those it was copied with."""
        lines = {**self._settings, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
        (self.data / "pg_hba.conf").write_text(RULES, encoding="ascii")

    def _run(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(
            [binaries() / program, *words], capture_output=True, text=True, cwd=self.folder, check=False, **self._account
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()[-2000:]}")

    def _wait_until_ready(self) -> None:
        started = self.data / "postmaster.pid"

        def ready() -> bool:
            if not self.running:
                raise RuntimeError(f"PostgreSQL did not start: {self.log()[-2000:]}")
            try:
                lines = started.read_text(encoding="utf-8").split("\n")
            except FileNotFoundError:  # also while a server that was killed before takes its old one away
                return False
            return (
                len(lines) > 7
                and lines[7].strip() == "ready"
                and self._process is not None
                and lines[0] == str(self._process.pid)
            )

        _until(ready, "PostgreSQL to start")

    def _signal_all(self, what: signal.Signals) -> None:
        if self._process is not None:
            for number in (self._process.pid, *_children(self._process.pid)):
                _signal(number, what)


def _lesser_account() -> dict[str, int]:
    """PostgreSQL refuses to run as root, who therefore starts it as nobody."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _quick_place(settings: Mapping[str, str]) -> Path | None:
    """In memory where there is plenty, if nothing need outlive a power cut: making a database is ten times as fast there."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return memory if plenty and settings.get("fsync") == "off" else None


def _watch(folder: Path) -> subprocess.Popen[bytes]:
    """A program that reads from us until we end, however that happens, then ends the server and removes its folder."""
    place = shlex.quote(str(folder))
    task = (
        f"cat >/dev/null; pid=$(head -n 1 {place}/data/postmaster.pid 2>/dev/null); "
        f'[ -z "$pid" ] || {{ kill -CONT "$pid"; kill -QUIT "$pid"; '
        f'for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" || break; sleep 1; done; }} 2>/dev/null; rm -rf {place}'
    )
    return subprocess.Popen(
        ["/bin/sh", "-c", task],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _free_port() -> int:
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        port: int = trying.getsockname()[1]
    return port


def _children(number: int) -> list[int]:
    return [own for own, (parent, _state) in _processes().items() if parent == number]


def _alive(number: int) -> bool:
    return _processes().get(number, (0, "Z"))[1] != "Z"


def _processes() -> dict[int, tuple[int, str]]:
    """Every process with its parent and state; read from the system itself where it shows them, since `ps` may be missing."""
    found = {}
    if Path("/proc/self/stat").exists():
        for place in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended meanwhile
                number, rest = place.read_text(errors="replace").split(" (", 1)
                state, parent = rest.rpartition(") ")[2].split()[:2]
                found[int(number)] = (int(parent), state)
        return found
    for line in _said("ps", "-A", "-o", "pid=,ppid=,state=").split("\n"):
        own, parent, state = line.split()
        found[int(own)] = (int(parent), state[0])
    return found


def _signal(number: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(number, what)


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {PATIENCE:.0f} s for {what}")
        time.sleep(0.01)


@contextmanager
def served(folder: Path | None = None, *, safe: bool = False, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server.start(folder, safe=safe, settings=settings)
    try:
        yield server
    finally:
        server.remove()
