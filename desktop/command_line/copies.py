"""What the command line does about copies of the database: backup, backups, restore and check."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from db import backups, copies
from db.actor import Actor
from db.base import new_id
from db.errors import Unavailable
from db.profiles import Places, locate_file
from db.texts import _
from desktop.assembly import new_registry, open_database, parts_of
from desktop.command_line.opening import Lines, opened, printed
from desktop.core.clock import SystemClock, office_zone
from desktop.core.texts import Texts
from desktop.people.erasing.erase import NOBODY, World
from desktop.people.erasing.restoring import restore_without_erased


def back_up(asked: Namespace) -> Lines:
    """Copy the database and check the copy."""
    with opened(asked, writes=False) as ground:
        path, clock = ground.context.database.path, ground.context.clock
        if asked.file:
            made = copies.back_up(ground.context.database, asked.file)
        else:
            made = backups.make_backup(path, "hand", clock.now(), zone=clock.zone)
    yield from printed(asked, _plain(made), [f"{made.path}: {made.people} people, {made.changes} changes, checked"])


def list_backups(asked: Namespace) -> Lines:
    """The backups of a file, the newest first."""
    path = locate_file(asked.db, Places.of_this_machine())
    found, clock = backups.backups_of(path), SystemClock(office_zone())
    texts = Texts("en", zone=clock.zone, now=clock.now)
    plain = [{"file": str(b.path), "at": b.at.isoformat(), "reason": b.reason, "size": b.size} for b in found]
    words = [f"{texts.moment(b.at)}  {b.size // 1024:>9} KiB  {texts.say(backups.REASONS[b.reason])}  {b.path}" for b in found]
    yield from printed(asked, plain, words)


def restore(asked: Namespace) -> Lines:
    """Put a checked copy in the place of the database; whoever was erased since stays erased."""
    target, clock = locate_file(asked.db, Places.of_this_machine()), SystemClock(office_zone())
    registry = new_registry(clock)
    aside = backups.place_for(target, clock.now(), "restore")
    actor, world = Actor(new_id(), asked.login or "kontinuum"), World(registry.fates(), NOBODY)
    former = restore_without_erased(asked.file, target, actor, world, parts=parts_of(registry), aside=aside)
    try:
        open_database(target, registry).close()  # an older copy is brought up to date
    except Exception:
        copies.put_back(former, target)
        raise
    kept = f"; what was there before is now {former}" if former else ""
    yield from printed(asked, {"file": str(target), "former": str(former) if former else None}, [f"{target} restored{kept}"])


def check(asked: Namespace) -> Lines:
    """Look whether a file holds together.

    Raises:
        Unavailable: it is damaged.
    """
    path = locate_file(asked.db, Places.of_this_machine())
    if asked.mend_search:
        with opened(asked, writes=False) as ground:
            ground.context.database.rebuild_search()
    found = copies.check_copy(path)
    if found.problems:
        raise Unavailable(
            _("{file} is damaged: {problem}."), _("Restore a backup."), file=found.path.name, problem="; ".join(found.problems)
        )
    yield from printed(asked, _plain(found), [f"{found.path}: {found.people} people, {found.changes} changes, all in order"])


def _plain(found: copies.Checked) -> dict[str, Any]:
    return {
        "file": str(found.path),
        "people": found.people,
        "changes": found.changes,
        "size": found.size,
        "problems": list(found.problems),
    }
