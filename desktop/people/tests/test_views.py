"""Saved views: what they hold, whose they are, and the list that shows them with its columns, order and groups."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, Denied, RuleBroken
from db.history import history, take_back
from db.models.person import Person
from db.sorting import name_key
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.people.editing import retire_people
from desktop.people.list_page import PeopleListPage
from desktop.people.listing import PeopleFilter, chosen, count
from desktop.people.roles import RoleForm, add_role
from desktop.people.segments.using import asker
from desktop.people.views import service
from desktop.people.views.columns import BY_KEY, COLUMNS, USUAL
from desktop.people.views.commands import view_commands
from desktop.people.views.dialog import ViewDialog
from desktop.people.views.groups import groups, within
from desktop.people.views.menu import Views
from desktop.people.views.service import Kept
from desktop.people.views.view import View, from_plain, to_plain
from desktop.widgets.list_columns import ShownColumn
from desktop.widgets.table_copy import MOST
from tests.pages import shown
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OTHER = Actor(UUID("01a20000-0000-7000-8000-000000000002"), "Another", frozenset({"office"}))


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext) -> PeopleListPage:
    """The list, open and in sight."""
    return shown(qtbot, PeopleListPage(context))


def keep(context: ModuleContext, view: View, name: str = "Alumni", reach: str = "own", actor: Actor | None = None) -> UUID:
    who = actor or context.actor
    with context.database.write(who, "save_view") as session:
        return service.save(session, view, name=name, reach=reach, actor=who, clock=context.clock)


def seen_by(context: ModuleContext, actor: Actor) -> list[Kept]:
    with context.database.read() as session:
        return service.views(session, actor, context.clock)


def in_role(database: Database, actor: Actor, person: UUID, kind: str, programme: str = "") -> None:
    with database.write(actor, "add_role", about=[person]) as session:
        add_role(session, person, RoleForm(kind, programme))


def menu(views: Views) -> dict[str, Any]:
    views.button.menu().aboutToShow.emit()
    return {act.text(): act for act in views.button.menu().actions()}


# What a view holds


def test_a_view_comes_back_as_it_was_saved(clock: FixedClock) -> None:
    since = datetime(2026, 10, 24, tzinfo=clock.zone)
    filter = PeopleFilter(
        text="ek", roles=("alumnus", "mentor"), programme="Law", city="Åbo", had="call", since=since, no_phone=True, on_hold=True,
        made_or_changed_in=UUID(int=7), unit=UUID(int=9), unit_name="Law", retired=True, today=TODAY, segment=UUID(int=8),
        segment_title="Finns", within=select(Person.id),
    )  # fmt: skip
    assert all(getattr(filter, part.name) is not part.default for part in fields(filter)), "every field is tried"
    view = View(filter, ("name", "town"), (200, 90), "town_sort", True, "programme")
    assert from_plain(to_plain(view, clock), clock) == view


def test_the_last_thirty_days_stay_the_last_thirty_days(clock: FixedClock) -> None:
    view = View(PeopleFilter(had="call", since=datetime(2026, 10, 24, tzinfo=clock.zone)))
    kept = to_plain(view, clock)
    clock.move(NOW + timedelta(days=10))
    assert from_plain(kept, clock).filter.since == datetime(2026, 11, 3, tzinfo=clock.zone)


def test_what_a_newer_version_saved_is_read_as_far_as_it_is_known(clock: FixedClock) -> None:
    kept = {
        "filter": {"text": "ek", "mood": "good"},
        "columns": [["aura", 90], ["town", 80]],
        "sort": "aura_sort",
        "group": "aura",
    }
    assert from_plain(kept, clock) == View(PeopleFilter(text="ek", today=TODAY), ("town",), (80,), "name_sort", False, "")
    assert from_plain({}, clock).columns == USUAL


# Whose they are


def test_a_personal_view_is_seen_by_its_owner_alone(context: ModuleContext) -> None:
    for reach in ("own", "office", "locked"):
        keep(context, View(), reach, reach)
    assert [(kept.name, kept.mine_to_change) for kept in seen_by(context, context.actor)] == [
        ("own", True), ("locked", True), ("office", True),
    ]  # fmt: skip
    assert [(kept.name, kept.mine_to_change) for kept in seen_by(context, OTHER)] == [("locked", False), ("office", True)]


@pytest.mark.sqlite_only("a server knows who asks by their login; tests/server tries it there")
def test_another_s_view_is_changed_only_where_the_office_may(context: ModuleContext) -> None:
    for reach in ("office", "locked"):
        keep(context, View(), reach, reach, OTHER)
    by_name = {kept.name: kept for kept in seen_by(context, context.actor)}
    database, actor, clock = context.database, context.actor, context.clock
    with database.write(actor, "change_view") as session:
        service.change(session, by_name["office"], actor=actor, clock=clock, view=View(PeopleFilter(text="ek")))
    with pytest.raises(Denied), database.write(actor, "change_view") as session:
        service.change(session, by_name["locked"], actor=actor, clock=clock, view=View())
    with pytest.raises(Denied), database.write(actor, "remove_view") as session:
        service.remove(session, by_name["locked"], actor=actor)
    with pytest.raises(Conflict), database.write(actor, "remove_view") as session:
        service.remove(session, by_name["office"], actor=actor)  # as it was before it was changed
    fresh = {kept.name: kept for kept in seen_by(context, actor)}["office"]
    assert fresh.view.filter.text == "ek"
    with pytest.raises(RuleBroken), database.write(actor, "change_view") as session:
        service.change(session, fresh, actor=actor, clock=clock, reach="own")


def test_names_are_there_and_not_twice(context: ModuleContext) -> None:
    keep(context, View(), "Alumni")
    for name in (" ", "ALUMNI ", "x" * 61):
        with pytest.raises(RuleBroken) as slip:
            keep(context, View(), name)
        assert slip.value.field == "name"


def test_saving_a_view_is_a_step_that_is_taken_back(context: ModuleContext) -> None:
    keep(context, View(), "Alumni")
    with context.database.read() as session:
        step = history(session, limit=1)[0]
    assert step.verb == "save_view" and step.details == {"view": "Alumni"}
    with context.database.write(context.actor, "take_back") as session:
        take_back(session, step.id)
    assert seen_by(context, context.actor) == []


def test_the_number_of_a_view_is_exact(context: ModuleContext, make_person: MakePerson) -> None:
    for family in ("Ek", "Ekberg", "Berg"):
        make_person(family)
    asked = {UUID(int=1): View(PeopleFilter(text="ek")), UUID(int=2): View()}
    with context.database.read() as session:
        assert service.counts(session, asked, asker(context)) == {UUID(int=1): 2, UUID(int=2): 3}


def test_the_search_box_offers_every_view_in_sight(context: ModuleContext) -> None:
    id = keep(context, View(), "Alumni")
    with context.database.read() as session:
        found = view_commands(session, context)
    assert [(going.title, going.page, going.arguments) for going in found] == [("Alumni", "people.list", {"view": id})]


# The page


def test_a_view_is_saved_changed_and_brought_back(
    qtbot: QtBot, page: PeopleListPage, context: ModuleContext, make_person: MakePerson
) -> None:
    for family in ("Ek", "Ekberg", "Berg"):
        make_person(family)
    page.search.setText("ek")
    qtbot.waitUntil(lambda: page.model.total == 2, timeout=30_000)
    page.table.show_columns([ShownColumn("name"), ShownColumn("town", 222)])
    page.table.sort_by(COLUMNS.index(BY_KEY["town"]))
    dialog = ViewDialog(context, page.view(), "", None, page)
    qtbot.addWidget(dialog)
    dialog.name.setText("Oaks")
    dialog.save()
    assert dialog.result() == ViewDialog.DialogCode.Accepted
    (kept,) = page.views.known
    acts = menu(page.views)
    acts["Everybody"].trigger()
    assert page.model.total == 3 and [one.key for one in page.table.shown_columns()] == list(USUAL)
    menu(page.views)["Oaks\t2"].trigger()
    assert page.model.total == 2 and page.search.text() == "ek"
    assert [(one.key, one.width) for one in page.table.shown_columns()][1] == ("town", 222)
    assert page.model.sorting == (COLUMNS.index(BY_KEY["town"]), False)
    assert page.views.button.text() == "Oaks"
    page.filters.changed.emit(replace(kept.view.filter, no_phone=True))
    assert page.views.button.text() == "Oaks · changed"
    menu(page.views)["Save in “Oaks”"].trigger()
    assert page.views.button.text() == "Oaks" and seen_by(context, context.actor)[0].view.filter.no_phone
    page.table.sort_by(0)
    menu(page.views)["Undo the changes to the view"].trigger()
    assert page.model.sorting[0] == COLUMNS.index(BY_KEY["town"]) and not page.views.changed


def test_a_page_made_anew_still_knows_its_view(qtbot: QtBot, page: PeopleListPage, context: ModuleContext) -> None:
    id = keep(context, View(PeopleFilter(no_phone=True), ("name", "town"), (), "name_sort", True), "Silent")
    page.arrive(view=id)
    assert page.views.button.text() == "Silent"
    again = shown(qtbot, PeopleListPage(context))
    again.restore(page.state())
    assert again.views.button.text() == "Silent" and again.model.sorting == (0, True)
    assert [one.key for one in again.table.shown_columns()] == ["name", "town"]


def test_a_view_another_removed_is_no_longer_open(page: PeopleListPage, context: ModuleContext) -> None:
    id = keep(context, View(PeopleFilter(no_phone=True)), "Silent")
    page.arrive(view=id)
    with context.database.write(context.actor, "remove_view") as session:
        service.remove(session, seen_by(context, context.actor)[0], actor=context.actor)
    assert page.views.current is None and page.views.button.text() == "Everybody"


def test_the_groups_say_how_many_each_of_them_shows(
    page: PeopleListPage, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    people = [make_person(f"P{n}", city="Turku" if n < 3 else "turku" if n < 4 else "Vasa") for n in range(7)]
    for n, person in enumerate(people[:6]):
        in_role(database, actor, person, "student" if n % 2 else "alumnus", "Law" if n < 4 else "")
    for person in (people[0], people[6]):
        in_role(database, actor, person, "mentor", "Physics")
    with database.write(actor, "retire_people") as session:
        retire_people(session, chosen([people[5]]), now=NOW)
    for filter in (
        PeopleFilter(today=TODAY), PeopleFilter(roles=("alumnus", "student"), today=TODAY), PeopleFilter(programme="Law", today=TODAY),
        PeopleFilter(city="TURKU", today=TODAY),
    ):  # fmt: skip
        with database.read() as session:
            for by in ("roles", "programme", "city"):
                found = groups(session, filter, by)
                assert found
                assert [group.count for group in found] == [count(session, within(filter, by, group.code)) for group in found]
    page.show_view(View(group="programme"))
    assert [item.text() for item in page.groups.items_in_order] == ["All", "Law", "Physics"]
    page.groups.setCurrentRow(2)
    assert page.model.total == 2
    page.groups.setCurrentRow(0)
    assert page.model.total == 6


# Copying and dropping


def test_what_is_ticked_is_copied_as_text_and_as_a_table(page: PeopleListPage, make_person: MakePerson) -> None:
    make_person("=HYPERLINK(1)", "Mia", phone="+46701740605")
    make_person("Ek & Co", "<b>", phone="070 1")
    page.model.refresh()
    page.table.show_columns([ShownColumn("name"), ShownColumn("phone")])
    page.model.select_all()
    page.table.copy()
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "Name\tPhone\nEk & Co, <b>\t070 1\n'=HYPERLINK(1), Mia\t+46701740605"
    html = clipboard.mimeData().html()
    assert "Ek &amp; Co, &lt;b&gt;" in html and "+46701740605" in html and "mso-number-format:'\\@'" in html
    assert ">=HYPERLINK" not in html


def test_rows_never_read_are_copied_too_and_too_many_are_not(
    page: PeopleListPage, context: ModuleContext, database: Database, actor: Actor
) -> None:
    with database.write(actor, "create_person") as session:
        for n in range(MOST + 2):
            family = f"P{n:04}"
            session.add(Person(id=new_id(), family=family, given="M", name_key=name_key(family, "M")))
    page.model.refresh()
    page.model.select_all()
    QGuiApplication.clipboard().setText("before")
    page.table.copy()
    assert QGuiApplication.clipboard().text() == "before"
    assert "At most 500 rows" in context.messages.last.text  # type: ignore[union-attr]
    for row in range(2):
        page.model.toggle(page.model.id_at(row))  # type: ignore[arg-type]
    page.table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == MOST + 1 and lines[1].startswith("P0002") and lines[-1].startswith(f"P{MOST + 1:04}")


def test_a_file_dropped_on_the_list_opens_the_import(qtbot: QtBot, context: ModuleContext, tmp_path: Path) -> None:
    went: list[Any] = []
    page = shown(qtbot, PeopleListPage(replace(context, navigate=lambda key, **arguments: went.append((key, arguments)))))
    file = tmp_path / "lista.csv"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *held)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, *held))
    assert went == [("people.import", {"path": file})]
