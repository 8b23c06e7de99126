"""Erases somebody protected without ending the protection first, for those who handle protected identities. No Qt in this file."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.absent import absent
from db.actor import Actor
from db.database import Database
from db.erasing.on_server import forget_protected
from db.errors import RuleBroken
from db.texts import _
from desktop.people.erasing.erase import World, checked_case, keep_list, take_out_naming, wiped

RIGHT = "people.protected"


def erase_protected(database: Database, actor: Actor, person: UUID, case: str, world: World) -> bool:
    """Do it, for good; False when the file still holds traces because somebody is reading it: they go when it is closed.

    What law keeps stays protected, under the same handle, with the name and nothing else.

    Raises:
        RuleBroken: no case is given, a legal hold keeps the person, or something of theirs belongs to what is gone meanwhile.
        Unavailable: nobody protected is there by that id.
    """
    case = checked_case(case)
    with database.write(actor, "erase_person", details={"case": case}) as session:
        people = take_out_protected(session, person, case, world)
    keep_list(database, dict.fromkeys(people, "erase"))
    return wiped(database)


def take_out_protected(session: Session, person: UUID, case: str, world: World) -> tuple[UUID, ...]:
    """Erase inside a write scope that is about nobody; the ids that are gone, as far as a list beside backups needs them.

    Raises:
        RuleBroken, Unavailable: as `erase_protected`.
    """
    try:
        if session.connection().dialect.name == "postgresql":
            kept = [fate.erasing for fate in world.fates if fate.erasing.ground]
            keeps = [f"{erasing.table}.{column}" for erasing in kept for column in erasing.refers]
            forget_protected(session, person, keeps, case)
            return (person,)
        return _from_file(session, person, case, world)
    except IntegrityError as error:
        raise RuleBroken(
            _("This person cannot be erased: something of theirs belongs to what was removed since."),
            _("Nothing was changed. Take back that removal first; the history of the office shows it."),
        ) from error


def _from_file(session: Session, person: UUID, case: str, world: World) -> tuple[UUID, ...]:
    from db.sqlite import erasing_protected

    connection, info = session.connection(), session.info
    mark = erasing_protected.bring_back(connection, person, info["sources"])
    if mark is None:
        raise absent()
    gone = take_out_naming(session, person, "erase", world)
    session.flush()
    session.expunge_all()
    if gone.named is not None:
        erasing_protected.protect_again(connection, mark, gone.named, info["sources"], info["now"]())
    erasing_protected.note_erased(connection, mark, info["actor"].name, case, info["now"]())
    return gone.people
