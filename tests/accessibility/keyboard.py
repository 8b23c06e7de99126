"""Walks through a window with real key events, as somebody does who has no mouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QTabBar,
    QWidget,
)

MOST = 400  # presses of Tab after which a walk is a trap
SEEN = 40  # pixels that must change where the focus comes; a blinking caret is half of that
EDGE = 4
Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QTabBar)


@dataclass
class Walk:
    """The stops of one round of Tabs, what could be seen of each, and what was wrong."""

    stops: list[QWidget] = field(default_factory=list)
    back: list[QWidget] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def walk(window: QWidget, *, look: bool = True) -> Walk:
    """Press Tab until it comes round, then Shift+Tab; with `look`, see each stop with and without the focus."""
    found = Walk()
    _settle(window)
    QTest.keyClick(_focus(window), Key.Key_Tab)
    first = _focus(window)
    for _press in range(MOST):
        here = _focus(window)
        found.stops.append(here)
        _settle(window)  # nobody sees a page before it is laid out
        if not _in_sight(here, window):
            found.hidden.append(called(here))
        before = _picture(here, window) if look else QImage()
        QTest.keyClick(here, Key.Key_Tab)
        if look and _focus(window) is not here and _changed(before, _picture(here, window)) < SEEN and _in_sight(here, window):
            found.unseen.append(called(here))
        if _focus(window) is first:
            break
    for _press in range(len(found.stops)):
        QTest.keyClick(_focus(window), Key.Key_Backtab, Shift)
        found.back.append(_focus(window))
    return found


def called(part: QWidget) -> str:
    """What to call a widget in a list of what is wrong."""
    words = part.accessibleName() or (part.text() if isinstance(part, QAbstractButton) else "")
    return f"{type(part).__name__} {words!r}"


def controls(window: QWidget) -> list[QWidget]:
    """Everything in sight of `window` that somebody might use."""
    found = []
    for part in window.findChildren(QWidget):
        usable = isinstance(part, CONTROLS) or bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
        inner = _is_part_of_another(part) or part.window() is not window
        if usable and not inner and part.isVisibleTo(window) and part.isEnabled():
            found.append(part)
    return found


def by_arrows(stops: list[QWidget], window: QWidget) -> set[QWidget]:
    """What the arrow keys reach from the buttons among the stops: groups of which Tab reaches but one."""
    reached: set[QWidget] = set()
    for stop in stops:
        if not isinstance(stop, QAbstractButton) or stop in reached:
            continue
        for key in (Key.Key_Down, Key.Key_Up, Key.Key_Right, Key.Key_Left):
            stop.setFocus()
            for _step in range(30):
                QTest.keyClick(_focus(window), key)
                if _focus(window) in reached | {stop}:
                    break
                reached.add(_focus(window))
    return reached


def out_of_order(stops: list[QWidget], window: QWidget) -> Iterator[str]:
    """Steps that go up or to the left among parts of one place; a round may begin anywhere, so one step may close it."""
    for here, there in pairwise(stops):
        one, other = _siblings(here, there, window)
        if one is None or other is None:
            continue
        above = other.bottom() <= one.top() + EDGE
        left = other.right() <= one.left() + EDGE and other.top() < one.bottom() - EDGE and one.top() < other.bottom() - EDGE
        if above or left:
            yield f"{called(here)} then {called(there)}"


def _siblings(here: QWidget, there: QWidget, window: QWidget) -> tuple[QRect | None, QRect | None]:
    """The places of the two parts of one container in which the two stops lie."""
    above = _line(here, window)
    below = _line(there, window)
    depth = 0
    while depth < min(len(above), len(below)) and above[depth] is below[depth]:
        depth += 1
    if depth >= min(len(above), len(below)):
        return None, None
    return _place(above[depth], window), _place(below[depth], window)


def _line(part: QWidget, window: QWidget) -> list[QWidget]:
    """From the window down to the part."""
    line = [part]
    while line[-1] is not window and (above := line[-1].parentWidget()) is not None:
        line.append(above)
    return line[::-1]


def _place(part: QWidget, window: QWidget) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def _focus(window: QWidget) -> QWidget:
    return window.focusWidget() or window


def _is_part_of_another(part: QWidget) -> bool:
    above = part.parentWidget()
    return (
        part.objectName().startswith("qt_")
        or part.focusProxy() is not None
        or isinstance(above, (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QAbstractScrollArea, QAbstractItemView))
        or (isinstance(part, QAbstractItemView) and part.focusPolicy() == Qt.FocusPolicy.NoFocus)
    )


def _in_sight(part: QWidget, window: QWidget) -> bool:
    """Whether its upper left corner can be seen; of a list taller than its place, that of the row the keys are at."""
    shown, corner = part.visibleRegion().boundingRect(), QPoint(0, 0)
    if isinstance(part, QAbstractItemView) and part.currentIndex().isValid() and shown.height() < part.height():
        corner = part.viewport().mapTo(part, part.visualRect(part.currentIndex()).topLeft())
    return not shown.isEmpty() and shown.top() - EDGE <= corner.y() <= shown.bottom() and shown.left() <= corner.x() + EDGE


def _settle(window: QWidget) -> None:
    """Let happen what is due, with the window in front.

    A menu that was open takes the window's place with it when its page goes, whenever Python lets go of it, and the off-screen
    platform has no window manager to give the place back.
    """
    window.activateWindow()
    QApplication.processEvents()
    for _try in range(20):
        if window.isActiveWindow():
            return
        window.activateWindow()
        QApplication.processEvents()
    raise AssertionError("the window does not come to the front")


def _picture(part: QWidget, window: QWidget) -> QImage:
    _settle(window)
    return window.grab(_place(part, window).adjusted(-2, -2, 2, 2)).toImage()


def _changed(one: QImage, other: QImage) -> int:
    """How many pixels differ, as far as it matters."""
    if one.size() != other.size():
        return SEEN
    count = 0
    for y in range(one.height()):
        if one.scanLine(y).tobytes() == other.scanLine(y).tobytes():
            continue
        for x in range(one.width()):
            count += one.pixel(x, y) != other.pixel(x, y)
            if count >= SEEN:
                return count
    return count
