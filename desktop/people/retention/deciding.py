"""The form in which somebody decides that all on a list are disposed of: on which case, why, and how many they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.fields import Fields
from desktop.people.retention.beside import Beside
from desktop.people.step_box import StepBox


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `count` and `decision` are called when the form is sent, not when it opens."""

    heading: str
    said: Msgid
    how_many: Msgid  # asks for the number
    doing: Msgid  # what failed, for the message
    verb: str
    count: Callable[[], int]
    decision: Callable[[str, str], Callable[[Session, datetime], UUID]]  # of reason and case: the step, which gives the disposal


class DecideFields(Fields):
    """On which decision, why, and how many: the number is typed so that it is nobody else."""

    def __init__(self, context: ModuleContext, how_many: Msgid) -> None:
        super().__init__(context)
        self.text(
            "case", _("Case or decision"), hint=_("Its number in the diary, without names: it is kept for good"), required=True
        )
        self.text("reason", _("Reason"), hint=_("Stands on the certificate; without names"), required=True)
        self.text("count", how_many, hint=_("As it stands above the list"), required=True)


def ask(context: ModuleContext, beside: Beside, question: Question, act: QWidget, decided: Callable[[Any], None]) -> None:
    """Open the form beside the list.

    Args:
        act: What opened it; has the keyboard again when nothing was decided.
        decided: Told the id of the disposal.
    """
    form = DecideFields(context, question.how_many)

    def prepare() -> Callable[[], UUID]:
        if form.read("count").strip() != str(question.count()):
            raise RuleBroken(_("This is not how many are due."), _("Type the number as it stands above the list."), field="count")
        decide, now = question.decision(form.read("reason"), form.read("case")), context.clock.now()

        def step() -> UUID:
            with context.database.write(context.actor, question.verb) as session:
                return decide(session, now)

        return step

    def did(disposal: Any) -> None:
        beside.close_form()
        decided(disposal)

    def leave() -> None:
        beside.close_form()
        act.setFocus()

    say = context.texts.say
    box = StepBox(
        context, question.heading, form, prepare, say(_("Dispose of them for good")), say(question.said), question.doing
    )
    box.closed.connect(leave)
    box.done.connect(did)
    beside.open(box)
    box.start()
