"""Several desks on one server at the same time: nobody overwrites unseen, and every save is in the history once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database, stamps, take
from db.errors import Conflict
from db.history import TAKE_BACK, take_back
from db.models.history import ChangeSet, RowImage
from db.models.person import Person
from db.models.role import Role
from db.sorting import name_key
from tests.db.support import found
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about desks of one server")
DESKS, SAVES = 6, 12
Save = Callable[[Database, Actor, UUID], UUID]


@pytest.fixture
def desks(database: Database) -> Iterator[list[Database]]:
    """Programs of their own on the same server."""
    with ExitStack() as open_ones:
        opened = [Database(database.address, parts=database.parts[1:]) for _desk in range(DESKS)]
        for desk in opened:
            open_ones.callback(desk.close)
        yield opened


def by_form(desk: Database, actor: Actor, person: UUID) -> UUID:
    """Read, think, save what was read."""
    with desk.read() as session:
        row = session.get_one(Person, person)
        version, number = row.version, int(row.given or 0)
    with desk.write(actor, "edit_person", about=[person]) as session:
        take(session, Person, person, version).given = str(number + 1)
        session.flush()
        own: UUID = session.info["change_set"]
    return own


def in_one_step(desk: Database, actor: Actor, person: UUID) -> UUID:
    """Read and save in one step, without a version from outside."""
    with desk.write(actor, "edit_person", about=[person]) as session:
        row = session.get_one(Person, person)
        row.given = str(int(row.given or 0) + 1)
        session.flush()
        own: UUID = session.info["change_set"]
    return own


def all_at_once(desks: list[Database], actor: Actor, person: UUID, save: Save) -> list[UUID]:
    """Every desk saves until it has done so often enough; answers the change sets that were saved."""

    def work(desk: Database) -> list[UUID]:
        saved: list[UUID] = []
        while len(saved) < SAVES:
            try:
                saved.append(save(desk, actor, person))
            except Conflict:
                continue
        return saved

    with ThreadPoolExecutor(len(desks)) as threads:
        return [own for saved in threads.map(work, desks) for own in saved]


@pytest.mark.parametrize("save", [by_form, in_one_step])
def test_nobody_overwrites_what_another_saved(
    database: Database, desks: list[Database], actor: Actor, make_person: MakePerson, save: Save
) -> None:
    person = make_person("Åberg", "0")
    saved = all_at_once(desks, actor, person, save)
    with database.read() as session:
        row = session.get_one(Person, person)
        assert (row.given, row.version) == (str(DESKS * SAVES), 1 + DESKS * SAVES)
        assert session.scalar(select(func.count()).select_from(RowImage).where(RowImage.row_id == person)) == DESKS * SAVES
        kept = session.scalars(select(ChangeSet.id).where(ChangeSet.id.in_(saved))).all()
        assert sorted(kept) == sorted(saved)


def test_every_way_of_writing_side_by_side(
    database: Database, desks: list[Database], actor: Actor, make_person: MakePerson
) -> None:
    person = make_person("Åberg", "0")
    turn = iter(range(10_000))

    def save(desk: Database, actor: Actor, person: UUID) -> UUID:
        number = next(turn)
        if number % 3 == 0:
            return by_form(desk, actor, person)
        with desk.write(actor, "import_people") as session:
            own: UUID = session.info["change_set"]
            key = name_key("Desk", str(number))
            if number % 3 == 1:
                insert_rows(session, Person, ("id", "family", "given", "name_key"), [(new_id(), "Desk", str(number), key)])
            else:
                session.execute(insert(Role), [{**stamps(session), "id": new_id(), "person_id": person, "kind": "student"}])
        if number % 3 == 1:
            with desk.write(actor, TAKE_BACK) as session:
                assert take_back(session, own).undone == 1
        return own

    saved = all_at_once(desks, actor, person, save)
    assert len(set(saved)) == DESKS * SAVES
    assert found(database, "Desk") == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeSet).where(ChangeSet.id.in_(saved))) == len(saved)
