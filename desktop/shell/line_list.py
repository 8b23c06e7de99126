"""Short lists of things that have acts of their own: modules, jobs, users. One line each, quiet rules between."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import rule
from desktop.widgets.theme import current_theme


class LineList(QFrame):
    """Filled anew as a whole; the keyboard stays where it was as long as that line is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "clear")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def fill(self, lines: Sequence[QWidget]) -> None:
        """Show these lines."""
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, line in enumerate(lines):
            if number:
                self._layout.addWidget(rule())
            self._layout.addWidget(line)
        self._layout.addStretch(1)


def line(title: str, tag: tuple[str, str], details: Sequence[str], acts: Sequence[QWidget]) -> QFrame:
    """One line: title with a tag (words, tone), details below, acts on the right."""
    theme = current_theme()
    frame = QFrame()
    frame.setProperty("panel", "clear")
    across = QHBoxLayout(frame)
    across.setContentsMargins(0, theme.px(10), 0, theme.px(10))
    across.setSpacing(theme.px(12))
    words = QVBoxLayout()
    words.setSpacing(theme.px(3))
    head = QHBoxLayout()
    head.setSpacing(theme.px(10))
    head.addWidget(plain_label(title, "strong"))
    if tag[0]:
        head.addWidget(Tag(*tag))
    head.addStretch(1)
    words.addLayout(head)
    for detail in details:
        if detail:
            words.addWidget(plain_label(detail, "small", wrap=True))
    across.addLayout(words, 1)
    for act in acts:
        across.addWidget(act)
    return frame
