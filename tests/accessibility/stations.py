"""Everything the program shows: each page of each module, each dialog, the start page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QDialog, QWidget
from sqlalchemy import select

from db import keys
from db.models.person import Person
from db.passwords import PasswordWanted
from db.postgresql.moving import Moved, Preview, Summed
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.merging import Field, Merge, merge
from desktop.core.selection import PeopleSelection
from desktop.modules.phones.adding import AddDialog
from desktop.modules.policies.dialogs import AskDialog, DayDialog, NewPolicyDialog
from desktop.modules.policies.scan_dialog import ScanDialog
from desktop.people.bulk.dialog import BulkDialog
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.people.record_page import PersonPage
from desktop.shell.about import About
from desktop.shell.history_lines import HistoryFilter, HistoryRow, chosen_lines
from desktop.shell.history_page import HistoryPage
from desktop.shell.key_dialogs import KeyEntry, KeyPaper, NoKeyringChoice
from desktop.shell.key_map import KeyMap
from desktop.shell.move_dialog import MoveDialog
from desktop.shell.reading import ReadingDialog
from desktop.shell.server_dialog import ServerDialog
from desktop.shell.take_back_dialog import TakeBackDialog
from desktop.widgets.banner import Question
from desktop.widgets.conflict_dialog import ConflictDialog
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.rooms import RoomyDialog
from tests.contract.conftest import Window

BASES = {RoomyDialog, FormDialog, ReadingDialog}  # never shown themselves
SERVER = "postgresql://eva.ek@db.example.org/office?sslmode=verify-full"


def pages(window: Window, only: Collection[str] = ()) -> Iterator[tuple[str, QWidget]]:
    """Every page the demo can fill, or `only` these, laid out, one after the other; records' tabs stay open."""
    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        if only and page.key not in only:
            continue
        shown = window.show_filled(manifest, page)
        assert shown is not None, f"the demo holds nothing {page.key} could show"
        for _round in range(3):
            QApplication.processEvents()
        yield page.key, shown
        if isinstance(shown, PersonPage) and shown.card is not None and shown.card.identifiers:
            shown.numbers.ask(shown.card.identifiers[0])
            for _round in range(3):
                QApplication.processEvents()
            yield f"{page.key}: a reason", shown
            shown.numbers.box.closed.emit()  # type: ignore[union-attr]


def dialogs(window: Window) -> Iterator[tuple[str, QDialog]]:
    """Every dialog, open over the window, closed again afterwards."""
    for make in makers(window):
        dialog = make()
        dialog.show()
        dialog.activateWindow()
        QApplication.processEvents()
        yield type(dialog).__name__, dialog
        dialog.hide()
        dialog.deleteLater()


def makers(window: Window) -> list[Callable[[], QDialog]]:
    """How each kind of dialog is made."""
    app, over = window.app, window.app.window
    assert app.view is not None
    context, posts = app.view.context, ["Alumniansvarig"]
    policy = _policy(window)
    people = PeopleSelection(select(Person.id), 3, context.texts.say(_("People")))
    day = context.clock.today()
    key = keys.new_key()
    refused = PasswordWanted(_("The password is wrong."), _("Try again."), wrong=True, name="office")
    missing, why = keys.KeyMissing(Path("Office.kontinuum"), key.mark, "absent"), NoKeyring("none")
    return [
        lambda: KeyMap(app),
        lambda: About(over, app.texts),
        lambda: Question(
            over, context.texts.say(_("What you typed in “{page}” is not saved yet."), page="X"), "", "Ja", danger=True
        ),
        lambda: ConflictDialog(context.texts, "Anna Ek", _both(context), over),
        lambda: AddDialog(context, people, over),
        *(partial(_bulk, context, people, over, kind) for kind in ("language", "begin_role", "hold", "task")),
        lambda: TakeBackDialog(context, _newest(window), _history(window)._wording, over),
        lambda: TakeBackDialog(context, _newest(window, 30), _history(window)._wording, over),
        lambda: NewPolicyDialog(context, posts, over),
        lambda: HolderDialog(context, posts, parent=over),
        lambda: AskDialog(context, posts, over),
        lambda: DayDialog(context, _("Plan the next revision"), "next_review", _("Day of the next revision"), day, over),
        lambda: ScanDialog(context, policy, parent=over),
        lambda: KeyEntry(missing, app.texts, over),
        lambda: KeyPaper(key, app.texts, lambda _saved: None, over, needed=True),
        lambda: NoKeyringChoice(app.texts.say(why.what), app.texts, over, plain=True),
        lambda: ServerDialog(app.texts, over, address="", name="", user="eva.ek", wanted=None),
        *(partial(_wizard, window, step) for step in ("server", "preview", "progress", "result")),
        lambda: ServerDialog(app.texts, over, address=SERVER, name="Office", user="eva.ek", wanted=refused),
    ]


def _bulk(context: ModuleContext, people: PeopleSelection, over: QWidget, kind: str) -> BulkDialog:
    """The dialog with what would become of everybody."""
    dialog = BulkDialog(context, people, over)
    dialog.fields.what.set_code(kind)
    if kind == "task":
        dialog.fields.write({"task": "Ring"})
    dialog.go_on()
    return dialog


def _history(window: Window) -> HistoryPage:
    assert window.app.desk is not None and window.app.view is not None
    return HistoryPage(window.app.view.context, desk=window.app.desk)


def _newest(window: Window, count: int = 1) -> list[HistoryRow]:
    assert window.app.desk is not None
    with window.app.desk.database.read() as session:
        return chosen_lines(session, HistoryFilter(), None, frozenset())[:count]


def _both(context: ModuleContext) -> Merge:
    """Two who changed a line, a choice and a text, and each one thing alone."""
    say = context.texts.say
    return merge(
        [
            Field("family", say(_("Family name")), "Ek", "Ekberg", "Ekström"),
            Field("language", say(_("Language")), "", "fi", "sv", shown=str.upper, free=False),
            Field("note", say(_("Remark")), "a\nb\nc", "a\nB\nc", "a\nbb\nc", lines=True),
            Field("given", say(_("Given names")), "Åsa", "Åsa Maria", "Åsa"),
            Field("former", say(_("Former names")), "", "", "Berg"),
        ]
    )


def _wizard(window: Window, step: str) -> MoveDialog:
    """The wizard at this step, with what a move would have brought so far."""
    dialog = MoveDialog(window.app.texts, window.app.window, file="Office.kontinuum", user="eva.ek", former=SERVER)
    found = Preview("office (db.example.org)", {"person": 12_345, "call_entry": 45_678}, {"eva.ek": ("administrator",)}, False)
    if step == "preview":
        dialog.show_preview(found)
    elif step == "progress":
        dialog.show_step(step)
        dialog.advance(60_000, 116_046)
        dialog.stop.clicked.connect(lambda: (dialog.show_step("preview"), dialog.reject()))  # as it ends when a move was stopped
    elif step == "result":
        sums = {name: Summed(rows, 0x0123456789ABCDEF) for name, rows in found.tables.items()}
        dialog.show_result(Moved(sums), found, "postgres", "eva.ek", True)
        dialog.show_commands(["kontinuum server user add mia.mo --role office --dsn …"])
    return dialog


def _policy(window: Window) -> Any:
    manifest, page = next(
        (manifest, page)
        for manifest, page in window.registry.pages(window.app.view.context.rights)  # type: ignore[union-attr]
        if page.key == "policies.record"
    )
    shown: Any = window.show_filled(manifest, page)
    return shown.policy


def kinds_of_dialog() -> set[type[QDialog]]:
    """Every dialog class of the program that has been imported."""
    found: set[type[QDialog]] = set()
    waiting: list[type[QDialog]] = [QDialog]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("desktop."):
                found.add(kind)
    return found - BASES
