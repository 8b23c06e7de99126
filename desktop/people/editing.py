"""The rules for making and changing people. Every function flushes and leaves the commit to the caller's write scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select, text, update
from sqlalchemy.orm import Session

from db.base import Key
from db.database import about, describe, own_change_set, take
from db.errors import RuleBroken
from db.late import Late, describe_late
from db.merged import refuse_merged
from db.models.merge import MergedPerson
from db.models.person import Person
from db.prepared import Prepared
from db.search import title_of
from db.sorting import name_key
from db.texts import _


@dataclass(frozen=True, slots=True)
class PersonForm:
    """What the office writes about somebody's name and person; days are calendar days."""

    given: str = ""
    family: str = ""
    preferred: str = ""
    former: str = ""
    salutation: str = ""
    language: str = ""  # "sv", "fi", "en" or empty: not known
    birth_date: date | None = None
    deceased_on: date | None = None
    note: str = ""


def create_person(session: Session, form: PersonForm, *, today: date) -> UUID:
    """Add somebody and give their id.

    Raises:
        RuleBroken: no name, or days that cannot be; the field is named.
    """
    person = Person(retired_at=None, **person_values(form, today))
    session.add(person)
    session.flush()
    _tell(session, person)
    return person.id


def edit_person(session: Session, person_id: UUID, version: int, form: PersonForm, *, today: date) -> None:
    """Change names and days of somebody.

    Args:
        version: What the form read.

    Raises:
        RuleBroken: as for `create_person`.
        Conflict: somebody else changed or removed the person since the form read them.
    """
    values = person_values(form, today)
    person = take(session, Person, person_id, version)
    refuse_merged(session, person_id)
    for name, value in values.items():
        setattr(person, name, value)
    session.flush()
    _tell(session, person)


def retire(session: Session, person_id: UUID, version: int, *, now: datetime) -> None:
    """Take somebody out of lists and search; everything about them is kept and `restore` brings them back.

    Raises:
        RuleBroken: they are retired already.
        Conflict: somebody else changed the person since.
    """
    person = take(session, Person, person_id, version)
    if person.retired_at is not None:
        raise RuleBroken(_("This person is already retired."))
    person.retired_at = now
    session.flush()
    _tell(session, person)


def restore(session: Session, person_id: UUID, version: int) -> None:
    """Bring a retired person back into lists and search.

    Raises:
        RuleBroken: they are not retired.
        Conflict: somebody else changed the person since.
    """
    person = take(session, Person, person_id, version)
    refuse_merged(session, person_id)
    if person.retired_at is None:
        raise RuleBroken(_("This person is not retired."))
    person.retired_at = None
    session.flush()
    _tell(session, person)


def retire_people(session: Session, people: Select[Any], *, now: datetime | None) -> int:
    """Take all these people out of lists and search, or with `now` None bring them back; gives how many it were.

    Args:
        people: Selects one column of person ids; those already so are left alone, and records that were merged stay as they are.
    """
    here = Person.retired_at.is_(None) if now is not None else and_(Person.retired_at.is_not(None), ~_MERGED)
    found = session.scalars(select(Person.id).where(Person.id.in_(people), here)).all()
    own = own_change_set(session)
    new = {"retired_at": now, "version": Person.version + 1, "changed_in": own}
    ids: list[UUID] = []
    for start in range(0, len(found), 500):
        portion = Person.id.in_(found[start : start + 500])
        session.execute(update(Person).where(portion, here).values(new))  # asked again: a colleague may have been first
        ids += session.scalars(select(Person.id).where(portion, Person.changed_in == own))
    about(session, *ids)
    describe(session, count=len(ids))
    return len(ids)


def name_the_person(session: Session, person_id: UUID) -> None:
    """Let the history say whom the open change set is about; for services that change what belongs to a person."""
    session.flush()  # the person may have been added in this very step
    found = _NAME.first(session.connection(), person=person_id)
    if found is None:
        raise RuleBroken(_("This person is no longer there."), _("Look in the history: adding them may have been taken back."))
    *name, merged = found
    if merged:
        refuse_merged(session, person_id)
    about(session, person_id)
    describe(session, name=title_of(*name))


def name_the_person_late(session: Session, person_id: UUID) -> None:
    """The same for services that need not know it before the step is saved; it may be refused as late as then."""
    about(session, person_id)
    describe_late(session, Late(_CALLED, {"person": person_id}, partial(name_the_person, person_id=person_id)))


def person_values(form: PersonForm, today: date) -> dict[str, str | date | bytes | None]:
    """What a form says by column.

    Raises:
        RuleBroken: as for `create_person`.
    """
    _check(form, today)
    family, given = form.family.strip(), form.given.strip()
    return {
        "given": given,
        "family": family,
        "preferred": form.preferred.strip(),
        "former": form.former.strip(),
        "salutation": form.salutation.strip(),
        "language": form.language,
        "birth_date": form.birth_date,
        "deceased_on": form.deceased_on,
        "note": form.note.strip(),
        "name_key": name_key(family, given),
    }


def _tell(session: Session, person: Person) -> None:
    about(session, person.id)
    describe(session, name=title_of(person.family, person.given))


def _check(form: PersonForm, today: date) -> None:
    if not form.given.strip() and not form.family.strip():
        raise RuleBroken(_("A person needs a name."), _("Write a given name, a family name or both."), field="family")
    if form.birth_date is not None and form.birth_date > today:
        raise RuleBroken(_("The birth date lies in the future."), _("Correct the year."), field="birth_date")
    if form.deceased_on is not None and form.deceased_on > today:
        raise RuleBroken(_("The day of death lies in the future."), _("Choose today or an earlier day."), field="deceased_on")
    if form.deceased_on is not None and form.birth_date is not None and form.deceased_on < form.birth_date:
        raise RuleBroken(_("The day of death lies before the birth date."), _("Correct one of them."), field="deceased_on")


_MERGED = select(MergedPerson.id).where(MergedPerson.person_id == Person.id).exists()
_WHO: Any = bindparam("person", type_=Key())
_NAME = Prepared(select(Person.family, Person.given, _MERGED).where(Person.id == _WHO))
# What `name_the_person` finds, as a server puts it together.
_CALLED = Prepared(
    text(
        "SELECT jsonb_build_object('name', concat_ws(', ', nullif(p.family, ''), nullif(p.given, ''))) FROM person p "
        "WHERE p.id = :person AND NOT EXISTS (SELECT FROM merged_person m WHERE m.person_id = p.id)"
    ).bindparams(_WHO)
)
