"""Protected people of a file come to the server as what they are: kept where nobody is let in, whole when it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.history import TAKE_BACK, history, take_back
from db.models.history import RowImage
from db.models.person import ContactPoint, Identifier, Person
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan, found, names_of
from db.postgresql.moving import move
from db.protected.editing import RowEdit, edit_protected
from db.protected.people import ProtectionForm, end_protection, protect, protected_people
from db.protected.showing import protected_events
from desktop.assembly import new_registry, parts_of
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.db.support import found as hits
from tests.db.support import person, rename
from tests.server.conftest import PASSWORD, login_of
from tests.servers import Server

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ACTOR = Actor(new_id(), "Eva Ek")


def test_they_are_moved_and_can_be_brought_back_there(server: Server, tmp_path: Path) -> None:
    registry = new_registry(SystemClock(office_zone()))
    file = Database(tmp_path / "Åsa.kontinuum", parts=parts_of(registry))
    who = new_id()
    with file.write(ACTOR, "create_person", [who]) as session:
        session.add(made := person("Hemligsson", "Zorro", id=who, birth_date=NOW.date()))
        session.flush()
        session.add(Identifier(person_id=made.id, kind="personnummer", value="190002012383"))
        session.add(ContactPoint(person_id=made.id, kind="phone", value="0701740605", normal="+46701740605"))
    rename(file, ACTOR, who, "Qvarnström")
    handle = protect(file, ACTOR, who, ProtectionForm("identity", "Decision", NOW.date(), None, "Box 17"), now=NOW)
    change = RowEdit("person", who, 2, {"preferred": "Zette"})
    edit_protected(file, ACTOR, who, "edit_person", [change], name="Qvarnström, Zorro", now=NOW)
    other = new_id()
    with file.write(ACTOR, "create_person", [other]) as session:
        session.add(person("Andersson", "Olle", id=other))
    rename(file, ACTOR, other, "Ek")  # whose image bears a number that one of the images kept aside bore
    file.close()
    address, plan = server.fresh("moved"), plan_of(registry)
    found(PostgresqlEngine(address), plan)
    move(tmp_path / "Åsa.kontinuum", PostgresqlEngine(address), plan)
    there = Database(address, parts=plan.parts)
    try:
        with there.read() as session:
            (line,) = protected_people(session)
            assert (line.handle, line.kind, line.decided_on, line.since) == (handle, "identity", NOW.date(), NOW)
            assert {event.act for event in protected_events(session)} == {"edited", "protected"}
            assert session.get(Person, who) is None and history(session, about=who) == []
        officer = _officer_of(there, server, plan)
        try:
            end_protection(officer, ACTOR, who, "Withdrawn", now=NOW)
        finally:
            officer.close()
        assert hits(there, "qvarnström") == ["Qvarnström, Zorro"]
        with there.read() as session:
            edited, renamed = (line.id for line in history(session, about=who)[:2])
            assert session.get_one(Person, who).preferred == "Zette"
            assert session.scalar(select(RowImage.before).where(RowImage.row_id == who)) is not None
        for step in (edited, renamed):
            with there.write(ACTOR, TAKE_BACK) as session:
                assert take_back(session, step).undone == 1
        with there.read() as session:
            assert session.get_one(Person, who).preferred == ""
        assert hits(there, "hemligsson") == ["Hemligsson, Zorro"]
    finally:
        there.close()
        server.drop(address)


def _officer_of(database: Database, server: Server, plan: Plan) -> Database:
    """The database as an officer for protected identities opens it."""
    with database.read() as session:
        names = names_of(session.connection(), plan)
    with database.write(Actor(new_id(), "DBA"), "add_user") as session:
        administrator.let_in(session, names, login_of("protected_officer"), "", ["protected_officer"], PASSWORD)
    own = server.dsn(str(database.address).rpartition("/")[2], user=login_of("protected_officer"), password=PASSWORD)
    return Database(own, parts=plan.parts)
