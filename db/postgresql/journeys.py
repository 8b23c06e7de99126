"""A connection that spares journeys to the server: what needs no answer of its own goes with what is said next."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence
from math import inf
from time import monotonic
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.waiting import Ready, Wait

from db.postgresql import faults, removing
from db.postgresql.quoting import literal

CHANNEL = "kontinuum"  # on which desks hint at each other that something was saved
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE ", "COPY "})
SHOWN = 40  # letters of a statement in the name it is prepared under; the server keeps 63 bytes of a name
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
Said = tuple[str, Sequence[Any] | None]  # a statement with $1, $2, … and its values
_BEGIN: Said = ("BEGIN", None)
_UNKNOWN = re.compile(rb"ROLLBACK|DROP|ALTER|DISCARD ALL|DEALLOCATE ALL")  # after these the driver forgets what is prepared


class _Written(NamedTuple):
    """A statement with its values as they are sent."""

    statement: str
    values: Sequence[Buffer | None] | None
    formats: Sequence[Format] | None
    kinds: tuple[int, ...]


class Connection(psycopg.Connection[Any]):
    """A connection that counts the rows it wrote, spares journeys, and whose errors quote nobody."""

    written = 0
    unconfirmed = False  # the last commit is here, and the second server did not promise to keep it
    steps = False  # whether transactions begin by themselves, with what is said first
    opening: tuple[Said, ...] = ()  # what begins the transaction; goes with the first thing said in it
    unsaid: tuple[Said, ...] = ()  # what nobody waits for the answer to; goes with the next thing said, the commit at the latest
    hint: str | None = None  # what other desks hear after the commit; empty where the history says the rest
    used = inf  # when a transaction ended here, by the clock of this machine

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.prepared: dict[tuple[str, tuple[int, ...]], bytes] = {}  # names of statements, by their text and the kinds of values
        self._named = 0
        self._values = Transformer(self)  # kept, for it finds out once how each kind of value is written and read

    def gone(self) -> bool:
        """Whether the other end closed it while nobody used it; asks nobody."""
        try:
            for _words_and_end in range(2):  # a server that says why it goes has said so before the end is read
                self.pgconn.consume_input()  # waits for nothing
        except psycopg.OperationalError:
            return True
        return self.pgconn.status != ConnStatus.OK

    def noticed(self, notice: errors.Diagnostic) -> None:
        """The server says something beside its answers."""
        if notice.source_function == "SyncRepWaitForLSN":  # where it waits for the second server; its words come in any language
            self.unconfirmed = True

    def at_once(self, command: str) -> PGresult:
        """Send a command as it stands and wait for its answer: half the time of the driver's way, which is made for many at once.

        Raises:
            psycopg.Error: the server refused it, or is gone.
        """
        with self.lock:
            result = self.pgconn.exec_(command.encode())
        if result.status not in _DONE:
            raise _error(result)
        return result

    def owes(self) -> bool:
        """Whether something is still to be said before the next thing, or with it."""
        if self.steps and not self.opening and self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.opening = (_BEGIN,)
        return bool(self.opening or self.unsaid)

    def say(self) -> None:
        """Say what is still unsaid, before something that must go by itself.

        Raises:
            psycopg.Error: the server refused it, or is gone.
        """
        if self.owes():
            self._journey()

    def ask(self, *asked: Said) -> list[list[tuple[Any, ...]]]:
        """All rows of the answer to each question, in one journey with what was unsaid.

        Raises:
            psycopg.Error: the first thing of these that the server refused; it then did nothing of what followed.
        """
        self.owes()
        rows = []
        for answer in self._journey(*asked)[-len(asked) :]:
            self.written += _written(answer)
            self._values.set_pgresult(answer)
            rows.append(self._values.load_rows(0, answer.ntuples, tuple))
        return rows

    def open_with(self, statement: str, values: Sequence[Any]) -> None:
        """Say this as the first thing of the transaction, together with what is said next."""
        self.owes()
        self.opening += ((statement, values),)

    def leave(self, statement: str, values: Sequence[Any] | None = None) -> None:
        """Leave unsaid what nobody waits for: it goes with what is said next, the commit at the latest, and is refused then."""
        self.owes()  # a transaction begins with it, if none is open
        self.unsaid += ((statement, values),)

    def commit(self) -> None:
        """As the driver, with what was unsaid."""
        hint, self.hint, self.unconfirmed = self.hint, None, False
        status = self.pgconn.transaction_status
        idle = status == TransactionStatus.IDLE and not self.unsaid
        if status == TransactionStatus.INERROR or (idle and hint is not None):
            # The server would answer a COMMIT with a quiet ROLLBACK, or find nothing to commit of what was written.
            self.rollback()
            raise errors.InFailedSqlTransaction("something was refused before, so nothing can be saved")
        if idle:
            self.opening = ()
        else:
            # The hint comes after the commit, in the same journey: inside, it would let all commits wait for each other.
            told = () if hint is None else ((f"NOTIFY {CHANNEL}, {literal(hint)}" if hint else f"NOTIFY {CHANNEL}", None),)
            try:
                answers = self._journey(("COMMIT", None), *told)
                if answers[-1 - len(told)].command_status != b"COMMIT":
                    raise errors.InFailedSqlTransaction("the server gave the step up")
            except psycopg.Error:
                self.rollback()  # what was refused before the commit leaves the transaction open, and nobody else ends it
                raise
        self.used = monotonic()

    def rollback(self) -> None:
        """As the driver; prepared statements stay, unless something went wrong."""
        self.opening = self.unsaid = ()
        self.hint = None
        if self.closed:
            return  # it was lost, and all that was open with it
        status = self.pgconn.transaction_status
        if status == TransactionStatus.INTRANS:
            self.at_once("ROLLBACK")
        elif status != TransactionStatus.IDLE:
            self.prepared.clear()  # as the driver forgets all of them
            super().rollback()
        self.used = monotonic()

    def _journey(self, *more: Said) -> list[PGresult]:
        """Say what was unsaid and this; the answers, the last of them to the last that was said."""
        said, self.opening, self.unsaid = (*self.opening, *self.unsaid, *more), (), ()
        written = [self._write(*one) for one in said]  # before anything is sent: a value that cannot be leaves the line as it is
        with self.lock:
            return self.wait(self._talk(written))

    def _write(self, statement: str, values: Sequence[Any] | None) -> _Written:
        if values is None:
            return _Written(statement, None, None, ())
        made = self._values
        given = made.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return _Written(statement, given, made.formats, made.types or ())

    def _talk(self, said: Sequence[_Written]) -> Generator[Wait, Ready | int, list[PGresult]]:
        """Send all of it as one message, then wait for the answers; the server skips what follows the first it refuses."""
        server, named = self.pgconn, dict[int, tuple[tuple[str, tuple[int, ...]], bytes]]()
        server.enter_pipeline_mode()
        sent = 0
        for one in said:
            if one.values is None:
                server.send_query_params(one.statement.encode(), None)
            else:
                key = one.statement, one.kinds
                name = self.prepared.get(key)
                if name is None:
                    self._named += 1
                    name = f"{self._named} {one.statement[:SHOWN]}".encode()  # as the server's log will name it
                    server.send_prepare(name, one.statement.encode(), one.kinds)
                    named[sent] = key, name
                    sent += 1
                server.send_query_prepared(name, one.values, one.formats)
            sent += 1
        server.pipeline_sync()
        while server.flush():
            if (yield Wait.RW) & Ready.R:
                server.consume_input()
        answers: list[PGresult] = []
        while True:
            while server.is_busy():
                yield Wait.R
                server.consume_input()
            answer = server.get_result()
            if answer is not None:
                if answer.status == ExecStatus.PIPELINE_SYNC:
                    break
                answers.append(answer)
            elif server.status != ConnStatus.OK:
                raise psycopg.OperationalError("the connection was lost")
        server.exit_pipeline_mode()
        for place, (key, name) in named.items():
            if answers[place].status == ExecStatus.COMMAND_OK:
                self.prepared[key] = name
        for answer in answers:
            if answer.status not in _DONE:
                raise _error(answer)
        return [answer for place, answer in enumerate(answers) if place not in named]


class Cursor(psycopg.Cursor[Any]):
    """Adds what its statements wrote to the connection's count."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Cursor:
        """As the driver, after what was unsaid, and count."""
        line: Any = self.connection
        line.say()
        try:
            super().execute(query, params, **options)
        except psycopg.Error as error:
            faults.terse(error)
            raise
        if self.pgresult is None or not (status := self.pgresult.command_status):
            return self
        if status[:6].decode() in _WRITES or (isinstance(query, str) and query.startswith(removing.CALL)):
            line.written += self.rowcount
        elif _UNKNOWN.match(status):
            line.prepared.clear()
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """As the driver, and count."""
        line: Any = self.connection
        line.say()
        try:
            super().executemany(query, params_seq, returning=returning)
        except psycopg.Error as error:
            faults.terse(error)
            raise
        line.written += max(self.rowcount, 0)

    def copy(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """As the driver, after what was unsaid."""
        line: Any = self.connection
        line.say()
        return super().copy(statement, params, **options)


def _written(answer: PGresult) -> int:
    """How many rows a statement wrote."""
    wrote = (answer.command_status or b"")[:6].decode() in _WRITES
    return answer.command_tuples or 0 if wrote else 0


def _error(answer: PGresult) -> psycopg.Error:
    error = errors.error_from_result(answer, "utf-8")
    if error.sqlstate is None:
        return psycopg.OperationalError(str(error))
    faults.terse(error)
    return error
