"""Finds words that are cut and controls that cannot be brought into sight, on whatever is shown."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTextBoundaryFinder
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from .pseudo import MARK

AIR = 1  # pixels a text may lack: advances are rounded
DATA = ("CellDelegate._draw_words", "_Drawing._write")  # of any length: a list's cell, a remark; whole in the tip and the card
Painted = list[tuple[str, str]]  # what should have stood there, and what was drawn instead


@contextmanager
def listening() -> Iterator[Painted]:
    """Hears every text that is cut with an ellipsis while something is painted."""
    kept = QFontMetrics.elidedText
    cut: Painted = []

    def elided(self: QFontMetrics, text: str, *rest: object) -> str:
        shown: str = kept(self, text, *rest)
        data = sys._getframe(1).f_code.co_qualname in DATA and not _is_ours(text)
        if shown != text and not data:
            cut.append((text, shown))
        return shown

    QFontMetrics.elidedText = elided  # type: ignore[method-assign,assignment]
    try:
        yield cut
    finally:
        QFontMetrics.elidedText = kept  # type: ignore[method-assign]


def _is_ours(text: str) -> bool:
    """Whether it is a term of ours, every word from the lengthened catalogue and none from data; a sentence is no term."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return 0 < len(words) < 4 and all(word.endswith(MARK) for word in words)


def cut_texts(root: QWidget) -> list[str]:
    """Every text under `root` that does not fit where it stands, painted or laid out."""
    with listening() as painted:
        root.grab()
    wrong = [f"painted as {shown!r}: {text!r}" for text, shown in painted]
    for part in root.findChildren(QWidget):
        if part.isVisibleTo(root) and not part.visibleRegion().isEmpty():
            wrong += [f"{type(part).__name__} {why}" for why in _too_small(part)]
    return wrong


def out_of_sight(root: QWidget) -> list[str]:
    """Labels and controls under `root` that stand outside what can be shown, and that no scrolling brings in."""
    wrong = []
    for part in root.findChildren(QWidget):
        if part.isVisibleTo(root) and _matters(part) and (why := _lost(part, root)):
            wrong.append(f"{_called(part)}: {why}")
    return wrong


def _too_small(part: QWidget) -> Iterator[str]:
    """What does not fit in a widget of Qt's own; those that paint themselves are heard while they paint."""
    if isinstance(part, QLabel) and part.text() and type(part).paintEvent is QLabel.paintEvent:
        yield from _label(part)
    elif isinstance(part, (QLabel, QAbstractButton)) and part.text() and _elides(part):
        need = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.minimumSizeHint().height()
        if part.height() + AIR < need:
            yield f"{part.text()!r}: {part.height()} of {need} pixels high"
    elif isinstance(part, QComboBox):
        yield from _choice(part)
    elif isinstance(part, QTabBar):
        for number in range(part.count()):
            need = QFontMetrics(part.font()).horizontalAdvance(part.tabText(number).replace("&&", "&"))
            if part.tabRect(number).width() < need:
                yield f"{part.tabText(number)!r}: {part.tabRect(number).width()} of {need} pixels"
    elif isinstance(part, QLineEdit) and not part.text() and part.placeholderText():
        margins = part.textMargins()
        room = part.contentsRect().width() - margins.left() - margins.right()
        need = QFontMetrics(part.font()).horizontalAdvance(part.placeholderText())
        if room + AIR < need:
            yield f"{part.placeholderText()!r}: {room} of {need} pixels"
    elif isinstance(part, (QCheckBox, QRadioButton)) or (isinstance(part, QAbstractButton) and part.text()):
        yield from _smaller(part, part.text(), part.sizeHint() if not _elides(part) else part.size())


def _elides(part: QWidget) -> bool:
    """Whether it draws its words itself, and so is heard."""
    return type(part).__module__.startswith("desktop.")


def _unbroken(text: str) -> Iterator[str]:
    """The pieces of a text that lines are never broken in, as Qt breaks them."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, text)
    start = 0
    while (end := finder.toNextBoundary()) >= 0:
        yield text[start:end].strip()
        start = end


def _label(label: QLabel) -> Iterator[str]:
    if label.wordWrap():
        need = label.heightForWidth(label.width())
        if label.height() + AIR < need:
            yield f"{label.text()!r}: {label.height()} of {need} pixels high"
        metrics = QFontMetrics(label.font())
        longest = max(_unbroken(label.text()), key=metrics.horizontalAdvance, default="")
        if label.contentsRect().width() + AIR < metrics.horizontalAdvance(longest):
            yield f"{label.text()!r}: {longest!r} is wider than the label"
    else:
        yield from _smaller(label, label.text(), label.sizeHint())


def _choice(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box)
    need = QFontMetrics(box.font()).horizontalAdvance(box.currentText())
    if room.width() + AIR < need:
        yield f"{box.currentText()!r}: {room.width()} of {need} pixels"


def _smaller(part: QWidget, text: str, need: QSize) -> Iterator[str]:
    if part.width() + AIR < need.width() or part.height() + AIR < need.height():
        yield f"{text!r}: {part.width()} x {part.height()} of {need.width()} x {need.height()}"


def _matters(part: QWidget) -> bool:
    takes_keys = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus) and not isinstance(part, QAbstractScrollArea)
    return (takes_keys or (isinstance(part, QLabel) and bool(part.text()))) and not part.objectName().startswith("qt_")


def _called(part: QWidget) -> str:
    text = part.text() if isinstance(part, (QLabel, QAbstractButton)) else part.accessibleName()
    return f"{type(part).__name__} {text!r}"


def _lost(part: QWidget, root: QWidget) -> str:
    """Why no scrolling brings the whole of it into sight; nothing if it does."""
    place, at = QRect(QPoint(0, 0), part.size()), part
    while at is not root and (above := at.parentWidget()) is not None:
        place.translate(at.pos())
        area = above.parentWidget()
        if isinstance(area, QScrollArea) and at is area.widget():
            if at.width() > above.width() + AIR and area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                inner = place.translated(-at.pos())
                if inner.right() > above.width() + AIR:
                    return f"ends at {inner.right()}, and {above.width()} are shown without a scroll bar"
            place = QRect(QPoint(0, 0), above.size())  # scrolling brings it into sight
        elif not above.rect().adjusted(-AIR, -AIR, AIR, AIR).contains(place):
            return f"{place.getRect()} in a {type(above).__name__} of {above.width()} x {above.height()}"
        at = above
    return ""
