"""The log that nobody can rewrite: who asked to see what is hidden, and what was done to users.

It belongs to a role of its own and is written by functions alone. Asking and seeing are two steps: the question is
stored for good before anything is shown, so that rolling back hides no look.
"""

from __future__ import annotations

from db.postgresql.grants import OWN_ID
from db.postgresql.quoting import quoted
from db.postgresql.roles import Names
from db.postgresql.schemas import AUDIT, CORE

ASK, REVEAL, WHO_LOOKED = "ask_to_see", "reveal_numbers", "who_looked"
FUNCTIONS = (ASK, REVEAL, WHO_LOOKED)  # in schema core; nobody is let into the log's own schema
VALID_FOR = "5 minutes"  # from asking to seeing
_SAFE = f"SECURITY DEFINER SET search_path = {AUDIT}, pg_temp"

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

_KEEP = f"""CREATE OR REPLACE FUNCTION {AUDIT}.keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log is only written on' USING ERRCODE = 'insufficient_privilege'; END $$"""

_NOTE = f"""CREATE OR REPLACE FUNCTION {AUDIT}.note_user() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$ BEGIN
    IF TG_RELID <> '{CORE}.user_account'::regclass THEN
        RAISE EXCEPTION 'this watches over the users alone' USING ERRCODE = 'insufficient_privilege'; END IF;
    INSERT INTO {AUDIT}.entry (act, subject, details) VALUES (lower(TG_OP) || '_user', coalesce(NEW.id, OLD.id),
        jsonb_build_object('before', to_jsonb(OLD), 'after', to_jsonb(NEW)));
    RETURN NULL; END $$"""

_ASK = f"""CREATE OR REPLACE FUNCTION {CORE}.{ASK}(person uuid, reason text) RETURNS uuid LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE ticket uuid; BEGIN
    IF {CORE}.{OWN_ID}() IS NULL OR length(btrim(reason)) < 3 THEN
        RAISE EXCEPTION 'who asks must be a user and say why' USING ERRCODE = 'insufficient_privilege'; END IF;
    INSERT INTO {AUDIT}.entry (act, subject, reason) VALUES ('look', person, btrim(reason)) RETURNING id INTO ticket;
    RETURN ticket; END $$"""

_REVEAL = f"""CREATE OR REPLACE FUNCTION {CORE}.{REVEAL}(ticket uuid)
    RETURNS TABLE (id uuid, kind text, value text) LANGUAGE plpgsql {_SAFE} AS $$ DECLARE asked {AUDIT}.entry; BEGIN
    SELECT * INTO asked FROM {AUDIT}.entry e WHERE e.id = ticket AND e.act = 'look' AND e.login = session_user
        AND e.at > clock_timestamp() - interval '{VALID_FOR}';
    IF asked.number IS NULL OR asked.xid = pg_current_xact_id_if_assigned()
        OR pg_xact_status(asked.xid) IS DISTINCT FROM 'committed' THEN
        RAISE EXCEPTION 'this was not asked for, or not yet for good' USING ERRCODE = 'insufficient_privilege'; END IF;
    RETURN QUERY SELECT i.id, i.kind, i.value FROM {CORE}.identifier i WHERE i.person_id = asked.subject ORDER BY i.id; END $$"""

_WHO = f"""CREATE OR REPLACE FUNCTION {CORE}.{WHO_LOOKED}(since timestamptz)
    RETURNS TABLE (at timestamptz, login name, address inet, act text, subject uuid, reason text)
    LANGUAGE sql STABLE {_SAFE} AS $$ SELECT e.at, e.login, e.address, e.act, e.subject, e.reason
    FROM {AUDIT}.entry e WHERE e.at >= since ORDER BY e.number DESC LIMIT 1000 $$"""


def audit_statements(names: Names) -> list[str]:
    """Make the log and its functions; to be run by whoever may act as both owners, after the tables are there."""
    owner, audit, account = quoted(names.owner), quoted(names.audit), f"{CORE}.user_account"
    return [
        f"SET LOCAL ROLE {owner}",
        f"GRANT CREATE ON SCHEMA {CORE} TO {audit}",
        f"GRANT SELECT (id, person_id, kind, value) ON {CORE}.identifier TO {audit}",
        f"GRANT EXECUTE ON FUNCTION {CORE}.{OWN_ID}() TO {audit}",
        f"SET LOCAL ROLE {audit}",
        _TABLE,
        _KEEP,
        f"CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON {AUDIT}.entry FOR EACH ROW EXECUTE FUNCTION {AUDIT}.keep()",
        f"CREATE OR REPLACE TRIGGER kept_whole BEFORE TRUNCATE ON {AUDIT}.entry EXECUTE FUNCTION {AUDIT}.keep()",
        *(_NOTE, _ASK, _REVEAL, _WHO),
        f"REVOKE ALL ON ALL ROUTINES IN SCHEMA {AUDIT} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {AUDIT} TO {owner}",
        f"GRANT EXECUTE ON FUNCTION {AUDIT}.note_user() TO {owner}",
        f"SET LOCAL ROLE {owner}",
        f"CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {account} "
        f"FOR EACH ROW EXECUTE FUNCTION {AUDIT}.note_user()",
        f"REVOKE CREATE ON SCHEMA {CORE} FROM {audit}",
        "RESET ROLE",
    ]
