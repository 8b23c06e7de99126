"""When to call back, typed or chosen by keyboard, and whose promise it is."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from db.texts import _
from desktop.core.clock import Clock
from desktop.core.texts import Texts
from desktop.modules.phones.when import parse_when
from desktop.widgets.buttons import choice_button, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.labels import plain_label, set_tone
from desktop.widgets.panels import column, row

# What the quick buttons write; every reader's own words are understood.
QUICK = (_("1 h"), _("today 16"), _("tomorrow 10"), _("Monday 10"))


class CallbackField(QWidget):
    """A line to type a time into, with what was understood under it."""

    changed = Signal()

    def __init__(self, texts: Texts, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say, self._clock = texts, texts.say, clock
        self.line = QLineEdit()
        self.line.setPlaceholderText(self._say(_("For example: {example}"), example=self._say(QUICK[2])))
        self.line.setAccessibleName(self._say(_("Call back when")))
        self.understood = plain_label("", "small", wrap=True)
        self.mine = choice_button(self._say(_("Me")), "Alt+M")
        self.anyone = choice_button(self._say(_("Anyone")), "Alt+A")
        self._whose = QButtonGroup(self)
        for button in (self.mine, self.anyone):
            button.setMinimumWidth(0)
            self._whose.addButton(button)
        self.mine.setChecked(True)
        heading = plain_label(self._say(_("Call back when")), "heading")
        heading.setBuddy(self.line)
        quick = QWidget()
        flow = FlowLayout(quick)
        for words in QUICK:
            button = quiet_button(self._say(words))
            button.clicked.connect(partial(self._write, button.text()))
            flow.addWidget(button)
        self.setLayout(column(heading, row(self.line, self.mine, self.anyone), self.understood, quick, gap=6))
        self.line.textChanged.connect(self._tell)
        self._minute = QTimer(self, interval=30_000)
        self._minute.timeout.connect(self._tell)
        self._minute.start()

    def moment(self) -> datetime | None:
        """What was understood; None when nothing can be."""
        try:
            return parse_when(self.line.text(), self._clock.now(), self._clock.zone)
        except ValueError:
            return None

    def clear(self) -> None:
        """Start afresh: no time, my own promise."""
        self.line.clear()
        self.mine.setChecked(True)

    def show_slip(self, text: str) -> None:
        """Say what is wrong with the time."""
        self.understood.setText(text)
        set_tone(self.understood, "bad")
        self.line.setFocus()

    def _write(self, words: str) -> None:
        self.line.setText(words)
        self.line.setFocus()

    def _tell(self) -> None:
        typed, moment = self.line.text().strip(), self.moment()
        if moment is not None:
            self.understood.setText(
                self._say(
                    _("{weekday} {moment} ({ago})"),
                    weekday=self._texts.weekday(moment.astimezone(self._clock.zone).date()),
                    moment=self._texts.moment(moment),
                    ago=self._texts.ago(moment),
                )
            )
        else:
            self.understood.setText(self._say(_("This time is not understood yet.")) if typed else "")
        set_tone(self.understood, "warn" if typed and moment is None else "")
        self.changed.emit()
