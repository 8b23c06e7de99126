"""People, posts and policies for the tests of this module."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.sorting import name_key
from desktop.core.clock import FixedClock
from desktop.modules.policies import reading, service
from desktop.modules.policies.reading import PolicyDetail, VersionRow
from desktop.modules.policies.service import Calendar, PolicyText
from desktop.people.organisation import posts

TODAY = date(2026, 3, 2)
TEXT = PolicyText("Alumni policy", "Chair", "alumni@section.example", "en", "# Background\nWhy.\n# Consent\nI promise.")


class Office:
    """Does what the pages do, one write scope a step."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self.database, self.actor = database, actor
        self.calendar = Calendar(datetime(2026, 3, 2, 9, tzinfo=UTC), TODAY, ZoneInfo("Europe/Stockholm"))

    def person(self, given: str = "Tindra", family: str = "Testesson", *, post: str = "", ends: date | None = None) -> UUID:
        """Somebody, who may hold a post since the new year."""
        person = Person(id=new_id(), given=given, family=family, name_key=name_key(family, given))
        person_id = person.id
        with self.database.write(self.actor, "make_person") as session:
            session.add(person)
            session.flush()
            if post:
                posts.give_post(session, post, person_id, date(2026, 1, 1), ends)
        return person_id

    def policy(self, text: PolicyText = TEXT) -> UUID:
        """A policy with a first draft."""
        with self.database.write(self.actor, "create_policy") as session:
            return service.create_policy(session, text, actor=self.actor, today=TODAY)

    def detail(self, policy_id: UUID, today: date = TODAY) -> PolicyDetail:
        """What the page of the policy shows."""
        with self.database.read() as session:
            return reading.read_policy(session, policy_id, today)

    def newest(self, policy_id: UUID) -> VersionRow:
        """The newest version."""
        return self.detail(policy_id).versions[0]

    def submit(self, policy_id: UUID) -> None:
        """Send the newest version for review."""
        row = self.newest(policy_id)
        with self.database.write(self.actor, "submit_policy") as session:
            service.submit(session, row.id, row.version)

    def decide(self, policy_id: UUID) -> None:
        """Bring the newest version from draft to decided."""
        self.submit(policy_id)
        row = self.newest(policy_id)
        with self.database.write(self.actor, "decide_policy") as session:
            service.decide(session, row.id, row.version, actor=self.actor, today=TODAY, four_eyes=False)

    def put_in_force(self, policy_id: UUID) -> UUID:
        """Bring the newest version from draft into force; answers its id."""
        self.decide(policy_id)
        row = self.newest(policy_id)
        with self.database.write(self.actor, "put_policy_in_force") as session:
            service.put_in_force(session, row.id, row.version, actor=self.actor, calendar=self.calendar)
        return row.id

    def revise(self, policy_id: UUID) -> UUID:
        """Begin the next version; answers its id."""
        with self.database.write(self.actor, "begin_policy_version") as session:
            return service.begin_version(session, policy_id, actor=self.actor, today=TODAY)


@pytest.fixture
def office(database: Database, actor: Actor) -> Office:
    """The office on 2 March 2026."""
    return Office(database, actor)


@pytest.fixture
def clock() -> FixedClock:
    """Stands at ten in the morning on 2 March 2026."""
    return FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC), ZoneInfo("Europe/Stockholm"))
