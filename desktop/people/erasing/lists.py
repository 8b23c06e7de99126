"""The list of who was erased from a server, kept apart from its backups, and erasing by it after one was restored. No Qt in this file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from db.actor import Actor
from db.database import Database
from db.erasing.erased import erased_people, read_list, write_list
from db.errors import RuleBroken, Unavailable
from db.texts import _
from desktop.people.erasing.again import erase_again
from desktop.people.erasing.erase import World, checked_case


def keep_apart(database: Database, place: Path) -> int:
    """Add everybody the database says was erased to the list, which holds ids and nothing else; how many are in it.

    Raises:
        RuleBroken: what lies there is no such list; it stays as it is.
        Unavailable: the list can be neither read nor written.
    """
    known = _read(place) if place.exists() else {}
    with database.read() as session:
        known |= erased_people(session)
    try:
        write_list(place, known)
    except OSError as error:
        raise _unreachable(place) from error
    return len(known)


def erase_listed(database: Database, actor: Actor, place: Path, case: str, world: World) -> int:
    """Erase whoever a restored backup brought back of those in the list; how many did.

    Raises:
        RuleBroken: there is no case, or what lies there is no such list.
        Unavailable: the list cannot be read.
    """
    case, known = checked_case(case), _read(place)
    with database.read() as session:
        known |= erased_people(session)
    return erase_again(database, actor, known, world, case)


def _read(place: Path) -> dict[UUID, str]:
    try:
        return read_list(place)
    except ValueError as error:
        raise RuleBroken(
            _("{name} is no list of people who were erased."),
            _("Nothing was changed. Name the file that “kontinuum server erased” keeps."),
            name=place.name,
        ) from error
    except OSError as error:
        raise _unreachable(place) from error


def _unreachable(place: Path) -> Unavailable:
    return Unavailable(
        _("The list {name} can be neither read nor written."),
        _("Nothing was changed. Look at its folder and its rights."),
        name=place.name,
    )
