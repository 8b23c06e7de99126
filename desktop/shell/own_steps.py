"""Undoing what was just done: the steps of this session, named before the newest one is taken back."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from db.changes import Moved
from db.errors import RuleBroken
from db.texts import _
from desktop.core.messages import Message

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.history import HistoryLine
    from desktop.core.context import ModuleContext
    from desktop.shell.desk import Desk

REMEMBERED = 100  # steps; what is older is in the history


class OwnSteps(QObject):
    """Remembers what was saved here since the database was opened. Asked once it names the newest step, asked again undoes it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._steps: deque[UUID] = deque(maxlen=REMEMBERED)
        self._offered: tuple[UUID, Message | None] | None = None
        desk.changes.changed.connect(self._heard)

    def undo(self, context: ModuleContext, seen: bool) -> None:
        """Name the newest step that stands, or, where its name is in sight, take it back.

        Args:
            seen: Whether the message told last can still be seen.
        """
        desk = self._desk
        if seen and self._offered is not None and desk.messages.last is self._offered[1]:
            (step, _message), self._offered = self._offered, None
            self._take(context, step)
            return
        done = partial(self._offer, context)
        desk.tasks.read(self, self._find, done, desk.messages.show, slot="own step")

    def _heard(self, moved: Moved) -> None:
        if moved.change_set is not None and not moved.by_others:
            self._steps.append(moved.change_set)

    def _find(self, session: Session) -> HistoryLine:
        from db.history import history_query, line_of  # nothing a start needs
        from db.models.history import ChangeSet

        verbs = self._desk.registry.verbs()
        own = history_query().where(ChangeSet.id.in_(tuple(self._steps))).order_by(ChangeSet.number.desc())
        for line in map(line_of, session.execute(own)):
            known = verbs.get(line.verb)
            if not line.taken_back and line.takes_back is None and (known is None or known.undoable):
                return line
        raise RuleBroken(_("There is nothing of yours to take back."), _("Older changes are in the history."))

    def _offer(self, context: ModuleContext, line: HistoryLine) -> None:
        from desktop.core.history_words import say_change

        say, messages = self._desk.say, self._desk.messages
        words = say_change(line, self._desk.registry.verbs(), self._desk.texts)
        messages.say(
            say(_("Last change: {what}. Ctrl+Z once more takes it back."), what=words),
            action_text=say(_("Take back")),
            action=partial(self._take, context, line.id),
        )
        self._offered = line.id, messages.last

    def _take(self, context: ModuleContext, step: UUID) -> None:
        from desktop.shell.acts import take_back_now

        take_back_now(context, context.messages, step)
