"""Letting single rows of a server go for good, with their history and what hangs on them: a function of the server's own does so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql import going
from db.postgresql.catalogue import TableInfo
from db.postgresql.connection import run
from db.postgresql.faults import HELD
from db.postgresql.functions import FIXED, OPEN
from db.postgresql.protecting import AT_REST, MOVING, array_of_texts, asked, passing, tables_hidden
from db.postgresql.quoting import filled, quoted

FORGET = "forget_rows"
_WHOLE = frozenset({"legal_hold", "merged_person", "disposal_person"})  # rows that mean the person
_FORGET = """CREATE OR REPLACE FUNCTION forget_rows(table_ text, ids_ uuid[], versions_ integer[], said_ text[])
    RETURNS integer LANGUAGE plpgsql {fixed} AS $body$
    #variable_conflict use_column
    DECLARE
        own constant uuid := {open};
        allowed constant text[] := {allowed};
        tables constant text[] := {tables};
        fits constant text[] := {fits};
        passing constant text[] := {passing};
        ids uuid[];
        found uuid[];
        steps uuid[];
        texts text[];
        hashes text[];
        known integer;
        gone integer;
        kept boolean;
        name text;
    BEGIN
        IF own IS NULL THEN RAISE EXCEPTION 'no change set is open' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        IF table_ <> ALL (allowed) THEN
            RAISE EXCEPTION 'rows of % do not go alone', table_ USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        EXECUTE 'SELECT array_agg(q.id) FROM (SELECT r.id FROM ' || quote_ident(table_) || ' r JOIN unnest($1, $2) AS v (id, version)
            ON v.id = r.id AND v.version = r.version ORDER BY r.id FOR UPDATE OF r) q' INTO ids USING ids_, versions_;
        IF ids IS NULL THEN RETURN 0; END IF;
        gone := cardinality(ids);
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || quote_ident(table_) || ' r JOIN legal_hold h ON h.person_id = r.person_id
            WHERE r.id = ANY ($1) AND (h.until IS NULL OR h.until >= $2))'
            INTO kept USING ids, (kontinuum_now() AT TIME ZONE 'UTC')::date;
        IF kept THEN RAISE EXCEPTION 'a legal hold keeps this person' USING ERRCODE = '{held}'; END IF;
        -- steps about them keep their line without what they said of them
        EXECUTE 'SELECT array_agg(DISTINCT x.v) FROM (SELECT row_to_json(r) ->> c.name FROM ' || quote_ident(table_) || ' r,
                unnest($2) AS c (name) WHERE r.id = ANY ($1) UNION SELECT i.before::json ->> c.name FROM row_image i,
                unnest($2) AS c (name) WHERE i.row_id = ANY ($1) AND i.table_name = $3) x (v) WHERE x.v <> '''''
            INTO texts USING ids, said_, table_;
        IF texts IS NOT NULL THEN
            EXECUTE 'SELECT array_agg(s.id) FROM (SELECT r.made_in FROM ' || quote_ident(table_) || ' r WHERE r.id = ANY ($1) UNION
                SELECT r.changed_in FROM ' || quote_ident(table_) || ' r WHERE r.id = ANY ($1) UNION
                SELECT i.change_set FROM row_image i WHERE i.row_id = ANY ($1)) s (id)' INTO steps USING ids;
            UPDATE change_set s SET details = (SELECT json_object_agg(d.key, CASE
                    WHEN json_typeof(d.value) = 'string' AND d.value #>> '{}' = ANY (texts) THEN to_json('…'::text)
                    ELSE d.value END) FROM json_each(s.details) d)
                WHERE s.id = ANY (steps) AND EXISTS (SELECT FROM json_each_text(coalesce(s.details, '{}')) d
                    WHERE d.value = ANY (texts));
        END IF;
        LOOP
            known := cardinality(ids);
            FOR i IN 1 .. cardinality(tables) LOOP
                CONTINUE WHEN fits[i] = '' OR tables[i] = table_;
                EXECUTE 'SELECT array_agg(r.id) FROM ' || quote_ident(tables[i]) || ' r WHERE (' || fits[i] || ') AND r.id <> ALL ($1)'
                    INTO found USING ids;
                ids := ids || coalesce(found, '{}');
            END LOOP;
            {long_gone}
            EXIT WHEN cardinality(ids) = known;
        END LOOP;
        {files}
        DELETE FROM row_image i WHERE i.row_id = ANY (ids);
        {moving};
        FOREACH name IN ARRAY passing LOOP
            EXECUTE name USING ids;
        END LOOP;
        FOREACH name IN ARRAY tables LOOP
            EXECUTE 'DELETE FROM ' || quote_ident(name) || ' r WHERE r.id = ANY ($1)' USING ids;
        END LOOP;
        {drop_contents}
        {at_rest};
        RETURN gone;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the function for the tables as they now are."""
    tracked = tables_hidden(tables)
    texts = {
        "fixed": FIXED,
        "held": HELD,
        "open": OPEN,
        "moving": MOVING,
        "at_rest": AT_REST,
        "passing": passing(tables),
        "allowed": array_of_texts([t.name for t in tracked if "person_id" in t.types and t.name not in _WHOLE]),
        "tables": array_of_texts([table.name for table in tracked]),
        "fits": array_of_texts([_hanging(table) for table in tracked]),
        "long_gone": going.long_gone(),
        "files": going.files(),
        "drop_contents": going.DROP_CONTENTS,
    }
    run(connection, filled(_FORGET, texts))


def _hanging(table: TableInfo) -> str:
    """That a row refers to one of them by a key of its table, or is a file of one."""
    keys = [link.column for link in table.links if link.parent not in ("person", "file_content")]
    keys += ["subject"] if table.name == "attachment" else []
    return " OR ".join(f"r.{quoted(key)} = ANY ($1)" for key in keys)


def forget(connection: Connection, table: str, rows: Mapping[UUID, int], said: Sequence[str]) -> int:
    """Ask the server to; how many are gone."""
    values = (table, list(rows), list(rows.values()), list(said))
    return int(asked(connection, f"SELECT {FORGET}(%s, %s, %s, %s)", values)[0][0])
