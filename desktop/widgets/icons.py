"""Line icons in the colours of the theme, sharp at every size."""

from __future__ import annotations

import atexit
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.widgets.theme import RESOURCES, current_theme

FALLBACK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="2.5" fill="currentColor"/></svg>'


class _Engine(QIconEngine):
    """Draws the drawing anew at each size, in the ink that the state calls for at that moment."""

    def __init__(self, source: str, tone: str) -> None:
        super().__init__()
        self._source, self._tone = source, tone
        self._drawn: dict[str, QSvgRenderer] = {}

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        renderer = self._renderer(self._ink(mode, state))
        renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._source, self._tone)

    def _ink(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        colours = current_theme().colours
        if mode == QIcon.Mode.Disabled:
            return colours.faint
        if self._tone:
            return colours.on_accent if self._tone == "on_accent" else current_theme().ink(self._tone).name()
        return colours.accent if state == QIcon.State.On or mode == QIcon.Mode.Selected else colours.dim

    def _renderer(self, ink: str) -> QSvgRenderer:
        if ink not in self._drawn:
            self._drawn[ink] = QSvgRenderer(QByteArray(self._source.replace("currentColor", ink).encode()))
        return self._drawn[ink]


def icon(name: str | Path, tone: str = "") -> QIcon:
    """The icon of that name from the program's own, or the file at an absolute path.

    Follows the theme by itself; `tone` fixes the ink ("accent", "bad", "on_accent", ...). An unknown name gives a plain dot,
    so that a missing drawing never stops a page.
    """
    if not str(name):
        return QIcon()
    return QIcon(_Engine(_source(_file(str(name))), tone))


def draw_icon(painter: QPainter, name: str | Path, rect: QRect, ink: QColor) -> None:
    """Draw an icon in one colour, for delegates and painted widgets."""
    _drawing(str(name), ink.name()).render(painter, QRectF(rect))


@lru_cache(maxsize=128)
def _drawing(name: str, ink: str) -> QSvgRenderer:
    """The drawing in one ink, read once: painting asks for it again and again."""
    return QSvgRenderer(QByteArray(_source(_file(name)).replace("currentColor", ink).encode()))


atexit.register(_drawing.cache_clear)  # while Qt is still there


def _file(name: str) -> Path:
    path = Path(name)
    return path if path.is_absolute() else RESOURCES / "icons" / f"{path.with_suffix('')}.svg"


@cache
def _source(path: Path) -> str:
    """The drawing; a plain dot where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else FALLBACK
