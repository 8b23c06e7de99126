"""A list may raise a protection and never lower it, and tells only officers that it met somebody protected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.database import Database
from db.models.person import Person
from db.protected.people import ProtectedLine, ProtectionForm, protect, protected_people
from db.protected.showing import show_protected
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.messages import Message
from desktop.people.imports.run import ImportRun
from desktop.people.imports.storing import import_file
from desktop.people.roles import IdentifierForm, add_identifier
from tests.db.support import found
from tests.support import MakePerson

NUMBER = "190002012383"
HEAD = "Personnummer;Förnamn;Efternamn;Gatuadress;Ort;Sekretessmarkering;SkyddadFolkbokforing\n"


@pytest.fixture
def person(database: Database, actor: Actor, make_person: MakePerson, clock: FixedClock) -> UUID:
    """Somebody with an identity number, whom everybody finds."""
    who = make_person("Hemligsson", "Zorro", phone="+46701740605")
    with database.write(actor, "add_identifier", [who]) as session:
        add_identifier(session, who, IdentifierForm("personnummer", NUMBER), today=clock.today())
    return who


def lines(database: Database) -> list[ProtectedLine]:
    with database.read() as session:
        return protected_people(session)


def brought(context: ModuleContext, folder: Path, *rows: str) -> dict[str, object]:
    path = folder / "register.csv"
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    return import_file(context, path, False)


def test_a_mark_in_the_file_protects_who_is_there_and_who_is_new(
    context: ModuleContext, database: Database, person: UUID, tmp_path: Path
) -> None:
    done = brought(
        context, tmp_path, f"{NUMBER};Zorro;Hemligsson;Nya gatan 1;Luleå;JA;NEJ", "190002012391;Ny;Hemligsson;Ny 2;Luleå;NEJ;JA",
        "190002012409;Vanlig;Hemligsson;;Luleå;NEJ;NEJ",
    )  # fmt: skip
    assert (done["new"], done["changed"], done["faulty"]) == (2, 1, 0)
    assert sorted(line.kind for line in lines(database)) == ["registration", "secrecy"]
    assert found(database, "hemligsson") == ["Hemligsson, Vanlig"]
    with database.read() as session:
        assert session.get(Person, person) is None


def test_a_plain_no_lowers_nothing_and_no_open_address_is_written(
    context: ModuleContext, database: Database, actor: Actor, person: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    protect(database, actor, person, ProtectionForm("secrecy", "Decision"), now=clock.now())
    brought(context, tmp_path, f"{NUMBER};Zorro;Hemligsson;Öppna gatan 1;Luleå;NEJ;NEJ")
    assert [(line.id, line.arrived) for line in lines(database)] == [(person, 1)]
    assert found(database, "hemligsson") == []
    _first, came = show_protected(database, actor, person, "To compare", now=clock.now())
    assert [value for _kind, _label, value in came.contacts] == ["Öppna gatan 1, Luleå"]


@pytest.mark.parametrize("officer", [True, False])
def test_only_an_officer_is_told_what_was_held_out(
    qtbot: QtBot, context: ModuleContext, actor: Actor, person: UUID, clock: FixedClock, tmp_path: Path, officer: bool
) -> None:
    protect(context.database, actor, person, ProtectionForm("secrecy", "Decision"), now=clock.now())
    path = tmp_path / "register.csv"
    path.write_text(HEAD + f"{NUMBER};Zorro;Hemligsson;Öppna gatan 1;Luleå;;", encoding="utf-8")
    others = context.rights - {"people.protected"}
    own = replace(context, rights=others | {"people.protected"} if officer else others)
    told: list[Message] = []
    own.messages.told.connect(told.append)
    owner = QObject()
    run = ImportRun(own, owner)
    done: list[object] = []
    run.planned.connect(lambda preview: run.start(preview, path.name))
    run.imported.connect(lambda counts, _people: done.append(counts))
    run.read(path)
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    assert done[0].new == 1  # type: ignore[attr-defined]
    assert [message.text for message in told] == (["Held out: 1 row of a protected person"] if officer else [])
