"""Profiles on the command line: listed, chosen by name or key, and what they miss is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

LIST = "Anmälningskod;Namn;Urval;Prioritet;Status\nA1;Maja Åberg;1;2;Antagen\nA2;Ove Ek;1;3;Reserv 4\nA3;Liv Öst;1;1;Kvadrat\n"


@pytest.fixture
def admitted(tmp_path: Path) -> Path:
    """What a national admission sends."""
    file = tmp_path / "antagna.csv"
    file.write_text(LIST, encoding="cp1252")
    return file


def test_the_profiles_are_listed(run: Run, db: Path) -> None:
    done = run("--db", db, "import", "profiles")
    assert done.code == 0
    assert "admission            ready   National admission" in done.out
    listed = run("--db", db, "--json", "import", "profiles").data
    assert {"name": "mentors", "kind": "ready", "title": "List of mentors"} in listed


def test_a_profile_says_what_columns_mean(run: Run, db: Path, admitted: Path) -> None:
    data = run("--db", db, "--json", "import", "people", admitted, "--dry-run").data
    assert (data["new"], data["faulty"]) == (3, 0)
    data = run("--db", db, "--json", "import", "people", admitted, "--profile", "admission").data
    assert (data["new"], data["faulty"]) == (2, 1)
    data = run("--db", db, "--json", "import", "people", admitted, "--profile", "admission").data
    assert (data["new"], data["same"], data["faulty"]) == (0, 2, 1)


def test_a_column_a_profile_needs_is_named(run: Run, db: Path, admitted: Path) -> None:
    done = run("--db", db, "import", "people", admitted, "--profile", "population_register", "--dry-run")
    assert done.code == 2
    assert "antagna.csv lacks columns that the profile uses: IdNummer." in done.err


def test_a_profile_that_is_not_there_is_told_with_those_that_are(run: Run, db: Path, admitted: Path) -> None:
    done = run("--db", db, "import", "people", admitted, "--profile", "Antagna")
    assert done.code == 2
    assert "no import profile called Antagna. There are: study_register, admission," in done.err


def test_a_profile_means_nothing_to_a_policy_and_a_file_is_needed(run: Run, db: Path, policy: Path) -> None:
    done = run("--db", db, "import", "policy", policy, "--profile", "admission")
    assert (done.code, done.err.strip()) == (2, "--profile says nothing about policy. Leave it out.")
    done = run("--db", db, "import", "people")
    assert (done.code, done.err.strip()) == (2, "The command does not say which file to bring in. Write its name last.")
