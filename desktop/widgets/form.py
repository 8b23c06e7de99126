"""Fields of a form: label above, help and error below, names for readers, slips marked where they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.labels import plain_label, tip
from desktop.widgets.theme import current_theme

W = TypeVar("W", bound=QWidget)
WIDEST = 300  # pixels at 100 % a choice may take for its words
WRITTEN = (
    (re.compile(r"(\d{4})-?(\d{2})-?(\d{2})$"), ("year", "month", "day")),
    (re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})$"), ("day", "month", "year")),
    (re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{2})$"), ("day", "month", "short")),
    (re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]?$"), ("day", "month")),
)


def parse_day(text: str, today: date) -> date | None:
    """Read a day as people here write it: 2026-12-31, 20261231, 31.12.2026, 31/12/26, 31/12 or 31.12.; the year may be left out.

    Raises:
        ValueError: this is no day, such as 31.2.
    """
    words = text.strip()
    if not words:
        return None
    for pattern, names in WRITTEN:
        if found := pattern.match(words):
            parts = dict(zip(names, map(int, found.groups()), strict=True))
            year = parts.get("year", 2000 + parts["short"] if "short" in parts else today.year)
            return date(year, parts["month"], parts["day"])
    raise ValueError(words)


class DayField(QLineEdit):
    """A day, typed in any usual way and written out in one when the field is left. Empty means no day."""

    changed = Signal()

    def __init__(self, today: date, day: date | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.set_day(day)
        self.editingFinished.connect(self._tidy)
        self.textChanged.connect(self.changed)

    def day(self) -> date | None:
        """The day typed; None when empty. Raises ValueError when it is no day."""
        return parse_day(self.text(), self._today)

    def is_day(self) -> bool:
        """Whether what stands there can be read: a day, or nothing."""
        try:
            self.day()
        except ValueError:
            return False
        return True

    def set_day(self, day: date | None) -> None:
        """Show this day."""
        self.setText(day.isoformat() if day else "")

    def _tidy(self) -> None:
        if self.is_day() and self.text().strip():
            with QSignalBlocker(self):
                self.set_day(self.day())


class CodeField(QComboBox):
    """A choice among codes: the code is stored, its label shown. A code no longer offered stays visible as itself."""

    def __init__(self, choices: Iterable[tuple[str, str]] = (), code: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(16)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentIndexChanged.connect(self._chosen)
        self.set_choices(choices)
        if code:
            self.set_code(code)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (code, label); what was chosen stays chosen."""
        now = self.code()
        self.clear()
        for code, label in choices:
            self.addItem(label, code)
        if now:
            self.set_code(now)

    def code(self) -> str:
        """The code chosen; empty when there is none."""
        return str(self.currentData() or "")

    def label_of(self, code: str) -> str:
        """What a code is called here; one that is not offered as itself."""
        place = self.findData(code)
        return self.itemText(place) if place >= 0 else code

    def set_code(self, code: str) -> None:
        """Choose a code, offered or not."""
        place = self.findData(code)
        if place < 0 and code:
            self.addItem(code, code)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def minimumSizeHint(self) -> QSize:
        """What is chosen is shown whole, up to a width that fits any window."""
        size, theme = super().minimumSizeHint(), current_theme()
        need = QFontMetrics(self.font()).horizontalAdvance(self.currentText()) + theme.px(46)
        return QSize(max(size.width(), min(need, theme.px(WIDEST))), size.height())

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(self.minimumSizeHint())

    def _chosen(self) -> None:
        self.setToolTip(tip(self.currentText()))
        self.updateGeometry()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the form never changes a value."""
        event.ignore()


class TextArea(QPlainTextEdit):
    """Plain text over some lines; Tab goes to the next field, Enter is a new line, Ctrl+Enter is left to the page."""

    def __init__(self, text: str = "", lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._fit()

    def _fit(self) -> None:
        self.document().setDocumentMargin(2)
        self.setMinimumHeight(self._room())
        self.updateGeometry()

    def _room(self) -> int:
        return self.fontMetrics().lineSpacing() * self._lines + current_theme().px(18)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._room())

    def text(self) -> str:
        """What is written."""
        return self.toPlainText()

    def setText(self, text: str) -> None:
        """Write this instead."""
        self.setPlainText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_lines"):
            self._fit()


class Form(QWidget):
    """Fields below each other, label above or beside each; every field has a key by which a slip is marked.

    Args:
        beside: Labels in a column of their own on the left, for short dense forms.
    """

    edited = Signal(str)  # the key of the field the user changed

    def __init__(self, *, beside: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beside = beside
        self._fields: dict[str, QWidget] = {}
        self._names: dict[str, QLabel] = {}
        self._errors: dict[str, QLabel] = {}
        self._hints: dict[str, str] = {}
        theme = current_theme()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(12))
        self._grid.setColumnStretch(1, 1)

    def add(self, key: str, label: str, field: W, hint: str = "", *, required: bool = False) -> W:
        """Add a field; gives it back. A required one bears a star and says so to readers."""
        name = plain_label(f"{label} *" if required else label, "dim" if self._beside else "heading", wrap=not self._beside)
        name.setBuddy(field)
        field.setAccessibleName(label)
        field.setAccessibleDescription(hint)
        error = plain_label(hint, "small", wrap=True)
        error.setVisible(bool(hint))
        box = QVBoxLayout()
        box.setSpacing(current_theme().px(4))
        if not self._beside:
            box.addWidget(name)
        box.addWidget(field)
        box.addWidget(error)
        line = self._grid.rowCount()
        if self._beside:
            self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            name.setContentsMargins(0, current_theme().px(6), 0, 0)
            self._grid.addLayout(box, line, 1)
        else:
            self._grid.addLayout(box, line, 0, 1, 2)
        self._fields[key], self._names[key], self._errors[key], self._hints[key] = field, name, error, hint
        self._listen(key, field)
        return field

    def field(self, key: str) -> QWidget:
        """The field of that key."""
        return self._fields[key]

    def show_field(self, key: str, shown: bool) -> None:
        """Let a field with its label come or go; what stands in it stays."""
        for part in (self._fields[key], self._names[key]):
            part.setVisible(shown)
        self._errors[key].setVisible(shown and bool(self._errors[key].text()))

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in reading order."""
        return tuple(self._fields)

    def values(self) -> dict[str, str]:
        """What stands in each field, codes as they are stored."""
        return {key: self._value(key) for key in self._fields}

    def write(self, values: Mapping[str, str]) -> None:
        """Put these into the fields; what they hold already is left alone, and so is what this form does not have."""
        for key in self.keys:
            if key in values and values[key] != self._value(key):
                field = self._fields[key]
                field.set_code(values[key]) if isinstance(field, CodeField) else field.setText(values[key])  # type: ignore[attr-defined]

    def _value(self, key: str) -> str:
        field = self._fields[key]
        return field.code() if isinstance(field, CodeField) else str(field.text())  # type: ignore[attr-defined]

    def mark(self, key: str, text: str) -> bool:
        """Say under a field what is wrong with it and go there; it is cleared by the next edit. False: no such field here."""
        if key not in self._fields:
            return False
        self._say(key, text, wrong=True)
        self._fields[key].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def clear_marks(self) -> None:
        """Take all marks off."""
        for key in self._fields:
            self._clear(key)

    def _clear(self, key: str) -> None:
        if self._fields[key].property("wrong"):
            self._say(key, self._hints[key], wrong=False)

    def _say(self, key: str, text: str, *, wrong: bool) -> None:
        field, label = self._fields[key], self._errors[key]
        label.setText(f"! {text}" if wrong else text)
        label.setVisible(bool(text))
        label.setProperty("role", "error" if wrong else "small")
        field.setProperty("wrong", wrong)
        field.setAccessibleDescription(text)
        for widget in (label, field):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _listen(self, key: str, field: QWidget) -> None:
        """Hear of every edit, whatever the kind of the field."""
        for name in ("textChanged", "currentIndexChanged", "valueChanged", "dateChanged", "toggled"):
            signal = getattr(field, name, None)
            if signal is not None and not (name == "toggled" and not isinstance(field, QAbstractButton)):
                signal.connect(lambda *_values: self._edited(key))
                return

    def _edited(self, key: str) -> None:
        self._clear(key)
        self.edited.emit(key)
