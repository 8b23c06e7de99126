"""What the file and the disk refuse is told in words: what, where, what to do."""
# ruff: noqa: SIM117 - what must fail here is the end of a write scope

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db.actor import Actor
from db.copies import check_copy
from db.database import Database
from db.errors import Told, Unavailable
from db.models.person import Person
from db.sqlite import connection
from tests.db.support import count, foreign, person


def words(path: Path) -> str:
    """What opening says."""
    with pytest.raises(Unavailable) as told:
        Database(path)
    return str(told.value)


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert words(tmp_path / "folder") == "folder is a folder. Choose a file."


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04" + bytes(5000), b"SQLite format 3", "Förnamn;Efternamn\n".encode()])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert words(path).startswith("list.csv is not a Kontinuum database, or it is damaged. Nothing was changed.")
    assert path.read_bytes() == content and [p.name for p in tmp_path.iterdir()] == ["list.csv"]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "x.kontinuum"
    path.touch()
    Database(path).close()
    assert check_copy(path).problems == ()


@pytest.mark.parametrize("kept", [100, 4096, 5000, 20000])
def test_a_truncated_file(empty_file: Path, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "x.kontinuum"
    path.write_bytes(empty_file.read_bytes()[:kept])
    assert "damaged" in words(path)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with foreign(path) as raw:
        raw.execute("CREATE TABLE person (name TEXT)")
        raw.execute("INSERT INTO person VALUES ('Åsa')")
    before = path.read_bytes()
    assert "not a Kontinuum database" in words(path)
    assert path.read_bytes() == before


def test_a_read_only_folder(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.kontinuum"
    path.write_bytes(empty_file.read_bytes())
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path)
    assert words(path).startswith("x.kontinuum or its folder is read-only.")
    assert words(tmp_path / "new.kontinuum").startswith("new.kontinuum or its folder is read-only.")
    assert [p.name for p in tmp_path.iterdir()] == ["x.kontinuum"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be used" in words(tmp_path / "file" / "x.kontinuum")


def test_another_program_that_writes_too_long(
    empty_file: Path, tmp_path: Path, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "WAIT_MS", 50)
    path = tmp_path / "x.kontinuum"
    path.write_bytes(empty_file.read_bytes())
    opened = Database(path)
    with foreign(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"Another program is writing to x.kontinuum.*Nothing was saved"):
            with opened.write(actor, "create_person") as session:
                session.add(person("Åberg"))
        assert count(opened, Person) == 0  # reading goes on
        other.execute("ROLLBACK")
    with opened.write(actor, "create_person") as session:
        session.add(person("Åberg"))
    assert count(opened, Person) == 1
    opened.close()


@pytest.mark.sqlite_only("the disk is the file's")
def test_a_full_disk(database: Database, actor: Actor) -> None:
    with database.engine.writer.connect() as raw:
        raw.exec_driver_sql(f"PRAGMA max_page_count = {raw.exec_driver_sql('PRAGMA page_count').scalar_one() + 3}")
    with pytest.raises(Unavailable, match=r"no room left on the disk.*Nothing was saved"):
        with database.write(actor, "create_person") as session:
            session.add_all([person("Åberg", note="x" * 10_000) for _number in range(10)])
    assert count(database, Person) == 0


def test_a_defect_is_not_dressed_up_as_a_fault(database: Database, actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError), database.read():
        raise ZeroDivisionError
    with pytest.raises(Exception, match="no such table|does not exist") as caught, database.read() as session:
        session.connection().exec_driver_sql("SELECT * FROM full_locked_busy")
    assert not isinstance(caught.value, Told)


def test_a_rule_of_the_database_that_mentions_a_busy_word_is_no_fault(database: Database, actor: Actor) -> None:
    with pytest.raises(Exception, match="constraint") as caught, database.write(actor, "create_person") as session:
        session.add(person("", ""))
    assert not isinstance(caught.value, Told)
