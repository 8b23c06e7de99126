"""Units and posts as the office sees them: the tree, what can be done with each line, and My day once one said who one is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.people.editing import PersonForm, create_person
from desktop.people.organisation import posts, units
from desktop.people.organisation.dialogs import EndDialog, PostDialog, ProgrammesDialog, UnitDialog
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.people.organisation.page import OrganisationPage
from desktop.people.organisation.units import UnitForm
from desktop.people.roles import RoleForm, add_role
from desktop.widgets.tick_list import NUMBER

DAY = date(2026, 11, 23)


@pytest.fixture
def own(database: Database, actor: Actor) -> dict[str, UUID]:
    """A university with a faculty, a post in it held by Eva, and Kalle, who studies law."""
    with database.write(actor, "test") as session:
        top = units.add_unit(session, UnitForm("NU", "university", name_sv="Norrvik"))
        faculty = units.add_unit(session, UnitForm("HUM", "faculty", name_sv="<b>Humaniora</b>", parent_id=top))
        post = posts.add_post(session, "Dean", faculty)
        eva = create_person(session, PersonForm(given="Eva", family="Ek"), today=DAY)
        kalle = create_person(session, PersonForm(given="Kalle", family="Al"), today=DAY)
        add_role(session, kalle, RoleForm("student", "Law"))
        posts.give_post(session, "Dean", eva, DAY - timedelta(days=100))
    return {"NU": top, "HUM": faculty, "Dean": post, "Eva": eva, "Kalle": kalle}


@pytest.fixture
def went() -> list[tuple[str, dict[str, Any]]]:
    """Where the page sent its user."""
    return []


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext, own: dict[str, UUID], went: list[tuple[str, dict[str, Any]]]) -> OrganisationPage:
    made = OrganisationPage(replace(context, navigate=lambda page, **arguments: went.append((page, arguments))))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitUntil(lambda: len(lines(made)) == 3)
    return made


def lines(page: OrganisationPage) -> list[tuple[str, str, str]]:
    tree, found = page.tree, []
    index: QModelIndex = tree.model().index(0, 0)
    while index.isValid():
        found.append(tuple(str(index.siblingAtColumn(column).data()) for column in range(3)))
        index = tree.indexBelow(index)
    return found  # type: ignore[return-value]


def said(page: OrganisationPage) -> str:
    parts = [*page.panel.findChildren(QLabel), *page.panel.findChildren(QPushButton)]
    return "\n".join(part.text() for part in parts if part.isVisibleTo(page.panel))


def dialog(qtbot: QtBot, page: OrganisationPage, kind: type[Any]) -> Any:
    qtbot.waitUntil(lambda: bool([d for d in page.findChildren(kind) if d.isVisible()]))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def at(qtbot: QtBot, page: OrganisationPage, id: UUID, text: str) -> None:
    page.tree.point_at(id)
    qtbot.waitUntil(lambda: text in said(page))


def test_the_tree_holds_units_with_their_posts_and_who_holds_them(page: OrganisationPage) -> None:
    assert lines(page) == [("Norrvik", "University", "NU"), ("<b>Humaniora</b>", "Faculty", "HUM"), ("Dean", "Eva Ek", "")]


def test_arrows_walk_the_tree_and_the_panel_follows(qtbot: QtBot, page: OrganisationPage) -> None:
    page.tree.setFocus()
    qtbot.waitUntil(lambda: "Norrvik" in said(page))
    qtbot.keyClick(page.tree, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "<b>Humaniora</b>" in said(page))
    qtbot.keyClick(page.tree, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "until further notice" in said(page))
    assert "Eva Ek" in said(page)


def test_a_unit_is_added_below_another_and_is_pointed_at(qtbot: QtBot, page: OrganisationPage, own: dict[str, UUID]) -> None:
    at(qtbot, page, own["HUM"], "Programmes…")
    page.panel.buttons["below"].click()  # type: ignore[attr-defined]
    form = dialog(qtbot, page, UnitDialog)
    assert (form.level.code(), form.above.code()) == ("department", str(own["HUM"]))
    form.accept_button.click()
    qtbot.waitUntil(lambda: "A unit needs a code" in "\n".join(label.text() for label in form.findChildren(QLabel)))
    form.code.setText("SPR")
    form.names[0].setText("Språk")
    form.accept_button.click()
    qtbot.waitUntil(lambda: ("Språk", "Department", "SPR") in lines(page))
    qtbot.waitUntil(lambda: "Språk" in said(page))


def test_programmes_are_ticked_and_the_list_of_people_follows(
    qtbot: QtBot, page: OrganisationPage, own: dict[str, UUID], went: list[tuple[str, dict[str, Any]]]
) -> None:
    at(qtbot, page, own["HUM"], "Programmes…")
    page.panel.buttons["programmes"].click()  # type: ignore[attr-defined]
    form = dialog(qtbot, page, ProgrammesDialog)
    assert (form.list.item(0).text(), form.list.item(0).data(NUMBER)) == ("Law", "1")
    form.search.setText("forestry")
    qtbot.waitUntil(lambda: form.list.item(0).isHidden())
    form.search.setText("law")
    qtbot.waitUntil(lambda: not form.list.item(0).isHidden())
    form.list.setFocus()
    qtbot.keyClick(form.list, Qt.Key.Key_Space)
    form.accept_button.click()
    qtbot.waitUntil(lambda: "Law" in said(page))
    page.panel.buttons["people"].click()  # type: ignore[attr-defined]
    assert went[-1] == ("people.list", {"unit": own["HUM"], "unit_name": "<b>Humaniora</b>"})


def test_another_day_shows_who_held_a_post_then(qtbot: QtBot, page: OrganisationPage) -> None:
    page.day.setText("2026-01-01")
    page.day.editingFinished.emit()
    qtbot.waitUntil(lambda: ("Dean", "Nobody", "") in lines(page))


def test_a_post_is_handed_over_and_its_end_is_said(
    qtbot: QtBot, page: OrganisationPage, database: Database, own: dict[str, UUID]
) -> None:
    at(qtbot, page, own["Dean"], "Eva Ek")
    page.panel.buttons["hand_over"].click()  # type: ignore[attr-defined]
    form = dialog(qtbot, page, HolderDialog)
    form.person.choose(own["Kalle"], "Kalle Al")
    form.accept_button.click()
    qtbot.waitUntil(lambda: ("Dean", "Kalle Al", "") in lines(page))
    qtbot.waitUntil(lambda: "Kalle Al" in said(page))
    page.panel.buttons["end"].click()  # type: ignore[attr-defined]
    end = dialog(qtbot, page, EndDialog)
    end.ends.setText("2026-12-31")
    end.accept_button.click()

    def ended() -> bool:
        with database.read() as session:
            return [holder.ends for holder in posts.history(session, own["Dean"])] == [date(2026, 12, 31), date(2026, 11, 22)]

    qtbot.waitUntil(ended)


def test_a_post_moves_to_another_unit(qtbot: QtBot, page: OrganisationPage, own: dict[str, UUID]) -> None:
    at(qtbot, page, own["Dean"], "Eva Ek")
    page.panel.buttons["change"].click()  # type: ignore[attr-defined]
    form = dialog(qtbot, page, PostDialog)
    form.unit.set_code(str(own["NU"]))
    form.title.setText("Rector")
    form.accept_button.click()
    qtbot.waitUntil(lambda: ("Rector", "Eva Ek", "") in lines(page))
    tree = page.tree.model()
    assert [tree.index(row, 0, tree.index(0, 0)).data() for row in range(2)] == ["<b>Humaniora</b>", "Rector"]


def test_who_one_is_is_said_once_and_shown(qtbot: QtBot, page: OrganisationPage, own: dict[str, UUID]) -> None:
    at(qtbot, page, own["Dean"], "This is me")
    page.panel.buttons["me"].click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "This is you" in said(page))
    assert page._context.settings.get("core.person") == {"id": str(own["Eva"]), "name": "Eva Ek"}
