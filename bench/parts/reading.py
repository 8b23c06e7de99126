"""What is read all day: the list's pages, the filter with its count, a person's card; and a call written down."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from bench.figures import Figure, of_pair
from bench.measuring import by_turns, often
from bench.people import NOW
from bench.sites import Site
from bench.stores import ACTOR, Stores, opened
from desktop.people import listing
from desktop.people.card import person_card
from desktop.people.contacts import InteractionForm, add_interaction
from desktop.people.listing import PeopleFilter, PersonRow
from desktop.widgets.list_reading import ListReader, Order

BY_NAME = Order("name_sort")
TOWNS = ("Stockholm", "Malmö", "Umeå", "Östersund", "Åbo", "Härnösand")
SINCE = NOW - timedelta(days=30)
TODAY = NOW.date().isoformat()


def measure_lists(people: int, site: Site, repeat: int) -> list[Figure]:
    """The list page's own reads: its first rows, then its length and where pages start, then a page in the middle.

    As there, the first rows are read by a new reader, and the pages after them by the same one.
    """
    with opened(people, site) as stores:
        floor, query = stores.floor, listing.people_query(PeopleFilter(today=NOW.date()))
        reader = ListReader(query, BY_NAME, PersonRow)

        def first() -> Any:
            with stores.ours.read() as session:
                return ListReader(query, BY_NAME, PersonRow).first(session)

        def index() -> Any:
            with stores.ours.read() as session:
                return reader.index(session)

        def page(anchor: Any) -> Any:
            with stores.ours.read() as session:
                return reader.page(session, anchor)

        def names(offset: int) -> Any:
            with stores.ours.read() as session:
                return listing.names(session, PeopleFilter(), offset, 100)

        starts, raw_starts = index()[1], floor.starts()
        middle = len(starts) // 2
        spread = [max(0, min(len(starts) - 1, middle + step % 40 - 20)) for step in range(often(100, repeat))]
        firsts = by_turns([(first, partial(floor.first_page, TODAY))] * often(60, repeat))
        pages = by_turns([(partial(page, starts[n]), partial(floor.page_at, TODAY, raw_starts[n])) for n in spread])
        lengths = by_turns(
            [(index, lambda: (floor.count(), floor.starts()))] * often(max(3, min(40, 300_000 // people)), repeat), 1
        )
        places = [people // 2 + step for step in range(often(60, repeat))]
        by_place = by_turns([(partial(names, n), partial(floor.names_at, 100, n)) for n in places])
        assert len(first()) == len(floor.first_page(TODAY))
    return [
        of_pair("list", "first page", people, firsts, note="257 rows with all columns"),
        of_pair("list", "jump to the middle", people, pages, note="256 rows with all columns"),
        of_pair("list", "names of the middle", people, by_place, note="100 names by their place, as `serve` lists them"),
        of_pair("list", "length and page starts", people, lengths, note="in the background, once a list"),
    ]


def measure_filter(people: int, site: Site, repeat: int) -> list[Figure]:
    """Town and a call in the last thirty days: how many, exactly, and the first hundred."""
    with opened(people, site) as stores:

        def ours(town: str) -> Any:
            wanted = PeopleFilter(city=town, had="call", since=SINCE)
            with stores.ours.read() as session:
                return listing.counted_names(session, wanted, 0, 100)

        def floor(town: str) -> Any:
            return stores.floor.fitting(town, "call", SINCE)

        for town in TOWNS:
            found = floor(town)
            assert ours(town)[0] == (found[0][0] if found else 0)
        rounds = often(max(5, min(40, 2_000_000 // people)), repeat)
        pair = by_turns([(partial(ours, town), partial(floor, town)) for _n in range(rounds) for town in TOWNS], len(TOWNS))
    return [of_pair("filter", "filter with count", people, pair)]


def measure_open(people: int, site: Site, repeat: int) -> list[Figure]:
    """Everything the card shows, of people all over the register."""
    with opened(people, site) as stores:
        chosen = _some(stores, often(300, repeat))

        def ours(person: UUID) -> Any:
            with stores.ours.read() as session:
                return person_card(session, person)

        pair = by_turns([(partial(ours, person), partial(stores.floor.card, number)) for number, person in chosen], 50)
        number, person = chosen[0]
        assert len(ours(person).timeline) == len(stores.floor.card(number)[6])
    return [of_pair("open", "open a person", people, pair)]


def measure_log(people: int, site: Site, repeat: int) -> list[Figure]:
    """A call written on the timeline, on the disk when it answers."""
    with opened(people, site) as stores:

        def ours(person: UUID) -> None:
            with stores.ours.write(ACTOR, "add_interaction", about=[person]) as session:
                add_interaction(session, person, InteractionForm("call", NOW, "out", text="Ringde"), actor=ACTOR)

        chosen = _some(stores, often(400, repeat))
        pair = by_turns(
            [(partial(ours, person), partial(stores.floor.log_call, number, NOW, "Ringde")) for number, person in chosen], 50
        )
    return [of_pair("log", "log a call", people, pair)]


def _some(stores: Stores, count: int) -> list[tuple[int, UUID]]:
    rng = Random(3)
    numbers = [rng.randint(1, stores.people) for _n in range(count)]
    ids = stores.ids(numbers)
    return [(number, ids[number]) for number in numbers]
