"""The parts a page is made of: header, cards, sections, facts, proportions and splitters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.banner import announce
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.labels import plain_label, set_tone, tip
from desktop.widgets.rooms import Scroll, Split
from desktop.widgets.theme import current_theme


def rule() -> QFrame:
    """A quiet line across."""
    frame = QFrame()
    frame.setProperty("panel", "rule")
    frame.setFixedHeight(1)
    return frame


def column(*parts: QWidget | QLayout, gap: int = 8, margin: int = 0) -> QVBoxLayout:
    """Parts below each other."""
    layout = QVBoxLayout()
    _fill(layout, parts, gap, margin)
    return layout


def row(*parts: QWidget | QLayout | None, gap: int = 8, margin: int = 0) -> QHBoxLayout:
    """Parts beside each other; None stands for the free room."""
    layout = QHBoxLayout()
    _fill(layout, parts, gap, margin)
    return layout


def spread(first: QWidget, *others: QWidget, gap: int = 8) -> QWidget:
    """The first on the left with the room that is left, the others on the right; below it where the width ends."""
    return _flowing(FlowLayout(gap=gap, lead=True), first, *others)


def flow(*parts: QWidget, gap: int = 8) -> QWidget:
    """Parts side by side, in as many lines as it takes."""
    return _flowing(FlowLayout(gap=gap), *parts)


def _flowing(layout: FlowLayout, *parts: QWidget) -> QWidget:
    """A box of its own: a layout written in Python is safe only as the layout of a widget, not inside another."""
    box = QWidget()
    box.setLayout(layout)
    for part in parts:
        layout.addWidget(part)
    return box


def _fill(layout: QVBoxLayout | QHBoxLayout, parts: Iterable[QWidget | QLayout | None], gap: int, margin: int) -> None:
    theme = current_theme()
    layout.setSpacing(theme.px(gap))
    edge = theme.px(margin) if margin else 0
    layout.setContentsMargins(edge, edge, edge, edge)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)


class Card(QFrame):
    """A surface with round corners for what belongs together; never put a card in a card."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        edge = current_theme().px(12)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(edge, edge, edge, edge)
        self.body.setSpacing(current_theme().px(6))
        self.heading = plain_label(heading, "heading")
        self.body.addWidget(self.heading)
        self.heading.setVisible(bool(heading))  # only now: without a parent it would open a window

    def add(self, part: QWidget | QLayout) -> None:
        """Put a part below the others."""
        if isinstance(part, QLayout):
            self.body.addLayout(part)
        else:
            self.body.addWidget(part)


class Section(QWidget):
    """A heading, an act beside it, and what stands under it; no box around."""

    def __init__(self, heading: str, *actions: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(current_theme().px(6))
        self.heading = plain_label(heading, "heading")
        self.body.addWidget(spread(self.heading, *actions))
        self.setAccessibleName(heading)

    def add(self, part: QWidget | QLayout) -> None:
        """Put a part below the others."""
        if isinstance(part, QLayout):
            self.body.addLayout(part)
        else:
            self.body.addWidget(part)


class PageHeader(QWidget):
    """The title of a page, how many there are, and its acts on the right."""

    def __init__(self, title: str, count: str = "", actions: Sequence[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.count = plain_label(title, "title"), plain_label(count, "dim")
        words = row(self.title, self.count, gap=10)
        words.setStretch(1, 1)
        words.setAlignment(self.title, Qt.AlignmentFlag.AlignBaseline)
        words.setAlignment(self.count, Qt.AlignmentFlag(0))
        named = QWidget()
        named.setLayout(words)
        self.setLayout(column(spread(named, *actions)))

    def set_count(self, text: str) -> None:
        """Say how many there are, in words made by `texts`; also aloud, when it changes while the page is read."""
        if text != self.count.text() and self.count.text() and self.isVisible():
            announce(self, f"{self.title.text()}: {text}")
        self.count.setText(text)


class Facts(QWidget):
    """Names on the left, values on the right; values can be selected and copied."""

    def __init__(self, facts: Iterable[tuple[str, str]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(current_theme().px(16))
        self._grid.setVerticalSpacing(current_theme().px(6))
        self._grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []  # names and values that are used again: labels are dear to make
        self._others: list[QWidget] = []
        self.set(facts)

    def set(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show other facts."""
        for widget in self._others:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._others.clear()
        wanted = list(facts)
        for labels, (name, value) in zip(self._lines, wanted, strict=False):
            self._say(labels, name, value)
        for labels in self._lines[len(wanted) :]:
            self._say(labels, "", "")
        for name, value in wanted[len(self._lines) :]:
            labels = plain_label(name, "dim"), plain_label(value, wrap=True)
            self._place(*labels)
            self._say(labels, name, value)
            self._lines.append(labels)

    def _say(self, labels: tuple[QLabel, QLabel], name: str, value: str) -> None:
        label, shown = labels
        label.setText(name)
        shown.setText(value)
        shown.setAccessibleName(f"{name}: {value}" if name or value else "")
        for each in labels:
            each.setVisible(bool(name or value))

    def _place(self, label: QLabel, shown: QLabel) -> None:
        line = self._grid.rowCount()
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, line, 1, Qt.AlignmentFlag.AlignTop)

    def add(self, name: str, value: str | QWidget, *extra: QWidget, tone: str = "") -> QLabel | None:
        """Add a fact; a value may be a widget, and small acts may follow it. Gives the label of a text value."""
        line = self._grid.rowCount()
        label = plain_label(name, "dim")
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignVCenter if extra else Qt.AlignmentFlag.AlignTop)
        shown = value if isinstance(value, QWidget) else plain_label(value, wrap=True)
        if isinstance(shown, QLabel):
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {shown.text()}")
            set_tone(shown, tone)
        if extra:
            self._grid.addLayout(row(shown, *extra, None), line, 1)
        else:
            self._grid.addWidget(shown, line, 1, Qt.AlignmentFlag.AlignTop)
        self._others += (label, shown, *extra)
        return shown if isinstance(shown, QLabel) else None


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: what it is, how many, and its tone."""

    label: str
    count: int
    tone: str = "accent"


class Proportions(QWidget):
    """A thin bar divided by counts; the numbers themselves are read aloud and belong in words beside it."""

    def __init__(self, shares: Sequence[Share] = (), rest: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(shares, rest)

    def set(self, shares: Sequence[Share], rest: int = 0) -> None:
        """Show these parts; `rest` is what is left over, drawn empty."""
        self._shares, self._rest = tuple(shares), rest
        words = ", ".join(f"{share.label} {share.count}" for share in shares)
        self.setAccessibleName(words)
        self.setToolTip(tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(current_theme().px(120), current_theme().px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setClipPath(shape)
        painter.fillRect(box, QColor(theme.colours.line))
        whole = sum(share.count for share in self._shares) + self._rest
        x = 0.0
        for share in self._shares:
            width = box.width() * share.count / whole if whole else 0.0
            painter.fillRect(QRectF(x, 0, max(0.0, width - 1), box.height()), theme.ink(share.tone))
            x += width


def splitter(*parts: QWidget, sizes: Sequence[int] = (), name: str = "", room: int = 0) -> Split:
    """Parts beside each other, divided by a hairline; `sizes` in pixels at 100 %, the first part takes the room that is left.

    Narrower than `room`, or than the parts need, they stand below each other.
    """
    return Split(parts, sizes, name, room)


def side_panel(content: QLayout | QWidget, *, margin: int = 16) -> Scroll:
    """A surface at the side of a page that scrolls when the window is low."""
    inner = QFrame()
    inner.setProperty("panel", "side")
    layout = QVBoxLayout(inner)
    edge = current_theme().px(margin)
    layout.setContentsMargins(edge, edge, edge, edge)
    layout.setSpacing(current_theme().px(12))
    if isinstance(content, QLayout):
        layout.addLayout(content)
    else:
        layout.addWidget(content)
    layout.addStretch(1)
    area = scrolling(inner)
    inner.setMinimumWidth(current_theme().px(226))
    return area


def scrolling(inner: QWidget) -> Scroll:
    """Lets something tall scroll; the frame itself takes no focus."""
    return Scroll(inner)
