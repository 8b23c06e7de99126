"""Erasing somebody from a server: a function gathers what is known of them as for a protected identity, and lets it go for good.

Made from the catalogue, so that the tables of every module are looked through. It works inside a step alone: rows which that step
changed before, so that they say nothing of the person any more, stay without what they held earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql import going
from db.postgresql.catalogue import TableInfo
from db.postgresql.connection import run
from db.postgresql.faults import HELD
from db.postgresql.functions import FIXED, OPEN
from db.postgresql.protecting import AT_REST, HIDE, MOVING, array_of_texts, asked, passing, referring, tables_hidden
from db.postgresql.quoting import filled
from db.postgresql.schemas import PROTECTED

ERASE, APART, STILL = "erase_person", "name_apart", "hold_still"
_STILL = """CREATE OR REPLACE FUNCTION hold_still(people_ uuid[]) RETURNS void LANGUAGE sql {fixed} AS $body$
    SELECT FROM person p WHERE p.id = ANY (people_) ORDER BY p.id FOR UPDATE
    $body$"""
_APART = """CREATE OR REPLACE FUNCTION name_apart(own_ uuid, family_ text, given_ text, key_ bytea, at_ timestamptz)
    RETURNS void LANGUAGE plpgsql {fixed} AS $body$
    DECLARE
        step constant uuid := {open};
    BEGIN
        IF step IS NULL THEN RAISE EXCEPTION 'no change set is open' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        INSERT INTO person (id, version, made_in, changed_in, family, given, preferred, former, salutation, language, retired_at,
            name_key, note) VALUES (own_, 1, step, step, family_, given_, '', '', '', '', at_, key_, '');
    END $body$"""
_ERASE = """CREATE OR REPLACE FUNCTION erase_person(person_ uuid, named_ uuid) RETURNS boolean LANGUAGE plpgsql {fixed} AS $body$
    #variable_conflict use_column
    DECLARE
        own constant uuid := {open};
        tables constant text[] := {tables};
        fits constant text[] := {fits};
        passing constant text[] := {passing};
        ids uuid[];
        kept uuid[] := '{}'; -- with the name, and all that hangs on them
        stays uuid[]; -- as this step left them
        hashes text[];
        found uuid[];
        known integer;
        called text[];
        name text;
    BEGIN
        IF own IS NULL THEN RAISE EXCEPTION 'no change set is open' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        IF NOT EXISTS (SELECT FROM person p WHERE p.id = person_) THEN RETURN false; END IF;
        ids := ARRAY(WITH RECURSIVE own (id) AS (SELECT person_ UNION SELECT m.person_id FROM merged_person m
            JOIN own o ON m.into_id = o.id) SELECT own.id FROM own);
        IF EXISTS (SELECT FROM legal_hold h WHERE h.person_id = ANY (ids)
                AND (h.until IS NULL OR h.until >= (kontinuum_now() AT TIME ZONE 'UTC')::date)) THEN
            RAISE EXCEPTION 'a legal hold keeps this person' USING ERRCODE = '{held}';
        END IF;
        called := ARRAY(SELECT concat_ws(', ', nullif(f.family, ''), nullif(f.given, '')) FROM (
            SELECT p.family, p.given FROM person p WHERE p.id = ANY (ids) UNION
            SELECT i.before::json ->> 'family', i.before::json ->> 'given' FROM row_image i
                WHERE i.table_name = 'person' AND i.row_id = ANY (ids)) f);
        -- steps that were about others, too, keep their line without the name
        FOREACH name IN ARRAY called LOOP
            CONTINUE WHEN name = '';
            UPDATE change_set s SET details = (SELECT json_object_agg(d.key, CASE json_typeof(d.value)
                    WHEN 'string' THEN to_json(replace(d.value #>> '{}', name, '…')) ELSE d.value END) FROM json_each(s.details) d)
                WHERE s.number IN (SELECT a.change_set FROM change_about a WHERE a.ref = ANY (ids))
                AND EXISTS (SELECT FROM json_each_text(coalesce(s.details, '{}')) d WHERE position(name IN d.value) > 0);
        END LOOP;
        IF named_ IS NOT NULL THEN
            FOR i IN 1 .. cardinality(tables) LOOP
                CONTINUE WHEN fits[i] = '';
                EXECUTE 'SELECT array_agg(r.id) FROM ' || quote_ident(tables[i]) || ' r WHERE ' || fits[i] INTO found USING ARRAY[named_];
                kept := kept || coalesce(found, '{}');
            END LOOP;
        END IF;
        stays := ARRAY(SELECT DISTINCT i.row_id FROM row_image i WHERE i.change_set = own AND i.row_id <> ALL (kept || ids));
        ids := ids || stays;
        LOOP
            known := cardinality(ids);
            FOR i IN 1 .. cardinality(tables) LOOP
                CONTINUE WHEN fits[i] = '';
                EXECUTE 'SELECT array_agg(r.id) FROM ' || quote_ident(tables[i]) || ' r WHERE (' || fits[i] || ') AND r.id <> ALL ($1 || $2)'
                    INTO found USING ids, kept;
                ids := ids || coalesce(found, '{}');
            END LOOP;
            {long_gone}
            EXIT WHEN cardinality(ids) = known;
        END LOOP;
        {files}
        DELETE FROM row_image i WHERE i.row_id = ANY (ids) OR (i.change_set = own AND i.row_id = ANY (kept));
        PERFORM {hide}(person_, person_);
        DELETE FROM {protected}.kept k WHERE k.owner = person_;
        DELETE FROM {protected}.number n WHERE n.owner = person_;
        -- what hung on rows that stay, such as files of a contact that goes on being counted
        {moving};
        FOREACH name IN ARRAY passing LOOP
            EXECUTE name USING ids;
        END LOOP;
        FOREACH name IN ARRAY tables LOOP
            EXECUTE 'DELETE FROM ' || quote_ident(name) || ' r WHERE r.id = ANY ($1) AND r.id <> ALL ($2)' USING ids, stays;
        END LOOP;
        {drop_contents}
        {at_rest};
        RETURN true;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the function for the tables as they now are."""
    tracked = tables_hidden(tables)
    texts = {
        "fixed": FIXED,
        "held": HELD,
        "open": OPEN,
        "protected": PROTECTED,
        "hide": HIDE,
        "moving": MOVING,
        "at_rest": AT_REST,
        "passing": passing(tables),
        "tables": array_of_texts([table.name for table in tracked]),
        "fits": array_of_texts([referring(table) for table in tracked]),
        "long_gone": going.long_gone("ids || kept"),
        "files": going.files("a.id = ANY (ids) AND a.id <> ALL (stays)"),
        "drop_contents": going.DROP_CONTENTS,
    }
    for function in (_APART, _STILL, _ERASE):
        run(connection, filled(function, texts))


def name_apart(connection: Connection, own: UUID, family: str, given: str, key: bytes, now: datetime) -> None:
    """Let the server store a record that holds a name alone."""
    asked(connection, f"SELECT {APART}(%s, %s, %s, %s, %s)", (own, family, given, key, now))


def hold_still(connection: Connection, people: Sequence[UUID]) -> None:
    """Let nobody else change these people, or add anything about them, until this step ends."""
    asked(connection, f"SELECT {STILL}(%s)", (list(people),))


def erase(connection: Connection, person: UUID, named: UUID | None) -> bool:
    """Ask the server to; False when nobody is there by that id."""
    return bool(asked(connection, f"SELECT {ERASE}(%s, %s)", (person, named))[0][0])
