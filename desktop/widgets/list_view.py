"""The one list: rows of a query model with quiet rules, sorted, ticked, opened and copied by mouse or keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.buttons import quiet_button
from desktop.widgets.cells import LEAD, CellDelegate, Index, ListHeader, as_list, fill_ground
from desktop.widgets.column_room import show_terms_whole
from desktop.widgets.labels import plain_label
from desktop.widgets.list_columns import ColumnedTable
from desktop.widgets.list_reading import Places
from desktop.widgets.query_model import QueryModel
from desktop.widgets.table_copy import TableCopy
from desktop.widgets.theme import current_theme


class EmptyState(QWidget):
    """What an empty list says instead of rows: why, and what to do next."""

    def __init__(self, title: str, hint: str = "", action: str = "", do: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._room: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setSpacing(current_theme().px(8))
        self.title, self.hint = plain_label(title, "strong", wrap=True), plain_label(hint, "dim", wrap=True)
        for label in (self.title, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        self.hint.setVisible(bool(hint))
        self.button = quiet_button(action)
        if do is not None:
            self.button.clicked.connect(lambda: do())
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(action))  # only now: without a parent it would open a window

    def lie_over(self, room: QWidget) -> None:
        """Stand in `room`, a little above its middle whatever its size; hidden until shown."""
        self._room = room
        self.setParent(room)
        self.hide()
        room.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def _place(self) -> None:
        if (room := self._room) is None:
            return
        width = min(room.width(), current_theme().px(380))
        height = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry((room.width() - width) // 2, max(0, (room.height() - height) // 3), width, height)


class ListView(ColumnedTable):
    """Shows a `QueryModel`. Enter opens, Space ticks, Ctrl+A ticks all that fit, Ctrl+C copies, a heading sorts.

    Args:
        name: What the list is called when read aloud.
        start: The column whose heading is marked at first; the model's own if left out.
    """

    opened = Signal(object)  # id
    pointed_at = Signal(object)  # id, or None when the record left the list
    copied = Signal(int)  # how many rows are on the clipboard
    too_many_to_copy = Signal(int)

    def __init__(
        self,
        model: QueryModel[Any, Any],
        name: str,
        start: int | None = None,
        *,
        ticks: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, parent)
        self._ticks = ticks
        self._pointed: UUID | None = None
        self._grown = 0.0  # the scale at which columns were made to fit their words
        self._kept: tuple[int, int] = (0, 0)  # scroll value, pixels of the top row above the edge
        self._empty: EmptyState | None = None
        self.setAccessibleName(name)
        self._copying = TableCopy(model)
        self._copying.done.connect(self.copied)
        self._copying.too_many.connect(self.too_many_to_copy)
        self._cells = CellDelegate(model, ticks, self)
        self.setItemDelegate(self._cells)
        header = self._heading = ListHeader(model, ticks, self)
        self.setHorizontalHeader(header)
        self.setModel(model)
        if start is not None:
            model.sort(start, Qt.SortOrder.DescendingOrder if model.spec.start_down else Qt.SortOrder.AscendingOrder)
        as_list(self)
        for number, column in enumerate(model.spec.columns):
            self.setColumnHidden(number, column.extra)
        self._fit()
        header.sectionMoved.connect(self.dragged)
        header.sectionClicked.connect(self.sort_by)
        header.all_ticked.connect(self._tick_all)
        header.customContextMenuRequested.connect(lambda at: self.columns_menu().popup(header.mapToGlobal(at)))
        model.places = self._places
        model.modelAboutToBeReset.connect(self._remember)
        model.renewed.connect(self._restore)
        model.loaded.connect(self._begin)
        model.loaded.connect(self._grow)
        model.counted.connect(self._tell_empty)
        model.dataChanged.connect(self._point)
        model.selected.connect(lambda: header.viewport().update())
        model.sorted.connect(lambda: header.viewport().update())
        self.doubleClicked.connect(self._open)
        self.entered.connect(lambda index: self._hover(index.row()))

    def _fit(self) -> None:
        """Row heights and column widths for this text size; widths the user dragged keep their share."""
        theme = current_theme()
        self.verticalHeader().setMinimumSectionSize(theme.row_height)
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        self._fitted = theme.scale
        self.fit_columns()

    def fit_columns(self) -> None:
        theme = current_theme()
        for number, column in enumerate(self._list.spec.columns):
            lead = LEAD if number == 0 and self._ticks else 0
            self.setColumnWidth(number, max(theme.px(column.width + lead), self._heading.needed(number)))

    def _grow(self) -> None:
        """Once, when the first rows are there: nothing moves under the reader's eyes later."""
        if self._grown != self._fitted and self._list.rowCount():
            self._grown = self._fitted
            show_terms_whole(self, self._list, self._cells)

    def minimumSizeHint(self) -> QSize:
        """The headings and four rows."""
        theme = current_theme()
        return QSize(theme.px(220), self.horizontalHeader().sizeHint().height() + 4 * theme.row_height + theme.px(8))

    # Place

    @property
    def ticked(self) -> bool:
        """Whether something is ticked."""
        return bool(self._list.selection.ids or self._list.selection.all_matching)

    def refresh(self) -> None:
        """Read anew; what stands in sight stays in sight."""
        self._list.refresh()

    @property
    def pointed(self) -> UUID | None:
        """The record last pointed at."""
        return self._pointed

    def point_first(self) -> None:
        """Point at the first row, as Down in a search box does."""
        if self._list.rowCount():
            self.setCurrentIndex(self._list.index(0, 0))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _places(self) -> Places:
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        ids = [self._list.id_at(row) if row >= 0 else None for row in (top, bottom)]
        return Places(ids[0], ids[1], self._pointed if self.currentIndex().isValid() else None)

    def _remember(self) -> None:
        top = max(0, self.rowAt(0))
        self._kept = (self.verticalScrollBar().value(), -self.rowViewportPosition(top))

    def _restore(self, places: Places) -> None:
        """After a refresh everything stands where it stood, by record and not by number."""
        value, above = self._kept
        top, current = places.row(places.top), places.row(places.current)
        if current is not None:
            self._set_current(current)
        elif places.current is not None:
            self._pointed = None
            self.pointed_at.emit(None)
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        keep = value == 0 or top is None
        self.verticalScrollBar().setValue(value if keep else top * self.rowHeight(0) + above)  # type: ignore[operator]

    def _begin(self) -> None:
        """After another search or order: from the top, still pointing at the same record if it is in sight."""
        self.scrollToTop()
        row = self._list.row_of(self._pointed) if self._pointed is not None else None
        if row is not None:
            self._set_current(row)

    def _set_current(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.setAutoScroll(False)
        self.selectionModel().setCurrentIndex(self._list.index(row, 0), flags)
        self.setAutoScroll(True)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self._point()

    def _point(self) -> None:
        """Tell what is pointed at, once its row is there."""
        index = self.currentIndex()
        id = self._list.id_at(index.row()) if index.isValid() else None
        if id is not None and id != self._pointed:
            self._pointed = id
            self.pointed_at.emit(id)

    # Acts

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and (id := self._list.id_at(index.row())) is not None:
            self.opened.emit(id)

    def _tick_all(self) -> None:
        chosen = self._list.selection
        if chosen.all_matching and not chosen.without:
            self._list.select_none()
        else:
            self._list.select_all()

    def copy(self) -> None:
        """The ticked rows, all of them and in the order of the list, else the row pointed at: as text and as a table."""
        self._copying.copy(self.currentIndex().row(), self.visible_columns())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = event.key(), self.currentIndex()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._open(index)
        elif key == Qt.Key.Key_Space and self._ticks and not event.modifiers():
            if index.isValid() and (id := self._list.id_at(index.row())) is not None:
                self._list.toggle(id)
        elif key == Qt.Key.Key_A and control and self._ticks:
            self._list.select_all()
        elif key == Qt.Key.Key_C and control:
            self.copy()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self._list.rowCount():
            self.setCurrentIndex(self._list.index(0 if key == Qt.Key.Key_Home else self._list.rowCount() - 1, 0))
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump: the search box is for searching."""

    # Emptiness, pointer and moods

    def set_empty(self, empty: EmptyState | None) -> None:
        """What to show when nothing fits."""
        if self._empty is not None:
            self._empty.deleteLater()
        self._empty = empty
        if empty is not None:
            empty.lie_over(self.viewport())

    def _tell_empty(self, total: int) -> None:
        if self._empty is not None:
            self._empty.setVisible(total == 0)

    def _hover(self, row: int) -> None:
        if row != self._cells.hovered:
            self._cells.hovered = row
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        fill_ground(self)  # only now: the style sheet takes it away when it dresses the list first
        super().showEvent(event)
        self._list.wake(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._list.wake(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_fitted"):
            theme = current_theme()
            fill_ground(self)
            if theme.scale != self._fitted or self.verticalHeader().defaultSectionSize() != theme.row_height:
                self._fit()
