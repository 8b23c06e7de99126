"""Erasing on a server: who may, with no more than the grants say; and nobody else, whatever they ask the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from psycopg import errors

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Denied, Unavailable
from db.history import history
from db.models.document import Attachment, FileContent
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.models.task import Task
from db.protected.people import ProtectionForm, protect
from db.search import search
from db.sorting import name_key
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.erasing.plan import How, read_plan
from desktop.people.erasing.protected import erase_protected
from tests.server.conftest import Office
from tests.servers import Server

NOW, DAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), date(2026, 11, 23)
MAY = ("manager", "administrator")
MAY_NOT = ("office", "caller", "protected_officer", "counsellor")


@pytest.fixture(scope="module")
def office(server: Server) -> Iterator[Office]:
    """One office for all tests here, each with people of its own."""
    founded = Office.founded(server, "erasing")
    yield founded
    founded.close()


@pytest.fixture(autouse=True)
def let_go(office: Office) -> Iterator[None]:
    """Connections end with the test."""
    yield
    office.close()


@pytest.fixture
def world() -> World:
    return World(new_registry(SystemClock(office_zone())).fates(), "Anonymised")


@pytest.fixture
def person(office: Office) -> UUID:
    """Somebody with rows in most tables, written by the administrator of the server; the name is nobody else's."""
    who, post = new_id(), new_id()
    name = name_of(who)
    database = Database(office.admin, parts=office.plan.parts)
    try:
        with database.write(Actor(new_id(), "DBA"), "create_person", [who], {"name": f"{name}, Zelda"}) as session:
            session.add(Person(id=who, family=name, given="Zelda", name_key=name_key(name, "Zelda")))
            session.add(Post(id=post, title=f"Ordförande {post}", title_key=str(post)))
            session.add(FileContent(hash=who.hex * 2, data=name.encode()))
            session.flush()
            session.add(ContactPoint(person_id=who, kind="email", value=f"zelda@{name}.example"))
            session.add(Identifier(person_id=who, kind="registry_id", value=f"{name}-7"))
            session.add(Role(person_id=who, kind="student", programme=f"Physics {post}", source=f"{name}'s list"))
            session.add(Interaction(person_id=who, kind="note", at=NOW, text=f"{name} called"))
            session.add(Task(title=f"Ring {name}", person_id=who, due=NOW))
            session.add(PostHolding(post_id=post, person_id=who, starts=DAY))
            session.add(Attachment(name=f"{name}.pdf", media_type="application/pdf", size=1, hash=who.hex * 2, module="people",
                                   subject=who, added_at=NOW))  # fmt: skip
    finally:
        database.close()
    return who


def name_of(person: UUID) -> str:
    return f"raderasson{person.hex[-10:]}"


def actor(office: Office, role: str) -> Actor:
    return Actor(office.accounts[role], role)


def left(office: Office, person: UUID) -> dict[str, str]:
    """What of the name is in any table, as the administrator sees it."""
    with office.sql() as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('core', 'protected', 'audit')"
        ).fetchall()
        found = {name: repr(admin.execute(f'SELECT t::text FROM {schema}."{name}" t').fetchall()) for schema, name in tables}
    name = name_of(person)
    marks = (name, name.encode().hex())
    return {name: rows for name, rows in found.items() if any(mark in rows for mark in marks)}


@pytest.mark.parametrize("how", ["erase", "anonymise"])
@pytest.mark.parametrize("role", MAY)
def test_whoever_holds_the_right_erases_with_their_own_login(
    office: Office, person: UUID, world: World, role: str, how: How
) -> None:
    database = office.database(role)
    with database.read() as session:
        assert {part.table.name for part in read_plan(session, person, world.fates).becoming("kept", how)} == {"post_holding"}
    assert erase_person(database, actor(office, role), Order(person, how, "Dnr 17"), world)
    with database.read() as session:
        kept = session.query(Person).filter(Person.family == name_of(person)).all()
        assert [(one.given, one.retired_at is not None) for one in kept] == [("Zelda", True)] and kept[0].id != person
        assert search(session, name_of(person)) == []
        assert history(session, limit=1)[0].details == {"case": "Dnr 17"}
        holding = session.query(PostHolding).filter(PostHolding.person_id == kept[0].id).one()
        counted = session.query(Person).join(Role).filter(Role.programme == f"Physics {holding.post_id}").all()
        assert [one.family for one in counted] == (["Anonymised"] if how == "anonymise" else [])
    assert left(office, person).keys() == {"person"}
    _forget_kept(office, kept[0].id, world)
    assert left(office, person) == {}


def _forget_kept(office: Office, kept: UUID, world: World) -> None:
    """The record of the name goes, too, when what law kept is disposed of."""
    database = Database(office.admin, parts=office.plan.parts)
    try:
        with database.write(Actor(new_id(), "DBA"), "end_holding") as session:
            for holding in session.query(PostHolding).filter(PostHolding.person_id == kept):
                session.delete(holding)
        assert erase_person(database, Actor(new_id(), "DBA"), Order(kept, "erase", "Dnr 18"), world)
    finally:
        database.close()


@pytest.mark.parametrize("role", MAY_NOT)
def test_nobody_else_can(office: Office, person: UUID, world: World, role: str) -> None:
    with pytest.raises(Denied):
        erase_person(office.database(role), actor(office, role), Order(person, "erase", "Dnr 17"), world)
    with pytest.raises(errors.InsufficientPrivilege):
        office.sql(role).execute("SELECT core.erase_person(%s, NULL)", [person])
    with office.sql() as admin:
        assert admin.execute("SELECT count(*) FROM core.person WHERE id = %s", [person]).fetchone() == (1,)


def test_somebody_protected_is_answered_like_nobody(office: Office, person: UUID, world: World) -> None:
    officer = office.database("protected_officer")
    protect(officer, actor(office, "protected_officer"), person, ProtectionForm("secrecy", "Decision 1"), now=NOW)
    manager = office.database("manager")
    said = []
    for who in (person, new_id()):
        with pytest.raises(Unavailable) as refused:
            erase_person(manager, actor(office, "manager"), Order(who, "erase", "Dnr 17"), world)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_the_function_works_in_a_step_alone(office: Office, person: UUID) -> None:
    """Outside of one nothing would say that it was done."""
    with pytest.raises(errors.IntegrityConstraintViolation):
        office.sql("manager").execute("SELECT core.erase_person(%s, NULL)", [person])


def _hidden(office: Office, person: UUID) -> None:
    protect(
        office.database("protected_officer"), actor(office, "protected_officer"), person, ProtectionForm("secrecy", "Decision 1"),
        now=NOW,
    )  # fmt: skip


def test_an_officer_erases_somebody_protected_with_their_own_login(office: Office, person: UUID, world: World) -> None:
    """Nobody sees them in between, and what law keeps is shown to officers alone."""
    _hidden(office, person)
    officer = office.database("protected_officer")
    assert erase_protected(officer, actor(office, "protected_officer"), person, "Dnr 17", world)
    assert left(office, person).keys() == {"kept"}
    with office.sql() as admin:
        tables = admin.execute("SELECT table_name FROM protected.kept WHERE before LIKE %s", [f"%{name_of(person)}%"]).fetchall()
        assert tables == [("person",)]
        assert admin.execute("SELECT how FROM core.erased_person WHERE person_id = %s", [person]).fetchall() == [("erase",)]
    with officer.read() as session:
        assert history(session, limit=1)[0].details == {"case": "Dnr 17"}


@pytest.mark.parametrize("role", ["office", "manager", "administrator"])
def test_nobody_else_erases_somebody_protected(office: Office, person: UUID, world: World, role: str) -> None:
    _hidden(office, person)
    before = office.hashes()
    for who in (person, new_id()):
        with pytest.raises(Denied):
            erase_protected(office.database(role), actor(office, role), who, "Dnr 17", world)
        for call in ("erase_protected(%s, gen_random_uuid(), NULL, 'Dnr 17')", "kontinuum_bring_back(%s)"):
            with pytest.raises(errors.InsufficientPrivilege):
                office.sql(role).execute(f"SELECT core.{call}", [who])  # type: ignore[arg-type]
    assert office.hashes() == before


def test_an_officer_erases_in_a_step_alone_and_only_who_is_protected(office: Office, person: UUID, world: World) -> None:
    own = office.sql("protected_officer")
    officer = office.database("protected_officer")
    with pytest.raises(Unavailable):
        erase_protected(officer, actor(office, "protected_officer"), person, "Dnr 17", world)
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT core.erase_person(%s, NULL)", [person])
    _hidden(office, person)
    with pytest.raises(errors.IntegrityConstraintViolation):
        own.execute("SELECT core.erase_protected(%s, gen_random_uuid(), NULL, 'Dnr 17')", [person])
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT core.kontinuum_bring_back(%s)", [person])
    assert "kept" in left(office, person)
