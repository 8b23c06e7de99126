"""Rules and queries of the loans. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.database import about, describe, take
from db.errors import RuleBroken
from db.models.person import Person
from db.search import title_of
from db.texts import _

from .tables import Loan

LONGEST = 200


@dataclass(frozen=True, slots=True)
class LoanFilter:
    """Which loans the list shows: those not back yet, of one person or of all."""

    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LoanRow:
    """One thing on loan."""

    id: UUID
    version: int
    family: str
    given: str
    thing: str
    lent_at: datetime


def loans_query(filter: LoanFilter) -> Select[Any]:
    """What is not back yet; sort expressions are never NULL."""
    columns: tuple[Any, ...] = (Loan.id, Loan.version, Person.family, Person.given, Loan.thing, Loan.lent_at)
    sorts = (Loan.lent_at.label("lent_sort"), Person.name_key.label("name_sort"))
    query = select(*columns, *sorts).join(Person, Person.id == Loan.person_id).where(Loan.returned_at.is_(None))
    return query if filter.person_id is None else query.where(Loan.person_id == filter.person_id)


def lend(session: Session, person_id: UUID, thing: str, *, now: datetime) -> UUID:
    """Write down what somebody takes along.

    Raises:
        RuleBroken: the thing has no name, or a very long one.
    """
    thing = thing.strip()
    if not thing or len(thing) > LONGEST:
        raise RuleBroken(_("The thing needs a short name."), _("Write what you lend, such as “key 214”."), field="thing")
    person = session.get_one(Person, person_id)
    loan = Loan(person_id=person_id, thing=thing, lent_at=now)
    session.add(loan)
    session.flush()
    about(session, person_id)
    describe(session, thing=thing, name=title_of(person.family, person.given))
    return loan.id


def return_loan(session: Session, loan_id: UUID, version: int, *, now: datetime) -> None:
    """Take something back.

    Raises:
        Conflict: somebody changed the loan since the list read it; it is back already, say.
    """
    loan = take(session, Loan, loan_id, version)
    person = session.get_one(Person, loan.person_id)
    loan.returned_at = now
    session.flush()
    about(session, loan.person_id)
    describe(session, thing=loan.thing, name=title_of(person.family, person.given))
