"""Lets the shell's lists and side panels fit narrow windows and large text."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget

from desktop.widgets.list_view import ListView
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme

BESIDE = 860  # pixels at 100 % below which a side panel goes under the list
WIDEST_SIDE = 420
UNDER = 130  # the least height of a side panel under the list


class WideColumn(QObject):
    """Gives one column of a list the room the others leave, at least `least` pixels at 100 %.

    Where that is not there, the `optional` columns are hidden, the last one first.
    """

    def __init__(
        self, view: ListView, model: QueryModel[Any, Any], column: int, least: int, optional: tuple[int, ...] = ()
    ) -> None:
        super().__init__(view)
        self._columns = model.spec.columns
        self._view, self._column, self._least, self._optional = view, column, least, optional
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fit(self) -> None:
        """Share the room anew."""
        header, least = self._view.horizontalHeader(), current_theme().px(self._least)
        widths = {n: current_theme().px(column.width) for n, column in enumerate(self._columns)}
        shown = [n for n in widths if n != self._column]
        room = self._view.viewport().width()
        for extra in self._optional:
            if room - sum(widths[n] for n in shown) < least:
                shown.remove(extra)
        for extra in self._optional:
            header.setSectionHidden(extra, extra not in shown)
        others = sum(header.sectionSize(n) for n in shown)
        self._view.setColumnWidth(self._column, max(least, room - others))


class SideBySide(QObject):
    """Keeps a splitter's side panel as wide as its cards need, under the list in a narrow window, away when all are hidden."""

    def __init__(self, box: QSplitter, side: QScrollArea, cards: list[QWidget]) -> None:
        super().__init__(box)
        self._box, self._side, self._cards = box, side, cards
        self._inner = side.widget() or side
        for watched in (box, self._inner, *cards):
            watched.installEventFilter(self)
        self.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = QEvent.Type
        if event.type() in (kind.ShowToParent, kind.HideToParent, kind.LayoutRequest, kind.Resize):
            self.look()
        return False

    def look(self) -> None:
        """Arrange anew."""
        theme = current_theme()
        beside = self._box.width() >= theme.px(BESIDE)
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if self._box.orientation() != wanted:
            self._box.setOrientation(wanted)
            whole = self._box.width() if beside else self._box.height()
            self._box.setSizes([whole * 2 // 3, whole // 3])
        need = self._inner.minimumSizeHint().width() + theme.px(14)
        self._side.setMinimumWidth(min(theme.px(WIDEST_SIDE), max(theme.px(240), need)) if beside else 0)
        self._side.setMinimumHeight(0 if beside else theme.px(UNDER))
        self._side.setVisible(any(not card.isHidden() for card in self._cards))
