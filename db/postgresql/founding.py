"""Sets a server up and brings it up to date: roles, tables, guards, rules and grants, all in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Connection

from db import schema
from db.access import Access, Grant, matrix
from db.errors import Unavailable
from db.postgresql import audit, grants, guards, roles
from db.postgresql.catalogue import Tables, tables_of
from db.postgresql.connection import run
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.quoting import quoted
from db.postgresql.roles import Names
from db.postgresql.schemas import AUDIT, CORE
from db.search import PersonSource
from db.texts import _

INTERNAL = ("open_change_set", "kept_row", "search_dirty", "change_about", "look")  # the server's own functions alone write these
_STRANGERS = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1"""
_ROUTINES = f"""SELECT f.oid::regprocedure::text, pg_get_userbyid(f.proowner)::text FROM pg_proc f
    WHERE f.pronamespace = '{CORE}'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
    ORDER BY 1"""
# Nothing goes on for a program that died, where the system of the server can notice it.
_WATCHFUL = (
    "SELECT set_config('client_connection_check_interval', '5s', true) WHERE version() ~* 'linux|darwin|apple|bsd|illumos'"
)
_READS = re.compile(r"\s*(SELECT|SHOW|BEGIN|COMMIT|ROLLBACK)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a server is to hold: the parts with their tables, and the rights with what they allow.

    `bundles` are the rights of each role of people.
    """

    accesses: tuple[Access, ...]
    bundles: Mapping[str, frozenset[str]]
    parts: Sequence[schema.Part] = ()
    sources: Sequence[Any] = field(default_factory=lambda: (PersonSource(),))

    def matrix(self, tables: Tables) -> dict[str, frozenset[Grant]]:
        """What each role may do with these tables."""
        return matrix(self.bundles, self.accesses, (name for name, table in tables.items() if table.tracked), tables)


def names_of(reading: Connection, plan: Plan) -> Names:
    """What the roles of the connected database are called."""
    return Names.of(reading.exec_driver_sql("SELECT current_database()").scalar_one(), plan.bundles)


def refuse_unfit(reading: Connection, name: str) -> None:
    """Look before anything is made.

    Raises:
        Unavailable: another program lives in the database, it cannot hold all letters, or one may not set it up.
    """
    if schema.stored(reading, schema.CORE_PART) is None and (stranger := reading.exec_driver_sql(_STRANGERS).scalar()):
        raise Unavailable(
            _("The database {name} belongs to another program: it holds {table}."),
            _("Nothing was changed. Make an empty database for Kontinuum."),
            name=name,
            table=stranger,
        )
    encoding: str = reading.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise Unavailable(
            _("The database {name} cannot hold every letter: its encoding is {encoding}."),
            _("Nothing was changed. Make it anew with ENCODING 'UTF8' TEMPLATE template0."),
            name=name,
            encoding=encoding,
        )
    able = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    if not reading.exec_driver_sql(able).scalar_one():
        raise Unavailable(
            _("This login may not make roles on the server of {name}."), _("Use the login of an administrator."), name=name
        )


def found(engine: PostgresqlEngine, plan: Plan, *, keep: bool = True, heard: Callable[[str], None] | None = None) -> None:
    """Set up an empty database, or bring one up to date; running it again changes nothing.

    Args:
        keep: False takes everything back at the end, for a look at what would be done.
        heard: Told each statement that changes something, as it was sent.

    Raises:
        Unavailable: see `refuse_unfit`, or the database was made by a newer program.
    """
    with beginning(engine) as writing:
        if heard is not None:
            _listen(writing, heard)
        refuse_unfit(writing, engine.name)
        names = names_of(writing, plan)
        member = writing.exec_driver_sql(
            "SELECT current_user FROM pg_roles WHERE rolname = current_user AND NOT rolsuper"
        ).scalar()
        before = guards.standing(writing)
        _all(writing, roles.role_statements(names, member=member or ""))
        with acting(writing, names.owner):
            engine.lay_bare(writing, schema.stored(writing, schema.CORE_PART) is None)
            schema.upgrade(writing, schema.outdated(writing, (schema.CORE_PART, *plan.parts)))
            engine.equip(writing, plan.sources)
            tables = tables_of(writing)
            _all(writing, grants.function_statements(names, plan.accesses, tables, plan.bundles))
            _all(writing, grants.row_statements(names, plan.accesses, tables, plan.bundles))
            _all(writing, grants.frozen_statements(plan.accesses, tables))
            _all(writing, grants.condition_statements(names, plan.accesses, tables, plan.bundles))
        _all(writing, audit.audit_statements(names))
        _grant(writing, names, plan.matrix(tables))
        with acting(writing, names.audit):
            guards.note(writing, before)
        if not keep:
            writing.rollback()


@contextmanager
def looking(engine: PostgresqlEngine) -> Iterator[Connection]:
    """A connection that only reads, to look before anything is opened."""
    with _started(engine), engine.reader.connect() as reading:
        yield reading


def _grant(writing: Connection, names: Names, wanted: Mapping[str, frozenset[Grant]]) -> None:
    """Each object's owner gives what is given."""
    owners: dict[str, str] = dict(map(tuple, writing.exec_driver_sql(_ROUTINES)))
    with acting(writing, names.owner):
        _all(writing, grants.grant_statements(names, wanted, [name for name, owner in owners.items() if owner == names.owner]))
    with acting(writing, names.audit):
        own = [name for name, owner in owners.items() if owner == names.audit]
        _all(writing, grants.routine_statements(names, wanted, own, only=audit.FUNCTIONS))
        _all(writing, [f"REVOKE ALL ON ALL TABLES IN SCHEMA {AUDIT} FROM PUBLIC"])


@contextmanager
def beginning(engine: PostgresqlEngine) -> Iterator[Connection]:
    """A connection for one step that may take long, one program at a time; it is kept if the step ends well."""
    with _started(engine), engine.writer.connect() as writing:
        writing.exec_driver_sql(_WATCHFUL)
        for name in ("lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout"):
            writing.exec_driver_sql(f"SET LOCAL {name} = 0")
        writing.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('kontinuum'))")
        yield writing
        with engine.committing():
            writing.commit()


@contextmanager
def _started(engine: PostgresqlEngine) -> Iterator[None]:
    with engine.told(), ExitStack() as failing:
        engine.start(failing)
        try:
            yield
        finally:
            engine.writer.dispose()
            engine.reader.dispose()


@contextmanager
def acting(writing: Connection, role: str) -> Iterator[None]:
    """As this role, until the end of the block."""
    run(writing, f"SET LOCAL ROLE {quoted(role)}")
    yield
    writing.exec_driver_sql("RESET ROLE")


def _all(writing: Connection, statements: Sequence[str]) -> None:
    """To the driver itself, which then takes no sign in a text for a place of a value."""
    raw: Any = writing.connection.driver_connection
    for statement in statements:
        raw.execute(statement).close()


def _listen(writing: Connection, heard: Callable[[str], None]) -> None:
    """Tell every statement from now on, whoever sends it, with its values in it."""
    raw: Any = writing.connection.driver_connection
    usual: Any = raw.cursor_factory

    class Telling(usual):  # type: ignore[misc]
        """Tells before it sends."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            """As the driver."""
            text = query if isinstance(query, str) else query.as_string(raw)
            if not _READS.match(text):
                heard(psycopg.ClientCursor(raw).mogrify(query, params) if params else text)
            return super().execute(query, params, **options)

    raw.cursor_factory = Telling
