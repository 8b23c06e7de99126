"""A day at the telephone: what the desks of an office do to one server at the same time, and how long each thing takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from sqlalchemy import select

from bench.people import make_people, portions
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict
from db.models.person import Person
from db.replaying import carry_out
from db.search import search
from desktop.modules.phones import calls, queue, rounds
from desktop.modules.phones.standing import Desk
from desktop.modules.phones.tables import CallEntry
from desktop.people import editing, listing
from desktop.people.card import person_card
from desktop.people.editing import PersonForm
from desktop.people.imports.storing import IMPORT_VERB, add_people
from desktop.people.listing import PeopleFilter

PORTION = 20_000
TRIES = 100  # how often a save is tried while the server is away, or somebody else holds the record
SHARES = {"call": 70, "search": 20, "edit": 5, "list": 3, "card": 2}  # of a hundred things a desk does


def fill(database: Database, actor: Actor, people: int) -> UUID:
    """Bring in invented people and make a round of calls to all of them; gives the round."""
    for portion in portions(make_people(people), PORTION):
        with database.write(actor, IMPORT_VERB) as session:
            add_people(session, [made.row for made in portion], source="bench", report=lambda _done, _of: None)
    with database.write(actor, "create_call_round") as session:
        made = rounds.create_round(session, rounds.RoundForm("Everybody"), select(Person.id), now=datetime.now(UTC))
        return made.round_id


class DeskWork:
    """One desk. `stored` are the steps it was told are saved, `seconds` what each thing took, `conflicts` what it was told to redo."""

    def __init__(self, database: Database, actor: Actor, round_id: UUID, seed: int) -> None:
        self.stored: list[UUID] = []
        self.seconds: dict[str, list[float]] = {}
        self.conflicts = 0
        self._database, self._actor, self._round = database, actor, round_id
        self._random = Random(seed)
        self._desk = Desk(new_id(), actor.id, actor.name)
        self._words: Sequence[str] = [made.row.family for made in make_people(200, seed)]

    def turn(self) -> None:
        """Do one thing, by chance."""
        kind = self._random.choices(list(SHARES), list(SHARES.values()))[0]
        {"call": self._call, "search": self._search, "edit": self._edit, "list": self._list, "card": self._card}[kind]()

    def _timed(self, kind: str, work: Callable[[], None]) -> None:
        start = time.perf_counter()
        work()
        self.seconds.setdefault(kind, []).append(time.perf_counter() - start)

    def _save(self, verb: str, work: Callable[..., object]) -> None:
        own = new_id()

        def save() -> None:
            carry_out(self._database, self._actor, verb, work, own, wait=lambda tries: tries < TRIES)

        try:
            self._timed("save", save)
        except Conflict:
            self.conflicts += 1
        else:
            self.stored.append(own)

    def _call(self) -> None:
        now, found = datetime.now(UTC), list[UUID]()

        def pop() -> None:
            with self._database.upkeep(quiet=True) as session:
                own = queue.pop_next(session, self._round, self._desk, now=now, zone=UTC)
            if own is not None:
                with self._database.read() as session:
                    entry = session.get_one(CallEntry, own)
                    person_card(session, entry.person_id)
                    found.extend((own, entry.person_id))
                    self._version = entry.version

        self._timed("pop", pop)
        if found:
            draft = calls.Draft(self._round, "no_answer", now, datetime.now(UTC), note="Rings again")
            self._save(
                "log_call",
                lambda session: calls.save_call(
                    session, found[0], self._version, draft, actor=self._actor, now=datetime.now(UTC), zone=UTC
                ),
            )

    def _search(self) -> None:
        word = self._random.choice(self._words)[: self._random.randint(3, 8)]

        def find() -> None:
            with self._database.read() as session:
                search(session, word)

        self._timed("search", find)

    def _edit(self) -> None:
        with self._database.read() as session:
            hits = search(session, self._random.choice(self._words)[:4])
            if not hits:
                return
            row = session.get_one(Person, hits[0].id)
            who, version = row.id, row.version
            form = PersonForm(row.given, row.family, birth_date=row.birth_date, note=f"Asked {self._random.random():.6f}")
        self._save(
            "edit_person", lambda session: editing.edit_person(session, who, version, form, today=datetime.now(UTC).date())
        )

    def _list(self) -> None:
        def look() -> None:
            with self._database.read() as session:
                listing.counted_names(session, PeopleFilter(city="Lund"), 0, 100)

        self._timed("list", look)

    def _card(self) -> None:
        def look() -> None:
            with self._database.read() as session:
                for hit in search(session, self._random.choice(self._words)[:5])[:1]:
                    person_card(session, hit.id)

        self._timed("card", look)
