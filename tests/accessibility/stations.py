"""Everything the program shows: each page of each module, each dialog, the start page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QWidget
from sqlalchemy import select

from db import keys
from db.models.person import Person
from db.passwords import PasswordWanted
from db.postgresql.moving import Moved, Preview, Summed
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Page
from desktop.core.merging import Field, Merge, merge
from desktop.core.selection import PeopleSelection
from desktop.modules.phones.adding import AddDialog
from desktop.modules.policies.dialogs import AskDialog, DayDialog, NewPolicyDialog
from desktop.modules.policies.scan_dialog import ScanDialog
from desktop.people.bulk.dialog import BulkDialog
from desktop.people.consents.purposes_page import PurposesPage
from desktop.people.contacts import ContactForm, add_contact
from desktop.people.demo_list import write_admitted_csv
from desktop.people.erasing.page import ErasePage
from desktop.people.imports.deciding.brake import Brake
from desktop.people.imports.deciding.brake_dialog import BrakeDialog
from desktop.people.imports.mapping.profile_dialog import ProfileDialog
from desktop.people.imports.page import ImportPage
from desktop.people.list_page import PeopleListPage
from desktop.people.merging.apart_page import ApartPage
from desktop.people.merging.belongings import World
from desktop.people.merging.merge import merge_people
from desktop.people.merging.page import MergePage
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.organisation.dialogs import EndDialog, PostDialog, ProgrammesDialog, UnitDialog
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.people.organisation.page import read_all
from desktop.people.organisation.posts import history
from desktop.people.protecting.boxes import seeing
from desktop.people.protecting.page import ProtectedPage
from desktop.people.protecting.sheet import HiddenSheet
from desktop.people.record_page import PersonPage
from desktop.people.retention.certificate_dialog import CertificateDialog
from desktop.people.retention.disposals import DisposalLine, disposals
from desktop.people.retention.page import RetentionPage
from desktop.people.views.dialog import ViewDialog
from desktop.people.views.view import View
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
from desktop.widgets.column_chooser import ColumnChooser
from desktop.widgets.conflict_dialog import ConflictDialog
from desktop.widgets.form import CodeField
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.sheet_dialog import SheetDialog
from tests.contract.conftest import Window

BASES = {RoomyDialog, FormDialog, SheetDialog, ReadingDialog}  # never shown themselves
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
        if isinstance(shown, ImportPage):
            yield f"{page.key}: columns", columns_shown(window, shown)
            yield f"{page.key}: columns without headings", headless_shown(window, page)
        if page.key == "people.segment":
            yield f"{page.key}: put together", window.show(page, sets=True)
        if isinstance(shown, ErasePage):
            how = shown.form.field("how")
            assert isinstance(how, CodeField)
            how.set_code("anonymise")
            yield f"{page.key}: anonymise", _settled(shown)
        if isinstance(shown, PurposesPage):
            shown.edit(next(iter(shown.buttons)))
            for _round in range(3):
                QApplication.processEvents()
            yield f"{page.key}: one of them", shown
        if isinstance(shown, RetentionPage):
            yield from ((f"{page.key}: {name}", filled) for name, filled in _retention(shown))
        if isinstance(shown, PersonPage):
            for form in ("add_consent", "add_block"):
                shown.edit(form)
                for _round in range(3):
                    QApplication.processEvents()
                yield f"{page.key}: {form}", shown
                shown.boxes[form, None].close_box()
        if isinstance(shown, PersonPage) and shown.card is not None and shown.card.identifiers:
            shown.numbers.ask(shown.card.identifiers[0])
            for _round in range(3):
                QApplication.processEvents()
            yield f"{page.key}: a reason", shown
            shown.numbers.box.closed.emit()  # type: ignore[union-attr]
        if isinstance(shown, PersonPage) and shown.card is not None:
            shown.marking.show_name(shown.card.title)
            shown.marking.open_box()
            yield f"{page.key}: protect", _settled(shown)
            shown.marking.close_box()
        if isinstance(shown, ProtectedPage) and shown.lines:
            yield from _somebody_protected(shown)
        if isinstance(shown, MergePage | ApartPage):
            for name, filled in _two_records(window, page):
                yield f"{page.key}: {name}", filled


def _retention(page: RetentionPage) -> Iterator[tuple[str, QWidget]]:
    """The other tabs, and the forms of the first two."""
    page.due.ask()
    yield "a decision", _settled(page)
    page.tabs.setCurrentWidget(page.rules)
    page.rules.edit(next(iter(page.rules.buttons)))
    yield "a rule", _settled(page)
    for name in ("holds", "disposals"):
        page.tabs.setCurrentWidget(getattr(page, name))
        yield name, _settled(page)


def _somebody_protected(page: ProtectedPage) -> Iterator[tuple[str, QWidget]]:
    """Shown for a reason, and with each kind of form that changes something."""
    page.panel.open_box(seeing)
    assert page.panel.box is not None
    reason = page.panel.box.form.field("reason")
    assert isinstance(reason, QLineEdit)
    reason.setText("She asks")
    page.panel.box.act()
    yield "people.protected: shown", _settled(page)
    for button in page.panel.findChildren(HiddenSheet)[-1].findChildren(QPushButton):
        button.click()
        yield f"people.protected: {button.accessibleName() or button.text()}", _settled(page)
    page.panel.hide_person()


def _two_records(window: Window, page: Page) -> Iterator[tuple[str, QWidget]]:
    """Two people before they are merged, or after it with something written since; the last of the demo."""
    assert window.app.view is not None
    context = window.app.view.context
    with context.database.read() as session:
        goes, stays = session.scalars(select(Person.id).where(Person.retired_at.is_(None)).order_by(Person.id.desc()).limit(2))
    if page.key == "people.merge":
        yield "both", _settled(window.show(page, person_id=stays, other_id=goes))
        return
    known, clock = World.of(context), context.clock
    with context.database.write(context.actor, "merge_people") as session:
        mark = read_plan(session, stays, goes, known).mark
        merge_people(session, stays, goes, Choice(), mark, known, today=clock.today(), now=clock.now())
    with context.database.write(context.actor, "add_contact") as session:
        add_contact(session, stays, ContactForm("email", "mia@post.example"), country="SE")
    yield "since", _settled(window.show(page, person_id=goes))
    record = window.registry.page("people.record", context.rights)
    assert record is not None
    yield "a handle", _settled(window.show(record, person_id=goes))
    yield "with a handle", _settled(window.show(record, person_id=stays))


def _settled(shown: QWidget) -> QWidget:
    for _round in range(3):
        QApplication.processEvents()
    return shown


def headless_shown(window: Window, page: Page) -> QWidget:
    """A page of its own with a list that begins with a person, at what its columns mean."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "lista.csv"
        file.write_text("Öst;Mia;mia@x.example\nEk;Ove;ove@x.example\n", encoding="utf-8")
        shown = window.show(page, path=file)
    return _settled(shown)


def columns_shown(window: Window, page: ImportPage) -> ImportPage:
    """The page with a list of people, at what its columns mean."""
    assert window.app.view is not None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "antagna.csv"
        write_admitted_csv(file, 12, today=window.app.view.context.clock.today())
        page.read(file)
    page.show_mapping()
    for _round in range(3):
        QApplication.processEvents()
    return page


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
        lambda: BrakeDialog(Brake(20, 50, 31), context.texts, over),
        lambda: AddDialog(context, people, over),
        lambda: ProfileDialog(context, _("Save as a profile"), lambda _name, _shared: None, over),
        *(partial(_bulk, context, people, over, kind) for kind in ("language", "begin_role", "hold", "task")),
        lambda: TakeBackDialog(context, _newest(window), _history(window)._wording, over),
        lambda: TakeBackDialog(context, _newest(window, 30), _history(window)._wording, over),
        lambda: NewPolicyDialog(context, posts, over),
        lambda: HolderDialog(context, posts, parent=over),
        *_organisation(window),
        lambda: AskDialog(context, posts, over),
        lambda: DayDialog(context, _("Plan the next revision"), "next_review", _("Day of the next revision"), day, over),
        lambda: ScanDialog(context, policy, parent=over),
        lambda: CertificateDialog(context, _disposed(window), over),
        lambda: KeyEntry(missing, app.texts, over),
        lambda: KeyPaper(key, app.texts, lambda _saved: None, over, needed=True),
        lambda: NoKeyringChoice(app.texts.say(why.what), app.texts, over, plain=True),
        lambda: ViewDialog(context, View(), "Alumni", None, over),
        lambda: ColumnChooser(_people_list(window).table, app.texts, over),
        lambda: ServerDialog(app.texts, over, address="", name="", user="eva.ek", wanted=None),
        lambda: _with_certificate(ServerDialog(app.texts, over, address="", name="", user="eva.ek", wanted=None)),
        *(partial(_wizard, window, step) for step in ("server", "preview", "progress", "result")),
        lambda: ServerDialog(app.texts, over, address=SERVER, name="Office", user="eva.ek", wanted=refused),
    ]


def _disposed(window: Window) -> DisposalLine:
    assert window.app.desk is not None
    with window.app.desk.database.read() as session:
        return disposals(session)[0]


def _with_certificate(dialog: ServerDialog) -> ServerDialog:
    """With the fields for a certificate of one's own."""
    dialog.fields.own.set_code("files")
    return dialog


def _organisation(window: Window) -> list[Callable[[], QDialog]]:
    """The dialogs of units and posts, about the demo's own."""
    app, over = window.app, window.app.window
    assert app.view is not None
    context = app.view.context
    with app.desk.database.read() as session:  # type: ignore[union-attr]
        found = read_all(session, context.clock.today())
        post = found.posts[0]
        holder = history(session, post.id)[0]
    return [
        lambda: UnitDialog(context, found.units, found.units[-1], parent=over),
        lambda: ProgrammesDialog(context, "X", found.units[-1].programmes, [("Forestry", 12)], over),
        lambda: PostDialog(context, found.units, post, parent=over),
        lambda: EndDialog(context, holder, over),
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


def _people_list(window: Window) -> PeopleListPage:
    window.app.open_page("people.list")
    assert isinstance(window.page, PeopleListPage)
    return window.page


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
