"""What the register itself lets segments ask about people; each function opens one field. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from db.models.history import ChangeSet
from db.models.interaction import DIRECTIONS, INTERACTION_KINDS, Interaction
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES, ContactPoint, Person
from db.models.post import Post, PostHolding
from db.models.role import ROLE_KINDS, Role
from db.models.segment import Segment
from db.models.task import Task
from db.models.unit import UnitProgramme
from db.sorting import fold
from db.texts import Msgid
from desktop.core.texts import Texts
from desktop.people import listing, words
from desktop.people.organisation.units import programmes_of, units
from desktop.people.segments.comparing import Owned, alike, compared, within
from desktop.people.segments.definition import Value
from desktop.people.segments.fields import Asked, Made, Rows
from desktop.people.segments.operators import days_between
from desktop.people.terms import term_of

SEVERAL = 100  # imports offered, the newest
IMPORT = "import_people"
_TERMS = {"@last": -1, "@this": 0, "@next": 1}
Choices = list[tuple[str, str]]


def family(_asked: Asked) -> Any:
    """The family name."""
    return Person.family


def given(_asked: Asked) -> Any:
    """The given names."""
    return Person.given


def language(_asked: Asked) -> Any:
    """The language somebody speaks with us."""
    return Person.language


def retired(_asked: Asked) -> Any:
    """Whether somebody was taken out of the lists."""
    return Person.retired_at.is_not(None)


def deceased(_asked: Asked) -> Any:
    """Whether somebody died."""
    return Person.deceased_on.is_not(None)


def age(asked: Asked) -> Made:
    """Full years today."""

    def born_by(years: int) -> date | None:
        """The last day of birth of those who are that old; None before the calendar begins."""
        year = asked.today.year - years
        if year < 1:
            return None
        leap = asked.today.month == 2 and asked.today.day == 29 and not _leap(year)
        return date(year, 2, 28) if leap else asked.today.replace(year=year)

    return Made(lambda op, value: _born(op, int(str(value)), lambda years: born_by(years), older=True))


def birth_year(_asked: Asked) -> Made:
    """The year of birth."""
    return Made(lambda op, value: _born(op, int(str(value)), lambda year: date(year, 1, 1) if 0 < year < 9999 else None))


def role(asked: Asked) -> Rows:
    """The stages of a life with the university."""
    held = and_(or_(Role.starts.is_(None), Role.starts <= asked.today), or_(Role.ends.is_(None), Role.ends >= asked.today))
    return Rows(
        Role.person_id,
        {
            "kind": Role.kind, "programme": Role.programme, "held": held, "starts": Role.starts, "ends": Role.ends,
            "term": Made(lambda op, value: compared("choice", Role.term, op, _terms(value, asked), asked)),
            "unit": Made(_in_a_unit),
        },
    )  # fmt: skip


def post(asked: Asked) -> Rows:
    """The offices somebody holds or held."""
    held = and_(PostHolding.starts <= asked.today, or_(PostHolding.ends.is_(None), PostHolding.ends >= asked.today))
    parts = {"post": ids(PostHolding.post_id), "held": held, "starts": PostHolding.starts, "ends": PostHolding.ends}
    return Rows(PostHolding.person_id, parts)


def reach(_asked: Asked) -> Rows:
    """The ways to reach somebody."""
    parts = {
        "kind": ContactPoint.kind,
        "on_hold": ContactPoint.hold != "",
        "hold": ContactPoint.hold,
        "address": ContactPoint.value,
    }
    return Rows(ContactPoint.person_id, parts)


def mailable(_asked: Asked) -> Any:
    """Whether an e-mail can be sent."""
    return _usable("email")


def callable_(_asked: Asked) -> Any:
    """Whether somebody can be phoned."""
    return _usable("phone")


def postable(_asked: Asked) -> Any:
    """Whether a letter can be sent."""
    return _usable("address")


def town(_asked: Asked) -> Made:
    """The town of any address, however it is written."""
    return _of_addresses(ContactPoint.city_key, fold)


def postcode(_asked: Asked) -> Made:
    """The postcode of any address, with or without its space."""
    return _of_addresses(func.replace(ContactPoint.postcode, " ", ""), lambda text: text.replace(" ", ""))


def country(asked: Asked) -> Made:
    """The country of any address."""

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        turned = {"none_of": "any_of", "empty": "filled"}.get(op, op)
        return _at_an_address(compared("choice", ContactPoint.country, turned, value, asked), turned == op)

    return Made(condition)


def contact(_asked: Asked) -> Rows:
    """Contacts had, whichever module had them; notes are none."""
    parts = {
        "kind": Interaction.kind,
        "when": Interaction.at,
        "direction": Interaction.direction,
        "by": Interaction.by_name,
    }
    return Rows(Interaction.person_id, parts, always=(Interaction.kind != "note",))


def last_contact(asked: Asked) -> Made:
    """The day of the last contact."""
    own = select(Interaction.person_id).where(Interaction.kind != "note")

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        if op in ("filled", "empty"):
            ever = Owned(own, Interaction.person_id)
            return ever if op == "filled" else not_(ever)
        newest = func.max(Interaction.at, type_=Interaction.at.type)
        bounds = within(newest, *days_between(op, value, asked.today), asked)
        return Owned(own.group_by(Interaction.person_id).having(and_(*bounds)), Interaction.person_id)

    return Made(condition)


def task(_asked: Asked) -> Rows:
    """What is or was to be done about somebody."""
    return Rows(Task.person_id, {"done": Task.done_at.is_not(None), "due": Task.due, "title": Task.title})


def imported(_asked: Asked) -> Made:
    """Who was made or changed by an import."""

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        chosen = as_ids(value)
        if op in ("filled", "empty"):
            every = Person.made_in.in_(select(ChangeSet.id).where(ChangeSet.verb == IMPORT))
            return every if op == "filled" else not_(every)
        inside = or_(false(), *(Person.id.in_(listing.touched(change_set)) for change_set in chosen))
        return inside if op == "any_of" else not_(inside)

    return Made(condition)


def created(asked: Asked) -> Made:
    """The day the record was made."""
    return _stepped(Person.made_in, asked)


def changed(asked: Asked) -> Made:
    """The day names, language or days of the record were changed last."""
    return _stepped(Person.changed_in, asked)


def segment(_asked: Asked) -> ColumnElement[bool]:
    """Nobody: `compiling.Asking`, which knows the segments, asks itself who is in them."""
    return false()


# What is offered to choose from


def role_kinds(_session: Session, texts: Texts) -> Choices:
    """The stages, in the order of a life."""
    return _said(ROLE_KINDS, texts)


def languages(_session: Session, texts: Texts) -> Choices:
    """The languages people are spoken to in."""
    return _said(LANGUAGES, texts)


def contact_kinds(_session: Session, texts: Texts) -> Choices:
    """The kinds of ways to reach somebody."""
    return _said(CONTACT_KINDS, texts)


def holds(_session: Session, texts: Texts) -> Choices:
    """Why an address cannot be used."""
    return _said(HOLDS, texts)


def interaction_kinds(_session: Session, texts: Texts) -> Choices:
    """The kinds of contacts; a note is none."""
    return [(code, text) for code, text in _said(INTERACTION_KINDS, texts) if code != "note"]


def directions(_session: Session, texts: Texts) -> Choices:
    """From them, or from us."""
    return [(code, text) for code, text in _said(DIRECTIONS, texts) if code]


def _said(codes: Mapping[str, Msgid], texts: Texts) -> Choices:
    return [(code, texts.say(text)) for code, text in codes.items()]


def programmes(session: Session, _texts: Texts) -> Choices:
    """Every programme somebody has a role in."""
    return [(name, name) for name in listing.programmes(session)]


def organisation(session: Session, texts: Texts) -> Choices:
    """Every unit, from the highest level down."""
    return [(str(unit.id), unit.name(texts.language)) for unit in units(session)]


def terms(session: Session, texts: Texts) -> Choices:
    """The terms of roles, the newest first."""
    found = session.scalars(select(Role.term).where(Role.term != "").distinct())
    return [(code, words.term(code, texts)) for code in sorted(found, reverse=True)]


def countries(session: Session, _texts: Texts) -> Choices:
    """The countries of addresses, as they are stored."""
    return [(code, code) for code in session.scalars(select(ContactPoint.country).where(ContactPoint.country != "").distinct())]


def posts(session: Session, _texts: Texts) -> Choices:
    """Every post."""
    return [(str(id), title) for id, title in session.execute(select(Post.id, Post.title).order_by(Post.title_key))]


def imports(session: Session, texts: Texts) -> Choices:
    """The newest imports, by file and day."""
    steps = select(ChangeSet.id, ChangeSet.at, ChangeSet.details).where(ChangeSet.verb == IMPORT)
    rows = session.execute(steps.order_by(ChangeSet.number.desc()).limit(SEVERAL))
    return [(str(id), f"{(details or {}).get('file', '')} · {texts.moment(at)}") for id, at, details in rows]


def segments(session: Session, _texts: Texts) -> Choices:
    """The segments there are."""
    rows = select(Segment.id, Segment.title).where(Segment.retired_at.is_(None)).order_by(Segment.title_key)
    return [(str(id), title) for id, title in session.execute(rows)]


def ids(column: Any) -> Made:
    """A choice among records, whose codes are their ids."""

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        if op in ("filled", "empty"):
            known: ColumnElement[bool] = column.is_not(None) if op == "filled" else column.is_(None)
            return known
        chosen = as_ids(value)
        inside: ColumnElement[bool] = and_(column.is_not(None), column.in_(chosen))
        return inside if op == "any_of" else not_(inside)

    return Made(condition)


def _born(op: str, number: int, day_of: Callable[[int], date | None], *, older: bool = False) -> ColumnElement[bool]:
    """Bounds of the birth date for a number: a year, or (`older`) an age, where a higher number means an earlier day."""
    first, after = day_of(number), day_of(number + 1)
    known: ColumnElement[bool] = Person.birth_date.is_not(None)
    if older:  # at least n years old: born on or before `first`; not yet n + 1: born after `after`
        low = Person.birth_date <= first if first is not None else false()
        high = Person.birth_date > after if after is not None else known
    else:
        low = Person.birth_date >= first if first is not None else (known if number <= 0 else false())
        high = Person.birth_date < after if after is not None else (false() if number < 0 else known)
    return and_(known, *{"at_least": (low,), "at_most": (high,), "is": (low, high)}[op])


def _in_a_unit(op: str, value: Value) -> ColumnElement[bool]:
    """Whether the programme of a role belongs to a unit, or to one of everything below it."""
    chosen = select(UnitProgramme.programme) if op in ("filled", "empty") else programmes_of(*as_ids(value))
    inside = Role.programme.in_(chosen)
    return inside if op in ("filled", "any_of") else not_(inside)


def as_ids(value: Value) -> list[UUID]:
    """The ids among the codes; a code that is none stands for nothing there is."""
    found = []
    for code in value if isinstance(value, tuple) else ():
        with suppress(ValueError):
            found.append(UUID(code))
    return found


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _terms(value: Value, asked: Asked) -> Value:
    if not isinstance(value, tuple):
        return value
    return tuple(term_of(asked.today, _TERMS[code]) if code in _TERMS else code for code in value)


def _usable(kind: str) -> ColumnElement[bool]:
    points = select(ContactPoint.person_id).where(ContactPoint.kind == kind, ContactPoint.hold == "")
    return Owned(points, ContactPoint.person_id)


def _of_addresses(column: Any, plain: Callable[[str], str]) -> Made:
    """A text of any address that is kept in the letters `plain` writes."""

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        if op in ("filled", "empty"):
            return _at_an_address(column != "", op == "filled")
        return _at_an_address(and_(column != "", alike(column, op, plain(str(value).strip()))), True)

    return Made(condition)


def _at_an_address(asked: ColumnElement[bool], wanted: bool) -> ColumnElement[bool]:
    """Whether any address, or none, is so."""
    points = select(ContactPoint.person_id).where(ContactPoint.kind == "address", asked)
    inside = Owned(points, ContactPoint.person_id)
    return inside if wanted else not_(inside)


def _stepped(column: Any, asked: Asked) -> Made:
    def condition(op: str, value: Value) -> ColumnElement[bool]:
        if op in ("filled", "empty"):
            return Person.id.is_not(None) if op == "filled" else false()
        steps = select(ChangeSet.id).where(*within(ChangeSet.at, *days_between(op, value, asked.today), asked))
        inside: ColumnElement[bool] = column.in_(steps)
        return inside

    return Made(condition)
