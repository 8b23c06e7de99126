"""The log that nobody can rewrite: who asked to see what is hidden, and what was done to users.

It belongs to a role of its own and is written by functions alone. Asking and seeing are two steps: the question is
stored for good before anything is shown, so that rolling back hides no look. Comparing numbers with those in the register
is seeing, too: who may guess a thousand times needs no number shown.
"""

from __future__ import annotations

from db.identity_numbers import SECRET_KINDS
from db.postgresql import guards
from db.postgresql.grants import OWN_ID
from db.postgresql.protecting import END
from db.postgresql.quoting import literal, quoted
from db.postgresql.roles import Names
from db.postgresql.schemas import AUDIT, CORE, PROTECTED

ASK, REVEAL, WHO_LOOKED = "ask_to_see", "reveal_numbers", "who_looked"
ASK_COMPARE, COMPARE = "ask_to_compare", "compare_numbers"
ASK_PROTECTED, REVEAL_PROTECTED, EVENTS = "ask_protected", "reveal_protected", "protected_events"
LOOKS_PROTECTED, RELEASE = "looks_at_protected", "release_protected"
FUNCTIONS = (
    ASK,
    REVEAL,
    ASK_COMPARE,
    COMPARE,
    WHO_LOOKED,
    ASK_PROTECTED,
    REVEAL_PROTECTED,
    EVENTS,
    LOOKS_PROTECTED,
    RELEASE,
)  # in schema core; nobody is let into the log's own schema
VALID_FOR = "5 minutes"  # from asking to seeing
SHOWN_AT_ONCE = 200  # lines of the log
_SAFE = f"SECURITY DEFINER SET search_path = {AUDIT}, pg_temp"
_REFUSED = "USING ERRCODE = 'insufficient_privilege'"
_SECRET = ", ".join(map(literal, sorted(SECRET_KINDS)))

_TABLE = f"""CREATE TABLE IF NOT EXISTS {AUDIT}.entry (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login name NOT NULL DEFAULT session_user,
    address inet DEFAULT inet_client_addr(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    act text NOT NULL,
    subject uuid,
    reason text NOT NULL DEFAULT '',
    details jsonb)"""
_INDEX = f"CREATE INDEX IF NOT EXISTS entry_subject ON {AUDIT}.entry (subject, number)"

_KEEP = f"""CREATE OR REPLACE FUNCTION {AUDIT}.keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log is only written on' {_REFUSED}; END $$"""

_NOTE = f"""CREATE OR REPLACE FUNCTION {AUDIT}.note_user() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$ BEGIN
    IF TG_RELID <> '{CORE}.user_account'::regclass THEN
        RAISE EXCEPTION 'this watches over the users alone' {_REFUSED}; END IF;
    INSERT INTO {AUDIT}.entry (act, subject, details) VALUES (lower(TG_OP) || '_user', coalesce(NEW.id, OLD.id),
        jsonb_build_object('before', to_jsonb(OLD), 'after', to_jsonb(NEW)));
    RETURN NULL; END $$"""

_ASK = f"""CREATE OR REPLACE FUNCTION {CORE}.{ASK}(person uuid, reason text) RETURNS uuid LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE ticket uuid; BEGIN
    IF {CORE}.{OWN_ID}() IS NULL OR length(btrim(reason)) < 3 OR reason IS NULL THEN
        RAISE EXCEPTION 'who asks must be a user and say why' {_REFUSED}; END IF;
    INSERT INTO {AUDIT}.entry (act, subject, reason) VALUES ('look', person, btrim(reason)) RETURNING id INTO ticket;
    RETURN ticket; END $$"""

# Good for whoever asked, for a while, and only when the question can no longer be taken back.
_ASKED = f"""CREATE OR REPLACE FUNCTION {AUDIT}.asked(ticket uuid, wanted text) RETURNS {AUDIT}.entry LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE asked {AUDIT}.entry; BEGIN
    SELECT * INTO asked FROM {AUDIT}.entry e WHERE e.id = ticket AND e.act = wanted AND e.login = session_user
        AND e.at > clock_timestamp() - interval '{VALID_FOR}';
    IF asked.number IS NULL OR asked.xid = pg_current_xact_id_if_assigned()
        OR pg_xact_status(asked.xid) IS DISTINCT FROM 'committed' THEN
        RAISE EXCEPTION 'this was not asked for, or not yet for good' {_REFUSED}; END IF;
    RETURN asked; END $$"""

_REVEAL = f"""CREATE OR REPLACE FUNCTION {CORE}.{REVEAL}(ticket uuid)
    RETURNS TABLE (id uuid, kind text, value text) LANGUAGE plpgsql {_SAFE} AS $$ DECLARE asked {AUDIT}.entry; BEGIN
    asked := {AUDIT}.asked(ticket, 'look');
    RETURN QUERY SELECT i.id, i.kind, i.value FROM {CORE}.identifier i WHERE i.person_id = asked.subject ORDER BY i.id; END $$"""

# What was asked about is kept as a sum mixed with the ticket's own id: nobody guesses a number from the log.
_SUM = "encode(sha256(convert_to(%s::text || array_to_string(numbers, E'\\n', ''), 'UTF8')), 'hex')"

_ASK_COMPARE = f"""CREATE OR REPLACE FUNCTION {CORE}.{ASK_COMPARE}(numbers text[]) RETURNS uuid LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE ticket constant uuid := gen_random_uuid(); BEGIN
    IF {CORE}.{OWN_ID}() IS NULL OR numbers IS NULL THEN
        RAISE EXCEPTION 'who asks must be a user' {_REFUSED}; END IF;
    INSERT INTO {AUDIT}.entry (id, act, details)
        VALUES (ticket, 'compare', jsonb_build_object('amount', cardinality(numbers), 'sum', {_SUM % "ticket"}));
    RETURN ticket; END $$"""

_COMPARE = f"""CREATE OR REPLACE FUNCTION {CORE}.{COMPARE}(ticket uuid, numbers text[])
    RETURNS TABLE (kind text, value text, issuer text, person_id uuid) LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE asked {AUDIT}.entry; BEGIN
    asked := {AUDIT}.asked(ticket, 'compare');
    IF asked.details ->> 'sum' IS DISTINCT FROM {_SUM % "ticket"} THEN
        RAISE EXCEPTION 'other numbers were asked about' {_REFUSED}; END IF;
    RETURN QUERY SELECT i.kind, i.value, i.issuer, i.person_id FROM {CORE}.identifier i
        WHERE i.value = ANY(numbers) AND i.kind IN ({_SECRET}) ORDER BY i.id; END $$"""

_LOOKS = f"""SELECT e.number, e.id, e.at, e.login, coalesce(u.name, e.details ->> 'name', e.login), e.address, e.act, e.subject,
    e.reason, coalesce((e.details ->> 'amount')::integer, 0) FROM {AUDIT}.entry e LEFT JOIN {CORE}.user_account u ON u.login = e.login
    WHERE e.act IN ('look', 'compare') AND e.at >= since AND e.at < until_ AND (before IS NULL OR e.number < before)
    AND NOT EXISTS (SELECT FROM {PROTECTED}.person p WHERE p.id = e.subject) -- as if it had been about nobody
    AND (user_id IS NULL OR u.id = user_id) %s ORDER BY e.number DESC LIMIT least(most, {SHOWN_AT_ONCE})"""
_WHO = f"""CREATE OR REPLACE FUNCTION {CORE}.{WHO_LOOKED}(since timestamptz, until_ timestamptz DEFAULT 'infinity',
        before bigint DEFAULT NULL, user_id uuid DEFAULT NULL, people uuid[] DEFAULT NULL, most integer DEFAULT {SHOWN_AT_ONCE})
    RETURNS TABLE (number bigint, id uuid, at timestamptz, login name, user_name text, address inet, act text, subject uuid,
        reason text, amount integer) LANGUAGE plpgsql STABLE {_SAFE} AS $$
    #variable_conflict use_column
    BEGIN
    IF people IS NULL THEN RETURN QUERY {_LOOKS % ""};
    ELSE RETURN QUERY {_LOOKS % "AND e.subject = ANY(people)"}; END IF; END $$"""

# Somebody protected: the same two steps, told to those alone who may take them.
_ASK_PROTECTED = f"""CREATE OR REPLACE FUNCTION {CORE}.{ASK_PROTECTED}(person uuid, reason text) RETURNS uuid
    LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE ticket uuid; BEGIN
    IF {CORE}.{OWN_ID}() IS NULL OR length(btrim(reason)) < 3 OR reason IS NULL THEN
        RAISE EXCEPTION 'who asks must be a user and say why' {_REFUSED}; END IF;
    INSERT INTO {AUDIT}.entry (act, subject, reason, details) VALUES ('protected', person, btrim(reason),
        (SELECT jsonb_build_object('handle', p.handle) FROM {PROTECTED}.person p WHERE p.id = person)) RETURNING id INTO ticket;
    RETURN ticket; END $$"""
_REVEAL_PROTECTED = f"""CREATE OR REPLACE FUNCTION {CORE}.{REVEAL_PROTECTED}(ticket uuid)
    RETURNS TABLE (table_name text, before text, at timestamptz) LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE asked {AUDIT}.entry; BEGIN
    asked := {AUDIT}.asked(ticket, 'protected');
    RETURN QUERY SELECT k.table_name, k.before, k.at FROM {PROTECTED}.kept k WHERE k.owner = asked.subject ORDER BY k.number; END $$"""
# How often somebody looked at them, before they were protected and since: the person may ask for it. Who it was is not told.
_LOOKS_PROTECTED = f"""CREATE OR REPLACE FUNCTION {CORE}.{LOOKS_PROTECTED}(ticket uuid)
    RETURNS TABLE (at timestamptz, reason text) LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE asked {AUDIT}.entry; BEGIN
    asked := {AUDIT}.asked(ticket, 'protected');
    RETURN QUERY SELECT e.at, e.reason FROM {AUDIT}.entry e WHERE e.act IN ('look', 'protected') AND e.subject IN (
        SELECT k.row_id FROM {PROTECTED}.kept k WHERE k.owner = asked.subject AND k.table_name = 'person') ORDER BY e.number; END $$"""
# Bringing somebody back shows them, even in a step that is given up.
_RELEASE = f"""CREATE OR REPLACE FUNCTION {CORE}.{RELEASE}(ticket uuid, reason text) RETURNS boolean LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE asked {AUDIT}.entry; BEGIN
    asked := {AUDIT}.asked(ticket, 'protected');
    RETURN {CORE}.{END}(asked.subject, reason); END $$"""
_EVENTS = f"""CREATE OR REPLACE FUNCTION {CORE}.{EVENTS}(most integer)
    RETURNS TABLE (at timestamptz, by_name text, act text, handle text, reason text) LANGUAGE sql STABLE {_SAFE} AS $$
    SELECT v.at, v.by_name, v.act, v.handle, v.reason FROM {PROTECTED}.event v
    UNION ALL SELECT e.at, coalesce(u.name, e.login), 'looked', coalesce(e.details ->> 'handle', ''), e.reason
        FROM {AUDIT}.entry e LEFT JOIN {CORE}.user_account u ON u.login = e.login WHERE e.act = 'protected'
    ORDER BY 1 DESC LIMIT least(most, {SHOWN_AT_ONCE}) $$"""

# A log that came with a file; such a line is no ticket, for it is older than any session here.
TAKE_OVER = f"""INSERT INTO {AUDIT}.entry (at, login, act, subject, reason, details)
    SELECT l.at, coalesce(u.login, ''), 'look', l.subject, l.reason, jsonb_build_object('name', l.by_name)
    FROM {CORE}.look l LEFT JOIN {CORE}.user_account u ON u.id = l.by_id ORDER BY l.number"""


def audit_statements(names: Names) -> list[str]:
    """Make the log and its functions; to be run by whoever may act as both owners, after the tables are there."""
    owner, audit, account = quoted(names.owner), quoted(names.audit), f"{CORE}.user_account"
    return [
        f"SET LOCAL ROLE {owner}",
        f"GRANT CREATE ON SCHEMA {CORE} TO {audit}",
        f"GRANT SELECT (id, person_id, kind, value, issuer) ON {CORE}.identifier TO {audit}",
        f"GRANT SELECT (id, login, name) ON {account} TO {audit}",
        f"GRANT SELECT ON {CORE}.look TO {audit}",
        f"GRANT EXECUTE ON FUNCTION {CORE}.{OWN_ID}(), {CORE}.{END}(uuid, text) TO {audit}",
        f"GRANT USAGE ON SCHEMA {PROTECTED} TO {audit}",
        f"GRANT SELECT ON {PROTECTED}.person, {PROTECTED}.kept, {PROTECTED}.event TO {audit}",
        f"SET LOCAL ROLE {audit}",
        *(_TABLE, _INDEX, _KEEP, guards.NOTE),
        f"CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON {AUDIT}.entry FOR EACH ROW EXECUTE FUNCTION {AUDIT}.keep()",
        f"CREATE OR REPLACE TRIGGER kept_whole BEFORE TRUNCATE ON {AUDIT}.entry EXECUTE FUNCTION {AUDIT}.keep()",
        f"DROP FUNCTION IF EXISTS {CORE}.{WHO_LOOKED}(timestamptz)",  # as it was once
        *(
            _NOTE,
            _ASK,
            _ASKED,
            _REVEAL,
            _ASK_COMPARE,
            _COMPARE,
            _WHO,
            _ASK_PROTECTED,
            _REVEAL_PROTECTED,
            _LOOKS_PROTECTED,
            _RELEASE,
            _EVENTS,
        ),
        f"REVOKE ALL ON ALL ROUTINES IN SCHEMA {AUDIT} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {AUDIT} TO {owner}",
        f"GRANT EXECUTE ON FUNCTION {AUDIT}.note_user() TO {owner}",
        f"SET LOCAL ROLE {owner}",
        f"CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {account} "
        f"FOR EACH ROW EXECUTE FUNCTION {AUDIT}.note_user()",
        f"REVOKE CREATE ON SCHEMA {CORE} FROM {audit}",
        "RESET ROLE",
    ]
