"""The log of who looked and who administered: written before anything is shown, and never rewritten."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from db.actor import Actor
from db.postgresql.audit import VALID_FOR
from desktop.people import editing
from desktop.people.editing import PersonForm
from desktop.people.roles import IdentifierForm, add_identifier
from tests.server.conftest import Office, login_of
from tests.server.steps import TODAY


@pytest.fixture
def person(office: Office) -> UUID:
    """Somebody with a number."""
    database, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    with database.write(actor, "create_person") as session:
        made = editing.create_person(session, PersonForm("Åke", "Nummer"), today=TODAY)
        add_identifier(session, made, IdentifierForm("registry_id", f"a{uuid4().hex[:8]}", "x"), today=TODAY)
    return made


def _ask(connection: psycopg.Connection, person: UUID, reason: str = "She called about it") -> UUID:
    return connection.execute("SELECT core.ask_to_see(%s, %s)", [person, reason]).fetchone()[0]  # type: ignore[index,no-any-return]


def _reveal(connection: psycopg.Connection, ticket: UUID) -> list[str]:
    return [row[0] for row in connection.execute("SELECT value FROM core.reveal_numbers(%s)", [ticket])]


def _looks(office: Office) -> list[tuple[str, UUID, str]]:
    with office.sql("administrator") as own:
        return own.execute("SELECT login::text, subject, reason FROM core.who_looked('-infinity') WHERE act = 'look'").fetchall()


def test_a_number_is_shown_to_who_asked_for_good(office: Office, person: UUID) -> None:
    own = office.sql("office")
    (value,) = _reveal(own, _ask(own, person))
    assert value.lower().startswith("a")
    assert _looks(office)[0] == (login_of("office"), person, "She called about it")


def test_rolling_back_hides_no_look(office: Office, person: UUID) -> None:
    own, before = office.sql("office"), _looks(office)
    own.execute("BEGIN")
    ticket = _ask(own, person)
    with pytest.raises(errors.InsufficientPrivilege):
        _reveal(own, ticket)
    own.execute("ROLLBACK")
    with pytest.raises(errors.InsufficientPrivilege):
        _reveal(own, ticket)
    own.execute("BEGIN")
    own.execute("SAVEPOINT one")
    ticket = _ask(own, person)
    own.execute("RELEASE one")
    with pytest.raises(errors.InsufficientPrivilege):
        _reveal(own, ticket)
    own.execute("ROLLBACK")
    assert _looks(office) == before


def test_the_look_itself_may_be_rolled_back_for_the_question_stays(office: Office, person: UUID) -> None:
    own = office.sql("office")
    ticket = _ask(own, person)
    own.execute("BEGIN")
    assert len(_reveal(own, ticket)) == 1
    own.execute("ROLLBACK")
    assert (login_of("office"), person, "She called about it") in _looks(office)


def test_a_question_is_its_askers_and_does_not_last(office: Office, person: UUID) -> None:
    own, other = office.sql("office"), office.sql("administrator")
    ticket = _ask(own, person)
    with pytest.raises(errors.InsufficientPrivilege):
        _reveal(other, ticket)
    with office.sql() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(f"UPDATE audit.entry SET at = at - interval '{VALID_FOR}' WHERE id = %s", [ticket])
    with pytest.raises(errors.InsufficientPrivilege):
        _reveal(own, ticket)


def test_a_question_needs_a_reason(office: Office, person: UUID) -> None:
    for reason in ("", "   ", "x"):
        with pytest.raises(errors.InsufficientPrivilege):
            _ask(office.sql("office"), person, reason)


def test_who_has_no_such_right_cannot_even_ask(office: Office, person: UUID) -> None:
    without = [role for role, rights in office.plan.bundles.items() if not rights & {"people.identifiers", "people.report"}]
    assert {"caller", "quality_analyst"} <= {*without}
    for role in without:
        with pytest.raises(errors.InsufficientPrivilege, match="permission denied for function"):
            _ask(office.sql(role), person)


def test_not_even_the_owners_rewrite_the_log(office: Office, person: UUID) -> None:
    _ask(office.sql("office"), person)
    with office.sql() as admin:
        for role in (office.names.audit, office.names.owner):
            admin.execute(f'SET ROLE "{role}"')
            for statement in ("UPDATE audit.entry SET login = 'x'", "DELETE FROM audit.entry", "TRUNCATE audit.entry"):
                with pytest.raises(errors.InsufficientPrivilege):
                    admin.execute(statement)
            admin.execute("RESET ROLE")
        with pytest.raises(errors.InsufficientPrivilege, match="only written on"):
            admin.execute("DELETE FROM audit.entry")


def test_the_watch_over_users_writes_about_users_alone(office: Office) -> None:
    """Hung on a table of somebody's own, it would write what they like."""
    with office.sql() as admin:
        admin.execute("CREATE TABLE public.user_account (id uuid, login text)")
        admin.execute("CREATE TRIGGER forge AFTER INSERT ON public.user_account FOR EACH ROW EXECUTE FUNCTION audit.note_user()")
        try:
            with pytest.raises(errors.InsufficientPrivilege, match="users alone"):
                admin.execute("INSERT INTO public.user_account VALUES (gen_random_uuid(), 'forged')")
        finally:
            admin.execute("DROP TABLE public.user_account")


def test_what_is_done_to_users_is_logged_with_who_did_it(office: Office) -> None:
    with office.sql() as admin:
        found = admin.execute(
            "SELECT login, address IS NOT NULL, details -> 'after' ->> 'login' FROM audit.entry WHERE act = 'insert_user' ORDER BY number"
        ).fetchall()  # fmt: skip
    assert ("postgres", True, login_of("caller")) in found
