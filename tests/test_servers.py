"""The tests' own PostgreSQL starts, stops, dies and comes again as the tests need it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import servers
from servers import Server, ServerMissing, served

CRASHING = """
import os, signal
from servers import Server
server = Server.start()
print(server.folder, server.port, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server to be maltreated, which writes to the disk in earnest."""
    with served(safe=True) as started:
        yield started


def rows(server: Server) -> int:
    with server.connect() as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert found is not None
        return int(found[0])


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it becomes true."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_what_was_saved_is_there_after_a_restart_and_after_every_process_was_killed(own: Server) -> None:
    with own.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
    own.restart()
    with own.connect() as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
        own.kill()
    assert not own.running
    with pytest.raises(psycopg.OperationalError):
        own.connect()
    own.begin()
    assert rows(own) == 2


def test_a_copy_follows_and_can_take_over(own: Server) -> None:
    with own.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (x integer)")
    copy = Server.copy_of(own)
    try:
        with own.connect() as connection:
            before = rows(own)
            connection.execute("INSERT INTO kept VALUES (3)")
        assert eventually(lambda: rows(copy) == before + 1)
        own.stop()
        copy.promote()
        with copy.connect() as connection:
            connection.execute("INSERT INTO kept VALUES (4)")
        assert rows(copy) == before + 2
    finally:
        copy.remove()
        own.begin()


def test_a_frozen_server_answers_again_when_thawed(own: Server) -> None:
    with own.connect() as connection:
        own.freeze()
        own.thaw()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_texts_are_sorted_by_swedish_rules_unless_a_statement_says_otherwise(server: Server) -> None:
    with server.connect() as connection:
        found = connection.execute("SELECT 'ä' < 'ö', 'å' < 'ä', 'b' < 'Ö', 'a' < 'B'").fetchone()
    assert found == (True, True, True, True)


@pytest.mark.skipif(sys.platform == "win32", reason="another way of ending")
def test_nothing_is_left_of_the_server_of_a_program_that_was_killed() -> None:
    program = subprocess.run(
        [sys.executable, "-c", CRASHING], capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=120
    )
    assert program.returncode == -signal.SIGKILL, program.stderr
    folder, port = program.stdout.split()
    assert eventually(lambda: not os.path.exists(folder), 40)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=int(port), user="postgres")


def test_a_machine_without_a_server_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "_folders", lambda: iter([Path("/nowhere")]))
    servers.binaries.cache_clear()
    with pytest.raises(ServerMissing, match=r"PostgreSQL 15 or newer.*\./setup\.sh tests"):
        Server.start()
    servers.binaries.cache_clear()
