"""The rules for the stages of a life and for numbers others gave a person. Flushes; the caller's write scope commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import identity_numbers
from db.database import take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.person import Identifier, Person
from db.models.role import ROLE_KINDS, Role
from db.numbers import holders
from db.search import title_of
from db.sorting import fold
from db.texts import _
from desktop.people.editing import name_the_person
from desktop.people.terms import term_code


@dataclass(frozen=True, slots=True)
class RoleForm:
    """One stage; `kind` is a code of `ROLE_KINDS`, both days are included, an empty end means it still holds."""

    kind: str
    programme: str = ""
    term: str = ""  # in any usual writing; kept as a code such as "2027-autumn" where it is a term
    starts: date | None = None
    ends: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierForm:
    """A number somebody gave the person; `kind` is a code of `identity_numbers.KINDS`."""

    kind: str
    value: str
    issuer: str = ""


def add_role(session: Session, person_id: UUID, form: RoleForm) -> UUID:
    """Begin a stage and give its id.

    Raises:
        RuleBroken: no kind was chosen, or it ends before it starts.
    """
    values = role_values(form)
    name_the_person(session, person_id)
    role = Role(person_id=person_id, source=form.source, **values)
    session.add(role)
    session.flush()
    return role.id


def edit_role(session: Session, role_id: UUID, version: int, form: RoleForm) -> None:
    """Change a stage.

    Raises:
        RuleBroken: as for `add_role`.
        Conflict: somebody else changed or removed it since the form read it.
    """
    values = role_values(form)
    role = take(session, Role, role_id, version)
    for name, value in values.items():
        setattr(role, name, value)
    session.flush()
    name_the_person(session, role.person_id)


def end_role(session: Session, role_id: UUID, version: int, day: date) -> None:
    """Let a stage end with `day`, its last one.

    Raises:
        RuleBroken: the day lies before its first.
        Conflict: somebody else changed or removed it since.
    """
    role = take(session, Role, role_id, version)
    _check_days(role.starts, day)
    role.ends = day
    session.flush()
    name_the_person(session, role.person_id)


def remove_role(session: Session, role_id: UUID, version: int) -> None:
    """Remove a stage that never was; one that is over is ended instead.

    Raises:
        Conflict: somebody else changed or removed it since.
    """
    role = take(session, Role, role_id, version)
    session.delete(role)
    session.flush()
    name_the_person(session, role.person_id)


def add_identifier(session: Session, person_id: UUID, form: IdentifierForm, *, today: date) -> UUID:
    """Write down a number and give its id. What it takes the place of, such as an interim number, stays as history.

    Args:
        today: Decides the century of a Swedish number written with ten digits; the last day of what is replaced.

    Raises:
        RuleBroken: no such number can exist, an interim number has no issuer, or somebody, who is named, has the number.
    """
    kind, value, issuer = number_of(form, today)
    _check_free(session, person_id, kind, value, issuer)
    name_the_person(session, person_id)
    _end_replaced(session, person_id, kind, today)
    row = Identifier(person_id=person_id, kind=kind, value=value, issuer=issuer)
    session.add(row)
    session.flush()
    return row.id


def remove_identifier(session: Session, identifier_id: UUID, version: int) -> None:
    """Remove a number; the history keeps it.

    Raises:
        Conflict: somebody else changed or removed it since.
    """
    row = take(session, Identifier, identifier_id, version)
    session.delete(row)
    session.flush()
    name_the_person(session, row.person_id)


def role_values(form: RoleForm) -> dict[str, Any]:
    """What a form says by column.

    Raises:
        RuleBroken: as for `add_role`.
    """
    check_role(form)
    written = {"kind": form.kind, "programme": form.programme.strip(), "term": term_code(form.term.strip())}
    return written | {"starts": form.starts, "ends": form.ends}


def number_of(form: IdentifierForm, today: date) -> tuple[str, str, str]:
    """Kind, form that is compared, and issuer of a number; one said to be Swedish may turn out as its close relative.

    Raises:
        RuleBroken: no such number can exist, or an interim number has no issuer.
    """
    if form.kind not in identity_numbers.KINDS:
        raise RuleBroken(_("A number needs a kind."), _("Choose one."), field="kind")
    try:
        value = identity_numbers.check(form.kind, form.value, today=today)
    except RuleBroken as broken:
        raise RuleBroken(broken.what, broken.to_do, field="value", **broken.values) from broken
    issuer = form.issuer.strip()
    if form.kind == "interim" and not issuer:
        raise RuleBroken(
            _("An interim number means nothing without who gave it."),
            _("Write for instance Ladok, or the name of the university."),
            field="issuer",
        )
    return form.kind, value, issuer


def check_role(form: RoleForm) -> None:
    """Look at a stage before it is written.

    Raises:
        RuleBroken: no kind was chosen, or it ends before it starts.
    """
    if form.kind not in ROLE_KINDS:
        raise RuleBroken(_("A role needs a kind."), _("Choose one."), field="kind")
    _check_days(form.starts, form.ends)


def _check_days(starts: date | None, ends: date | None) -> None:
    if starts is not None and ends is not None and ends < starts:
        raise RuleBroken(_("The role ends before it starts."), _("Correct one of the days."), field="ends")


def _end_replaced(session: Session, person_id: UUID, kind: str, today: date) -> None:
    """Let the numbers end that a real one takes the place of: registers swap temporary identities for lasting ones."""
    replaced = identity_numbers.REPLACES.get(kind, frozenset())
    standing = Identifier.person_id == person_id, Identifier.kind.in_(replaced), Identifier.valid_to.is_(None)
    for old in session.scalars(select(Identifier).where(*standing)) if replaced else ():
        old.valid_to = today


def _check_free(session: Session, person_id: UUID, kind: str, value: str, issuer: str) -> None:
    one_at_a_time(session, f"number {kind} {value}")
    by_issuer = kind in identity_numbers.ISSUED_KINDS
    same = [
        holder.person_id
        for holder in holders(session, [(kind, value)])
        if holder.kind == kind and (not by_issuer or fold(holder.issuer) == fold(issuer))
    ]
    if not same:
        return
    if same[0] == person_id:
        raise RuleBroken(_("This number is already written down."), _("Close the form."), field="value")
    taken = session.execute(select(Person.family, Person.given).where(Person.id == same[0])).one()
    raise RuleBroken(
        _("{name} already has this number."),
        _("Look at that person first: it may be the same one."),
        field="value",
        name=title_of(taken.family, taken.given),
    )
