"""What the list can show of people besides its usual columns: read only where it is asked for, in the same statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, func, literal_column, select

from db.base import Moment
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from db.prepared import limited

# Constants stand in the statement: with parameters in their place SQLite looks at partial indexes anew at each run.
_EMPTY, _SPACE = literal_column("''", Text), literal_column("' '", Text)
_PHONE, _ADDRESS = literal_column("'phone'", Text), literal_column("'address'", Text)


def in_alphabet(text: Any) -> Any:
    """The text in small letters, å ä ö after z: there is no kept key to sort it by, as there is for names."""
    for letter, place in zip("ÅåÄäÖö", "{{||}}", strict=True):
        text = func.replace(text, letter, place)
    return func.lower(text)


def first_contact(kind: Any, shown: Any) -> Any:
    """What stands in the way of this kind by which a person is reached first; NULL when there is none."""
    found = select(shown).where(ContactPoint.person_id == Person.id, ContactPoint.kind == kind)
    return limited(found.order_by(ContactPoint.position, ContactPoint.id), 1).correlate(Person).scalar_subquery()


def further(wanted: frozenset[str]) -> list[ColumnElement[Any]]:
    """All further columns in their order; those not `wanted` are constants, which cost nothing."""
    return [(make() if name in wanted else nothing).label(name) for name, (make, nothing) in _FURTHER.items()]


def further_sorts() -> list[ColumnElement[Any]]:
    """Sort expressions of further columns, never NULL; what no list sorts by is never worked out.

    Ids rise with time, so people are in the order in which they came without asking for the day, and the same holds for
    the change sets that changed them last.
    """
    return [
        func.coalesce(in_alphabet(_address(ContactPoint.city)), _EMPTY).label("town_sort"),
        func.coalesce(Person.birth_date, date.max).label("born_sort"),
        Person.id.label("created_sort"),
        Person.changed_in.label("changed_sort"),
    ]


def _address(shown: Any) -> Any:
    return first_contact(_ADDRESS, shown)


def _there(found: Any) -> Any:
    return func.coalesce(found, _EMPTY)


def _step(made: Any) -> Any:
    return select(ChangeSet.at).where(ChangeSet.id == made).correlate(Person).scalar_subquery()


def _phone() -> Any:
    return _there(first_contact(_PHONE, ContactPoint.hold + _SPACE + ContactPoint.value))


_NO_DAY, _NO_MOMENT = literal_column("NULL", Date), literal_column("NULL", Moment)
# In the order of the fields of `PersonRow`: how each is read, and what stands for it where it is not wanted.
_FURTHER: dict[str, tuple[Callable[[], Any], Any]] = {
    "call": (_phone, _EMPTY),
    "street": (lambda: _there(_address(ContactPoint.street)), _EMPTY),
    "postcode": (lambda: _there(_address(ContactPoint.postcode)), _EMPTY),
    "town": (lambda: _there(_address(ContactPoint.city)), _EMPTY),
    "country": (lambda: _there(_address(ContactPoint.country)), _EMPTY),
    "post_hold": (lambda: _there(_address(ContactPoint.hold)), _EMPTY),
    "language": (lambda: Person.language, _EMPTY),
    "born": (lambda: Person.birth_date, _NO_DAY),
    "created": (lambda: _step(Person.made_in), _NO_MOMENT),
    "changed": (lambda: _step(Person.changed_in), _NO_MOMENT),
}
