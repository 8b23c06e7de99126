"""Somebody as far as an import needs them: whom a row may be, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from db.base import new_id
from db.identity_numbers import ONE_FOR_LIFE
from db.models.person import LANGUAGES
from db.sorting import fold
from desktop.people.imports.incoming import Identifier, IncomingPerson

Stage = tuple[str, str, str]  # a role with the folded programme and the term


def address_line(street: str, postcode: str, city: str) -> str:
    """A postal address as people write it in one line."""
    town = f"{postcode} {city}" if postcode and city else postcode or city
    return f"{street}, {town}" if street and town else street or town


class Place(NamedTuple):
    """A postal address."""

    id: UUID
    street: str
    postcode: str
    city: str
    country: str
    version: int = 1
    wrote: UUID | None = None  # the change set it was written in last; None for this import's own

    @property
    def line(self) -> str:
        """As people write it in one line."""
        return address_line(self.street, self.postcode, self.city)


class Passing(NamedTuple):
    """A number that holds today and that another may take the place of."""

    id: UUID
    kind: str
    version: int


@dataclass(slots=True)
class Known:
    """A person as far as matching needs them."""

    id: UUID
    given: str
    family: str
    preferred: str = ""
    birth_date: date | None = None
    language: str = ""
    note: str = ""
    identifiers: set[tuple[str, str, str]] = field(default_factory=set)  # kind, issuer, value; of those the file names
    numbered: set[str] = field(default_factory=set)  # of which kinds of `ONE_FOR_LIFE` they have a number, whatever it is
    reach: set[str] = field(default_factory=set)  # normal forms of e-mail addresses and phone numbers
    addresses: list[Place] = field(default_factory=list)
    stages: set[Stage] = field(default_factory=set)
    passing: list[Passing] = field(default_factory=list)
    wrote: set[UUID | None] = field(default_factory=set)  # the change sets that wrote names and birth date; None: this import's
    version: int = 1


def newcomer(row: IncomingPerson) -> Known:
    """The person a new row makes."""
    language = row.language if row.language in LANGUAGES else ""
    return Known(new_id(), row.given, row.family, row.preferred, row.birth_date, language, row.note, wrote={None})


def is_another(person: Known, number: Identifier) -> bool:
    """Whether the person has, or had, a number of which nobody has two, and not this one: then a name and an e-mail are a relative's."""
    return number.kind in ONE_FOR_LIFE and number.kind in person.numbered and number_of(number) not in person.identifiers


def stage_of(role: str, programme: str, term: str) -> Stage:
    """A role as it is compared: the programme folded."""
    return role, fold(programme), term


def number_of(identifier: Identifier) -> tuple[str, str, str]:
    """Kind, issuer and value."""
    return identifier.kind, identifier.issuer, identifier.value
