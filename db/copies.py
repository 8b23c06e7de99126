"""Backups: a copy that is checked before anybody relies on it, and bringing one back."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlcipher3 import dbapi2

from db import faults
from db.database import Database
from db.errors import Unavailable
from db.texts import _


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look into a database file found. `problems` is empty when everything holds together."""

    path: Path
    people: int
    changes: int
    size: int  # bytes
    problems: tuple[str, ...]


def back_up(database: Database, target: Path) -> Checked:
    """Copy the open database to `target`, check the copy, and only then put it under its name.

    Raises:
        Unavailable: the target cannot be written, or the copy is not sound.
    """
    target = target.resolve()
    if target == database.path.resolve():
        raise Unavailable(_("A backup cannot replace the database it is made from."), _("Choose another file."))
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    with faults.told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy(database.path, partial)
            checked = check_copy(partial)
            if checked.problems:
                raise Unavailable(
                    _("The copy is not sound: {problem}."),
                    _("No backup was made. Check this database first."),
                    problem=checked.problems[0],
                )
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    return Checked(target, checked.people, checked.changes, checked.size, ())


def check_copy(path: Path) -> Checked:
    """Look whether a file is a whole Kontinuum database; changes nothing.

    Raises:
        Unavailable: it is missing or no Kontinuum database at all.
    """
    if not path.exists():
        raise Unavailable(_("There is no file {file}."), _("Choose another file."), file=path.name)
    with faults.told(path):
        faults.check_file(path, writes=False)
        mode = "rw" if faults.writable(path) else "ro"  # who only reads leaves the log's files lying about
        raw = dbapi2.connect(f"file:{_quoted(path)}?mode={mode}", uri=True, isolation_level=None)
        try:
            raw.execute("PRAGMA query_only = ON").close()
            names = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema")}
            if not {"person", "change_set", "schema_version_core"} <= names:
                raise Unavailable(
                    _("{file} is not a Kontinuum database, or it is damaged."), _("Choose another file."), file=path.name
                )
            problems = [row[0] for row in raw.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            problems += [f"{row[0]}: {row[2]}" for row in raw.execute("PRAGMA foreign_key_check").fetchmany(5)]
            problems += _missing_in_search(raw)
            people = raw.execute("SELECT count(*) FROM person").fetchone()[0]
            changes = raw.execute("SELECT count(*) FROM change_set").fetchone()[0]
        finally:
            raw.close()
    return Checked(path, people, changes, path.stat().st_size, tuple(problems))


def restore(copy: Path, target: Path) -> Path | None:
    """Put a checked copy in the place of `target`, which must be closed; answers where the former file went.

    A damaged `target` is kept as it is: that is when backups are needed.

    Raises:
        Unavailable: the copy is not sound, or `target` is open somewhere. Nothing was replaced.
    """
    checked = check_copy(copy)
    if checked.problems:
        raise Unavailable(
            _("The backup is damaged: {problem}."), _("Nothing was replaced. Choose another backup."), problem=checked.problems[0]
        )
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    former: Path | None = None
    with faults.told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy(copy, partial)
            if target.exists():
                former = _set_aside(target)
                for suffix in ("-wal", "-shm"):
                    target.with_name(target.name + suffix).unlink(missing_ok=True)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    return former


def _set_aside(target: Path) -> Path:
    """A copy of the file that is about to be replaced, under a name of its own."""
    names = (f"{target.stem}-before-restore{number}{target.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    former = next(place for place in map(target.with_name, names) if not place.exists())
    raw = dbapi2.connect(str(target), isolation_level=None, timeout=0.2)
    try:
        raw.execute("PRAGMA journal_mode = DELETE").close()  # folds the log in; refused while anybody has the file open
        _copy(target, former)
    except dbapi2.Error as error:
        if "is locked" in str(error):
            raise Unavailable(
                _("{file} is open in another window or program."),
                _("Nothing was replaced. Close it there first."),
                file=target.name,
            ) from error
        shutil.copy2(target, former)  # too damaged for the engine
    finally:
        raw.close()
    return former


def _copy(source: Path, target: Path) -> None:
    """A consistent copy of a file that may be in use, as one plain file without a log beside it."""
    target.unlink(missing_ok=True)
    read = dbapi2.connect(f"file:{_quoted(source)}?mode=ro", uri=True, isolation_level=None)
    try:
        write = dbapi2.connect(str(target), isolation_level=None)
        try:
            read.backup(write)
            write.execute("PRAGMA journal_mode = DELETE").close()
        finally:
            write.close()
    finally:
        read.close()
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _missing_in_search(raw: dbapi2.Connection) -> list[str]:
    """The engine's own check does not see a missing index row, so counts are compared."""
    people = raw.execute("SELECT count(*) FROM person WHERE retired_at IS NULL").fetchone()[0]
    found = raw.execute("SELECT count(*) FROM search_entry WHERE kind = 'person'").fetchone()[0]
    words = raw.execute("SELECT count(*) FROM search_words").fetchone()[0]
    entries = raw.execute("SELECT count(*) FROM search_entry").fetchone()[0]
    problems = []
    if people != found:
        problems.append(f"search: {people} people, {found} findable")
    if words != entries:
        problems.append(f"search: {entries} entries, {words} indexed")
    return problems


def _quoted(path: Path) -> str:
    return path.resolve().as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
