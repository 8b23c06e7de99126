"""Knows the people again whom this very file brought before and whom no key could tell: rows with nothing but a name."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session, aliased

from db.models.history import ChangeSet
from db.models.person import Person
from db.sorting import name_key
from desktop.people.imports.deciding.origins import IMPORT_VERB
from desktop.people.imports.incoming import IncomingPerson


class Earlier:
    """The imports of a file with the same content that were not taken back. Without such rows nothing is asked."""

    def __init__(self, session: Session, digest: str, rows: Sequence[IncomingPerson]) -> None:
        self._session = session
        self._imports = _imports_of(session, digest) if digest and any(map(_is_keyless, rows)) else []

    def people(self, rows: Sequence[IncomingPerson]) -> dict[int, list[UUID]]:
        """Whom these rows made then, by the line."""
        if not self._imports:
            return {}
        made: dict[bytes, list[UUID]] = {name_key(row.family, row.given): [] for row in rows if _is_keyless(row)}
        found = select(Person.name_key, Person.id).where(Person.name_key.in_(made), Person.made_in.in_(self._imports))
        for key, person in self._session.execute(found.order_by(Person.id)):
            made[bytes(key)].append(person)
        named = ((row.line, made[name_key(row.family, row.given)]) for row in rows if _is_keyless(row))
        return {line: people for line, people in named if people}


def _is_keyless(row: IncomingPerson) -> bool:
    return not (row.identifiers or row.emails or row.phones)


def _imports_of(session: Session, digest: str) -> list[UUID]:
    later = aliased(ChangeSet)
    found = select(ChangeSet.id).where(
        ChangeSet.verb == IMPORT_VERB,
        cast(ChangeSet.details, String).contains(digest),
        ~exists().where(later.takes_back == ChangeSet.id),
    )
    return list(session.scalars(found))
