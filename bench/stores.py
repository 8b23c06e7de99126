"""The two databases a run measures: the product's and the floor's, filled side by side with the same people."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from bench.floor import Floor, open_floor
from bench.people import Made, make_people, portions
from bench.sites import Site
from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database
from db.models.interaction import Interaction
from db.models.task import Task
from db.numbers import holders
from db.profiles import Address
from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.people.imports.storing import IMPORT_VERB, add_people

PORTION = 20_000
ACTOR = Actor(UUID("01a20000-0000-7000-8000-0000000000be"), "bench")


@dataclass(frozen=True, slots=True)
class Stores:
    """Both databases, open, with `people` people in each; the product's knows them under `ids` by registry number."""

    people: int
    address: Address
    ours: Database
    floor: Floor

    def ids(self, numbers: Sequence[int]) -> dict[int, UUID]:
        """The product's ids of people given by their numbers."""
        with self.ours.read() as session:
            found = holders(session, (("registry_id", f"b{number:07}") for number in numbers))
        return {int(holder.value[1:]): holder.person_id for holder in found}


class Imported(NamedTuple):
    """What bringing people in took on both sides, in seconds, and the change set by which it can be taken back."""

    ours: float
    floor: float
    change_set: str


def open_ours(address: Address) -> Database:
    """The product's database with the tables of all its modules."""
    return open_database(address, new_registry(SystemClock(office_zone())))


@contextmanager
def opened(people: int, site: Site) -> Iterator[Stores]:
    """Both databases of this size, made before or now."""
    name = name_of(people)
    if imported(people, site) is None:
        fill(people, site)
    ours, floor = open_ours(site.ours(name)), open_floor(site.floor(name))
    try:
        yield Stores(people, site.ours(name), ours, floor)
    finally:
        ours.close()
        floor.close()


def name_of(people: int) -> str:
    """What the databases of this size are called; something else after every change to what fills them."""
    return f"people-{people}-{_mark()}"


def imported(people: int, site: Site) -> Imported | None:
    """What filling them took; None when they are not there."""
    told = _told(people, site)
    return Imported(*json.loads(told.read_text(encoding="utf-8"))) if told.exists() and site.has(name_of(people)) else None


def as_imported(people: int) -> str:
    """The product's database as it was right after the import."""
    return f"{name_of(people)}-imported"


@cache
def _mark() -> str:
    root = Path(__file__).parents[1]
    sources = [*(root / "db").rglob("*.py"), *(Path(__file__).parent.glob("floor*.py"))]
    sources += [Path(__file__), Path(__file__).with_name("people.py")]
    sources += [*(root / "desktop" / "modules").rglob("migrations/*.py")]
    sources += [root / "desktop" / "people" / "imports" / name for name in ("storing.py", "batch.py")]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources))).hexdigest()[:8]


def _told(people: int, site: Site) -> Path:
    return site.folder / f"{site.engine}-{name_of(people)}.json"


def fill(people: int, site: Site) -> Imported:
    """Make both databases anew: import, timed by turns, then what happened with the people since.

    The product's database as it is right after the import stays beside it, for taking the import back.
    """
    name = name_of(people)
    for old in site.names():
        if old.startswith(f"people-{people}-"):
            site.drop(old)
    site.make(name)
    ours, floor = open_ours(site.ours(name)), open_floor(site.floor(name))
    try:
        taken = import_by_turns(ours, floor, people)
        ours.close()
        site.copy(name, as_imported(people))
        _told(people, site).write_text(json.dumps(taken), encoding="utf-8")
        ours = open_ours(site.ours(name))
        _add_lives(ours, floor, people)
        floor.settle()
    finally:
        ours.close()
        floor.close()
    return taken


def import_by_turns(ours: Database, floor: Floor, people: int) -> Imported:
    """One change set there, one transaction here; portion by portion, now the one first, now the other."""
    change_set = new_id()
    spent = {"ours": 0.0, "floor": 0.0}
    with ExitStack() as writing:
        start = time.perf_counter()
        session = writing.enter_context(ours.write(ACTOR, IMPORT_VERB, change_set=change_set))
        spent["ours"] += time.perf_counter() - start
        floor.begin()
        for place, portion in enumerate(portions(make_people(people), PORTION)):
            rows = [made.row for made in portion]
            turns: dict[str, Callable[[], object]] = {
                "ours": partial(add_people, session, rows, source="bench", report=lambda done, total: None),
                "floor": partial(floor.import_people, portion),
            }
            for side in sorted(turns, reverse=bool(place % 2)):
                start = time.perf_counter()
                turns[side]()
                spent[side] += time.perf_counter() - start
        start = time.perf_counter()
        floor.commit()
        spent["floor"] += time.perf_counter() - start
        start = time.perf_counter()
        writing.pop_all().close()
        spent["ours"] += time.perf_counter() - start
    return Imported(spent["ours"], spent["floor"], str(change_set))


def _add_lives(ours: Database, floor: Floor, people: int) -> None:
    for portion in portions(make_people(people), PORTION):
        floor.begin()
        floor.add_lives(portion)
        floor.commit()
        with ours.write(ACTOR, "add_interaction") as session:
            numbers = holders(session, (("registry_id", made.registry_id) for made in portion))
            _insert_lives(session, portion, {holder.value: holder.person_id for holder in numbers})


def _insert_lives(session: Session, portion: list[Made], ids: dict[str, UUID]) -> None:
    talks = [
        (new_id(), ids[made.registry_id], talk.kind, talk.at, talk.text, "people", ACTOR.name)
        for made in portion
        for talk in made.talks
    ]
    insert_rows(session, Interaction, ("id", "person_id", "kind", "at", "text", "module", "by_name"), talks)
    due = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    tasks = [(new_id(), ids[made.registry_id], made.task, due) for made in portion if made.task]
    insert_rows(session, Task, ("id", "person_id", "title", "due"), tasks)
