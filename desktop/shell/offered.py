"""Places that modules offer in the search box: read in the background when it gets the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext, Navigate
from desktop.core.going import Going
from desktop.core.messages import Message
from desktop.shell.commands import Command
from desktop.shell.containment import attempt
from desktop.shell.desk import Desk


class OfferedPlaces(QObject):
    """What was read last, as commands; a module that fails offers nothing until it is asked again."""

    def __init__(self, desk: Desk, navigate: Navigate, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._navigate = desk, navigate
        self.commands: tuple[Command, ...] = ()

    def load(self, done: Callable[[], None]) -> None:
        """Read them anew, then call `done`."""
        context = self._desk.context(self._navigate)

        def take(found: list[Command]) -> None:
            self.commands = tuple(found)
            done()

        self._desk.tasks.read(self, partial(self._read, context=context), take, self._desk.messages.show, slot="offered")

    def _read(self, session: Session, context: ModuleContext) -> list[Command]:
        found: list[Command] = []
        for offer in context.offers("commands"):
            make = partial(_goings, context, offer.contribution.opens, session)
            goings = attempt(make, self._desk.registry, self._desk.messages, _("looking for what modules offer"))
            if not isinstance(goings, Message):
                title = self._desk.say(offer.contribution.title)
                found += [self._command(going, title) for going in goings]
        return found

    def _command(self, going: Going, title: str) -> Command:
        run = partial(self._navigate, going.page, **going.arguments)
        return Command(f"go.{going.key}", going.title, run, "go", title)


def _goings(context: ModuleContext, opens: str, session: Session) -> list[Going]:
    found: list[Going] = context.load(opens)(session, context)
    return found
