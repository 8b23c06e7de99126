"""The module of CONTRIBUTING.md, built exactly as it is written there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from db.errors import RuleBroken
from db.history import history
from desktop.assembly import assemble, new_registry, open_database
from desktop.core.clock import FixedClock
from desktop.core.history_words import say_change
from desktop.core.tasks_immediate import ImmediateTasks

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"
PACKAGE = "outside_modules"


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """The guide's files as a package of modules that Python can import."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Modules of a test."""\n')
    for name, code in re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    invalidate_caches()
    yield folder
    sys.path.remove(str(tmp_path))
    tables = sys.modules.get(f"{PACKAGE}.visitors.tables")
    if tables is not None:  # the one MetaData must not remember the guide's table in other tests
        tables.Base.metadata.remove(tables.Visit.__table__)
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def test_the_guides_module_works_as_written(written: Path, tmp_path: Path, clock: FixedClock, qtbot: QtBot, qapp: object) -> None:
    registry = new_registry(clock, (PACKAGE,))
    assert registry.module("visitors").running
    database = open_database(tmp_path / "guide.kontinuum", registry, clock.now)
    ground = assemble(database, registry, login="tester", make_tasks=ImmediateTasks, language="en", clock=clock)
    context = ground.context
    service = import_module(f"{PACKAGE}.visitors.service")
    person = _add_person(context)
    with pytest.raises(RuleBroken), database.write(context.actor, "note_visit") as session:
        service.note_visit(session, person, clock.now() + timedelta(days=1), "", now=clock.now())
    page = registry.open(registry.page("visitors.list", context.rights).opens)(context)
    qtbot.addWidget(page)
    page.show()
    with database.write(context.actor, "note_visit") as session:
        service.note_visit(session, person, clock.now(), "Asked about <b>housing</b>", now=clock.now())
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert [page.model.index(0, column).data() for column in range(3)] == [
        "Åberg, Mia", "23 Nov 2026 10:30", "Asked about <b>housing</b>"]  # fmt: skip
    with database.read() as session:
        assert say_change(history(session, limit=1)[0], registry.verbs(), context.texts) == "Noted a visit of Åberg, Mia"
    database.close()


def _add_person(context: object) -> object:
    from desktop.people.editing import PersonForm, create_person

    with context.database.write(context.actor, "create_person") as session:  # type: ignore[attr-defined]
        return create_person(session, PersonForm(given="Mia", family="Åberg"), today=context.clock.today())  # type: ignore[attr-defined]
