"""The rows of a file before they are imported, as one table that stays fluent with a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from db.texts import _
from desktop.core import copied
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.imports import words
from desktop.people.imports.file_table import FileModel, FileTable
from desktop.people.imports.reading import Entry, Kind, Preview

ROWS: ListSpec[Any, Entry] = ListSpec(
    query=cast(Any, None),  # the rows come from a file
    row=Entry,
    columns=(
        Column(_("Row"), lambda entry, texts: texts.number(entry.line), "line", 60, tone=lambda entry: "dim"),
        Column(_("Name"), lambda entry, texts: entry.name or texts.say(_("not read")), "", 190, strong=True),
        Column(
            _("Verdict"),
            lambda entry, texts: (texts.say(words.KIND_TITLES[entry.kind]),),
            "",
            110,
            tone=lambda entry: words.TONES[entry.kind],
        ),
        Column(_("What happens"), lambda entry, texts: words.detail(entry, texts), "", 420),
    ),
)


class ImportModel(FileModel[Entry]):
    """Shows the entries of a preview, all or those of one kind."""

    spec = ROWS
    sorting = (0, False)

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(texts, parent)
        self._all: list[Entry] = []
        self._by_kind: dict[Kind, list[Entry]] = {}
        self._is_decided: Callable[[Entry], bool] | None = None
        self._held: list[Preview] = []
        self.destroyed.connect(partial(_let_go_soon, self._held))

    def show_preview(self, preview: Preview) -> None:
        """Show all rows of another file."""
        former = self._held[:]
        self.beginResetModel()
        self._all = self._shown = preview.entries
        self._by_kind = preview.by_kind
        self._held[:] = [preview]
        self.endResetModel()
        _let_go(former)

    def set_decided(self, is_decided: Callable[[Entry], bool] | None) -> None:
        """Show which rows that ask something are decided; None where nothing is asked any more."""
        self._is_decided = is_decided
        if self._shown:
            self.dataChanged.emit(self.index(0, 3), self.index(len(self._shown) - 1, 3))

    def narrow(self, kind: Kind | None) -> None:
        """Show only rows of this kind, or all."""
        wanted = self._all if kind is None else self._by_kind.get(kind, [])
        if wanted is not self._shown:
            self.beginResetModel()
            self._shown = wanted
            self.endResetModel()

    def words(self, line: Entry, column: int) -> str:
        """What stands in a cell; of what happens to a row also that somebody decided it."""
        shown = super().words(line, column)
        if column == 3 and line.kind in ("clash", "several") and self._is_decided is not None and self._is_decided(line):
            return self.texts.say(_("Decided. {what}"), what=shown)
        return shown


def _let_go_soon(held: list[Preview]) -> None:
    """Let go once all others have who held it."""
    if QCoreApplication.instance() is not None:
        QTimer.singleShot(0, partial(_let_go, held))


def _let_go(held: list[Preview]) -> None:
    """Elsewhere than in the window's thread: with a hundred thousand rows it takes a while."""
    QThreadPool.globalInstance().start(held.clear)


class ImportTable(FileTable):
    """The table of rows. Ctrl+C copies the row pointed at."""

    pointed_at = Signal(object)  # Entry, or None when no row is pointed at
    entered = Signal()  # Enter on a row
    digit = Signal(int)

    def __init__(self, model: ImportModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, parent)
        self.row_pointed_at.connect(self._point)

    def _point(self, row: int) -> None:
        self.pointed_at.emit(self._rows.row_at(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        copies = event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if copies and self.currentIndex().isValid():
            cells = [self._rows.index(self.currentIndex().row(), n).data() for n in range(self._rows.columnCount())]
            QGuiApplication.clipboard().setText(copied.rows([cells]))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self._rows.rowCount():
            self.go_to(0 if event.key() == Qt.Key.Key_Home else self._rows.rowCount() - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.entered.emit()
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.digit.emit(event.key() - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._cells.hovered:
            self._cells.hovered = row
            self.viewport().update()
