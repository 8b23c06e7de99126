"""Room for what is larger than the window: areas that scroll, halves that go below each other, and bringing into sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.reading_order import step_focus
from desktop.widgets.theme import current_theme

READABLE = 320  # pixels at 100 % of a part that scrolls below another


def least_height(part: QWidget, width: int) -> int:
    """What `part` needs at least at that width; words that wrap need more the narrower they stand."""
    layout = part.layout()
    if layout is not None and layout.hasHeightForWidth():
        return max(layout.totalMinimumHeightForWidth(width), part.minimumHeight())
    return max(part.minimumSizeHint().height(), part.minimumHeight())


def least_width(part: QWidget) -> int:
    """What `part` needs at least across."""
    return max(part.minimumSizeHint().width(), part.minimumWidth())


class Scroll(QScrollArea):
    """Lets something tall scroll. It is never narrower than what is in it, so that nothing is lost at the side."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        inner = self.widget()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        if inner is None:
            return QSize(bar, 0)
        least = inner.minimumSizeHint()
        return QSize(max(least.width(), inner.minimumWidth()) + bar, min(least.height(), current_theme().px(110)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)


class Room(QScrollArea):
    """The place of a whole page: where the window is smaller than what the page needs at least, the page scrolls, both ways."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        page.installEventFilter(self)
        self._fitting = False

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(160), current_theme().px(100))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Give the page the room there is, or what it needs."""
        page = self.widget()
        if page is None or self._fitting:
            return
        self._fitting = True  # a bar that comes or goes resizes this while it is at work
        for _bar_came_or_went in range(3):
            shown = self.viewport().size()
            width = max(shown.width(), least_width(page))
            wanted = QSize(width, max(shown.height(), least_height(page, width)))
            if page.size() == wanted:
                break
            page.resize(wanted)
        self._fitting = False


class Split(QSplitter):
    """Parts beside each other, or below each other where that would be too narrow for what they hold.

    Args:
        sizes: Pixels at 100 % while beside each other; the first part takes the room that is left.
        room: Pixels at 100 % they need to stand beside each other, if that is more than they need at least.
    """

    def __init__(self, parts: Sequence[QWidget], sizes: Sequence[int] = (), name: str = "", room: int = 0) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._sizes, self._room = list(sizes), room
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for number, part in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(number, 1 if number == 0 else 0)
        if sizes:
            self.setSizes([current_theme().px(size) for size in sizes])

    def _parts(self) -> list[QWidget]:
        return [part for part in (self.widget(n) for n in range(self.count())) if part is not None and not part.isHidden()]

    def _least(self, part: QWidget, width: int) -> int:
        """The height of a part; below another one, what scrolls gets enough of it to be read."""
        upright, inner = self.orientation() == Qt.Orientation.Vertical, part.widget() if isinstance(part, Scroll) else None
        if upright and inner is not None:
            return min(least_height(inner, width), current_theme().px(READABLE))
        return least_height(part, width)

    def _beside(self) -> int:
        """What they need at least beside each other."""
        return sum(least_width(part) for part in self._parts()) + self.count() * self.handleWidth()

    def minimumSizeHint(self) -> QSize:
        parts = self._parts()
        width = max((least_width(part) for part in parts), default=0)
        heights = [self._least(part, max(self.width(), width)) for part in parts]
        upright = self.orientation() == Qt.Orientation.Vertical
        return QSize(width, sum(heights) if upright else max(heights, default=0))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(self.minimumSizeHint())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._turn()
        return super().event(event)

    def _turn(self) -> None:
        """Stand the parts beside or below each other, as the room is."""
        beside = max(self._beside(), current_theme().px(self._room)) <= self.width()
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted == self.orientation():
            return
        self.setOrientation(wanted)
        if beside:
            sizes = [current_theme().px(size) for size in self._sizes]
            spare = self.width() - sum(sizes)
            if sizes:
                self.setSizes([max(1, sizes[0] + spare), *sizes[1:]])
        else:
            parts = [self.widget(number) for number in range(self.count())]
            self.setSizes([self._least(part, self.width()) for part in parts if part is not None])
        self.updateGeometry()


def bring_into_sight(part: QWidget) -> None:
    """Scroll every area around `part` so that it is seen, its upper left corner before all; of a list, what is current there."""
    corners = [part.rect().bottomRight(), part.rect().topLeft()]
    if isinstance(part, QAbstractItemView) and part.currentIndex().isValid():
        item = part.visualRect(part.currentIndex()) & part.viewport().rect()
        corners += [part.viewport().mapTo(part, corner) for corner in (item.bottomLeft(), item.topLeft())]
    above = part.parentWidget()
    while above is not None and not part.isWindow():
        area = above.parentWidget()
        if isinstance(area, QScrollArea) and above is area.viewport() and (inner := area.widget()) is not None:
            edge = current_theme().px(12)
            for corner in corners:
                place: QPoint = part.mapTo(inner, corner)
                area.ensureVisible(place.x(), place.y(), edge, edge)
        above = area


class RoomyDialog(QDialog):
    """A dialog never larger than the window it belongs to: what is in `body` scrolls, what is in `below` stays in sight."""

    def __init__(self, parent: QWidget | None = None, margin: int = 20) -> None:
        super().__init__(parent)
        theme, inner = current_theme(), QWidget()
        self.body, self.below = QVBoxLayout(inner), QVBoxLayout()
        self.body.setContentsMargins(theme.px(margin), theme.px(margin), theme.px(margin), theme.px(4))
        self.body.setSpacing(theme.px(12))
        self.below.setContentsMargins(theme.px(margin), theme.px(8), theme.px(margin), theme.px(16))
        self._inner = inner
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Scroll(inner), 1)
        layout.addLayout(self.below)

    def showEvent(self, event: QShowEvent) -> None:
        self.fit()
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the dialog is read; what it reaches is brought into sight."""
        moved = step_focus(self, forward)
        if moved and (part := self.focusWidget()) is not None:
            bring_into_sight(part)
        return moved

    def fit(self) -> None:
        """As large as it likes to be, within its window."""
        wanted = self._inner.sizeHint()
        width = max(wanted.width() + current_theme().px(14), self.below.sizeHint().width(), self.minimumWidth())
        height = max(least_height(self._inner, width), wanted.height()) + self.below.sizeHint().height()
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else QSize(1 << 20, 1 << 20)
        self.setMinimumWidth(min(self.minimumWidth(), room.width()))
        self.resize(min(width, room.width()), min(height, room.height()))
