"""One stream of what happened, newest first; a thousand entries stay fluent because only those in sight are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.buttons import quiet_button
from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import plain_label
from desktop.widgets.theme import Theme, current_theme

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `detail` lines are plain text; `tone` "dim" is for what the reader may not see."""

    id: UUID
    title: str
    detail: tuple[str, ...] = ()
    tone: str = ""
    icon: str = ""


class TimelineModel(QAbstractListModel):
    """The entries fetched so far."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[TimelineEntry] = []

    def set(self, entries: Iterable[TimelineEntry]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def add(self, entries: Sequence[TimelineEntry]) -> None:
        """Add earlier ones below."""
        if entries:
            self.beginInsertRows(QModelIndex(), len(self.entries), len(self.entries) + len(entries) - 1)
            self.entries.extend(entries)
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join((entry.title, *entry.detail))
        return entry if role == ENTRY else None


class _Drawing(QStyledItemDelegate):
    """A dot or icon on the line, the title, and its lines in quieter ink."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme, entry = current_theme(), index.data(ENTRY)
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else 200
        height = self._title_room(theme, entry, width).height() + theme.px(3)
        height += sum(self._detail_room(theme, text, width) for text in entry.detail) + theme.px(13)
        return QSize(width, height)

    def _detail_room(self, theme: Theme, text: str, width: int) -> int:
        """A detail takes two lines at most."""
        metrics = QFontMetrics(theme.font(11.5))
        need = metrics.boundingRect(QRect(0, 0, max(40, width - theme.px(36)), 1 << 16), Qt.TextFlag.TextWordWrap, text)
        return metrics.height() * (2 if need.height() > metrics.height() * 1.5 else 1) + theme.px(1)

    def _title_room(self, theme: Theme, entry: TimelineEntry, width: int) -> QRect:
        """A title takes two lines at most."""
        metrics = QFontMetrics(theme.font(13))
        room = QRect(0, 0, max(40, width - theme.px(36)), metrics.height() * 2 + 1)
        need = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, entry.title)
        return QRect(0, 0, room.width(), metrics.height() * (2 if need.height() > metrics.height() * 1.5 else 1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, entry, rect = current_theme(), index.data(ENTRY), QRect(option.rect)
        view = self.parent()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(view, QListView) and view.hasFocus() and view.currentIndex().row() == index.row():
            painter.setPen(QPen(QColor(theme.colours.accent), 2))
            painter.setBrush(QColor(theme.colours.accent_ground))
            painter.drawRoundedRect(rect.toRectF().adjusted(1, 1, -1, -theme.px(3)), theme.px(6), theme.px(6))
        self._draw_line(painter, theme, rect, entry, index)
        left, top = rect.left() + theme.px(26), rect.top() + theme.px(4)
        room = self._title_room(theme, entry, rect.width()).translated(left, top)
        self._write(
            painter, theme.font(13, QFont.Weight.Normal), theme.ink("" if entry.tone != "dim" else "dim"), room, entry.title
        )
        small, ink = theme.font(11.5), QColor(theme.colours.dim)
        line = QRect(left, room.bottom() + theme.px(3), room.width(), 0)
        for text in entry.detail:
            line.setHeight(self._detail_room(theme, text, rect.width()))
            self._write(painter, small, ink, line, text)
            line.translate(0, line.height())
        painter.restore()

    def _draw_line(self, painter: QPainter, theme: Theme, rect: QRect, entry: TimelineEntry, index: Index) -> None:
        x, y = rect.left() + theme.px(11), rect.top() + theme.px(13)
        painter.setPen(QPen(QColor(theme.colours.line), theme.px(2)))
        last = index.row() + 1 == index.model().rowCount()
        painter.drawLine(QPointF(x, y if index.row() == 0 else rect.top()), QPointF(x, y if last else rect.bottom() + 1))
        ink = theme.tint(entry.tone)[0] if entry.tone not in ("", "dim") else QColor(theme.colours.faint)
        if entry.icon:
            side = theme.px(16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ground(theme))
            painter.drawEllipse(QPointF(x, y), side / 2 + theme.px(2), side / 2 + theme.px(2))
            draw_icon(painter, entry.icon, QRect(x - side // 2, y - side // 2, side, side), theme.tint(entry.tone)[0])
            return
        painter.setPen(QPen(self._ground(theme), theme.px(2)))
        painter.setBrush(QColor(theme.colours.surface) if entry.tone == "dim" else ink)
        if entry.tone == "dim":
            painter.setPen(QPen(ink, 1.5))
        painter.drawEllipse(QPointF(x, y), theme.px(4.5), theme.px(4.5))

    def _ground(self, theme: Theme) -> QColor:
        return QColor(theme.colours.surface)

    def _write(self, painter: QPainter, font: QFont, ink: QColor, room: QRect, text: str) -> None:
        """Wrapped into the room, or cut with an ellipsis where it has but one line."""
        painter.setFont(font)
        painter.setPen(ink)
        metrics = QFontMetrics(font)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        if room.height() > metrics.height() * 1.5:
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width() * 1.8))
            painter.drawText(room, flags | Qt.TextFlag.TextWordWrap, cut)
        else:
            painter.drawText(room, flags, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))


class _Stream(QListView):
    """Arrow keys walk along, Enter opens."""

    chosen = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


class TimelineView(QWidget):
    """A stream of entries with a button for the earlier ones; its owner fetches and adds them.

    Args:
        name: What the stream is called when read aloud.
        earlier: The words on the button, such as "Show earlier".
        empty: What is said when nothing happened yet.
    """

    opened = Signal(object)  # id
    earlier_wanted = Signal(object)  # the last entry shown, or None

    def __init__(self, name: str, earlier: str, empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TimelineModel(self)
        self.stream = _Stream()
        self.stream.setModel(self.model)
        self.stream.setItemDelegate(_Drawing(self.stream))
        self.stream.setAccessibleName(name)
        self.stream.setFrameShape(QFrame.Shape.NoFrame)
        self.stream.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.stream.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stream.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.stream.setLayoutMode(QListView.LayoutMode.Batched)
        self.stream.setBatchSize(200)
        self.stream.chosen.connect(self._open)
        self.stream.doubleClicked.connect(self._open)
        self.empty = plain_label(empty, "dim", wrap=True)
        self.earlier = quiet_button(earlier)
        self.earlier.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.earlier.clicked.connect(self._ask_earlier)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().px(6))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.empty)
        layout.addWidget(self.stream, 1)
        layout.addWidget(self.earlier)
        self.set(())

    def set(self, entries: Iterable[TimelineEntry], *, more: bool = False) -> None:
        """Show these, newest first; `more` says that earlier ones exist. The entry pointed at stays pointed at."""
        index = self.stream.currentIndex()
        now = self.model.entries[index.row()].id if index.isValid() else None
        place = self.stream.verticalScrollBar().value()
        self.model.set(entries)
        for row, entry in enumerate(self.model.entries):
            if entry.id == now:
                self.stream.setCurrentIndex(self.model.index(row, 0))
                self.stream.doItemsLayout()
                self.stream.verticalScrollBar().setValue(place)
                break
        self._settle(more)

    def add_earlier(self, entries: Sequence[TimelineEntry], *, more: bool) -> None:
        """Add what `earlier_wanted` asked for; the place stays."""
        self.model.add(entries)
        self._settle(more)

    def _settle(self, more: bool) -> None:
        self.earlier.setVisible(more)
        self.earlier.setEnabled(True)
        self.empty.setVisible(not self.model.entries and bool(self.empty.text()))
        self.stream.setVisible(bool(self.model.entries))

    def _ask_earlier(self) -> None:
        self.earlier.setEnabled(False)
        self.earlier_wanted.emit(self.model.entries[-1] if self.model.entries else None)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.entries[index.row()].id)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "stream"):
            self.stream.scheduleDelayedItemsLayout()
