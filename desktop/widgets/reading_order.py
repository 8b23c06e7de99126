"""The order in which Tab goes: as the parts are laid out, also for those that came later than their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLayout,
    QMenuBar,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
    QWidgetItem,
)
from shiboken6 import Shiboken

from desktop.widgets.flow_layout import FlowLayout


def tab_stops(root: QWidget, also: QWidget | None = None) -> list[QWidget]:
    """Everything under `root` that Tab reaches, in reading order; `also` is taken in although Tab passes it by."""
    return [part for part in _parts(root) if part is also or _takes_tab(part)]


def step_focus(window: QWidget, forward: bool) -> bool:
    """Give the keyboard to the next stop, or the one before, round the ends; False if there is none."""
    here = window.focusWidget()
    stops = tab_stops(window, here)
    if not stops:
        return False
    place = stops.index(here) if here in stops else (-1 if forward else 0)
    target = stops[(place + (1 if forward else -1)) % len(stops)]
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    return True


def _takes_tab(part: QWidget) -> bool:
    return bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus) and part.isEnabled() and part.focusProxy() is None


def _parts(root: QWidget) -> Iterator[QWidget]:
    """All visible parts below `root`, depth first, neighbours as they are read."""
    for part in _neighbours(root):
        if part.isVisible() and not part.isWindow():
            yield part
            yield from _parts(part)


def _neighbours(part: QWidget) -> list[QWidget]:
    """The direct children: first as their layout has them, then the others from the top, left to right."""
    placed: list[QWidget | None] = []
    if isinstance(part, QSplitter):
        placed = [part.widget(number) for number in range(part.count())]
    elif isinstance(part, QStackedWidget):
        placed = [part.currentWidget()]
    elif isinstance(part, QTabWidget):
        placed = [part.tabBar()]
    elif isinstance(part, QScrollArea):
        placed = [part.viewport()]
    elif (layout := part.layout()) is not None:
        placed = list(_laid_out(layout))
    known = [child for child in placed if child is not None]
    seen = set(map(id, known))
    others = [child for child in part.children() if isinstance(child, QWidget) and id(child) not in seen]
    others = [child for child in others if not isinstance(child, QMenuBar)]
    return [*known, *sorted(others, key=lambda child: (child.y(), child.x()))]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    """The widgets of a layout and of those inside it; a grid row by row."""
    order = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        order.sort(key=lambda number: tuple(layout.getItemPosition(number))[:2])  # type: ignore[arg-type]
    for number in order:
        item = layout.itemAt(number)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if type(item) is QWidgetItem and not isinstance(layout, FlowLayout):
            Shiboken.invalidate(item)  # else Python knows it by its address for ever, whatever comes to lie there
        if inner is not None:
            yield from _laid_out(inner)
        elif widget is not None:
            yield widget
