"""Restoring a backup from which everybody is erased again who was erased since it was made."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from db.actor import Actor
from db.copies import put_back, restore
from db.database import Database
from db.erasing.erased import erased_before
from db.schema import Part
from db.sqlite.copying import Report
from desktop.people.erasing.again import erase_again
from desktop.people.erasing.erase import World


def restore_without_erased(
    copy: Path,
    target: Path,
    actor: Actor,
    world: World,
    *,
    parts: Sequence[Part],
    aside: Path,
    report: Report = lambda _done, _of: None,
) -> Path | None:
    """As `db.copies.restore`; if somebody cannot be erased again, what was there before is put back.

    Raises:
        Unavailable: as there, or somebody could not be erased again.
        Stopped: `report` said so. Nothing was replaced.
    """
    erased = erased_before(target)
    former = restore(copy, target, parts=parts, aside=aside, report=report)
    if erased:
        with ExitStack() as failing:
            failing.callback(put_back, former, target)
            with closing(Database(target, parts=parts)) as opened:
                erase_again(opened, actor, erased, world)
            failing.pop_all()
    return former
