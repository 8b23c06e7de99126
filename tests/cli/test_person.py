"""`kontinuum person report`: the same two files as the page makes, for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.database import Database
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
