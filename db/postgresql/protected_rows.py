"""Changing rows of somebody protected on a server: a function does it in what is kept of them, for those who hold the right.

It takes versions and columns it knows and nothing else, and keeps the step and the rows as they were with the person.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.identity_numbers import SECRET_KINDS
from db.postgresql.connection import run
from db.postgresql.functions import FIXED
from db.postgresql.protecting import ME, NOTE, array_of_texts
from db.postgresql.quoting import literal
from db.postgresql.schemas import CORE, PROTECTED
from db.protected.tables import ADDED, CHANGED, EDITS

EDIT = "edit_protected"
_RULE = "USING ERRCODE = 'integrity_constraint_violation'"
_NEXT = "nextval(pg_get_serial_sequence('{CORE}.{table}', 'number'))"
_SECRET = ", ".join(map(literal, sorted(SECRET_KINDS)))
_TABLES = list(CHANGED)
_COLUMNS = [" ".join(CHANGED[table]) for table in _TABLES]
_MORE = [" ".join(ADDED.get(table, ())) for table in _TABLES]
_KEPT = "k.owner = person_ AND k.table_name = one.name AND k.row_id = one.id"
_VERSION = "(k.before::json ->> 'version')::integer"
_GIVEN = """SELECT e ->> 'table' AS name, (e ->> 'row')::uuid AS id, (e ->> 'version')::integer AS version,
            nullif(e -> 'values', 'null') AS says, array_position(tables, e ->> 'table') AS place FROM jsonb_array_elements(edits_) e"""

# What comes back as a row has to be one: a value for each column that needs it, of its kind, by the rules of the two tables that have any.
_FUNCTION = f"""CREATE OR REPLACE FUNCTION {EDIT}(person_ uuid, verb_ text, name_ text, note_ text, edits_ jsonb) RETURNS text
    LANGUAGE plpgsql {FIXED} AS $body$
    DECLARE
        tables constant text[] := {array_of_texts(_TABLES)};
        columns constant text[] := {array_of_texts(_COLUMNS)};
        more constant text[] := {array_of_texts(_MORE)};
        own constant uuid := gen_random_uuid();
        called text;
        line bigint;
        former text;
        made text;
        one record;
    BEGIN
        SELECT p.handle INTO called FROM {PROTECTED}.person p WHERE p.id = person_ FOR UPDATE;
        IF called IS NULL THEN RETURN NULL; END IF;
        IF verb_ IS NULL OR verb_ <> ALL ({array_of_texts(EDITS)}) THEN RAISE EXCEPTION 'no such step' {_RULE}; END IF;
        IF EXISTS (SELECT FROM ({_GIVEN}) g WHERE g.version <> coalesce((SELECT {_VERSION} FROM {PROTECTED}.kept k
                WHERE k.owner = person_ AND k.table_name = g.name AND k.row_id = g.id), 0)) THEN
            RETURN 'stale';
        END IF;
        line := {_NEXT.format(CORE=CORE, table="change_set")};
        INSERT INTO {PROTECTED}.kept (owner, table_name, row_id, before, at) SELECT person_, 'change_set', own,
            row_to_json(json_populate_record(NULL::change_set, json_build_object('number', line, 'id', own, 'at', kontinuum_now(),
            'actor_id', coalesce((SELECT u.id FROM user_account u WHERE u.login = session_user::text AND u.active), own),
            'actor_name', {ME}, 'verb', verb_, 'details', json_build_object('name', coalesce(name_, '')), 'login', session_user,
            'areas', (SELECT string_agg(DISTINCT g.name, ' ') FROM ({_GIVEN}) g), 'refs', json_build_array(person_),
            'tx', pg_current_xact_id()::text)))::text, kontinuum_now();
        INSERT INTO {PROTECTED}.kept (owner, table_name, before, at) VALUES (person_, 'change_about',
            json_build_object('ref', person_, 'change_set', line)::text, kontinuum_now());
        FOR one IN {_GIVEN} LOOP
            IF one.place IS NULL OR (one.name = 'person' AND (one.says IS NULL OR one.version = 0)) OR EXISTS (
                SELECT FROM jsonb_object_keys(coalesce(one.says, '{{}}')) c WHERE c <> ALL (string_to_array(columns[one.place]
                    || CASE one.version WHEN 0 THEN ' ' || more[one.place] ELSE '' END, ' '))) THEN
                RAISE EXCEPTION 'not to be changed' {_RULE};
            END IF;
            SELECT k.before INTO former FROM {PROTECTED}.kept k WHERE {_KEPT};
            IF one.version = 0 THEN
                former := json_build_object('id', one.id, 'made_in', own);
                IF NOT EXISTS (SELECT FROM {PROTECTED}.kept k WHERE k.owner = person_ AND k.table_name = 'person'
                        AND k.row_id = (one.says ->> 'person_id')::uuid) THEN
                    RAISE EXCEPTION 'not a record of theirs' {_RULE};
                END IF;
            ELSE
                INSERT INTO {PROTECTED}.kept (owner, table_name, row_id, before, at) VALUES (person_, 'row_image', one.id,
                    json_build_object('number', 0, 'change_set', own, 'table_name', one.name, 'row_id', one.id,
                    'operation', CASE WHEN one.says IS NULL THEN 'd' ELSE 'u' END, 'before', former)::text, kontinuum_now());
            END IF;
            IF one.says IS NULL THEN
                DELETE FROM {PROTECTED}.kept k WHERE {_KEPT};
                CONTINUE;
            END IF;
            EXECUTE format('SELECT row_to_json(json_populate_record(json_populate_record(NULL::%I, $1), $2))::text', one.name) INTO made
                USING former::json, (one.says || jsonb_build_object('version', one.version + 1, 'changed_in', own))::json;
            IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('{CORE}.%I', one.name)::regclass AND a.attnotnull
                    AND a.attnum > 0 AND NOT a.attisdropped AND made::json ->> a.attname IS NULL)
                OR (one.name = 'person' AND made::json ->> 'given' = '' AND made::json ->> 'family' = '')
                OR (one.name = 'contact_point' AND made::json ->> 'kind' NOT IN ('email', 'phone', 'address', 'social')) THEN
                RAISE EXCEPTION 'no such row can be' {_RULE};
            END IF;
            UPDATE {PROTECTED}.kept k SET before = made WHERE {_KEPT};
            IF NOT FOUND THEN
                INSERT INTO {PROTECTED}.kept (owner, table_name, row_id, before, at)
                    VALUES (person_, one.name, one.id, made, kontinuum_now());
            END IF;
        END LOOP;
        DELETE FROM {PROTECTED}.number n WHERE n.owner = person_;
        INSERT INTO {PROTECTED}.number (owner, kind, value)
            SELECT person_, k.before::json ->> 'kind', k.before::json ->> 'value' FROM {PROTECTED}.kept k
            WHERE k.owner = person_ AND k.table_name = 'identifier' AND k.before::json ->> 'kind' IN ({_SECRET});
        {NOTE % ("'edited'", "called", "btrim(verb_ || ' ' || coalesce(note_, ''))")};
        RETURN 'done';
    END $body$"""


def install(connection: Connection) -> None:
    """Make the function, or bring it up to date."""
    run(connection, _FUNCTION)
