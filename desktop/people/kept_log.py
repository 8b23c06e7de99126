"""A page of what is kept about who did what with personal data: its lines, narrowed by user and time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.accounts import User, list_users
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader
from desktop.widgets.portions import Portions
from desktop.widgets.theme import current_theme
from desktop.widgets.timeline import TimelineView

PERIODS = {
    "": _("At any time"),
    "1": _("Today"),
    "7": _("The last 7 days"),
    "30": _("The last 30 days"),
    "365": _("The last year"),
}


class LogChoice(QObject):
    """By which user and since when: the fields `who` and `since`, which the page puts where it likes."""

    changed = Signal()

    def __init__(self, context: ModuleContext, page: QObject) -> None:
        super().__init__(page)
        self._clock, self._say = context.clock, context.texts.say
        say = self._say
        self.who = CodeField([("", say(_("All users")))])
        self.who.setAccessibleName(say(_("User")))
        self.since = CodeField([(code, say(text)) for code, text in PERIODS.items()])
        self.since.setAccessibleName(say(_("Time")))
        for field in (self.who, self.since):
            field.currentIndexChanged.connect(lambda _index: self.changed.emit())
        context.tasks.read(self, list_users, self._offer_users, context.messages.show, slot="users")

    def user(self) -> UUID | None:
        """Whose lines are wanted; None: everybody's."""
        code = self.who.code()
        return UUID(code) if code else None

    def beginning(self) -> datetime | None:
        """The first moment wanted; None: from the beginning."""
        days, clock = self.since.code(), self._clock
        return datetime.combine(clock.today() - timedelta(days=int(days) - 1), time(), clock.zone) if days else None

    def _offer_users(self, users: list[User]) -> None:
        self.who.set_choices([("", self._say(_("All users"))), *((str(user.id), user.name) for user in users)])


class LogPage(QWidget):
    """The newest lines first; they are read anew whenever the page comes into sight or another choice is made."""

    view: TimelineView
    _lines: Portions[Any]

    def __init__(self, context: ModuleContext, parent: QWidget | None, title: Msgid) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setWindowTitle(self._say(title))
        self.choice = LogChoice(context, self)
        self.who, self.since = self.choice.who, self.choice.since
        self.choice.changed.connect(self.look)

    def look(self) -> None:
        """Read the newest lines that fit."""
        self._lines.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def _lay_out(self, about: Msgid, tools: QWidget) -> None:
        """Put all in its place: what the reader should know about the log, what narrows it, and its lines."""
        theme = current_theme()
        edge = theme.px(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.px(10))
        layout.addWidget(PageHeader(self.windowTitle()))
        layout.addWidget(plain_label(self._say(about), "dim", wrap=True))
        layout.addWidget(tools)
        self.view.setMinimumHeight(4 * theme.row_height)
        layout.addWidget(self.view, 1)
