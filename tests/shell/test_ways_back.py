"""Each line of the history says how it is taken back: by the history, on a page of its own, or not at all, and what stays done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.models.merge import MergedPerson
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from desktop.people.merging.apart import take_apart
from desktop.people.merging.apart_page import ApartPage
from desktop.people.merging.belongings import World
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.merging.since import read_separation
from desktop.shell.history_page import HistoryPage

from .conftest import Shell

UNDO = 3  # the column


@pytest.fixture
def merged(shell: Shell) -> UUID:
    """Whose record was merged into another one."""
    context = shell.open().context
    stays, goes = shell.add_person("Åberg"), shell.add_person("Öberg")
    world, clock = World.of(context), context.clock
    with shell.desk.database.write(shell.desk.actor, "merge_people") as session:
        mark = read_plan(session, stays, goes, world).mark
        merge_people(session, stays, goes, Choice(), mark, world, today=clock.today(), now=clock.now())
    return goes


def opened(shell: Shell) -> Any:
    shell.app.open_page("shell.history")
    page = shell.view.workspace.page
    page.list.setCurrentIndex(page.model.index(0, 0))
    return page


def undo_words(page: Any, row: int = 0) -> str:
    return str(page.model.index(row, UNDO).data())


def test_a_merge_leads_from_its_line_to_where_it_is_taken_apart(shell: Shell, merged: UUID, qtbot: QtBot) -> None:
    page = opened(shell)
    assert (undo_words(page), page.panel.button.text()) == ("Take apart…", "Take apart…")
    qtbot.keyClick(page.list, Qt.Key.Key_T)
    apart = shell.view.workspace.page
    assert isinstance(apart, ApartPage) and page.dialog is None
    assert apart.seen is not None and apart.seen.person_id == merged


@pytest.mark.parametrize("act", ["click", "button", "ticked"])
def test_every_way_of_asking_leads_there(shell: Shell, merged: UUID, act: str) -> None:
    page = opened(shell)
    if act == "click":
        page._clicked(page.model.index(0, UNDO))
    elif act == "button":
        page.panel.button.click()
    else:
        page.model.toggle(page.model.id_at(0))
        page.ticked_button.click()
    assert isinstance(shell.view.workspace.page, ApartPage)


@pytest.mark.parametrize("kind", ["", "module:people"])
def test_it_does_so_however_the_line_was_found(shell: Shell, merged: UUID, kind: str) -> None:
    page = opened(shell)
    page.filters.kind.set_code(kind)
    page.filters.offer_users([])
    page.filters.when.set_code("today")
    page.search.setText("Öberg")
    page.look()
    [row] = [n for n in range(page.model.rowCount()) if undo_words(page, n) == "Take apart…"]
    page.list.setCurrentIndex(page.model.index(row, 0))
    page.take_back()
    assert isinstance(shell.view.workspace.page, ApartPage)


def test_once_apart_the_line_says_so(shell: Shell, merged: UUID) -> None:
    world = World.of(shell.view.context)
    with shell.desk.database.write(shell.desk.actor, "unmerge_people") as session:
        take_apart(session, merged, (), read_separation(session, merged, world).mark, world)
    page = opened(shell)
    assert [undo_words(page, row) for row in (0, 1)] == ["Take back", "Taken back"]
    page.list.setCurrentIndex(page.model.index(1, 0))
    assert not page.panel.button.isEnabled()


def test_a_line_that_is_older_than_what_it_shows_is_told(shell: Shell, merged: UUID, qtbot: QtBot) -> None:
    page = opened(shell)
    line = page._line(page.list.pointed)
    world = World.of(shell.view.context)
    with shell.desk.database.write(shell.desk.actor, "unmerge_people") as session:
        take_apart(session, merged, (), read_separation(session, merged, world).mark, world)
    page._lead(page._ways._verbs["merge_people"].undo, line)
    assert "apart again" in shell.told and isinstance(shell.view.workspace.page, HistoryPage)


def test_who_may_not_merge_takes_it_back_as_any_other_change(shell: Shell, merged: UUID) -> None:
    page = opened(shell)
    context = shell.view.context
    page._ways._opens = lambda key: shell.desk.registry.page(key, context.rights - {"people.merge"}) is not None
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    page.panel.show_line(page._line(page.list.pointed))
    assert (undo_words(page), page.panel.button.text()) == ("Take back", "Take back…")
    page.take_back()
    page.dialog.take_back()
    with shell.desk.database.read() as session:
        assert session.scalars(select(MergedPerson)).all() == []


@pytest.mark.parametrize(
    ("verb", "details", "line", "told"),
    [
        ("log_call", {"name": "Åberg, Mia"}, "Take back · called", "Somebody was called"),
        ("export_people", {"count": 1, "file": "x.csv", "purpose": "y"}, "Final · exported", "taken out as a file"),
        ("erase_person", {"case": "1"}, "Final · erased", "cannot be brought back"),
        ("first_user", {}, "Final", "This cannot be taken back"),
        ("edit_person", {"name": "Åberg, Mia"}, "Take back", ""),
    ],
)
def test_what_stays_done_stands_on_the_line(shell: Shell, verb: str, details: dict[str, Any], line: str, told: str) -> None:
    shell.open()
    key = shell.add_person("Åberg")
    with shell.desk.database.write(shell.desk.actor, verb, [key], details) as session:
        session.get_one(Person, key).note = "x"
    page = opened(shell)
    assert undo_words(page) == line
    assert (told in page.panel.outside.text()) and page.panel.outside.isHidden() == (not told)
    assert page.panel.button.isEnabled() == line.startswith("Take back")


def test_every_kind_of_thing_that_leaves_the_house_has_its_word(shell: Shell) -> None:
    shell.open()
    page = opened(shell)
    verb = page._ways._verbs["edit_person"]
    found = set()
    for kind in ("called", "printed", "sent", "exported", "erased"):
        page._ways._verbs["edit_person"] = replace(verb, outside=kind)  # type: ignore[arg-type]
        row = replace(page._line(page.list.pointed), verb="edit_person")
        found.add((page._ways.short(row, shell.desk.texts), page._ways.told(row)))
        assert f"· {kind}" in page._ways.short(row, shell.desk.texts)
    assert len(found) == 5


def test_a_line_that_stays_says_why_and_one_that_goes_back_does(shell: Shell) -> None:
    shell.open()
    key = shell.add_person("Åberg")
    with shell.desk.database.write(shell.desk.actor, "add_contact", [key], {"name": "Åberg, Mia"}) as session:
        session.add(Role(person_id=key, kind="student"))
        session.add(ContactPoint(person_id=key, kind="email", value="a@b.example", normal="a@b.example"))
        session.add(Task(title="Call", due=shell.desk.clock.now(), person_id=key))
    page = opened(shell)
    tree, panel = page.panel.rows, page.panel
    tops = {tree.topLevelItem(n).text(0).split(":")[0]: tree.topLevelItem(n) for n in range(tree.topLevelItemCount())}
    tree.setCurrentItem(tops["Added · Task"])
    assert (
        not panel.line_button.isEnabled() and "finished, not removed" in panel.line_told.text() and not panel.line_told.isHidden()
    )
    tree.setCurrentItem(tops["Added · Role"])
    assert panel.line_button.isEnabled() and panel.line_told.isHidden()
    panel.line_button.click()
    with shell.desk.database.read() as session:
        assert session.scalars(select(Role)).all() == [] and len(session.scalars(select(ContactPoint)).all()) == 1
    assert "Taken back" in shell.told
