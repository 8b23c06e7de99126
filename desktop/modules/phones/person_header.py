"""Who is called: name, studies and language on the left; the number, the clock and dialling on the right."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QLabel, QSizePolicy, QWidget

from db.models.person import HOLDS
from db.texts import Msgid, _
from desktop.core.contacting.rules import SENTENCES
from desktop.core.texts import Texts
from desktop.modules.phones import words
from desktop.modules.phones.preview import ConsoleData, Number
from desktop.widgets.buttons import Button, choice_button, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.labels import Avatar, Tag, initials, plain_label, set_tone
from desktop.widgets.panels import column, row
from desktop.widgets.theme import current_theme

ROOM = 480  # pixels at 100 %


class PersonHeader(QWidget):
    """Shows one person; `number` is the one that is dialled."""

    dialled = Signal()
    number_chosen = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self._data: ConsoleData | None = None
        self._number: Number | None = None
        self.avatar = Avatar("", 52)
        self.name = plain_label("", "title", wrap=True)
        self.who = plain_label("", "dim", wrap=True)
        self.before = Tag("", "accent")
        self.caution = plain_label("", "strong", wrap=True, tone="bad")
        self.note = plain_label("", "small", wrap=True, tone="warn")
        self.shown = plain_label("", "number")
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = plain_label("", "strong")
        for label in (self.shown, self.state):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.dial = quiet_button("", key="F2")
        self.dial.clicked.connect(self.dialled)
        self.numbers = QWidget()
        self._flow = FlowLayout(self.numbers)
        self._group = QButtonGroup(self)
        left = column(self.name, self.who, row(self.before, None), self.caution, self.note, gap=4)
        right = column(self.shown, row(None, self.state, self.dial, gap=10), gap=6)
        person = row(self.avatar, left, gap=14)
        person.setStretch(1, 1)
        person.setAlignment(self.avatar, Qt.AlignmentFlag.AlignTop)
        top = self._top = row(person, right, gap=14)
        top.setStretch(0, 1)
        top.setAlignment(right, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(top, self.numbers, gap=10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The number stands beside the name, or under it where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= current_theme().px(ROOM)
        self._top.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    @property
    def number(self) -> Number | None:
        """The number to dial; None when there is none that may be."""
        return self._number

    def show_person(self, data: ConsoleData) -> None:
        """Show somebody, with the first number that may be dialled."""
        self._data = data
        self.avatar.set(initials(data.name))
        self.name.setText(data.name)
        self.who.setText(words.who(data, self._texts))
        self.before.set(self._tries(data), "warn" if data.callback_at else "accent")
        self.before.setVisible(bool(self.before.text()))
        self.caution.setText(self._caution(data))
        self.caution.setVisible(bool(self.caution.text()))
        set_tone(self.caution, "bad" if data.against else "warn")
        self.note.setText(data.note)
        self.note.setVisible(bool(data.note))
        self._offer(data)
        self._take(data.usable[0] if data.usable else None)

    def show_state(self, text: str, tone: str, act: Msgid) -> None:
        """Say how far the call is, and what the button does next."""
        self.state.setText(text)
        self.state.setVisible(bool(text))
        set_tone(self.state, tone)
        self.dial.setText(self._say(act))

    def choose(self, number_id: object) -> None:
        """Dial this number of the person instead."""
        found = next((number for number in self._data.usable if number.id == number_id), None) if self._data else None
        if found is not None:
            self._take(found)
            self.number_chosen.emit()

    def _take(self, number: Number | None) -> None:
        self._number = number
        self.shown.setText(number.shown if number else self._say(_("no number")))
        self.shown.setAccessibleName(self._say(_("Number to dial: {number}"), number=self.shown.text()))
        self.dial.setEnabled(number is not None)

    def _tries(self, data: ConsoleData) -> str:
        """What came before: a promise, or how often and how it last ended."""
        if data.callback_at is not None:
            return self._say(_("Callback promised for {moment}"), moment=self._texts.moment(data.callback_at))
        if not data.attempts:
            return ""
        last = words.outcome(data.last_outcome, self._texts)
        return self._say(_("Try {number}, last: {outcome}"), number=data.attempts + 1, outcome=last)

    def _caution(self, data: ConsoleData) -> str:
        """Why this person may not be called after all, or that they were contacted often."""
        if data.against:
            return self._say(SENTENCES[data.against])
        return self._say(_("Contacted often lately: look at the timeline first.")) if data.pressed else ""

    def _offer(self, data: ConsoleData) -> None:
        """All numbers where there are several; those on hold say why and cannot be chosen."""
        self._flow.clear()
        self.numbers.setVisible(len(data.numbers) > 1)
        if len(data.numbers) < 2:
            return
        for number in data.numbers:
            self._flow.addWidget(self._held(number) if number.hold else self._choice(number, number == data.usable[0]))

    def _choice(self, number: Number, checked: bool) -> Button:
        button = choice_button(" · ".join(part for part in (number.label, number.shown) if part).replace("&", "&&"))
        button.setChecked(checked)
        button.clicked.connect(partial(self.choose, number.id))
        self._group.addButton(button)
        return button

    def _held(self, number: Number) -> QLabel:
        reason = self._say(HOLDS.get(number.hold, Msgid(number.hold)))
        return Tag(f"{number.shown} · {reason}", "bad")
