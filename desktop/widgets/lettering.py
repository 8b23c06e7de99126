"""Words laid out once and drawn many times: shaping letters is most of what painting a list costs."""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from functools import lru_cache
from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText, QTransform

from desktop.widgets.theme import Theme

LONGEST = 1000  # letters that are looked at; no column shows as many
KEPT = 3000  # words; some screens full of a list


@dataclass(frozen=True, slots=True)
class Laid:
    """Words in one line, cut to their room with an ellipsis."""

    text: QStaticText
    font: QFont
    width: int
    height: int

    def draw(self, painter: QPainter, room: QRect | QRectF) -> None:
        """Draw from the left edge of the room, in the middle of its height, with the pen of the painter."""
        self._draw(painter, room.x(), room)

    def draw_centred(self, painter: QPainter, room: QRect | QRectF) -> None:
        """Draw in the middle of the room."""
        self._draw(painter, room.x() + (room.width() - self.width) / 2, room)

    def _draw(self, painter: QPainter, left: float, room: QRect | QRectF) -> None:
        top = floor(room.y() + (room.height() - self.height + 1) / 2)  # on a whole pixel, where letters are crisp
        painter.setFont(self.font)
        painter.drawStaticText(QPointF(left, top), self.text)


@lru_cache(maxsize=KEPT)
def laid_out(
    theme: Theme, words: str, room: int, pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal, tabular: bool = False
) -> Laid:
    """Words in the program's type, as wide as they are but never wider than `room`; line breaks become spaces."""
    font = theme.font(pixels, weight, tabular=tabular)
    line = words[:LONGEST].replace("\n", " ")
    laid = _static(line, font)
    if laid.size().width() > room:
        laid = _static(QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, room), font)
    size = laid.size()
    return Laid(laid, font, round(size.width()), round(size.height()))


@lru_cache(maxsize=KEPT)
def advance(theme: Theme, words: str, pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal) -> int:
    """How wide these words are in one line."""
    return QFontMetrics(theme.font(pixels, weight)).horizontalAdvance(words)


@lru_cache(maxsize=64)
def line_height(theme: Theme, pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal) -> int:
    """How high one line of this type is."""
    return QFontMetrics(theme.font(pixels, weight)).height()


@lru_cache(maxsize=KEPT)
def wrapped_height(theme: Theme, words: str, width: int, pixels: float = 13, weight: QFont.Weight = QFont.Weight.Normal) -> int:
    """How high these words are when they are broken into lines no wider than `width`."""
    metrics = QFontMetrics(theme.font(pixels, weight))
    return metrics.boundingRect(QRect(0, 0, width, 1 << 16), Qt.TextFlag.TextWordWrap, words).height()


def forget() -> None:
    """Lay all words out anew when they are drawn next, for another type."""
    for kept in (laid_out, advance, line_height, wrapped_height):
        kept.cache_clear()


def _static(line: str, font: QFont) -> QStaticText:
    laid = QStaticText(line)
    laid.setTextFormat(Qt.TextFormat.PlainText)
    laid.prepare(QTransform(), font)
    return laid


atexit.register(forget)  # while Qt is still there: what is kept here belongs to it
