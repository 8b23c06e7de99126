"""Lines of what is known about a person: a name, a value, small things behind it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.people.card_parts import Value
from desktop.widgets.buttons import Button, link_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Section, row
from desktop.widgets.theme import current_theme

WIDE, NARROW = 164, 104  # the column of names on the record and on the card, at 100 %


@dataclass(frozen=True, slots=True)
class Act:
    """A small act on a line; `spoken` tells readers about which line."""

    text: str
    spoken: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is called, its value, small things behind it, and what can be done."""

    name: str
    value: str
    extra: Sequence[QWidget] = ()
    acts: Sequence[Act] = ()
    dim: bool = False
    whole: bool = False  # wrapped over as many lines as it takes, for remarks


class LineGrid(QWidget):
    """Names on the left, values beside them, acts on the right; nothing is ever wider than there is room."""

    def __init__(self, empty: str = "", width: int = WIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        theme = current_theme()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(2))
        self._grid.setColumnMinimumWidth(0, theme.px(width))
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not lines and self._empty:
            self._grid.addWidget(plain_label(self._empty, "dim", wrap=True), 0, 0, 1, 3)
        for number, line in enumerate(lines):
            name = Value("", line.name, dim=True)
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop if line.whole else Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(self._value(line), number, 1)
            if line.acts:
                self._grid.addWidget(self._acts(line), number, 2, Qt.AlignmentFlag.AlignRight)

    def _value(self, line: Line) -> QWidget:
        if line.whole:
            label = plain_label(line.value, wrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(f"{line.name}: {line.value}")
            label.setMinimumWidth(1)
            return label
        box = QWidget()
        box.setLayout(row(Value(line.name, line.value, dim=line.dim), *line.extra, None))
        return box

    def _acts(self, line: Line) -> QWidget:
        box = QWidget()
        box.setLayout(row(*[self._act(act) for act in line.acts], gap=4))
        return box

    def _act(self, act: Act) -> Button:
        button = link_button(act.text)
        button.setAccessibleName(act.spoken)
        button.clicked.connect(lambda: act.do())
        return button


class LinesSection(Section):
    """A heading over lines; a form opens in `place`."""

    def __init__(self, heading: str, empty: str, *acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(heading, *acts, parent=parent)
        self.grid = LineGrid(empty)
        self.place = QVBoxLayout()
        self.add(self.grid)
        self.add(self.place)
