"""Which columns a list shows, in which order and how wide: by its menu, by dragging headings, and by name from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView, QWidget

from db.texts import _
from desktop.core.lists import ListSpec
from desktop.widgets.buttons import Button, menu_button
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme

MANY = 9  # columns up to which the menu names each; more are chosen in a dialog


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column by its key, and its width in pixels at 100 % text size; 0 is as wide as at first."""

    key: str
    width: int = 0


class ColumnedTable(QTableView):
    """A table over a `QueryModel` whose columns the user chooses; the first one always leads."""

    columns_changed = Signal()  # others, or in another order

    def __init__(self, model: QueryModel[Any, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = model
        self._menu: QMenu | None = None
        self._arranging = False

    @property
    def spec(self) -> ListSpec[Any, Any]:
        """What the list can show."""
        return self._list.spec

    def fit_columns(self) -> None:
        """Column widths as at first, for this text size."""
        raise NotImplementedError

    def sort_by(self, column: int) -> None:
        """Sort by this column; a second time turns the order round."""
        now, down = self._list.sorting
        turn = column == now and not down
        self._list.sort(column, Qt.SortOrder.DescendingOrder if turn else Qt.SortOrder.AscendingOrder)

    def columns_menu(self) -> QMenu:
        """Which columns are shown and by which the list is sorted; the keyboard's way to the headings."""
        if self._menu is None:
            self._menu = QMenu(self)
            self._menu.aboutToShow.connect(self._fill_menu)
        return self._menu

    def columns_button(self) -> Button:
        """The button that opens the menu of columns."""
        button = menu_button(self._list.texts.say(_("Columns")), QMenu())
        button.menu().aboutToShow.connect(lambda: self._fill_menu(button.menu()))
        return button

    def choose_columns(self) -> None:
        """Let the user choose columns, their order and their widths in a dialog."""
        from desktop.widgets.column_chooser import ColumnChooser  # which needs this file

        ColumnChooser(self, self._list.texts, self).open()

    def reset_columns(self) -> None:
        """The columns there are at first, in their first order and width."""
        self.show_columns(())

    def shown_columns(self) -> tuple[ShownColumn, ...]:
        """The columns shown, from the left, each with the width it has now."""
        scale, spec = current_theme().scale, self._list.spec
        return tuple(ShownColumn(spec.columns[n].key, round(self.columnWidth(n) / scale)) for n in self.visible_columns())

    def visible_columns(self) -> list[int]:
        """The numbers of the columns shown, from the left."""
        shown = (number for number in range(self._list.columnCount()) if not self.isColumnHidden(number))
        return sorted(shown, key=self.horizontalHeader().visualIndex)

    def show_columns(self, chosen: Iterable[ShownColumn]) -> None:
        """Show these in this order; keys nobody knows are left out, and none at all means those of the start."""
        columns, header = self._list.spec.columns, self.horizontalHeader()
        known = {column.key: number for number, column in enumerate(columns)}
        widths = {known[column.key]: column.width for column in chosen if column.key in known}
        first = {number for number, column in enumerate(columns) if not column.extra}
        wanted = list(widths) or sorted(first)
        order = list(dict.fromkeys((0, *wanted, *range(len(columns)))))
        self._arranging = True
        for place, number in enumerate(order):
            header.moveSection(header.visualIndex(number), place)
            self.setColumnHidden(number, number != 0 and number not in wanted)
        self._arranging = False
        self.fit_columns()
        for number, width in widths.items():
            if width > 0 and header.sectionResizeMode(number) != QHeaderView.ResizeMode.Stretch:
                self.setColumnWidth(number, current_theme().px(width))
        self.columns_changed.emit()

    def columns_state(self) -> str:
        """Order, width and choice of the columns, to be kept in settings."""
        return bytes(self.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Bring back what `columns_state` gave; anything else is ignored."""
        self.horizontalHeader().restoreState(QByteArray.fromBase64(state.encode()))
        self.columns_changed.emit()

    def _fill_menu(self, menu: QMenu | None = None) -> None:
        menu, say = menu or self.columns_menu(), self._list.texts.say
        menu.clear()
        titles = [
            str(self._list.headerData(n, Qt.Orientation.Horizontal)).replace("&", "&&") for n in range(self._list.columnCount())
        ]
        for number, title in enumerate(titles):
            if self._list.spec.columns[number].sort:
                chosen = self._list.sorting[0] == number
                act = menu.addAction(say(_("Sort by {column}"), column=title), partial(self.sort_by, number))
                act.setCheckable(chosen)
                act.setChecked(chosen)
        menu.addSeparator()
        if len(titles) > MANY:
            menu.addAction(say(_("Choose columns…")), self.choose_columns)
        else:
            for number, title in enumerate(titles[1:], 1):
                act = menu.addAction(title, partial(self._turn_column, number))
                act.setCheckable(True)
                act.setChecked(not self.isColumnHidden(number))
            menu.addSeparator()
        menu.addAction(say(_("Columns as at first")), self.reset_columns)

    def dragged(self) -> None:
        """A heading was dragged to another place."""
        if not self._arranging:
            self.columns_changed.emit()

    def _turn_column(self, number: int) -> None:
        self.setColumnHidden(number, not self.isColumnHidden(number))
        self.columns_changed.emit()
