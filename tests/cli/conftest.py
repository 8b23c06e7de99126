"""The command line on folders of a test's own."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop import cli
from desktop.assembly import assemble, new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.people.imports.storing import import_file


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON printed."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line of a refusal."""
        assert self.code == 2 and self.out == ""
        assert self.err.endswith("\n") and self.err.count("\n") == 1 and "Traceback" not in self.err
        return self.err.strip()


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folders of a user who never started the program."""
    folder = tmp_path / "home"
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield folder
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `kontinuum ...` in this process."""

    def call(*words: object) -> Ran:
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database file that is not there yet."""
    return tmp_path / "office.kontinuum"


LIST = (
    "Efternamn;Förnamn;E-post;Mobiltelefon;Ort;Program;Antagningstermin\n"
    "Åberg;Mia;mia.aberg@uni.example;070-174 06 05;Luleå;Nursing;HT2027\n"
    "Öberg;Olof;olof@uni.example;070-174 06 06;Umeå;Nursing;HT2027\n"
    "Ärlig;Eva;eva(at)uni.example;;Umeå;Nursing;HT2027\n"
)
POLICY = "---\ntitle: Alumni policy\nowner post: Chair\ncontact: chair@uni.example\nlanguage: sv\nlast revised: 2026-03-31\n---\n# Bakgrund\n\nVarför\n\n# Regler\n\nHur\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Three admitted people; the third row has an address without @."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy with its facts."""
    path = tmp_path / "policy.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database into which the list was imported, made once."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    database = open_database(folder / "filled.kontinuum", new_registry(SystemClock(office_zone())))
    ground = assemble(database, new_registry(SystemClock(office_zone())), login=None, make_tasks=ImmediateTasks, language="en")
    import_file(ground.context, folder / "list.csv", False)
    ground.close()
    return folder / "filled.kontinuum"


@pytest.fixture
def office(db: Path, filled: Path) -> Path:
    """A database that holds the people of the list."""
    shutil.copyfile(filled, db)
    return db
