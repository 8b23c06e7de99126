"""Copies made and brought back without a window."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from db import places
from db.backups import backups_of, folder_beside
from db.profiles import Places, copies_of
from tests.cli.conftest import LIST, Run


def reasons(db: Path) -> list[str]:
    return [backup.reason for backup in backups_of(db)]


def test_a_copy_is_made_before_an_import_and_not_of_an_empty_database(run: Run, db: Path, people: Path) -> None:
    run("--db", db, "import", "people", people)
    assert reasons(db) == []
    people.write_text(LIST.replace("Luleå", "Kiruna"), encoding="utf-8")
    assert run("--db", db, "import", "people", people, "--dry-run").code == 0
    assert reasons(db) == []
    assert run("--db", db, "import", "people", people).code == 0
    assert reasons(db) == ["import"]
    assert "Kiruna" not in run("--db", backups_of(db)[0].path, "search", "mia").out


def test_no_backup_makes_none(run: Run, office: Path, people: Path) -> None:
    people.write_text(LIST.replace("Luleå", "Kiruna"), encoding="utf-8")
    assert run("--db", office, "import", "people", people, "--no-backup").code == 0
    assert reasons(office) == []


def test_an_import_does_not_begin_when_its_copy_cannot_be_made(run: Run, office: Path, people: Path) -> None:
    folder_beside(office).write_text("in the way", encoding="utf-8")
    steps = len(run("--db", office, "--json", "history", "list").data)
    people.write_text(LIST.replace("Luleå", "Kiruna"), encoding="utf-8")
    assert "cannot be used" in run("--db", office, "import", "people", people).sentence
    assert len(run("--db", office, "--json", "history", "list").data) == steps


def test_the_copies_are_listed_and_a_restore_is_undone_by_the_copy_it_made(run: Run, office: Path, people: Path) -> None:
    run("--db", office, "backup")
    people.write_text(LIST.replace("Åberg", "Zander"), encoding="utf-8")
    run("--db", office, "import", "people", people)
    listed = run("--db", office, "--json", "backups").data
    assert [one["reason"] for one in listed] == ["import", "hand"]
    back = run("--db", office, "--json", "restore", listed[1]["file"]).data
    assert run("--db", office, "--json", "search", "zander").data == []
    assert run("--db", office, "--json", "backups").data[0]["reason"] == "restore"
    run("--db", office, "restore", back["former"])
    assert len(run("--db", office, "--json", "search", "zander").data) == 1
    assert "Before a restore" in run("--db", office, "backups").out


def test_a_copy_of_a_newer_program_is_refused_before_anything_is_replaced(run: Run, office: Path, tmp_path: Path) -> None:
    run("--db", office, "backup", tmp_path / "new.kontinuum")
    with dbapi2.connect(str(tmp_path / "new.kontinuum")) as raw:
        raw.execute("UPDATE schema_version_phones SET version_num = 'phones_9999'").close()
    raw.close()
    before = office.read_bytes()
    assert "newer version of Kontinuum" in run("--db", office, "restore", tmp_path / "new.kontinuum").sentence
    assert office.read_bytes() == before and reasons(office) == []


def test_a_restored_copy_that_does_not_open_gives_way_to_what_was_there(
    run: Run, office: Path, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--db", office, "backup", tmp_path / "copy.kontinuum")
    people.write_text(LIST.replace("Åberg", "Zander"), encoding="utf-8")
    run("--db", office, "import", "people", people)

    def breaks(*_what: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("desktop.command_line.copies.open_database", breaks)
        assert run("--db", office, "restore", tmp_path / "copy.kontinuum").code == 2
    assert len(run("--db", office, "--json", "search", "zander").data) == 1


@pytest.mark.parametrize("command", [("import", "people", "list"), ("search", "mia"), ("backup",), ("demo",)])
def test_a_database_on_a_share_is_refused_with_a_way_on(
    run: Run, office: Path, people: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(places, "read_mounts", lambda: [places.Mount("/", "ext4"), places.Mount(str(office.parent), "nfs4")])
    words = [people if word == "list" else word for word in command]
    said = run("--db", office, *words).sentence
    assert "network share (nfs4)" in said and "disk of this computer; backups may go to the share" in said


def test_a_backup_may_go_to_a_share_and_come_back_from_it(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    monkeypatch.setattr(places, "read_mounts", lambda: [places.Mount("/", "ext4"), places.Mount(str(share), "cifs")])
    assert run("--db", office, "backup", share / "copy.kontinuum").code == 0
    assert run("--db", office, "restore", share / "copy.kontinuum").code == 0
    assert "network share" in run("--db", share / "x.kontinuum", "restore", share / "copy.kontinuum").sentence
    assert not (share / "x.kontinuum").exists()


def test_a_database_gets_a_name_and_is_used_by_it(run: Run, office: Path) -> None:
    assert run("profile").out == ""
    assert run("--json", "profile", "admissions", office).data == {"admissions": str(office)}
    assert len(run("--db", "admissions", "--json", "search", "mia").data) == 1
    assert "Give the file after the name" in run("profile", "training").sentence


def test_a_profile_of_a_server_may_name_a_copy_for_lists(run: Run, office: Path) -> None:
    address, own = "postgresql://eva.ek@db1.example.org/office", Places.of_this_machine()
    assert run("profile", "office", address, "--lists-from", "db2.example.org").out == (
        f"office  {address}  (lists from db2.example.org)\n"
    )
    run("profile", "the same", address)
    assert copies_of(own, address) == "db2.example.org"
    assert "(lists from" not in run("profile", "the same", address, "--lists-from", "").out
    assert copies_of(own, address) == ""
    assert "Only a server has a copy" in run("profile", "file", office, "--lists-from", "db2.example.org").sentence
    assert "is no name of a server" in run("profile", "office", address, "--lists-from", "db 2").sentence


def test_a_search_index_that_lost_someone_is_mended(run: Run, office: Path) -> None:
    with dbapi2.connect(str(office)) as raw:
        raw.execute("DELETE FROM search_entry WHERE number = 1").close()
    raw.close()
    assert "search" in run("--db", office, "check").sentence
    assert "all in order" in run("--db", office, "check", "--mend-search").out
    assert run("--db", office, "check").code == 0
