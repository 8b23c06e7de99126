"""One line of the sentence builder: a field, its comparison, and what else holds for the same row."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from db.texts import _
from desktop.core.manifest import Part
from desktop.core.texts import Texts
from desktop.people.segments.choices import Choices
from desktop.people.segments.comparison import Comparison
from desktop.people.segments.counting import Count
from desktop.people.segments.definition import Clause, Condition
from desktop.people.segments.fields import Fields
from desktop.people.segments.line_stack import StackLine
from desktop.widgets.buttons import icon_button, link_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, row
from desktop.widgets.theme import current_theme

INDENT = 26  # pixels at 100 % by which details stand further in


class Surround:
    """What every line needs to know: the fields, what can be chosen in them, the language and the day."""

    def __init__(self, fields: Fields, choices: Choices, texts: Texts, today: date) -> None:
        self.fields, self.choices, self.texts, self.today = fields, choices, texts, today

    def titles(self) -> list[tuple[str, str]]:
        """The fields to choose from, those of one heading together."""
        groups = list(dict.fromkeys(field.asks.group for field in self.fields.values()))
        ordered = sorted(self.fields.values(), key=lambda field: groups.index(field.asks.group))
        return [(field.key, self.texts.say(field.offer.contribution.title)) for field in ordered]


class ClauseEdit(QWidget):
    """One thing asked of the same row; Delete on its cross takes it away."""

    changed = Signal()
    removed = Signal()

    def __init__(self, parts: tuple[Part, ...], around: Surround, clause: Clause) -> None:
        super().__init__()
        say = around.texts.say
        self._parts, self._around = {part.key: part for part in parts}, around
        self.part = CodeField([(part.key, say(part.title)) for part in parts], clause.key)
        self.part.setMinimumContentsLength(4)
        self.part.setAccessibleName(say(_("What is asked of it")))
        self.comparison = self._made()
        self.remove = icon_button("close", say(_("Take this detail away")))
        self.remove.clicked.connect(self.removed)
        self._row = row(self.part, self.comparison, self.remove, gap=6)
        self.setLayout(self._row)
        if clause.op:
            self.comparison.show_comparison(clause.op, clause.value)
        self.part.currentIndexChanged.connect(self._fit)

    def clause(self) -> Clause:
        """What it says."""
        return Clause(self.part.code(), *self.comparison.comparison())

    def _made(self) -> Comparison:
        part = self._parts.get(self.part.code()) or next(iter(self._parts.values()))
        around = self._around
        made = Comparison(part.asks, around.texts.say(part.title), around.choices, around.texts, around.today)
        made.changed.connect(self.changed)
        return made

    def _fit(self) -> None:
        old, self.comparison = self.comparison, self._made()
        self._row.replaceWidget(old, self.comparison)
        old.hide()
        old.deleteLater()
        self.changed.emit()


class ConditionEdit(StackLine):
    """A line. One that asks for what is not there says so and stays as it is until it is taken away."""

    def __init__(self, around: Surround, condition: Condition) -> None:
        super().__init__()
        self._around, self._kept = around, condition
        say = around.texts.say
        self.field = CodeField(around.titles())
        self.field.setAccessibleName(say(_("What is asked")))
        self.field.set_code(condition.field)
        self.comparison: Comparison | None = None
        self.clauses: list[ClauseEdit] = []
        self.more = link_button(say(_("+ Detail")))
        self.more.setAccessibleName(say(_("Ask more of the same one")))
        self.more.clicked.connect(lambda: self._add_clause(None, focus=True))
        self.count = plain_label("", "dim")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setContentsMargins(0, current_theme().px(6), 0, 0)  # on one line with the fields
        self.remove = icon_button("close", say(_("Take this condition away")))
        self.remove.clicked.connect(self.removed)
        self._said, self._details = QWidget(), QWidget()
        self._line, self._flow = FlowLayout(self._said, gap=6), FlowLayout(self._details, gap=6)
        self._flow.setContentsMargins(current_theme().px(INDENT), 0, 0, 0)
        for box in (self._said, self._details):
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            box.setSizePolicy(policy)
        line = row(self._said, self.count, self.remove, gap=10)
        line.setStretch(0, 1)
        for part in (self.count, self.remove):
            line.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(line, self._details, gap=6))
        self._build(condition)
        self.field.currentIndexChanged.connect(self._fit)

    def condition(self) -> Condition:
        """What the line says; what could not be shown as it was kept."""
        if self.comparison is None:
            return self._kept
        op, value = self.comparison.comparison()
        return Condition(self.field.code(), op, value, tuple(clause.clause() for clause in self.clauses))

    def tell(self, count: Count | None) -> None:
        """Say how many fit."""
        texts = self._around.texts
        if count is None or count.alone is None:
            self.count.setText(texts.say(_("not complete")) if count is not None else "…")
        elif count.so_far is None:
            self.count.setText(texts.say(_("{count} alone"), count=texts.number(count.alone)))
        else:
            so_far, alone = texts.number(count.so_far), texts.number(count.alone)
            self.count.setText(texts.say(_("{alone} alone · {so_far} so far"), alone=alone, so_far=so_far))
        self.count.setAccessibleName(self.count.text())

    def _build(self, condition: Condition) -> None:
        field, around = self._around.fields.get(condition.field), self._around
        for layout in (self._line, self._flow):
            while layout.takeAt(0) is not None:
                pass
        for old in filter(None, (self.comparison, *self.clauses)):
            old.hide()
            old.deleteLater()
        self.comparison, self.clauses = None, []
        self._line.addWidget(self.field)
        self._details.setVisible(field is not None and field.asks.type == "relation")
        if field is None:
            absent = plain_label(around.texts.say(_("not there: its module is off, or not for you")), "dim", tone="warn")
            self._line.addWidget(absent)
            return
        title = around.texts.say(field.offer.contribution.title)
        self.comparison = Comparison(field.asks, title, around.choices, around.texts, around.today)
        if condition.op:
            self.comparison.show_comparison(condition.op, condition.value)
        self.comparison.changed.connect(self.changed)
        self._line.addWidget(self.comparison)
        for clause in condition.where:
            self._add_clause(clause)
        self._flow.addWidget(self.more)

    def _fit(self) -> None:
        """Another field was chosen; a relation begins with its first detail, which is what is meant most."""
        key = self.field.code()
        field = self._around.fields.get(key)
        first = field.asks.parts[:1] if field is not None else ()
        self._build(Condition(key, "", "", tuple(Clause(part.key, "") for part in first)))
        self.changed.emit()

    def _add_clause(self, clause: Clause | None, *, focus: bool = False) -> None:
        field = self._around.fields[self.field.code()]
        asked = {made.part.code() for made in self.clauses}
        free = [part.key for part in field.asks.parts if part.key not in asked] or [field.asks.parts[0].key]
        made = ClauseEdit(field.asks.parts, self._around, clause or Clause(free[0], ""))
        made.changed.connect(self.changed)
        made.removed.connect(partial(self._remove, made))
        self.clauses.append(made)
        self._flow.removeWidget(self.more)
        self._flow.addWidget(made)
        self._flow.addWidget(self.more)
        made.show()
        if focus:
            made.part.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()
        self.updateGeometry()

    def _remove(self, clause: Any) -> None:
        self.clauses.remove(clause)
        self._flow.removeWidget(clause)
        clause.hide()
        clause.deleteLater()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.updateGeometry()
        self.changed.emit()
