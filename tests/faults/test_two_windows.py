"""Two windows on one file: whatever one of them saves while the other had it open, nothing is overwritten unseen.

Each kind of change that a manifest names has a case in `clashes_…`: what is there before, what the colleague saves, and what this
window, which still shows the state before, saves after it. A new verb without a case fails the test of the list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import metadata
from db.database import Database, take
from db.errors import Conflict, RuleBroken, Told
from db.settings import write_setting
from desktop.assembly import new_registry, open_database, parts_of
from desktop.core.clock import SystemClock
from desktop.shell.desk import window_registry
from tests.faults import (
    clashes_bulk,
    clashes_contacting,
    clashes_erasing,
    clashes_imports,
    clashes_modules,
    clashes_organisation,
    clashes_people,
    clashes_retention,
    clashes_views,
)
from tests.faults.clashes import BOOKKEEPING, CASES, COLLEAGUE, ME, NOW, Clash, Office

KINDS = (  # they fill the list of cases
    clashes_people, clashes_modules, clashes_views, clashes_organisation, clashes_contacting, clashes_imports, clashes_bulk, clashes_erasing,
    clashes_retention,
)  # fmt: skip
# Only ever done to a database that holds nothing yet, or before anybody can have it open.
# In a database that nobody else has open yet.
WITHOUT_A_CLASH = {"first_user", "make_demo", "demo_policies", "erase_again"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the tables of all modules, made once."""
    path = tmp_path_factory.mktemp("empty") / "empty.kontinuum"
    open_database(path, new_registry(SystemClock(UTC))).close()
    return path


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "office.kontinuum"
    copyfile(empty, path)
    parts = parts_of(new_registry(SystemClock(UTC)))
    two = [Database(path, parts=parts, now=lambda: NOW) for _window in range(2)]
    yield Office(*two)
    for window in two:
        window.close()


def rows_of(database: Database, change_set: UUID) -> dict[tuple[str, bytes], dict[str, Any]]:
    """What a change set has left, by table and id."""
    found = {}
    with database.read() as session:
        for table in metadata.sorted_tables:
            if "changed_in" in table.c:
                for row in session.execute(select(table).where(table.c.changed_in == change_set)).mappings():
                    found[table.name, row["id"]] = dict(row)
    return found


def now_there(database: Database, keys: Iterator[tuple[str, bytes]] | Any) -> dict[tuple[str, bytes], dict[str, Any]]:
    found = {}
    with database.read() as session:
        for name, id in keys:
            table = metadata.tables[name]
            row = session.execute(select(table).where(table.c.id == id)).mappings().first()
            found[name, id] = dict(row) if row else {}
    return found


@dataclass(frozen=True)
class Played:
    """How it ended: how the later step was refused, and what of the colleague's is not there any more."""

    clash: Clash
    refused: Told | None
    lost: list[str]


def play(office: Office, verb: str) -> Played:
    """Both act, the colleague first."""
    clash, name = CASES[verb](office), verb.partition(" ")[0]
    with office.theirs.write(COLLEAGUE, name) as session:
        theirs = session.info["change_set"]
        clash.theirs(session)
    saved, refused = rows_of(office.theirs, theirs), None
    try:
        with office.mine.write(ME, name) as session:
            clash.mine(session)
    except (Conflict, RuleBroken) as error:
        refused = error
    after = now_there(office.theirs, saved)
    free = clash.touches | (BOOKKEEPING if clash.touches else frozenset())
    lost = [
        f"{table}.{column}"
        for (table, id), row in saved.items()
        for column, value in row.items()
        if column not in free and after[table, id].get(column) != value
    ]
    return Played(clash, refused, lost)


@pytest.mark.parametrize("verb", sorted(CASES))
def test_what_the_colleague_saved_is_still_there(office: Office, verb: str) -> None:
    played = play(office, verb)
    assert played.lost == []
    assert type(played.refused) is {"conflict": Conflict, "rule": RuleBroken, "both": type(None)}[played.clash.ends]


def test_every_kind_of_change_has_a_case() -> None:
    registry = window_registry(SystemClock(UTC))
    verbs = set(registry.verbs())
    assert {"shell", "people", "phones", "policies"} <= {manifest.key for manifest in registry.manifests}
    assert verbs - {verb.partition(" ")[0] for verb in CASES} == WITHOUT_A_CLASH
    assert {verb.partition(" ")[0] for verb in CASES} <= verbs, "a case for what nobody does any more"


def test_without_the_check_of_the_version_every_such_case_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: whoever takes a row to change it takes it as it is now."""

    def careless(session: Session, kind: Any, row_id: UUID, _version: int) -> Any:
        return session.get_one(kind, row_id)

    for module in [module for name, module in sys.modules.items() if name.startswith(("db.", "desktop."))]:
        if getattr(module, "take", None) is take:
            monkeypatch.setattr(module, "take", careless)
    played = play(office, "edit_person")
    assert played.refused is None and "person.family" in played.lost
    assert play(office, "change_call_round").lost and play(office, "edit_contact").lost


@pytest.mark.parametrize("verb", ["change_setting", "change_setting first"])
def test_without_the_check_of_the_setting_theirs_is_lost(office: Office, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    careless: Any = lambda session, key, _known, value: write_setting(session, key, value)
    monkeypatch.setattr(clashes_people, "change_setting", careless)
    assert play(office, verb).lost
