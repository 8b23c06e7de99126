"""Who has signed which version, who has not, and filing a sheet under exactly one version."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from db import history
from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.models.document import Attachment, FileContent
from db.models.interaction import Interaction
from desktop.core import sheets
from desktop.core.sheets import Sheet
from desktop.core.texts import Texts
from desktop.modules.policies import printing, register
from desktop.modules.policies.register import Signature
from desktop.modules.policies.reports import render_consent
from desktop.modules.policies.scans import mark_of
from desktop.modules.policies.tests.conftest import TODAY, Office
from desktop.people.organisation import posts


def sheet(office: Office, version_id: UUID, person: UUID | None = None) -> Sheet:
    """The printed form, come back as a file."""
    with office.database.read() as session:
        data = printing.consent_print(session, version_id, person, today=TODAY)
    return sheets.examine_bytes("signed.pdf", render_consent(data, Texts("en")))


def sign(office: Office, version_id: UUID, person: UUID, scan: Sheet | None = None, day: date = TODAY) -> UUID:
    """File a signature."""
    with office.database.write(office.actor, "file_signature") as session:
        return register.file_signature(
            session, version_id, Signature(person, "Chair", day, "Luleå"), scan,
            actor=office.actor, now=office.calendar.now, today=TODAY, zone=office.calendar.zone,
        )  # fmt: skip


def missing(office: Office, policy: UUID, today: date = TODAY) -> list[tuple[str, int | None]]:
    """Who has not signed, with the version they signed before."""
    return [(line.name, line.earlier) for line in office.detail(policy, today).unsigned]


def test_the_holder_of_the_owner_post_must_sign_what_is_decided(office: Office) -> None:
    office.person(post="chair")
    office.person(given="Former", post="chair", ends=date(2026, 2, 1))
    policy = office.policy()
    assert missing(office, policy) == []
    office.decide(policy)
    assert missing(office, policy) == [("Tindra Testesson", None)]


def test_a_new_holder_signs_anew_and_the_former_steps_down(office: Office, database: Database, actor: Actor) -> None:
    former, following = office.person(post="Chair"), office.person(given="Ask")
    policy = office.policy()
    sign(office, office.put_in_force(policy), former)
    with database.write(actor, "give_post") as session:
        posts.give_post(session, "Chair", following, date(2026, 4, 1), replacing=True)
    assert missing(office, policy, date(2026, 3, 31)) == []
    assert missing(office, policy, date(2026, 4, 1)) == [("Ask Testesson", None)]
    with database.read() as session:
        assert [name for _person, name, _post in register.asked(session, policy, date(2026, 4, 1))] == ["Ask Testesson"]


def test_posts_and_people_can_be_asked_as_well_and_nobody_twice(office: Office, database: Database, actor: Actor) -> None:
    chair = office.person(post="Chair")
    officer = office.person(given="Ask", post="Alumni officer")
    other = office.person(given="Mira")
    policy = office.policy()
    office.put_in_force(policy)
    with database.write(actor, "ask_to_sign") as session:
        register.ask_post(session, policy, "alumni OFFICER")
        for person in (other, chair, officer, other):
            register.ask_person(session, policy, person)
    assert sorted(name for name, _earlier in missing(office, policy)) == ["Ask Testesson", "Mira Testesson", "Tindra Testesson"]


def test_a_signature_is_filed_under_its_version_with_the_sheet_and_on_the_timeline(office: Office, database: Database) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    version = office.put_in_force(policy)
    scan = sheet(office, version, person)
    sign(office, version, person, scan)
    (line,) = office.detail(policy).signed
    assert (line.name, line.post, line.number, line.place, line.valid) == ("Tindra Testesson", "Chair", 1, "Luleå", True)
    assert missing(office, policy) == []
    with database.read() as session:
        assert line.attachment_id is not None
        assert sheets.stored(session, line.attachment_id).content == scan.content
        entry = session.scalars(select(Interaction)).one()
    assert (entry.kind, entry.module, entry.person_id, entry.title) == ("signature", "policies", person, "Alumni policy")


def test_a_new_version_makes_earlier_signatures_old_and_everybody_signs_anew(office: Office) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    sign(office, office.put_in_force(policy), person)
    office.revise(policy)
    assert missing(office, policy) == []
    office.put_in_force(policy)
    assert missing(office, policy) == [("Tindra Testesson", 1)]
    assert [(line.number, line.valid) for line in office.detail(policy).signed] == [(1, False)]


def test_a_sheet_of_another_version_is_refused_by_its_mark(office: Office) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    first = office.put_in_force(policy)
    old = sheet(office, first, person)
    office.revise(policy)
    second = office.put_in_force(policy)
    with pytest.raises(RuleBroken, match="version 1"):
        sign(office, second, person, old)
    sign(office, first, person, old)
    assert [(line.number, line.valid) for line in office.detail(policy).signed] == [(1, False)]


def test_a_draft_cannot_be_signed_and_nobody_signs_twice_or_ahead(office: Office) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    with pytest.raises(RuleBroken, match="not decided"):
        sign(office, office.newest(policy).id, person)
    version = office.put_in_force(policy)
    with pytest.raises(RuleBroken, match="ahead"):
        sign(office, version, person, day=date(2026, 3, 3))
    sign(office, version, person)
    with pytest.raises(RuleBroken, match="already"):
        sign(office, version, person)


def test_the_same_bytes_are_stored_once(office: Office, database: Database) -> None:
    version = office.put_in_force(office.policy())
    scan = sheet(office, version)
    for given in ("Ask", "Mira"):
        sign(office, version, office.person(given=given), scan)
    with database.read() as session:
        assert len(session.scalars(select(FileContent.hash)).all()) == 1
        assert len(session.scalars(select(Attachment.id)).all()) == 2


def test_the_form_is_filled_in_for_the_holder_of_the_post(office: Office, database: Database) -> None:
    office.person(post="Chair")
    policy = office.policy()
    office.put_in_force(policy)
    with database.read() as session:
        form = printing.consent_to_print(session, "alumni", TODAY)
    assert (form.post, form.name, form.policy.policy_id) == ("Chair", "Tindra Testesson", policy)


@pytest.mark.parametrize(("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_pictures_are_shown_before_they_are_filed(kind: str, media: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (2000, 100), "white").save(picture, kind)
    scan = sheets.examine_bytes("sheet", picture.getvalue())
    assert (scan.media_type, mark_of(scan), scan.preview[:4]) == (media, None, b"\x89PNG")


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1.4 broken", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xffbroken"])
def test_what_is_no_readable_sheet_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        sheets.examine_bytes("sheet", content)


def test_taking_a_filed_signature_back_leaves_nobody_signed_and_no_trace_on_the_timeline(
    office: Office, database: Database
) -> None:
    person = office.person(post="Chair")
    policy = office.policy()
    version = office.put_in_force(policy)
    sign(office, version, person, sheet(office, version, person))
    with database.read() as session:
        line = history.history(session)[0]
    with database.write(office.actor, "take_back") as session:
        history.take_back(session, line.id)
        assert session.scalars(select(Interaction.id)).all() == []
        assert session.scalars(select(Attachment.id)).all() == []
    assert missing(office, policy) == [("Tindra Testesson", None)]
