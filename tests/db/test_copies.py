"""A copy is checked before anybody relies on it, and bringing one back loses nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from db.actor import Actor
from db.copies import back_up, check_copy, restore
from db.database import Database
from db.errors import Unavailable
from tests.db.support import family_of, foreign, found, rename
from tests.support import MakePerson

pytestmark = pytest.mark.sqlite_only("copies of files")


def spoil(path: Path) -> None:
    """Overwrite a page in the middle of the file."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(bytes(content))


def people_in(path: Path) -> list[str]:
    """Family names in a closed file."""
    opened = Database(path)
    try:
        return found(opened, "mia")
    finally:
        opened.close()


def test_a_backup_of_an_open_file_is_whole_and_checked(database: Database, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Åberg")
    target = tmp_path / "backups" / "x.kontinuum"
    made = back_up(database, target)
    assert (made.path, made.people, made.changes, made.problems) == (target, 1, 1, ())
    assert made.size == target.stat().st_size
    assert [p.name for p in target.parent.iterdir()] == ["x.kontinuum"]
    assert people_in(target) == ["Åberg, Mia"]


def test_a_backup_replaces_an_older_one_and_never_the_database(
    database: Database, make_person: MakePerson, tmp_path: Path
) -> None:
    target = tmp_path / "x.kontinuum"
    back_up(database, target)
    make_person("Åberg")
    assert back_up(database, target).people == check_copy(target).people == 1
    with pytest.raises(Unavailable, match="cannot replace the database"):
        back_up(database, database.path)


def test_a_backup_into_a_place_that_cannot_be_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be used"):
        back_up(database, tmp_path / "file" / "x.kontinuum")


def test_restoring_brings_the_copy_back_and_keeps_what_was_there(
    database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    key = make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    rename(database, actor, key, "Öberg")
    database.close()
    former = restore(copy, database.path)
    assert people_in(database.path) == ["Åberg, Mia"]
    assert former is not None and people_in(former) == ["Öberg, Mia"]
    assert copy.exists()


def test_restoring_twice_keeps_both_former_files(
    database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    key = make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    rename(database, actor, key, "Öberg")
    database.close()
    first, second = restore(copy, database.path), restore(copy, database.path)
    assert first is not None and second is not None
    assert (people_in(first), people_in(second)) == (["Öberg, Mia"], ["Åberg, Mia"])


def test_restoring_where_nothing_was(database: Database, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Åberg")
    copy, target = tmp_path / "copy.kontinuum", tmp_path / "new" / "x.kontinuum"
    back_up(database, copy)
    assert restore(copy, target) is None
    assert people_in(target) == ["Åberg, Mia"]


@pytest.mark.parametrize("harm", ["spoilt", "text", "short"])
def test_restoring_over_a_damaged_database_is_what_backups_are_for(
    database: Database, make_person: MakePerson, tmp_path: Path, harm: str
) -> None:
    make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    database.close()
    if harm == "spoilt":
        spoil(database.path)
    else:
        database.path.write_bytes(b"no database" if harm == "text" else database.path.read_bytes()[:9000])
    former = restore(copy, database.path)
    assert people_in(database.path) == ["Åberg, Mia"]
    assert former is not None and former.exists()
    if harm == "text":
        assert former.read_bytes() == b"no database"


def test_a_database_that_is_open_elsewhere_is_not_replaced(
    database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    key = make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    back_up(database, copy)
    rename(database, actor, key, "Öberg")
    with pytest.raises(Unavailable, match="is open in another window"):
        restore(copy, database.path)
    assert family_of(database, key) == "Öberg"
    assert not list(tmp_path.glob("*before-restore*"))


@pytest.mark.parametrize("harm", ["spoilt", "text", "short", "empty", "missing", "folder", "foreign"])
def test_a_bad_copy_is_refused_and_nothing_is_replaced(
    database: Database, make_person: MakePerson, tmp_path: Path, harm: str
) -> None:
    make_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    if harm in ("spoilt", "short"):
        back_up(database, copy)
    database.close()
    if harm == "spoilt":
        spoil(copy)
    elif harm == "short":
        copy.write_bytes(copy.read_bytes()[:9000])
    elif harm in ("text", "empty"):
        copy.write_bytes(b"no database" * (harm == "text"))
    elif harm == "folder":
        copy.mkdir()
    elif harm == "foreign":
        with foreign(copy) as raw:
            raw.execute("CREATE TABLE person (name TEXT)").close()
    before = database.path.read_bytes()
    with pytest.raises(Unavailable):
        restore(copy, database.path)
    assert database.path.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*")) and not list(tmp_path.glob(".*part"))


def test_a_search_index_that_lost_someone_is_found(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg")
    make_person("Öberg")
    path = database.path
    database.close()
    assert check_copy(path).problems == ()
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.execute("DELETE FROM search_words WHERE rowid = 1").close()
    assert check_copy(path).problems == ("search: 2 entries, 1 indexed",)
    raw.execute("DELETE FROM search_entry WHERE number = 1").close()
    raw.close()
    assert check_copy(path).problems == ("search: 2 people, 1 findable",)


def test_a_row_that_refers_to_nothing_is_found(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg", email="a@b.example")
    database.close()
    raw = dbapi2.connect(str(database.path), isolation_level=None)
    raw.execute("DROP TRIGGER kontinuum_person_removal").close()
    raw.execute("DROP TRIGGER kontinuum_person_removed").close()
    raw.execute("DELETE FROM person").close()
    raw.close()
    assert any("contact_point" in problem for problem in check_copy(database.path).problems)


def test_a_copy_one_may_only_read_can_be_checked_and_restored(
    database: Database, make_person: MakePerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("Åberg")
    copy = tmp_path / "share" / "copy.kontinuum"
    back_up(database, copy)
    database.close()
    monkeypatch.setattr(os, "access", lambda place, mode: copy.parent not in (Path(place), Path(place).parent))
    assert check_copy(copy).people == 1
    restore(copy, tmp_path / "x.kontinuum")
    assert people_in(tmp_path / "x.kontinuum") == ["Åberg, Mia"]


def test_checking_changes_nothing(database: Database, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    database.close()
    before = database.path.read_bytes()
    check_copy(database.path)
    assert database.path.read_bytes() == before
    assert [p.name for p in database.path.parent.iterdir()] == [database.path.name], "no log is left beside it"
    again = Database(database.path)
    assert family_of(again, key) == "Åberg"
    again.close()
