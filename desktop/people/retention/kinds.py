"""Whom the register's own rules are about: by the furthest somebody ever came with the university. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from db.models.person import Person
from desktop.people.retention.facts import ALUMNUS, APPLICANT, PARTNER, PROSPECT, STUDENT, Facts


def deceased(_facts: Facts) -> ColumnElement[bool]:
    """Who died."""
    return Person.deceased_on.is_not(None)


def retired(_facts: Facts) -> ColumnElement[bool]:
    """Who was taken out of the lists."""
    return and_(Person.retired_at.is_not(None), Person.deceased_on.is_(None))


def prospects(facts: Facts) -> ColumnElement[bool]:
    """Who never applied; that the role of a prospect has no end says nothing."""
    return and_(facts.furthest == PROSPECT, *_listed())


def applicants(facts: Facts) -> ColumnElement[bool]:
    """Who applied or was admitted and never began."""
    return and_(facts.furthest == APPLICANT, *_listed())


def partners(facts: Facts) -> ColumnElement[bool]:
    """Who worked with us or for us, and no longer does."""
    return and_(facts.furthest == PARTNER, facts.engaged == 0, *_listed())


def students(facts: Facts) -> ColumnElement[bool]:
    """Who studied here, does not any more, and did not become an alumnus."""
    return and_(facts.furthest == STUDENT, facts.engaged == 0, *_listed())


def alumni(facts: Facts) -> ColumnElement[bool]:
    """Alumni who are nothing else here today."""
    return and_(facts.furthest == ALUMNUS, facts.engaged == 0, *_listed())


def strangers(facts: Facts) -> ColumnElement[bool]:
    """Who never had a role here."""
    return and_(facts.furthest.is_(None), *_listed())


def _listed() -> list[ColumnElement[bool]]:
    """Those in the lists: the others have rules of their own."""
    return [Person.retired_at.is_(None), Person.deceased_on.is_(None)]
