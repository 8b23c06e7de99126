"""Twenty desks change the same record in every way there is: each counts on by one what it read, and no count is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, take_back
from db.models.history import ChangeSet, RowImage
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.settings import read_setting
from db.texts import Msgid
from desktop.people import contacts, editing, roles
from desktop.people.contacts import ContactForm
from desktop.people.editing import PersonForm
from desktop.people.imports import storing as importing
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.roles import RoleForm
from tests.server.counted_forms import FORMS, SETTING, count_on, count_on_hidden, count_on_setting, hidden, hidden_note
from tests.server.steps import NOW, TODAY
from tests.servers import Server

T = TypeVar("T")
DESKS = 20
REGISTER = Wishes(Mapping(source="register"))


@pytest.fixture(scope="module")
def desks(server: Server, empty_on_server: str) -> Iterator[list[Database]]:
    """Programs of their own on one server."""
    made = server.fresh("edits", empty_on_server)
    with ExitStack() as open_ones:
        open_ones.callback(server.drop, made)
        opened = [Database(server.dsn(made.rpartition("/")[2], user="tester")) for _desk in range(DESKS)]
        for desk in opened:
            open_ones.callback(desk.close)
        yield opened


@dataclass
class Record:
    """One person with a way to reach them and a role; each holds a number."""

    person: UUID
    contact: UUID
    role: UUID
    mail: str


def make_record(database: Database, actor: Actor) -> Record:
    mail = f"{new_id()}@uni.example"
    with database.write(actor, "create_person") as session:
        person = editing.create_person(session, PersonForm("Mia", "Åberg", note="0"), today=TODAY)
        contact = contacts.add_contact(session, person, ContactForm("phone", "070-174 06 05", "0"), country="SE")
        contacts.add_contact(session, person, ContactForm("email", mail), country="SE")
        contacts.add_contact(session, person, ContactForm("address", city="0"), country="SE")
        return Record(person, contact, roles.add_role(session, person, RoleForm("student", "0")), mail)


Save = Callable[[Database, Actor, Record], tuple[UUID, int]]  # what was saved, and by how much it counted on


def by_form(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    with desk.read() as session:
        row = session.get_one(Person, record.person)
        version, form = row.version, PersonForm("Mia", "Åberg", note=str(int(row.note) + 1))
    own = new_id()
    with desk.write(actor, "edit_person", change_set=own) as session:
        editing.edit_person(session, record.person, version, form, today=TODAY)
    return own, 1


def by_contact(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    with desk.read() as session:
        row = session.get_one(ContactPoint, record.contact)
        version, form = row.version, ContactForm("phone", "070-174 06 05", str(int(row.label) + 1))
    own = new_id()
    with desk.write(actor, "edit_contact", change_set=own) as session:
        contacts.edit_contact(session, record.contact, version, form, country="SE")
    return own, 1


def by_role(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    with desk.read() as session:
        row = session.get_one(Role, record.role)
        version, form = row.version, RoleForm("student", str(int(row.programme) + 1))
    own = new_id()
    with desk.write(actor, "edit_role", change_set=own) as session:
        roles.edit_role(session, record.role, version, form)
    return own, 1


def by_import(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    """From an authority's register, whose word counts against what somebody typed."""
    with desk.read() as session:
        rows = [IncomingPerson(2, "Mia", "Åberg", emails=((record.mail, record.mail),), city=str(_city(session, record) + 1))]
        shown = importing.plan_import(session, rows, lambda _done, _of: None, REGISTER)
    own = new_id()
    with desk.write(actor, "import_people", change_set=own) as session:
        counts = importing.import_people(
            session, rows, source="l.csv", faulty=0, report=lambda _done, _of: None, shown=shown, wishes=REGISTER
        )
    if not counts.changed:  # left out, or a colleague's import had just done the same
        raise Conflict(Msgid("Overtaken."))
    return own, 1


def by_taking_back(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    """Change, and take it back: what a colleague changed since stays as the colleague left it."""
    own, by = by_form(desk, actor, record)
    with desk.write(actor, TAKE_BACK) as session:
        return own, by - take_back(session, own).undone


def among_many(desk: Database, actor: Actor, record: Record) -> tuple[UUID, int]:
    """Everybody is taken out of the lists, or brought back, while forms are open."""
    if random.random() < 0.5:
        return by_form(desk, actor, record)
    own = new_id()
    with desk.write(actor, "retire_people", change_set=own) as session:
        editing.retire_people(session, select(Person.id).where(Person.id == record.person), now=random.choice((NOW, None)))
    return own, 0


def _note(session: Session, record: Record) -> int:
    return int(session.get_one(Person, record.person).note)


def _city(session: Session, record: Record) -> int:
    address = ContactPoint.person_id == record.person, ContactPoint.kind == "address"
    return int(session.scalars(select(ContactPoint.city).where(*address)).one())


PATHS: dict[str, tuple[Save, Callable[..., int]]] = {
    "form": (by_form, _note),
    "contact": (by_contact, lambda session, record: int(session.get_one(ContactPoint, record.contact).label)),
    "role": (by_role, lambda session, record: int(session.get_one(Role, record.role).programme)),
    "import": (by_import, _city),
    "taking back": (by_taking_back, _note),
    "many at once": (among_many, _note),
}  # fmt: skip


def keep_saving(save: Callable[[], T], saves: int) -> tuple[list[T], int]:
    """Until so many got through; what they gave, and how many were refused on the way."""
    saved: list[T] = []
    refused = 0
    waits = 1
    while len(saved) < saves:
        began = perf_counter()
        try:
            saved.append(save())
            waits = 1
        except (Conflict, RuleBroken):
            refused, waits = refused + 1, min(waits * 2, DESKS)
            assert refused < 100 * saves, "nothing of what this desk saves ever gets through"
            sleep(random.random() * waits * (perf_counter() - began))  # else all but one of them always work in vain
    return saved, refused


@pytest.mark.parametrize("path", PATHS)
def test_no_save_is_overwritten_unseen(desks: list[Database], actor: Actor, path: str, rounds: Callable[..., int]) -> None:
    record, (save, counted), saves = make_record(desks[0], actor), PATHS[path], rounds(40)

    def work(desk: Database) -> tuple[list[tuple[UUID, int]], int]:
        return keep_saving(lambda: save(desk, actor, record), saves)

    with ThreadPoolExecutor(DESKS) as threads:
        done = list(threads.map(work, desks))
    steps = [step for saved, _refused in done for step in saved]
    with desks[0].read() as session:
        total = counted(session, record)
        stored = session.scalars(select(ChangeSet.id).where(ChangeSet.id.in_([own for own, _by in steps]))).all()
        version = session.get_one(Person, record.person).version
        images = session.scalar(select(func.count()).select_from(RowImage).where(RowImage.row_id == record.person))
    print(f"\n{path}: {len(steps)} saves by {DESKS} desks, {sum(refused for _saved, refused in done)} refused and tried again")
    assert total == sum(by for _own, by in steps)
    assert version == 1 + (images or 0), "whatever changed the person is in the history"
    if path != "many at once":  # where nobody was to be taken out there is no step
        assert len(stored) == len(set(stored)) == DESKS * saves


@pytest.mark.parametrize("name", FORMS)
def test_every_form_counts_on(desks: list[Database], actor: Actor, name: str, rounds: Callable[..., int]) -> None:
    """Every one of the steps that are stored counts, and no other."""
    form, saves = FORMS[name], rounds(40)
    with desks[0].write(actor, form.verb) as session:
        row = form.make(session, actor)

    def work(desk: Database) -> None:
        keep_saving(lambda: _stored(desk, count_on(desk, actor, form, row)), saves)

    with ThreadPoolExecutor(DESKS) as threads:
        list(threads.map(work, desks))
    with desks[0].read() as session:
        assert int(form.value(session.get_one(form.kind, row))) == DESKS * saves


def _stored(desk: Database, own: UUID) -> UUID:
    """A step that leaves out what a colleague changed meanwhile, and so does nothing, is none."""
    if not desk.saved(own):
        raise Conflict(Msgid("Left out."))
    return own


def test_a_setting_counts_on(desks: list[Database], actor: Actor, rounds: Callable[..., int]) -> None:
    saves = rounds(40)
    with ThreadPoolExecutor(DESKS) as threads:
        list(threads.map(lambda desk: keep_saving(lambda: count_on_setting(desk, actor), saves), desks))
    with desks[0].read() as session:
        assert read_setting(session, SETTING) == DESKS * saves


def test_what_is_kept_of_somebody_protected_counts_on(desks: list[Database], actor: Actor, rounds: Callable[..., int]) -> None:
    person, saves = hidden(desks[0], actor), rounds(40)
    with ThreadPoolExecutor(DESKS) as threads:
        list(threads.map(lambda desk: keep_saving(lambda: count_on_hidden(desk, actor, person), saves), desks))
    assert hidden_note(desks[0], actor, person)[1] == DESKS * saves
