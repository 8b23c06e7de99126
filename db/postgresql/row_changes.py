"""What a change set did to single rows, by a function of the server's that shows each login what it may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql.catalogue import TableInfo
from db.postgresql.connection import run
from db.postgresql.functions import FIXED
from db.postgresql.quoting import filled, literal
from db.postgresql.schemas import CORE

# Which rows of a table the login sees, as a condition on a row of it: the policies, as they would be for the login itself.
_SEEN = f"""CREATE OR REPLACE FUNCTION kontinuum_seen(area name) RETURNS text LANGUAGE sql STABLE {FIXED} AS $body$
    SELECT CASE WHEN NOT c.relrowsecurity OR pg_has_role(session_user, c.relowner, 'MEMBER') THEN 'true' ELSE coalesce((
        SELECT string_agg(format('(%s)', p.qual), ' OR ') FROM pg_policies p
        WHERE p.schemaname = '{CORE}' AND p.tablename = area AND p.cmd IN ('ALL', 'SELECT') AND p.qual IS NOT NULL
        AND EXISTS (SELECT FROM unnest(p.roles) r WHERE r = 'public' OR pg_has_role(session_user, r, 'MEMBER'))
    ), 'false') END FROM pg_class c WHERE c.relnamespace = '{CORE}'::regnamespace AND c.relname = area
$body$"""

# An image without the columns the login may not read; of a number only what is shown to everybody.
_SHOWN = f"""CREATE OR REPLACE FUNCTION kontinuum_shown(image json, columns text[], numbers boolean) RETURNS json
    LANGUAGE sql STABLE {FIXED} AS $body$
        SELECT json_object_agg(e.key, CASE WHEN numbers AND e.key = 'value'
            THEN to_json(kontinuum_masked(image ->> 'kind', image ->> 'value')) ELSE e.value END)
        FROM json_each(image) e WHERE e.key = ANY (columns) OR (numbers AND e.key = 'value')
    $body$"""

_FOUND = """WITH first AS (
        SELECT DISTINCT ON (row_id) row_id, number, before::json AS image FROM row_image
        WHERE change_set = $1 AND table_name = %1$L ORDER BY row_id, number
    ), gone AS (
        SELECT row_id FROM row_image WHERE change_set = $1 AND table_name = %1$L AND operation = 'd'
    ), found AS (
        SELECT 'made' AS done, r.id AS ref, NULL::json AS was, coalesce((
            SELECT i.before::json FROM row_image i WHERE i.row_id = r.id AND i.table_name = %1$L AND i.change_set <> $1
            AND i.before::json ->> 'made_in' = $1::text ORDER BY i.number LIMIT 1), row_to_json(r)) AS became
        FROM %1$I r WHERE r.made_in = $1
        UNION ALL
        SELECT 'made', i.row_id, NULL, i.before::json FROM row_image i JOIN change_set s ON s.id = i.change_set
        WHERE s.takes_back = $1 AND i.table_name = %1$L AND i.operation = 'd' AND i.before::json ->> 'made_in' = $1::text
        AND NOT EXISTS (SELECT FROM %1$I r WHERE r.id = i.row_id)
        UNION ALL
        SELECT CASE WHEN g.row_id IS NULL THEN 'changed' ELSE 'removed' END, f.row_id, f.image,
            CASE WHEN g.row_id IS NULL THEN coalesce((
                SELECT i.before::json FROM row_image i WHERE i.row_id = f.row_id AND i.table_name = %1$L AND i.change_set <> $1
                AND i.number > f.number ORDER BY i.number LIMIT 1), row_to_json(r)) END
        FROM first f LEFT JOIN gone g ON g.row_id = f.row_id LEFT JOIN %1$I r ON r.id = f.row_id
        WHERE f.image ->> 'made_in' <> $1::text
    ), shown AS (
        SELECT done, ref, was, became FROM found WHERE EXISTS (
            SELECT FROM json_populate_record(NULL::%1$I, coalesce(became, was)) AS %1$I WHERE %2$s)
    ) """

_CHANGES = """CREATE OR REPLACE FUNCTION kontinuum_row_changes(asked uuid, areas text[], most bigint)
    RETURNS TABLE (area text, operation text, ref uuid, was json, became json, amount bigint) LANGUAGE plpgsql STABLE {fixed} AS $body$
    #variable_conflict use_column
    DECLARE
        wanted text;
        columns text[];
        seen text;
        room bigint := most;
        told bigint;
    BEGIN
        FOREACH wanted IN ARRAY areas LOOP
            CONTINUE WHEN wanted <> ALL ({tables});
            columns := ARRAY (SELECT attname::text FROM pg_attribute WHERE attrelid = format('{core}.%I', wanted)::regclass
                AND attnum > 0 AND NOT attisdropped AND has_column_privilege(session_user, attrelid, attnum, 'SELECT'));
            seen := kontinuum_seen(wanted::name);
            CONTINUE WHEN cardinality(columns) = 0 OR seen = 'false';
            RETURN QUERY EXECUTE format({found} || 'SELECT %1$L, done, NULL::uuid, NULL::json, NULL::json, count(*) FROM shown '
                'GROUP BY done ORDER BY done', wanted, seen) USING asked;
            RETURN QUERY EXECUTE format({found} || 'SELECT %1$L, done, ref, kontinuum_shown(was, $2, $3), '
                'kontinuum_shown(became, $2, $3), 1::bigint FROM shown ORDER BY done, ref LIMIT $4', wanted, seen)
                USING asked, columns, wanted = 'identifier', room;
            GET DIAGNOSTICS told = ROW_COUNT;
            room := room - told;
        END LOOP;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the functions for the tables as they now are; numbers are masked by a function made after this one."""
    known = f"ARRAY[{', '.join(literal(table.name) for table in tables if table.tracked)}]::text[]"
    changes = filled(_CHANGES, {"fixed": FIXED, "core": CORE, "tables": known, "found": literal(_FOUND)})
    run(connection, "SET LOCAL check_function_bodies = off")
    for function in (_SEEN, _SHOWN, changes):
        run(connection, function)
    run(connection, "SET LOCAL check_function_bodies = on")


def row_changes(connection: Connection, change_set: UUID, areas: Sequence[str], most: int) -> Iterator[tuple[Any, ...]]:
    """See `db.engine.Engine.row_changes`."""
    asked = f"SELECT area, operation, ref, was, became, amount FROM {CORE}.kontinuum_row_changes(%s, %s::text[], %s)"
    for row in connection.exec_driver_sql(asked, (change_set, list(areas), most)).all():
        yield tuple(row)
