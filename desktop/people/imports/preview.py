"""The rows of a file before they are imported, as one table that stays fluent with a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QThreadPool,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QTableView, QWidget

from db.texts import _
from desktop.core import copied
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.imports import words
from desktop.people.imports.reading import Entry, Kind, Preview
from desktop.widgets.cells import CellDelegate, ListHeader, as_list, fill_ground
from desktop.widgets.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

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


class ImportModel(QAbstractTableModel):
    """Shows the entries of a preview, all or those of one kind; knows as much of a list as the cells ask for."""

    spec = ROWS
    sorting = (0, False)
    selection = frozenset[Any]()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        self._all: list[Entry] = []
        self._shown: list[Entry] = []
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

    def row_at(self, row: int) -> Entry | None:
        """The entry in this place."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.spec.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        entry = self._shown[index.row()]
        shown = self.spec.columns[index.column()].show(entry, self.texts)
        if (
            index.column() == 3
            and entry.kind in ("clash", "several")
            and self._is_decided is not None
            and self._is_decided(entry)
        ):
            return self.texts.say(_("Decided. {what}"), what=shown)
        return ", ".join(shown) if isinstance(shown, tuple) else shown

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.texts.say(self.spec.columns[section].title)
        return None


def _let_go_soon(held: list[Preview]) -> None:
    """Let go once all others have who held it."""
    if QCoreApplication.instance() is not None:
        QTimer.singleShot(0, partial(_let_go, held))


def _let_go(held: list[Preview]) -> None:
    """Elsewhere than in the window's thread: with a hundred thousand rows it takes a while."""
    QThreadPool.globalInstance().start(held.clear)


class ImportTable(QTableView):
    """The table of rows. Ctrl+C copies the row pointed at."""

    pointed_at = Signal(object)  # Entry, or None when no row is pointed at
    entered = Signal()  # Enter on a row
    digit = Signal(int)

    def __init__(self, model: ImportModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setAccessibleName(name)
        self._cells = CellDelegate(cast(Any, model), False, self)
        self.setItemDelegate(self._cells)
        header = ListHeader(cast(Any, model), False, self)
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        self.setHorizontalHeader(header)
        self.setModel(model)
        as_list(self)
        self._fit()
        model.modelReset.connect(self._begin)

    def _fit(self) -> None:
        theme = current_theme()
        self.verticalHeader().setMinimumSectionSize(theme.row_height)
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        for number, column in enumerate(ROWS.columns[:-1]):  # the last takes the room there is
            self.setColumnWidth(number, theme.px(column.width))

    def _begin(self) -> None:
        if self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(0, 0))
        else:
            self.pointed_at.emit(None)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self.pointed_at.emit(self._rows.row_at(current.row()) if current.isValid() else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        copies = event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if copies and self.currentIndex().isValid():
            cells = [self._rows.index(self.currentIndex().row(), n).data() for n in range(self._rows.columnCount())]
            QGuiApplication.clipboard().setText(copied.rows([cells]))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self._rows.rowCount():
            last = self._rows.rowCount() - 1
            self.setCurrentIndex(self._rows.index(0 if event.key() == Qt.Key.Key_Home else last, 0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.entered.emit()
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.digit.emit(event.key() - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        fill_ground(self)  # only now: the style sheet takes it away when it dresses the table first
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_cells"):
            self._fit()
            fill_ground(self)

    def _hover(self, row: int) -> None:
        if row != self._cells.hovered:
            self._cells.hovered = row
            self.viewport().update()
