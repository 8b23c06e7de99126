"""What commands share: the database they name, opened with its parts, and their results for programs and for people."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db.errors import Unavailable
from db.profiles import Places, locate
from db.texts import _
from desktop.assembly import Ground, assemble, new_registry
from desktop.command_line import keys, passwords
from desktop.core.clock import SystemClock, office_zone
from desktop.core.copy_first import CopyFirst
from desktop.core.tasks_immediate import ImmediateTasks

Lines = Iterator[str]


@contextmanager
def opened(asked: Namespace, *, writes: bool, dry: bool = False, invented: bool = False) -> Iterator[Ground]:
    """The parts around the database asked for. A file that is not there is made only by what writes to it.

    It is made encrypted, unless its people are `invented`.
    """
    path = locate(asked.db, Places.of_this_machine())
    registry = new_registry(SystemClock(office_zone()))
    remark = ""
    with TemporaryDirectory(prefix="kontinuum-") as folder:
        if isinstance(path, Path) and not path.exists() and not writes:
            if not dry:
                raise Unavailable(
                    _("There is no database {file}."),
                    _("Give another with --db, or make one with “demo” or “import”."),
                    file=str(path),
                )
            path = Path(folder) / "dry.kontinuum"
        elif isinstance(path, Path) and not path.exists() and not invented:
            remark = keys.begin_protected(path)
        database = passwords.open_asking(path, registry)
        try:
            ground = assemble(database, registry, login=asked.login, make_tasks=ImmediateTasks)
            if isinstance(path, Path) and not getattr(asked, "no_backup", False):
                settings, clock = ground.settings, ground.context.clock
                wanted = partial(settings.get, "core.backup_before")
                database.before_step = CopyFirst(path, clock, registry.verbs, wanted)
            yield ground
            if remark:
                keys.warn(remark)  # who was refused hears only that
        finally:
            database.close()


def printed(asked: Namespace, plain: Any, words: list[str]) -> Lines:
    """One line of JSON for programs, or the words for people, as was asked for."""
    if asked.json:
        yield json.dumps(plain, ensure_ascii=False)
    else:
        yield from words


def step_of(steps: Mapping[str, Callable[..., tuple[Any, list[str]]]], asked: Namespace) -> Lines:
    """Carry out the step of the command that was named, in the open database."""
    with opened(asked, writes=False) as ground:
        plain, words = steps[asked.step](ground.context, asked)
    yield from printed(asked, plain, words)
