"""Search as you type: names letter by letter in both orders, pieces of e-mail addresses and phone numbers."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from bench.figures import Figure, of_pair
from bench.floor import SHOWN
from bench.in_window import ask
from bench.measuring import Pair, Times, by_turns, often
from bench.people import Made, make_people
from bench.sites import Site
from bench.stores import Stores, name_of, opened
from db.search import Hit, search


class Typed(NamedTuple):
    """What stands in the box after a key, and whom the typist wants."""

    text: str
    number: int


def measure_search(people: int, site: Site, repeat: int) -> list[Figure]:
    """The service alone: from the text to twenty rows."""
    with opened(people, site) as stores:

        def ours(text: str) -> list[Hit]:
            with stores.ours.read() as session:
                return search(session, text, SHOWN)

        keys = [key for key in typed(people, often(30, repeat)) for _n in range(repeat or 1)]
        pair = by_turns([(partial(ours, key.text), partial(stores.floor.ask, stores.floor.asked(key.text))) for key in keys], 100)
        right, checked, missed = check(stores, keys, lambda text: [hit.id for hit in ours(text)])
    note = f"{len(keys)} keys, {checked} of them with at most {SHOWN} fitting{missed}"
    return [of_pair("search", "search, service", people, pair, right=right, note=note)]


def measure_keys(people: int, site: Site, repeat: int) -> list[Figure]:
    """The whole path: a key in the real search box until the rows are in the list below it."""
    keys = [key for key in typed(people, often(16, repeat, 1)) for _n in range(repeat or 1)]
    with opened(people, site) as stores:
        ids = {number: str(person) for number, person in stores.ids([key.number for key in keys]).items()}
        address = stores.address
        raw = site.floor(name_of(people))
    taken = ask("keys", address=address, raw=raw, keys=keys, ids=ids)
    pair = Pair(Times(taken["ours"]["taken"]), Times(taken["floor"]["taken"]))
    right = taken["right"] / taken["checked"] if taken["checked"] else 1.0
    note = f"{len(keys)} keys, {taken['checked']} of them with at most as many fitting as are shown"
    return [of_pair("keys", "search, key to rows", people, pair, right=right, note=note)]


def typed(people: int, typists: int) -> list[Typed]:
    """Every state of the box while `typists` people are looked for, each in four ways."""
    wanted = sorted(Random(11).sample(range(1, people + 1), min(typists * 3, people)))
    found = [made for made in make_people(wanted[-1]) if made.number in set(wanted)] if people <= 200_000 else _far(wanted)
    found = [made for made in found if made.row.emails and made.row.phones][:typists]
    return [Typed(text, made.number) for made in found for way in _ways(made) for text in way]


def check(stores: Stores, keys: list[Typed], find: Any) -> tuple[float, int, str]:
    """How often the wanted row is among the first twenty, of the keys that no more than twenty people fit.

    Who fits is what the floor's own index says: every word begins a word of the name, or the fragment stands in an
    address or number.
    """
    ids: dict[int, UUID] = stores.ids([key.number for key in keys])
    right, checked, missed = 0, 0, ""
    for key in dict.fromkeys(keys):
        fitting = stores.floor.ask(stores.floor.asked(key.text), SHOWN + 1)
        if len(fitting) <= SHOWN and key.number in {row[0] for row in fitting}:
            checked += 1
            if ids[key.number] in find(key.text):
                right += 1
            else:
                missed = missed or f", missed “{key.text}”"
    return (right / checked if checked else 1.0), checked, missed


def _far(wanted: list[int]) -> list[Made]:
    """Of a very long register only the beginning is typed about: whom the search finds does not depend on the place."""
    last = 100_000
    near = {1 + number * last // (wanted[-1] + 1) for number in wanted}
    return [made for made in make_people(last) if made.number in near]


def _ways(made: Made) -> list[list[str]]:
    row, rng = made.row, Random(made.number)
    given, family = row.given, row.family
    email, phone = row.emails[0][1], row.phones[0]
    start = rng.randrange(0, max(1, email.index("@") - 6)) if rng.random() < 0.5 else 0
    mail = email[start : start + 16]
    dot = max(mail.find("."), 2)
    number = phone[0] if rng.random() < 0.5 else phone[2]
    return [
        _letters(f"{given} {family}"),
        _letters(f"{family.lower()} {given.lower()}"),
        [mail[:end] for end in range(dot + 2, len(mail) + 1)],
        [
            number[:end]
            for end in range(4, len(number) + 1)
            if number[end - 1].isdigit() and sum(map(str.isdigit, number[:end])) > 2
        ],
    ]


def _letters(text: str) -> list[str]:
    return [text[:end] for end in range(1, len(text) + 1) if text[end - 1] != " "]
