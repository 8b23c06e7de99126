"""Lets one column of a list take the room the others leave."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from desktop.widgets.list_view import ListView
from desktop.widgets.theme import current_theme


class WideColumn(QObject):
    """Widens (or narrows, down to `least` pixels at 100 %) one column whenever the list's room changes."""

    def __init__(self, view: ListView, column: int, least: int) -> None:
        super().__init__(view)
        self._view, self._column, self._least = view, column, least
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fit(self) -> None:
        """Give the column what is left."""
        header = self._view.horizontalHeader()
        others = sum(header.sectionSize(n) for n in range(header.count()) if n != self._column and not header.isSectionHidden(n))
        room = self._view.viewport().width() - others
        self._view.setColumnWidth(self._column, max(current_theme().px(self._least), room))


class Companion(QObject):
    """Hides `side` while all of `cards` hide themselves, as cards do that have nothing to say."""

    def __init__(self, side: QWidget, cards: list[QWidget]) -> None:
        super().__init__(side)
        self._side, self._cards = side, cards
        for card in cards:
            card.installEventFilter(self)
        self.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.look()
        return False

    def look(self) -> None:
        """Show the side if any card is shown."""
        self._side.setVisible(any(not card.isHidden() for card in self._cards))
