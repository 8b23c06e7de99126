"""The office in processes that may die: one that lives on and forks a worker for every run, and the worker itself.

Spoken over a pipe, a JSON value a line, one question and its answer at a time: `python -m tests.faults.office_process`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from db import keys
from db.errors import Unavailable
from db.keys import Key
from db.schema import Part
from tests.faults import disk, mutants
from tests.faults.office import Office

Order = dict[str, Any]


class Dead(Exception):
    """The worker ended before it answered."""


class Refused(Exception):
    """The program said that it could not, in these words."""


class Worker:
    """The parent's side of one run of the program."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = self._answer()["pid"]

    def do(self, order: Order, *, kill_after: int = 0) -> int:
        """Let the worker do something; answers how often it touched the disk when it is done.

        Args:
            kill_after: Kill from outside, after that many touches were seen. `order["die_at"]` lets the worker end
                itself as hard right before a touch.

        Raises:
            Dead: it was killed on the way.
            Refused: it told so.
        """
        self._say({**order, "tell": bool(kill_after)})
        seen = 0
        while "touches" not in (answer := self._answer()):
            seen += 1
            if seen == kill_after:
                os.kill(self.pid, signal.SIGKILL)  # it may still end its step, and then has said so
        if answer["told"]:
            raise Refused(answer["told"])
        return int(answer["touches"])

    def kill(self) -> None:
        """End it as `kill -9` does, while it waits; one killed too late to stop its step is ended already."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        try:
            self._answer()
        except Dead:
            return
        raise AssertionError("the worker outlived its end")

    def _say(self, order: Order) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def _answer(self) -> Order:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that starts workers is gone"
        answer: Order = json.loads(line)
        if "ended" in answer:
            assert answer["ended"] == -signal.SIGKILL, "the worker failed by itself; see its error above"
            raise Dead
        return answer


class Starter:
    """Starts workers. Forking one that has loaded the program takes a hundredth of starting it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def start(self) -> Worker:
        """A new worker; the former one must be dead."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        return Worker(self._process)


@contextmanager
def started() -> Iterator[Starter]:
    """A process that starts workers."""
    command = [sys.executable, "-m", "tests.faults.office_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        yield Starter(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Fork a worker for each line until there are no more, and say how it ended."""
    import alembic.runtime.environment  # else every worker that migrates would load it anew
    import alembic.script  # noqa: F401

    disk.lie_over()
    while _line():
        worker = os.fork()
        if not worker:
            _work()
            os._exit(1)
        _pid, status = os.waitpid(worker, 0)
        _tell({"ended": os.waitstatus_to_exitcode(status)})


def _work() -> None:
    """Open the database and do as told until the end, which is a hard one."""
    _tell({"pid": os.getpid()})
    office: Office | None = None
    while line := _line():
        order = json.loads(line)
        for mutant in order.get("mutants", ()):
            mutants.BY_NAME[mutant](setattr)
        touches, told = _Touches(order), ""
        with disk.watched(touches.count):
            try:
                if order.get("key"):
                    keys.use(Key(bytes.fromhex(order["key"])))
                if order["kind"] == "open":
                    parts = [Part(key, Path(folder)) for key, folder in order["parts"]]
                    office = Office(Path(order["open"]), parts, order["hours"])
                elif order["kind"] == "limit":  # the system refuses to let files grow beyond it
                    import resource  # not on Windows, where nothing is forked either

                    resource.setrlimit(resource.RLIMIT_FSIZE, (order["bytes"], resource.RLIM_INFINITY))
                elif office is not None:
                    office.do(order)
            except Unavailable as error:
                told = str(error)
        _tell({"touches": touches.seen, "told": told})


class _Touches:
    """Counts what reaches the disk; tells of each, or ends the process before a chosen one."""

    def __init__(self, order: Order) -> None:
        self.seen, self._die_at, self._tells = 0, order.get("die_at", 0), order["tell"]

    def count(self, _touch: disk.Touch) -> int:
        self.seen += 1
        if self.seen == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._tells:
            _tell({"touch": self.seen})
        return disk.OK


def _line() -> bytes:
    """The next line, read by single bytes so that none is taken from whoever reads next."""
    line = b""
    while not line.endswith(b"\n"):
        got = os.read(0, 1)
        if not got:
            return b""
        line += got
    return line


def _tell(answer: Order) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
