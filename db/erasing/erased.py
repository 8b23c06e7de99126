"""Who was erased, by bare ids: in the database, and in a list beside its backups that outlives a damaged file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from db.backups import folder_beside
from db.base import Key
from db.keys import KeyMissing, key_of
from db.models.erased import ErasedPerson
from db.models.person import Person
from db.protected.tables import PERSON
from db.sqlite import copying, opening

LIST = "erased.txt"  # a line for each: the id, and how
HOW = ("erase", "anonymise")
_ON_SERVER = table("person", schema="protected")


def note_erased(database: Path, people: Mapping[UUID, str]) -> None:
    """Keep these ids in the list beside the backups of a database file, too."""
    place = list_of(database)
    write_list(place, _listed(place) | dict(people))


def read_list(place: Path) -> dict[UUID, str]:
    """Everybody in a list somebody names.

    Raises:
        OSError: it cannot be read.
        ValueError: a line of it is none of ours.
    """
    found: dict[UUID, str] = {}
    for line in place.read_text(encoding="ascii").splitlines():
        person, how = line.split()
        if how not in HOW:
            raise ValueError(how)
        found[UUID(person)] = how
    return found


def write_list(place: Path, known: Mapping[UUID, str]) -> None:
    """Make a list of these, in place of the one that is there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with copying.replacing(place) as partial:
        partial.write_text("".join(f"{person} {how}\n" for person, how in sorted(known.items())), encoding="ascii")


def erased_before(database: Path) -> dict[UUID, str]:
    """Everybody who was ever erased from a database file, and how: by its own list, which may be out of reach, and by the one
    beside its backups.
    """
    return _listed(list_of(database)) | _stored(database)


def come_back(session: Session, erased: Iterable[UUID]) -> list[UUID]:
    """Who of these is there all the same."""
    wanted = list(erased)
    found: list[UUID] = []
    for start in range(0, len(wanted), 500):
        found += session.scalars(select(Person.id).where(Person.id.in_(wanted[start : start + 500]))).all()
    return sorted(found)


def protected_again(session: Session, erased: Iterable[UUID]) -> list[UUID]:
    """Who of these is there, protected; on a server for its administrator alone."""
    own = session.connection().dialect.name == "sqlite"
    kept = PERSON.c.id if own else column("id", Key())
    return sorted(set(erased) & set(session.scalars(select(kept).select_from(PERSON if own else _ON_SERVER))))


def erased_people(session: Session) -> dict[UUID, str]:
    """Who was erased from the open database, by ids alone, and how."""
    return {row.person_id: row.how for row in session.execute(select(ErasedPerson.person_id, ErasedPerson.how))}


def list_of(database: Path) -> Path:
    """Where the list lies that is kept beside the backups."""
    return folder_beside(database) / LIST


def _listed(place: Path) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    with suppress(OSError):
        for line in place.read_text(encoding="ascii", errors="replace").splitlines():
            with suppress(ValueError):  # a line that is cut off, or not ours
                person, how = line.split()
                if how in HOW:
                    found[UUID(person)] = how
    return found


def _stored(database: Path) -> dict[UUID, str]:
    """From a file that may be missing, damaged, encrypted with a lost key, or older than the list."""
    if not database.is_file():
        return {}
    with (
        suppress(dbapi2.Error, OSError, KeyMissing),
        closing(opening.connect(database, key_of(database), "ro", timeout=1)) as raw,
    ):
        return {UUID(bytes=row[0]): row[1] for row in raw.execute("SELECT person_id, how FROM erased_person")}
    return {}
