"""The order in which Tab goes: as the parts are laid out, also for those that came later than their neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
)


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
        placed = list(_laid_out(layout, [child for child in part.children() if isinstance(child, QWidget)]))
    known = [child for child in placed if child is not None]
    seen = set(map(id, known))
    others = [child for child in part.children() if isinstance(child, QWidget) and id(child) not in seen]
    others = [child for child in others if not isinstance(child, QMenuBar)]
    return [*known, *sorted(others, key=lambda child: (child.y(), child.x()))]


def _laid_out(layout: QLayout, parts: Sequence[QWidget]) -> Iterator[QWidget]:
    """Those of `parts` that stand in a layout or one inside it, in its order; a grid row by row.

    The layout is asked for places, never for its items: Python would go on knowing an item by its address after Qt has
    deleted it, and take whatever comes to lie there for it.
    """
    inner = [child for child in layout.children() if isinstance(child, QLayout)]
    places: list[tuple[int, QWidget | QLayout]] = [(layout.indexOf(part), part) for part in parts]
    places += [(layout.indexOf(part), part) for part in inner]

    def place(found: tuple[int, QWidget | QLayout]) -> tuple[int, ...]:
        if not isinstance(layout, QGridLayout):
            return found[:1]
        across: Any = layout.getItemPosition(found[0])
        return tuple(across[:2])

    for _number, found in sorted((known for known in places if known[0] >= 0), key=place):
        if isinstance(found, QLayout):
            yield from _laid_out(found, parts)
        else:
            yield found
