"""What keeps the tables safe besides rights: triggers, constraints, row rules and routines, as they were set up and as they are.

Setting a server up notes a sum of each, so that a check sees what somebody switched off, changed, took away or added since.
Whoever acts as the owner of the note may change that, too: it shows mistakes and hurry, not the malice of an administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.postgresql.quoting import literal
from db.postgresql.schemas import AUDIT, OURS


class Guard(NamedTuple):
    """One of them: what sort of thing it is, and its name with that of what it is on."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


Sums = Mapping[Guard, str]
NOTE = f"""CREATE TABLE IF NOT EXISTS {AUDIT}.guard
    (kind text NOT NULL, name text NOT NULL, sum text NOT NULL, PRIMARY KEY (kind, name))"""


def standing(connection: Connection) -> Sums:
    """A sum of the text of each guard there is now; what an extension brought is its own."""
    with _spelt_out(connection):
        return _sums(connection.exec_driver_sql(_STANDING).all())


def noted(connection: Connection) -> Sums:
    """As they were when the server was last set up or brought up to date; nothing, before the first such note."""
    if connection.exec_driver_sql(f"SELECT to_regclass('{AUDIT}.guard')").scalar() is None:
        return {}
    return _sums(connection.exec_driver_sql(f"SELECT kind, name, sum FROM {AUDIT}.guard").all())


def note(connection: Connection, before: Sums) -> None:
    """Keep in mind what stands now, for a role that may write the note.

    Args:
        before: What stood when the step began. What was not as noted then, and was left so by the step, does not become right by it.
    """
    known, now = noted(connection), standing(connection)
    if known.get(_VERSION) != now[_VERSION]:
        connection.exec_driver_sql(f"DELETE FROM {AUDIT}.guard")
        with _spelt_out(connection):
            connection.exec_driver_sql(f"INSERT INTO {AUDIT}.guard {_STANDING} ORDER BY kind, name")
        return
    wrong = {guard for guard in {*known, *before} if known.get(guard) != before.get(guard) == now.get(guard)}
    for guard in known.keys() - now.keys() - wrong:
        connection.exec_driver_sql(f"DELETE FROM {AUDIT}.guard WHERE kind = %s AND name = %s", guard)
    for guard, total in sorted(now.items() - known.items()):
        if guard in wrong:
            continue
        connection.exec_driver_sql(
            f"INSERT INTO {AUDIT}.guard VALUES (%s, %s, %s) ON CONFLICT (kind, name) DO UPDATE SET sum = excluded.sum",
            (*guard, total),
        )


def differences(connection: Connection) -> list[str]:
    """A sentence for each guard that is not as it was noted; none where nothing was noted yet."""
    known = noted(connection)
    if not known:
        return []
    now = standing(connection)
    if known[_VERSION] != now[_VERSION]:
        return ["PostgreSQL itself is of another version since its guards were noted: run “kontinuum server upgrade”"]
    found = [(guard, "is gone") for guard in known.keys() - now.keys()]
    found += [(guard, "was added by somebody") for guard in now.keys() - known.keys()]
    found += [(guard, "was changed or switched off") for guard in known.keys() & now.keys() if known[guard] != now[guard]]
    return [f"{guard} {what}" for guard, what in sorted(found)]


@contextmanager
def _spelt_out(connection: Connection) -> Iterator[None]:
    """The server writes names by what is found without a schema; here nothing of ours is."""
    path = connection.exec_driver_sql("SHOW search_path").scalar_one()
    connection.exec_driver_sql("SET LOCAL search_path = pg_catalog")
    yield
    connection.exec_driver_sql(f"SET LOCAL search_path = {path}")


def _sums(rows: Iterable[Sequence[Any]]) -> Sums:
    return {Guard(row[0], row[1]): row[2] for row in rows}


_VERSION = Guard("server", "version")  # another one may write the same definition otherwise
_OWN = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = %s.oid AND d.deptype = 'e')"
_OURS = ", ".join(map(literal, OURS))
# A reference is kept by triggers of the system's own on both tables, whose names change with every copy of the database.
_STANDING = f"""SELECT kind, name, encode(sha256(convert_to(form, 'UTF8')), 'hex') FROM (
    SELECT 'server' AS kind, 'version' AS name, (current_setting('server_version_num')::integer / 10000)::text AS form
    UNION ALL SELECT 'trigger', t.tgname || ' on ' || n.nspname || '.' || c.relname,
        pg_get_triggerdef(t.oid) || t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND n.nspname IN ({_OURS})
    UNION ALL SELECT 'constraint', k.conname || ' on ' || n.nspname || '.' || c.relname, pg_get_constraintdef(k.oid) || k.convalidated
        || coalesce((SELECT string_agg(DISTINCT t.tgenabled::text, '' ORDER BY t.tgenabled::text) FROM pg_trigger t
            WHERE t.tgconstraint = k.oid AND t.tgisinternal), '')
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND n.nspname IN ({_OURS})
    UNION ALL SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END,
        n.nspname || '.' || c.relname, pg_get_userbyid(c.relowner) || c.relrowsecurity || c.relforcerowsecurity
        || coalesce(CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, '') || coalesce(c.reloptions::text, '')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname IN ({_OURS}) AND {_OWN % "c"}
    UNION ALL SELECT 'row rule', p.policyname || ' on ' || p.schemaname || '.' || p.tablename,
        concat_ws('|', p.permissive, p.roles::text, p.cmd, p.qual, p.with_check)
        FROM pg_policies p WHERE p.schemaname IN ({_OURS})
    UNION ALL SELECT 'rule', r.rulename || ' on ' || n.nspname || '.' || c.relname, pg_get_ruledef(r.oid) || r.ev_enabled::text
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND n.nspname IN ({_OURS})
    UNION ALL SELECT 'routine', f.oid::regprocedure::text, pg_get_functiondef(f.oid) || pg_get_userbyid(f.proowner)
        FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
        WHERE f.prokind IN ('f', 'p') AND n.nspname IN ({_OURS}) AND {_OWN % "f"}
    UNION ALL SELECT 'event trigger', e.evtname::text, e.evtevent || e.evtfoid::regprocedure || e.evtenabled::text || coalesce(e.evttags::text, '')
        FROM pg_event_trigger e WHERE {_OWN % "e"}) every_guard"""
