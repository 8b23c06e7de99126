"""Looking through the whole register for people written down twice, beside a bare scan of the same buckets."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any
from uuid import UUID

from bench.doubles import Written
from bench.figures import SECONDS, Figure
from bench.floor import Floor, open_floor
from bench.measuring import by_turns, often
from bench.people import portions
from bench.sites import Site
from bench.stores import ACTOR, PORTION, name_of, open_ours
from db.database import Database
from db.numbers import holders
from db.sorting import fold
from desktop.people.duplicates.blocks import CROWD
from desktop.people.duplicates.search import Suspicion, suspects
from desktop.people.imports.storing import IMPORT_VERB, add_people

_PEOPLE = "SELECT id, given, family, birth_date FROM person"
_CONTACTS = "SELECT person_id, normal, street, postcode, city FROM contact"
_NUMBERS = "SELECT person_id, kind, value FROM identifier"


def measure_duplicates(people: int, site: Site, repeat: int) -> list[Figure]:
    """Finding and weighing all pairs; how many of the true ones are among them, and how many of them are true."""
    name = f"doubles-{name_of(people)}"
    truth_in = site.folder / f"{site.engine}-{name}.truth.json"
    fresh = not (truth_in.exists() and site.has(name))
    if fresh:
        site.make(name)
    ours, floor = open_ours(site.ours(name)), open_floor(site.floor(name))
    try:
        if fresh:
            truth_in.write_text(json.dumps(sorted(_fill(people, ours, floor))), encoding="utf-8")
        truth = {(one, other) for one, other in json.loads(truth_in.read_text(encoding="utf-8"))}

        def look() -> list[Suspicion]:
            with ours.read() as session:
                return suspects(session)

        pair = by_turns([(look, lambda: scan(floor))] * often(4, repeat, 1), 1)
        precision, recall = _judged(look(), truth, people, ours)
    finally:
        ours.close()
        floor.close()
    note = f"precision {precision:.2%}, recall {recall:.2%} of {len(truth)} true pairs"
    figure = Figure("duplicates", "duplicates", people, SECONDS, pair.ours.p50, pair.floor.p50, note=note)
    figure.right = min(precision, recall)
    return [figure]


def scan(floor: Floor) -> int:
    """Lay everybody into the same buckets and compare the names in each: what no way of doing it can leave out."""
    buckets: dict[Any, list[int]] = {}
    names: dict[int, str] = {}
    for number, given, family, born in floor.all_rows(_PEOPLE):
        names[number] = fold(given) + fold(family)
        if born:
            day = str(born)  # a server has dates
            start = fold(given)[:1] + fold(family)[:1]
            buckets.setdefault((day, start), []).append(number)
            buckets.setdefault((names[number], day[:4]), []).append(number)
            buckets.setdefault((names[number], day[5:]), []).append(number)
    for number, normal, street, postcode, city in floor.all_rows(_CONTACTS):
        if normal or street:
            buckets.setdefault(normal or (street, postcode, city), []).append(number)
    for number, kind, value in floor.all_rows(_NUMBERS):
        buckets.setdefault((kind, value), []).append(number)
    return sum(
        names[a] == names[b] for bucket in buckets.values() if 1 < len(bucket) <= CROWD for a, b in combinations(bucket, 2)
    )


def _fill(people: int, ours: Database, floor: Floor) -> set[tuple[int, int]]:
    written = Written(people)
    with ours.write(ACTOR, IMPORT_VERB) as session:
        floor.begin()
        for portion in portions(written, PORTION):
            add_people(session, [made.row for made in portion], source="bench", report=lambda done, total: None)
            floor.import_people(portion)
        floor.commit()
    return written.pairs()


def _judged(found: list[Suspicion], truth: set[tuple[int, int]], people: int, ours: Database) -> tuple[float, float]:
    """The share of the pairs found that are true, and of the true ones that were found."""
    with ours.read() as session:
        numbers: dict[UUID, list[int]] = {}
        for holder in holders(session, (("registry_id", f"b{number:07}") for number in range(1, people + 1))):
            numbers.setdefault(holder.person_id, []).append(int(holder.value[1:]))
    one_each = {person: min(held) for person, held in numbers.items()}
    pairs = {tuple(sorted((one_each[pair.first], one_each[pair.second]))) for pair in found}
    true = len(pairs & truth)
    return true / len(pairs) if pairs else 1.0, true / len(truth) if truth else 1.0
