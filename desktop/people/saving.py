"""Editing in place: fields, the buttons under them, and what happens when saving does not work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.database import own_change_set
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, take_back
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.panels import Card, row
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme

Service = Callable[[Session], Any]  # one step of a service with everything but the session filled in


class EditBox(Card):
    """A form that saves one step. Ctrl+Enter saves; Escape closes while nothing was typed, and never loses text.

    Args:
        form: The fields; a slip is marked where it is.
        prepare: Reads the fields and gives the step to carry out; may raise `RuleBroken`.
        verb: The step's name in the history.
        save_text: What the button says, a verb.
        said: What is told when it is saved; with it comes the offer to take it back.
    """

    saved = Signal(object)  # what the step gave
    closed = Signal()

    def __init__(
        self,
        context: ModuleContext,
        heading: str,
        form: Form,
        prepare: Callable[[], Service],
        *,
        verb: str,
        about: Iterable[UUID] = (),
        save_text: str,
        said: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, parent)
        self._context, self.form, self._prepare = context, form, prepare
        self._verb, self._about, self._said = verb, tuple(about), said
        self._typed = self._saving = False
        say = context.texts.say
        self.banner = Banner(say(_("Close this message")))
        self.save_button, self.cancel_button = primary_button(save_text), quiet_button(say(_("Cancel")))
        self.save_button.setAccessibleDescription(say(_("Ctrl+Enter")))
        self.add(self.banner)
        self.add(form)
        self.add(row(None, self.cancel_button, self.save_button))
        self.setAccessibleName(heading)
        self.heading.setProperty("role", "strong")
        self.body.setSpacing(current_theme().px(12))
        form.edited.connect(self._edited)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.close_box)

    @property
    def typed(self) -> bool:
        """Whether something was typed that is not saved."""
        return self._typed

    def start(self) -> None:
        """Put the cursor into the first field."""
        if self.form.keys:
            self.form.field(self.form.keys[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def state(self) -> dict[str, str]:
        """What stands in the fields, to be put into a form made anew in another language."""
        return self.form.values()

    def restore(self, state: Mapping[str, str]) -> None:
        """Put back what `state` gave; what was typed counts as typed."""
        self.form.write(state)

    def save(self) -> None:
        """Save what is typed; it stays in the fields until it is stored."""
        if self._saving:
            return
        try:
            service = self._prepare()
        except RuleBroken as broken:
            self._fail(broken)
            return
        self._hold(True)
        self._context.tasks.write(
            self, partial(_step, service=service), self._done, self._fail, verb=self._verb, about=self._about
        )

    def close_box(self) -> None:
        """Let go of the form and of what was typed."""
        self._typed = False
        self.closed.emit()

    def meet_conflict(self) -> bool:
        """What a form does that knows how it began; False: it is told as any other error."""
        return False

    def _edited(self, _key: str) -> None:
        self._typed = True

    def _hold(self, saving: bool) -> None:
        self._saving = saving
        self.save_button.setEnabled(not saving)

    def _done(self, answer: tuple[Any, UUID]) -> None:
        self._hold(False)
        self._typed = False
        value, change_set = answer
        if self._said:
            say_saved(self._context, self._said, change_set)
        self.saved.emit(value)
        self.closed.emit()

    def _fail(self, error: Exception) -> None:
        self._hold(False)
        if isinstance(error, Conflict) and self.meet_conflict():
            return
        tell_slip(self._context.messages.explain(error, _("saving")), self.form, self.banner)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() not in (
            self.save_button,
            self.cancel_button,
        ):
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Escape and not self._typed:
            self.close_box()
        else:
            super().keyPressEvent(event)


def write(
    context: ModuleContext,
    owner: QObject,
    service: Service,
    *,
    verb: str,
    said: str,
    doing: Msgid,
    about: Iterable[UUID] = (),
    done: Callable[[Any], object] = lambda _value: None,
    failed: Callable[[Exception], object] | None = None,
) -> None:
    """Carry out one step without a form, tell that it is done, and offer to take it back.

    Args:
        done: Given what the step gave, after it was told.
        failed: Tells an error at its place instead of a message.
    """

    def saved(answer: tuple[Any, UUID]) -> None:
        say_saved(context, said, answer[1])
        done(answer[0])

    def told(error: Exception) -> None:
        failed(error) if failed is not None else context.messages.show(error, doing)

    context.tasks.write(owner, partial(_step, service=service), saved, told, verb=verb, about=about)


def say_saved(context: ModuleContext, said: str, change_set: UUID) -> None:
    """Tell that a step is saved, with the offer to take it back."""
    say, messages = context.texts.say, context.messages

    def undo() -> None:
        context.tasks.write(
            messages,
            partial(take_back, change_set=change_set),
            lambda _done: messages.say(say(_("Taken back: {what}"), what=said)),
            lambda error: messages.show(error, _("taking back")),
            verb=TAKE_BACK,
        )

    messages.say(said, action_text=say(_("Take back")), action=undo)


def _step(session: Session, service: Service) -> tuple[Any, UUID]:
    return service(session), own_change_set(session)
