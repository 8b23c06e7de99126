"""What was typed about something that is gone: kept in sight, to be read and copied, until it is thrown away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import TextArea
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, row

MOST_LINES = 10  # before the text scrolls


class KeptText(Card):
    """Names and values below each other.

    Args:
        why: What became of the thing it is about.
    """

    thrown_away = Signal()

    def __init__(self, texts: Texts, why: str, words: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        say = texts.say
        super().__init__(say(_("What you typed, and is not saved")), parent)
        self.setAccessibleName(self.heading.text())
        text = "\n".join(f"{name}: {value}" for name, value in words)
        self.text = TextArea(text, min(max(2, text.count("\n") + 1), MOST_LINES))
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.heading.text())
        self.copy_button, self.drop_button = quiet_button(say(_("Copy"))), quiet_button(say(_("Throw it away")))
        self.copy_button.clicked.connect(self.copy)
        self.drop_button.clicked.connect(self.thrown_away)
        self._copied = say(_("Copied."))
        self.add(plain_label(why, wrap=True, tone="warn"))
        self.add(self.text)
        self.add(row(None, self.drop_button, self.copy_button))

    def copy(self) -> None:
        """Put all of it where it can be pasted from."""
        QGuiApplication.clipboard().setText(self.text.text())
        announce(self, self._copied)
