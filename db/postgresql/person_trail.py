"""How the rows of a person stood before each step, by a function of the server's that shows each login what it may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql.catalogue import TableInfo
from db.postgresql.connection import run
from db.postgresql.functions import FIXED
from db.postgresql.quoting import filled, literal
from db.postgresql.schemas import CORE

_PAST = """SELECT i.change_set, %1$L::text, i.row_id, i.operation::text, kontinuum_shown(i.before::json, $2, $3)
    FROM row_image i WHERE i.row_id = ANY ($1) AND i.table_name = %1$L AND EXISTS (
        SELECT FROM json_populate_record(NULL::%1$I, i.before::json) AS %1$I WHERE %2$s) ORDER BY i.number"""
_NOW = """SELECT NULL::uuid, %1$L::text, id, 'now'::text, kontinuum_shown(row_to_json(%1$I), $2, $3)
    FROM %1$I WHERE id = ANY ($1) AND (%2$s)"""

_TRAIL = """CREATE OR REPLACE FUNCTION kontinuum_person_trail(people uuid[], known uuid[], named text[])
    RETURNS TABLE (step uuid, area text, ref uuid, done text, was json) LANGUAGE plpgsql STABLE {fixed} AS $body$
    DECLARE
        wanted text;
        columns text[];
        seen text;
        ids uuid[];
    BEGIN
        ids := known || ARRAY (SELECT i.row_id FROM change_about a JOIN change_set s ON s.number = a.change_set
            JOIN row_image i ON i.change_set = s.id AND i.operation = 'd' WHERE a.ref = ANY (people) AND EXISTS (
                SELECT FROM json_each_text(i.before::json) e WHERE e.key = ANY (named) AND e.value = ANY (people::text[])));
        FOREACH wanted IN ARRAY {tables} LOOP
            columns := ARRAY (SELECT attname::text FROM pg_attribute WHERE attrelid = format('{core}.%I', wanted)::regclass
                AND attnum > 0 AND NOT attisdropped AND has_column_privilege(session_user, attrelid, attnum, 'SELECT'));
            seen := kontinuum_seen(wanted::name);
            CONTINUE WHEN cardinality(columns) = 0 OR seen = 'false';
            RETURN QUERY EXECUTE format({past}, wanted, seen) USING ids, columns, wanted = 'identifier';
            RETURN QUERY EXECUTE format({now}, wanted, seen) USING ids, columns, wanted = 'identifier';
        END LOOP;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the function for the tables as they now are."""
    known = f"ARRAY[{', '.join(literal(table.name) for table in tables if table.tracked)}]::text[]"
    texts = {"fixed": FIXED, "core": CORE, "tables": known, "past": literal(_PAST), "now": literal(_NOW)}
    run(connection, "SET LOCAL check_function_bodies = off")
    run(connection, filled(_TRAIL, texts))
    run(connection, "SET LOCAL check_function_bodies = on")


def person_trail(
    connection: Connection, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
) -> Iterator[tuple[Any, ...]]:
    """See `db.engine.Engine.person_trail`."""
    known = [row for ids in rows.values() for row in ids]
    asked = f"SELECT step, area, ref, done, was FROM {CORE}.kontinuum_person_trail(%s::uuid[], %s::uuid[], %s::text[])"
    for row in connection.exec_driver_sql(asked, (list(people), known, sorted(columns))).all():
        yield tuple(row)
