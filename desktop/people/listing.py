"""Which people a list shows, and how lists, counts and pages of them are read.

With `card`, `editing`, `contacts`, `roles` and `tasks` this is the contract: what modules may use of people.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, func, literal_column, or_, select, union
from sqlalchemy.orm import Session

from db.models.history import RowImage
from db.models.interaction import Interaction
from db.models.merge import MergedPerson
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import ROLE_KINDS, Role
from db.prepared import Prepared, limited
from db.search import people_matching, title_of
from db.sorting import fold
from desktop.people.organisation.units import programmes_of
from desktop.people.views.further import first_contact, further, further_sorts, in_alphabet

NEVER = datetime.min.replace(tzinfo=UTC)
# Constants stand in the statement: with parameters in their place SQLite looks at partial indexes anew at each run.
_EMPTY, _SPACE = literal_column("''", Text), literal_column("' '", Text)
_EMAIL, _PHONE, _NOTE = (literal_column(f"'{kind}'", Text) for kind in ("email", "phone", "note"))
_ORDER = {kind: place for place, kind in enumerate(ROLE_KINDS)}


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the people of a list have in common; the plain one fits everybody who is not retired."""

    text: str = ""  # parts of names, e-mail or phone, as in the search box
    roles: tuple[str, ...] = ()  # any of these kinds, held on `today`
    programme: str = ""  # exactly as stored, in any role
    unit: UUID | None = None  # a role in a programme of this unit or of one below it
    unit_name: str = ""  # what to call it
    city: str = ""  # of any address, compared folded
    had: str = ""  # a kind of interaction ...
    since: datetime | None = None  # ... at or after this moment
    no_phone: bool = False  # nobody can be called: no number, or every number on hold
    on_hold: bool = False  # some way to reach them is on hold
    made_or_changed_in: UUID | None = None  # a change set, such as an import
    retired: bool = False  # the retired instead of the others
    today: date | None = None  # the day on which roles are looked at; without it the database's own
    segment: UUID | None = None  # worked out by `segments.using.narrowed`, which fills in `within`
    segment_title: str = ""  # as it was when it was chosen
    within: Select[UUID] | None = field(default=None, compare=False, repr=False)  # only of these people

    @property
    def narrows(self) -> bool:
        """Whether it shows others than the plain one does."""
        return replace(self, today=None) != PeopleFilter()


class PersonRow(NamedTuple):
    """One line of the list; plain values under the query's names, so it may cross threads.

    A tuple, because every page makes hundreds: a data class takes four times as long.
    """

    id: UUID
    version: int
    family: str
    given: str
    preferred: str
    roles: str  # kinds of the roles held today, joined by commas; see `role_kinds`
    programme: str
    mail: str  # the first e-mail address, its hold and a space before it: one look finds both
    last_contact: datetime | None
    # Read only where a list asks for them; see `people_query`.
    call: str = ""  # the first phone number, its hold and a space before it
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    post_hold: str = ""  # why that postal address cannot be used
    language: str = ""
    born: date | None = None
    created: datetime | None = None
    changed: datetime | None = None

    @property
    def title(self) -> str:
        """ "Family, Given"."""
        return title_of(self.family, self.given)

    @property
    def role_kinds(self) -> tuple[str, ...]:
        """Each kind once, in the order of a life."""
        return tuple(sorted(set(filter(None, self.roles.split(","))), key=lambda kind: _ORDER.get(kind, len(_ORDER))))

    @property
    def email(self) -> str:
        """The address as typed, or ""."""
        return self.mail.partition(" ")[2]

    @property
    def email_hold(self) -> str:
        """Why that address cannot be used; "" when it can."""
        return self.mail.partition(" ")[0]

    @property
    def phone(self) -> str:
        """The number as typed, or ""."""
        return self.call.partition(" ")[2]

    @property
    def phone_hold(self) -> str:
        """Why that number cannot be used; "" when it can."""
        return self.call.partition(" ")[0]


def people_query(filter: PeopleFilter, more: frozenset[str] = frozenset()) -> Select[Any]:
    """Everybody who fits, unordered and unlimited: the list adds order and pages.

    Holds the columns of `PersonRow` and its sort expressions, which are never NULL: `name_sort` by the office's
    alphabet, `programme_sort`, `email_sort` and `contact_sort`, where nobody ever contacted comes first, and those of
    `further_sorts`. Of the fields that have a default only those named in `more` are read.
    """
    return _rows(filter.today, more).where(*_conditions(filter))


def rows_of(session: Session, ids: Collection[UUID], *, more: frozenset[str], today: date | None) -> dict[UUID, PersonRow]:
    """What the list would show of these people, as far as they are there."""
    rows = _rows(today, more).where(Person.id.in_(bindparam("ids", expanding=True)))
    wanted = rows.with_only_columns(*[column for column in rows.selected_columns if column.key in PersonRow._fields])
    found = session.connection().execute(wanted, {"ids": list(ids)})
    return {values[0]: PersonRow(*values) for values in found}


def ids_in_order(session: Session, people: Select[Any], sort: str = "name_sort", *, down: bool = False) -> list[UUID]:
    """The ids `people` selects, in an order of the list, as they are at one moment."""
    rows = _rows(None).where(Person.id.in_(people)).subquery()
    order = [column.desc() if down else column for column in (rows.c[sort], rows.c.id)]
    return list(session.connection().execute(select(rows.c.id).order_by(*order)).scalars())


def people_ids(filter: PeopleFilter) -> Select[UUID]:
    """Ids of everybody who fits, for `Model.person_id.in_(...)` and for lists frozen by a module."""
    return select(Person.id).where(*_conditions(filter))


def chosen(ids: Collection[UUID]) -> Select[UUID]:
    """These people, as far as they are there."""
    return select(Person.id).where(Person.id.in_(ids))


def chosen_except(filter: PeopleFilter, ids: Collection[UUID]) -> Select[UUID]:
    """Ids of everybody who fits except these."""
    return people_ids(filter).where(Person.id.not_in(ids))


def count(session: Session, filter: PeopleFilter) -> int:
    """How many fit."""
    return session.execute(select(func.count()).select_from(Person).where(*_conditions(filter))).scalar_one()


def page(session: Session, filter: PeopleFilter, offset: int = 0, limit: int = 100) -> list[PersonRow]:
    """`limit` people from the `offset`-th on, by name; for the command line and for measuring.

    The place in the list is found in the index of names alone; the rest is read for the page's people only.
    """
    ids = [person_id for person_id, _name in names(session, filter, offset, limit)]
    found = rows_of(session, ids, more=frozenset(), today=filter.today)
    return [found[person_id] for person_id in ids if person_id in found]


def names(session: Session, filter: PeopleFilter, offset: int = 0, limit: int = 100) -> list[tuple[UUID, str]]:
    """Ids and names of `limit` people from the `offset`-th on, by name: for choosing somebody."""
    if filter == PeopleFilter():
        rows: Any = _names_of_all(limit).all(session.connection(), offset=offset)
    else:
        chosen = select(Person.id, Person.family, Person.given).where(*_conditions(filter))
        rows = session.execute(chosen.order_by(Person.name_key, Person.id).offset(offset).limit(limit))
    return [(person_id, title_of(family, given)) for person_id, family, given in rows]


def counted_names(
    session: Session, filter: PeopleFilter, offset: int = 0, limit: int = 100
) -> tuple[int, list[tuple[UUID, str]]]:
    """How many fit, and what `names` tells, found in one look where it can be."""
    connection = session.connection()
    city, had, since = asked = _asked(filter)
    if any(asked) and filter == PeopleFilter(city=filter.city, had=filter.had, since=filter.since):
        counting = _counting(limit, *[value is not None for value in asked])
        rows: Any = counting.all(connection, city=city, had=had, since=since, offset=offset)
    else:
        rows = connection.execute(_counted(_conditions(filter), limit), {"offset": offset}).all()
    total = rows[0][3] if rows else count(session, filter)
    return total, [(row[0], title_of(row[1], row[2])) for row in rows]


def programmes(session: Session) -> list[str]:
    """Every programme somebody has a role in, for choosing one."""
    found = session.execute(select(Role.programme).where(Role.programme != _EMPTY).distinct()).scalars()
    return sorted(found, key=fold)


def cities(session: Session) -> list[str]:
    """Every town of an address, once however it is written, for choosing one."""
    town = select(func.min(ContactPoint.city)).where(ContactPoint.city_key != _EMPTY).group_by(ContactPoint.city_key)
    return sorted(session.execute(town).scalars(), key=fold)


@lru_cache(maxsize=16)  # putting it together takes longer than reading a hundred rows
def _rows(today: date | None, more: frozenset[str] = frozenset()) -> Select[Any]:
    """The list's columns for every person there is; the further ones only if some are wanted."""
    programme, email, contact = _programme(), _email(ContactPoint.value), _last_contact()
    return select(
        Person.id,
        Person.version,
        Person.family,
        Person.given,
        Person.preferred,
        func.coalesce(_roles(today), _EMPTY).label("roles"),
        func.coalesce(programme, _EMPTY).label("programme"),
        func.coalesce(_email(ContactPoint.hold + _SPACE + ContactPoint.value), _EMPTY).label("mail"),
        contact.label("last_contact"),
        *(further(more) if more else ()),
        Person.name_key.label("name_sort"),
        func.coalesce(in_alphabet(programme), _EMPTY).label("programme_sort"),
        func.coalesce(func.lower(email), _EMPTY).label("email_sort"),
        func.coalesce(contact, NEVER).label("contact_sort"),
        *further_sorts(),
    )


def _conditions(filter: PeopleFilter) -> list[ColumnElement[bool]]:
    if filter.segment is not None and filter.within is None:
        raise ValueError("a segment that was not worked out would be everybody")
    found: list[ColumnElement[bool]] = [Person.retired_at.is_not(None) if filter.retired else Person.retired_at.is_(None)]
    if filter.retired:  # a record that was merged is no retired person: it only leads on
        found.append(~select(MergedPerson.id).where(MergedPerson.person_id == Person.id).exists())
    if filter.text.strip():
        found += _named(filter.text) if filter.retired else [Person.id.in_(people_matching(filter.text))]
    if filter.roles:
        found.append(Person.id.in_(select(Role.person_id).where(Role.kind.in_(filter.roles), held_on(filter.today))))
    if filter.programme:
        found.append(Person.id.in_(select(Role.person_id).where(Role.programme == filter.programme)))
    if filter.unit is not None:
        found.append(Person.id.in_(select(Role.person_id).where(Role.programme.in_(programmes_of(filter.unit)))))
    found += _in_town_and_contacted(*_asked(filter), few=bool(filter.text.strip()))
    if filter.no_phone:
        callable_ = ContactPoint.person_id == Person.id, ContactPoint.kind == _PHONE, ContactPoint.hold == _EMPTY
        found.append(~select(ContactPoint.id).where(*callable_).correlate(Person).exists())
    if filter.on_hold:
        found.append(Person.id.in_(select(ContactPoint.person_id).where(ContactPoint.hold != _EMPTY)))
    if filter.made_or_changed_in is not None:
        found.append(Person.id.in_(touched(filter.made_or_changed_in)))
    if filter.within is not None:
        found.append(Person.id.in_(filter.within))
    return found


def _asked(filter: PeopleFilter) -> tuple[str | None, str | None, datetime | None]:
    """Town, kind of contact and since when, as they are compared; None where the filter asks for nothing."""
    return fold(filter.city.strip()) if filter.city else None, filter.had or None, filter.since


def _in_town_and_contacted(city: Any, had: Any, since: Any, *, few: bool) -> list[ColumnElement[bool]]:
    """The conditions on towns and contacts, of values or parameters.

    Few people are left after a town or a name: looking at each one's contacts beats gathering everybody's. In a town
    they are looked at before the people themselves are.
    """
    there = select(ContactPoint.person_id).where(ContactPoint.city_key == city, ContactPoint.city_key != _EMPTY)
    if had is None and since is None:
        return [Person.id.in_(there)] if city is not None else []
    contacted = _contacted(had, since)
    if city is not None:
        own = contacted.where(Interaction.person_id == ContactPoint.person_id).correlate(ContactPoint).exists()
        return [Person.id.in_(there.where(own))]
    if few:
        return [contacted.where(Interaction.person_id == Person.id).correlate(Person).exists()]
    return [Person.id.in_(contacted)]


def _named(text: str) -> list[ColumnElement[bool]]:
    """The search box does not know the retired; they are few, so their names are read."""
    names = Person.family, Person.given, Person.preferred, Person.former
    return [or_(*[name.icontains(word, autoescape=True) for name in names]) for word in text.split()]


def _contacted(kind: Any, since: Any) -> Select[UUID]:
    found = select(Interaction.person_id)
    if kind is not None:
        found = found.where(Interaction.kind == kind)
    return found.where(Interaction.at >= since) if since is not None else found


def touched(change_set: UUID) -> Any:
    """People the change set made or changed, or who got something in it."""
    parts: list[Select[UUID]] = [
        select(model.person_id).where(model.made_in == change_set) for model in (ContactPoint, Role, Identifier)
    ]
    changed = select(RowImage.row_id).where(RowImage.change_set == change_set, RowImage.table_name == Person.__tablename__)
    moved = select(ContactPoint.person_id).join(RowImage, RowImage.row_id == ContactPoint.id)
    return union(
        select(Person.id).where(Person.made_in == change_set), changed, moved.where(RowImage.change_set == change_set), *parts
    )


def held_on(today: date | None) -> ColumnElement[bool]:
    """Whether a role holds on that day; a day not known counts as open."""
    day: Any = func.current_date() if today is None else today
    return and_(or_(Role.ends.is_(None), Role.ends >= day), or_(Role.starts.is_(None), Role.starts <= day))


def _roles(today: date | None) -> Any:
    held = select(func.aggregate_strings(Role.kind, ",")).where(Role.person_id == Person.id, held_on(today))
    return held.correlate(Person).scalar_subquery()


def _programme() -> Any:
    latest = func.coalesce(Role.starts, date.min).desc(), Role.id.desc()
    found = select(Role.programme).where(Role.person_id == Person.id, Role.programme != _EMPTY).order_by(*latest)
    return limited(found, 1).correlate(Person).scalar_subquery()


def _email(column: Any) -> Any:
    return first_contact(_EMAIL, column)


def _last_contact() -> Any:
    found = select(func.max(Interaction.at)).where(Interaction.person_id == Person.id, Interaction.kind != _NOTE)
    return found.correlate(Person).scalar_subquery()


@lru_cache(maxsize=8)
def _names_of_all(limit: int) -> Prepared:
    """The place is found in the index of names alone, the names are read for that page only."""
    by_name = select(Person.id).where(Person.retired_at.is_(None)).order_by(Person.name_key, Person.id)
    place = limited(by_name, limit, bindparam("offset", type_=Integer)).subquery()
    names = select(Person.id, Person.family, Person.given).join(place, place.c.id == Person.id)
    return Prepared(names.order_by(Person.name_key, Person.id))


def _counted(conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    """A page of the names that fit, by name, each with how many fit; they are looked for once."""
    fitting = select(Person.id, Person.family, Person.given, Person.name_key).where(*conditions).cte("fitting")
    found = fitting.prefix_with("MATERIALIZED").c
    total = select(func.count()).select_from(found.id.table).scalar_subquery()
    page = select(found.id, found.family, found.given, total).order_by(found.name_key, found.id)
    return limited(page, limit, bindparam("offset", type_=Integer))


@lru_cache(maxsize=32)
def _counting(limit: int, city: bool, had: bool, since: bool) -> Prepared:
    """The same for what is asked most, a town and contacts, put together once for every mixture of them."""
    asked: list[Any] = [bindparam(name) if given else None for name, given in (("city", city), ("had", had), ("since", since))]
    return Prepared(_counted([Person.retired_at.is_(None), *_in_town_and_contacted(*asked, few=False)], limit))
