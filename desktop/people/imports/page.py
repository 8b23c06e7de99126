"""Bringing a list in: choose or drop a file, see what every row would do, import it, and take it back if need be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from db.history import TakenBack
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Offer
from desktop.core.registry import LoadFailed
from desktop.core.selection import PeopleSelection
from desktop.core.worker import WorkerEnded
from desktop.people.imports.deciding.desk import DecidingDesk
from desktop.people.imports.dropping import FileDrop
from desktop.people.imports.header import ImportHeader, Step
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.mapping.panel import MappingPanel
from desktop.people.imports.parts import FileFacts, FirstStep, Working
from desktop.people.imports.people_file import reading_ended
from desktop.people.imports.reading import Entry, Preview
from desktop.people.imports.rows import ReadFile
from desktop.people.imports.rows_view import RowsView
from desktop.people.imports.run import ImportRun
from desktop.people.imports.storing import ImportCounts
from desktop.people.listing import PeopleFilter, people_ids
from desktop.widgets.banner import Banner
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import column, side_panel, splitter
from desktop.widgets.theme import current_theme

NARROW = 960  # pixels at 100 %; the file stands below its rows where there is less room
ENDINGS = "*.xlsx *.xls *.ods *.csv *.txt *.tsv *.tab *.vcf *.vcard *.ldif *.ldf"  # offered first; any file may be chosen


class ImportPage(FileDrop):
    """Ctrl+O chooses a file, Ctrl+Enter imports what is shown, Escape cancels what is under way.

    Args:
        path: A file to read at once.
    """

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, path: Path | str | None = None) -> None:
        super().__init__(lambda: not self.run.busy, parent)
        self._context, self._say = context, context.texts.say
        self._path = Path()
        self._preview: Preview | None = None
        self._counts: ImportCounts | None = None
        self._people, self._sheet = 0, ""
        self._came_by_sheet = False
        self.setWindowTitle(self._say(_("Import people")))
        self.run = ImportRun(context, self)
        self.banner = Banner(self._say(_("Close this message")))
        self.first, self.working = FirstStep(context.texts), Working(context.texts)
        self.rows, self.facts = RowsView(context.texts), FileFacts(context.texts)
        self.model, self.table, self.tiles = self.rows.model, self.rows.table, self.rows.tiles
        self.mapping = MappingPanel(context)
        self.desk = DecidingDesk(context, self, self.run, self.table, self.model, self.tiles, self.banner)
        self._make_header()
        self._lay_out()
        self._connect()
        if path is not None:
            self.read(Path(path))

    def _make_header(self) -> None:
        offers = list(self._context.offers("selection_action"))
        self.header = head = ImportHeader(self._context.texts, self.mapping, offers)
        self.other_button, self.import_button, self.undo_button = head.other_button, head.import_button, head.undo_button
        self.show_button, self.offer_buttons = head.show_button, head.offer_buttons
        for offer, button in zip(offers, head.offer_buttons, strict=True):
            button.clicked.connect(partial(self._offer, offer))

    def _lay_out(self) -> None:
        self.shown = splitter(
            self.rows,
            side_panel(column(self.desk.panel, self.facts, gap=20)),
            sizes=(820, 360),
            name=self._say(_("Rows and file")),
            room=NARROW,
        )
        self.steps = QStackedWidget()
        self._named: dict[QWidget, Step] = {
            self.first: "first", self.working: "working", self.shown: "rows", self.mapping: "columns"
        }  # fmt: skip
        for step in self._named:
            self.steps.addWidget(step)
        edge = current_theme().px(16)
        top = QWidget()
        top_layout = column(self.header, self.banner, self.mapping.offer, gap=12)
        top_layout.setContentsMargins(0, 0, edge, 0)
        top.setLayout(top_layout)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, 0, 0)
        layout.setSpacing(current_theme().px(12))
        layout.addWidget(top)
        layout.addWidget(self.steps, 1)
        self._go(self.first)

    def _connect(self) -> None:
        self.first.button.clicked.connect(self.choose)
        self.inviting.connect(self.first.set_inviting)
        self.dropped.connect(self._drop)
        self.other_button.clicked.connect(self.choose)
        self.import_button.clicked.connect(self.start)
        self.undo_button.clicked.connect(self.take_back)
        self.show_button.clicked.connect(self._show_people)
        self.working.cancel_button.clicked.connect(self.run.cancel)
        self.table.pointed_at.connect(self._point)
        self.facts.sheet_chosen.connect(self.choose_sheet)
        self.mapping.open_button.clicked.connect(self.show_mapping)
        self.mapping.back_button.clicked.connect(self._leave_mapping)
        self.mapping.wanted.connect(self._read_by)
        self.run.stepped.connect(self.mapping.offer.dismiss)
        self.run.was_read.connect(self.mapping.show_file)
        self.run.refused.connect(self._show_refused)
        self.run.stepped.connect(self._step)
        self.run.progressed.connect(self.working.advance)
        self.run.was_read.connect(lambda file: self.facts.show_file(self._path, file))
        self.run.planned.connect(self._show_preview)
        self.run.imported.connect(self._show_result)
        self.desk.stayed.connect(partial(self.undo_button.setEnabled, True))
        self.desk.moved.connect(self._count_acts)
        self.run.taken_back.connect(self._tell_taken_back)
        self.run.cancelled.connect(self._tell_cancelled)
        self.run.failed.connect(self._fail)
        keys = {"Ctrl+O": self.choose, "Ctrl+Return": self.start, "Ctrl+Enter": self.start, "F7": self.show_mapping}
        listen(self, {**keys, "F8": self.desk.further, "Ctrl+S": self.desk.mend})

    # What may be asked of the page

    def arrive(self, *, path: Path | str | None = None) -> None:
        """Come back to the page, maybe with another file."""
        if path is not None:
            self.read(Path(path))

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            ("Ctrl+O", say(_("Choose a file"))),
            (say(_("Ctrl+Enter")), say(_("Import what is shown"))),
            (say(_("Escape")), say(_("Cancel what is under way"))),
            ("F7", say(_("Say what the columns mean"))),
            ("Ctrl+C", say(_("Copy the row"))),
            *self.desk.keys(),
        ]

    def choose(self) -> None:
        """Ask for a file and read it."""
        if self.run.busy:
            return
        kinds = f"{self._say(_('Lists of people'))} ({ENDINGS});;{self._say(_('All files'))} (*)"
        chosen, _kind = QFileDialog.getOpenFileName(self, self._say(_("Choose a list of people")), str(self._path.parent), kinds)
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Read a file and show what would become of its rows; nothing is written."""
        if self.run.busy:
            return
        self._path, self._preview, self._counts, self._came_by_sheet = path, None, None, False
        self.mapping.forget()
        self.banner.dismiss()
        self.run.read(path)

    def choose_sheet(self, sheet: str) -> None:
        """Show another sheet of the same file; what is shown stays when that one cannot be used."""
        if self._preview is None or self.run.busy or sheet == self._preview.file.sheet:
            return
        self._counts, self._came_by_sheet = None, True
        self.banner.dismiss()
        self.run.read(self._path, sheet)

    def show_mapping(self) -> None:
        """Show what the columns mean, to be changed; an import already done is left as it is."""
        if self.mapping.has_file and self._counts is None and not self.run.busy:
            self._go(self.mapping)
            self.mapping.begin()

    def start(self) -> None:
        """Import what is shown; where columns are shown, read the file by them."""
        if self.steps.currentWidget() is self.mapping:
            self.mapping.apply()
            return
        if self._preview is None or self.run.busy or not self.import_button.isEnabled() or self._counts is not None:
            return
        self.banner.dismiss()
        self.desk.start()

    def take_back(self) -> None:
        """Undo the import just done; what was touched since is kept and told."""
        if self._counts is not None and self._counts.change_set is not None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)  # before its button can no longer have it
            self.undo_button.setEnabled(False)
            self.run.look_before_undo(self._counts)

    def _read_by(self, mapping: Mapping) -> None:
        """Read the file anew, its columns meaning what somebody said."""
        if not self.run.busy:
            self.banner.dismiss()
            self.run.read(self._path, self._sheet, mapping)

    def _show_refused(self, file: ReadFile) -> None:
        """Nobody can tell who the people of this file are: let it be said."""
        assert file.refusal is not None
        self._preview, self._sheet = None, file.sheet
        message = self._context.messages.explain(file.refusal, _("reading the file"))
        self.banner.tell(message.text, self._say(_("Say below what its columns mean.")), tone="warn")
        self._go(self.mapping)
        self.mapping.begin()

    def _leave_mapping(self) -> None:
        self._go(self.shown)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # Steps

    def _go(self, step: QWidget) -> None:
        focus = self.focusWidget()
        if focus is not None and focus.hasFocus():
            focus.clearFocus()  # it may be about to go, and Qt would look through the whole window for the next one
        self.steps.setCurrentWidget(step)
        done = self._counts is not None
        self.tiles.set_done(done)
        self.desk.hint()
        saved = self._counts is not None and self._counts.change_set is not None
        self.header.show_step(self._named[step], done=done, saved=saved, usable=self._preview is not None)
        sheet = self._preview.file.sheet if step is self.shown and self._preview is not None else ""
        self.header.set_count("" if step is self.first else f"{self._path.name} · {sheet}" if sheet else self._path.name)

    def _step(self, step: str) -> None:
        self.working.begin(self._say(Msgid(step)), self._path.name)
        self._go(self.working)
        self.working.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_preview(self, preview: Preview) -> None:
        self._preview, self._sheet = preview, preview.file.sheet
        self.desk.show_preview(self._path, preview)
        self.rows.show_preview(preview)
        many = self._count_acts()
        self._go(self.shown)
        self.desk.welcome(preview)
        begin = self.facts.sheets if self._came_by_sheet else self.import_button if many else self.table
        begin.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count_acts(self) -> int:
        """Say how many rows the import would write; how many that are."""
        self.header.show_many(self.desk.many)
        return self.desk.many

    def _show_result(self, counts: ImportCounts, people: int) -> None:
        self._counts, self._people = counts, people
        self.desk.imported(counts)
        self.undo_button.setEnabled(True)
        self._go(self.shown)
        self.desk.tell_result(counts, people, partial(self.read, self._path))
        (self.show_button if counts.change_set else self.other_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_taken_back(self, taken: TakenBack, names: list[str]) -> None:
        self._counts = None
        self._go(self.shown)
        self.desk.reopened()
        self.import_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.tell_taken_back(names)

    def _tell_cancelled(self) -> None:
        back = self._go_back()
        self.banner.tell(self._say(_("Cancelled.")), self._say(_("Nothing was saved.")))
        self._begin_at(back)

    def _fail(self, error: Exception, doing: str) -> None:
        back = self._go_back()
        self.undo_button.setEnabled(True)
        told = reading_ended(self._path.name) if isinstance(error, WorkerEnded) else error
        message = self._context.messages.explain(told, Msgid(doing))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "bad")
        self._begin_at(back)

    def _go_back(self) -> QWidget:
        """To what was shown before the step that did not end well."""
        if self._preview is not None:
            self.facts.show_file(self._path, self._preview.file)
        back = self.shown if self._preview is not None else self.mapping if self.mapping.has_file else self.first
        self._go(back)
        return back

    def _begin_at(self, step: QWidget) -> None:
        starts = {self.shown: self.table, self.mapping: self.mapping.table}
        starts.get(step, self.first.button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _point(self, entry: Entry | None) -> None:
        self.facts.show_entry(entry)

    # What to do with the people

    def _filter(self) -> PeopleFilter:
        assert self._counts is not None
        return PeopleFilter(made_or_changed_in=self._counts.change_set)

    def _show_people(self) -> None:
        self._context.navigate("people.list", made_or_changed_in=self._filter().made_or_changed_in)

    def _offer(self, offer: Offer) -> None:
        try:
            act = self._context.load(offer.contribution.opens)
        except LoadFailed as error:
            self._context.messages.show(error)
            return
        words = self._say(_("People from {file}"), file=self._path.name)
        act(self._context, PeopleSelection(people_ids(self._filter()), self._people, words), self)

    # Dropping files, and Escape

    def _drop(self, files: list[Path]) -> None:
        if len(files) > 1:
            self.banner.tell(
                self._say(_("One file at a time, please.")), self._say(_("Drop them one after the other.")), tone="warn"
            )
        else:
            self.read(files[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.run.busy:
            self.run.cancel()
        else:
            super().keyPressEvent(event)
