"""Contradictions, several matches and the brake on the command line, where nobody can be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("Studentnummer;Förnamn;Efternamn;Födelsedatum;Ort\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """Twelve people of an earlier list."""
    return written(tmp_path / "former.csv", [f"S{n};Mia;Test{n};2001-02-{n + 1:02};Umeå\n" for n in range(12)])


def test_the_counts_tell_what_waits_for_a_decision(run: Run, db: Path, tmp_path: Path, former: Path) -> None:
    first = run("--db", db, "--json", "import", "people", former).data
    assert {name: first[name] for name in ("new", "clash", "several", "faulty")} == {
        "new": 12,
        "clash": 0,
        "several": 0,
        "faulty": 0,
    }
    lines = ["S0;Mia;Test0;2001-03-01;Umeå\n", ";Mia;Test1;2001-02-02;Luleå\n", "S2;Mia;Test2;2001-02-03;Umeå\n", "S99;Ny;Ek;;\n"]
    newer = written(tmp_path / "newer.csv", lines)
    expected = {"new": 1, "same": 1, "changed": 0, "clash": 1, "several": 1, "faulty": 0}
    dry = run("--db", db, "--json", "import", "people", newer, "--dry-run").data
    assert {name: dry[name] for name in expected} == expected
    assert "1 clash, 1 several" in run("--db", db, "import", "people", newer).out
    again = run("--db", db, "--json", "import", "people", newer).data
    assert {name: again[name] for name in expected} == expected | {"new": 0, "same": 2}


def test_an_import_that_overwrites_much_is_refused_until_told_otherwise(run: Run, db: Path, tmp_path: Path, former: Path) -> None:
    run("--db", db, "import", "people", former)
    moved = tmp_path / "moved.csv"
    moved.write_text(former.read_text(encoding="utf-8").replace("Umeå", "Luleå"), encoding="utf-8")
    assert run("--db", db, "import", "people", moved).sentence == (
        "The import would overwrite or end what is known of 12 of the 12 people it is about, more than 20 %. "
        "Nothing was changed. If that is right, do it again with --past-brake."
    )
    assert run("--db", db, "--json", "import", "people", moved, "--dry-run").data["changed"] == 12
    assert run("--db", db, "--json", "import", "people", moved, "--past-brake").data["changed"] == 12


def test_the_brake_means_nothing_to_a_policy(run: Run, db: Path, policy: Path) -> None:
    done = run("--db", db, "import", "policy", policy, "--past-brake")
    assert (done.code, done.err.strip()) == (2, "--past-brake says nothing about policy. Leave it out.")
