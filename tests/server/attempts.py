"""Every way to touch an object, tried as plain SQL: what the server allowed, in the words of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import errors, sql

from db.postgresql.check import Holding

OUTSIDE = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"
LOCKS = ("SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
OTHER = (  # what nobody may do to a table, whatever they may do with its rows
    "TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} ADD COLUMN more text", "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE ROW LEVEL SECURITY", "ALTER TABLE {} OWNER TO CURRENT_USER", "CREATE INDEX ON {} ((1))",
    "CREATE TRIGGER mine BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION core.kontinuum_refuse('x')",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING", "CREATE POLICY mine ON {} USING (true)", "COMMENT ON TABLE {} IS 'x'",
    "CLUSTER {}",
)  # fmt: skip


@dataclass
class Tally:
    """What was tried, what of it was allowed, and what went through that nobody may do."""

    tried: int = 0
    allowed: set[Holding] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Catalogue:
    """Every object outside the system's own schemas."""

    relations: list[tuple[str, str, str, list[str]]]  # schema, name, kind, columns
    routines: list[tuple[str, str, list[str]]]  # schema, name, types of the arguments

    @classmethod
    def of(cls, connection: psycopg.Connection) -> Catalogue:
        """Read by somebody who sees everything."""
        relations = connection.execute(
            f"SELECT n.nspname, c.relname, c.relkind::text, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c "
            f"JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            f"AND NOT a.attisdropped WHERE {OUTSIDE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') GROUP BY 1, 2, 3 ORDER BY 1, 2"
        ).fetchall()
        routines = connection.execute(
            f"SELECT n.nspname, f.proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(f.proargtypes) t) FROM pg_proc f "
            f"JOIN pg_namespace n ON n.oid = f.pronamespace WHERE {OUTSIDE} AND f.prokind <> 'a' "
            f"AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e') ORDER BY 1, 2"
        ).fetchall()
        return cls(relations, routines)


def try_everything(connection: psycopg.Connection, catalogue: Catalogue) -> Tally:
    """As whoever signed in; nothing of it is kept."""
    tally = Tally()
    connection.autocommit = False
    for schema, name, kind, columns in catalogue.relations:
        whole = sql.Identifier(schema, name)
        if kind == "S":
            for holding, text in _sequence(f"{schema}.{name}"):
                _try(connection, tally, sql.SQL(text).format(whole), holding)
            continue
        for holding, statement in _table(f"{schema}.{name}", whole, columns):
            _try(connection, tally, statement, holding)
        for text in (*OTHER, *(f"LOCK TABLE {{}} IN {mode} MODE NOWAIT" for mode in LOCKS)):
            _try(connection, tally, sql.SQL(text).format(whole), None)
    for schema, name, types in catalogue.routines:
        arguments = sql.SQL(", ").join(sql.SQL("NULL::{}").format(sql.SQL(kind)) for kind in types)
        call = sql.SQL("SELECT {}({})").format(sql.Identifier(schema, name), arguments)
        _try(connection, tally, call, Holding("routine", f"{schema}.{name}", "EXECUTE"))
    connection.rollback()
    return tally


def _table(name: str, whole: sql.Identifier, columns: list[str]) -> Iterator[tuple[Holding, sql.Composed]]:
    for column in map(sql.Identifier, columns):
        own = column.as_string().strip('"')
        yield Holding("table", name, "SELECT", own), sql.SQL("SELECT {} FROM {} LIMIT 0").format(column, whole)
        yield Holding("table", name, "UPDATE", own), sql.SQL("UPDATE {} SET {} = NULL WHERE false").format(whole, column)
        yield Holding("table", name, "INSERT", own), sql.SQL("INSERT INTO {} ({}) SELECT NULL WHERE false").format(whole, column)
    yield Holding("table", name, "DELETE"), sql.SQL("DELETE FROM {} WHERE false").format(whole)


def _sequence(name: str) -> Iterator[tuple[Holding, str]]:
    yield Holding("sequence", name, "USAGE"), f"SELECT nextval('{name}')"
    yield Holding("sequence", name, "UPDATE"), f"SELECT setval('{name}', 1)"
    yield Holding("sequence", name, "SELECT"), "SELECT last_value FROM {}"


def _try(connection: psycopg.Connection, tally: Tally, statement: sql.Composed, holding: Holding | None) -> None:
    tally.tried += 1
    connection.execute("SAVEPOINT trial")
    try:
        connection.execute(statement)
    except errors.InsufficientPrivilege as refused:
        # A function that lets one in and then refuses says so in its own words.
        if (
            holding is not None
            and holding.kind == "routine"
            and not (refused.diag.message_primary or "").startswith("permission denied")
        ):
            tally.allowed.add(holding)
    except errors.FeatureNotSupported:
        if holding is not None:
            raise
    except psycopg.Error:
        if holding is not None:
            tally.allowed.add(holding)  # refused for another reason than a right, so it got past the rights
        else:
            tally.surprises.append(statement.as_string(connection))
    else:
        if holding is not None:
            tally.allowed.add(holding)
        elif not connection.pgconn.error_message:
            tally.surprises.append(statement.as_string(connection))
    connection.execute("ROLLBACK TO trial")
