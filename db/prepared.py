"""Statements compiled once: for the few that run with every key, click or call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Integer, Select, literal_column
from sqlalchemy.engine import Dialect

from db.engine import engine_of

_NO_OFFSET = literal_column("0", Integer)


def limited(query: Select[Any], count: int, offset: Any = _NO_OFFSET) -> Select[Any]:
    """The first `count` rows after `offset`, with the number in the text of the statement.

    SQLite plans a statement whose limit is a parameter anew each time it runs.
    """
    return query.limit(literal_column(str(int(count)), Integer)).offset(offset)


class Prepared:
    """A statement whose parameters are `bindparam("name")`s; running it skips building and looking it up.

    It speaks to the engine directly, inside the connection's transaction. Rows come back as plain tuples in the order of
    the statement's columns, with the column types applied.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Compiled] = {}

    def all(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Every row."""
        return together(connection, (self, values))[0]

    def first(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    def run(self, connection: Connection, **values: Any) -> int:
        """Run an insert, update or delete in a file; the number of rows it moved."""
        ready = self.compiled(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, ready.parameters(values))
            return cursor.rowcount
        finally:
            cursor.close()

    def add(self, connection: Connection, **values: Any) -> None:
        """Write one row by a statement without an answer; what is wrong with it may be told as late as at the commit."""
        ready = self.compiled(connection.dialect)
        engine_of(connection).add(connection, ready.sql, ready.parameters(values))

    def insert(self, connection: Connection, **values: Any) -> int:
        """Insert one row into a table of a file whose key the engine counts up; answers that number."""
        ready = self.compiled(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, ready.parameters(values))
            number: int = cursor.lastrowid
            return number
        finally:
            cursor.close()

    def compiled(self, dialect: Dialect) -> _Compiled:
        """For this kind of database, made when it is first needed."""
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Compiled(self._statement, dialect)
        return ready


def together(connection: Connection, *asked: tuple[Prepared, dict[str, Any]]) -> list[list[tuple[Any, ...]]]:
    """Every row of each of these statements with its values; on a server they take one journey instead of one each."""
    ready = [(statement.compiled(connection.dialect), values) for statement, values in asked]
    found = engine_of(connection).ask(connection, *((one.sql, one.parameters(values)) for one, values in ready))
    return [one.typed(rows) for (one, _values), rows in zip(ready, found, strict=True)]


class _Compiled:
    """SQL with the functions that turn Python values into the driver's and back."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=_by_place(dialect))  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self._fixed = dict(compiled.params)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._ins = [(name, _writer(binds[name].type, dialect)) for name in compiled.positiontup or ()]
        columns = getattr(statement, "selected_columns", ())
        readers = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
        self._outs = [(place, reader) for place, reader in enumerate(readers) if reader is not None]

    def parameters(self, values: dict[str, Any]) -> Sequence[Any]:
        """Values as the driver takes them, in the order of the statement; what is not given keeps the statement's own value."""
        given = {**self._fixed, **values}
        return [write(given[name]) if write else given[name] for name, write in self._ins]

    def typed(self, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows with the column types applied."""
        if not self._outs:
            return list(rows)
        found = []
        for row in rows:
            cells = list(row)
            for place, read in self._outs:
                cells[place] = read(cells[place])
            found.append(tuple(cells))
        return found


def _by_place(dialect: Dialect) -> Dialect:
    """The same, with values known by their place: `?` in a file, `$1` on a server."""
    if dialect.positional:
        return dialect
    kind: Any = type(dialect)
    numbered: Dialect = kind(paramstyle="numeric_dollar")
    return numbered


def _writer(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found
