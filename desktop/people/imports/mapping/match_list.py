"""By what a row is told to be somebody known: keys that can be left out and put in another order, with the keyboard too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people.imports.mapping.mapping import MATCH_KEYS
from desktop.people.imports.mapping.words import MATCH_TITLES
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow
from desktop.widgets.theme import current_theme


class MatchList(QWidget):
    """The keys in the order they are tried; Space takes one in or out, Alt+Up and Alt+Down move it."""

    edited = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = texts.say
        self._texts = texts
        self.keys_list = _Keys()
        self.keys_list.setAccessibleName(say(_("By what somebody is known")))
        self.keys_list.setAccessibleDescription(say(_("Space takes one in or out, Alt with the arrow keys moves it.")))
        self.up, self.down = quiet_button(say(_("Earlier")), key="Alt+↑"), quiet_button(say(_("Later")), key="Alt+↓")
        hint = plain_label(say(_("Tried from the top. The name alone never makes two rows one person.")), "small", wrap=True)
        self.setLayout(column(hint, self.keys_list, flow(self.up, self.down), gap=6))
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.keys_list.moved.connect(self._move)
        self.keys_list.itemChanged.connect(lambda _item: self.edited.emit())

    def chosen(self) -> tuple[str, ...]:
        """The keys taken in, in their order."""
        items = [self.keys_list.item(place) for place in range(self.keys_list.count())]
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked)

    def choose(self, keys: Sequence[str]) -> None:
        """Show these as taken in, and the others below them."""
        with QSignalBlocker(self.keys_list):
            self.keys_list.clear()
            for key in (*keys, *(key for key in MATCH_KEYS if key not in keys)):
                item = QListWidgetItem(self._texts.say(MATCH_TITLES[key]))
                item.setData(Qt.ItemDataRole.UserRole, key)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if key in keys else Qt.CheckState.Unchecked)
                self.keys_list.addItem(item)
            self.keys_list.setCurrentRow(0)
        self.keys_list.fit()

    def _move(self, step: int) -> None:
        here = self.keys_list.currentRow()
        there = here + step
        if here < 0 or not 0 <= there < self.keys_list.count():
            return
        with QSignalBlocker(self.keys_list):
            self.keys_list.insertItem(there, self.keys_list.takeItem(here))
            self.keys_list.setCurrentRow(there)
        self.edited.emit()


class _Keys(QListWidget):
    """As high as its keys, whatever the text size."""

    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        colours = current_theme().colours
        self.setStyleSheet(
            f"QListWidget:focus {{ border: 2px solid {colours.accent}; border-radius: {current_theme().px(6)}px; }}"
        )
        self.setSpacing(current_theme().px(2))

    def fit(self) -> None:
        """Take the room of all keys."""
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(True)
        rows = sum(self.sizeHintForRow(row) + 2 * self.spacing() for row in range(self.count()))
        self.setFixedHeight(rows + 2 * self.frameWidth() + current_theme().px(8))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.count():
            self.fit()
