"""Erasing somebody protected from a server: a function does it, for those alone who handle protected identities.

Inside of one step the rows come back, what law keeps goes over to a record that holds a name alone, the rest is erased as anybody's,
and the record of the name is protected at once, under the handle and the mark there was. Nobody ever sees the rows in between.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from db.postgresql.catalogue import TableInfo
from db.postgresql.connection import run
from db.postgresql.erasing import APART, ERASE
from db.postgresql.functions import FIXED, OPEN
from db.postgresql.protecting import BACK, HIDE, NOTE, array_of_texts, tables_hidden
from db.postgresql.quoting import filled
from db.postgresql.schemas import PROTECTED

ERASE_PROTECTED = "erase_protected"
# What they shared with others who are protected stays with these, without the name; `keeps_` are "table.column" of rows law keeps.
_ERASE = """CREATE OR REPLACE FUNCTION erase_protected(person_ uuid, named_ uuid, keeps_ text[], case_ text) RETURNS boolean
    LANGUAGE plpgsql {fixed} AS $body$
    DECLARE
        own constant uuid := {open};
        tables constant text[] := {tables};
        files constant text[] := {files};
        was {protected}.person;
        who person;
        people uuid[];
        called text;
        made boolean := false;
        there boolean;
        keep text;
        link text;
    BEGIN
        IF own IS NULL OR named_ IS NULL OR length(btrim(coalesce(case_, ''))) < 3 THEN
            RAISE EXCEPTION 'a step has to be open, and to say why' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        DELETE FROM {protected}.person p WHERE p.id = person_ RETURNING p.* INTO was;
        IF was.id IS NULL THEN RETURN false; END IF;
        PERFORM {back}(person_);
        SELECT * INTO who FROM person p WHERE p.id = person_;
        people := ARRAY(WITH RECURSIVE o (id) AS (SELECT person_ UNION SELECT m.person_id FROM merged_person m
            JOIN o ON m.into_id = o.id) SELECT o.id FROM o);
        FOR called IN SELECT concat_ws(', ', nullif(f.family, ''), nullif(f.given, '')) FROM (
            SELECT p.family, p.given FROM person p WHERE p.id = ANY (people) UNION
            SELECT i.before::json ->> 'family', i.before::json ->> 'given' FROM row_image i
                WHERE i.table_name = 'person' AND i.row_id = ANY (people)) f LOOP
            CONTINUE WHEN called = '';
            UPDATE {protected}.kept k SET before = replace(k.before, btrim(to_json(called)::text, '"'), '…') WHERE k.table_name = 'change_set'
                AND k.before::json ->> 'number' IN (SELECT o.before::json ->> 'change_set' FROM {protected}.kept o
                    WHERE o.table_name = 'change_about' AND o.before::json ->> 'ref' = ANY (people::text[]));
        END LOOP;
        UPDATE {protected}.kept k SET before = (k.before::jsonb || jsonb_build_object('refs', (SELECT coalesce(jsonb_agg(r), '[]')
                FROM jsonb_array_elements(k.before::jsonb -> 'refs') r WHERE r #>> '{}' <> ALL (people::text[]))))::text
            WHERE k.table_name = 'change_set' AND jsonb_typeof(k.before::jsonb -> 'refs') = 'array'
            AND EXISTS (SELECT FROM unnest(people) p WHERE position(p::text IN k.before) > 0);
        DELETE FROM {protected}.kept k USING unnest(people) p WHERE k.table_name <> 'change_set' AND position(p::text IN k.before) > 0;
        FOREACH keep IN ARRAY coalesce(keeps_, '{}') LOOP
            CONTINUE WHEN split_part(keep, '.', 1) <> ALL (tables) OR split_part(keep, '.', 1) = 'person';
            EXECUTE format('SELECT EXISTS (SELECT FROM %I r WHERE r.%I = ANY ($1))', split_part(keep, '.', 1), split_part(keep, '.', 2))
                INTO there USING people;
            CONTINUE WHEN NOT there;
            IF NOT made THEN
                PERFORM {apart}(named_, who.family, who.given, who.name_key, kontinuum_now());
                made := true;
            END IF;
            EXECUTE format('UPDATE %I r SET %2$I = $2, version = r.version + 1, changed_in = $3 WHERE r.%2$I = ANY ($1)',
                split_part(keep, '.', 1), split_part(keep, '.', 2)) USING people, named_, own;
            FOREACH link IN ARRAY files LOOP -- files of the person to which these rows refer
                CONTINUE WHEN split_part(link, '.', 1) <> split_part(keep, '.', 1);
                EXECUTE format('UPDATE attachment a SET subject = $2, version = a.version + 1, changed_in = $3 WHERE a.subject = ANY ($1) '
                    'AND EXISTS (SELECT FROM %I r WHERE r.%I = a.id AND r.%I = $2)', split_part(keep, '.', 1), split_part(link, '.', 2),
                    split_part(keep, '.', 2)) USING people, named_, own;
            END LOOP;
        END LOOP;
        PERFORM {erase}(person_, CASE WHEN made THEN named_ END);
        IF made THEN
            INSERT INTO {protected}.person (id, handle, kind, ground, decided_on, valid_until, forwarding, since, by_name)
                VALUES (named_, was.handle, was.kind, was.ground, was.decided_on, was.valid_until, '', was.since, was.by_name);
            PERFORM {hide}(named_, named_);
        END IF;
        INSERT INTO erased_person (person_id, how, at) SELECT p, 'erase', kontinuum_now() FROM unnest(people) p ON CONFLICT DO NOTHING;
        {note};
        RETURN true;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the function for the tables as they now are."""
    links = [link for table in tables for link in table.links if link.parent == "attachment" and link.target == "id"]
    texts = {
        "fixed": FIXED,
        "open": OPEN,
        "protected": PROTECTED,
        "tables": array_of_texts([table.name for table in tables_hidden(tables)]),
        "files": array_of_texts([f"{link.child}.{link.column}" for link in links]),
        "back": BACK,
        "apart": APART,
        "erase": ERASE,
        "hide": HIDE,
        "note": NOTE % ("'erased'", "was.handle", "btrim(case_)"),
    }
    run(connection, filled(_ERASE, texts))
