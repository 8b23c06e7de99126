"""Encrypting a local database as a whole, and taking that back: the file, and the backups that belong to it."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlcipher3 import dbapi2

from db import backups, faults, keys
from db.copies import Checked, check_copy
from db.disk import free
from db.errors import RuleBroken, Unavailable
from db.keys import Key, key_of
from db.places import refuse_shared
from db.sqlite import converting, copying, opening
from db.sqlite.copying import Report
from db.texts import _

State = Literal["plain", "encrypted"]
SPARE = 1.1  # an encrypted page holds a little less than a plain one


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a file and its backups."""

    path: Path
    key: Key | None  # what opens it now
    backups: int  # encrypted with it
    left: tuple[Path, ...]  # backups that could not be; they are as they were


def state_of(path: Path) -> State:
    """How this file lies on the disk."""
    return "plain" if opening.mark_of(path) is None else "encrypted"


def begin(path: Path, key: Key) -> None:
    """Make an empty encrypted file, for a database to be made in; the key is the caller's to keep before.

    Raises:
        Unavailable: the file cannot be made, or there is one.
    """
    _refuse_place(path)
    keys.use(key)
    with faults.told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with copying.replacing(path) as partial:
            raw = opening.connect(partial, key)
            try:
                raw.execute("VACUUM").close()  # writes the first page
            finally:
                raw.close()


def begin_kept(path: Path) -> Key:
    """As `begin`, with a new key that the keyring keeps.

    Raises:
        NoKeyring: it cannot keep it; no file was made.
        Unavailable: the file cannot be made.
    """
    _refuse_place(path)
    key = keys.new_key()
    keys.keep(key)
    begin(path, key)
    return key


def _refuse_place(path: Path) -> None:
    refuse_shared(path)
    if path.exists():
        raise Unavailable(_("There is already a file {file}."), _("Choose another name."), file=path.name)


def encrypt(path: Path, key: Key, report: Report = lambda _done, _total: None) -> Converted:
    """Turn a plain, closed database into an encrypted one, and its backups with it; the key is the caller's to keep before.

    The file is replaced once the encrypted one is whole and checked. The old one's bytes are then overwritten.

    Raises:
        RuleBroken: it is encrypted already.
        Unavailable: it is open, damaged, or there is no room. Nothing was changed.
        Stopped: `report` said so. Nothing was changed.
    """
    if state_of(path) == "encrypted":
        raise RuleBroken(_("{file} is encrypted already."), file=path.name)
    keys.use(key)
    _replace(path, key, report)
    done, left = 0, []
    for backup in backups.backups_of(path):
        if state_of(backup.path) == "plain":
            try:
                _replace(backup.path, key, report)
                done += 1
            except Unavailable:
                left.append(backup.path)
    return Converted(path, key, done, tuple(left))


def decrypt(path: Path, report: Report = lambda _done, _total: None) -> Converted:
    """Turn an encrypted, closed database into a plain one. Its backups stay encrypted, and its key in the keyring, for them.

    Raises:
        RuleBroken: it is not encrypted.
        KeyMissing: its key is not at hand.
        Unavailable: it is open, damaged, or there is no room. Nothing was changed.
        Stopped: `report` said so. Nothing was changed.
    """
    if state_of(path) == "plain":
        raise RuleBroken(_("{file} is not encrypted."), file=path.name)
    _replace(path, None, report)
    return Converted(path, None, 0, ())


def mark_for(path: Path) -> bytes:
    """How an encrypted file begins, which names its key.

    Raises:
        RuleBroken: it is not encrypted.
    """
    mark = opening.mark_of(path)
    if mark is None:
        raise RuleBroken(_("{file} is not encrypted, so it has no recovery key."), file=path.name)
    return mark


def key_for(path: Path) -> Key:
    """The key of an encrypted file, for its recovery key to be printed.

    Raises:
        RuleBroken: it is not encrypted.
        KeyMissing: its key is not at hand.
    """
    mark_for(path)
    key = key_of(path)
    assert key is not None
    return key


def _replace(path: Path, key: Key | None, report: Report) -> None:
    refuse_shared(path)
    _refuse_unsound(check_copy(path, report), path)
    _need_room(path)
    with faults.told(path), closing(_alone(path)) as raw, converting.overwriting(path), copying.replacing(path) as partial:
        converting.convert_from(raw, path, partial, key, report)
        _refuse_unsound(check_copy(partial, report), path)
        if os.name != "posix":
            raw.close()  # else the file could not be replaced


def _alone(path: Path) -> Any:
    try:
        return converting.alone(path)
    except dbapi2.OperationalError as error:
        if "is locked" not in str(error):
            raise
        raise Unavailable(
            _("{file} is open in another window or program."), _("Nothing was changed. Close it there first."), file=path.name
        ) from error


def _refuse_unsound(found: Checked, path: Path) -> None:
    if found.problems:
        raise Unavailable(
            _("{file} is damaged: {problem}."),
            _("Nothing was changed. Restore a backup."),
            file=path.name,
            problem=found.problems[0],
        )


def _need_room(path: Path) -> None:
    needed = int(path.stat().st_size * SPARE / 1_000_000) + 1
    if needed > free(path):
        raise Unavailable(
            _("There is not enough room beside {file}: {needed} MB are needed for a while, {free} MB are free."),
            _("Nothing was changed. Make room and try again."),
            file=path.name,
            needed=needed,
            free=free(path),
        )
