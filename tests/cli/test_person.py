"""`kontinuum person report`: the same two files as the page makes, for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from db.actor import Actor
from db.database import Database, utc_now
from db.protected.people import ProtectionForm, protect
from db.protected.showing import HiddenPerson, show_protected
from desktop.cli import main
from tests.support import MakePerson


@pytest.mark.sqlite_only("the command line opens a file as a second program")
def test_the_command_makes_both_files_by_id_and_refuses_who_is_not_there(
    database: Database, make_person: MakePerson, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person, out = make_person("Åberg", "Mia"), tmp_path / "out"
    address = str(database.path)
    common = ["--db", address, "person", "report"]
    asked = ["--out", str(out), "--lang", "fi", "--reason", "The person asks", "--json"]
    assert main([*common, str(person), *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {Path(told["pdf"]), Path(told["json"])} == set(out.iterdir())
    assert json.loads(Path(told["json"]).read_text("utf-8"))["language"] == "fi"
    assert main([*common, "198003030000", *asked]) == 2
    assert "Nobody has this number" in capsys.readouterr().err


@pytest.mark.sqlite_only("the command line opens a file as a second program")
def test_by_the_handle_an_officer_reports_and_erases_somebody_protected(
    database: Database, make_person: MakePerson, actor: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person, out = make_person("Hemligsson", "Zorro"), tmp_path / "out"
    handle = protect(database, actor, person, ProtectionForm("secrecy", "Decision 7"), now=utc_now())
    common = ["--db", str(database.path), "person"]
    assert main([*common, "report", handle, "--out", str(out), "--reason", "The person asks"]) == 0
    assert {handle in path.name for path in out.iterdir()} == {True}
    decided = ["--case", "Dnr 17", "--reason", "Asked for", "--yes"]
    assert main([*common, "erase", handle, *decided, "--anonymise"]) == 2
    assert "Hemligsson" in str(_report(database, actor, person))
    assert main([*common, "erase", handle, *decided]) == 0
    assert "Hemligsson" not in capsys.readouterr().out and _report(database, actor, person) == []
    assert main([*common, "erase", handle, *decided]) == 2


def _report(database: Database, actor: Actor, person: UUID) -> list[HiddenPerson]:
    return show_protected(database, actor, person, "To see what is there", now=utc_now())
