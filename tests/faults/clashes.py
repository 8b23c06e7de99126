"""What two windows do to one file at the same time: the form of a case, and the office both have open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.sorting import name_key
from desktop.modules.phones import rounds
from desktop.modules.policies import service
from desktop.modules.policies.tables import PolicyVersion

NOW, TODAY, ZONE = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23), ZoneInfo("Europe/Stockholm")
TEXT = service.PolicyText("Alumni policy", "Chair", "alumni@section.example", "en", "# Background\nWhy.")
CALENDAR = service.Calendar(NOW, TODAY, ZONE)
ME = Actor(UUID("01a20000-0000-7000-8000-000000000001"), "Me", frozenset({"administrator"}))
COLLEAGUE = Actor(UUID("01a20000-0000-7000-8000-000000000002"), "Colleague", frozenset({"administrator"}))
Step = Callable[[Session], object]
Ends = Literal["conflict", "rule", "both"]
BOOKKEEPING = frozenset({"version", "changed_in"})


@dataclass(frozen=True)
class Clash:
    """What both do. `ends`: with "conflict" or "rule" the later one is refused, with "both" the steps do not meet.

    Args:
        touches: Columns the later step may change in what the colleague saved, since the colleague did not touch them.
    """

    mine: Step
    theirs: Step
    ends: Ends = "conflict"
    touches: frozenset[str] = frozenset()


@dataclass
class Office:
    """What the cases make, in a file that both windows have open."""

    mine: Database
    theirs: Database
    made: list[UUID] = field(default_factory=list)

    def do(self, step: Step, verb: str = "test") -> Any:
        with self.mine.write(ME, verb) as session:
            self.made.append(session.info["change_set"])
            return step(session)

    def version(self, kind: Any, id: UUID) -> int:
        """What this window read."""
        with self.mine.read() as session:
            version: int = session.get_one(kind, id).version
            return version

    def only(self, kind: Any) -> tuple[UUID, int]:
        """The one row of a kind."""
        with self.mine.read() as session:
            row = session.scalars(select(kind)).one()
            return row.id, row.version

    def person(self, family: str = "Åberg") -> UUID:
        person = Person(id=new_id(), family=family, given="Mia", name_key=name_key(family, "Mia"))
        person_id = person.id
        self.do(lambda session: session.add(person))
        return person_id

    def policy(self, *steps: str) -> tuple[UUID, UUID]:
        """A policy with a draft, brought on by `steps`; its id and that of its version."""
        policy = self.do(lambda s: service.create_policy(s, TEXT, actor=ME, today=TODAY))
        version_id, _version = self.only(PolicyVersion)
        for step in steps:
            act: dict[str, Callable[[Session, int], object]] = {
                "submit": lambda s, n: service.submit(s, version_id, n),
                "decide": lambda s, n: service.decide(s, version_id, n, actor=ME, today=TODAY, four_eyes=False),
                "force": lambda s, n: service.put_in_force(s, version_id, n, actor=ME, calendar=CALENDAR),
            }
            self.do(lambda s, do=act[step]: do(s, self.version(PolicyVersion, version_id)))
        return policy, version_id

    def round(self) -> tuple[UUID, UUID]:
        """A call round with one person; its id and the person's."""
        person = self.person()
        return self.do(lambda s: rounds.create_round(s, rounds.RoundForm("Calls"), [person], now=NOW)).round_id, person


CASES: dict[str, Callable[[Office], Clash]] = {}


def case(verb: str) -> Callable[[Callable[[Office], Clash]], Callable[[Office], Clash]]:
    """The case of a verb; several cases of one are told apart by a word after a blank."""

    def keep(function: Callable[[Office], Clash]) -> Callable[[Office], Clash]:
        assert verb not in CASES
        CASES[verb] = function
        return function

    return keep


def adding(verb: str, make: Callable[[Office], tuple[Step, Step]]) -> None:
    """Steps that only add: both are there afterwards."""
    CASES[verb] = lambda office: Clash(*make(office), ends="both")


def to_a_person(act: Callable[[Session, UUID, int], object]) -> Callable[[Office], tuple[Step, Step]]:
    """Two steps that each add something, the first or second of its kind, to one person."""

    def make(office: Office) -> tuple[Step, Step]:
        person = office.person()
        return (lambda s: act(s, person, 1)), (lambda s: act(s, person, 2))

    return make
