"""Who lives where somebody lives, to be protected together. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from db.models.merge import MergedPerson
from db.models.person import ContactPoint, Person
from db.search import title_of
from db.sorting import fold

AT_MOST = 12  # people at one address: more are a house with a common door, and are protected one by one
_EMPTY: ColumnElement[str] = literal_column("''")  # as the index says it


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody who lives at the same address."""

    id: UUID
    title: str
    birth_date: date | None
    address: str


def living_with(session: Session, person_id: UUID, today: date) -> list[Housemate] | None:
    """Everybody else with an address in use that is one of theirs, by the alphabet; None when that are too many for a household."""
    own = select(ContactPoint.street, ContactPoint.postcode, ContactPoint.city_key)
    own = own.where(ContactPoint.person_id == person_id, ContactPoint.kind == "address", _in_use(today))
    homes = {_home(*row) for row in session.execute(own) if row.street and row.city_key}
    if not homes:
        return []
    merged = select(MergedPerson.id).where(MergedPerson.person_id == Person.id).exists()
    others = (
        select(
            Person.id, Person.family, Person.given, Person.birth_date, ContactPoint.street, ContactPoint.postcode,
            ContactPoint.city, ContactPoint.city_key,
        )
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(Person.id != person_id, ContactPoint.kind == "address", _in_use(today), ~merged, or_(*map(_near, sorted(homes))))
        .order_by(Person.name_key, Person.id)
    )  # fmt: skip
    found: dict[UUID, Housemate] = {}
    for row in session.execute(others):
        if _home(row.street, row.postcode, row.city_key) in homes:
            found[row.id] = Housemate(row.id, title_of(row.family, row.given), row.birth_date, f"{row.street}, {row.city}")
    return list(found.values()) if len(found) <= AT_MOST else None


def _near(home: tuple[str, str, str]) -> ColumnElement[bool]:
    _street, postcode, city = home
    there = and_(ContactPoint.city_key == city, ContactPoint.city_key != _EMPTY)
    return and_(there, func.replace(ContactPoint.postcode, " ", "") == postcode)


def _home(street: str, postcode: str, city_key: str) -> tuple[str, str, str]:
    return " ".join(fold(street).split()), postcode.replace(" ", ""), city_key


def _in_use(today: date) -> ColumnElement[bool]:
    return or_(ContactPoint.valid_to.is_(None), ContactPoint.valid_to >= today)
