"""What the user is told: slips, the world's refusals and our defects, each in its own way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from db.errors import RuleBroken, Told
from db.texts import Msgid, _
from desktop.core.log import new_reference
from desktop.core.texts import Texts

log = logging.getLogger(__name__)

Kind = Literal["rule", "world", "defect", "said"]
Tone = Literal["", "ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be shown as plain text.

    `field` names the input a rule is about, `reference` what a defect is logged under, `action` what a button called
    `action_text` does, such as taking back what was just saved.
    """

    kind: Kind
    text: str
    to_do: str = ""
    tone: Tone = ""
    field: str = ""
    reference: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = None


class Messages(QObject):
    """`told` carries a `Message`; the window shows it. May be used from any thread."""

    told = Signal(object)
    _queued = Signal(object, str)

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.last: Message | None = None
        self.last_doing = ""  # in English
        self.last_error: Exception | None = None
        self._queued.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def use(self, texts: Texts) -> None:
        """Speak another language from now on."""
        self._texts = texts

    def show(self, error: Exception, doing: Msgid | str = "") -> None:
        """Tell of `error`, met while `doing` ("loading the prospects")."""
        if QThread.currentThread() == self.thread():
            self._show(error, doing)
        else:
            self._queued.emit(error, doing)

    def say(self, text: str, tone: Tone = "ok", *, action_text: str = "", action: Callable[[], None] | None = None) -> None:
        """Tell of something that went well, or of anything that is no error; `text` is shown as it is."""
        self._tell(Message("said", text, tone=tone, action_text=action_text, action=action))

    @Slot(object, str)
    def _show(self, error: Exception, doing: str) -> None:
        self.last_error, self.last_doing = error, str(doing)
        self._tell(self.explain(error, doing))

    def explain(self, error: Exception, doing: Msgid | str = "") -> Message:
        """What `show` would tell. A defect is logged with its traceback under a new reference."""
        say = self._texts.say
        if isinstance(error, UnicodeEncodeError):  # half a letter, as a damaged file or another program may give it
            error = RuleBroken(_("The text holds a sign that cannot be kept."), _("Write it anew without that sign."))
        if isinstance(error, Told):
            texts = say(error.what, **error.values), say(error.to_do, **error.values)
            if isinstance(error, RuleBroken):
                return Message("rule", *texts, tone="warn", field=error.field)
            return Message("world", *texts, tone="warn")
        reference = new_reference()
        log.error("%s while %s", reference, doing or "working", exc_info=error)
        happened = (
            say(_("Something went wrong while {doing}."), doing=say(Msgid(doing))) if doing else say(_("Something went wrong."))
        )
        to_do = say(_("Other modules keep working. Please report reference {reference}."), reference=reference)
        return Message("defect", happened, to_do, tone="bad", reference=reference)

    def _tell(self, message: Message) -> None:
        self.last = message
        self.told.emit(message)


def as_text(message: Message | Any) -> str:
    """The message as one paragraph."""
    return " ".join(part for part in (message.text, message.to_do) if part)
