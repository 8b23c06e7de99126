"""The history as the office uses it: looked through, opened to single rows, taken back with a look ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.history import history
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from db.models.role import Role
from desktop.shell.take_back_dialog import TakeBackDialog

from .conftest import Shell

OTHER = Actor(UUID("01a20000-0000-7000-8000-0000000000ff"), "Bo Berg")


@pytest.fixture
def page(shell: Shell) -> Any:
    """The page of the history, over an empty database."""
    shell.open()
    shell.app.open_page("shell.history")
    return shell.view.workspace.page


def change(shell: Shell, key: UUID, actor: Actor | None = None, **values: Any) -> None:
    about = actor or shell.desk.actor
    with shell.desk.database.write(about, "edit_person", [key], {"name": "Åberg, Mia"}) as session:
        row = session.get_one(Person, key)
        for name, value in values.items():
            setattr(row, name, value)


def words(page: Any) -> list[str]:
    return [page.model.index(row, 1).data() for row in range(page.model.rowCount())]


def shown(dialog: TakeBackDialog) -> dict[str, str]:
    names = dialog.facts.findChildren(QLabel)
    return {name.text(): value.text() for name, value in zip(names[::2], names[1::2], strict=True) if name.text()}


def rows(page: Any) -> list[str]:
    tree = page.panel.rows
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return [item.text(0) for top in tops for item in (top, *(top.child(n) for n in range(top.childCount())))]


def people(shell: Shell) -> int:
    with shell.desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_change_opens_to_its_rows_with_what_was_before_and_after(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    change(shell, key, language="fi", note="Likes tea")
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    assert rows(page) == ["Changed · Person: Åberg, Mia", "Language: empty → Finnish", "Remark: empty → Likes tea"]
    page.list.setCurrentIndex(page.model.index(1, 0))
    assert rows(page) == ["Added · Person: Åberg, Mia", "Family name: Åberg", "Given names: Mia"]
    assert page.panel.row_count.text() == "Person 1"


def test_one_line_is_taken_back_and_the_others_stay(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    change(shell, key, language="fi", note="Likes tea")
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    tree = page.panel.rows
    tree.setCurrentItem(tree.topLevelItem(0))
    assert not page.panel.line_button.isEnabled(), "a whole row that was changed is no line"
    tree.setCurrentItem(tree.topLevelItem(0).child(0))
    page.panel.line_button.click()
    with shell.desk.database.read() as session:
        row = session.get_one(Person, key)
        assert (row.language, row.note) == ("", "Likes tea")
    assert "Taken back: Language: empty → Finnish" in shell.told
    page.look()
    assert words(page)[0] == "Took back one line of a change"


def test_a_line_that_was_changed_again_is_told_and_stays(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    change(shell, key, language="fi")
    change(shell, key, language="sv")
    page.look()
    page.list.setCurrentIndex(page.model.index(1, 0))
    tree = page.panel.rows
    tree.setCurrentItem(tree.topLevelItem(0).child(0))
    page.panel.take_line_back()
    assert "changed again since" in shell.told


def test_the_dialog_says_what_returns_before_anything_is_done(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    with shell.desk.database.write(
        shell.desk.actor, "import_people", details={"file": "x.csv", "new": 0, "changed": 1}
    ) as session:
        session.get_one(Person, key).note = "x"
        session.add(Role(person_id=key, kind="student"))
        session.add(ContactPoint(person_id=key, kind="email", value="a@b.example", normal="a@b.example"))
    with shell.desk.database.write(shell.desk.actor, "edit_role", [key]) as session:
        session.scalars(select(Role)).one().programme = "Law"
    page.look()
    page.list.setCurrentIndex(page.model.index(1, 0))
    with shell.desk.database.read() as session:
        steps = session.scalar(select(func.count()).select_from(ChangeSet))
    page.take_back()
    before = shown(page.dialog)
    assert before["Goes again"] == "Way to reach somebody 1 · Role 1"
    assert before["Gets its former values"] == "Person 1"
    assert before["Stays"].startswith("1 entry that was changed since:\n· Åberg, Mia")
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeSet)) == steps
    page.dialog.reason.setText("the wrong file")
    page.dialog.ok.click()
    with shell.desk.database.read() as session:
        assert session.get_one(Person, key).note == "" and session.scalars(select(Role)).one().programme == "Law"
        newest = history(session)[0]
    assert newest.details["reason"] == "the wrong file"
    assert "1 entry was touched since and stays" in page.panel.kept.text()


def test_what_left_the_house_is_said(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    with shell.desk.database.write(shell.desk.actor, "log_call", [key], {"name": "Åberg, Mia"}) as session:
        session.get_one(Person, key).note = "called"
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    assert "Somebody was called" in page.panel.outside.text()
    page.take_back()
    assert any("Somebody was called" in label.text() for label in page.dialog.findChildren(QLabel))
    page.dialog.reject()
    page.list.setCurrentIndex(page.model.index(1, 0))
    assert page.panel.outside.isHidden()


def test_several_are_taken_back_newest_first_each_a_step_of_its_own(shell: Shell, page: Any, qtbot: QtBot) -> None:
    key = shell.add_person("Åberg")
    for note in ("one", "two", "three"):
        change(shell, key, note=note)
    page.look()
    for row in (0, 1, 2):
        page.model.toggle(page.model.id_at(row))
    qtbot.keyClick(page.list, Qt.Key.Key_T)
    assert page.dialog.told.text().count("· Changed Åberg, Mia") == 3
    page.dialog.take_back()
    with shell.desk.database.read() as session:
        assert session.get_one(Person, key).note == ""
        assert [line.verb for line in history(session)][:4] == ["take_back"] * 3 + ["edit_person"]
    page.look()
    assert words(page)[:3] == ["Took back: Changed Åberg, Mia"] * 3


def test_all_that_fit_can_be_ticked_and_too_many_are_refused(shell: Shell, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = shell.add_person("Åberg")
    for note in ("one", "two", "three"):
        change(shell, key, note=note)
    page.search.setText("changed")
    page.look()
    page.model.select_all()
    page.take_back()
    assert len(page.dialog._lines) == 3
    page.dialog.reject()
    monkeypatch.setattr("desktop.shell.history_page.MOST", 2)
    before, page.dialog = page.dialog, None
    page.take_back()
    assert before is not None and page.dialog is None and "At most 2 changes" in shell.told


def test_filters_narrow_by_user_kind_and_time(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    change(shell, key, OTHER, note="x")
    with shell.desk.database.write(OTHER, "import_people", details={"file": "x.csv", "new": 1, "changed": 0}) as session:
        session.add(ContactPoint(person_id=key, kind="email", value="a@b.example", normal="a@b.example"))
    with shell.desk.database.write(shell.desk.actor, "remove_contact", [key], {"name": "Åberg, Mia"}) as session:
        session.delete(session.scalars(select(ContactPoint)).one())
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    page.take_back()
    page.dialog.take_back()
    kinds = {
        "": 6,  # the first one began to use the database
        "removed": 1,
        "import": 1,
        "many": 1,
        "back": 1,
        "module:people": 4,
        "module:shell": 2,
        "module:phones": 0,
    }
    page.look()
    for kind, count in kinds.items():
        page.filters.kind.set_code(kind)
        assert page.model.rowCount() == count, kind
    page.filters.kind.set_code("")
    page.filters.offer_users([])
    page.filters.who.set_code(str(OTHER.id))
    assert page.model.rowCount() == 2


def test_filters_narrow_by_time(shell: Shell, page: Any) -> None:
    shell.add_person("Åberg")
    today = shell.desk.clock.today()
    for span, count in (("today", 2), ("week", 2), ("month", 2), ("", 2)):
        page.filters.when.set_code(span)
        assert page.model.rowCount() == count, span
    page.filters.when.set_code("between")
    assert page.filters.first.isVisibleTo(page) and page.model.rowCount() == 2
    page.filters.last.set_day(today - timedelta(days=1))
    page.filters.last.editingFinished.emit()
    assert page.model.rowCount() == 0
    page.filters.first.setText("nonsense")
    page.filters.last.set_day(today)
    page.filters.last.editingFinished.emit()
    assert page.model.rowCount() == 2, "a day that cannot be read leaves that end open"


def test_what_was_removed_is_brought_back(shell: Shell, page: Any) -> None:
    key = shell.add_person("Åberg")
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    page.take_back()
    page.dialog.take_back()
    assert people(shell) == 0
    page.filters.kind.set_code("removed")
    assert words(page) == ["Took back: Added Åberg, Mia"]
    page.list.setCurrentIndex(page.model.index(0, 0))
    assert rows(page)[0] == "Removed · Person: Åberg, Mia"
    page.take_back()
    assert shown(page.dialog)["Comes back"] == "Person 1"
    page.dialog.take_back()
    assert people(shell) == 1
    page.filters.kind.set_code("")
    assert words(page)[0] == "Did again: Added Åberg, Mia"
    assert key is not None


def test_more_rows_are_shown_when_asked_for(shell: Shell, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.shell.history_panel.AT_MOST", 2)
    with shell.desk.database.write(shell.desk.actor, "import_people", details={"file": "x", "new": 5, "changed": 0}) as session:
        session.add_all([Person(id=new_id(), family=f"Berg {n}", given="Mia", name_key=b"x") for n in range(5)])
    page.look()
    page.list.setCurrentIndex(page.model.index(0, 0))
    assert page.panel.rows.topLevelItemCount() == 2 and not page.panel.more.isHidden()
    page.panel.more.click()
    assert page.panel.rows.topLevelItemCount() == 5 and page.panel.more.isHidden()


def test_who_may_not_see_people_is_shown_nothing_of_them(shell: Shell, page: Any) -> None:
    shell.add_person("Åberg")
    page.look()
    columns = page._wording.columns
    for table in [name for name in columns if name != "setting"]:
        del columns[table]
    page.list.setCurrentIndex(page.model.index(0, 0))
    page.panel._read(page._line(page.list.pointed))
    assert rows(page) == [] and page.panel.row_count.text() == ""
