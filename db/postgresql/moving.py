"""Moving a database from a file to an empty server: all of it in one transaction, compared row by row, or nothing.

The file is only read. A move that was killed has left nothing on the server, and is simply begun again; one whose end nobody
saw is there as a whole, and is only compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db import faults, schema
from db.errors import Denied, RuleBroken, Unavailable
from db.keys import key_of
from db.postgresql import audit, founding, measuring, moving_protected
from db.postgresql.catalogue import TableInfo, children_first, tables_of
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan
from db.postgresql.quoting import literal, quoted
from db.postgresql.schemas import CORE
from db.postgresql.translating import EMPTY, Write, image_writer, writer
from db.postgresql.triggers import PREFIX
from db.sqlite import opening
from db.texts import _

Report = Callable[[int, int], None]
BATCH = 2000  # rows read and sent in one go
IMAGES = "row_image"
# Of no use elsewhere: what the search index holds is made anew, the others are empty between steps.
_LEFT = frozenset({"search_entry", "search_dirty", "open_change_set", "kept_row", "presence", "hint"})
_OF_SEARCH = ("search_words", "search_parts", "sqlite_")
_VERSIONS = "schema_version_"
_KINDS = f"""SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = '{CORE}'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum"""
_GUARDS = f"""SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = '{CORE}'::regnamespace AND starts_with(t.tgname, '{PREFIX}')"""
_COUNTERS = f"""SELECT relname, attname, counter FROM (
    SELECT c.relname, a.attname, pg_get_serial_sequence('{CORE}.' || quote_ident(c.relname), a.attname) AS counter
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = '{CORE}'::regnamespace AND c.relkind = 'r') q WHERE counter IS NOT NULL"""
# Whose steps they were: the logins are called as the users of the file, so that each may take back their own.
_LAST = "SELECT id FROM change_set ORDER BY number DESC LIMIT 1"
_WORKED_ON = (
    _("{file} was moved to {name} before, and people have worked with it since."),
    _("Nothing was moved. Go on with the database on the server."),
)
_LOGINS = "UPDATE change_set s SET login = coalesce((SELECT u.login FROM user_account u WHERE u.id = s.actor_id), '')"


@dataclass(frozen=True, slots=True)
class Summed:
    """What a table holds: how many rows, and the sum of a fingerprint of each, whatever their order."""

    rows: int = 0
    sum: int = 0

    def __add__(self, lines: Iterable[bytes]) -> Summed:
        """With these lines of COPY too."""
        rows, total = self.rows, self.sum
        for line in lines:
            rows += 1
            total += int.from_bytes(blake2b(line, digest_size=8).digest(), "big")
        return Summed(rows, total % (1 << 64))


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, table by table; both sides were found to hold the same. `before`: it was there already."""

    tables: Mapping[str, Summed]
    before: bool = False

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be moved: the rows of each table, and who works with the file. `before`: all is there, and only compared."""

    name: str  # of the database on the server
    tables: Mapping[str, int]
    users: Mapping[str, tuple[str, ...]]  # the roles of each who may sign in
    before: bool

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.tables.values())


def look(path: Path, engine: PostgresqlEngine, plan: Plan) -> Preview:
    """Whether the file could be moved there, and what that would be; nothing is changed.

    Raises:
        As `move`.
    """
    with _joined(path, engine, plan) as (raw, writing, before):
        users = raw.execute("SELECT login, roles FROM user_account WHERE active ORDER BY login").fetchall()
        found = {login: tuple(json.loads(roles) if isinstance(roles, str) else roles) for login, roles in users}
        return Preview(engine.name, _Move(raw, writing, lambda _done, _of: None).counts, found, before)


def move(path: Path, engine: PostgresqlEngine, plan: Plan, report: Report = lambda _done, _total: None) -> Moved:
    """Bring everything in the file to the server, which was set up with the same plan and never used.

    Ids, versions, change sets with their numbers, times and names, images of rows, users and settings stay as they are;
    the search index is made anew. Logins are an administrator's to make afterwards.

    Args:
        report: Told how many rows of how many are moved and compared; what it raises stops the move.

    Raises:
        RuleBroken: the server is in use already, or does not hold the same tables as the file.
        Denied: this login is none that may do it.
        Unavailable: the file or the server cannot be used; nothing was moved.
    """
    with _joined(path, engine, plan) as (raw, writing, before):
        moving = _Move(raw, writing, report)
        if before:
            return moving.compare(path, engine.name)
        moved = moving.run(engine, plan)
        with founding.acting(writing, founding.names_of(writing, plan).audit):
            writing.exec_driver_sql(audit.TAKE_OVER)
        return moved


@contextmanager
def _joined(path: Path, engine: PostgresqlEngine, plan: Plan) -> Iterator[tuple[Any, Connection, bool]]:
    """Both sides, fit for each other, and whether the file was brought there before."""
    with faults.told(path), _reading(path) as raw, founding.beginning(engine) as writing:
        _refuse_powerless(writing, engine.name)
        _refuse_unequal(raw, writing, plan, path, engine.name)
        with founding.acting(writing, founding.names_of(writing, plan).owner):
            yield raw, writing, _was_moved(raw, writing, path, engine.name)


class _Move:
    """One move under way."""

    def __init__(self, raw: Any, writing: Connection, report: Report) -> None:
        self._raw, self._writing, self._report = raw, writing, report
        self._server: Any = writing.connection.driver_connection
        self._kinds: dict[str, dict[str, str]] = {}
        for table, column, kind in writing.exec_driver_sql(_KINDS):
            self._kinds.setdefault(table, {})[column] = kind
        there = _tables(raw)
        order = children_first(table for table in tables_of(writing).values() if table.name in there and _is_kept(table.name))
        self._tables: list[TableInfo] = order[::-1]
        self._columns = {table.name: _columns(raw, table.name) for table in self._tables}
        self._turned = image_writer(self._kinds)
        self.counts = {table.name: self._count(table.name) for table in self._tables}
        self._done, self._total = 0, 2 * sum(self.counts.values())

    def run(self, engine: PostgresqlEngine, plan: Plan) -> Moved:
        """All tables, parents first."""
        self._report(0, self._total)
        with self._guards_resting():
            for table in reversed(self._tables):  # what revisions put there is in the file too, as it is used by now
                self._writing.exec_driver_sql(f"DELETE FROM {quoted(table.name)}")
            sent = {table.name: self._send(table.name) for table in self._tables}
            kept = {table.name: self._sum(table.name) for table in self._tables}
            wrong = sorted(name for name in sent if sent[name] != kept[name])
            if wrong:
                raise Unavailable(
                    _("What arrived on the server differs from the file: {tables}."),
                    _("Nothing was kept. Try again, and tell whoever looks after Kontinuum."),
                    tables=", ".join(wrong),
                )
            self._writing.exec_driver_sql(_LOGINS)
            self._count_on()
            moving_protected.bring(self._raw, self._writing, self._turned)
        engine.rebuild_search(self._writing, plan.sources)
        measuring.measure(self._writing, self._columns)
        self._report(self._total, self._total)
        return Moved(sent)

    def compare(self, path: Path, name: str) -> Moved:
        """Both sides as they stand. What is kept without a history, such as drafts, may have moved on since.

        Raises:
            RuleBroken: people have worked on one of them since.
        """
        self._report(0, self._total)
        sent = {table.name: self._sum_file(table.name) for table in self._tables}
        kept = {table.name: self._sum(table.name) for table in self._tables}
        wrong = sorted(table.name for table in self._tables if table.tracked and sent[table.name] != kept[table.name])
        if wrong:
            raise RuleBroken(*_WORKED_ON, file=path.name, name=name)
        self._report(self._total, self._total)
        return Moved(kept, before=True)

    @contextmanager
    def _guards_resting(self) -> Iterator[None]:
        """What writes history, and refuses rows without a step, rests inside; what watches over the users goes on."""
        guards = [(table, name) for table, name in self._writing.exec_driver_sql(_GUARDS) if table in self._columns]
        for how in ("DISABLE", "ENABLE"):
            for table, name in guards:
                self._writing.exec_driver_sql(f"ALTER TABLE {quoted(table)} {how} TRIGGER {quoted(name)}")
            if how == "DISABLE":
                yield

    def _lines(self, table: str) -> Iterator[list[bytes]]:
        """What the file holds, as the server reads it."""
        names = self._columns[table]
        writers: list[Write] = [writer(self._kinds[table][name]) for name in names]
        turns = (names.index("table_name"), names.index("before")) if table == IMAGES else None
        rows = self._raw.execute(f"SELECT {', '.join(map(quoted, names))} FROM {quoted(table)}")
        while batch := rows.fetchmany(BATCH):
            if turns:
                batch = [_with_image(row, *turns, self._turned) for row in batch]
            yield [_line(writers, row) for row in batch]
            self._advance(len(batch))

    def _send(self, table: str) -> Summed:
        summed, into = Summed(), ", ".join(map(quoted, self._columns[table]))
        with self._server.cursor() as cursor, cursor.copy(f"COPY {quoted(table)} ({into}) FROM STDIN") as copy:
            for lines in self._lines(table):
                copy.write(b"".join(lines))
                summed += lines
        return summed

    def _sum_file(self, table: str) -> Summed:
        summed = Summed()
        for lines in self._lines(table):
            summed += lines
        return summed

    def _sum(self, table: str) -> Summed:
        """What the server now holds, read back."""
        summed, waiting = Summed(), bytearray()
        names = ", ".join(map(quoted, self._columns[table]))
        with self._server.cursor() as cursor, cursor.copy(f"COPY {quoted(table)} ({names}) TO STDOUT") as copy:
            for block in copy:
                waiting += block
                if len(waiting) > 1 << 16:
                    summed = self._take_in(summed, waiting)
        return self._take_in(summed, waiting)

    def _take_in(self, summed: Summed, waiting: bytearray) -> Summed:
        end = waiting.rfind(b"\n") + 1
        lines = bytes(waiting[:end]).splitlines(keepends=True) if end else []
        del waiting[:end]
        self._advance(len(lines))
        return summed + lines

    def _advance(self, rows: int) -> None:
        self._done += rows
        self._report(min(self._done, self._total), self._total)

    def _count(self, table: str) -> int:
        found: int = self._raw.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0]
        return found

    def _count_on(self) -> None:
        """What is numbered goes on after the highest number."""
        for table, column, counter in self._writing.exec_driver_sql(_COUNTERS).all():
            if table in self._columns:
                most = f"(SELECT max({quoted(column)}) FROM {quoted(table)})"
                self._writing.exec_driver_sql(f"SELECT setval({literal(counter)}, coalesce({most}, 1), {most} IS NOT NULL)")


def _line(writers: Sequence[Write], row: Sequence[Any]) -> bytes:
    cells = [EMPTY if value is None else write(value) for write, value in zip(writers, row, strict=True)]
    return ("\t".join(cells) + "\n").encode()


def _with_image(row: Sequence[Any], table: int, before: int, turned: Callable[[str, str], str]) -> list[Any]:
    cells = list(row)
    cells[before] = turned(cells[table], cells[before])
    return cells


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """The file as it is at one moment; whoever writes to it meanwhile is not seen."""
    faults.check_file(path, writes=False)
    if not path.is_file():
        raise Unavailable(_("There is no file {file}."), _("Check its name."), file=path.name)
    with closing(opening.connect(path, key_of(path), "ro")) as raw:
        raw.execute("BEGIN").close()
        yield raw


def _tables(raw: Any) -> set[str]:
    rows = raw.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").fetchall()
    return {name for (name,) in rows if not name.startswith(_OF_SEARCH)}


def _columns(raw: Any, table: str) -> list[str]:
    return [name for (name,) in raw.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()]


def _is_kept(table: str) -> bool:
    return table not in _LEFT and not table.startswith(_VERSIONS)


def _refuse_unequal(raw: Any, writing: Connection, plan: Plan, path: Path, name: str) -> None:
    """Both sides must be as this program makes them, part by part, so that nothing of the file is left behind.

    Raises:
        RuleBroken: they are not.
    """
    if schema.stored(writing, schema.CORE_PART) is None:
        raise Unavailable(
            _("{name} holds no Kontinuum database yet."),
            _("Check the name of the database, or ask its administrator to set it up with “kontinuum server init”."),
            name=name,
        )
    there, wanted = _tables(raw), {part.version_table: part for part in (schema.CORE_PART, *plan.parts)}
    if schema.CORE_PART.version_table not in there:
        raise RuleBroken(_("{file} is not a Kontinuum database, or it is damaged."), _("Choose another file."), file=path.name)
    unknown = sorted(table.removeprefix(_VERSIONS) for table in there if table.startswith(_VERSIONS) and table not in wanted)
    if unknown:
        raise RuleBroken(
            _("{file} holds data of modules that are not installed here: {modules}."),
            _("Nothing was moved. Install them, set the server up again, then move."),
            file=path.name,
            modules=", ".join(unknown),
        )
    for table, part in wanted.items():
        have = raw.execute(f"SELECT version_num FROM {quoted(table)}").fetchone() if table in there else None
        if have is None or have[0] != part.newest():
            raise RuleBroken(
                _("{file} was last used by another version of Kontinuum."),
                _("Nothing was moved. Open it once with this one, then move it."),
                file=path.name,
            )
    if schema.outdated(writing, wanted.values()):
        raise RuleBroken(
            _("{name} was made by an older version of Kontinuum."),
            _("Nothing was changed. Ask its administrator to bring it up to date with “kontinuum server upgrade”."),
            name=name,
        )


def _refuse_powerless(writing: Connection, name: str) -> None:
    """Only those who own the tables may rest what watches over them.

    Raises:
        Denied: this login does not.
    """
    owns = f"""SELECT session_user::text, pg_has_role(session_user, nspowner, 'MEMBER')
        FROM pg_namespace WHERE nspname = '{CORE}'"""
    found = writing.exec_driver_sql(owns).one_or_none()
    if found is not None and not found[1]:
        raise Denied(
            _("{user} may not move a file into {name}."),
            _("Nothing was moved. Use the login that set the database up with “kontinuum server init”."),
            user=found[0],
            name=name,
        )


def _was_moved(raw: Any, writing: Connection, path: Path, name: str) -> bool:
    """Whether the last step of the file is the last one there, too. Everything anybody does leaves a step: where there is
    none, there is nothing to lose.

    Raises:
        RuleBroken: there are others.
    """
    if not writing.exec_driver_sql("SELECT EXISTS (SELECT FROM change_set) OR EXISTS (SELECT FROM person)").scalar_one():
        return False
    last = raw.execute(_LAST).fetchone()
    own = UUID(bytes=bytes(last[0])) if last else None
    if own is not None and writing.exec_driver_sql(_LAST).scalar() == own:
        return True
    if own is not None and writing.exec_driver_sql("SELECT EXISTS (SELECT FROM change_set WHERE id = %s)", (own,)).scalar_one():
        raise RuleBroken(*_WORKED_ON, file=path.name, name=name)
    raise RuleBroken(
        _("{name} is already in use; a file can only be moved to an empty database."),
        _("Nothing was moved. Make a new database, set it up with “kontinuum server init”, and let nobody in before the move."),
        name=name,
    )
