"""What is done with many people at once: counting a segment, asking who may be contacted, changing all, exporting all.

None of it has a goal of its own in the design; the floor says what the same answer costs without rights, history and rules.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.figures import SECONDS, Figure, of_pair
from bench.floor import Floor
from bench.measuring import Pair, by_turns, often
from bench.people import NOW
from bench.sites import Site
from bench.stores import ACTOR, name_of, open_ours, opened
from db.database import Database
from db.models.person import Person
from desktop.core.clock import office_zone
from desktop.core.contacting.allowed import may_contact, plan_contact
from desktop.core.selection import PeopleSelection
from desktop.core.texts import Texts
from desktop.people.bulk.kinds import set_language
from desktop.people.bulk.running import carry_out, plan
from desktop.people.exports.making import Asked as List
from desktop.people.exports.making import Making
from desktop.people.exports.service import VERB, Reason
from desktop.people.listing import PeopleFilter, people_ids
from desktop.people.segments.compiling import Asking
from desktop.people.segments.counting import count_all
from desktop.people.segments.definition import Clause, Condition, Group
from desktop.people.segments.demo import core
from desktop.people.segments.fields import Asked
from desktop.people.views.view import View

TODAY = NOW.date()
SINCE = datetime.combine(TODAY - timedelta(days=30), datetime.min.time(), office_zone())  # whole days of the office
# Admitted, not called for thirty days, and to be reached by phone or e-mail.
SENTENCE = Group("all", (
    Condition("people.role", "some", "", (Clause("kind", "any_of", ("admitted",)), Clause("held", "yes"))),
    Condition("people.contact", "none", "", (Clause("kind", "any_of", ("call",)), Clause("when", "last", 30))),
    Group("any", (Condition("people.callable", "yes"), Condition("people.mailable", "yes"))),
))  # fmt: skip
_EVERYBODY = "SELECT count(*) FROM person p WHERE p.retired_at IS NULL"
_ROLE = (
    f"EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.kind = 'admitted' AND (r.ends IS NULL OR r.ends >= '{TODAY}') "
    f"AND (r.starts IS NULL OR r.starts <= '{TODAY}'))"
)
_UNCALLED = f"p.id NOT IN (SELECT person_id FROM interaction WHERE kind = 'call' AND at >= {int(SINCE.timestamp())})"
_MAIL = "EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.kind = 'email' AND c.hold = '')"
_REACHED = f"({_MAIL} OR EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.kind = 'phone' AND c.hold = ''))"
# Every line alone and all up to it, as the page shows them while a segment is built; lines of the inner group are alone.
_ASKED = ("true", _ROLE, _UNCALLED, f"{_ROLE} AND {_UNCALLED}", _REACHED, f"{_ROLE} AND {_UNCALLED} AND {_REACHED}", _MAIL,
          "EXISTS (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.kind = 'phone' AND c.hold = '')")  # fmt: skip
_ALLOWED = (
    f"SELECT p.id FROM person p WHERE p.retired_at IS NULL AND p.deceased_on IS NULL AND {_MAIL} "
    "AND NOT EXISTS (SELECT 1 FROM stop s WHERE s.person_id = p.id AND s.channel = 'email')"
)
_EXPORTED = f"""SELECT p.family, p.given, (SELECT string_agg(kind, ', ') FROM role r WHERE r.person_id = p.id AND (ends IS NULL
 OR ends >= '{TODAY}')), (SELECT programme FROM role r WHERE r.person_id = p.id AND programme <> '' ORDER BY starts DESC LIMIT 1),
 (SELECT value FROM contact c WHERE c.person_id = p.id AND c.kind = 'email' AND position = 0),
 (SELECT at FROM interaction i WHERE i.person_id = p.id AND kind <> 'note' ORDER BY at DESC LIMIT 1)
 FROM person p WHERE p.retired_at IS NULL ORDER BY p.name_key, p.id"""
_CHANGED = "UPDATE person SET language = '{language}' WHERE language <> '{language}' RETURNING id"
CHANGED = "many"


def measure_many(people: int, site: Site, repeat: int) -> list[Figure]:
    """All of it on everybody there is; what changes them works on a copy."""
    rounds = often(max(1, min(10, 1_000_000 // people)), repeat, 1)
    with opened(people, site) as stores:
        ours, floor = stores.ours, stores.floor
        counted = by_turns([(partial(_count, ours), partial(_count_raw, floor))] * rounds, 1)
        asked = by_turns([(partial(_ask, ours), partial(_ask_raw, floor))] * rounds, 1)
        path = site.folder / f"list-{people}.csv"
        exported = by_turns([(partial(_export, ours, path), partial(_export_raw, floor, path))] * min(rounds, 3), 1)
        path.unlink()
        assert _count(ours) == _count_raw(floor) and _ask(ours) == _ask_raw(floor)
    changed = _change_by_turns(people, site, min(rounds, 2))
    return [
        of_pair("many", "segment, all its counts", people, counted, note="three conditions, a group among them: eight counts"),
        of_pair("many", "who may get an e-mail", people, asked, note="everybody, with purposes, stops and how often"),
        of_pair("many", "export as CSV", people, exported, note="everybody, five columns, in the log"),
        Figure("many", "bulk edit", people, SECONDS, changed.ours.p50, changed.floor.p50,
               note="everybody's language: looked ahead, checked by version, with its history"),
    ]  # fmt: skip


def _count(ours: Database) -> list[int | None]:
    with ours.read() as session:
        found = count_all(session, Asking(core(), Asked(TODAY, office_zone()), {}), SENTENCE, {})
    return [found.whole, found.everybody]


def _count_raw(floor: Floor) -> list[int]:
    counts = [floor.all_rows(f"{_EVERYBODY} AND {condition}")[0][0] for condition in _ASKED]
    return [counts[5], counts[0]]


def _ask(ours: Database) -> int:
    with ours.read() as session:
        contact = plan_contact(session, "email")
        found = may_contact(session, select(Person.id).where(Person.retired_at.is_(None)), contact, now=NOW, today=TODAY)
    return len(found.clearance.people)


def _ask_raw(floor: Floor) -> int:
    return len({row[0] for row in floor.all_rows(_ALLOWED)})


def _export(ours: Database, path: Path) -> None:
    chosen = PeopleSelection(people_ids(PeopleFilter()), 0, "")
    making = Making(List(chosen, View().columns, path, Reason("bench"), TODAY), Texts("sv"))
    with ours.read() as session:
        making.begin(session)
    while not making.done:
        with ours.read() as session:
            making.portion(session)
    with ours.write(ACTOR, VERB) as session:
        making.write_down(session)
    making.place()


def _export_raw(floor: Floor, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(floor.all_rows(_EXPORTED))


def _change_by_turns(people: int, site: Site, rounds: int) -> Pair:
    site.copy(name_of(people), CHANGED)
    pair = Pair()
    with opened(people, site) as stores:
        ours = open_ours(site.ours(CHANGED))
        try:
            for place in range(2 * rounds):
                language = ("en", "fi")[place % 2]
                pair.ours.time(partial(_change, ours, language))
                pair.floor.time(partial(stores.floor.all_rows, _CHANGED.format(language=language)))
        finally:
            ours.close()
            site.drop(CHANGED)
    return pair


def _change(ours: Database, language: str) -> None:
    with ours.read() as session:
        planned = plan(session, select(Person.id), set_language(language))
    with ours.write(ACTOR, planned.change.verb) as session:
        done: Any = carry_out(session, planned, "bench", lambda done, total: None)
    assert done.overtaken == 0
