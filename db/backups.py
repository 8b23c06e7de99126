"""The copies kept of a database: where they lie, what they are called, when one is wanted, and which may go."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from sqlcipher3 import dbapi2

from db import faults
from db.copies import Checked, copy_checked
from db.errors import Unavailable
from db.keys import KeyMissing, key_of
from db.profiles import SUFFIX
from db.sqlite import opening
from db.sqlite.copying import Report, sweep
from db.texts import _

EVERY = timedelta(minutes=30)  # between two regular copies, when something changed
RISKY_KEPT = timedelta(days=30)
DAYS, WEEKS, MONTHS = 14, 8, 12  # one copy a day, a week, a month is kept so long
FOLDER_SETTING = "core.backup_folder"
REASONS = {
    "regular": _("Regular"),
    "hand": _("By hand"),
    "import": _("Before an import"),
    "step": _("Before a large step"),
    "takeback": _("Before a large taking back"),
    "upgrade": _("Before a new version of the program"),
    "restore": _("Before a restore"),
}
_NAME = re.compile(r"(?P<stem>.+) (?P<at>\d{4}-\d\d-\d\dT\d{6}Z) (?P<reason>[a-z]+)")
_MOMENT = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy, as its name tells it; whether it is whole is known when it is checked."""

    path: Path
    at: datetime
    reason: str  # a key of REASONS
    size: int  # bytes


def folder_beside(database: Path) -> Path:
    """Where copies lie unless another folder was chosen."""
    return database.with_name(f"{database.stem} backups")


def chosen_folder(database: Path) -> Path | None:
    """The folder the office chose in the settings, read from the file itself; None if it chose none.

    Databases of the same name in different places never share one: each has a folder of its own inside.
    """
    found = _ask(database, f"SELECT value FROM setting WHERE key = '{FOLDER_SETTING}' AND user_id IS NULL")
    with suppress(TypeError, ValueError):
        wanted = json.loads(str(found)) if found else ""
        if isinstance(wanted, str) and wanted.strip():
            place = hashlib.sha256(str(database.resolve()).encode()).hexdigest()[:6]
            return Path(wanted).expanduser() / f"{database.stem}-{place} backups"
    return None


def folders(database: Path) -> list[Path]:
    """Every folder that may hold copies of this database, the chosen one first."""
    chosen = chosen_folder(database)
    return [folder_beside(database)] if chosen is None else [chosen, folder_beside(database)]


def name_for(database: Path, at: datetime, reason: str) -> str:
    """The file name of a copy; the moment is in UTC so that names sort even when clocks are set back."""
    return f"{database.stem} {at.astimezone(UTC).strftime(_MOMENT)} {reason}{SUFFIX}"


def backups_of(database: Path) -> list[Backup]:
    """All copies of this database that carry the names given here, newest first. A folder out of reach counts as empty."""
    found = []
    for folder in folders(database):
        with suppress(OSError):
            for path in folder.glob(f"*{SUFFIX}"):
                hit = _NAME.fullmatch(path.stem)
                if hit and hit["stem"] == database.stem and hit["reason"] in REASONS:
                    at = datetime.strptime(hit["at"], _MOMENT).replace(tzinfo=UTC)
                    found.append(Backup(path, at, hit["reason"], path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True)


def place_for(database: Path, at: datetime, reason: str) -> Path:
    """Where the next copy goes. What is made while a database is being replaced or brought up to date stays beside it.

    Raises:
        Unavailable: the chosen folder is not there. It is not made: the drive it lies on may be missing.
    """
    chosen = None if reason in ("upgrade", "restore") else chosen_folder(database)
    if chosen is None:
        return folder_beside(database) / name_for(database, at, reason)
    if not chosen.parent.is_dir():
        raise Unavailable(
            _("No backup was made: the folder chosen for backups is not there ({folder})."),
            _("Connect the drive, or choose another folder in the settings."),
            folder=str(chosen.parent),
        )
    return chosen / name_for(database, at, reason)


def make_backup(
    database: Path, reason: str, at: datetime, *, zone: tzinfo | None = None, report: Report = lambda _done, _of: None
) -> Checked:
    """Make a checked copy where copies of this database go, then let go of those the rule no longer keeps.

    Args:
        zone: In which days are counted; None means the computer's.

    Raises:
        Unavailable: no room, no right, or the copy is not sound. Older copies are still there.
        Stopped: `report` said so.
    """
    made = copy_checked(database, place_for(database, at, reason), report)
    thin_out(database, at, zone)
    return made


def is_wanted(database: Path) -> bool:
    """Whether something was changed that the newest copy does not hold."""
    state = last_change(database)
    if not state or state <= 1:
        return False  # nothing but the first user
    newest = next(iter(backups_of(database)), None)
    return newest is None or last_change(newest.path) != state


def is_covered(database: Path, reason: str) -> bool:
    """Whether the newest copy was made for this reason and holds all there is: another one would be its double."""
    newest = next(iter(backups_of(database)), None)
    return newest is not None and newest.reason == reason and last_change(newest.path) == last_change(database)


def last_change(path: Path) -> int | None:
    """The number of the newest step in the history; None if that cannot be read."""
    found = _ask(path, "SELECT max(number) FROM change_set")
    return int(found) if found is not None else None


def thin_out(database: Path, now: datetime, zone: tzinfo | None = None) -> list[Path]:
    """Delete the copies the rule no longer keeps, and what a program that died left unfinished; gives the former."""
    for folder in folders(database):
        sweep(folder)
    gone = [backup.path for backup in surplus(backups_of(database), now, zone)]
    for path in gone:
        with suppress(OSError):  # the next thinning tries again
            path.unlink(missing_ok=True)
    return gone


def surplus(backups: Iterable[Backup], now: datetime, zone: tzinfo | None = None) -> list[Backup]:
    """Which copies may go.

    Kept are: what was made by hand, all of today, the newest of each of the last 14 days, 8 weeks and 12 months that have
    any, and for 30 days those made before a risky step. The newest copy always stays.
    """
    rest = sorted((b for b in backups if b.reason != "hand"), key=lambda backup: backup.at, reverse=True)
    today = now.astimezone(zone).date()
    kept = {backup.path for backup in rest[:1]}
    for backup in rest:
        if backup.at.astimezone(zone).date() >= today or (backup.reason != "regular" and now - backup.at < RISKY_KEPT):
            kept.add(backup.path)
    for count, form in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        kept |= _newest_of_each(rest, count, form, zone)
    return [backup for backup in rest if backup.path not in kept]


def _newest_of_each(newest_first: Sequence[Backup], count: int, form: str, zone: tzinfo | None) -> set[Path]:
    slots: dict[str, Path] = {}
    for backup in newest_first:
        slots.setdefault(backup.at.astimezone(zone).strftime(form), backup.path)
    return set(list(slots.values())[:count])


def _ask(path: Path, question: str) -> str | int | None:
    """One value from a file that may be open, closed, damaged, encrypted with a lost key, or no database at all."""
    try:
        if not path.is_file():
            return None
        raw = opening.connect(path, key_of(path), timeout=1)
        try:
            raw.execute("PRAGMA query_only = ON").close()
            row = raw.execute(question).fetchone()
        finally:
            raw.close()
    except (dbapi2.Error, OSError, KeyMissing):
        return None
    found: str | int | None = row[0] if row else None
    return found


def before_upgrade(database: Path, at: datetime) -> Path:
    """A checked copy before the file's shape is changed.

    Raises:
        Unavailable: the copy cannot be made, so the file stays as it is.
    """
    with faults.told(database):
        return make_backup(database, "upgrade", at).path
