"""The stops of the tour, in order; each is left out where its page is not installed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog
from sqlalchemy import func, select

from db.models.interaction import Interaction
from db.models.person import Person
from db.models.role import Role
from db.search import search
from desktop.people.demo_list import write_admitted_csv
from desktop.tour.guide import Guide, TourFailed
from desktop.tour.register_stops import keeping_order

Key, Control, Alt = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LIST_NAME, LIST_ROWS = "antagna-hosten.csv", 80
TALKS = ((134, "Kommer i höst. Undrar om cykelförråd i studentbostäderna."), (96, "Vill ha schemat per e-post."))


def my_day(guide: Guide) -> None:
    """What waits this morning."""
    guide.go("shell.my_day")
    guide.picture("my-day")


def find_person(guide: Guide) -> None:
    """Three letters of each name after Ctrl+K, Enter, and the whole record is there."""
    typed, family = _well_known(guide)
    box = _bar(guide).palette_box
    guide.press(Key.Key_K, Control)
    guide.wait("Ctrl+K goes to the search box", lambda: QApplication.focusWidget() is box)
    guide.type(typed)
    guide.wait("the person is found", lambda: any(family in line.title for line in box.results.lines))
    guide.picture("find-a-person")
    guide.press(Key.Key_Return)
    guide.wait("the record opens", lambda: _key(guide) == "people.record")
    guide.calm()
    guide.picture("person")
    guide.go("people.list")
    guide.wait("the list of people is filled", lambda: guide.page.model.rowCount() > 0)
    guide.picture("people")


def import_list(guide: Guide, folder: Path) -> None:
    """A list of admitted students: seen first, then imported, shown, and nothing of it guessed."""
    file = folder / LIST_NAME
    write_admitted_csv(file, LIST_ROWS, today=guide.clock.today())
    page = guide.go("people.import")
    guide.picture("import-begins")
    page.read(file)
    guide.wait("the rows are shown", lambda: page.model.rowCount() == LIST_ROWS)
    guide.picture("import-preview")
    guide.click(page.mapping.open_button)
    guide.picture("import-columns")
    guide.click(page.mapping.back_button)
    guide.wait("the rows are shown again", lambda: page.model.rowCount() == LIST_ROWS)
    for kind in ("changed", "faulty"):
        guide.click(page.tiles.tile(kind))
        guide.wait(f"only {kind} rows are shown", lambda: page.model.rowCount() < LIST_ROWS)
        guide.picture(f"import-{kind}")
    page.tiles.choose(None)
    page.table.setFocus()
    guide.press(Key.Key_Return, Control)
    guide.wait("the people are imported", lambda: page.show_button.isVisible())
    guide.picture("import-done")
    guide.click(page.show_button)
    guide.wait("the imported people are listed", lambda: _key(guide) == "people.list" and guide.page.model.rowCount() > 0)
    guide.picture("imported-people")


def phone_round(guide: Guide) -> None:
    """Five calls by keyboard alone; one is taken back and ended otherwise."""
    rounds = guide.go("phones.rounds")
    guide.wait("the call rounds are listed", lambda: rounds.model.rowCount() > 0)
    guide.picture("call-rounds")
    rounds.table.setFocus()
    rounds.table.setCurrentIndex(rounds.model.index(0, 0))
    guide.calm()
    guide.press(Key.Key_Return)
    guide.wait("somebody is there to be called", lambda: _key(guide) == "phones.round" and guide.page.call.data is not None)
    guide.calm()
    console = guide.page
    guide.picture("calls")
    for number, (seconds, note) in enumerate(TALKS):
        _talk(guide, console, seconds, note, pictured=number == 0)
        _save(guide, console, Key.Key_F5)
    _dial(guide, 31)
    _save(guide, console, Key.Key_F7)
    _dial(guide, 24)
    whom = console.call.data.name
    _save(guide, console, Key.Key_F9)
    guide.press(Key.Key_Z, Control)
    guide.wait("the call is back", lambda: console.call.data is not None and console.call.data.name == whom)
    guide.picture("call-taken-back")
    _save(guide, console, Key.Key_F7)
    _dial(guide, 44)
    guide.press(Key.Key_F8)
    guide.wait("a callback can be promised", lambda: console.call.callback.isVisible())
    guide.type("+75 min")
    guide.picture("callback")
    _save(guide, console, Key.Key_F8)
    guide.picture("after-five-calls")


def policies(guide: Guide) -> None:
    """A policy and its consent form are printed; the signed sheet is filed in the register."""
    listed = guide.go("policies.list")
    guide.wait("the policies are listed", lambda: listed.model.rowCount() > 0)
    guide.picture("policies")
    page = _unsigned_policy(guide, listed)
    guide.picture("policy")
    page.take_step("print")
    guide.wait("the policy is printed", lambda: len(guide.opened) == 1)
    guide.keep("policy.pdf")
    page.tabs.setCurrentIndex(1)
    guide.calm()
    guide.picture("signatures")
    person = page.policy.unsigned[0]
    form, filing = _line_buttons(page, person.name)
    guide.click(form)
    guide.wait("the consent form is printed", lambda: len(guide.opened) == 2)
    sheet = guide.keep("consent-form.pdf")
    guide.click(filing)
    _file_sheet(guide, sheet)
    guide.wait("the signature is filed", lambda: any(line.name == person.name and line.valid for line in page.policy.signed))
    guide.picture("signature-filed")


def history_and_settings(guide: Guide) -> None:
    """What was done, in words; how the program is set; how its modules fare."""
    stops = (
        ("shell.history", "history"),
        ("shell.settings", "settings"),
        ("shell.modules", "modules"),
        ("shell.users", "users"),
        ("shell.jobs", "jobs"),
    )
    for key, name in stops:
        if guide.has(key):
            guide.go(key)
            guide.picture(name)


def backups(guide: Guide) -> None:
    """A backup is made and checked, and stands in the list."""
    page = guide.go("shell.backups")
    guide.click(page.make)
    guide.wait("the backup is listed", lambda: page.empty.isHidden())
    guide.picture("backups")


def walk(guide: Guide, folder: Path) -> None:
    """All stops, once the demo is open; `folder` is for files that are not kept."""
    stops: tuple[tuple[str, Callable[[], None]], ...] = (
        ("shell.my_day", lambda: my_day(guide)),
        ("people.record", lambda: find_person(guide)),
        ("people.import", lambda: import_list(guide, folder)),
        ("phones.round", lambda: phone_round(guide)),
        ("policies.record", lambda: policies(guide)),
        ("shell.my_day", lambda: my_day(guide)),
        *keeping_order(guide),
        ("shell.backups", lambda: backups(guide)),
        ("shell.history", lambda: history_and_settings(guide)),
    )
    for key, stop in stops:
        if guide.has(key):
            stop()


def _bar(guide: Guide) -> Any:
    assert guide.app.view is not None
    return guide.app.view.top


def _key(guide: Guide) -> str:
    assert guide.app.view is not None
    current = guide.app.view.workspace.current
    return current.key if current else ""


def _well_known(guide: Guide) -> tuple[str, str]:
    """What to type for somebody with a long life whom nobody else resembles, and their family name."""
    assert guide.app.desk is not None
    with guide.app.desk.database.read() as session:
        lives = select(Role.person_id).group_by(Role.person_id).order_by(func.count().desc(), Role.person_id).limit(50)
        contacts = select(Interaction.person_id, func.count().label("many")).group_by(Interaction.person_id).subquery()
        chosen = select(Person).join(contacts, contacts.c.person_id == Person.id).where(Person.id.in_(lives))
        for person in session.scalars(chosen.order_by(contacts.c.many.desc(), Person.name_key)):
            typed = f"{person.family[:4]} {person.given[:3]}".casefold()
            if len(search(session, typed, 2)) == 1:
                return typed, person.family
    raise TourFailed("nobody among the demo people stands out")


def _dial(guide: Guide, seconds: int) -> None:
    guide.press(Key.Key_F2)
    guide.pass_time(seconds)
    guide.calm()


def _talk(guide: Guide, console: Any, seconds: int, note: str, *, pictured: bool) -> None:
    """A conversation by the script, with a note."""
    _dial(guide, seconds)
    guide.press(Key.Key_1, Alt)
    guide.press(Key.Key_1, Alt)
    console.call.note.setFocus()
    guide.type(note)
    if pictured:
        guide.picture("call")


def _save(guide: Guide, console: Any, outcome: Qt.Key) -> None:
    """Say how the call ended, save it, and wait for whoever is next, or for the next number of the same person."""
    before = console.call.data
    guide.press(outcome)
    guide.press(Key.Key_Return, Control)
    guide.wait("the next person is there", lambda: console.call.data not in (None, before))
    guide.calm()


def _unsigned_policy(guide: Guide, listed: Any) -> Any:
    """The first policy somebody has yet to sign, opened from the list by keyboard."""
    for row in range(listed.model.rowCount()):
        subject = listed.model.id_at(row)
        page = guide.go("policies.record", subject=subject)
        guide.wait("the policy is read", partial(_is_read, page))
        if page.policy.unsigned and any(version.state == "current" for version in page.policy.versions):
            return page
    raise TourFailed("no policy waits for a signature")


def _is_read(page: Any) -> bool:
    return page.policy is not None


def _line_buttons(page: Any, name: str) -> list[QAbstractButton]:
    """The two acts beside somebody who has not signed: print the form, file it."""
    buttons = [button for button in page.signatures.findChildren(QAbstractButton) if button.isVisible()]
    return [button for button in buttons if name in button.accessibleName()][:2]


def _file_sheet(guide: Guide, sheet: Path) -> None:
    """Fill in the dialog that files a sheet, and accept it."""
    guide.wait("the dialog opens", lambda: _dialog(guide) is not None)
    dialog: Any = _dialog(guide)
    dialog.take_file(str(sheet))
    guide.wait("the sheet is read", lambda: dialog.accept_button.isEnabled())
    dialog.place.setText("Nordstrand")
    guide.picture("file-a-signature", of=dialog)
    guide.click(dialog.accept_button)
    guide.wait("the dialog closes", lambda: not dialog.isVisible())


def _dialog(guide: Guide) -> QDialog | None:
    return next((dialog for dialog in guide.page.findChildren(QDialog) if dialog.isVisible()), None)
