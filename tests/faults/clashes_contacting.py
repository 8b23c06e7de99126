"""What happens to purposes, consents and stops when two windows write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.consent import ContactBlock
from desktop.core.attachments import StoredFile
from desktop.core.contacting import decisions, purposes
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment
from desktop.core.contacting.purposes import PurposeForm, TextLine
from desktop.people.consents.evidence import add_evidence
from tests.faults.clashes import COLLEAGUE, ME, NOW, TODAY, Clash, Office, Step, adding, case

WHEN = Moment(NOW, UTC)
FORM = PurposeForm({"en": "Reunions"}, texts={"en": "May we write?", "sv": "Får vi skriva?"})


def _adds(name: str) -> Step:
    return lambda s: purposes.add_purpose(s, replace(FORM, names={"en": name}), today=TODAY)


adding("add_purpose", lambda _office: (_adds("Mine"), _adds("Theirs")))
adding("add_purpose same", lambda _office: (_adds("Reunions"), _adds("Reunions")))


def _purpose(office: Office) -> tuple[UUID, tuple[TextLine, ...]]:
    """A purpose and the texts this window shows of it."""
    made: UUID = office.do(_adds("Reunions"))
    with office.mine.read() as reading:
        return made, next(line.texts for line in purposes.purposes(reading) if line.id == made)


def _edits(purpose: UUID, seen: tuple[TextLine, ...], name: str, **texts: str) -> Step:
    form = replace(FORM, names={"en": name}, texts={line.language: line.text for line in seen} | texts)
    return lambda s: purposes.edit_purpose(s, purpose, 1, form, today=TODAY, seen=seen)


def _newest(session: Session, purpose: UUID) -> list[str]:
    return [text.text for line in purposes.purposes(session) if line.id == purpose for text in line.texts]


@case("edit_purpose")
def _(office: Office) -> Clash:
    made = _purpose(office)
    return Clash(_edits(*made, "Mine"), _edits(*made, "Theirs"))


@case("edit_purpose text")
def _(office: Office) -> Clash:
    """The purpose itself stays as it is: only the text has a new version."""
    made = _purpose(office)
    return Clash(_edits(*made, "Reunions", en="Mine"), _edits(*made, "Reunions", en="Theirs"))


@case("edit_purpose new_text")
def _(office: Office) -> Clash:
    made = _purpose(office)
    return Clash(_edits(*made, "Reunions", fi="Mine"), _edits(*made, "Reunions", fi="Theirs"))


@case("edit_purpose other_text")
def _(office: Office) -> Clash:
    """A text this window only shows is not written over the colleague's."""
    made, seen = _purpose(office)

    def mine(session: Session) -> None:
        _edits(made, seen, "Mine", sv="Mine")(session)
        assert _newest(session, made) == ["Theirs", "Mine"]

    return Clash(mine, _edits(made, seen, "Reunions", en="Theirs"), "both")


def _answers(office: Office) -> tuple[Step, Step]:
    """Both are kept, the later one counts."""
    person, purpose = office.person(), office.do(_adds("Reunions"))
    return (lambda s: decisions.write_consent(s, person, ConsentForm(purpose, "refused"), actor=ME, when=WHEN)), (
        lambda s: decisions.write_consent(s, person, ConsentForm(purpose, "given"), actor=COLLEAGUE, when=WHEN)
    )


def _withdrawals(office: Office) -> tuple[Step, Step]:
    person, purpose = office.person(), office.do(_adds("Reunions"))
    return (lambda s: decisions.withdraw(s, person, purpose, actor=ME, when=WHEN)), (
        lambda s: decisions.write_consent(s, person, ConsentForm(purpose, "given"), actor=COLLEAGUE, when=WHEN)
    )


def _proofs(office: Office) -> tuple[Step, Step]:
    """Both files are kept, though they hold the same."""
    person, purpose = office.person(), office.do(_adds("Reunions"))
    answer = ConsentForm(purpose, "given")
    consent = office.do(lambda s: decisions.write_consent(s, person, answer, actor=ME, when=WHEN))
    mine, theirs = (StoredFile(name, b"%PDF-1.7", "application/pdf") for name in ("mine.pdf", "theirs.pdf"))
    return (lambda s: add_evidence(s, consent, mine, now=WHEN.now)), (lambda s: add_evidence(s, consent, theirs, now=WHEN.now))


adding("add_evidence", _proofs)
adding("write_consent", _answers)
adding("withdraw_consent", _withdrawals)


@case("write_consent retired")
def _(office: Office) -> Clash:
    person, (purpose, seen) = office.person(), _purpose(office)
    mine: Step = lambda s: decisions.write_consent(s, person, ConsentForm(purpose, "given"), actor=ME, when=WHEN)
    return Clash(
        mine, lambda s: purposes.edit_purpose(s, purpose, 1, replace(FORM, retired=True), today=TODAY, seen=seen), "rule"
    )


def _stops(person: UUID, reason: str, until: date | None) -> Step:
    return lambda s: decisions.stop_contact(s, person, BlockForm("phone", reason, until), actor=ME, when=WHEN)


def _held(session: Session, person: UUID) -> tuple[str, date | None]:
    [block] = [row for row in session.query(ContactBlock) if row.person_id == person]
    return block.reason, block.ends_at.date() if block.ends_at is not None else None


@case("stop_contact")
def _(office: Office) -> Clash:
    """A shorter one leaves the colleague's as it is."""
    person = office.person()
    return Clash(_stops(person, "Mine", TODAY), _stops(person, "Theirs", None), "both")


@case("stop_contact longer")
def _(office: Office) -> Clash:
    """The stricter day holds, with the colleague's reason; nobody's stop is made shorter."""
    person = office.person()

    def mine(session: Session) -> None:
        _stops(person, "Mine", None)(session)
        assert _held(session, person) == ("Theirs", None)

    return Clash(mine, _stops(person, "Theirs", TODAY), "both", frozenset({"ends_at"}))


@case("lift_stop")
def _(office: Office) -> Clash:
    person = office.person()
    block: UUID = office.do(_stops(person, "Asked for it", TODAY))
    return Clash(lambda s: decisions.lift_stop(s, block, 1), _stops(person, "", None))
