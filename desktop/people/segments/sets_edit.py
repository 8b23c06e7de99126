"""Segments put together: whom to begin with, who must also be in, and who is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people.segments import words
from desktop.people.segments.counting import Count, Path
from desktop.people.segments.definition import Sets
from desktop.people.segments.line_stack import LineStack, StackLine
from desktop.widgets.buttons import icon_button, link_button
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.theme import current_theme


class SetLine(StackLine):
    """One segment and what is done with it."""

    def __init__(self, offered: Sequence[tuple[str, str]], role: str, segment: str, texts: Texts) -> None:
        super().__init__()
        say = texts.say
        self._texts = texts
        self.role = CodeField([(code, say(text)) for code, text in words.ROLES.items()], role)
        self.role.setAccessibleName(say(_("What is done with the segment")))
        self.segment = CodeField([("", say(_("Choose a segment"))), *offered], segment)
        self.segment.setAccessibleName(say(_("Segment")))
        self.count = plain_label("", "dim")
        self.remove = icon_button("close", say(_("Take this segment away")))
        self.remove.clicked.connect(self.removed)
        for field in (self.role, self.segment):
            field.currentIndexChanged.connect(self.changed)
        line = row(self.role, self.segment, None, self.count, self.remove, gap=10)
        self.setLayout(line)

    def tell(self, count: Count | None) -> None:
        """Say how many are in it, and in all up to here."""
        texts = self._texts
        if count is None or count.alone is None:
            self.count.setText(texts.say(_("not complete")) if not self.segment.code() else texts.say(_("cannot be counted")))
        else:
            so_far = texts.number(count.so_far) if count.so_far is not None else "–"
            alone = texts.number(count.alone)
            self.count.setText(texts.say(_("{alone} alone · {so_far} so far"), alone=alone, so_far=so_far))
        self.count.setAccessibleName(self.count.text())


class SetsEdit(QWidget):
    """The segments in reading order: those to begin with, those everybody must be in, those left out."""

    changed = Signal()

    def __init__(self, offered: Sequence[tuple[str, str]], sets: Sets, texts: Texts) -> None:
        super().__init__()
        self._offered, self._texts = offered, texts
        self.add = link_button(texts.say(_("+ Segment")))
        self._stack: LineStack[SetLine] = LineStack(self.changed, self.add)
        self.lines = self._stack.lines
        self.add.clicked.connect(lambda: self._append("minus" if self.lines else "plus", "", focus=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().px(8))
        layout.addLayout(self._stack.body)
        layout.addLayout(row(self.add, None))
        for role, id in sets.parts:
            self._append(role, str(id))
        if not sets.parts:
            self._append("plus", "")
            self._append("minus", "")

    def sets(self) -> Sets:
        """What it says; lines without a segment say nothing."""
        chosen = [(line.role.code(), UUID(line.segment.code())) for line in self.lines if line.segment.code()]
        by_role = {role: tuple(dict.fromkeys(id for its, id in chosen if its == role)) for role in words.ROLES}
        return Sets(**by_role)

    def tell(self, counts: Mapping[Path, Count]) -> None:
        """Say at every line how many are in it."""
        by_part = {part: counts.get((number,)) for number, part in enumerate(self.sets().parts)}
        for line in self.lines:
            code = line.segment.code()
            line.tell(by_part.get((line.role.code(), UUID(code))) if code else None)

    def start(self) -> None:
        """Put the cursor where one begins."""
        (self.lines[0].segment if self.lines else self.add).setFocus(Qt.FocusReason.OtherFocusReason)

    def _append(self, role: str, segment: str, *, focus: bool = False) -> None:
        line = SetLine(self._offered, role, segment, self._texts)
        self._stack.append(line)
        if focus:
            line.show()
            line.role.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()
