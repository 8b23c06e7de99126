"""The queue of possible duplicates and the hint while somebody is typed, as the office sees them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from conftest import NOW
from db.actor import Actor
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.people.card import person_card
from desktop.people.contacts import ContactForm, add_contact
from desktop.people.duplicates.card import DuplicatesCard
from desktop.people.duplicates.page import DuplicatesPage
from desktop.people.duplicates.verdicts import keep_apart
from desktop.people.editing import PersonForm, create_person
from desktop.people.new_page import NewPersonPage
from desktop.people.record_page import PersonPage

BORN = date(1990, 5, 4)


@pytest.fixture
def pair(database: Database, actor: Actor) -> tuple[UUID, UUID]:
    """The same person twice, with another one between them."""
    made = []
    with database.write(actor, "create_person") as session:
        for given, family, born in (("Kalle", "Åberg", BORN), ("Eva", "Ek", BORN), ("Karl", "<b>Aberg</b>", BORN)):
            made.append(
                create_person(
                    session, PersonForm(given, family.replace("<b>", "").replace("</b>", ""), birth_date=born), today=NOW.date()
                )
            )
            add_contact(session, made[-1], ContactForm("phone", "070-174 06 05"), country="SE")
    return made[0], made[2]


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(1300, 800)
    widget.show()


def texts(widget: QWidget) -> str:
    parts = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(parts + [button.text() for button in widget.findChildren(QPushButton) if button.isVisibleTo(widget)])


def gone(context: ModuleContext) -> tuple[ModuleContext, list[tuple[str, dict[str, Any]]]]:
    """A context that notes where one goes."""
    from dataclasses import replace

    went: list[tuple[str, dict[str, Any]]] = []
    return replace(context, navigate=lambda page, **arguments: went.append((page, arguments))), went


def test_the_page_looks_through_the_register_and_shows_pairs_side_by_side(
    qtbot: QtBot, context: ModuleContext, pair: tuple[UUID, UUID]
) -> None:
    page = DuplicatesPage(context)
    shown(qtbot, page)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    qtbot.waitUntil(lambda: page.panel.pair is not None)
    said = texts(page.panel)
    for part in (
        "Same phone number",
        "Same birth date",
        "One name is short for the other",
        "Record 1",
        "Kalle",
        "Karl",
        "likely",
    ):
        assert part in said
    assert "The whole register was looked through" in page.state_line.text()
    assert page.model.index(0, 2).data() == "likely"


def test_two_people_leave_the_queue_by_one_key_and_come_back_by_another_view(
    qtbot: QtBot, context: ModuleContext, pair: tuple[UUID, UUID]
) -> None:
    page = DuplicatesPage(context)
    shown(qtbot, page)
    qtbot.waitUntil(lambda: page.panel.pair is not None)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)  # keys of a page work in the window one is in
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    page.said.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1 and page.panel.pair is not None)
    assert page.panel.judge.text() == "Ask again"
    page.panel.judge.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    page.said.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)


def test_enter_opens_both_records(qtbot: QtBot, context: ModuleContext, pair: tuple[UUID, UUID]) -> None:
    noting, went = gone(context)
    page = DuplicatesPage(noting)
    shown(qtbot, page)
    qtbot.waitUntil(lambda: page.panel.pair is not None)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert {arguments["person_id"] for _page, arguments in went} == set(pair)
    assert {page for page, _arguments in went} == {"people.record"}


def test_what_changes_while_the_page_is_open_is_looked_at(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor
) -> None:
    page = DuplicatesPage(context)
    shown(qtbot, page)
    assert "Nobody in the register seems to be written down twice." in texts(page)
    for _copy in range(2):
        with database.write(actor, "create_person") as session:
            create_person(session, PersonForm("Anna", "Berg", birth_date=BORN), today=NOW.date())
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)


def test_my_day_says_how_many_pairs_wait(qtbot: QtBot, context: ModuleContext, pair: tuple[UUID, UUID]) -> None:
    before = DuplicatesCard(context)
    qtbot.addWidget(before)
    assert before.isHidden(), "nobody was looked at yet: that is begun on the page"
    shown(qtbot, DuplicatesPage(context))
    card = DuplicatesCard(context)
    qtbot.addWidget(card)
    assert not card.isHidden() and card.open_button.text() == "1 pair to look at"


def test_typing_somebody_known_shows_who_it_may_be_and_opens_them(
    qtbot: QtBot, context: ModuleContext, pair: tuple[UUID, UUID]
) -> None:
    noting, went = gone(context)
    page = NewPersonPage(noting)
    shown(qtbot, page)
    hint = page.form.hint
    assert hint is not None and hint.isHidden() and page.form.box is not None
    fields = page.form.box.form
    fields.field("given").setText("Karl")  # type: ignore[attr-defined]
    fields.field("family").setText("Åb")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(hint.shown) == 2)
    fields.field("birth_date").setText("1990-05-04")  # type: ignore[attr-defined]
    fields.field("phone").setText("+46 70 174 06 05")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: all("phone_same" in like.reasons for like in hint.shown))
    qtbot.waitUntil(lambda: "Same phone number" in texts(hint) and hint.isVisible())
    hint.findChildren(QPushButton)[0].click()
    assert went == [("people.record", {"person_id": hint.shown[0].id})]
    fields.field("given").setText("Greta")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: hint.isHidden())


def test_a_person_is_kept_apart_on_their_record(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, pair: tuple[UUID, UUID]
) -> None:
    page = PersonPage(context, person_id=pair[0])
    shown(qtbot, page)
    assert "Keep apart" in texts(page)
    with database.write(actor, "keep_apart") as session:
        keep_apart(session, pair[0])
    page.read()
    qtbot.waitUntil(lambda: "kept apart: never compared or suggested" in texts(page))
    next(button for button in page.findChildren(QPushButton) if button.text() == "Compare again").click()
    with database.read() as session:
        assert not person_card(session, pair[0]).apart
