"""A real database with a round of people, and a desk to call from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.schema import Part
from db.sorting import name_key
from desktop.core.changes import Changes
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.messages import Messages
from desktop.core.presence import Presence
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.texts import Texts
from desktop.modules.phones import rounds
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.standing import Desk

PART = Part("phones", Path(__file__).parents[1] / "migrations")
ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2027, 6, 14, 8, 0, tzinfo=UTC)  # ten in the morning at the office, a Monday
ANNA = Actor(new_id(), "Anna Anropare", frozenset({"caller"}))
BO = Actor(new_id(), "Bo Ringström", frozenset({"caller"}))


def desk_of(actor: Actor, *, programme: str = "", fall_hours: int = 2) -> Desk:
    """A console of that caller, freshly opened."""
    return Desk(new_id(), actor.id, actor.name, programme, fall_hours)


def add_person(session: Session, family: str, *numbers: str, programme: str = "Civil engineering", language: str = "sv") -> UUID:
    """An admitted person with phone numbers in E.164."""
    person = Person(id=new_id(), given="Alma", family=family, language=language, name_key=name_key(family, "Alma"))
    session.add(person)
    session.flush()
    for place, number in enumerate(numbers):
        session.add(
            ContactPoint(
                person_id=person.id, kind="phone", value=number, normal=number, national=f"0{number[3:]}", position=place
            )
        )
    session.add(Role(person_id=person.id, kind="admitted", programme=programme, term="2027-autumn"))
    session.flush()
    return person.id


class Defaults:
    """Settings as declared, changed by tests through `values`."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"phones.programme": "", "phones.fall_hours": 2, "core.hand_off": "tel"}

    def get(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Made:
    """A round with its people, by family name."""

    round_id: UUID
    people: dict[str, UUID]


@pytest.fixture
def base(address: Path | str) -> Iterator[Database]:
    """An empty database of which only the core and phone duty are used."""
    database = Database(address, parts=[PART], now=lambda: NOW)
    yield database
    database.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at `NOW` until moved."""
    return FixedClock(NOW, ZONE)


@pytest.fixture
def handed_off() -> list[str]:
    """The addresses given to a telephone program."""
    return []


@pytest.fixture
def context(qapp: object, base: Database, clock: FixedClock, handed_off: list[str]) -> ModuleContext:
    """What a page is given, with tasks that run at once, for Anna."""
    texts = Texts(strict=True, zone=ZONE, now=clock.now)
    return make_context(base, clock, texts, hand_off=lambda url: handed_off.append(url) is None)


def make_context(
    base: Database, clock: FixedClock, texts: Texts, *, actor: Actor = ANNA, hand_off: Any = lambda url: True
) -> ModuleContext:
    """A context over `base`."""
    tasks, changes = ImmediateTasks(base, actor, clock), Changes(base)
    return ModuleContext(
        database=base,
        tasks=tasks,
        changes=changes,
        messages=Messages(texts),
        settings=Defaults(),  # type: ignore[arg-type]
        texts=texts,
        documents=None,  # type: ignore[arg-type]
        actor=actor,
        clock=clock,
        presence=Presence(base, actor, clock, tasks, changes),
        rights=frozenset({"phones.call", "phones.plan"}),
        hand_off=hand_off,
    )


@pytest.fixture
def make_round(base: Database) -> Callable[..., Made]:
    """Makes a round of people given as name=numbers; each has one number unless told otherwise."""

    def make(*names: str, form: RoundForm | None = None, **numbers: tuple[str, ...]) -> Made:
        wanted = {name: (f"+4670174063{place}",) for place, name in enumerate(names)} | numbers
        with base.write(ANNA, "test") as session:
            people = {name: add_person(session, name, *them) for name, them in wanted.items()}
        with base.write(ANNA, "create_call_round") as session:
            added = rounds.create_round(session, form or RoundForm("Welcome calls 2027"), people.values(), now=NOW)
        return Made(added.round_id, people)

    return make
