"""Lays chips and tags out like words: in lines, as many as needed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from desktop.widgets.theme import current_theme


class FlowLayout(QLayout):
    """Widgets side by side, breaking into lines where the width ends.

    Args:
        lead: The first widget takes the room that is left on its line, so that the others stand on the right.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 8, *, lead: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width, as long as nothing in here changes: Qt asks again and again
        self._gap, self._lead = gap, lead
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def clear(self) -> None:
        """Take all widgets out and let them go."""
        while (item := self.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gap = current_theme().px(self._gap)
        width = sum(hint.width() + gap for hint in hints) - (gap if hints else 0)
        return self._framed(QSize(width, max((hint.height() for hint in hints), default=0)))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return self._framed(size)

    def _framed(self, size: QSize) -> QSize:
        edge = self.contentsMargins()
        return size + QSize(edge.left() + edge.right(), edge.top() + edge.bottom())

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Break into lines; gives the height used."""
        edge, gap = self.contentsMargins(), current_theme().px(self._gap)
        inner = rect.adjusted(edge.left(), edge.top(), -edge.right(), -edge.bottom())
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(max(inner.width(), item.minimumSize().width()), 1 << 20))
            if item.hasHeightForWidth():  # words that wrap need more height the narrower they stand
                size.setHeight(max(size.height(), item.heightForWidth(size.width())))
            if lines[-1] and used + size.width() > inner.width():
                lines.append([])
                used = 0
            lines[-1].append((item, size))
            used += size.width() + gap
        y, first = inner.top(), next((item for item in self._items if not item.isEmpty()), None)
        for line in lines:
            height = max((size.height() for _, size in line), default=0)
            x = inner.left()
            spare = inner.width() - sum(size.width() for _, size in line) - gap * (len(line) - 1)
            for item, size in line:
                given = QSize(size.width() + max(0, spare), size.height()) if self._lead and item is first else size
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), given))
                x += given.width() + gap
            y += height + gap
        return y - gap - rect.top() + edge.bottom()
