"""Backups: a copy that is checked before anybody relies on it, and bringing one back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from db import faults, schema, seal
from db.errors import Stopped, Unavailable
from db.keys import Key, KeyMissing, key_of
from db.places import refuse_shared
from db.sqlite import converting, copying, opening
from db.sqlite.connection import make_engine
from db.sqlite.copying import Report
from db.texts import _

if TYPE_CHECKING:
    from db.database import Database

LOOK = 500_000  # steps of the engine's machine between two looks whether to stop


def _quiet(_done: int, _total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look into a database file found. `problems` is empty when everything holds together."""

    path: Path
    people: int
    changes: int
    size: int  # bytes
    problems: tuple[str, ...]


def back_up(database: Database, target: Path, report: Report = _quiet) -> Checked:
    """Copy the open database to `target`, check the copy, and only then put it under its name.

    Raises:
        Unavailable: the target cannot be written, or the copy is not sound.
        Stopped: `report` said so; nothing was left behind.
    """
    return copy_checked(database.path, target, report)


def copy_checked(source: Path, target: Path, report: Report = _quiet) -> Checked:
    """As `back_up`, from a file that may be open or not."""
    target = target.resolve()
    if target == source.resolve():
        raise Unavailable(_("A backup cannot replace the database it is made from."), _("Choose another file."))
    with _making(target) as partial:
        copying.copy(source, partial, report)
        if key_of(partial) is None:
            seal.seal(partial)  # each page of an encrypted file bears a seal of its own
        checked = check_copy(partial, report)
        if checked.problems:
            raise Unavailable(
                _("The copy is not sound: {problem}."),
                _("No backup was made. Check this database first."),
                problem=checked.problems[0],
            )
    return replace(checked, path=target)


def check_copy(path: Path, report: Report = _quiet) -> Checked:
    """Look whether a file is a whole Kontinuum database; changes nothing.

    Raises:
        Unavailable: it is missing, cut short, not as it was when it was made, or no Kontinuum database at all.
        Stopped: `report` said so.
    """
    if not path.exists():
        raise Unavailable(_("There is no file {file}."), _("Choose another file."), file=path.name)
    with faults.told(path):
        if not path.with_name(f"{path.name}-wal").exists():
            _look_at_file(path)
        with _looking(path, report) as raw:
            names = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema")}
            if not {"person", "change_set", "schema_version_core"} <= names:
                raise Unavailable(_("{file} is a database, but not one of Kontinuum."), _("Choose another file."), file=path.name)
            problems = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check").fetchmany(5)]
            problems += [row[0] for row in raw.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            problems += [f"{row[0]}: {row[2]}" for row in raw.execute("PRAGMA foreign_key_check").fetchmany(5)]
            problems += _missing_in_search(raw)
            people = raw.execute("SELECT count(*) FROM person").fetchone()[0]
            changes = raw.execute("SELECT count(*) FROM change_set").fetchone()[0]
    return Checked(path, people, changes, path.stat().st_size, tuple(problems))


def refuse_newer(path: Path, parts: Sequence[schema.Part]) -> None:
    """Refuse a copy this program could not open.

    Raises:
        Unavailable: a newer program made it.
    """
    engine = make_engine(path, lambda: None, read_only=True)
    try:
        with engine.connect() as connection:
            schema.outdated(connection, (schema.CORE_PART, *parts))
    finally:
        engine.dispose()


def restore(
    copy: Path,
    target: Path,
    *,
    parts: Sequence[schema.Part] = (),
    aside: Path | None = None,
    report: Report = _quiet,
) -> Path | None:
    """Put a checked copy in the place of `target`, which must be closed; answers where the former file went.

    A damaged `target` is kept as it is: that is when backups are needed. `put_back` undoes the restoring.

    Args:
        parts: The modules' lines of revisions: a copy this program could not open is refused.
        aside: Where a sound former file goes; else, as a damaged one always, beside the target under a name of its own.

    Raises:
        Unavailable: the copy is not sound, or `target` is open somewhere. Nothing was replaced.
        Stopped: `report` said so. Nothing was replaced.
    """
    refuse_shared(target)
    checked = check_copy(copy, report)
    if checked.problems:
        raise Unavailable(
            _("The backup is damaged: {problem}."), _("Nothing was replaced. Choose another backup."), problem=checked.problems[0]
        )
    former: Path | None = None
    with _making(target) as partial:
        lock = _lock_of(target) if opening.mark_of(copy) is None else None
        if lock is None:
            copying.copy(copy, partial, report)
        else:
            converting.convert(copy, partial, lock, report)  # what is encrypted stays so, whatever its backups were
        refuse_newer(partial, parts)
        if target.exists():
            former = _set_aside(target, aside)
            for suffix in ("-wal", "-shm"):
                target.with_name(target.name + suffix).unlink(missing_ok=True)
    return former


def put_back(former: Path | None, target: Path) -> None:
    """Undo a restoring whose outcome could not be opened: what was there before is there again."""
    with faults.told(target):
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        if former is not None:
            shutil.copy2(former, target)


@contextmanager
def _making(target: Path) -> Iterator[Path]:
    """A path for the new file, which at the end takes the place of `target`."""
    with faults.told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with copying.replacing(target) as partial:
            yield partial


@contextmanager
def _looking(path: Path, report: Report) -> Iterator[Any]:
    """A connection that only reads; `report` may stop what takes long."""
    mode = "rw" if faults.writable(path) else "ro"  # who only reads leaves the log's files lying about
    raw = opening.connect(path, key_of(path), mode)
    stopped: list[Stopped] = []

    def look() -> bool:
        try:
            report(0, 0)
        except Stopped as asked:
            stopped.append(asked)
        return bool(stopped)

    raw.set_progress_handler(look, LOOK)
    try:
        raw.execute("PRAGMA query_only = ON").close()
        yield raw
    except dbapi2.Error:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        raw.close()


def _look_at_file(path: Path) -> None:
    """What the engine would not find or not say well. Never for an open file: closing it here would drop the engine's locks.

    Raises:
        Unavailable: no database, shorter than its own header says, or not as it was when it was sealed.
    """
    faults.check_file(path, writes=False)
    with path.open("rb") as file:
        header = file.read(100)
    if opening.is_mark(header):
        return  # the engine will find out
    known = len(header) == 100 and header[24:28] == header[92:96]  # else an old engine wrote it
    page = int.from_bytes(header[16:18], "big")
    whole = int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page) if known else 100
    if path.stat().st_size < whole:
        raise Unavailable(
            _("{file} is damaged: it was cut short, a part of it is missing."),
            _("Nothing was replaced. Choose another backup."),
            file=path.name,
        )
    if seal.look_at_seal(path) == "broken":
        raise Unavailable(
            _("{file} is damaged: it is not as it was when it was made."),
            _("Nothing was replaced. Choose another backup."),
            file=path.name,
        )


def _lock_of(target: Path) -> Key | None:
    """The key of the file that is about to be replaced; None where it is plain, not there, or its key is lost."""
    try:
        return key_of(target)
    except KeyMissing:
        return None


def _set_aside(target: Path, aside: Path | None) -> Path:
    """A copy of the file that is about to be replaced."""
    names = (f"{target.stem}-before-restore{number}{target.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    former = next(place for place in map(target.with_name, names) if not place.exists())
    try:
        converting.alone(target).close()
        return copy_checked(target, aside or former).path
    except dbapi2.Error as error:
        if "is locked" in str(error):
            raise Unavailable(
                _("{file} is open in another window or program."),
                _("Nothing was replaced. Close it there first."),
                file=target.name,
            ) from error
    except Unavailable:
        pass  # damaged, or its key is lost, which is why something is restored
    shutil.copy2(target, former)
    return former


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
