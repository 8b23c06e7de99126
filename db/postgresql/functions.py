"""What the server does by itself: opening and closing change sets, and keeping the history of rows.

All of it acts with the rights of its owner and finds only what it names, so that a desk can write no history of its own
making: who acts is the login of the session, when is the server's clock.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.engine import Question
from db.postgresql import office_id
from db.postgresql.connection import run
from db.postgresql.faults import OLDER, STORED
from db.postgresql.schemas import CORE, PROTECTED
from db.presence import LEASE

FIXED = f"SECURITY DEFINER SET search_path = pg_catalog, {CORE}, pg_temp"
MANY = 5000  # rows one step wrote to a table, from which on it is measured as the step ends
AT_MOST = 200  # records one window may say it has open
OPEN = "(SELECT id FROM open_change_set WHERE tx = pg_current_xact_id())"
_RULE = "USING ERRCODE = 'integrity_constraint_violation'"
# Rows of protected people go and come as they are, by functions of the server's own that say so.
_MOVES = f"EXISTS (SELECT FROM {PROTECTED}.moving WHERE tx = pg_current_xact_id())"
_OURS = f"""IF TG_TABLE_SCHEMA <> '{CORE}' THEN RAISE EXCEPTION 'not a table of ours' USING ERRCODE = 'insufficient_privilege'; END IF;"""

FUNCTIONS = (
    # One place for the clock of the history; so plain that it becomes part of whatever asks it, and costs nothing.
    """CREATE OR REPLACE FUNCTION kontinuum_now() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS $$ SELECT pg_catalog.clock_timestamp() $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_open(own uuid, knows text) RETURNS void LANGUAGE plpgsql {FIXED} AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended(own::text, 0)); -- a first try may still be under way
        INSERT INTO open_change_set (tx, id) SELECT pg_current_xact_id(), own
            WHERE NOT EXISTS (SELECT FROM schema_version_core WHERE version_num COLLATE "C" > knows)
                AND NOT EXISTS (SELECT FROM change_set WHERE id = own);
        IF FOUND THEN RETURN; END IF;
        IF EXISTS (SELECT FROM change_set WHERE id = own) THEN
            RAISE EXCEPTION 'this change set is stored already' USING ERRCODE = '{STORED}';
        END IF;
        RAISE EXCEPTION 'the tables are newer than the program' USING ERRCODE = '{OLDER}';
    END $$""",
    # `wrote` is how many rows the desk wrote, as it says. Who acts is the account of the login; another name is believed of the owner only, who moves whole databases in.
    f"""CREATE OR REPLACE FUNCTION kontinuum_close(
        verb_ text, details_ json, actor_id_ uuid, actor_name_ text, refs_ uuid[], areas_ text DEFAULT '', wrote bigint DEFAULT 0
    ) RETURNS bigint LANGUAGE plpgsql {FIXED} AS $$
    DECLARE
        opened open_change_set;
        line bigint;
        held boolean; -- whether somebody is protected, of whom the step may have brought something in
    BEGIN
        DELETE FROM open_change_set WHERE tx = pg_current_xact_id() RETURNING * INTO opened;
        IF opened.id IS NULL THEN RAISE EXCEPTION 'no change set is open' {_RULE}; END IF;
        IF NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
            SELECT id, name INTO actor_id_, actor_name_ FROM user_account WHERE login = session_user::text AND active;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no user of this database' USING ERRCODE = 'insufficient_privilege';
            END IF;
        END IF;
        INSERT INTO change_set (id, at, actor_id, actor_name, verb, details, takes_back, areas, refs)
            VALUES (opened.id, kontinuum_now(), actor_id_, actor_name_, verb_, details_, opened.takes_back, areas_, refs_)
            RETURNING number, EXISTS (SELECT FROM {PROTECTED}.number) INTO line, held;
        INSERT INTO change_about (ref, change_set) SELECT ref, line FROM unnest(refs_) ref;
        IF held THEN PERFORM kontinuum_hold_out(opened.id); END IF;
        IF wrote >= {MANY} THEN PERFORM kontinuum_measure(areas_); END IF;
        RETURN line;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_closed() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
    BEGIN
        IF EXISTS (SELECT FROM open_change_set WHERE tx = NEW.tx) THEN
            RAISE EXCEPTION 'a change set must be closed before the commit' {_RULE};
        END IF;
        RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_ARGV[0] {_RULE};
    END $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_made() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
    BEGIN
        IF EXISTS (SELECT FROM new_rows WHERE made_in IS DISTINCT FROM {OPEN} OR changed_in IS DISTINCT FROM made_in) AND NOT {_MOVES} THEN
            RAISE EXCEPTION 'a row must name the open change set' {_RULE};
        END IF;
        RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_changed() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
    DECLARE
        own constant uuid := {OPEN};
    BEGIN
        {_OURS}
        IF EXISTS (SELECT FROM new_rows WHERE changed_in IS DISTINCT FROM own) THEN
            RAISE EXCEPTION 'a change must name the open change set and raise the version by one' {_RULE};
        END IF;
        INSERT INTO row_image (change_set, table_name, row_id, operation, before)
            SELECT own, TG_TABLE_NAME, o.id, 'u', row_to_json(o)::text FROM old_rows o;
        RETURN NULL;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION kontinuum_removed() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
    DECLARE
        own constant uuid := {OPEN};
    BEGIN
        {_OURS}
        IF {_MOVES} THEN RETURN NULL; END IF;
        IF own IS NULL AND EXISTS (SELECT FROM old_rows) THEN
            RAISE EXCEPTION 'a removal needs an open change set' {_RULE};
        END IF;
        INSERT INTO row_image (change_set, table_name, row_id, operation, before)
            SELECT own, TG_TABLE_NAME, o.id, 'd', row_to_json(o)::text FROM old_rows o;
        RETURN NULL;
    END $$""",
    # Which records a window has open; whose it is, and until when, is for the server to say. True when something moved.
    f"""CREATE OR REPLACE FUNCTION kontinuum_present(token_ uuid, pages text[], refs uuid[]) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
    DECLARE
        account record;
        gone integer;
        fresh integer;
    BEGIN
        SELECT id, name INTO account FROM user_account WHERE login = session_user::text AND active;
        IF NOT FOUND THEN RAISE EXCEPTION 'no user of this database' USING ERRCODE = 'insufficient_privilege'; END IF;
        IF cardinality(refs) > {AT_MOST} THEN RAISE EXCEPTION 'too many records' {_RULE}; END IF;
        DELETE FROM presence WHERE until <= kontinuum_now()
            OR (user_id = account.id AND token = token_ AND ref <> ALL (coalesce(refs, '{{}}')));
        GET DIAGNOSTICS gone = ROW_COUNT;
        UPDATE presence SET until = kontinuum_now() + interval '{LEASE} seconds' WHERE user_id = account.id AND token = token_;
        INSERT INTO presence (user_id, token, ref, page, user_name, until)
            SELECT account.id, token_, own.ref, own.page, account.name, kontinuum_now() + interval '{LEASE} seconds'
            FROM unnest(refs, pages) AS own(ref, page) ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS fresh = ROW_COUNT;
        RETURN gone + fresh > 0;
    END $$""",
    # One's own steps may be taken back, and everybody's by who may call the first, which does nothing.
    "CREATE OR REPLACE FUNCTION kontinuum_any_step() RETURNS void LANGUAGE sql AS $$ $$",
    f"""CREATE OR REPLACE FUNCTION kontinuum_may_take_back(taken uuid) RETURNS boolean LANGUAGE sql STABLE {FIXED} AS $$
        SELECT (has_function_privilege(session_user, 'kontinuum_any_step()', 'EXECUTE')
            OR EXISTS (SELECT FROM change_set WHERE id = taken AND login = session_user::text))
            -- taking a merge back is merging: reading about it is not enough
            AND (NOT EXISTS (SELECT FROM merged_person WHERE made_in = taken)
                OR has_any_column_privilege(session_user, '{CORE}.merged_person', 'INSERT')) $$""",
)


def closing(late: Question | None) -> Question:
    """The statement that closes a step, and the values that come before the step's own.

    What is looked up late is found with the rights of the desk. Where it is not there the step stays open, so that the
    commit is refused.
    """
    if late is None:
        return "SELECT kontinuum_close($1, $2, $3, $4, $5::uuid[], $6, $7)", ()
    asked, values = late
    verb, details, *who, refs, areas, wrote = (f"${place}" for place in range(len(values) + 1, len(values) + 8))
    said = f"(coalesce({details}::jsonb, '{{}}') || late.said)::json"
    given = ", ".join((verb, said, *who, f"{refs}::uuid[]", areas, wrote))
    return f"SELECT kontinuum_close({given}) FROM ({asked}) AS late (said)", values


def install(connection: Connection) -> None:
    """Make them, or bring them up to date; nobody may call them until granted."""
    for statement in FUNCTIONS:
        run(connection, statement)
    office_id.ensure(connection)


def close_to_everybody(connection: Connection) -> None:
    """Only who is granted it may call a function of ours; triggers fire all the same."""
    found = connection.exec_driver_sql(
        f"SELECT p.oid::regprocedure::text FROM pg_proc p "
        f"WHERE p.pronamespace = '{CORE}'::regnamespace AND starts_with(p.proname, 'kontinuum_')"
    )
    for function in found.scalars().all():
        connection.exec_driver_sql(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
