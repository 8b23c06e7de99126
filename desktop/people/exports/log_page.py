"""Who exported lists of people, when, how many, which columns, why and for whom: for whoever is responsible for personal data."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.accounts import User, list_users
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.exports.service import Exported, exports
from desktop.people.looks_page import PERIODS
from desktop.people.views.columns import BY_KEY
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, flow
from desktop.widgets.theme import current_theme
from desktop.widgets.timeline import TimelineEntry, TimelineView

LINES = 50


class ExportsPage(QWidget):
    """The newest first, by user and time."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        say = self._say
        self.setWindowTitle(say(_("Who exported")))
        self._numbers: dict[UUID, int] = {}
        self.who = CodeField([("", say(_("All users")))])
        self.who.setAccessibleName(say(_("User")))
        self.since = CodeField([(code, say(text)) for code, text in PERIODS.items()])
        self.since.setAccessibleName(say(_("Time")))
        self.view = TimelineView(
            say(_("Exports")), say(_("Show earlier")), say(_("Nobody exported a list, or nothing fits the choice above."))
        )
        self._lay_out()
        for field in (self.who, self.since):
            field.currentIndexChanged.connect(lambda _index: self.look())
        self.view.earlier_wanted.connect(self._earlier)
        context.tasks.read(self, list_users, self._offer_users, context.messages.show, slot="users")

    def _lay_out(self) -> None:
        theme, say = current_theme(), self._say
        about = say(_("Each line was kept before the file was there. Nobody can change it or take it back."))
        edge = theme.px(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.px(10))
        layout.addWidget(PageHeader(say(_("Who exported"))))
        layout.addWidget(plain_label(about, "dim", wrap=True))
        layout.addWidget(flow(self.who, self.since))
        self.view.setMinimumHeight(4 * theme.row_height)
        layout.addWidget(self.view, 1)

    def look(self) -> None:
        """Read the newest lines that fit."""
        self._read(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def _read(self, before: int | None) -> None:
        user, days, clock = self.who.code(), self.since.code(), self._context.clock
        since = datetime.combine(clock.today() - timedelta(days=int(days) - 1), time(), clock.zone) if days else None
        self._context.tasks.read(
            self,
            partial(exports, user=UUID(user) if user else None, since=since, before=before, limit=LINES),
            self._show if before is None else self._add,
            lambda error: self._context.messages.show(error, _("reading who exported")),
            slot="exports",
        )

    def _show(self, lines: list[Exported]) -> None:
        self._numbers = {line.id: line.number for line in lines}
        self.view.set(map(self._entry, lines), more=len(lines) == LINES)

    def _add(self, lines: list[Exported]) -> None:
        self._numbers |= {line.id: line.number for line in lines}
        self.view.add_earlier([self._entry(line) for line in lines], more=len(lines) == LINES)

    def _earlier(self, last: TimelineEntry | None) -> None:
        if last is not None:
            self._read(self._numbers[last.id])

    def _entry(self, line: Exported) -> TimelineEntry:
        texts, say = self._context.texts, self._say
        title = texts.say_n(ngettext("{count} person in {file}", "{count} people in {file}"), line.people, file=line.file)
        why = line.reason.purpose
        if line.reason.recipient:
            why = say(_("{purpose} – for {recipient}"), purpose=why, recipient=line.reason.recipient)
        columns = ", ".join(say(BY_KEY[key].title) if key in BY_KEY else key for key in line.columns)
        held = say(_("with addresses on hold")) if line.held else ""
        shown = " · ".join(filter(None, (line.choice, columns, held)))
        return TimelineEntry(line.id, title, (why, shown, f"{line.user} · {texts.moment(line.at)}"))

    def _offer_users(self, users: list[User]) -> None:
        self.who.set_choices([("", self._say(_("All users"))), *((str(user.id), user.name) for user in users)])
