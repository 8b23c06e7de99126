"""Choosing the columns of a list by keys alone: find one by typing, tick it, move it, say how wide it is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QSpinBox, QWidget

from db.sorting import fold
from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_columns import ColumnedTable, ShownColumn
from desktop.widgets.panels import row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme
from desktop.widgets.tick_list import KEY, TickList

WIDTH = Qt.ItemDataRole.UserRole + 2
NARROWEST, WIDEST, STEP = 48, 600, 10  # pixels at 100 %


class ColumnChooser(RoomyDialog):
    """The columns of a list, those shown first. Space ticks, Alt+Up and Alt+Down move, Enter takes it over.

    The first column always leads and is not asked about.
    """

    def __init__(self, view: ColumnedTable, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._say = view, texts.say
        say = self._say
        self.setWindowTitle(say(_("Columns of the list")))
        self.search = QLineEdit()
        self.search.setPlaceholderText(say(_("Find a column…")))
        self.search.setAccessibleName(say(_("Find a column")))
        self.search.setClearButtonEnabled(True)
        self.list = TickList(say(_("Columns")))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.up, self.down = quiet_button(say(_("Move up"))), quiet_button(say(_("Move down")))
        self.width_field = QSpinBox()
        self.width_field.setRange(NARROWEST, WIDEST)
        self.width_field.setSingleStep(STEP)
        self.width_field.setAccessibleName(say(_("Width of the column")))
        self.reset, self.ok = quiet_button(say(_("As at first"))), primary_button(say(_("Show these columns")))
        self.ok.setDefault(True)
        cancel = quiet_button(say(_("Cancel")))
        self._lay_out(cancel)
        self.search.textChanged.connect(self._narrow)
        self.list.currentItemChanged.connect(lambda *_items: self._point())
        self.width_field.valueChanged.connect(self._widen)
        self.up.clicked.connect(partial(self.move_column, -1))
        self.down.clicked.connect(partial(self.move_column, 1))
        self.reset.clicked.connect(partial(self._fill, True))
        self.ok.clicked.connect(self.take_over)
        cancel.clicked.connect(self.reject)
        self.list.move_wanted.connect(self.move_column)
        self._fill(False)

    def _lay_out(self, cancel: QWidget) -> None:
        theme, say = current_theme(), self._say
        width = plain_label(say(_("Width")))
        width.setBuddy(self.width_field)
        hint = plain_label(say(_("Space shows or hides a column · Alt+↑ and Alt+↓ move it")), "dim", wrap=True)
        self.list.setMinimumHeight(theme.px(280))
        for part in (self.search, self.list):
            self.body.addWidget(part)
        self.body.addLayout(row(self.up, self.down, None, width, self.width_field))
        self.body.addWidget(hint)
        self.below.addLayout(row(self.reset, None, cancel, self.ok))
        self.setMinimumWidth(theme.px(440))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the search to the list."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def chosen(self) -> tuple[ShownColumn, ...]:
        """The columns ticked, in their order; the first column before them."""
        lead = self._view.shown_columns()[0]
        return (lead, *(ShownColumn(item.data(KEY), item.data(WIDTH)) for item in self.list.ticked()))

    def take_over(self) -> None:
        """Show the list with these columns."""
        self._view.show_columns(self.chosen())
        self.accept()

    def move_column(self, by: int) -> None:
        """Move the column pointed at one place."""
        place = self.list.currentRow()
        if self.search.text() or not (0 <= place < self.list.count() and 0 <= place + by < self.list.count()):
            return
        item = self.list.takeItem(place)
        self.list.insertItem(place + by, item)
        self.list.setCurrentItem(item)
        announce(self.list, self._say(_("{column}, place {place}"), column=item.text(), place=place + by + 1))

    def _fill(self, anew: bool) -> None:
        """The columns as they are shown now, or as at first."""
        columns = self._view.spec.columns
        now = {} if anew else {column.key: column for column in self._view.shown_columns()}
        first = [column.key for column in columns if not column.extra] if anew else list(now)
        titles = {
            column.key: str(self._view.model().headerData(n, Qt.Orientation.Horizontal)) for n, column in enumerate(columns)
        }
        usual = {column.key: column.width for column in columns}
        self.search.clear()
        self.list.clear()
        for key in dict.fromkeys((*first, *titles)):
            if key == columns[0].key:
                continue
            item = self.list.add(key, titles[key], ticked=key in first)
            item.setData(WIDTH, now[key].width if key in now else usual[key])
        self.list.setCurrentRow(0)

    def _narrow(self, text: str) -> None:
        words, first = fold(text.strip()), -1
        for place in range(self.list.count()):
            fits = words in fold(self.list.item(place).text())
            self.list.item(place).setHidden(not fits)
            first = place if fits and first < 0 else first
        for button in (self.up, self.down):
            button.setEnabled(not words)
        self.list.setCurrentRow(first)

    def _point(self) -> None:
        item = self.list.currentItem()
        self.width_field.setEnabled(item is not None)
        if item is not None:
            self.width_field.blockSignals(True)
            self.width_field.setValue(item.data(WIDTH))
            self.width_field.blockSignals(False)

    def _widen(self, width: int) -> None:
        if (item := self.list.currentItem()) is not None:
            item.setData(WIDTH, width)
