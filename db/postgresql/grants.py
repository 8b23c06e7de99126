"""From the access data of the manifests to statements: who may read, add, change and remove what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from db.access import Access, Grant, OwnRows, remover
from db.identity_numbers import SECRET_KINDS
from db.postgresql.catalogue import TableInfo, Tables
from db.postgresql.quoting import literal, quoted
from db.postgresql.roles import Names
from db.postgresql.schemas import CORE, OWNED

OWN_ID = "kontinuum_own_id"
MASKED = "masked_numbers"
ALIKE, SHARING, SHARED, BY_ROW = "numbers_alike", "people_sharing_numbers", "shared_numbers", "numbers_by_row"
MASKED_ONE = "kontinuum_masked"
WITH_NUMBER = "people_with_number"
_SAFE = f"SET search_path = {CORE}, pg_temp"  # a definer's function finds its own tables, never the caller's


def basic_functions(tables: Tables) -> list[str]:
    """What the program itself calls on every server, whoever may: removing a row, seeing numbers masked.

    For the engine to run as the owner of the tables after each upgrade; `function_statements` adds whose rows are whose.
    """
    found = (
        [_own_id(), _masked_number(), _masked_numbers(), _people_with_number(), *_alike()]
        if {"user_account", "identifier"} <= tables.keys()
        else []
    )
    for name, table in tables.items():
        if table.tracked:
            found.append(_remover(table, ""))
        elif "user_id" in table.columns:
            found.append(_remover(table, _mine("user_id", name)))
    return found


def function_statements(
    names: Names, accesses: Iterable[Access], tables: Tables, roles: Mapping[str, Iterable[str]]
) -> list[str]:
    """The functions rights are given to, made anew by the owner of the tables."""
    rules = tuple(accesses)
    own = {rows.table: rows for access in rules for rows in access.own if rows.table in tables}
    owned = [_remover(tables[name], _condition(rows, names, rules, roles)) for name, rows in own.items()]
    return [*basic_functions(tables), *owned]


def row_statements(names: Names, accesses: Iterable[Access], tables: Tables, roles: Mapping[str, Iterable[str]]) -> list[str]:
    """Whose rows may be seen and written in the tables where everybody has some of their own."""
    rules = tuple(accesses)
    found = []
    for rows in (rows for access in rules for rows in access.own if rows.table in tables):
        table, mine = f"{CORE}.{quoted(rows.table)}", f"{quoted(rows.user)} = (SELECT {CORE}.{OWN_ID}())"
        found.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        seen = mine if rows.private else f"{mine} OR {rows.seen}" if rows.seen else "true"
        open_to = f"{mine} OR {rows.open}" if rows.open else mine
        policies = {
            "seen": f"FOR SELECT USING ({seen})",
            "added": f"FOR INSERT WITH CHECK ({mine})",
            "changed": f"FOR UPDATE USING ({open_to}) WITH CHECK ({open_to})",
        }
        if masters := _masters(rows.table, names, rules, roles):
            policies["all"] = f"FOR ALL TO {', '.join(map(quoted, masters))} USING (true) WITH CHECK (true)"
        for name in ("seen", "added", "changed", "all"):
            found.append(f"DROP POLICY IF EXISTS kontinuum_{name} ON {table}")
        found += [f"CREATE POLICY kontinuum_{name} ON {table} {rule}" for name, rule in policies.items()]
    return found


def condition_statements(
    names: Names, accesses: Iterable[Access], tables: Tables, roles: Mapping[str, Iterable[str]]
) -> list[str]:
    """Which rows of a table each role has to do with, where its rights name a condition."""
    rules = tuple(accesses)
    found = []
    for name in sorted({name for access in rules for name in access.rows} & tables.keys()):
        table = f"{CORE}.{quoted(name)}"
        found.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for key, rights in roles.items():
            conditions = {
                access.rows.get(name, "true") for access in rules if access.right in {*rights} and name in access.tables
            }
            found.append(f"DROP POLICY IF EXISTS {quoted(f'kontinuum_{key}')} ON {table}")
            if conditions:
                rule = "true" if "true" in conditions else " OR ".join(f"({condition})" for condition in sorted(conditions))
                role = quoted(names.bundle(key))
                found.append(
                    f"CREATE POLICY {quoted(f'kontinuum_{key}')} ON {table} TO {role} USING ({rule}) WITH CHECK ({rule})"
                )
    return found


def frozen_statements(accesses: Iterable[Access], tables: Tables) -> list[str]:
    """Triggers that hold what nobody changes any more; the engine takes them away with its own before an upgrade."""
    found = []
    for place, frozen in enumerate(frozen for access in accesses for frozen in access.frozen if frozen.table in tables):
        columns = ", ".join(map(quoted, frozen.columns.split()))
        moved = f"({', '.join(f'NEW.{quoted(c)}' for c in frozen.columns.split())}) IS DISTINCT FROM " + (
            f"({', '.join(f'OLD.{quoted(c)}' for c in frozen.columns.split())})"
        )
        name, table = quoted(f"kontinuum_frozen_{place}"), f"{CORE}.{quoted(frozen.table)}"
        found.append(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW "
            f"WHEN (OLD.{frozen.once} AND {moved}) EXECUTE FUNCTION {CORE}.kontinuum_refuse('this is kept as it is')"
        )
    return found


def grant_statements(names: Names, wanted: Mapping[str, frozenset[Grant]], routines: Iterable[str]) -> list[str]:
    """Take away whatever anybody held, then give each role what the matrix says; for the owner of the tables to run.

    `routines` are the owner's functions, with their arguments.
    """
    everybody = _everybody(names)
    found = [
        f"REVOKE ALL ON ALL {what} IN SCHEMA {schema} FROM {everybody}" for schema in OWNED for what in ("TABLES", "SEQUENCES")
    ]
    for key, grants in wanted.items():
        by_object: dict[tuple[str, str], list[str]] = {}
        for grant in sorted(grants):
            if grant.privilege != "EXECUTE":
                by_object.setdefault((grant.privilege, grant.name), []).append(grant.column)
        for (privilege, name), columns in by_object.items():
            some = "" if "" in columns else f" ({', '.join(map(quoted, columns))})"
            found.append(f"GRANT {privilege}{some} ON TABLE {CORE}.{quoted(name)} TO {quoted(names.bundle(key))}")
    return found + routine_statements(names, wanted, routines)


def routine_statements(
    names: Names, wanted: Mapping[str, frozenset[Grant]], routines: Iterable[str], only: Iterable[str] | None = None
) -> list[str]:
    """The same for functions; what is wanted and not there is left out."""
    found = []
    for routine in routines:
        name = routine.partition("(")[0].rpartition(".")[2].strip('"')
        if only is not None and name not in only:
            continue
        own = routine if routine.startswith(f"{CORE}.") else f"{CORE}.{routine}"
        found.append(f"REVOKE ALL ON ROUTINE {own} FROM {_everybody(names)}")
        holders = [quoted(names.bundle(key)) for key, grants in wanted.items() if Grant("EXECUTE", name) in grants]
        if holders:
            found.append(f"GRANT EXECUTE ON ROUTINE {own} TO {', '.join(holders)}")
    return found


def _everybody(names: Names) -> str:
    return ", ".join(["PUBLIC", *map(quoted, names.holders)])


def _own_id() -> str:
    """Who asks is the login, which nobody can pretend to be; a setting of the session could be anything."""
    return (
        f"CREATE OR REPLACE FUNCTION {CORE}.{OWN_ID}() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} "
        f"AS $$ SELECT id FROM {CORE}.user_account WHERE login = session_user AND active $$"
    )


def _masked_number() -> str:
    """What `db.identity_numbers.masked` shows, made where the number is."""
    dot = "•"
    return (
        f"CREATE OR REPLACE FUNCTION {CORE}.{MASKED_ONE}(kind text, value text) RETURNS text LANGUAGE sql IMMUTABLE {_SAFE} "
        f"AS $$ SELECT CASE WHEN kind IN ('personnummer', 'coordination', 'interim') AND length(value) = 12 "
        f"THEN left(value, 8) || '-' || repeat('{dot}', 4) "
        f"WHEN kind = 'hetu' AND length(value) = 11 THEN left(value, 7) || repeat('{dot}', 4) "
        f"WHEN kind IN ('personnummer', 'coordination', 'interim', 'hetu') THEN repeat('{dot}', 8) "
        f"ELSE repeat('{dot}', 6) || CASE WHEN length(value) > 4 THEN right(value, 2) ELSE '' END END $$"
    )


def _masked_numbers() -> str:
    """The numbers of a person, masked."""
    return (
        f"CREATE OR REPLACE FUNCTION {CORE}.{MASKED}(person uuid) "
        "RETURNS TABLE (id uuid, version integer, kind text, masked text, issuer text) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT i.id, i.version, i.kind, "
        f"{CORE}.{MASKED_ONE}(i.kind, i.value), i.issuer FROM {CORE}.identifier i WHERE i.person_id = person ORDER BY i.id $$"
    )


def _people_with_number() -> str:
    """Who has one of these numbers of a register; of identity numbers it tells nothing: they are asked about in two steps."""
    return (
        f"CREATE OR REPLACE FUNCTION {CORE}.{WITH_NUMBER}(numbers text[]) "
        "RETURNS TABLE (kind text, value text, issuer text, person_id uuid) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT i.kind, i.value, i.issuer, i.person_id FROM {CORE}.identifier i "
        f"WHERE i.value = ANY(numbers) AND i.kind NOT IN ({', '.join(map(literal, sorted(SECRET_KINDS)))}) ORDER BY i.id $$"
    )


def _alike() -> list[str]:
    """Which people have the same number, without the number: it is named by the first row that holds it."""
    first = f"(SELECT o.id::text FROM {CORE}.identifier o WHERE o.value = i.value ORDER BY o.id LIMIT 1)"
    return [
        f"CREATE OR REPLACE FUNCTION {CORE}.{ALIKE}(people uuid[]) "
        "RETURNS TABLE (person_id uuid, kind text, issuer text, alike text, valid_to date) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT i.person_id, i.kind, i.issuer, {first}, i.valid_to "
        f"FROM {CORE}.identifier i WHERE i.person_id = ANY(people) $$",
        f"CREATE OR REPLACE FUNCTION {CORE}.{SHARING}(people uuid[]) RETURNS TABLE (alike text, person_id uuid) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT {first}, i.person_id FROM {CORE}.identifier i "
        f"WHERE i.value IN (SELECT s.value FROM {CORE}.identifier s WHERE s.person_id = ANY(people)) $$",
        f"CREATE OR REPLACE FUNCTION {CORE}.{SHARED}() RETURNS TABLE (alike text, person_id uuid) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT {first}, i.person_id FROM {CORE}.identifier i "
        f"WHERE i.value IN (SELECT s.value FROM {CORE}.identifier s GROUP BY s.value HAVING count(*) > 1) $$",
        f"CREATE OR REPLACE FUNCTION {CORE}.{BY_ROW}(person uuid) RETURNS TABLE (id uuid, alike text) "
        f"LANGUAGE sql STABLE SECURITY DEFINER {_SAFE} AS $$ SELECT i.id, {first} "
        f"FROM {CORE}.identifier i WHERE i.person_id = person $$",
    ]


def _remover(table: TableInfo, condition: str) -> str:
    keys = [*table.key, *(["version"] if table.tracked else [])]
    arguments = ", ".join(f"{quoted(f'_{name}')} {table.types[name]}" for name in keys)
    asked = " AND ".join(f"t.{quoted(name)} = {quoted(f'_{name}')}" for name in keys)
    more = f" AND ({condition})" if condition else ""
    return (
        f"CREATE OR REPLACE FUNCTION {CORE}.{quoted(remover(table.name))}({arguments}) RETURNS SETOF boolean "
        f"LANGUAGE plpgsql SECURITY DEFINER {_SAFE} AS $$ BEGIN "
        f"RETURN QUERY DELETE FROM {CORE}.{quoted(table.name)} t WHERE {asked}{more} RETURNING true; END $$"
    )


def _condition(rows: OwnRows, names: Names, rules: Iterable[Access], roles: Mapping[str, Iterable[str]]) -> str:
    """One's own, the stale, and everything for those who may."""
    more = [f"pg_has_role(session_user, {literal(role)}, 'MEMBER')" for role in _masters(rows.table, names, rules, roles)]
    others = [f"t.{condition}" for condition in (rows.open, rows.stale) if condition]
    return " OR ".join([_mine(rows.user, rows.table), *others, *more])


def _mine(user: str, table: str) -> str:
    owner = f"(SELECT relowner FROM pg_class WHERE oid = {literal(f'{CORE}.{quoted(table)}')}::regclass)"
    return f"t.{quoted(user)} = {CORE}.{OWN_ID}() OR pg_has_role(session_user, {owner}, 'MEMBER')"


def _masters(table: str, names: Names, rules: Iterable[Access], roles: Mapping[str, Iterable[str]]) -> list[str]:
    rights = {access.right for access in rules if table in access.all_rows.split()}
    return [names.bundle(key) for key, held in roles.items() if rights & {*held}]
