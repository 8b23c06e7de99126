"""Draws the cells and the heading of a list: quiet rules, ticks, small labels, the sort arrow beside its word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktop.widgets.labels import draw_tag, tag_size
from desktop.widgets.lettering import laid_out
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import Colours, Theme, current_theme

Index = QModelIndex | QPersistentModelIndex
LEAD = 38  # the room of the leading tick
PAD = 8
TAGGED = ("warn", "bad", "ok")


@dataclass(frozen=True, slots=True)
class _Inks:
    """The colours of a cell's ground, made once: a list asks for them in each of hundreds of cells."""

    chosen: QColor
    raised: QColor
    line: QColor
    accent: QColor


@cache
def _inks(c: Colours) -> _Inks:
    return _Inks(QColor(c.accent_ground), QColor(c.raised), QColor(c.line), QColor(c.accent))


def fill_ground(view: QAbstractItemView) -> None:
    """Have the rows stand on the colour of the page, for the theme of now.

    What is opaque is moved when it scrolls; what lets the page shine through is drawn anew as a whole.
    """
    ground = view.viewport()
    palette = ground.palette()
    palette.setColor(ground.backgroundRole(), QColor(current_theme().colours.background))
    ground.setPalette(palette)
    ground.setAutoFillBackground(True)


def draw_tick(painter: QPainter, theme: Theme, middle: QPointF, state: Qt.CheckState) -> None:
    """A tick box around `middle`: empty, ticked, or a dash for "some"."""
    side = theme.px(15)
    box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
    on = state != Qt.CheckState.Unchecked
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.colours.accent if on else theme.colours.edge), 1.2))
    painter.setBrush(QColor(theme.colours.accent if on else theme.colours.surface))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4))
    if on:
        unit = side / 12
        path = QPainterPath(box.topLeft() + QPointF(2.8, 6.3) * unit)
        if state == Qt.CheckState.Checked:
            path.lineTo(box.topLeft() + QPointF(5.1, 8.6) * unit)
            path.lineTo(box.topLeft() + QPointF(9.3, 3.7) * unit)
        else:
            path = QPainterPath(box.topLeft() + QPointF(3.2, 6) * unit)
            path.lineTo(box.topLeft() + QPointF(8.8, 6) * unit)
        pen = QPen(QColor(theme.colours.on_accent), 1.6 * unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    painter.restore()


class CellDelegate(QStyledItemDelegate):
    """Cells of a list; `hovered` is the row under the pointer."""

    def __init__(self, model: QueryModel[Any, Any], ticks: bool, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model, self._ticks, self._view = model, ticks, view
        self.hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = current_theme()
        rect = QRect(option.rect)
        self._draw_ground(painter, theme, rect, index)
        row = self._model.row_at(index.row())
        left = rect.left() + theme.px(PAD)
        if index.column() == 0:
            left = rect.left() + theme.px(LEAD if self._ticks else 14)
            if self._ticks and row is not None:
                ticked = Qt.CheckState.Checked if row.id in self._model.selection else Qt.CheckState.Unchecked
                draw_tick(painter, theme, QPointF(rect.left() + theme.px(21), rect.center().y() + 0.5), ticked)
        room = QRect(left, rect.top(), max(0, rect.right() - left - theme.px(4)), rect.height() - 1)
        if row is None:
            painter.setPen(theme.ink("dim"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "…" if index.column() == 0 else "")
            return
        column = self._model.spec.columns[index.column()]
        shown = column.show(row, self._model.texts)
        tone = column.tone(row) if column.tone else ""
        if isinstance(shown, tuple):
            self._draw_tags(painter, theme, room, shown, tone)
        elif tone in TAGGED and shown:
            self._draw_tags(painter, theme, room, (shown,), tone)
        else:
            self._draw_words(painter, theme, room, shown, tone, column.strong)

    def _draw_ground(self, painter: QPainter, theme: Theme, rect: QRect, index: Index) -> None:
        inks, row = _inks(theme.colours), index.row()
        current = row == self._view.currentIndex().row()
        if current:
            painter.fillRect(rect, inks.chosen)
        elif row == self.hovered:
            painter.fillRect(rect, inks.raised)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, inks.line)
        if current and index.column() == 0 and self._view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), theme.px(3), rect.height(), inks.accent)

    def _draw_words(self, painter: QPainter, theme: Theme, room: QRect, words: str, tone: str, strong: bool) -> None:
        figures = not any(map(str.isalpha, words))  # days, numbers and amounts stand below each other
        weight = QFont.Weight.Medium if strong else QFont.Weight.Normal
        painter.setPen(theme.ink(tone))
        laid_out(theme, words, room.width(), 13, weight, figures).draw(painter, room)

    def _draw_tags(self, painter: QPainter, theme: Theme, room: QRect, tags: tuple[str, ...], tone: str) -> None:
        """As many as fit; the last that fits says how many more there are."""
        x, gap = room.left(), theme.px(4)
        for number, text in enumerate(tags):
            size = tag_size(text)
            more = len(tags) - number
            reserve = tag_size(f"+{more - 1}").width() + gap if more > 1 else 0
            free = room.right() - x - reserve
            if size.width() > free and number:
                text, size = f"+{more}", tag_size(f"+{more}")
                more = 0
            width = min(size.width(), max(theme.px(28), free)) if more else size.width()
            box = QRectF(x, room.center().y() - size.height() / 2 + 0.5, width, size.height())
            draw_tag(painter, box, text, tone)
            x += width + gap
            if not more:
                return

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = current_theme()
        lead = theme.px(LEAD) if index.column() == 0 else theme.px(PAD)
        if tags := self.tags(index):
            width = sum(tag_size(tag).width() + theme.px(4) for tag in tags)
        else:
            shown = self._model.data(index, Qt.ItemDataRole.DisplayRole) or ""
            width = QFontMetrics(theme.font(13, QFont.Weight.Medium)).horizontalAdvance(str(shown)) + theme.px(8)
        return QSize(width + lead + theme.px(8), theme.row_height)

    def tags(self, index: Index) -> tuple[str, ...]:
        """The texts of a cell that is drawn as small labels; nothing for other cells."""
        row, column = self._model.row_at(index.row()), self._model.spec.columns[index.column()]
        if row is None:
            return ()
        shown = column.show(row, self._model.texts)
        if isinstance(shown, tuple):
            return shown
        return (shown,) if shown and column.tone and column.tone(row) in TAGGED else ()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if not self._ticks or index.column() != 0 or not isinstance(event, QMouseEvent):
            return False
        rect = QRect(option.rect)
        inside = event.position().x() < rect.left() + current_theme().px(LEAD)
        if inside and event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            if (id := self._model.id_at(index.row())) is not None:
                self._model.toggle(id)
            return True
        return inside

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Words that are cut are shown whole."""
        text = str(self._model.data(index, Qt.ItemDataRole.DisplayRole) or "") if index.isValid() else ""
        if text and self.sizeHint(option, index).width() > QRect(option.rect).width():
            QToolTip.showText(event.globalPos(), f"<qt>{escape(text)}</qt>", view)
        else:
            QToolTip.hideText()
        return True


class ListHeader(QHeaderView):
    """Headings; the one sorted by bears an arrow, the first the tick for all."""

    all_ticked = Signal()

    def __init__(self, model: QueryModel[Any, Any], ticks: bool, view: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._list, self._ticks = model, ticks
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(current_theme().px(48))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(current_theme().row_height - 3, current_theme().px(26)))

    def needed(self, section: int) -> int:
        """The width at which the heading is not cut, chosen for sorting or not."""
        theme = current_theme()
        lead = (LEAD if self._ticks else 14) if section == 0 else PAD
        title = str(self._list.headerData(section, Qt.Orientation.Horizontal) or "")
        return theme.px(lead) + QFontMetrics(theme.font(11.5, QFont.Weight.DemiBold)).horizontalAdvance(title) + theme.px(18)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = current_theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.colours.line))
        left = rect.left() + theme.px(PAD)
        if section == 0:
            left = rect.left() + theme.px(LEAD if self._ticks else 14)
            if self._ticks:
                draw_tick(painter, theme, QPointF(rect.left() + theme.px(21), rect.center().y() + 0.5), self._all_state())
        column, down = self._list.sorting
        chosen = section == column
        font = theme.font(11.5, QFont.Weight.DemiBold if chosen else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(theme.colours.text if chosen else theme.colours.dim))
        room = QRect(left, rect.top(), max(0, rect.right() - left - theme.px(16 if chosen else 4)), rect.height())
        title = str(self._list.headerData(section, Qt.Orientation.Horizontal) or "")
        words = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if chosen:
            end = left + QFontMetrics(font).horizontalAdvance(words) + theme.px(6)
            self._draw_arrow(painter, theme, QPointF(end, rect.center().y() + 0.5), down)
        painter.restore()

    def _draw_arrow(self, painter: QPainter, theme: Theme, at: QPointF, down: bool) -> None:
        unit = theme.scale * (1 if down else -1)
        path = QPainterPath(at + QPointF(0, -1.5 * unit))
        path.lineTo(at + QPointF(3.5 * theme.scale, 2 * unit))
        path.lineTo(at + QPointF(7 * theme.scale, -1.5 * unit))
        pen = QPen(QColor(theme.colours.accent), 1.6 * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(path)

    def _all_state(self) -> Qt.CheckState:
        chosen = self._list.selection
        if not chosen:
            return Qt.CheckState.Unchecked
        whole = chosen.all_matching and not chosen.without
        return Qt.CheckState.Checked if whole else Qt.CheckState.PartiallyChecked

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        first = self.sectionViewportPosition(0)
        if self._ticks and first <= x < first + current_theme().px(LEAD - 4):
            self.all_ticked.emit()
            self.setSectionsClickable(False)  # the click is for the tick, not for the order
            super().mouseReleaseEvent(event)
            self.setSectionsClickable(True)
            return
        super().mouseReleaseEvent(event)


def as_list(table: QTableView) -> None:
    """Make it behave as every list does: whole rows, one at a time, without lines, scrolled by the pixel, left with Tab."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setCornerButtonEnabled(False)
    table.setMouseTracking(True)
    table.verticalHeader().hide()
