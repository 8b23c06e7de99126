"""What is typed and not saved is there again after the program ended without closing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from shutil import copyfile
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.accounts import add_user
from db.base import new_id
from db.drafts import KeptDraft, drafts_of
from db.models.history import ChangeSet
from desktop.core.clock import FixedClock
from desktop.core.settings import DeskSettings
from desktop.people.list_page import PeopleListPage
from desktop.people.new_page import NewPersonPage
from desktop.people.record_page import PersonPage
from desktop.shell import draft_text
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings
from desktop.shell.drafts import Drafts
from desktop.shell.users_page import UsersPage
from desktop.widgets.buttons import Button
from tests.support import HOSTILE

from .conftest import Shell


def drafts(shell: Shell) -> Drafts:
    assert shell.app.drafts is not None
    return shell.app.drafts


def stored(shell: Shell) -> list[KeptDraft]:
    with shell.desk.database.read() as session:
        return drafts_of(session, shell.desk.actor.id)


def crash(shell: Shell, login: str | None = None) -> None:
    """Go on with the file as a program leaves it that ends without closing: the pages of the log beside it."""
    path = shell.desk.path
    left = path.with_name("After the crash.kontinuum")
    for end in ("", "-wal"):
        copyfile(f"{path}{end}", f"{left}{end}")
    shell.app.open_database(left, login)


def new_person(shell: Shell) -> NewPersonPage:
    shell.app.open_page("people.new")
    page = shell.view.workspace.page
    assert isinstance(page, NewPersonPage) and page.form.box is not None
    return page


def field(page: NewPersonPage, key: str) -> QLineEdit:
    assert page.form.box is not None
    found = page.form.box.form.field(key)
    assert isinstance(found, QLineEdit)
    return found


def offer(shell: Shell) -> str:
    return shell.view.workspace.offer.banner.text


def answer(shell: Shell, text: str) -> None:
    [button] = [one for one in shell.view.workspace.offer.findChildren(Button) if one.text() == text and not one.isHidden()]
    button.click()


@pytest.mark.parametrize("text", [text.strip() for text in HOSTILE])
def test_typed_text_comes_back_letter_for_letter_after_a_crash(shell: Shell, text: str) -> None:
    shell.open()
    page = new_person(shell)
    field(page, "given").setText(text)
    typed = field(page, "given").text()
    drafts(shell).look()
    crash(shell)
    assert offer(shell) == "There is unsaved text from 23 Nov 2026 10:30: New person."
    answer(shell, "Bring it back")
    page = shell.view.workspace.page  # type: ignore[assignment]
    assert isinstance(page, NewPersonPage)
    assert field(page, "given").text() == typed != "" and page.unsaved()
    assert offer(shell) == ""
    assert len(stored(shell)) == 1, "a second crash does not lose it either"


def test_the_form_of_a_record_comes_back(shell: Shell) -> None:
    shell.open()
    person = shell.add_person("Åberg")
    shell.app.open_page("people.record", person_id=person)
    page = shell.view.workspace.page
    assert isinstance(page, PersonPage)
    page.edit("person")
    page.boxes["person", None].restore({"family": "Öberg <b>"})
    drafts(shell).look()
    crash(shell)
    answer(shell, "Bring it back")
    page = shell.view.workspace.page
    assert isinstance(page, PersonPage)
    assert page.boxes["person", None].state()["family"] == "Öberg <b>" and page.unsaved()


def test_a_saved_page_leaves_no_draft_and_nothing_is_in_the_history(shell: Shell) -> None:
    shell.open()
    with shell.desk.database.read() as session:
        before = session.scalar(select(func.count()).select_from(ChangeSet)) or 0
    page = new_person(shell)
    field(page, "family").setText("Adlerz")
    drafts(shell).look()
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeSet)) == before
    assert [draft.page for draft in stored(shell)] == ["people.new"]
    assert page.form.box is not None
    page.form.box.save()
    drafts(shell).look()
    assert stored(shell) == []
    crash(shell)
    assert offer(shell) == ""


def test_a_tab_closed_with_consent_leaves_no_draft(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.open()
    field(new_person(shell), "family").setText("Adlerz")
    drafts(shell).look()
    assert stored(shell)
    monkeypatch.setattr("desktop.shell.workspace.ask", lambda *_args, **_named: True)
    shell.view.workspace.close_tab()
    drafts(shell).look()
    assert stored(shell) == []


def test_a_program_closed_with_consent_offers_nothing_and_one_closed_unasked_does(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.open()
    path = shell.desk.path
    field(new_person(shell), "family").setText("Adlerz")
    shell.app.leave_desk()
    shell.app.open_database(path)
    assert "New person" in offer(shell), "nobody asked before leaving: kept, though no timer came in between"
    answer(shell, "Bring it back")
    monkeypatch.setattr("desktop.shell.drafts.ask", lambda *_args, **_named: True)
    shell.app.show_welcome()
    shell.app.open_database(path)
    assert offer(shell) == "" and stored(shell) == []


def test_thrown_away_is_gone_for_good_and_put_off_is_offered_again(shell: Shell) -> None:
    shell.open()
    field(new_person(shell), "family").setText("Adlerz")
    drafts(shell).look()
    crash(shell)
    path = shell.desk.path
    shell.view.workspace.offer.banner.dismiss()
    drafts(shell).look()
    shell.app.rebuild()
    assert offer(shell) == ""
    shell.app.open_database(path)
    assert "New person" in offer(shell)
    shell.app.rebuild()
    assert "New person" in offer(shell), "a view made anew asks the same question"
    answer(shell, "Throw it away")
    assert stored(shell) == []
    shell.app.open_database(path)
    assert offer(shell) == ""


def test_newer_text_on_the_same_page_is_not_overwritten(shell: Shell) -> None:
    shell.open()
    field(new_person(shell), "family").setText("Older")
    drafts(shell).look()
    crash(shell)
    page = new_person(shell)
    field(page, "family").setText("Newer")
    drafts(shell).look()
    assert "Newer" in stored(shell)[0].state, "a crash now must not lose what is typed now"
    answer(shell, "Bring it back")
    assert field(page, "family").text() == "Newer"
    assert page.form.box is not None
    page.form.box.save()
    drafts(shell).look()
    assert "Older" in stored(shell)[0].state, "nobody threw the older text away"


def test_drafts_of_somebody_else_are_not_offered(shell: Shell) -> None:
    shell.open()
    with shell.desk.database.write(shell.desk.actor, "add_user") as session:
        add_user(session, "other", "Other", frozenset({"office"}))
    field(new_person(shell), "family").setText("Adlerz")
    drafts(shell).look()
    crash(shell, "other")
    assert shell.desk.actor.name == "Other" and offer(shell) == ""
    drafts(shell).look()
    path = shell.desk.path
    shell.app.open_database(path)
    assert "New person" in offer(shell), "signing in as another leaves them where they are"


def test_drafts_older_than_a_month_are_dropped(shell: Shell, clock: FixedClock) -> None:
    shell.open()
    field(new_person(shell), "family").setText("Adlerz")
    drafts(shell).look()
    clock.move(clock.now() + timedelta(days=31))
    crash(shell)
    assert offer(shell) == "" and stored(shell) == []


def test_losing_the_focus_keeps_what_is_typed(shell: Shell) -> None:
    shell.open()
    field(new_person(shell), "family").setText("Adlerz")
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    app.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert "Adlerz" in stored(shell)[0].state
    assert drafts(shell).timer.isActive() and drafts(shell).timer.interval() == 5000


def test_a_page_that_cannot_say_what_it_holds_does_not_stop_the_others(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.open()
    shell.add_task("Call", 0)
    shell.app.open_page("people.list")
    broken = shell.view.workspace.page
    assert broken is not None
    monkeypatch.setattr(type(broken), "unsaved", lambda _self: True)
    monkeypatch.setattr(type(broken), "state", lambda _self: 1 // 0)
    field(new_person(shell), "family").setText("Adlerz")
    drafts(shell).look()
    assert [draft.page for draft in stored(shell)] == ["people.new"]


@pytest.mark.parametrize(
    "value",
    [
        {0: "x", 1: "y"},
        {"$id": "no id", "a": None},
        {"$id": "no id"},
        [("box", UUID(int=7), {"text": "å\ud800"}), (1.5, True)],
        {"day": date(2026, 2, 28), "at": datetime(2026, 11, 22, tzinfo=UTC), "id": new_id(), "none": ()},
        *HOSTILE,
    ],
)
def test_plain_values_are_read_as_they_were_written(value: Any) -> None:
    assert draft_text.read(draft_text.written(value)) == value


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError):
        draft_text.written({"page": object()})
    with pytest.raises(ValueError):
        draft_text.read('{"$other": 1}')


def test_text_typed_beside_the_list_comes_back(shell: Shell) -> None:
    shell.open()
    person = shell.add_person("Åberg")
    shell.app.open_page("people.list")
    page = shell.view.workspace.page
    assert isinstance(page, PeopleListPage)
    page.new_person()
    assert page.form.box is not None
    page.form.box.restore({"family": "Half"})
    page.panel.show_person(person)
    drafts(shell).look()
    crash(shell)
    answer(shell, "Bring it back")
    page = shell.view.workspace.page
    assert isinstance(page, PeopleListPage) and page.form.box is not None
    assert page.form.box.state()["family"] == "Half" and page.unsaved()


def test_text_about_a_new_user_comes_back(shell: Shell) -> None:
    shell.open()
    shell.app.open_page("shell.users")
    page = shell.view.workspace.page
    assert isinstance(page, UsersPage)
    page.edit(None)
    assert page.form is not None
    page.form.name.setText("Half a n")
    page.form.name.setModified(True)
    drafts(shell).look()
    crash(shell)
    answer(shell, "Bring it back")
    page = shell.view.workspace.page
    assert isinstance(page, UsersPage) and page.form is not None
    assert page.form.name.text() == "Half a n" and page.unsaved()


def test_with_real_threads_the_timer_keeps_it_and_leaving_waits_for_it(
    shell: Shell, qtbot: QtBot, qapp: QApplication, clock: FixedClock
) -> None:
    path = shell.folder / "Threads.kontinuum"
    copyfile(shell.template, path)
    around = Surroundings(clock=clock)
    app = Application(qapp, kept=DeskSettings(shell.folder / "threads.json"), around=around, at_once=True, catch=False)
    other = Shell(app, shell.folder, shell.template)
    app.open_database(path)
    qtbot.waitUntil(lambda: drafts(other).timer.isActive())
    field(new_person(other), "family").setText("Adlerz")
    drafts(other).timer.setInterval(1)
    qtbot.waitUntil(lambda: bool(stored(other)))
    drafts(other).timer.stop()
    field(new_person(other), "family").setText("Adlerz den äldre")
    drafts(other).look()
    app.leave_desk()  # with the write still on its way
    app.open_database(path)
    qtbot.waitUntil(lambda: "New person" in offer(other))
    assert [json.loads(draft.state)["family"] for draft in stored(other)] == ["Adlerz den äldre"]
    app.close()
    app.window.deleteLater()
