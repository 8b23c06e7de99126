"""A file is made, found again, brought up to date whole or not at all, and refused when it is too new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlcipher3 import dbapi2

from db.actor import Actor
from db.backups import backups_of
from db.copies import check_copy
from db.database import Database
from db.errors import Unavailable
from db.models.person import Person
from db.schema import CORE_PART, Part, stored
from tests.db.support import count, found, person

FIRST = '''"""Begins."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision, down_revision = "extra_0001", None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "extra", sa.Column("id", Key(), primary_key=True), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False), sa.Column("changed_in", Key(), nullable=False),
        sa.Column("person_id", Key(), sa.ForeignKey("person.id"), nullable=False), sa.Column("word", sa.Text()),
    )
'''
SECOND = '''"""Grows."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "extra_0002", "extra_0001"


def upgrade() -> None:
    """Add a column and fill it."""
    op.add_column("extra", sa.Column("length", sa.Integer()))
    op.execute("UPDATE extra SET length = length(word)")
    %s
'''
Write = Callable[[str, str], Part]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a revision of a part called "extra"."""

    def run(name: str, source: str) -> Part:
        folder = tmp_path / "extra"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")
        return Part("extra", folder)

    return run


@pytest.fixture
def old(tmp_path: Path, write: Write, actor: Actor) -> Path:
    """A closed file with the first revision of the part, holding a person and a row of the part."""
    path = tmp_path / "old.kontinuum"
    opened = Database(path, parts=[write("extra_0001_first.py", FIRST)])
    with opened.write(actor, "create_person") as session:
        row = person("Åberg")
        session.add(row)
        session.flush()
        session.execute(
            text(
                "INSERT INTO extra (id, version, made_in, changed_in, person_id, word) VALUES (x'01', 1, :own, :own, :row, 'abc')"
            ),
            {"own": session.info["change_set"].bytes, "row": row.id.bytes},
        )
    opened.close()
    return path


def revision(path: Path, table: str) -> str:
    """The revision a file has."""
    raw = dbapi2.connect(str(path))
    try:
        found: str = raw.execute(f"SELECT version_num FROM {table}").fetchone()[0]
        return found
    finally:
        raw.close()


def test_a_new_file_has_the_newest_revision_of_every_part(database: Database) -> None:
    with database.read() as session:
        assert all(stored(session.connection(), part) == part.newest() for part in database.parts)
    assert {part.key for part in database.parts} >= {"core"}


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b c" / "å.kontinuum"
    Database(path).close()
    assert check_copy(path).problems == ()


def test_a_file_opened_again_holds_what_was_saved(tmp_path: Path, actor: Actor) -> None:
    path = tmp_path / "x.kontinuum"
    first = Database(path)
    with first.write(actor, "create_person") as session:
        session.add(person("Åberg"))
    first.close()
    size = path.stat().st_size
    again = Database(path)
    assert found(again, "åberg") == ["Åberg, Mia"]
    again.close()
    assert path.stat().st_size == size and sorted(p.name for p in tmp_path.iterdir()) == ["x.kontinuum"]


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.kontinuum"
    Database(path).close()
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.execute("UPDATE schema_version_core SET version_num = 'core_9999'").close()
    raw.close()
    with pytest.raises(Unavailable, match=r"newer version of Kontinuum.*core_9999.*Nothing was changed"):
        Database(path)
    assert revision(path, "schema_version_core") == "core_9999"


def test_a_file_of_an_older_version_is_brought_up_to_date_and_a_copy_kept(old: Path, write: Write, actor: Actor) -> None:
    part = write("extra_0002_grows.py", SECOND % "")
    opened = Database(old, parts=[part])
    with opened.read() as session:
        assert session.execute(text("SELECT word, length, version FROM extra")).all() == [("abc", 3, 1)]
    assert found(opened, "åberg") == ["Åberg, Mia"]
    with opened.write(actor, "change") as session:
        own = session.info["change_set"].bytes
        session.execute(text("UPDATE extra SET length = 4, version = 2, changed_in = :own"), {"own": own})
    with opened.read() as session:
        before = session.execute(text("SELECT before FROM row_image ORDER BY number DESC LIMIT 1")).scalar_one()
    opened.close()
    assert '"length":3' in before, "the new column is kept in images too"
    assert revision(old, "schema_version_extra") == "extra_0002"
    kept = backups_of(old)
    assert [copy.reason for copy in kept] == ["upgrade"]
    assert revision(kept[0].path, "schema_version_extra") == "extra_0001" and check_copy(kept[0].path).people == 1


def test_a_revision_that_fails_leaves_the_file_as_it_was(old: Path, write: Write) -> None:
    part = write("extra_0002_grows.py", SECOND % "raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        Database(old, parts=[part])
    assert revision(old, "schema_version_extra") == "extra_0001"
    (part.folder / "extra_0002_grows.py").unlink()
    opened = Database(old, parts=[part])
    with opened.read() as session:
        columns = set(session.execute(text("SELECT * FROM extra")).keys())
        assert "word" in columns and "length" not in columns
    opened.close()


def test_a_revision_may_rebuild_a_table_others_refer_to(old: Path, write: Write) -> None:
    part = write(
        "extra_0002_grows.py",
        SECOND
        % 'with op.batch_alter_table("person", recreate="always") as batch:\n        batch.add_column(sa.Column("more", sa.Text()))',
    )
    opened = Database(old, parts=[part])
    assert count(opened, Person) == 1
    with opened.read() as session:
        assert session.execute(text("SELECT count(*) FROM extra JOIN person ON person.id = person_id")).scalar() == 1
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    opened.close()


def test_a_file_whose_module_is_gone_opens_without_it(old: Path) -> None:
    opened = Database(old)
    assert count(opened, Person) == 1
    opened.close()


def test_a_module_that_is_new_gets_its_tables(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "x.kontinuum"
    Database(path).close()
    opened = Database(path, parts=[write("extra_0001_first.py", FIRST)])
    with opened.read() as session:
        assert session.execute(text("SELECT count(*) FROM extra")).scalar() == 0
    opened.close()


def test_the_newest_revision_is_read_from_file_names(tmp_path: Path) -> None:
    for name in ("two_words_0001_a.py", "two_words_0010_b.py", "two_words_0002_c.py", "other_0099_d.py", "__init__.py"):
        (tmp_path / name).touch()
    assert Part("two_words", tmp_path).newest() == "two_words_0010"
    assert CORE_PART.newest().startswith("core_")
    with pytest.raises(ValueError):
        Part("none", tmp_path).newest()
