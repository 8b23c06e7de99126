"""The middle of the console while nobody is on it: a pause, or why the queue is empty."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.buttons import link_button, primary_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, row
from desktop.widgets.theme import current_theme


class RestView(QWidget):
    """Says in words what is the matter and offers to go on where that is possible."""

    go_on = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = texts.say
        self.title = plain_label(self._say(_("Loading…")), "title", wrap=True)
        self.why = plain_label("", "dim", wrap=True)
        for label in (self.title, self.why):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMinimumWidth(current_theme().px(200))
            label.setMaximumWidth(current_theme().px(560))
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.start = primary_button(self._say(_("Continue")), key="F4")
        self.start.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.start.clicked.connect(self.go_on)
        self.start.hide()
        self.undo = link_button("")
        self.undo.hide()
        words = column(row(None, self.title, None), row(None, self.why, None), row(None, self.start, None), gap=12)
        self.setLayout(column(row(), words, row(None, self.undo, None), gap=16, margin=24))
        layout = self.layout()
        assert layout is not None
        layout.setAlignment(words, Qt.AlignmentFlag.AlignVCenter)

    def show_state(self, paused: bool, why: list[str], somebody: bool) -> None:
        """A pause, or the reasons why nobody can be called."""
        title = _("You are resting") if paused else _("Nobody to call right now") if why else _("Loading…")
        self.title.setText(self._say(title))
        hint = [self._say(_("Whoever was on the console is back in the queue."))] if paused else []
        self.why.setText(" ".join(hint + ([] if paused and somebody else why)))
        self.start.setVisible(paused)
        if paused and self.isVisible():
            self.start.setFocus()
