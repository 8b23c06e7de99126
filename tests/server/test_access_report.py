"""Access reports on a server: read as the user who is signed in, denied by the server to who lacks the right, in its log for good."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from db.actor import Actor
from db.errors import Denied, RuleBroken, Unavailable
from db.identity_numbers import luhn_digit
from db.protected.showing import protected_events
from desktop.assembly import Ground
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import BlockForm, Moment
from desktop.core.context import ModuleContext
from desktop.people import contacts, editing, roles, tasks
from desktop.people.contacts import ContactForm, InteractionForm
from desktop.people.editing import PersonForm
from desktop.people.reporting.json_file import as_json
from desktop.people.reporting.making import RIGHT, Asked, make_report
from desktop.people.reporting.protected import make_protected_report
from desktop.people.roles import IdentifierForm, RoleForm
from desktop.people.tasks import TaskForm
from tests.server.conftest import Office
from tests.server.steps import NOW, TODAY, ZONE

Desk = Callable[[str], Ground]
REASON = "The person asks"
NUMBER = "19000201357" + luhn_digit("000201357")


@pytest.fixture
def person(office: Office) -> Iterator[UUID]:
    """Somebody with a number, an address that was corrected, a role, a talk, a task and a stop."""
    database, actor = office.database("office"), Actor(office.accounts["office"], "Eva Office")
    family = f"Rapportsson {uuid4().hex[:6]}"
    with database.write(actor, "create_person") as session:
        made = editing.create_person(session, PersonForm("Åke", family), today=TODAY)
        number = roles.add_identifier(session, made, IdentifierForm("personnummer", NUMBER), today=TODAY)
        way = contacts.add_contact(session, made, ContactForm("email", "old@post.example"), country="SE")
        roles.add_role(session, made, RoleForm("student", "Law"))
        contacts.add_interaction(session, made, InteractionForm("note", NOW, text="Asked for a report"), actor=actor)
        tasks.add_task(session, TaskForm("Send it", NOW, person_id=made))
        decisions.stop_contact(session, made, BlockForm("phone", "Wishes it"), actor=actor, when=Moment(NOW, ZONE))
    with database.write(actor, "edit_contact") as session:
        contacts.edit_contact(session, way, 1, ContactForm("email", "new@post.example"), country="SE")
    yield made
    with database.write(actor, "remove_identifier") as session:
        roles.remove_identifier(session, number, 1)


def test_a_manager_s_report_holds_what_the_office_wrote_with_the_number_in_full(desk: Desk, person: UUID) -> None:
    told = as_json(make_report(desk("manager").context, Asked(person, REASON))).decode()
    for wanted in (NUMBER, "old@post.example", "new@post.example", "Law", "Asked for a report", "Send it", "Wishes it", REASON):
        assert wanted in told, wanted
    assert "Eva Office" not in told
    steps = json.loads(told)["history"]
    [mended] = [step for step in steps if step["correction"]]
    [row] = mended["rows"]
    assert row["fields"]["value"] == {"before": "old@post.example", "after": "new@post.example"}


@pytest.mark.parametrize("role", ["office", "caller", "alumni_officer", "counsellor", "protected_officer"])
def test_a_role_without_the_right_is_refused_by_the_program_and_by_the_server(desk: Desk, role: str, person: UUID) -> None:
    context = desk(role).context
    with pytest.raises(RuleBroken):
        make_report(context, Asked(person, REASON))
    with pytest.raises((Denied, Unavailable)):  # Unavailable where not even a name is seen
        make_report(_pretending(context), Asked(person, REASON))


def test_the_history_of_a_person_is_shown_to_who_makes_reports_alone(office: Office, person: UUID) -> None:
    asked = "SELECT area, was::text FROM core.kontinuum_person_trail(%s::uuid[], '{}', '{person_id}')"
    for role in ("office", "caller", "quality_analyst"):
        with office.sql(role) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(asked, ([person],))
    with office.sql("manager") as own:
        assert NUMBER not in str(own.execute(asked, ([person],)).fetchall())


def test_that_a_report_was_asked_for_stays_in_the_log_whatever_comes_after(office: Office, desk: Desk, person: UUID) -> None:
    context = desk("manager").context

    def fail(_dotted: str) -> object:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_report(replace(context, load=fail), Asked(person, "A reason that stays"))
    with office.sql("administrator") as own:
        told = own.execute("SELECT reason FROM core.who_looked('-infinity') WHERE subject = %s", (person,)).fetchall()
    assert ["A reason that stays" in reason for (reason,) in told] == [True]


def test_of_somebody_protected_nothing_is_told_and_the_answer_is_that_for_nobody(desk: Desk, office: Office) -> None:
    database, actor = office.database("office"), Actor(office.accounts["office"], "Eva Office")
    with database.write(actor, "create_person") as session:
        hidden = editing.create_person(session, PersonForm("Ada", f"Dold {uuid4().hex[:6]}"), today=TODAY)
    with office.sql("protected_officer") as own:
        own.execute("SELECT core.protect_person(%s, 'secrecy', 'Decision 7', NULL, NULL, '')", (hidden,))
    told = []
    for asked in (hidden, uuid4()):
        with pytest.raises(Unavailable) as refused:
            make_report(desk("manager").context, Asked(asked, REASON))
        told.append(str(refused.value))
    assert told[0] == told[1]


@pytest.fixture
def hidden(office: Office, person: UUID) -> Iterator[UUID]:
    """The same person, protected for as long as a test lasts, and looked at before."""
    with office.sql("administrator") as own:
        ticket = own.execute("SELECT core.ask_to_see(%s, 'For the register')", (person,)).fetchone()
        own.execute("SELECT * FROM core.reveal_numbers(%s)", ticket)
    with office.sql("protected_officer") as own:
        own.execute("SELECT core.protect_person(%s, 'secrecy', 'Decision 7', NULL, NULL, 'Box 17')", (person,))
        yield person
        ticket = own.execute("SELECT core.ask_protected(%s, 'Withdrawn')", (person,)).fetchone()
        assert ticket is not None
        own.execute("SELECT core.release_protected(%s, 'Withdrawn')", ticket)


def test_an_officer_s_report_of_somebody_protected_holds_what_a_manager_s_held(desk: Desk, person: UUID, hidden: UUID) -> None:
    """Of a table no officer reads, too: what is kept of somebody protected is read as it lies."""
    report = make_protected_report(desk("protected_officer").context, Asked(hidden, "Case 9", "en"))
    told = as_json(report).decode()
    for wanted in (NUMBER, "old@post.example", "new@post.example", "Law", "Asked for a report", "Send it", "Wishes it", "Box 17"):
        assert wanted in told, wanted
    assert "Eva Office" not in told
    assert [step["fields"] for one in json.loads(told)["history"] if one["correction"] for step in one["rows"]] == [
        {"value": {"before": "old@post.example", "after": "new@post.example"},
         "normal": {"before": "old@post.example", "after": "new@post.example"}}
    ]  # fmt: skip
    assert {look.reason for look in report.looks} == {"For the register", "Access report: Case 9"}


def test_that_an_officer_asked_stays_in_the_log_whatever_comes_after(office: Office, desk: Desk, hidden: UUID) -> None:
    context = desk("protected_officer").context

    def fail() -> tuple[()]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_protected_report(replace(context, manifests=fail), Asked(hidden, "A reason that stays here"))
    with context.database.read() as session:
        reasons = [event.reason for event in protected_events(session) if "A reason that stays here" in event.reason]
    assert len(reasons) == 1


@pytest.mark.parametrize("role", ["office", "manager", "administrator"])
def test_of_somebody_protected_nobody_else_makes_a_report_whatever_their_program(desk: Desk, role: str, hidden: UUID) -> None:
    context = desk(role).context
    with pytest.raises(RuleBroken):
        make_protected_report(context, Asked(hidden, REASON))
    with pytest.raises(Denied):
        make_protected_report(replace(context, rights=context.rights | {"people.protected"}), Asked(hidden, REASON))


def test_looks_at_somebody_protected_are_told_for_a_question_that_is_stored(office: Office, hidden: UUID) -> None:
    """To officers alone, and to each for what they asked themselves."""
    with office.sql("protected_officer") as own:
        ticket = own.execute("SELECT core.ask_protected(%s, 'to report')", (hidden,)).fetchone()
        assert own.execute("SELECT count(*) FROM core.looks_at_protected(%s)", ticket).fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("SELECT core.looks_at_protected(%s)", (uuid4(),))
    for role in ("office", "manager", "administrator"):
        with office.sql(role) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("SELECT core.looks_at_protected(%s)", ticket)


def _pretending(context: ModuleContext) -> ModuleContext:
    """A program that was altered to think its user may do this."""
    return replace(context, rights=context.rights | {RIGHT})
