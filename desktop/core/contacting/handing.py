"""Handing a number or an address of somebody to the telephone or the mail program: only after asking whether they may be contacted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from db.texts import Msgid, _
from desktop.core.contacting.allowed import may_contact, plan_contact
from desktop.core.contacting.rules import SENTENCES, Answer
from desktop.core.context import ModuleContext

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

NOBODY = _("No program on this computer takes this. Use the number or address as it stands.")


def hand_off_contact(
    context: ModuleContext,
    owner: QObject,
    person_id: UUID,
    channel: str,
    url: str,
    *,
    purpose: str = "",
    asked: bool = False,
    begun: Callable[[], object] = lambda: None,
    nobody: Msgid = NOBODY,
) -> None:
    """Ask the rules as they are at this moment, then hand `url` over; a refusal is told in words and hands over nothing.

    Args:
        url: Such as `tel:+46…`; empty where the user dials by hand, who is told all the same.
        begun: Called when nothing stands in the way, before the other program opens.
        nobody: What is told when no program takes it.
    """
    clock = context.clock

    def ask(session: Session) -> Answer:
        plan = plan_contact(session, channel, purpose, asked=asked)
        return may_contact(session, (person_id,), plan, now=clock.now(), today=clock.today(), ways=False)

    def answered(answer: Answer) -> None:
        say, messages = context.texts.say, context.messages
        if person_id in answer.stopped:
            messages.say(say(_("{why} Nothing was dialled or opened."), why=say(SENTENCES[answer.stopped[person_id]])), "warn")
            return
        if person_id in answer.pressed:
            messages.say(say(_("This person was contacted often lately. Look at the timeline first.")), "warn")
        begun()
        if url and not context.hand_off(url):
            messages.say(say(nobody), "warn")

    failed = partial(context.messages.show, doing=_("asking whether this person may be contacted"))
    context.tasks.read(owner, ask, answered, failed, slot="may_contact")
