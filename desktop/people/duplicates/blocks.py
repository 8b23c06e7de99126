"""Finds all pairs of a whole register worth comparing, without comparing everybody with everybody.

People are laid into buckets by what all suspected pairs share: a number, an e-mail address, a phone, a house with initials,
a birth date with initials. A bucket that grows with the register, such as the phone of a
switchboard, is parted by names; what is too large even then says nothing about anybody. So the work grows with the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.numbers import NUMBERS_SHARED
from desktop.people.duplicates.names import longer_forms, sounds, words
from desktop.people.duplicates.reading import COMPARED, all_rows

CROWD = 40  # people in one bucket; more are parted by name
_PEOPLE = f"SELECT p.id, p.given, p.preferred, p.family, p.former, p.birth_date FROM person p WHERE {COMPARED}"
# The engine finds what occurs twice; only that is read.
_REACH = """SELECT normal, person_id FROM contact_point WHERE normal <> '' AND normal IN
    (SELECT normal FROM contact_point WHERE normal <> '' GROUP BY normal HAVING count(*) > 1)"""
_STREETS = "SELECT street, postcode, city, person_id FROM contact_point WHERE kind = 'address' AND street <> ''"
Pair = tuple[int, int]  # places in the list of people, the smaller first


class Register(NamedTuple):
    """Everybody who may be compared, in parallel lists: initials and sound of the name take no side for order."""

    ids: list[Any]
    born: list[str]
    initials: list[tuple[str, ...]]
    sound: list[str]


def read_register(connection: Connection) -> Register:
    """Read the names and birth dates of everybody."""
    register = Register([], [], [], [])
    add_id, add_born = register.ids.append, register.born.append
    add_initials, add_sound = register.initials.append, register.sound.append
    for person, given, preferred, family, former, born in all_rows(connection, _PEOPLE):
        starts, first = _given_keys(given, preferred)
        ends, last = _family_keys(family, former)
        add_id(person)
        add_born(str(born) if born else "")
        add_initials(_initials(starts, ends))
        add_sound(f"{first}|{last}" if first < last else f"{last}|{first}")
    return register


def pairs_worth_comparing(connection: Connection, register: Register) -> set[Pair]:
    """Every pair that shares a bucket."""
    places = {person: place for place, person in enumerate(register.ids)}
    found: set[Pair] = set()
    for rows in (all_rows(connection, _REACH), all_rows(connection, NUMBERS_SHARED[connection.dialect.name])):
        shared: dict[Any, set[int]] = {}
        for key, person in rows:
            if (place := places.get(person)) is not None:
                shared.setdefault(key, set()).add(place)
        found.update(_within(shared.values(), register))
    found.update(_within(_buckets(_home_keys(connection, register, places)), register))
    found.update(_within(_buckets(_birth_keys(register)), register))
    return found


@lru_cache(maxsize=65536)
def _given_keys(given: str, preferred: str) -> tuple[frozenset[str], str]:
    """The initials of each given name and of all it may be short for; and the sound of the first."""
    names = words(given, particles=True)
    starts = frozenset(sounds(form)[:1] for word in (*names, *words(preferred)) for form in longer_forms(word))
    return starts or frozenset({""}), sounds("".join(names[:1]))


@lru_cache(maxsize=65536)
def _family_keys(family: str, former: str) -> tuple[frozenset[str], str]:
    """The initials of each part of the family names, former ones too; and the sound of today's last."""
    last = words(family)
    ends = frozenset(sounds(word)[:1] for word in (*last, *words(former)))
    return ends or frozenset({""}), sounds("".join(last))


def name_initials(given: str, preferred: str, family: str, former: str = "") -> tuple[str, ...]:
    """What records of one person share whatever way the name is written; strangers seldom do."""
    return _initials(_given_keys(given, preferred)[0], _family_keys(family, former)[0])


@lru_cache(maxsize=65536)
def _initials(starts: frozenset[str], ends: frozenset[str]) -> tuple[str, ...]:
    """Both letters in the alphabet's order, since names get swapped."""
    return tuple({start + end if start < end else end + start for start, end in product(starts, ends)})


def _birth_keys(register: Register) -> Iterator[tuple[str, int]]:
    for place, born in enumerate(register.born):
        if born:
            for initials in register.initials[place]:
                yield born + initials, place


def _home_keys(connection: Connection, register: Register, places: dict[Any, int]) -> Iterator[tuple[str, int]]:
    for street, postcode, city, person in all_rows(connection, _STREETS):
        if (place := places.get(person)) is not None:
            house = street.casefold().replace(" ", "")
            for initials in register.initials[place]:
                if postcode:
                    yield f"{house}|{postcode.replace(' ', '')}|{initials}", place
                if city:
                    yield f"{house}|{city.casefold()}|{initials}", place


def _buckets(keys: Iterable[tuple[str, int]]) -> Iterable[set[int]]:
    """Those who share a key; most keys are nobody else's, so a bucket is made for the second one only."""
    first: dict[str, int] = {}
    shared: dict[str, set[int]] = {}
    for key, place in keys:
        other = first.setdefault(key, place)
        if other != place:
            shared.setdefault(key, {other}).add(place)
    return shared.values()


def _within(buckets: Iterable[set[int]], register: Register) -> Iterator[Pair]:
    """The pairs of each bucket; a crowd is parted by initials, and once more by sound."""
    for bucket in buckets:
        if len(bucket) <= CROWD:
            yield from combinations(sorted(bucket), 2)
            continue
        for group in _parted(bucket, lambda place: register.initials[place]):
            if len(group) <= CROWD:
                yield from combinations(sorted(group), 2)
                continue
            for alike in _parted(group, lambda place: (register.sound[place],)):
                if len(alike) <= CROWD:
                    yield from combinations(sorted(alike), 2)


def _parted(bucket: set[int], keys: Callable[[int], tuple[str, ...]]) -> Iterable[set[int]]:
    parts: dict[str, set[int]] = {}
    for place in bucket:
        for key in keys(place):
            parts.setdefault(key, set()).add(place)
    return parts.values()
