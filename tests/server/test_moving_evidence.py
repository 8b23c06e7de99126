"""The files that prove answers move to a server byte by byte, once each, with what was removed and is still in the history."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from db.accounts import sign_in
from db.actor import Actor
from db.database import Database
from db.history import TAKE_BACK, take_back
from db.models.document import Attachment, FileContent
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan
from db.postgresql.moving import move
from desktop.assembly import new_registry, open_database
from desktop.core.attachments import StoredFile
from desktop.core.clock import SystemClock, office_zone
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import ConsentForm
from desktop.people.consents.evidence import add_evidence, evidence
from tests.server.steps import NOW, WHEN, person

EVERY_BYTE = b"%PDF-1.7 " + bytes(range(256)) * 40


def answer(database: Database, actor: Actor) -> UUID:
    with database.write(actor, "write_consent") as session:
        purpose = decisions.purpose_of(session, "newsletter")
        who = person(session, actor)
        return decisions.write_consent(session, who.id, ConsentForm(purpose, "given"), actor=actor, when=WHEN)


def give(database: Database, actor: Actor, consent: UUID, name: str, content: bytes) -> tuple[UUID, UUID]:
    """The file and the step."""
    with database.write(actor, "add_evidence") as session:
        file = add_evidence(session, consent, StoredFile(name, content, "application/pdf"), now=NOW)
        step: UUID = session.info["change_set"]
    return file, step


def test_evidence_moves_whole_and_once_and_what_was_taken_off_can_come_back(tmp_path: Path, empty: str, plan: Plan) -> None:
    path = tmp_path / "office.kontinuum"
    database = open_database(path, new_registry(SystemClock(office_zone())))
    actor = sign_in(database, "eva.ek", make=True)
    consents = [answer(database, actor) for _ in range(2)]
    files = [give(database, actor, consent, f"Ja {n} åäö.pdf", EVERY_BYTE)[0] for n, consent in enumerate(consents)]
    gone, step = give(database, actor, consents[0], "Gone.pdf", b"%PDF taken off")
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, step)
        off: UUID = session.info["change_set"]
    database.close()
    move(path, PostgresqlEngine(empty), plan)
    there = Database(empty, parts=plan.parts)
    try:
        with there.read() as session:
            kept = [evidence(session, file) for file in files]
            assert [(file.name, file.content) for file in kept] == [(f"Ja {n} åäö.pdf", EVERY_BYTE) for n in range(2)]
            assert session.scalar(select(func.count()).where(FileContent.data == EVERY_BYTE)) == 1
            assert session.get(Attachment, gone) is None
            owner = administrator.acting(session.connection())
        with there.write(owner, TAKE_BACK) as session:
            take_back(session, off)
        with there.read() as session:
            assert evidence(session, gone).content == b"%PDF taken off"
    finally:
        there.close()
