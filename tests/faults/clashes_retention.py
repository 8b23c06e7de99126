"""What happens to rules, holds and disposals when two windows write about the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from db.erasing.holds import hold_person, lift_hold
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import Disposal
from db.texts import _
from desktop.core.manifest import Retention, RowRetention
from desktop.core.sheets import Sheet
from desktop.people import editing
from desktop.people.editing import PersonForm
from desktop.people.retention.certificates import file_certificate
from desktop.people.retention.disposing import Decision, decide, dispose_portion, end_disposal
from desktop.people.retention.disposing_rows import RowDecision, decide_rows, dispose_rows_portion
from desktop.people.retention.due import DueFilter
from desktop.people.retention.old_rows import Over, RowFilter
from desktop.people.retention.rules import Known, Rule, RuleForm, change_rule
from tests.faults.clashes import COLLEAGUE, ME, NOW, TODAY, ZONE, Clash, Office, Step, adding, case, to_a_person
from tests.faults.clashes_erasing import WORLD

LONG_AGO = datetime(2001, 3, 2, 10, 0, tzinfo=UTC)
FORM = RuleForm("test.rule", "Rule", 12, "erase", "", active=True)


def everybody() -> tuple[Known, Rule]:
    """A rule about everybody somebody was in touch with long ago."""
    offer = Retention("test.rule", _("Rule"), "", "contact", 12, "erase", _("Legal ground"))
    known = Known(offer, _("People"), lambda _day: Person.given == "Mia")
    return known, Rule(known, 12, "erase", "", active=True)


def _due(office: Office) -> UUID:
    person = office.person()
    office.do(lambda s: s.add(Interaction(person_id=person, kind="call", at=LONG_AGO)))
    return person


def _decided(office: Office, agreed: int | None = None) -> Step:
    decision = Decision(DueFilter(TODAY, ZONE, everybody()[1:]), "The plan says so", "Dnr 1", agreed)
    return lambda s: decide(s, decision, actor=ME, now=NOW)


def _hold(person: UUID) -> Step:
    return lambda s: hold_person(s, person, "A case in court", None, actor=COLLEAGUE, now=NOW, today=TODAY)


@case("change_retention_rule")
def _change_rule(office: Office) -> Clash:
    office.do(lambda s: change_rule(s, FORM, 0))
    return Clash(
        lambda s: change_rule(s, replace(FORM, months=24), 1), lambda s: change_rule(s, replace(FORM, ground="Theirs"), 1)
    )


@case("change_retention_rule first")
def _first_rule(_office: Office) -> Clash:
    return Clash(
        lambda s: change_rule(s, replace(FORM, months=24), 0), lambda s: change_rule(s, replace(FORM, ground="Theirs"), 0)
    )


adding(
    "hold_person",
    to_a_person(lambda s, p, n: hold_person(s, p, f"Case {n}", None, actor=ME, now=NOW, today=TODAY)),
)


@case("lift_hold")
def _lift(office: Office) -> Clash:
    hold: UUID = office.do(_hold(office.person()))
    return Clash(lambda s: lift_hold(s, hold, 1), lambda s: lift_hold(s, hold, 1))


@case("decide_disposal")
def _decide(office: Office) -> Clash:
    """Somebody else became due meanwhile."""
    _due(office)
    other = office.person("Öberg")
    return Clash(_decided(office, 1), lambda s: s.add(Interaction(person_id=other, kind="call", at=LONG_AGO)))


@case("decide_disposal with a hold")
def _decide_held(office: Office) -> Clash:
    return Clash(_decided(office, 1), _hold(_due(office)), ends="rule")


@case("dispose_people")
def _dispose(office: Office) -> Clash:
    """Whoever is changed meanwhile is left out."""
    person = _due(office)
    own: UUID = office.do(_decided(office))
    known = (everybody()[0],)
    return Clash(
        lambda s: dispose_portion(s, own, known, WORLD, ZONE),
        lambda s: editing.edit_person(s, person, 1, PersonForm("Mia", "Ek"), today=TODAY),
        ends="both",
    )


@case("dispose_people with a hold")
def _dispose_held(office: Office) -> Clash:
    person = _due(office)
    own: UUID = office.do(_decided(office))
    return Clash(lambda s: dispose_portion(s, own, (everybody()[0],), WORLD, ZONE), _hold(person), ends="both")


@partial(adding, "file_certificate")
def _file(office: Office) -> tuple[Step, Step]:
    _due(office)
    own: UUID = office.do(_decided(office))
    office.do(lambda s: end_disposal(s, own, 1, now=NOW))
    one, other = (Sheet(f"{n}.png", f"PNG {n}".encode(), "image/png") for n in range(2))
    return (lambda s: file_certificate(s, own, one, now=NOW)), (lambda s: file_certificate(s, own, other, now=NOW))


@case("end_disposal")
def _end(office: Office) -> Clash:
    _due(office)
    own: UUID = office.do(_decided(office))
    assert office.version(Disposal, own) == 1
    return Clash(lambda s: end_disposal(s, own, 1, now=NOW), lambda s: end_disposal(s, own, 1, now=NOW))


def _old_notes() -> tuple[Known, Rule]:
    """A rule about every note."""
    offer = RowRetention("test.rows", _("Rule"), "interaction", "", _("the day of the note"), 12, _("Legal ground"))
    over = Over(Interaction, Interaction.at, (Interaction.kind == "note",))
    known = Known(offer, _("People"), None, lambda: over)
    return known, Rule(known, 12, "erase", "", active=True)


def _old_note(office: Office) -> tuple[UUID, UUID]:
    person = office.person()
    office.do(lambda s: s.add(Interaction(person_id=person, kind="note", at=LONG_AGO, text="Old")))
    return person, office.only(Interaction)[0]


def _rows_decided(agreed: int | None = None) -> Step:
    decision = RowDecision(RowFilter(TODAY, ZONE, _old_notes()[1:]), "The plan says so", "Dnr 1", agreed)
    return lambda s: decide_rows(s, decision, actor=ME, now=NOW)


@case("decide_row_disposal")
def _decide_rows(office: Office) -> Clash:
    """Another row came to be due meanwhile."""
    person, _note = _old_note(office)
    return Clash(_rows_decided(1), lambda s: s.add(Interaction(person_id=person, kind="note", at=LONG_AGO)))


@case("dispose_rows")
def _dispose_rows(office: Office) -> Clash:
    """What is changed meanwhile is left out."""
    _person, note = _old_note(office)
    own: UUID = office.do(_rows_decided())

    def theirs(session: Session) -> None:
        session.get_one(Interaction, note).text = "Old, and more"

    return Clash(lambda s: dispose_rows_portion(s, own, (_old_notes()[0],), ZONE), theirs, ends="both")


@case("dispose_rows with a hold")
def _dispose_rows_held(office: Office) -> Clash:
    person, _note = _old_note(office)
    own: UUID = office.do(_rows_decided())
    return Clash(lambda s: dispose_rows_portion(s, own, (_old_notes()[0],), ZONE), _hold(person), ends="both")
