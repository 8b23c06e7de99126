"""A group of the sentence builder: conditions and inner groups of which all, any or none hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout

from db.texts import _
from desktop.people.segments import words
from desktop.people.segments.condition_edit import ConditionEdit, Surround
from desktop.people.segments.counting import Count, Path
from desktop.people.segments.definition import DEEPEST, Clause, Condition, Group, Join
from desktop.people.segments.line_stack import LineStack, StackLine
from desktop.widgets.buttons import icon_button, link_button
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.rooms import bring_into_sight
from desktop.widgets.theme import current_theme


class GroupEdit(StackLine):
    """Conditions below each other. Adding one puts the cursor into it; taking one away leaves it on the next.

    Args:
        depth: How many groups are around it.
    """

    def __init__(self, around: Surround, group: Group, depth: int = 0) -> None:
        super().__init__()
        self._around, self._depth = around, depth
        say = around.texts.say
        self.join = CodeField([(code, say(text)) for code, text in words.JOINS.items()], group.join)
        self.join.setAccessibleName(say(_("How many of the conditions must hold")))
        self.join.currentIndexChanged.connect(self.changed)
        self.count = plain_label("", "dim")
        self.remove = icon_button("close", say(_("Take this group away")))
        self.remove.setVisible(depth > 0)
        self.remove.clicked.connect(self.removed)
        self.add, self.add_group = link_button(say(_("+ Condition"))), link_button(say(_("+ Group")))
        self.add.clicked.connect(lambda: self._append(self._fresh(), focus=True))
        self.add_group.clicked.connect(lambda: self._append(Group("any", (self._fresh(),)), focus=True))
        self.add_group.setVisible(depth + 1 < DEEPEST)
        self._stack: LineStack[ConditionEdit | GroupEdit] = LineStack(self.changed, self.add)
        self.lines = self._stack.lines
        layout = QVBoxLayout(self)
        layout.setSpacing(current_theme().px(8))
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.join, None, self.count, self.remove, gap=10))
        layout.addLayout(row(self._rail(), self._stack.body, gap=12))
        layout.addLayout(row(self.add, self.add_group, None, gap=14))
        for one in group.of:
            self._append(one)

    def group(self) -> Group:
        """What it says."""
        join: Join = next(code for code in words.JOINS if code == self.join.code())
        return Group(join, tuple(one.condition() if isinstance(one, ConditionEdit) else one.group() for one in self.lines))

    def tell(self, counts: Mapping[Path, Count], path: Path = ()) -> None:
        """Say at every line how many fit."""
        texts = self._around.texts
        own = counts.get(path)
        if path and own is not None and own.alone is not None:
            self.count.setText(texts.say(_("{count} alone"), count=texts.number(own.alone)))
        for number, line in enumerate(self.lines):
            here = (*path, number)
            if isinstance(line, GroupEdit):
                line.tell(counts, here)
            else:
                line.tell(counts.get(here))

    def wait(self) -> None:
        """Say that it is being counted; nothing moves meanwhile."""
        for line in self.lines:
            if isinstance(line, GroupEdit):
                line.wait()
            elif not line.count.text():
                line.tell(None)

    def start(self) -> None:
        """Put the cursor where one begins: into the first line, or on what adds one."""
        first = self.lines[0] if self.lines else None
        if isinstance(first, GroupEdit):
            first.start()
        else:
            (first.field if first is not None else self.add).setFocus(Qt.FocusReason.OtherFocusReason)

    def _rail(self) -> QFrame:
        rail = QFrame()
        rail.setProperty("panel", "rule")
        rail.setFixedWidth(current_theme().px(2))
        return rail

    def _fresh(self) -> Condition:
        """What a new line asks: the first field, with its first detail."""
        key, field = next(iter(self._around.fields.items()))
        return Condition(key, "", "", tuple(Clause(part.key, "") for part in field.asks.parts[:1]))

    def _append(self, one: Condition | Group, *, focus: bool = False) -> None:
        line: ConditionEdit | GroupEdit
        if isinstance(one, Group):
            line = GroupEdit(self._around, one, self._depth + 1)
        else:
            line = ConditionEdit(self._around, one)
        self._stack.append(line)
        if focus:
            line.show()
            (line.field if isinstance(line, ConditionEdit) else line.join).setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, line, partial(bring_into_sight, line))  # once it is laid out
            self.changed.emit()
