"""The two databases a run measures: the product's and the floor's, filled side by side with the same people."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import locked
from bench.floor import Floor
from bench.people import Made, make_people, portions
from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Identifier
from db.models.task import Task
from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.people.importing import IMPORT_VERB, add_people

PORTION = 20_000
ACTOR = Actor(UUID("01a20000-0000-7000-8000-0000000000be"), "bench")


@dataclass(frozen=True, slots=True)
class Stores:
    """Both databases, open, with `people` people in each; the product's knows them under `ids` by registry number."""

    people: int
    path: Path
    ours: Database
    floor: Floor

    def ids(self, numbers: Sequence[int]) -> dict[int, UUID]:
        """The product's ids of people given by their numbers."""
        wanted = Identifier.kind == "registry_id", Identifier.value.in_([f"b{number:07}" for number in numbers])
        with self.ours.read() as session:
            rows = session.execute(select(Identifier.value, Identifier.person_id).where(*wanted)).all()
        return {int(value[1:]): person for value, person in rows}


class Imported(NamedTuple):
    """What bringing people in took on both sides, in seconds, and the change set by which it can be taken back."""

    ours: float
    floor: float
    change_set: str


def open_ours(path: Path) -> Database:
    """The product's database with the tables of all its modules."""
    locked.begin(path)
    return open_database(path, new_registry(SystemClock(office_zone())))


@contextmanager
def opened(people: int, folder: Path) -> Iterator[Stores]:
    """Both databases of this size, made before or now."""
    path = stored_at(people, folder)
    if not path.exists() or not _floor_of(path).exists():
        fill(people, folder)
    ours, floor = open_ours(path), Floor(_floor_of(path))
    try:
        yield Stores(people, path, ours, floor)
    finally:
        ours.close()
        floor.close()


def stored_at(people: int, folder: Path) -> Path:
    """Where the product's database of this size lies; another name after every change to what fills it."""
    return folder / f"people-{people}-{_mark()}.kontinuum"


@cache
def _mark() -> str:
    root = Path(__file__).parents[1]
    sources = [*(root / "db").rglob("*.py"), *(Path(__file__).parent / name for name in ("people.py", "floor.py", "stores.py"))]
    sources += [*(root / "desktop" / "modules").rglob("migrations/*.py"), root / "desktop" / "people" / "importing.py"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources))).hexdigest()[:8]


def fill(people: int, folder: Path) -> Imported:
    """Make both databases anew: import, timed by turns, then what happened with the people since.

    The product's database as it is right after the import stays beside it, for taking the import back.
    """
    path = stored_at(people, folder)
    for old in folder.glob(f"people-{people}-*"):
        old.unlink()
    ours, floor = open_ours(path), Floor(_floor_of(path))
    try:
        imported = import_by_turns(ours, floor, people)
        ours.close()
        shutil.copyfile(path, path.with_suffix(".imported"))
        path.with_suffix(".json").write_text(json.dumps(imported), encoding="utf-8")
        ours = open_ours(path)
        _add_lives(ours, floor, people)
    finally:
        ours.close()
        floor.close()
    with sqlite3.connect(_floor_of(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return imported


def import_by_turns(ours: Database, floor: Floor, people: int) -> Imported:
    """One change set there, one transaction here; portion by portion, now the one first, now the other."""
    change_set = new_id()
    spent = {"ours": 0.0, "floor": 0.0}
    with ExitStack() as writing:
        start = time.perf_counter()
        session = writing.enter_context(ours.write(ACTOR, IMPORT_VERB, change_set=change_set))
        spent["ours"] += time.perf_counter() - start
        floor.raw.execute("BEGIN IMMEDIATE")
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
        floor.raw.execute("COMMIT")
        spent["floor"] += time.perf_counter() - start
        start = time.perf_counter()
        writing.pop_all().close()
        spent["ours"] += time.perf_counter() - start
    return Imported(spent["ours"], spent["floor"], str(change_set))


def _add_lives(ours: Database, floor: Floor, people: int) -> None:
    for portion in portions(make_people(people), PORTION):
        floor.raw.execute("BEGIN IMMEDIATE")
        floor.add_lives(portion)
        floor.raw.execute("COMMIT")
        numbers = [made.registry_id for made in portion]
        with ours.write(ACTOR, "add_interaction") as session:
            wanted = select(Identifier.value, Identifier.person_id).where(Identifier.value.between(numbers[0], numbers[-1]))
            _insert_lives(session, portion, {row.value: row.person_id for row in session.execute(wanted)})


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


def _floor_of(path: Path) -> Path:
    return path.with_suffix(".floor")
