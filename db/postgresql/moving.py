"""Moving a database from a file to an empty server: all of it in one transaction, compared row by row, or nothing.

The file is only read. A move that was killed has left nothing on the server, and is simply begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db import faults, schema
from db.errors import RuleBroken, Unavailable
from db.keys import key_of
from db.postgresql import founding
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
_LEFT = frozenset({"search_entry", "search_dirty", "open_change_set", "kept_row"})
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
    """What was moved, table by table; both sides were found to hold the same."""

    tables: Mapping[str, Summed]

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(table.rows for table in self.tables.values())


def move(path: Path, engine: PostgresqlEngine, plan: Plan, report: Report = lambda _done, _total: None) -> Moved:
    """Bring everything in the file to the server, which was set up with the same plan and never used.

    Ids, versions, change sets with their numbers, times and names, images of rows, users and settings stay as they are;
    the search index is made anew. Logins are an administrator's to make afterwards.

    Args:
        report: Told how many rows of how many are moved and compared; what it raises stops the move.

    Raises:
        RuleBroken: the server is in use already, or does not hold the same tables as the file.
        Unavailable: the file or the server cannot be used; nothing was moved.
    """
    with faults.told(path), _reading(path) as raw, founding.beginning(engine) as writing:
        founding.refuse_unfit(writing, engine.name)
        _refuse_unequal(raw, writing, plan, path, engine.name)
        with founding.acting(writing, founding.names_of(writing, plan).owner):
            _refuse_used(writing, engine.name)
            return _Move(raw, writing, report).run(engine, plan)


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
        self._done = 0
        self._total = 2 * sum(self._count(table.name) for table in self._tables)

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
        engine.rebuild_search(self._writing, plan.sources)
        self._report(self._total, self._total)
        return Moved(sent)

    @contextmanager
    def _guards_resting(self) -> Iterator[None]:
        """What writes history, and refuses rows without a step, rests inside; what watches over the users goes on."""
        guards = [(table, name) for table, name in self._writing.exec_driver_sql(_GUARDS) if table in self._columns]
        for how in ("DISABLE", "ENABLE"):
            for table, name in guards:
                self._writing.exec_driver_sql(f"ALTER TABLE {quoted(table)} {how} TRIGGER {quoted(name)}")
            if how == "DISABLE":
                yield

    def _send(self, table: str) -> Summed:
        names, summed = self._columns[table], Summed()
        writers: list[Write] = [writer(self._kinds[table][name]) for name in names]
        turns = (names.index("table_name"), names.index("before")) if table == IMAGES else None
        into = ", ".join(map(quoted, names))
        rows = self._raw.execute(f"SELECT {into} FROM {quoted(table)}")
        with self._server.cursor() as cursor, cursor.copy(f"COPY {quoted(table)} ({into}) FROM STDIN") as copy:
            while batch := rows.fetchmany(BATCH):
                if turns:
                    batch = [_with_image(row, *turns, self._turned) for row in batch]
                lines = [_line(writers, row) for row in batch]
                copy.write(b"".join(lines))
                summed += lines
                self._advance(len(lines))
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


def _refuse_used(writing: Connection, name: str) -> None:
    """Everything anybody does leaves a change set: where there is none, there is nothing to lose.

    Raises:
        RuleBroken: there is one.
    """
    if writing.exec_driver_sql("SELECT EXISTS (SELECT FROM change_set) OR EXISTS (SELECT FROM person)").scalar_one():
        raise RuleBroken(
            _("{name} is already in use; a file can only be moved to an empty database."),
            _(
                "Nothing was moved. Make a new database, set it up with “kontinuum server init”, and let nobody in before the move."
            ),
            name=name,
        )
