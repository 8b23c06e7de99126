"""A form and one step that no change set names, such as about somebody protected, or a decision that names nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.fields import Fields
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, row
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme

Step = Callable[[], Any]  # run beside the window's thread


class StepBox(Card):
    """A form and one step. Enter in a line, or Ctrl+Enter, does it; Escape closes. What is typed is kept nowhere else.

    Args:
        prepare: Reads the form and gives the step; may raise `RuleBroken`.
        said: What is to be known before, below the form.
    """

    done = Signal(object)
    refused = Signal(Exception)
    closed = Signal()

    def __init__(
        self, context: ModuleContext, heading: str, form: Fields, prepare: Callable[[], Step], act: str, said: str,
        doing: Msgid, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(heading, parent)
        self._context, self.form, self._prepare, self._doing = context, form, prepare, doing
        say = context.texts.say
        self.setAccessibleName(heading)
        self.heading.setProperty("role", "strong")
        self.body.setSpacing(current_theme().px(12))
        self.banner = Banner(say(_("Close this message")))
        self.act_button, self.cancel_button = primary_button(act), quiet_button(say(_("Cancel")))
        self.act_button.setAccessibleDescription(say(_("Ctrl+Enter")))
        self.add(self.banner)
        self.add(form)
        self.add(plain_label(said, "small", wrap=True))
        self.add(row(None, self.cancel_button, self.act_button))
        self.act_button.clicked.connect(self.act)
        self.cancel_button.clicked.connect(self.closed)

    def start(self) -> None:
        """Put the cursor into the first field."""
        self.form.field(self.form.keys[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def act(self) -> None:
        """Do the step, once at a time."""
        if not self.act_button.isEnabled():
            return
        try:
            step = self._prepare()
        except RuleBroken as broken:
            self._fail(broken)
            return
        self.act_button.setEnabled(False)
        self._context.tasks.read(self, lambda _session: step(), self._finish, self._fail, slot="step")

    def _finish(self, answer: object) -> None:
        self.act_button.setEnabled(True)
        self.done.emit(answer)

    def _fail(self, error: Exception) -> None:
        self.act_button.setEnabled(True)
        tell_slip(self._context.messages.explain(error, self._doing), self.form, self.banner)
        self.refused.emit(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        alone = self.form.keys[1:] in ((), ("together",))
        if enter and (alone or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.act()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
