"""What the import page leaves to others: deciding about rows, the brake, mending faulty rows, and asking before taking back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.imports import words
from desktop.people.imports.deciding.arguing import Side
from desktop.people.imports.deciding.brake_dialog import BrakeDialog
from desktop.people.imports.deciding.choosing import ASKED, Choosing
from desktop.people.imports.deciding.mending import WHY, Wanted, can_be_mended, ending
from desktop.people.imports.deciding.panel import DecisionPanel
from desktop.people.imports.preview import ImportModel, ImportTable
from desktop.people.imports.reading import Entry, Preview
from desktop.people.imports.run import ImportRun
from desktop.people.imports.storing import ImportCounts
from desktop.people.imports.tiles import Tiles
from desktop.widgets.banner import Banner

KEPT_NAMES = 12  # names said in a message


class DecidingDesk(QObject):
    """Belongs to one import page, whose list, tiles and run it works with; `panel` stands beside the list."""

    moved = Signal()  # something was decided: the import may bring more or less
    stayed = Signal()  # the import is not taken back after all

    def __init__(
        self, context: ModuleContext, page: QWidget, run: ImportRun, table: ImportTable, model: ImportModel, tiles: Tiles,
        banner: Banner,
    ) -> None:  # fmt: skip
        super().__init__(page)
        self._context, self._page, self._run, self._banner = context, page, run, banner
        self._table, self._model, self._tiles = table, model, tiles
        self._path, self._preview, self._done = Path(), cast("Preview | None", None), False
        self._counts: ImportCounts | None = None
        self.choosing: Choosing | None = None
        self.brake: BrakeDialog | None = None
        self.panel = DecisionPanel(context)
        self.panel.sided.connect(self._side)
        self.panel.sided_for_all.connect(self._side_for_all)
        self.panel.told.connect(self._tell)
        self.panel.mend.connect(self.mend)
        self.panel.further.connect(self.further)
        table.entered.connect(self.panel.begin)
        table.digit.connect(self._press)
        table.pointed_at.connect(self._point)
        run.compared.connect(self._compared)
        run.touched.connect(self._ask_before_undo)
        run.mended.connect(self._mended)

    @property
    def many(self) -> int:
        """How many rows the import would write."""
        return self.choosing.many if self.choosing is not None else 0

    def keys(self) -> list[tuple[str, str]]:
        """The keys of deciding and what they do, for the key map."""
        say = self._context.texts.say
        return [
            (say(_("Enter")), say(_("Decide about the row, or mend it"))),
            ("1, 2, …", say(_("Choose what counts"))),
            ("F8", say(_("Next row to decide"))),
            ("Ctrl+S", say(_("Save the faulty rows as a file"))),
        ]

    def show_preview(self, path: Path, preview: Preview) -> None:
        """Begin with the rows of another file, or of the same one compared anew."""
        self._path, self._preview, self._done = path, preview, False
        self.choosing = Choosing(preview)
        self.hint()

    def imported(self, counts: ImportCounts) -> None:
        """The import is through: what was decided has served."""
        self._done, self._counts = True, counts
        if self._preview is not None and self._preview.wishes.digest and counts.change_set is not None:
            self._run.keep(self._preview.wishes.digest, "")
        self._model.set_decided(None)
        self.panel.show_entry(None, None)

    def reopened(self) -> None:
        """The import was taken back: the same rows can be decided about again."""
        self._done = False
        self.hint()
        self._point(self._model.row_at(self._table.currentIndex().row()))

    def start(self) -> None:
        """Import what is shown, once the number is typed where much would be overwritten."""
        if self.choosing is None:
            return
        found = self.choosing.brake()
        if not found.holds:
            self._go()
            return
        self.brake = dialog = BrakeDialog(found, self._context.texts, self._page)
        dialog.accepted.connect(self._go)
        dialog.finished.connect(dialog.deleteLater)
        dialog.ask()

    def _go(self) -> None:
        assert self._preview is not None and self.choosing is not None
        self._run.start(self._preview, self._path.name, self.choosing.wishes)

    def further(self) -> None:
        """Go to the next row that waits for a decision, from the first again after the last."""
        choosing = self.choosing
        if choosing is None or self._done:
            return
        here = self._table.currentIndex().row()
        rows = self._model.rowCount()
        places = ((here + step) % rows for step in range(1, rows + 1))
        found = next((place for place in places if self._waits(choosing, place)), None)
        if found is not None:
            self._table.setCurrentIndex(self._model.index(found, 0))
            self.panel.begin()
            return
        say = self._context.texts.say
        self._banner.tell(say(_("Everything shown is decided.")), say(_("Ctrl+Enter imports it.")), tone="ok")

    def mend(self) -> None:
        """Ask where to, and write the faulty rows there."""
        preview, say = self._preview, self._context.texts.say
        if preview is None or self._run.busy or not preview.by_kind["faulty"] or not can_be_mended(preview.file.encoding):
            return
        end = ending(preview.file.encoding)
        name = say(_("{name}, faulty rows"), name=self._path.stem) + end
        kinds = f"{say(_('List of people'))} (*{end})"
        chosen, _kind = QFileDialog.getSaveFileName(
            self._page, say(_("Save the faulty rows")), str(self._path.with_name(name)), kinds
        )
        if chosen:
            self.write_faulty(Path(chosen).with_suffix(end) if not Path(chosen).suffix else Path(chosen))

    def write_faulty(self, target: Path) -> None:
        """Write the faulty rows into this file."""
        assert self._preview is not None
        texts, file = self._context.texts, self._preview.file
        reasons = {fault.line: words.fault(fault, texts) for fault in file.faults}
        self._target = target
        self._run.mend(Wanted(self._path, file.sheet, file.digest, target, texts.say(WHY), reasons))

    def welcome(self, preview: Preview) -> None:
        """Say so when nothing of a file would change anything, or when it is one with mended rows."""
        texts, say = self._context.texts, self._context.texts.say
        if preview.mended:
            usable, faulty = len(preview.file.rows), preview.counts["faulty"]
            text = ngettext("{count} mended row can be used.", "{count} mended rows can be used.")
            left = ngettext("{count} row is still at fault.", "{count} rows are still at fault.")
            detail = texts.say_n(left, faulty) if faulty else ""
            self._banner.tell(texts.say_n(text, usable), detail, tone="warn" if faulty else "ok")
        elif not self.many and not any(preview.counts[kind] for kind in ASKED):
            self._banner.tell(say(_("Nothing would change.")), say(_("Every usable row is in the register already.")))

    def tell_taken_back(self, names: list[str]) -> None:
        """Say that the import was taken back, and who was kept."""
        say = self._context.texts.say
        if names:
            text = say(_("The import was taken back, except what was touched since."))
            self._banner.tell(text, say(_("Kept: {names}."), names=_listed(names, self._context)), tone="warn")
        else:
            self._banner.tell(say(_("The import was taken back.")), say(_("The register is as it was before.")), tone="ok")

    def _ask_before_undo(self, names: list[str]) -> None:
        """Name who was touched since before the import is taken back; with nobody it goes at once."""
        if self._counts is None:
            return
        if not names:
            self._run.undo(self._counts)
            return
        texts = self._context.texts
        text = ngettext(
            "{count} person of this import was touched since. That stays as it is now.",
            "{count} people of this import were touched since. That stays as it is now.",
        )
        go, stay = partial(self._run.undo, self._counts), self.stayed.emit
        acts: list[tuple[str, Callable[[], object]]] = [
            (texts.say(_("Take the rest back")), go),
            (texts.say(_("Leave the import")), stay),
        ]
        self._banner.tell(texts.say_n(text, len(names)), _listed(names, self._context), tone="warn", actions=acts)

    def _waits(self, choosing: Choosing, place: int) -> bool:
        entry = self._model.row_at(place)
        return entry is not None and not choosing.is_decided(entry)

    def _point(self, entry: Entry | None) -> None:
        can_mend = self._preview is not None and can_be_mended(self._preview.file.encoding)
        self.panel.show_entry(entry, None if self._done else self.choosing, can_mend=can_mend)

    def _press(self, number: int) -> None:
        """A digit in the list: who it is where that is asked, else a side for all fields of the row."""
        entry = self._model.row_at(self._table.currentIndex().row())
        if entry is None or self.choosing is None or self._done:
            return
        choices = [self.panel.person] if self.panel.person is not None else self.panel.clashes
        for choice in choices:
            ways = list(choice.buttons.values())
            if number <= len(ways):
                ways[number - 1].setChecked(True)

    def _side(self, entry: Entry, field: str, side: str) -> None:
        assert self.choosing is not None
        self.choosing.choose_side(entry, cast(Side, side), field)
        self._after()

    def _side_for_all(self, field: str, side: str) -> None:
        assert self.choosing is not None
        self.choosing.choose_side_for_all(cast(Side, side), field)
        self._after()

    def _tell(self, entry: Entry, person: Any) -> None:
        assert self.choosing is not None
        self.choosing.choose_person(entry, person)
        if isinstance(person, UUID):
            self._run.compare(entry, self.choosing.wishes)
        self._after()

    def _compared(self, entry: Entry) -> None:
        if self.choosing is None or self._done:
            return
        self.choosing.put(entry)
        here = self._table.currentIndex().row()
        self._after()
        if (shown := self._model.row_at(here)) is not None and shown.line == entry.line:
            self._table.pointed_at.emit(shown)

    def _after(self) -> None:
        """Show what comes of what was just decided, and keep it."""
        assert self.choosing is not None and self._preview is not None
        self.panel.refresh(self.choosing)
        self.hint()
        if self._preview.wishes.digest:
            self._run.keep(self._preview.wishes.digest, self.choosing.text)
        self.moved.emit()

    def hint(self) -> None:
        """Say how much is decided, on the tiles and in the list."""
        if self.choosing is None or self._preview is None or self._done:
            return
        texts = self._context.texts
        for kind in ASKED:
            count, decided = self._preview.counts[kind], self.choosing.decided(kind)
            if decided:
                said = texts.say(_("{done} of {total} decided"), done=texts.number(decided), total=texts.number(count))
                self._tiles.tile(kind).set_hint(said)
            else:
                self._tiles.tile(kind).set_hint(texts.say(words.KIND_HINTS[kind]))
        self._model.set_decided(self.choosing.is_decided)

    def _mended(self, count: int) -> None:
        texts = self._context.texts
        text = ngettext("{count} faulty row was written to {file}.", "{count} faulty rows were written to {file}.")
        self._banner.tell(
            texts.say_n(text, count, file=self._target.name),
            texts.say(_("Mend them there and import that file alone; its last column is left out.")),
            tone="ok",
        )
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)


def _listed(names: list[str], context: ModuleContext) -> str:
    """The first names of some, and how many more there are."""
    shown, more = "; ".join(names[:KEPT_NAMES]), len(names) - KEPT_NAMES
    if more <= 0:
        return shown
    return context.texts.say(_("{names} and {count} more"), names=shown, count=context.texts.number(more))
