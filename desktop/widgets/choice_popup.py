"""A popup in which one of many is found by typing and chosen, all from the keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget

from db.sorting import fold
from desktop.widgets.panels import column
from desktop.widgets.theme import current_theme

OFFERED = Qt.ItemDataRole.UserRole + 1
FOLDED = Qt.ItemDataRole.UserRole + 2
WIDTH, LINE = 320, 27  # pixels at 100 %


class ChoicePopup(QFrame):
    """Type to narrow, arrows to move, Enter to choose, Escape to leave. It stays open until it is hidden.

    Args:
        name: What is chosen here, for readers.
        find: What the box is for, for readers.
        hint: What stands in the empty box.
        listed: What the list holds, for readers.
        height: In pixels at 100 %.
    """

    chosen = Signal(object)  # what was offered

    def __init__(self, name: str, find: str, parent: QWidget, *, hint: str, listed: str, height: int) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "card")
        self.setAccessibleName(name)
        self.box = QLineEdit()
        self.box.setPlaceholderText(hint)
        self.box.setAccessibleName(find)
        self._all = QStandardItemModel(self)
        self._fitting = QSortFilterProxyModel(self)
        self._fitting.setSourceModel(self._all)
        self._fitting.setFilterRole(FOLDED)
        self.list = QListView()
        self.list.setModel(self._fitting)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(listed)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self._choose())
        self.box.textChanged.connect(self._narrow)
        self.setLayout(column(self.box, self.list, gap=8, margin=8))
        self.setFixedSize(current_theme().px(WIDTH), current_theme().px(height))

    def offer(self, choices: Iterable[tuple[object, str]], ticked: Iterable[object] | None = None) -> None:
        """Offer these under their words, the first pointed at; with `ticked` each shows whether it is among those."""
        self._all.clear()
        for offered, words in choices:
            item = QStandardItem(words)
            item.setData(offered, OFFERED)
            item.setData(fold(words), FOLDED)
            item.setSizeHint(QSize(0, current_theme().px(LINE)))
            item.setCheckable(ticked is not None)
            self._all.appendRow(item)
        if ticked is not None:
            self.tick(ticked)
        self._narrow(self.box.text())

    def tick(self, ticked: Iterable[object]) -> None:
        """Tick these and no others."""
        these = frozenset(ticked)
        for row in range(self._all.rowCount()):
            item = self._all.item(row)
            item.setCheckState(Qt.CheckState.Checked if item.data(OFFERED) in these else Qt.CheckState.Unchecked)

    def open_at(self, corner: QPoint) -> None:
        """Show it below what opened it."""
        self.box.clear()
        self.move(corner)
        self.show()
        self.box.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps:
            self._point(self.list.currentIndex().row() + steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _narrow(self, text: str) -> None:
        self._fitting.setFilterFixedString(fold(text.strip()))
        self._point(0)

    def _point(self, row: int) -> None:
        last = self._fitting.rowCount() - 1
        self.list.setCurrentIndex(self._fitting.index(max(0, min(row, last)), 0))

    def _choose(self) -> None:
        offered = self.list.currentIndex().data(OFFERED)
        if offered is not None:
            self.chosen.emit(offered)
