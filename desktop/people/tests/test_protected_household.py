"""People who live at one address are protected together, previewed, for one ground, and the same when it ends."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.history import history
from db.models.duplicate import NotADuplicate
from db.models.history import RowImage
from db.models.person import ContactPoint
from db.models.task import Task
from db.protected.people import (
    ProtectedLine,
    ProtectionForm,
    end_protection,
    end_together,
    protect,
    protect_together,
    protected_people,
)
from db.protected.showing import protected_events
from db.sorting import fold
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.people.protecting.boxes import EndingFields, MarkingFields, ending
from desktop.people.protecting.household import AT_MOST, living_with
from desktop.people.protecting.page import ProtectedPage
from desktop.people.record_page import PersonPage
from desktop.people.tests.test_protected_page import officer, said, shown
from desktop.people.tests.test_protected_rows import core
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.db.support import found
from tests.support import MakePerson

__all__ = ["officer"]  # a fixture
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FORM = ProtectionForm("household", "Decision 17/2026")
TODAY = date(2026, 11, 23)


class Homes:
    """Makes people who live somewhere."""

    def __init__(self, database: Database, actor: Actor, make_person: MakePerson) -> None:
        self._database, self._actor, self._make = database, actor, make_person

    def person(self, given: str, street: str, postcode: str, city: str = "Åbo", valid_to: date | None = None) -> UUID:
        who = self._make("Hemligsson", given)
        with self._database.write(self._actor, "add_contact", [who]) as session:
            place = {"street": street, "postcode": postcode, "city": city, "city_key": fold(city), "valid_to": valid_to}
            session.add(ContactPoint(person_id=who, kind="address", **place))
        return who

    def mates(self, person: UUID) -> list[str] | None:
        with self._database.read() as session:
            found = living_with(session, person, TODAY)
        return None if found is None else [mate.title.removeprefix("Hemligsson, ") for mate in found]


@pytest.fixture
def homes(database: Database, actor: Actor, make_person: MakePerson) -> Homes:
    return Homes(database, actor, make_person)


@pytest.fixture
def family(homes: Homes) -> list[UUID]:
    """Three at one address, who write it in different ways."""
    return [
        homes.person("Anna", "Ågatan 1 B", "20100"),
        homes.person("Bo", "ågatan  1 b", "201 00"),
        homes.person("Cia", "Ågatan 1 B", "20100", "åbo"),
    ]


def lines(database: Database) -> list[ProtectedLine]:
    with database.read() as session:
        return protected_people(session)


def test_who_lives_at_the_same_address_is_found_however_it_is_written(homes: Homes, family: list[UUID]) -> None:
    homes.person("Dan", "Ågatan 1 A", "20100")
    homes.person("Eva", "Ågatan 1 B", "20200")
    homes.person("Far", "Ågatan 1 B", "20100", "Raumo")
    homes.person("Moved", "Ågatan 1 B", "20100", valid_to=date(2026, 11, 22))
    alone, nowhere = homes.person("Alone", "Bgatan 1", "20100"), homes.person("Nowhere", "", "")
    assert homes.mates(family[0]) == ["Bo", "Cia"] and homes.mates(family[1]) == ["Anna", "Cia"]
    assert homes.mates(alone) == [] and homes.mates(nowhere) == [] and homes.mates(new_id()) == []


def test_a_house_with_a_common_door_is_no_household(homes: Homes) -> None:
    first, *_more = [homes.person(f"P{n}", "Studentbyn 1", "20100") for n in range(AT_MOST + 1)]
    assert len(homes.mates(first) or ()) == AT_MOST
    homes.person("More", "Studentbyn 1", "20100")
    assert homes.mates(first) is None


def test_they_are_protected_and_end_together_with_what_they_share(
    database: Database, actor: Actor, clock: FixedClock, family: list[UUID]
) -> None:
    first, second = sorted(family[:2])
    with database.write(actor, "not_a_duplicate", family[:2]) as session:
        session.add(NotADuplicate(first_id=first, second_id=second, score=1))
    handles = protect_together(database, actor, family, FORM, now=clock.now())
    there = lines(database)
    assert {line.id for line in there} == set(family) and {line.handle for line in there} == set(handles)
    assert len({line.household for line in there}) == 1 and there[0].household is not None
    assert found(database, "hemligsson") == []
    with database.read() as session:
        assert [event.act for event in protected_events(session)] == ["protected"] * 3
    end_together(database, actor, family, "Over", now=clock.now())
    assert lines(database) == [] and len(found(database, "hemligsson")) == 3
    with database.read() as session:
        assert session.query(NotADuplicate).count() == 1


def test_what_two_share_comes_back_with_the_last_of_them(
    database: Database, actor: Actor, clock: FixedClock, family: list[UUID]
) -> None:
    first, second = sorted(family[:2])
    with database.write(actor, "not_a_duplicate", family[:2], {"name": "Hemligsson, Anna", "other": "Hemligsson, Bo"}) as session:
        session.add(NotADuplicate(first_id=first, second_id=second, score=1))
    with database.write(actor, "let_compare", family[:2]) as session:
        session.query(NotADuplicate).one().score = 2
    with database.write(actor, "bulk_task", family, {"count": 3}) as session:
        session.add(Task(title="x", due=clock.now()))
    protect_together(database, actor, family[:2], FORM, now=clock.now())
    end_protection(database, actor, family[0], "Over", now=clock.now())
    left = core(database)
    with database.read() as session:
        assert history(session, about=family[0])[0].verb == "bulk_task"  # which is about others, too
    assert "Hemligsson, Anna" in left
    assert not [
        mark for mark in (str(family[1]), family[1].hex.upper(), repr(family[1].bytes)[2:-1], "Hemligsson, Bo") if mark in left
    ]
    end_protection(database, actor, family[1], "Over", now=clock.now())
    with database.read() as session:
        assert session.query(NotADuplicate.score).all() == [(2,)]
        steps = [[line.verb for line in history(session, about=own)][:3] for own in family[:2]]
        assert steps == [["bulk_task", "let_compare", "not_a_duplicate"]] * 2
        images = session.scalars(select(RowImage.operation).where(RowImage.table_name == NotADuplicate.__tablename__))
        assert images.all() == ["u"]


def test_all_of_them_or_nobody(database: Database, actor: Actor, clock: FixedClock, family: list[UUID]) -> None:
    with pytest.raises(Unavailable):
        protect_together(database, actor, [*family, new_id()], FORM, now=clock.now())
    with pytest.raises(RuleBroken):
        protect_together(database, actor, family, ProtectionForm("household", ""), now=clock.now())
    assert lines(database) == [] and len(found(database, "hemligsson")) == 3
    protect_together(database, actor, family[:2], FORM, now=clock.now())
    with pytest.raises(Unavailable):
        end_together(database, actor, family, "Over", now=clock.now())
    assert len(lines(database)) == 2


def test_who_is_protected_alone_belongs_to_no_household(
    database: Database, actor: Actor, clock: FixedClock, family: list[UUID]
) -> None:
    protect(database, actor, family[0], FORM, now=clock.now())
    assert lines(database)[0].household is None


def test_an_officer_sees_who_lives_there_and_ticks_them(qtbot: QtBot, officer: ModuleContext, family: list[UUID]) -> None:
    record = PersonPage(officer, person_id=family[0])
    shown(qtbot, record)
    qtbot.keyClick(record.marking.button, Qt.Key.Key_Space)
    assert record.marking.box is not None
    form = record.marking.box.form
    assert isinstance(form, MarkingFields)
    assert [box.text() for box in form.together.boxes.values()] == [
        "Hemligsson, Bo · ågatan  1 b, Åbo",
        "Hemligsson, Cia · Ågatan 1 B, åbo",
    ]
    assert form.together.chosen() == []  # a secrecy mark is one person's
    form.field("kind").set_code("household")  # type: ignore[attr-defined]
    assert form.together.chosen() == family[1:]
    qtbot.keyClick(form.together.boxes[family[2]], Qt.Key.Key_Space)
    assert unnamed_controls(record) == [] and plain_text_offenders(record) == []
    qtbot.keyClicks(form.field("ground"), "Decision 17/2026")
    qtbot.keyClick(form.field("ground"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert {line.id for line in lines(officer.database)} == set(family[:2])
    assert found(officer.database, "hemligsson") == ["Hemligsson, Cia"]


def test_so_many_at_one_address_are_said_and_not_offered(qtbot: QtBot, officer: ModuleContext, homes: Homes) -> None:
    first, *_more = [homes.person(f"P{n}", "Studentbyn 1", "20100") for n in range(AT_MOST + 2)]
    record = PersonPage(officer, person_id=first)
    shown(qtbot, record)
    record.marking.open_box()
    assert record.marking.box is not None and "one by one" in said(record.marking.box)
    form = record.marking.box.form
    assert isinstance(form, MarkingFields) and form.together.boxes == {}


def test_the_end_offers_those_who_were_protected_together(qtbot: QtBot, officer: ModuleContext, family: list[UUID]) -> None:
    protect_together(officer.database, officer.actor, family, FORM, now=officer.clock.now())
    page = ProtectedPage(officer)
    shown(qtbot, page)
    others = [line.handle for line in page.lines[1:]]
    assert f"Protected with: {', '.join(others)}" in said(page)
    page.panel.open_box(ending)
    assert page.panel.box is not None
    form = page.panel.box.form
    assert isinstance(form, EndingFields) and [box.text() for box in form.together.boxes.values()] == others
    next(iter(form.together.boxes.values())).setChecked(True)
    qtbot.keyClicks(form.field("reason"), "Withdrawn")
    qtbot.keyClick(form.field("reason"), Qt.Key.Key_Return)
    assert [line.handle for line in lines(officer.database)] == others[1:]
    assert "Protected with" not in said(page)
