"""Lets the shell's lists and side panels fit narrow windows and large text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from desktop.widgets.list_view import ListView
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme


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


class OnlyWithCards(QObject):
    """Shows a side panel only while one of its cards is."""

    def __init__(self, side: QWidget, cards: Iterable[QWidget] = ()) -> None:
        super().__init__(side)
        self._side = side
        self._cards: list[QWidget] = []
        for card in cards:
            self.add(card)
        self.look()

    def add(self, card: QWidget) -> None:
        """Mind this card too."""
        self._cards.append(card)
        card.installEventFilter(self)
        self.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.look()
        return False

    def look(self) -> None:
        """Arrange anew."""
        self._side.setVisible(any(not card.isHidden() for card in self._cards))
