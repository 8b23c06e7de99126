"""Which revision a database has and needs, and bringing it up to date.

Each part (the core, and every module) keeps its own line of Alembic revisions in a folder of its own and its own
version table, so that a module whose folder is gone does not stand in the way of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from db.errors import Unavailable
from db.texts import _

CORE = "core"
_ARISEN = "in the revisions of "
_REVISION = re.compile(r"_(\d{4})_\w+\.py$")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of revisions: files named `<key>_0001_words.py` in `folder`, each holding `revision = "<key>_0001"`."""

    key: str
    folder: Path

    @property
    def version_table(self) -> str:
        """The table that remembers this part's revision."""
        return f"schema_version_{self.key}"

    def newest(self) -> str:
        """The last revision in the folder, read from file names so that nothing need be imported."""
        names = sorted(p.name for p in self.folder.glob(f"{self.key}_*.py") if _REVISION.search(p.name))
        if not names:
            raise ValueError(f"no revisions for {self.key} in {self.folder.name}")
        return names[-1][: len(f"{self.key}_0001")]


CORE_PART = Part(CORE, Path(__file__).parent / "migrations")


def stored(connection: Connection, part: Part) -> str | None:
    """The revision this database has of a part; None when it has none."""
    if not inspect(connection).has_table(part.version_table):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {part.version_table}")).scalar()
    return found


def outdated(connection: Connection, parts: Iterable[Part]) -> list[Part]:
    """The parts that need an upgrade, in the order given.

    Raises:
        Unavailable: the database was written by a newer program.
    """
    found = []
    for part in parts:
        have, want = stored(connection, part), part.newest()
        if have is not None and have > want:
            raise Unavailable(
                _("This database was made by a newer version of Kontinuum (it has {have}, this program knows {want})."),
                _("Nothing was changed. Install the newer version to open it."),
                have=have,
                want=want,
            )
        if have != want:
            found.append(part)
    return found


def refuse_strangers(connection: Connection, name: str) -> None:
    """Never put our tables into another program's file.

    Raises:
        Unavailable: the file holds tables, but not ours.
    """
    if inspect(connection).get_table_names():
        raise Unavailable(
            _("{file} is not a Kontinuum database, or it is damaged."),
            _("Nothing was changed. Choose another file, or restore a backup."),
            file=name,
        )


def upgrade(connection: Connection, parts: Iterable[Part]) -> None:
    """Run the missing revisions inside the connection's own transaction: all of them, or none.

    An error that comes through names the part it arose in; see `blamed`.
    """
    from alembic.config import Config
    from alembic.runtime.environment import (
        EnvironmentContext,  # heavy, and rarely needed
    )
    from alembic.script import ScriptDirectory

    for part in parts:
        try:
            script = ScriptDirectory(str(part.folder), version_locations=[str(part.folder)])
            run = partial(_up_to_head, script)
            with EnvironmentContext(Config(), script, fn=run) as environment:
                environment.configure(
                    connection=connection, version_table=part.version_table, transactional_ddl=False, render_as_batch=True
                )
                environment.run_migrations()
        except BaseException as error:
            blame(error, part)
            raise


def _up_to_head(script: Any, revision: Any, _context: Any) -> Any:
    return script._upgrade_revs("head", revision)


def blame(error: BaseException, part: Part) -> None:
    """Let `error` name the part in whose revisions it arose."""
    error.add_note(f"{_ARISEN}{part.key}")


def blamed(error: BaseException) -> str:
    """The key of the part whose revisions raised `error`; "" where it arose elsewhere."""
    notes = getattr(error, "__notes__", [])
    return next((note.removeprefix(_ARISEN) for note in notes if note.startswith(_ARISEN)), "")
