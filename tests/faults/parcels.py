"""A module whose tables change with every release: each revision rebuilds its one table and rewrites every row."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

from db.keys import key_of
from db.sqlite import opening

_FIRST = '''"""Parcels begin."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision, down_revision = "parcel_0001", None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "parcel",
        sa.Column("id", Key(), nullable=False, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_parcel_made_in", "parcel", ["made_in"])
'''
_NEXT = '''"""Parcels get another column."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "parcel_{number:04}", "parcel_{before:04}"


def upgrade() -> None:
    """Rebuild the table and go through its rows."""
    with op.batch_alter_table("parcel", recreate="always") as batch:
        batch.add_column(sa.Column("extra_{number}", sa.Text(), nullable=False, server_default="x"))
    op.execute("UPDATE parcel SET note = note || ' {number}'")
'''


class Releases:
    """The folder of revisions, and what must be written in the parcels after the newest."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.newest, self.notes = folder, 0, Counter[str]()
        folder.mkdir()
        self.publish()

    def publish(self) -> None:
        """The program gets a revision more."""
        self.newest += 1
        words = _FIRST if self.newest == 1 else _NEXT.format(number=self.newest, before=self.newest - 1)
        (self.folder / f"parcel_{self.newest:04}_words.py").write_text(words, encoding="utf-8")

    def add_parcel(self) -> None:
        """One was stored."""
        self.notes[""] += 1

    def upgrade(self) -> None:
        """The revision published last is stored."""
        self.notes = Counter({f"{note} {self.newest}": count for note, count in self.notes.items()})


def stored_parcels(path: Path) -> tuple[int, int, Counter[str]]:
    """What the file really holds: its revision, the columns that revisions added, the parcels by what is written in them."""
    with closing(opening.connect(path, key_of(path))) as raw:
        revision = raw.execute("SELECT version_num FROM schema_version_parcel").fetchone()[0]
        columns = [row[1] for row in raw.execute("PRAGMA table_info(parcel)")]
        notes = Counter(row[0] for row in raw.execute("SELECT note FROM parcel"))
    return int(revision.removeprefix("parcel_")), 1 + sum(name.startswith("extra_") for name in columns), notes
