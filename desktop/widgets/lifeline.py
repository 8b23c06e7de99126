"""A life as a picture: its stages as dots on a line, with words that are never cut short without a way to read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.widgets.theme import Theme, current_theme


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, when or where in short, and whether it is past, present or to come."""

    title: str
    detail: str = ""
    state: Literal["done", "now", "open"] = "done"


LEAST = 78  # pixels a stage needs at least, at 100 %
MOST = 132
EDGE = 11  # pixels of a stage that its name leaves free
ROWS = 2  # more stages than fit in two rows scroll


class Lifeline(QWidget):
    """Stages from left to right, in two rows if one is too narrow; arrow keys walk along and bring hidden ones into sight.

    Args:
        words: How the states are said to readers, in their language: done, now, open.
    """

    picked = Signal(int)  # the stage chosen by Enter or click

    def __init__(
        self,
        stages: Iterable[Stage] = (),
        name: str = "",
        words: tuple[str, str, str] = ("", "", ""),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self._name, self._words = name, dict(zip(("done", "now", "open"), words, strict=True))
        self._current, self._first = 0, 0
        self._widest = 0  # pixels the longest name takes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set(stages)

    def set(self, stages: Iterable[Stage]) -> None:
        """Show another life; the present stage is the one pointed at."""
        self._stages = tuple(stages)
        metrics = QFontMetrics(current_theme().font(11.5, QFont.Weight.DemiBold))
        self._widest = max((metrics.horizontalAdvance(stage.title) for stage in self._stages), default=0)
        now = [number for number, stage in enumerate(self._stages) if stage.state == "now"]
        self._current, self._first = (now[-1] if now else max(0, len(self._stages) - 1)), 0
        self._describe()
        self._bring_into_sight()
        self._fit()
        self.update()

    @property
    def current(self) -> int:
        """The stage pointed at."""
        return self._current

    def spoken(self, stage: Stage) -> str:
        """A stage in words, as it is read aloud."""
        return ", ".join(part for part in (stage.title, stage.detail, self._words[stage.state]) if part)

    def _describe(self) -> None:
        """The whole life is the description; the stage pointed at is part of the name, so that readers hear each step."""
        here = self.spoken(self._stages[self._current]) if self._stages else ""
        self.setAccessibleName(": ".join(part for part in (self._name, here) if part))
        self.setAccessibleDescription("; ".join(map(self.spoken, self._stages)))

    # Places

    def _per_row(self, width: int) -> int:
        """As many as have room for the longest of their names."""
        theme = current_theme()
        return max(1, width // max(theme.px(LEAST), self._widest + theme.px(EDGE)))

    def _shown(self, width: int) -> range:
        """The stages in sight at this width."""
        room = self._per_row(width) * ROWS
        first = max(0, min(self._first, len(self._stages) - room))
        return range(first, min(len(self._stages), first + room))

    def _rows(self, width: int) -> int:
        return max(1, -(-len(self._shown(width)) // self._per_row(width)))

    def _row_height(self, theme: Theme) -> int:
        title, detail = QFontMetrics(theme.font(11.5, QFont.Weight.Medium)), QFontMetrics(theme.font(11))
        return theme.px(28) + title.height() + detail.height() + theme.px(4)

    def _height(self, width: int) -> int:
        theme = current_theme()
        rows = self._rows(width)
        return rows * self._row_height(theme) + (rows - 1) * theme.px(6)

    def _fit(self) -> None:
        """As high as its rows need at this width."""
        self.setFixedHeight(self._height(max(self.width(), current_theme().px(2 * LEAST))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bring_into_sight()
        self._fit()

    def sizeHint(self) -> QSize:
        width = current_theme().px(MOST) * min(len(self._stages) or 1, 6)
        return QSize(width, self._height(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().px(2 * LEAST), self._height(max(self.width(), current_theme().px(2 * LEAST))))

    def _cell(self, place: int) -> QRect:
        """The room of the stage at that place in sight; rows are filled evenly."""
        theme, shown = current_theme(), self._shown(self.width())
        per_row = -(-len(shown) // self._rows(self.width()))
        width = min(max(theme.px(MOST), self._widest + theme.px(EDGE)), self.width() // max(1, per_row))
        line, column = divmod(place, per_row)
        height = self._row_height(theme)
        return QRect(column * width, line * (height + theme.px(6)), width, height)

    def _bring_into_sight(self) -> None:
        shown = self._shown(self.width())
        room = self._per_row(self.width()) * ROWS
        if self._current < shown.start:
            self._first = self._current
        elif self._current >= shown.stop:
            self._first = self._current - room + 1

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self._shown(self.width())
        if shown.start:
            self._draw_before(painter, theme)
        for place, number in enumerate(shown):
            self._draw_line(painter, theme, place, number, shown)
        for place, number in enumerate(shown):
            self._draw_stage(painter, theme, self._cell(place), number)

    def _dot(self, theme: Theme, cell: QRect) -> QPointF:
        hidden = self._shown(self.width()).start and cell.left() == 0 and cell.top() == 0
        return QPointF(cell.left() + theme.px(24 if hidden else 11), cell.top() + theme.px(13))

    def _draw_before(self, painter: QPainter, theme: Theme) -> None:
        """The life began before what is in sight."""
        dot = self._dot(theme, self._cell(0))
        painter.setPen(QPen(QColor(theme.colours.accent), theme.px(2), Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(0, dot.y()), dot)

    def _draw_line(self, painter: QPainter, theme: Theme, place: int, number: int, shown: range) -> None:
        """From this dot to the next; faded out where the life goes on out of sight or on the next row."""
        cell = self._cell(place)
        dot = self._dot(theme, cell)
        if number + 1 >= len(self._stages):
            return
        reached = self._stages[number + 1].state != "open"
        pen = QPen(QColor(theme.colours.accent if reached else theme.colours.line), theme.px(2))
        last = number + 1 == shown.stop
        if not reached or last:
            pen.setStyle(Qt.PenStyle.DotLine if last else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(dot, QPointF(cell.right() + (0 if last else theme.px(11)), dot.y()))

    def _draw_stage(self, painter: QPainter, theme: Theme, cell: QRect, number: int) -> None:
        stage, c = self._stages[number], theme.colours
        dot = self._dot(theme, cell)
        size = theme.px(6 if stage.state == "now" else 5)
        if stage.state == "now":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent_ground))
            painter.drawEllipse(dot, size + theme.px(3), size + theme.px(3))
        painter.setPen(QPen(QColor(c.edge if stage.state == "open" else c.accent), theme.px(2)))
        painter.setBrush(QColor(c.surface if stage.state == "open" else c.accent))
        painter.drawEllipse(dot, size, size)
        title = theme.font(11.5, QFont.Weight.DemiBold if stage.state == "now" else QFont.Weight.Medium)
        if self.hasFocus() and number == self._current:
            painter.setPen(QPen(QColor(c.text), theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot, size + theme.px(4), size + theme.px(4))
            title.setUnderline(True)
        words = QRect(
            cell.left() + theme.px(1), cell.top() + theme.px(27), cell.width() - theme.px(EDGE), QFontMetrics(title).height()
        )
        self._write(painter, title, QColor(c.dim if stage.state == "open" else c.text), words, stage.title)
        detail = theme.font(11)
        self._write(painter, detail, QColor(c.dim), words.translated(0, words.height()), stage.detail)

    def _write(self, painter: QPainter, font: QFont, ink: QColor, room: QRect, text: str) -> None:
        painter.setFont(font)
        painter.setPen(ink)
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)

    # Hands

    def _go(self, number: int) -> None:
        if self._stages:
            self._current = max(0, min(number, len(self._stages) - 1))
            self._bring_into_sight()
            self._describe()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps:
            self._go(self._current + steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(0 if key == Qt.Key.Key_Home else len(self._stages) - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._stages:
            self.picked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def _at(self, x: float, y: float) -> int | None:
        for place, number in enumerate(self._shown(self.width())):
            if self._cell(place).contains(int(x), int(y)):
                return number
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().x(), event.position().y())
        if number is not None:
            self._go(number)
            self.picked.emit(number)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._at(event.pos().x(), event.pos().y())
            text = self.spoken(self._stages[number]) if number is not None else ""
            QToolTip.showText(event.globalPos(), text.replace("&", "&amp;").replace("<", "&lt;"), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_stages"):
            self._fit()
