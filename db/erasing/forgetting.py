"""The step that erases somebody: it cannot be taken back, and the history keeps no more than that it was done."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from db.absent import absent
from db.engine import engine_of
from db.models.erased import ErasedPerson

_MOVED = ("person", "contact_point", "identifier", "role", "interaction", "task", "change_set", "suspected_pair", "search_entry")


def forget(session: Session, person: UUID, how: str, *, named: UUID | None = None, further: Iterable[UUID] = ()) -> None:
    """Take away all that is known of a person, inside a write scope that is about nobody.

    Rows the scope changed before stay as it left them; what else hung on these goes with the person. The ids are kept, so that
    what a backup holds can be erased again.

    Args:
        how: "erase" or "anonymise".
        named: The record to which rows refer that stay with all that hangs on them.
        further: Ids of records that were merged into this one.

    Raises:
        Unavailable: nobody is there by that id, protected people among them.
    """
    session.flush()
    session.expunge_all()
    connection, now = session.connection(), session.info["now"]()
    if not engine_of(connection).erase(connection, person, named, session.info["sources"], now):
        raise absent()
    session.info["areas"].update(_MOVED)
    for own in (person, *further):
        if session.get(ErasedPerson, own) is None:
            session.add(ErasedPerson(person_id=own, how=how, at=now))
    session.flush()
