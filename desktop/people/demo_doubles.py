"""Some invented people stand in the register twice, as happens in every office: for the queue of possible duplicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from db.identity_numbers import SECRET_KINDS
from db.sorting import fold
from desktop.people.demo import DemoPerson

Change = Callable[[DemoPerson], DemoPerson]


def _as_it_is(person: DemoPerson) -> DemoPerson:
    return replace(person, birth_date=None)


def _without_dots(person: DemoPerson) -> DemoPerson:
    return replace(person, given=fold(person.given).title(), family=fold(person.family).title())


def _swapped(person: DemoPerson) -> DemoPerson:
    return replace(person, given=person.family, family=person.given)


def _first_name_alone(person: DemoPerson) -> DemoPerson:
    return replace(person, given=person.given.split()[0], family=person.family.split("-")[0])


def _slip(person: DemoPerson) -> DemoPerson:
    born = person.birth_date
    return replace(person, birth_date=date(born.year, born.month, born.day % 10 + 10) if born is not None else None)


# Who is written down a second time under another's number, and how.
TWICE: dict[int, tuple[int, Change]] = {
    33: (13, _as_it_is),
    34: (14, _without_dots),
    35: (15, _swapped),
    36: (16, _first_name_alone),
    37: (18, _slip),
}


def written_twice(person: DemoPerson, invented: Callable[[int], DemoPerson]) -> DemoPerson:
    """The person as they are, or for a few of them somebody who is in the register already, written otherwise.

    Args:
        invented: The person of a number.
    """
    if person.number not in TWICE:
        return person
    number, change = TWICE[person.number]
    other = invented(number)
    born = other.birth_date
    seen = change(replace(other, preferred=""))
    return replace(
        person,
        given=seen.given,
        family=seen.family,
        preferred="",
        birth_date=seen.birth_date,
        language=other.language,
        emails=tuple(replace(mail, text=mail.text.replace(f"{number}@", f"{person.number}@")) for mail in other.emails),
        phones=other.phones or person.phones,
        identifiers=tuple(line for line in person.identifiers if line[0] not in SECRET_KINDS),
        roles=tuple(role for role in person.roles if born is None or role.start.year > born.year + 15),
    )
