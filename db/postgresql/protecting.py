"""Protected identities on a server: functions that move all that is known of a person where nobody is let in, and back.

Made from the catalogue, so that the tables of every module are looked through. What was moved is gone from the tables others
read, from the images of the history and from what the server noted about the values in them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from psycopg import errors
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.identity_numbers import SECRET_KINDS
from db.postgresql import going
from db.postgresql.catalogue import TableInfo, children_first
from db.postgresql.connection import run
from db.postgresql.functions import FIXED
from db.postgresql.quoting import filled, literal, quoted
from db.postgresql.schemas import CORE, PROTECTED

BACK = "kontinuum_bring_back"
HIDE, PROTECT, RAISE, CHANGE = "kontinuum_hide", "protect_person", "raise_protection", "change_protection"
END, PEOPLE, HELD_OUT = "end_protection", "protected_people", "protected_arrivals"
JOIN, HOUSEHOLDS = "join_protected", "protected_households"
_RULE = "USING ERRCODE = 'integrity_constraint_violation'"
_STAYS = frozenset({"change_set", "change_about", "row_image", "look", "open_change_set", "kept_row", "user_account", "setting"})
_BOOKKEEPING = frozenset({"id", "made_in", "changed_in"})
_SECRET = ", ".join(map(literal, sorted(SECRET_KINDS)))
ME = "coalesce((SELECT name FROM user_account WHERE login = session_user::text AND active), session_user::text)"
MOVING = f"INSERT INTO {PROTECTED}.moving VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING"
AT_REST = f"DELETE FROM {PROTECTED}.moving WHERE tx = pg_current_xact_id()"

# All rows that refer to the person or to a record merged into theirs, however many tables away, and rows only those refer to, such as scanned sheets.
_HIDE = """CREATE OR REPLACE FUNCTION kontinuum_hide(whose uuid, into_ uuid) RETURNS void LANGUAGE plpgsql {fixed} AS $body$
    #variable_conflict use_column
    DECLARE
        tables constant text[] := {tables};
        fits constant text[] := {fits};
        passing constant text[] := {passing};
        ids uuid[] := ARRAY(WITH RECURSIVE own (id) AS (SELECT whose UNION SELECT m.person_id FROM merged_person m
            JOIN own o ON m.into_id = o.id) SELECT own.id FROM own);
        found uuid[];
        known integer;
        called text[];
        hashes text[];
        steps integer[];
        named integer[];
        name text;
    BEGIN
        PERFORM FROM person p WHERE p.id = whose FOR UPDATE;
        {moving};
        LOOP
            known := cardinality(ids);
            FOR i IN 1 .. cardinality(tables) LOOP
                CONTINUE WHEN fits[i] = '';
                EXECUTE 'SELECT array_agg(r.id) FROM ' || quote_ident(tables[i]) || ' r WHERE (' || fits[i] || ') AND r.id <> ALL ($1)'
                    INTO found USING ids;
                ids := ids || coalesce(found, '{}');
            END LOOP;
            SELECT array_agg(r.id) INTO found FROM attachment r WHERE r.id <> ALL (ids) AND ({scanned});
            ids := ids || coalesce(found, '{}');
            {long_gone}
            EXIT WHEN cardinality(ids) = known;
        END LOOP;
        called := ARRAY(SELECT concat_ws(', ', nullif(f.family, ''), nullif(f.given, '')) FROM (
            SELECT p.family, p.given FROM person p WHERE p.id = ANY (ids) UNION
            SELECT i.before::json ->> 'family', i.before::json ->> 'given' FROM row_image i
                WHERE i.table_name = 'person' AND i.row_id = ANY (ids)) f);
        {files}
        INSERT INTO {protected}.number (owner, kind, value)
            SELECT into_, i.kind, i.value FROM identifier i WHERE i.id = ANY (ids) AND i.kind IN ({secret});
        FOREACH name IN ARRAY tables LOOP
            EXECUTE 'INSERT INTO {protected}.kept (owner, table_name, row_id, before, at) SELECT $2, $3, r.id, row_to_json(r)::text, '
                'kontinuum_now() FROM ' || quote_ident(name) || ' r WHERE r.id = ANY ($1)' USING ids, into_, name;
        END LOOP;
        FOREACH name IN ARRAY passing LOOP
            EXECUTE name USING ids;
        END LOOP;
        FOREACH name IN ARRAY tables LOOP
            EXECUTE 'DELETE FROM ' || quote_ident(name) || ' r WHERE r.id = ANY ($1)' USING ids;
        END LOOP;
        DELETE FROM search_entry e WHERE e.ref = ANY (ids);
        DELETE FROM search_dirty d WHERE d.ref = ANY (ids);
        WITH gone AS (DELETE FROM file_content f WHERE f.hash = ANY (hashes)
                AND NOT EXISTS (SELECT FROM attachment a WHERE a.hash = f.hash) RETURNING f.*)
            INSERT INTO {protected}.kept (owner, table_name, before, at)
            SELECT into_, 'file_content', row_to_json(g)::text, kontinuum_now() FROM gone g;
        -- the history: images of these rows; steps about nobody else, and those that say a name; who else they were about
        WITH gone AS (DELETE FROM row_image i WHERE i.row_id = ANY (ids) OR position(whose::text IN i.before) > 0 RETURNING i.*)
            INSERT INTO {protected}.kept (owner, table_name, row_id, before, at)
            SELECT into_, 'row_image', g.row_id, row_to_json(g)::text, kontinuum_now() FROM gone g;
        named := ARRAY(SELECT a.change_set FROM change_about a WHERE a.ref = ANY (ids)
            UNION SELECT s.number FROM change_set s WHERE s.id IN (SELECT (k.before::json ->> 'made_in')::uuid
                FROM {protected}.kept k WHERE k.owner = into_ UNION SELECT (k.before::json ->> 'changed_in')::uuid
                FROM {protected}.kept k WHERE k.owner = into_));
        steps := ARRAY(SELECT s.number FROM change_set s WHERE s.number = ANY (named) AND (
            (EXISTS (SELECT FROM change_about a WHERE a.change_set = s.number)
                AND NOT EXISTS (SELECT FROM change_about a WHERE a.change_set = s.number AND a.ref <> ALL (ids)))
            OR EXISTS (SELECT FROM json_each_text(coalesce(s.details, '{}')) d, unnest(called) c
                WHERE c <> '' AND position(c IN d.value) > 0)));
        WITH gone AS (DELETE FROM change_about a WHERE a.ref = ANY (ids) OR a.change_set = ANY (steps) RETURNING a.*)
            INSERT INTO {protected}.kept (owner, table_name, before, at)
            SELECT into_, 'change_about', row_to_json(g)::text, kontinuum_now() FROM gone g;
        WITH gone AS (DELETE FROM change_set s WHERE s.number = ANY (steps) RETURNING s.*)
            INSERT INTO {protected}.kept (owner, table_name, row_id, before, at)
            SELECT into_, 'change_set', g.id, row_to_json(g)::text, kontinuum_now() FROM gone g;
        UPDATE change_set s SET refs = ARRAY(SELECT r FROM unnest(s.refs) r WHERE r <> ALL (ids)) WHERE s.number = ANY (named);
        {at_rest};
        -- the server's notes on the values of columns can be read by whoever reads the columns
        FOREACH name IN ARRAY tables || '{search_entry,change_set,change_about,row_image,file_content,draft}'::text[] LOOP
            IF pg_stat_get_xact_tuples_deleted(name::regclass) > 0 THEN
                EXECUTE 'ANALYZE ' || quote_ident(name);
            END IF;
        END LOOP;
    END $body$"""

_BEGIN = f"""
        IF person_ IS NULL OR kind_ IS NULL OR ground_ IS NULL THEN RAISE EXCEPTION 'who, and how' {_RULE}; END IF;
        IF NOT EXISTS (SELECT FROM person p WHERE p.id = person_) THEN RETURN NULL; END IF;
        LOOP
            made := upper(substr(md5(gen_random_uuid()::text), 1, 6));
            EXIT WHEN NOT EXISTS (SELECT FROM {PROTECTED}.person p WHERE p.handle = made);
        END LOOP;"""
NOTE = f"INSERT INTO {PROTECTED}.event (at, by_name, act, handle, reason) VALUES (kontinuum_now(), {ME}, %s, %s, %s)"
_KEPT_PERSON = f"INSERT INTO {PROTECTED}.person (id, handle, kind, ground, decided_on, valid_until, forwarding, since, by_name)"

_FUNCTIONS = (
    f"""CREATE OR REPLACE FUNCTION {PROTECT}(person_ uuid, kind_ text, ground_ text, decided_ date, until_ date, forwarding_ text)
        RETURNS text LANGUAGE plpgsql {FIXED} AS $$
    DECLARE made text;
    BEGIN {_BEGIN}
        {_KEPT_PERSON} VALUES (person_, made, kind_, ground_, decided_, until_, coalesce(forwarding_, ''), kontinuum_now(), {ME});
        PERFORM {HIDE}(person_, person_);
        {NOTE % ("'protected'", "made", "ground_")};
        RETURN made;
    END $$""",
    # What an import may do: it raises, and cannot lower, change or find.
    f"""CREATE OR REPLACE FUNCTION {RAISE}(person_ uuid, kind_ text, ground_ text) RETURNS text LANGUAGE plpgsql {FIXED} AS $$
    DECLARE made text;
    BEGIN {_BEGIN}
        {_KEPT_PERSON} VALUES (person_, made, kind_, ground_, NULL, NULL, '', kontinuum_now(), {ME});
        PERFORM {HIDE}(person_, person_);
        {NOTE % ("'raised'", "made", "ground_")};
        RETURN '';
    END $$""",
    f"""CREATE OR REPLACE FUNCTION {CHANGE}(person_ uuid, kind_ text, ground_ text, decided_ date, until_ date, forwarding_ text)
        RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
    DECLARE found text;
    BEGIN
        UPDATE {PROTECTED}.person p SET kind = kind_, ground = ground_, decided_on = decided_, valid_until = until_,
            forwarding = forwarding_ WHERE p.id = person_ RETURNING p.handle INTO found;
        IF found IS NULL THEN RETURN false; END IF;
        {NOTE % ("'changed'", "found", "ground_")};
        RETURN true;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION {PEOPLE}() RETURNS TABLE (id uuid, handle text, kind text, ground text, decided_on date,
        valid_until date, forwarding text, since timestamptz, by_name text, arrived bigint, beside uuid[])
        LANGUAGE sql STABLE {FIXED} AS $$
        SELECT p.id, p.handle, p.kind, p.ground, p.decided_on, p.valid_until, p.forwarding, p.since, p.by_name,
            (SELECT count(*) FROM {PROTECTED}.kept k WHERE k.owner = p.id AND k.table_name = 'person' AND k.row_id <> p.id),
            ARRAY(SELECT DISTINCT i.person_id FROM {PROTECTED}.number n JOIN identifier i ON i.kind = n.kind AND i.value = n.value
                WHERE n.owner = p.id)
        FROM {PROTECTED}.person p ORDER BY p.since DESC, p.id $$""",
    f"""CREATE OR REPLACE FUNCTION {JOIN}(people uuid[]) RETURNS void LANGUAGE sql {FIXED} AS $$
        UPDATE {PROTECTED}.person p SET household = s.own FROM (SELECT gen_random_uuid() AS own) s WHERE p.id = ANY (people) $$""",
    f"""CREATE OR REPLACE FUNCTION {HOUSEHOLDS}() RETURNS TABLE (id uuid, household uuid) LANGUAGE sql STABLE {FIXED} AS $$
        SELECT p.id, p.household FROM {PROTECTED}.person p WHERE p.household IS NOT NULL $$""",
    # A record made in this step under an identity number of a protected person goes where they are, as the step is stored.
    f"""CREATE OR REPLACE FUNCTION kontinuum_hold_out(own uuid) RETURNS void LANGUAGE plpgsql {FIXED} AS $$
    DECLARE come record;
    BEGIN
        FOR come IN SELECT DISTINCT ON (p.id) p.id, n.owner, h.handle FROM identifier i
            JOIN person p ON p.id = i.person_id AND p.made_in = own
            JOIN {PROTECTED}.number n ON n.kind = i.kind AND n.value = i.value JOIN {PROTECTED}.person h ON h.id = n.owner
            WHERE i.made_in = own
        LOOP
            PERFORM {HIDE}(come.id, come.owner);
            {NOTE % ("'arrived'", "come.handle", "own::text")};
        END LOOP;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION {HELD_OUT}(own uuid) RETURNS bigint LANGUAGE sql STABLE {FIXED} AS $$
        SELECT count(*) FROM {PROTECTED}.event e WHERE e.act = 'arrived' AND e.reason = own::text $$""",
)

_END = """CREATE OR REPLACE FUNCTION end_protection(person_ uuid, reason_ text) RETURNS boolean LANGUAGE plpgsql {fixed} AS $body$
    DECLARE
        ended text;
        kind_ text;
    BEGIN
        IF person_ IS NULL OR length(btrim(coalesce(reason_, ''))) < 3 THEN RAISE EXCEPTION 'who, and why' {rule}; END IF;
        DELETE FROM {protected}.person p WHERE p.id = person_ RETURNING p.handle, p.kind INTO ended, kind_;
        IF ended IS NULL THEN RETURN false; END IF;
        PERFORM {back}(person_);
        IF kind_ = 'identity' THEN -- which is never compared with any other
            {moving};
            INSERT INTO kept_apart (id, person_id, version, made_in, changed_in)
                SELECT gen_random_uuid(), p.id, 1, p.made_in, p.made_in FROM person p WHERE p.id = person_ ON CONFLICT DO NOTHING;
            {at_rest};
        END IF;
        {note};
        RETURN true;
    END $body$"""

# Of one whose mark is taken away already.
_BACK = """CREATE OR REPLACE FUNCTION kontinuum_bring_back(person_ uuid) RETURNS void LANGUAGE plpgsql {fixed} AS $body$
    #variable_conflict use_column
    DECLARE
        parents_first constant text[] := {parents};
        name text;
    BEGIN
        -- what names others who are protected stays with them: shared rows, their images, and steps about both
        UPDATE {protected}.kept k SET owner = p.id FROM {protected}.person p
            WHERE k.owner = person_ AND k.table_name <> 'person' AND position(p.id::text IN k.before) > 0;
        UPDATE {protected}.kept k SET owner = o.owner FROM {protected}.kept o
            WHERE k.owner = person_ AND o.owner <> person_ AND k.table_name = 'change_set' AND o.table_name = 'change_about'
            AND k.before::json ->> 'number' = o.before::json ->> 'change_set';
        UPDATE {protected}.kept k SET owner = o.owner FROM {protected}.kept o
            WHERE k.owner = person_ AND o.owner <> person_ AND k.table_name = 'change_about' AND o.table_name = 'change_set'
            AND k.before::json ->> 'change_set' = o.before::json ->> 'number';
        {moving};
        FOREACH name IN ARRAY parents_first LOOP
            -- images are numbered anew: those of a file may bear numbers that others got since
            EXECUTE format('INSERT INTO %I SELECT f.* FROM (SELECT CASE k.table_name WHEN ''row_image'' THEN (k.before::jsonb || '
                'jsonb_build_object(''number'', {next}))::json ELSE k.before::json END AS image '
                'FROM {protected}.kept k WHERE k.owner = $1 AND k.table_name = %L ORDER BY k.number) k, '
                'json_populate_record(NULL::%I, k.image) f'
                || CASE WHEN name IN ('file_content', 'change_about') THEN ' ON CONFLICT DO NOTHING' ELSE '' END, name, name, name)
                USING person_;
        END LOOP;
        UPDATE change_set s SET refs = s.refs || f.ref FROM {protected}.kept k, json_populate_record(NULL::change_about, k.before::json) f
            WHERE k.owner = person_ AND k.table_name = 'change_about' AND s.number = f.change_set AND s.refs IS NOT NULL
            AND f.ref <> ALL (s.refs);
        INSERT INTO search_dirty (ref, kind) SELECT k.row_id, 'person' FROM {protected}.kept k
            WHERE k.owner = person_ AND k.table_name = 'person' ON CONFLICT DO NOTHING;
        {at_rest};
        DELETE FROM {protected}.kept k WHERE k.owner = person_;
        DELETE FROM {protected}.number n WHERE n.owner = person_;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the functions for the tables as they now are."""
    tracked = tables_hidden(tables)
    names = [table.name for table in tracked]
    links = [link for table in tables for link in table.links if link.parent == "attachment" and link.target == "id"]
    used = [f"EXISTS (SELECT FROM {quoted(k.child)} c WHERE c.{quoted(k.column)} = r.id AND c.id = ANY (ids))" for k in links]
    others = [
        f"NOT EXISTS (SELECT FROM {quoted(k.child)} c WHERE c.{quoted(k.column)} = r.id AND c.id <> ALL (ids))" for k in links
    ]
    texts = {
        "fixed": FIXED,
        "protected": PROTECTED,
        "secret": _SECRET,
        "rule": _RULE,
        "back": BACK,
        "moving": MOVING,
        "at_rest": AT_REST,
        "tables": array_of_texts(names),
        "fits": array_of_texts([referring(table) for table in tracked]),
        "passing": passing(tables),
        "scanned": f"({' OR '.join(used)}) AND {' AND '.join(others)}" if links else "false",
        "next": f"nextval(pg_get_serial_sequence(''{CORE}.row_image'', ''number''))",
        "parents": array_of_texts(["file_content", *names[::-1], "change_set", "change_about", "row_image"]),
        "note": NOTE % ("'ended'", "ended", "btrim(reason_)"),
        "long_gone": going.long_gone(more=("user_id", "token")),
        "files": going.files(),
    }
    for function in (_HIDE, _BACK, _END):
        run(connection, filled(function, texts))
    for function in _FUNCTIONS:
        run(connection, function)


def tables_hidden(tables: Collection[TableInfo]) -> list[TableInfo]:
    """The tables whose rows go with somebody, those first that hang on others."""
    return [table for table in children_first(table for table in tables if table.tracked) if table.name not in _STAYS]


def referring(table: TableInfo) -> str:
    """That a row refers to one of them; people are no part of each other."""
    columns = [c for c, kind in table.types.items() if kind == "uuid" and c not in _BOOKKEEPING] if table.name != "person" else []
    return " OR ".join(f"r.{quoted(c)} = ANY ($1)" for c in columns)


def passing(tables: Collection[TableInfo]) -> str:
    """The statements that take away what is kept without a history, as a constant in SQL."""
    return array_of_texts([f"DELETE FROM {quoted(t.name)} r WHERE {_passes(t)}" for t in tables if not t.tracked and _passes(t)])


def _passes(table: TableInfo) -> str:
    """The same for what is kept without a history; of drafts, that they are of a page about one of them."""
    if table.name in _STAYS or table.name in ("search_entry", "search_dirty"):
        return ""
    if table.name == "draft":
        return "EXISTS (SELECT FROM unnest($1) i WHERE position(i::text IN r.arguments || r.state) > 0)"
    columns = [c for c, kind in table.types.items() if kind == "uuid" and c not in ("user_id", "token")]
    return " OR ".join(f"r.{quoted(c)} = ANY ($1)" for c in columns)


def array_of_texts(values: Sequence[str]) -> str:
    """As a constant in SQL."""
    return f"ARRAY[{', '.join(map(literal, values))}]::text[]"


def asked(connection: Connection, statement: str, values: Sequence[Any]) -> list[Any]:
    """The rows a function answers with; it writes, although it reads as a question.

    Raises:
        IntegrityError: a rule of the tables stands against it.
    """
    raw: Any = connection.connection.driver_connection
    try:
        found: list[Any] = raw.execute(statement, tuple(values)).fetchall()
    except errors.IntegrityError as error:
        raise IntegrityError(None, None, error) from error
    return found
