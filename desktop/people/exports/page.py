"""Taking a list of people out as a file: for what, for whom, which columns, which kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from db.errors import RuleBroken, Unavailable
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.documents import file_name
from desktop.core.selection import PeopleSelection
from desktop.people import listing
from desktop.people.exports.file_kinds import KINDS
from desktop.people.exports.making import Asked, Making
from desktop.people.exports.run import ExportRun
from desktop.people.exports.service import Reason, checked
from desktop.people.listing import PeopleFilter
from desktop.people.views.columns import COLUMNS
from desktop.people.views.view import View
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, row
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme
from desktop.widgets.tick_list import KEY, TickList


class ExportPage(QWidget):
    """Ctrl+Enter chooses where to and exports, Escape stops what is under way.

    Args:
        people: Whom to export; without it everybody.
        view: What the list showed: its columns and its order.
    """

    def __init__(
        self,
        context: ModuleContext,
        parent: QWidget | None = None,
        *,
        people: PeopleSelection | None = None,
        view: View | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._people, self._view = people, view or View()
        self._folder = Path.home()
        self.setWindowTitle(self._say(_("Export people")))
        self.run = ExportRun(context, self)
        self.banner = Banner(self._say(_("Close this message")))
        self.export_button = primary_button(self._say(_("Export…")))
        self.header = PageHeader(self._say(_("Export people")), "", [self.export_button])
        self.told = plain_label("", "strong", wrap=True)
        self._make_form()
        self.bar, self.stop_button = QProgressBar(), quiet_button(self._say(_("Stop")))
        self.bar.setAccessibleName(self._say(_("Progress of the export")))
        self.working = QWidget()
        self.working.setLayout(row(self.bar, self.stop_button))
        self.working.hide()
        self._lay_out()
        self._connect()
        self._tell_people()

    def _make_form(self) -> None:
        say, chosen = self._say, self._view.columns
        self.form = Form()
        self.purpose = self.form.add(
            "purpose", say(_("What the list is for")), QLineEdit(),
            say(_("Written down with your name, the day, the columns and how many people.")), required=True,
        )  # fmt: skip
        self.recipient = self.form.add("recipient", say(_("For whom")), QLineEdit(), say(_("Who gets the list.")))
        self.kind = self.form.add("kind", say(_("Kind of file")), CodeField([(code, say(text)) for code, text in KINDS.items()]))
        self.columns = self.form.add("columns", say(_("Columns")), TickList(say(_("Columns"))))
        titles = {one.key: say(one.title) for one in COLUMNS}
        for key in dict.fromkeys((*chosen, *titles)):
            self.columns.add(key, titles[key], ticked=key in chosen)
        self.columns.setCurrentRow(0)
        self.columns.setMinimumHeight(current_theme().px(170))
        self.held = QCheckBox(say(_("Also addresses and numbers that are on hold")))

    def _lay_out(self) -> None:
        theme, say = current_theme(), self._say
        rules = plain_label(say(_("Personal identity numbers are never exported.")), "dim", wrap=True)
        inner = QWidget()
        inner.setMaximumWidth(theme.px(620))
        body = column(self.banner, self.working, self.told, self.form, self.held, rules, gap=12)
        inner.setLayout(body)
        edge = theme.px(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.header)
        layout.addWidget(inner)
        layout.addStretch(1)
        self.setFocusProxy(self.purpose)

    def _connect(self) -> None:
        self.export_button.clicked.connect(self.choose)
        self.stop_button.clicked.connect(self.run.stop)
        self.columns.itemChanged.connect(lambda _item: self.form.clear_marks())
        self.run.progressed.connect(self._advance)
        self.run.exported.connect(self._tell_done)
        self.run.stopped.connect(self._tell_stopped)
        self.run.failed.connect(self._fail)
        listen(self, {"Ctrl+Return": self.choose, "Ctrl+Enter": self.choose})

    # What may be asked of the page

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Ctrl+Enter")), say(_("Export"))),
            (say(_("Space")), say(_("Tick or untick"))),
            (say(_("Escape")), say(_("Stop the export"))),
        ]

    def state(self) -> dict[str, Any]:
        """What is typed and chosen, for the same page in another language."""
        return {
            "form": {"purpose": self.purpose.text(), "recipient": self.recipient.text(), "kind": self.kind.code()},
            "columns": self.chosen_columns(),
            "held": self.held.isChecked(),
            "busy": self.run.busy,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave; a list that was being made then is to be begun anew."""
        self.form.write(state["form"])
        for item in self.columns.items_in_order:
            ticked = item.data(KEY) in state["columns"]
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.held.setChecked(state["held"])
        if state["busy"]:
            self._tell_stopped()

    def chosen_columns(self) -> tuple[str, ...]:
        """The columns ticked, in their order."""
        return tuple(item.data(KEY) for item in self.columns.ticked())

    def choose(self) -> None:
        """Ask where the file goes, then export; a slip is marked first."""
        if self.run.busy:
            return
        self.banner.dismiss()
        kind = self.kind.code()
        if not self._well(self._folder / f"list.{kind}"):
            return
        name = file_name(f"{self._say(_('People'))} {self._context.clock.today().isoformat()}", f".{kind}")
        filter = f"{self._say(KINDS[kind])} (*.{kind})"
        chosen, _filter = QFileDialog.getSaveFileName(self, self._say(_("Export people")), str(self._folder / name), filter)
        if chosen:
            path = Path(chosen)
            self.start(path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}"))

    def start(self, path: Path) -> None:
        """Export to this file."""
        if self.run.busy:
            return
        making = self._well(path)
        if making is None:
            return
        self._folder = path.parent
        self.export_button.setEnabled(False)
        self.working.show()
        self.stop_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.run.start(making)

    # Work

    def _well(self, path: Path) -> Making | None:
        """The list to be made, or None when something typed must be mended first."""
        today = self._context.clock.today()
        people = self._people
        if people is None:
            people = PeopleSelection(listing.people_ids(PeopleFilter(today=today)), 0, self._say(_("everybody")))
        try:
            reason = checked(Reason(self.purpose.text(), self.recipient.text()))
            view = self._view
            asked = Asked(people, self.chosen_columns(), path, reason, today, view.sort, view.down, self.held.isChecked())
            return Making(asked, self._context.texts)
        except RuleBroken as broken:
            self._fail(broken)
            return None

    def _advance(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _at_rest(self) -> None:
        self.working.hide()
        self.export_button.setEnabled(True)

    def _tell_done(self, making: Making) -> None:
        self._at_rest()
        path, texts = making.asked.path, self._context.texts
        many = ngettext("{count} person exported to {file}.", "{count} people exported to {file}.")
        acts = [(self._say(_("Open the file")), lambda: self._open(path))]
        said = self._say(_("Delete the file when it has served its purpose."))
        self.banner.tell(texts.say_n(many, making.written, file=path.name), said, tone="ok", actions=acts)
        self.export_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, path: Path) -> None:
        try:
            self._context.documents.open(path)
        except Unavailable as error:
            self._fail(error)

    def _tell_stopped(self) -> None:
        self._at_rest()
        self.banner.tell(self._say(_("The export was stopped.")), self._say(_("No file was written.")))
        self.export_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, error: Exception) -> None:
        self._at_rest()
        tell_slip(self._context.messages.explain(error, _("exporting the people")), self.form, self.banner)

    def _tell_people(self) -> None:
        if self._people is not None:
            self.told.setText(self._people.words)
        else:
            self.told.setText(self._say(_("everybody")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.run.busy:
            self.run.stop()
        else:
            super().keyPressEvent(event)
