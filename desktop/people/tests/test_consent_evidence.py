"""A file proves an answer: kept with it, shown with it, and gone or moved with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.history import TAKE_BACK, history, take_back
from db.models.consent import Consent, ConsentPurpose
from db.models.document import Attachment, FileContent
from db.protected.people import ProtectionForm, end_protection, protect
from desktop.core.clock import FixedClock
from desktop.core.contacting.decisions import ConsentForm, Moment
from desktop.core.context import ModuleContext
from desktop.core.history_words import say_change
from desktop.people.consents import evidence
from desktop.people.consents.reading import AnswerLine, person_consents
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.record_page import PersonPage
from desktop.people.reporting.json_file import as_json
from desktop.people.reporting.making import Asked, make_report
from desktop.people.reporting.protected import make_protected_report
from desktop.people.tests.test_consents import acts, until, words
from tests.merging.test_merging import Office
from tests.merging.test_taking_apart import apart
from tests.pages import shown
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
EMAIL = b"From: mia@post.example\r\nSubject: Yes\r\n\r\nI agree: zqevidencezq"


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A saved e-mail in which somebody agrees."""
    path = tmp_path / "Samtycke Mia.eml"
    path.write_bytes(EMAIL)
    return path


@pytest.fixture
def office(context: ModuleContext, database: Database, actor: Actor, clock: FixedClock) -> Office:
    return Office(context, database, actor, clock)


def answered(context: ModuleContext, person: UUID, path: Path | str, state: str = "given") -> UUID:
    when = Moment(context.clock.now(), context.clock.zone)
    with context.database.write(context.actor, "write_consent") as session:
        purpose = session.scalars(select(ConsentPurpose.id).order_by(ConsentPurpose.code).limit(1)).one()
        form = ConsentForm(purpose, state, "email")
        return evidence.answer_with_file(session, person, form, str(path), actor=context.actor, when=when)


def answers(database: Database, person: UUID) -> list[AnswerLine]:
    with database.read() as session:
        return [line for lines in person_consents(session, person).answers.values() for line in lines]


def stored(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(FileContent)) or 0


def test_the_same_file_is_kept_with_an_answer_once(
    context: ModuleContext, database: Database, make_person: MakePerson, mail: Path
) -> None:
    person, other = make_person("Åberg", "Mia"), make_person("Ek", "Ida")
    consent = answered(context, person, mail)
    with database.read() as session:
        steps = len(history(session, about=person))
    [first] = answers(database, person)[0].files
    with database.write(context.actor, "add_evidence") as session:
        again = evidence.add_evidence(session, consent, evidence.read_evidence(mail), now=context.clock.now())
    assert again == first.id and len(answers(database, person)[0].files) == 1
    with database.read() as session:
        assert len(history(session, about=person)) == steps, "what changed nothing is no step"
    answered(context, other, mail)
    assert len(answers(database, other)[0].files) == 1 and stored(database) == 1


def test_an_answer_keeps_the_file_it_was_given_with_and_more_later(
    context: ModuleContext, database: Database, make_person: MakePerson, mail: Path, tmp_path: Path
) -> None:
    person = make_person("Åberg", "Mia")
    consent = answered(context, person, mail)
    sheet = tmp_path / "Blankett.pdf"
    sheet.write_bytes(b"%PDF-1.7 signed")
    with database.write(context.actor, "add_evidence") as session:
        evidence.add_evidence(session, consent, evidence.read_evidence(sheet), now=context.clock.now())
    [line] = answers(database, person)
    assert sorted(file.name for file in line.files) == ["Blankett.pdf", "Samtycke Mia.eml"]
    with database.read() as session:
        kept = {file.name: evidence.evidence(session, file.id) for file in line.files}
        newest = history(session, about=person, limit=1)[0]
    assert kept["Samtycke Mia.eml"].content == EMAIL and kept["Samtycke Mia.eml"].media_type == "message/rfc822"
    assert kept["Blankett.pdf"].media_type == "application/pdf"
    assert say_change(newest, context.verbs(), context.texts) == "Kept the file “Blankett.pdf” with an answer of Åberg, Mia"


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.pdf", b""), ("program.pdf", b"MZ\x90"), ("notes.eml", b"just some words without a header"), ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
)  # fmt: skip
def test_what_proves_nothing_is_refused_and_the_answer_is_not_kept_either(
    context: ModuleContext, database: Database, make_person: MakePerson, tmp_path: Path, name: str, content: bytes
) -> None:
    person, path = make_person(), tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RuleBroken) as refused:
        answered(context, person, path)
    assert refused.value.field == "file" and answers(database, person) == []
    with pytest.raises(Unavailable):
        answered(context, person, tmp_path / "nowhere.pdf")
    assert answers(database, person) == [] and stored(database) == 0


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-" + bytes(100))
    monkeypatch.setattr(evidence, "LARGEST", 50)
    with pytest.raises(RuleBroken, match="larger"):
        evidence.read_evidence(path)
    monkeypatch.setattr(evidence, "LARGEST", 105)
    assert len(evidence.read_evidence(path).content) == 105


def test_taking_back_the_step_takes_the_file_off_the_answer(
    context: ModuleContext, database: Database, make_person: MakePerson, mail: Path
) -> None:
    person = make_person()
    consent = answered(context, person, "")
    with database.write(context.actor, "add_evidence") as session:
        evidence.add_evidence(session, consent, evidence.read_evidence(mail), now=context.clock.now())
        step = session.info["change_set"]
    with database.write(context.actor, TAKE_BACK) as session:
        assert take_back(session, step).undone == 1
    [line] = answers(database, person)
    assert line.files == ()


def test_a_file_follows_the_answer_that_counts_when_records_are_merged_and_goes_back(
    office: Office, context: ModuleContext, database: Database, make_person: MakePerson, mail: Path
) -> None:
    stays, goes = make_person("Åberg", "Mia"), make_person("Åberg", "M.")
    answered(context, stays, "")
    answered(context, goes, mail)
    office.merge(stays, goes)
    [line] = answers(database, stays)  # of two answers about one purpose one is left
    assert [file.name for file in line.files] == [mail.name]
    apart(office, goes)
    assert [[file.name for file in line.files] for line in answers(database, goes)] == [[mail.name]]
    assert [line.files for line in answers(database, stays)] == [()]


def test_a_report_names_the_file_protected_or_not_and_it_comes_back_with_the_person(
    context: ModuleContext, database: Database, make_person: MakePerson, mail: Path
) -> None:
    person = make_person()
    answered(context, person, mail)
    assert mail.name in as_json(make_report(context, Asked(person, "The person asks"))).decode()
    protect(database, context.actor, person, ProtectionForm("secrecy", "Decision 7"), now=context.clock.now())
    assert stored(database) == 0 and answers(database, person) == []
    officer = replace(context, rights=context.rights | {"people.protected"})
    assert mail.name in as_json(make_protected_report(officer, Asked(person, "The person asks"))).decode()
    end_protection(database, context.actor, person, "Withdrawn", now=context.clock.now())
    [line] = answers(database, person)
    with database.read() as session:
        assert evidence.evidence(session, line.files[0].id).content == EMAIL


def test_with_the_person_the_file_is_erased(
    context: ModuleContext, database: Database, make_person: MakePerson, mail: Path
) -> None:
    person = make_person()
    answered(context, person, mail)
    assert erase_person(database, context.actor, Order(person, "anonymise", "Dnr 17"), World.of(context))
    with database.read() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in (Attachment, Consent, FileContent)] == [
            0
        ] * 3
    if isinstance(database.address, Path):
        database.close()
        assert b"zqevidencezq" not in b"".join(each.read_bytes() for each in database.path.parent.glob("*.kontinuum*"))


def test_on_the_record_a_file_is_chosen_with_the_answer_added_later_and_opened(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson, mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(mail), ""))
    person = make_person("Åberg", "Mia")
    page = PersonPage(context, person_id=person)
    shown(qtbot, page)
    page.edit("add_consent")
    box = page.boxes["add_consent", None]
    with database.read() as session:
        purpose = session.scalars(select(ConsentPurpose.id).limit(1)).one()
    box.form.choose_file.click()  # type: ignore[attr-defined]
    assert box.form.values()["file"] == str(mail)
    box.form.write({"purpose": str(purpose)})
    box.save()
    until(qtbot, lambda: mail.name in words(page))
    [more] = [button for name, button in acts(page).items() if name.startswith("Add a file as evidence")]
    other = mail.with_name("Tillägg.eml")
    other.write_bytes(EMAIL + b"more")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(other), ""))
    more.click()
    until(qtbot, lambda: other.name in words(page))
    assert [len(line.files) for line in answers(database, person)] == [2]
    opened: list[Path] = []
    monkeypatch.setattr(context.documents, "open", opened.append)
    acts(page)[f"Open the file {mail.name}"].click()
    until(qtbot, lambda: len(opened) == 1)
    assert opened[0].read_bytes() == EMAIL and opened[0].suffix == ".eml"
    context.documents.close()


def test_who_may_not_change_people_sees_the_name_and_opens_nothing(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson, mail: Path
) -> None:
    person = make_person()
    answered(context, person, mail)
    page = PersonPage(replace(context, rights=frozenset({"people.view"})), person_id=person)
    shown(qtbot, page)
    until(qtbot, lambda: mail.name in words(page))
    assert not [name for name in acts(page) if "file" in name]
