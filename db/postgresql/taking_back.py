"""Inverting a change set on PostgreSQL: one function of the server's, made from the catalogue, for nobody may remove rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.engine import Inverted
from db.errors import RuleBroken
from db.postgresql.catalogue import Link, TableInfo, children_first
from db.postgresql.connection import run
from db.postgresql.functions import FIXED
from db.postgresql.keys import refers_to_people
from db.postgresql.quoting import filled, literal, quoted
from db.postgresql.schemas import CORE
from db.texts import _

BIG = 200  # rows: see the module of the same name for files
_BOOKKEEPING = frozenset({"id", "version", "made_in", "changed_in"})

# The oldest image per row inside one change set ($1) is the state before it.
_IMAGES = (
    "(SELECT DISTINCT ON (row_id) row_id, before::json FROM row_image WHERE change_set = $1 AND table_name = %L "
    "ORDER BY row_id, number)"
)

# kept: rows of `taken` that stay; they are few, so what goes is "made by it and not kept".
_TAKE_BACK = """CREATE OR REPLACE FUNCTION kontinuum_take_back(taken uuid)
    RETURNS TABLE (area text, kept uuid, undone bigint) LANGUAGE plpgsql {fixed}
    -- who refers to a row that goes is asked once a row and key: an index is asked quicker than a map of its pages is made
    SET enable_bitmapscan = off AS $body$
    #variable_conflict use_column
    DECLARE
        here constant xid8 := pg_current_xact_id();
        children_first constant text[] := {tables};
        sets constant text[] := {sets};
        links constant text[] := {links};
        to_people constant text[] := {to_people};
        link text[];
        own uuid;
        moved bigint;
        more bigint;
        counts bigint[] := array_fill(0::bigint, ARRAY[cardinality(children_first)]);
        images text;
        place integer;
        restoring text[];
    BEGIN
        UPDATE open_change_set SET takes_back = taken WHERE tx = here AND takes_back IS NULL RETURNING id INTO own;
        IF own IS NULL THEN
            RAISE EXCEPTION 'no change set is open' USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        IF NOT kontinuum_may_take_back(taken) THEN
            RAISE EXCEPTION 'this change set is not yours to take back' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF EXISTS (SELECT FROM change_set WHERE takes_back = taken) THEN
            RAISE EXCEPTION 'already taken back' USING ERRCODE = 'unique_violation';
        END IF;
        {defer}
        -- rows touched since, and rows to which something refers that was neither made nor changed last by the change set
        FOR i IN 1 .. cardinality(children_first) LOOP
            EXECUTE format('INSERT INTO kept_row SELECT $1, %L, id FROM %I WHERE made_in = $2 AND changed_in <> $2 '
                'AND NOT kontinuum_as_left($2, %L, id, changed_in)', children_first[i], children_first[i], children_first[i])
                USING here, taken;
        END LOOP;
        FOREACH link SLICE 1 IN ARRAY links LOOP
            EXECUTE format('INSERT INTO kept_row SELECT DISTINCT $1, %L, p.id FROM %I p JOIN %I c ON c.%I = p.id '
                'WHERE p.made_in = $2 AND c.made_in <> $2 AND c.changed_in <> $2 ON CONFLICT DO NOTHING',
                link[3], link[3], link[1], link[2]) USING here, taken;
        END LOOP;
        -- a kept row keeps its parents and its children of the same change set, until nothing more follows
        moved := (SELECT count(*) FROM kept_row WHERE tx = here);
        WHILE moved > 0 LOOP
            moved := 0;
            FOREACH link SLICE 1 IN ARRAY links LOOP
                EXECUTE format('INSERT INTO kept_row SELECT DISTINCT $1, %L, p.id FROM kept_row k JOIN %I c ON c.id = k.id '
                    'JOIN %I p ON p.id = c.%I WHERE k.tx = $1 AND k.table_name = %L AND p.made_in = $2 ON CONFLICT DO NOTHING',
                    link[3], link[1], link[3], link[2], link[1]) USING here, taken;
                GET DIAGNOSTICS more = ROW_COUNT;
                moved := moved + more;
                EXECUTE format('INSERT INTO kept_row SELECT DISTINCT $1, %L, c.id FROM kept_row k JOIN %I c ON c.%I = k.id '
                    'WHERE k.tx = $1 AND k.table_name = %L AND c.made_in = $2 ON CONFLICT DO NOTHING',
                    link[1], link[1], link[2], link[3]) USING here, taken;
                GET DIAGNOSTICS more = ROW_COUNT;
                moved := moved + more;
            END LOOP;
        END LOOP;
        FOR i IN 1 .. cardinality(children_first) LOOP
            images := format({images}, children_first[i]);
            restoring[i] := format('UPDATE %I AS r SET version = r.version + 1, changed_in = $2' || sets[i] || ' FROM ' || images || ' i '
                'JOIN %I o ON o.id = i.row_id, json_populate_record(o, i.before) f '
                'WHERE r.id = o.id AND r.made_in <> $1 AND (r.changed_in = $1 OR kontinuum_as_left($1, %L, r.id, r.changed_in))',
                children_first[i], children_first[i], children_first[i]);
        END LOOP;
        -- what it handed over to people it made is handed back first: nobody goes while anything refers to them
        IF EXISTS (SELECT FROM row_image WHERE change_set = taken) THEN
            FOREACH link SLICE 1 IN ARRAY to_people LOOP
                place := array_position(children_first, link[1]);
                EXECUTE restoring[place] || format(' AND EXISTS (SELECT FROM %I p WHERE p.id = r.%I AND p.made_in = $1)', link[3], link[2])
                    USING taken, own;
                GET DIAGNOSTICS more = ROW_COUNT;
                counts[place] := counts[place] + more;
            END LOOP;
        END IF;
        -- what it made goes
        FOR i IN 1 .. cardinality(children_first) LOOP
            EXECUTE format('DELETE FROM %I r WHERE made_in = $2 AND NOT EXISTS '
                '(SELECT FROM kept_row k WHERE k.tx = $1 AND k.table_name = %L AND k.id = r.id)',
                children_first[i], children_first[i]) USING here, taken;
            GET DIAGNOSTICS more = ROW_COUNT;
            counts[i] := counts[i] + more;
        END LOOP;
        -- what it removed comes back as a new row under its old id, so that this can be taken back again
        FOR i IN REVERSE cardinality(children_first) .. 1 LOOP
            images := format({images}, children_first[i]);
            EXECUTE format('INSERT INTO %I SELECT f.* FROM ' || images || ' i, '
                'json_populate_record(NULL::%I, i.before) b, jsonb_populate_record(b, jsonb_build_object('
                '''version'', b.version + 1, ''made_in'', $2, ''changed_in'', $2)) f '
                'WHERE b.made_in <> $1 AND NOT EXISTS (SELECT FROM %I r WHERE r.id = i.row_id) AND EXISTS (SELECT FROM row_image d '
                'WHERE d.change_set = $1 AND d.table_name = %L AND d.operation = ''d'' AND d.row_id = i.row_id)',
                children_first[i], children_first[i], children_first[i], children_first[i]) USING taken, own;
            GET DIAGNOSTICS more = ROW_COUNT;
            counts[i] := counts[i] + more;
        END LOOP;
        -- what it changed gets its former values
        FOR i IN 1 .. cardinality(children_first) LOOP
            images := format({images}, children_first[i]);
            RETURN QUERY EXECUTE format('SELECT %L, r.id, 0::bigint FROM %I r JOIN ' || images || ' i ON i.row_id = r.id '
                'WHERE r.changed_in <> $1 AND r.made_in <> $1 AND r.changed_in <> $2 '
                'AND NOT kontinuum_as_left($1, %L, r.id, r.changed_in)', children_first[i], children_first[i], children_first[i])
                USING taken, own;
            EXECUTE restoring[i] USING taken, own;
            GET DIAGNOSTICS more = ROW_COUNT;
            counts[i] := counts[i] + more;
        END LOOP;
        {check}
        RETURN QUERY DELETE FROM kept_row k WHERE k.tx = here RETURNING k.table_name, k.id, 0::bigint;
        RETURN QUERY SELECT t.name, NULL::uuid, t.count FROM unnest(children_first, counts) t (name, count) WHERE t.count > 0;
    END $body$"""

# Whether all changes of a row after a change set were taken back, so that it stands as that step left it: a taking back gave
# it the state before what it took back, and the image kept then names the step that made that state.
_AS_LEFT = """CREATE OR REPLACE FUNCTION kontinuum_as_left(asked uuid, area text, ref uuid, last uuid) RETURNS boolean
    LANGUAGE sql STABLE {fixed} AS $body$
        WITH RECURSIVE trail (step) AS (
            SELECT last
            UNION SELECT (
                SELECT (i.before::json ->> 'changed_in')::uuid FROM row_image i
                WHERE i.change_set = s.takes_back AND i.row_id = ref AND i.table_name = area ORDER BY i.number LIMIT 1
            ) FROM trail t JOIN change_set s ON s.id = t.step WHERE s.takes_back IS NOT NULL
        )
        SELECT EXISTS (SELECT FROM trail WHERE step = asked)
    $body$"""

_IS_BIG = """CREATE OR REPLACE FUNCTION kontinuum_is_big(asked uuid, most bigint) RETURNS boolean LANGUAGE plpgsql STABLE {fixed} AS $body$
    DECLARE
        name text;
        more bigint;
        found bigint := (SELECT count(*) FROM (SELECT FROM row_image WHERE change_set = asked LIMIT most + 1) i);
    BEGIN
        FOREACH name IN ARRAY {tables} LOOP
            EXIT WHEN found > most;
            EXECUTE format('SELECT count(*) FROM (SELECT FROM %I WHERE made_in = $1 LIMIT $2) i', name) INTO more USING asked, most + 1;
            found := found + more;
        END LOOP;
        RETURN found > most;
    END $body$"""


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make the functions for the tables as they now are, whose keys may wait for the end of a taking back."""
    tracked = children_first(table for table in tables if table.tracked)
    names = {table.name for table in tracked}
    every = [link for table in tables for link in table.links]
    followed = [link for link in every if link.child in names and link.parent in names and link.target == "id"]
    sets = ["".join(f", {quoted(c)} = f.{quoted(c)}" for c in table.columns if c not in _BOOKKEEPING) for table in tracked]
    keys = ", ".join(f"{CORE}.{quoted(link.name)}" for link in every if link.child in names)
    known = _texts([table.name for table in tracked])
    texts = {
        "fixed": FIXED,
        "tables": known,
        "sets": _texts(sets),
        "links": _list(followed),
        "to_people": _list(filter(refers_to_people, followed)),
        "images": literal(_IMAGES),
        "defer": f"SET CONSTRAINTS {keys} DEFERRED;" if keys else "",
        "check": f"SET CONSTRAINTS {keys} IMMEDIATE;" if keys else "",
    }
    for function in (_AS_LEFT, _TAKE_BACK, _IS_BIG):
        run(connection, filled(function, texts))


def _list(links: Iterable[Link]) -> str:
    """Child, column and parent of each."""
    found = (f"[{', '.join(map(literal, (link.child, link.column, link.parent)))}]" for link in links)
    return f"ARRAY[{', '.join(found)}]::text[]"


def _texts(values: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, values))}]::text[]"


def is_big(connection: Connection, change_set: UUID) -> bool:
    """Whether the change set made or moved more than `BIG` rows."""
    return bool(connection.exec_driver_sql("SELECT kontinuum_is_big(%s, %s)", (change_set, BIG)).scalar_one())


def invert(connection: Connection, change_set: UUID) -> Inverted:
    """Undo `change_set` inside the open change set; see `db.engine.Engine.invert`."""
    try:
        rows = connection.exec_driver_sql("SELECT area, kept, undone FROM kontinuum_take_back(%s)", (change_set,)).all()
    except IntegrityError as error:
        raise RuleBroken(
            _("This can no longer be taken back: what it belongs to was removed since, or its place is taken."),
            _("Nothing was changed. Take back the later changes first."),
        ) from error
    kept = tuple(dict.fromkeys((row.area, row.kept) for row in rows if row.kept is not None))
    counts = {row.area: row.undone for row in rows if row.kept is None}
    return Inverted(sum(counts.values()), kept, frozenset(counts))
