"""Erases again whoever a restored backup brought back, protected people among them. No Qt in this file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import Database
from db.erasing.erased import come_back, protected_again
from db.models.person import Person
from db.models.retention import LegalHold
from db.protected.tables import KEPT
from desktop.people.erasing.erase import World, keep_list, take_out, wiped
from desktop.people.erasing.protected import take_out_protected

AGAIN = "erase_again"


def erase_again(database: Database, actor: Actor, erased: Mapping[UUID, str], world: World, case: str = "") -> int:
    """Erase whoever came back with a restored backup; how many did.

    Args:
        case: What the record of protected people says of it; a server wants one.
    """
    with database.read() as session:
        back, hidden = come_back(session, erased), protected_again(session, erased)
    if not back and not hidden:
        return 0
    with database.write(actor, AGAIN, details={"count": len(back) + len(hidden)}) as session:
        _let_go_of_holds(session, back, hidden)
        for person in back:
            if session.get(Person, person) is not None:  # else it went with the record it was merged into
                take_out(session, person, "anonymise" if erased[person] == "anonymise" else "erase", world)
        for person in hidden:
            take_out_protected(session, person, case, world)
    keep_list(database, erased)
    wiped(database)
    return len(back) + len(hidden)


def _let_go_of_holds(session: Session, back: Collection[UUID], hidden: Collection[UUID]) -> None:
    """What kept them then was lifted since."""
    session.execute(delete(LegalHold).where(LegalHold.person_id.in_(back)))
    if hidden and session.connection().dialect.name == "postgresql":
        session.execute(
            text("DELETE FROM protected.kept WHERE owner = ANY (:people) AND table_name = 'legal_hold'"), {"people": list(hidden)}
        )
    elif hidden:
        session.execute(delete(KEPT).where(KEPT.c.owner.in_(hidden), KEPT.c.table_name == "legal_hold"))
