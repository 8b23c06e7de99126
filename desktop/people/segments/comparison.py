"""One comparison of the sentence builder: how it is compared, and with what."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from db.texts import _
from desktop.core.manifest import Asks
from desktop.core.texts import Texts
from desktop.people.segments.choices import Choices, choices_of
from desktop.people.segments.definition import LONGEST, Value
from desktop.people.segments.operators import MOST_DAYS, MOST_NUMBER, OPERATORS, TERMS, Takes
from desktop.people.terms import term_days
from desktop.widgets.form import CodeField, DayField
from desktop.widgets.many_choice import ManyChoice
from desktop.widgets.panels import row
from desktop.widgets.theme import current_theme

NARROW, WIDE = 84, 150  # pixels at 100 % of a number and of a text


class Comparison(QWidget):
    """The operator and the value of one field. `changed` is sent whenever what it says is another comparison.

    Args:
        name: What is compared, for readers.
    """

    changed = Signal()

    def __init__(self, asks: Asks, name: str, choices: Choices, texts: Texts, today: date) -> None:
        super().__init__()
        self._asks, self._name, self._choices, self._texts, self._today = asks, name, choices, texts, today
        self._takes: Takes = ""
        say = texts.say
        self.op = CodeField([(code, say(operator.text)) for code, operator in OPERATORS[asks.type].items()])
        self.op.setMinimumContentsLength(4)
        self.op.setAccessibleName(say(_("{field}: how it is compared"), field=name))
        self.value: QWidget | None = None
        self._row = row(self.op, gap=6)
        self.setLayout(self._row)
        self.op.currentIndexChanged.connect(self._fit)
        self._fit()

    def comparison(self) -> tuple[str, Value]:
        """The operator and the value as they are kept; a value that is not complete is empty."""
        field = self.value
        if isinstance(field, ManyChoice):
            return self.op.code(), field.codes()
        if isinstance(field, DayField):
            day = field.day() if field.is_day() else None
            return self.op.code(), day.isoformat() if day is not None else ""
        if isinstance(field, CodeField):
            return self.op.code(), field.code()
        if isinstance(field, QLineEdit):
            text = field.text().strip()
            return self.op.code(), (int(text) if text.isdecimal() else "") if self._takes in ("number", "days") else text
        return self.op.code(), ""

    def show_comparison(self, op: str, value: Value) -> None:
        """Show this one; nothing is sent."""
        self.blockSignals(True)
        self.op.set_code(op)
        self._fit()
        field = self.value
        if isinstance(field, ManyChoice):
            field.set_codes(value if isinstance(value, tuple) else ())
        elif isinstance(field, CodeField):
            field.set_code(str(value))
        elif isinstance(field, QLineEdit):
            field.setText(str(value))
        self.blockSignals(False)

    def _fit(self) -> None:
        """The editor for what this operator takes; one of the same kind stays with what stands in it."""
        operator = OPERATORS[self._asks.type].get(self.op.code())
        takes: Takes = operator.takes if operator is not None else ""
        if takes != self._takes:
            focused = self.value is not None and self.value.hasFocus()
            if self.value is not None:
                self._row.removeWidget(self.value)
                self.value.hide()
                self.value.deleteLater()
            self._takes, self.value = takes, self._editor(takes)
            if self.value is not None:
                self.value.setAccessibleName(self.value.accessibleName() or self._said())
                self._row.addWidget(self.value)
                if focused:
                    self.value.setFocus()
        self.changed.emit()

    def _said(self) -> str:
        return self._texts.say(_("{field}: what it is compared with"), field=self._name)

    def _editor(self, takes: Takes) -> QWidget | None:
        say = self._texts.say
        if takes == "choices":
            many = ManyChoice(self._name, say(_("Choose…")), say(_("Find what to choose")))
            many.set_choices(choices_of(self._asks, self._choices, self._texts))
            many.changed.connect(self.changed)
            return many
        if takes == "term":
            term = CodeField([(code, self._term(code)) for code in TERMS], "this")
            term.currentIndexChanged.connect(self.changed)
            return term
        if takes == "day":
            day = DayField(self._today)
            day.setPlaceholderText(self._today.isoformat())
            day.setFixedWidth(current_theme().px(WIDE - 30))
            day.changed.connect(self.changed)
            return day
        if not takes:
            return None
        text = QLineEdit()
        if takes in ("days", "number"):
            text.setValidator(QIntValidator(0, MOST_DAYS if takes == "days" else MOST_NUMBER, text))
            text.setFixedWidth(current_theme().px(NARROW))
            text.setPlaceholderText(say(_("days")) if takes == "days" else "")
        else:
            text.setMaxLength(LONGEST)
            text.setFixedWidth(current_theme().px(WIDE))
        text.textChanged.connect(self.changed)
        return text

    def _term(self, code: str) -> str:
        """The term with its days, so that nobody need guess where one ends."""
        first, last = term_days(self._today, {"last": -1, "this": 0, "next": 1}[code])
        texts = self._texts
        return f"{texts.say(TERMS[code])} ({texts.day(first)} – {texts.day(last)})"
