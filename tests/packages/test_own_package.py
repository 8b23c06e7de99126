"""A module that comes as a package of its own: installed, found, used, and gone again without harm to the database."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "loans"
COMMAND = ("-m", "desktop.cli")


@dataclass(frozen=True)
class Office:
    """A Python with the example installed in a folder of its own, and one database."""

    site: Path
    database: Path
    home: Path

    def run(self, *words: str, installed: bool = True) -> str:
        """What a process prints that finds the package, or does not; it must end well."""
        paths = [str(ROOT), str(self.site)] if installed else [str(ROOT)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON"))}
        environment |= {f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
        environment |= {"PYTHONPATH": os.pathsep.join(paths), "LANGUAGE": "en", "HOME": str(self.home), "LOGNAME": "tester"}
        ran = subprocess.run(
            [sys.executable, *words], env=environment, cwd=self.home, capture_output=True, text=True, encoding="utf-8"
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def modules(self, *, installed: bool = True) -> dict[str, dict[str, Any]]:
        """`kontinuum modules` by key."""
        found = json.loads(self.run(*COMMAND, "--db", str(self.database), "--json", "modules", installed=installed))
        return {module["key"]: module for module in found}

    def tables(self) -> set[str]:
        """The tables of the file, as any reader of SQLite sees them."""
        with closing(sqlite3.connect(self.database)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The example, built from a copy and installed with nothing from any network."""
    folder = tmp_path_factory.mktemp("package")
    source, site, home = folder / "source", folder / "site", folder / "home"
    home.mkdir()
    shutil.copytree(EXAMPLE, source)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(source)], check=True)
    return Office(site, home / "office.kontinuum", home)


@pytest.fixture(scope="module")
def seen(office: Office) -> dict[str, Any]:
    """What a session at the window saw that switched the module on and used it."""
    found: dict[str, Any] = json.loads(office.run("-m", "tests.packages.visit", str(office.database)).splitlines()[-1])
    return found


def test_it_is_found_and_rests_until_somebody_switches_it_on(office: Office, seen: dict[str, Any]) -> None:
    assert (seen["before"], seen["after"]) == ("disabled", "ready")
    assert office.modules()["loans"] == {"key": "loans", "title": "Loans", "state": "ready", "reason": ""}


def test_the_page_of_modules_says_where_it_comes_from_and_that_it_must_be_trusted(seen: dict[str, Any]) -> None:
    told = "\n".join(seen["told"])
    assert "Installed separately: kontinuum-loans 1.2, version 1.2" in told
    assert told.count("Use it only if you trust whoever made it.") == 1  # no word of it at the program's own


def test_its_tables_are_made_by_its_own_revisions(office: Office, seen: dict[str, Any]) -> None:
    assert {"loan", "schema_version_loans"} <= office.tables()
    with closing(sqlite3.connect(office.database)) as connection:
        assert connection.execute("SELECT version_num FROM schema_version_loans").fetchall() == [("loans_0001",)]


def test_its_tab_and_its_page_open_and_its_rules_are_told(seen: dict[str, Any]) -> None:
    assert seen["refused"] == ["! The thing needs a short name. Write what you lend, such as “key 214”."]
    assert seen["listed"] == [["key 214", "23 Nov 2026 10:30", "Åberg, Mia"]]


def test_its_step_stands_in_the_history_in_words_of_three_languages(seen: dict[str, Any]) -> None:
    assert seen["said"] == {
        "en": ["Loans", "Lent key 214 to Åberg, Mia"],
        "sv": ["Lån", "Lånade ut key 214 till Åberg, Mia"],
        "fi": ["Lainat", "Lainattu key 214, lainaaja Åberg, Mia"],
    }


def test_the_database_opens_without_it_and_what_it_kept_waits_for_its_return(office: Office, seen: dict[str, Any]) -> None:
    database = ("--db", str(office.database))
    assert "loans" not in office.modules(installed=False)
    assert '"lend"' in office.run(*COMMAND, *database, "--json", "history", "list", installed=False)
    assert office.run(*COMMAND, *database, "check", installed=False)
    with closing(sqlite3.connect(office.database)) as connection:
        assert connection.execute("SELECT thing FROM loan").fetchall() == [("key 214",)]


def test_its_catalogues_are_up_to_date() -> None:
    place = EXAMPLE / "src" / "kontinuum_loans"
    ran = subprocess.run([sys.executable, "-m", "desktop.core.catalogues", "--check", "--module", str(place)], cwd=ROOT)
    assert ran.returncode == 0
