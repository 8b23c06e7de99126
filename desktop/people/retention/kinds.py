"""Whom the register's own rules are about: by the furthest somebody ever came with the university. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_

from db.models.person import Person
from db.models.role import Role

# The furthest first. Whoever was a student is no applicant any more, whatever roles are left.
STUDENTS = ("student", "doctoral", "exchange_out", "exchange_in")
PARTNERS = ("mentor", "mentee", "donor_contact", "customer_contact", "staff", "caller")
APPLICANTS = ("applicant", "admitted")


def deceased(_day: date) -> ColumnElement[bool]:
    """Who died."""
    return Person.deceased_on.is_not(None)


def retired(_day: date) -> ColumnElement[bool]:
    """Who was taken out of the lists."""
    return and_(Person.retired_at.is_not(None), Person.deceased_on.is_(None))


def prospects(_day: date) -> ColumnElement[bool]:
    """Who never applied; that the role of a prospect has no end says nothing."""
    return and_(*_living(), ever("prospect"), ~ever(*APPLICANTS, *PARTNERS, *STUDENTS, "alumnus"))


def applicants(_day: date) -> ColumnElement[bool]:
    """Who applied or was admitted and never began."""
    return and_(*_living(), ever(*APPLICANTS), ~ever(*PARTNERS, *STUDENTS, "alumnus"))


def partners(day: date) -> ColumnElement[bool]:
    """Who worked with us or for us, and no longer does."""
    return and_(*_living(), ever(*PARTNERS), ~ever(*STUDENTS, "alumnus"), ~now(PARTNERS, day))


def students(day: date) -> ColumnElement[bool]:
    """Who studied here, does not any more, and did not become an alumnus."""
    return and_(*_living(), ever(*STUDENTS), ~ever("alumnus"), ~now((*STUDENTS, *PARTNERS), day))


def alumni(day: date) -> ColumnElement[bool]:
    """Alumni who are nothing else here today."""
    return and_(*_living(), ever("alumnus"), ~now((*STUDENTS, *PARTNERS), day))


def strangers(_day: date) -> ColumnElement[bool]:
    """Who never had a role here."""
    return and_(*_living(), ~exists().where(Role.person_id == Person.id))


def ever(*kinds: str) -> ColumnElement[bool]:
    """Whether somebody has or had such a role."""
    return exists().where(Role.person_id == Person.id, Role.kind.in_(kinds))


def now(kinds: Iterable[str], day: date) -> ColumnElement[bool]:
    """Whether somebody has such a role on that day, or will have."""
    lasts = or_(Role.ends.is_(None), Role.ends >= day)
    return exists().where(Role.person_id == Person.id, Role.kind.in_(tuple(kinds)), lasts)


def _living() -> list[ColumnElement[bool]]:
    """Those in the lists: the others have rules of their own."""
    return [Person.retired_at.is_(None), Person.deceased_on.is_(None)]
