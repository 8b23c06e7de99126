"""A choice of several codes: a button that says what is chosen, and a popup in which they are found by typing and ticked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget

from db.sorting import fold
from desktop.widgets.buttons import Button
from desktop.widgets.labels import tip
from desktop.widgets.panels import column
from desktop.widgets.theme import current_theme

CODE = Qt.ItemDataRole.UserRole + 1
FOLDED = Qt.ItemDataRole.UserRole + 2
SHOWN = 3  # chosen ones that are named on the button
LETTERS = 28  # of one name on the button


class ManyChoice(Button):
    """Space or Enter opens it. In the popup letters narrow, arrows move, Enter ticks or unticks, Escape closes.

    Args:
        name: What is chosen, for readers.
        nothing: What it says while nothing is chosen.
        find: What the box of the popup is for.
    """

    changed = Signal()

    def __init__(self, name: str, nothing: str, find: str, parent: QWidget | None = None) -> None:
        super().__init__(nothing, "quiet", parent=parent)
        self._name, self._nothing, self._find = name, nothing, find
        self._choices: list[tuple[str, str]] = []
        self._codes: list[str] = []
        self.popup: _Popup | None = None
        self.clicked.connect(self.open_popup)
        self._tell()

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (code, label); what was chosen stays chosen, also what is not offered any more."""
        self._choices = list(choices)
        if self.popup is not None:
            self.popup.offer(self._offered(), self._codes)
        self._tell()

    def codes(self) -> tuple[str, ...]:
        """The codes chosen, in the order in which they were."""
        return tuple(self._codes)

    def set_codes(self, codes: Iterable[str]) -> None:
        """Choose these instead."""
        self._codes = list(codes)
        self._tell()

    def open_popup(self) -> None:
        """Let the user tick."""
        if self.popup is None:
            self.popup = _Popup(self._name, self._find, self)
            self.popup.turned.connect(self._turn)
        self.popup.offer(self._offered(), self._codes)
        self.popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _offered(self) -> list[tuple[str, str]]:
        known = {code for code, _label in self._choices}
        return [*self._choices, *((code, code) for code in self._codes if code not in known)]

    def _turn(self, code: str) -> None:
        self._codes = [one for one in self._codes if one != code] if code in self._codes else [*self._codes, code]
        if self.popup is not None:
            self.popup.mark(self._codes)
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        labels = dict(self._choices)
        names = [labels.get(code, code) for code in self._codes]
        cut = [name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…" for name in names[:SHOWN]]
        rest = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
        self.setText((", ".join(cut) + rest).replace("&", "&&") or self._nothing)
        self.setToolTip(tip(", ".join(names)))
        self.setAccessibleName(f"{self._name}: {', '.join(names) or self._nothing}")
        self.updateGeometry()


class _Popup(QFrame):
    turned = Signal(str)  # a code

    def __init__(self, name: str, find: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "card")
        self.setAccessibleName(name)
        self.box = QLineEdit()
        self.box.setPlaceholderText(find)
        self.box.setAccessibleName(find)
        self._all = QStandardItemModel(self)
        self._fitting = QSortFilterProxyModel(self)
        self._fitting.setSourceModel(self._all)
        self._fitting.setFilterRole(FOLDED)
        self.list = QListView()
        self.list.setModel(self._fitting)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(name)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self._turn())
        self.box.textChanged.connect(self._narrow)
        self.setLayout(column(self.box, self.list, gap=8, margin=8))
        self.setFixedSize(current_theme().px(320), current_theme().px(300))

    def offer(self, choices: Iterable[tuple[str, str]], chosen: Iterable[str]) -> None:
        """Show these, the chosen ones ticked."""
        self._all.clear()
        for code, label in choices:
            item = QStandardItem(label)
            item.setData(code, CODE)
            item.setData(fold(label), FOLDED)
            item.setSizeHint(QSize(0, current_theme().px(27)))
            item.setCheckable(True)
            self._all.appendRow(item)
        self.mark(chosen)
        self._narrow(self.box.text())

    def mark(self, chosen: Iterable[str]) -> None:
        """Tick these and no others."""
        codes = frozenset(chosen)
        for row in range(self._all.rowCount()):
            item = self._all.item(row)
            item.setCheckState(Qt.CheckState.Checked if item.data(CODE) in codes else Qt.CheckState.Unchecked)

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
            self._turn()
        else:
            super().keyPressEvent(event)

    def _narrow(self, text: str) -> None:
        self._fitting.setFilterFixedString(fold(text.strip()))
        self._point(0)

    def _point(self, row: int) -> None:
        last = self._fitting.rowCount() - 1
        self.list.setCurrentIndex(self._fitting.index(max(0, min(row, last)), 0))

    def _turn(self) -> None:
        code = self.list.currentIndex().data(CODE)
        if code is not None:
            self.turned.emit(str(code))
