"""A spreadsheet on the command line: the sheet with people, or the one named."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.people.tests.workbooks import ods, xlsx
from tests.cli.conftest import Run

HEADINGS = ("Förnamn", "Efternamn", "E-post")
SHEETS = {
    "Läs mig": [("Om listan",)],
    "Antagna": [HEADINGS, ("Maja", "Åberg", "maja@provsson.example"), ("Liv", "Öst", "livöst")],
    "Reserver": [HEADINGS, ("Ove", "Ek", "ove@test.example")],
}


@pytest.fixture(params=["xlsx", "ods"])
def workbook(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workbook with two lists and something else before them."""
    file = tmp_path / f"antagna.{request.param}"
    file.write_bytes({"xlsx": xlsx, "ods": ods}[request.param](SHEETS))
    return file


def test_the_sheet_with_people_is_imported_or_the_one_named(run: Run, db: Path, workbook: Path) -> None:
    data = run("--db", db, "--json", "import", "people", workbook).data
    assert (data["new"], data["faulty"]) == (1, 1)
    data = run("--db", db, "--json", "import", "people", workbook, "--sheet", "Reserver").data
    assert (data["new"], data["faulty"]) == (1, 0)


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(run: Run, db: Path, workbook: Path) -> None:
    done = run("--db", db, "import", "people", workbook, "--sheet", "Gäster", "--dry-run")
    assert done.code == 2
    assert "has no sheet “Gäster”. It has: Läs mig, Antagna, Reserver." in done.err


def test_a_sheet_means_nothing_to_a_policy(run: Run, db: Path, policy: Path) -> None:
    done = run("--db", db, "import", "policy", policy, "--sheet", "Antagna")
    assert done.code == 2
    assert done.err.strip() == "--sheet says nothing about policy. Leave it out."
