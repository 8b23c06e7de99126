"""Who looked at numbers that are shown masked, when and why: for whoever is responsible for personal data."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.accounts import User, list_users
from db.looks import LookFilter, LookLine, looks, name_of
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.widgets.buttons import chip
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, flow, spread
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme
from desktop.widgets.timeline import TimelineEntry, TimelineView

LINES = 50
PERIODS = {
    "": _("At any time"),
    "1": _("Today"),
    "7": _("The last 7 days"),
    "30": _("The last 30 days"),
    "365": _("The last year"),
}


class LooksPage(QWidget):
    """The newest first, by person, user and time; with `person_id` only looks at that person, until the chip is removed."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._person = context, context.texts.say, person_id
        say = self._say
        self.setWindowTitle(say(_("Who looked")))
        self._lines: dict[UUID, LookLine] = {}
        self.search = SearchBox(say(_("Search a person")))
        self.only = chip(say(_("One person")))
        self.only.setVisible(person_id is not None)
        self.search.setVisible(person_id is None)
        self.who = CodeField([("", say(_("All users")))])
        self.who.setAccessibleName(say(_("User")))
        self.since = CodeField([(code, say(text)) for code, text in PERIODS.items()])
        self.since.setAccessibleName(say(_("Time")))
        self.view = TimelineView(
            say(_("Looks")), say(_("Show earlier")), say(_("Nobody looked at a number, or nothing fits the choice above."))
        )
        self._lay_out()
        self.search.settled.connect(lambda _text: self.look())
        self.only.removed.connect(self._everybody)
        self.only.clicked.connect(self._everybody)
        for field in (self.who, self.since):
            field.currentIndexChanged.connect(lambda _index: self.look())
        self.view.opened.connect(self._open)
        self.view.earlier_wanted.connect(self._earlier)
        context.tasks.read(self, list_users, self._offer_users, context.messages.show, slot="users")
        if person_id is not None:
            context.tasks.read(self, partial(name_of, person_id=person_id), self.only.setText, context.messages.show, slot="name")

    def _lay_out(self) -> None:
        theme, say = current_theme(), self._say
        if isinstance(self._context.database.address, Path):
            about = _("Kept in the file. Whoever can open it with another program can read the numbers without being seen here.")
        else:
            about = _("Kept by the server before anything is shown; nobody can change or take back a line.")
        edge = theme.px(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.px(10))
        layout.addWidget(PageHeader(say(_("Who looked"))))
        layout.addWidget(plain_label(say(about), "dim", wrap=True))
        layout.addWidget(spread(self.search, flow(self.only, self.who, self.since)))
        self.view.setMinimumHeight(4 * theme.row_height)
        layout.addWidget(self.view, 1)

    def look(self) -> None:
        """Read the newest lines that fit."""
        self._read(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def _read(self, before: int | None) -> None:
        people = None if self._person is None else (self._person,)
        user, days = self.who.code(), self.since.code()
        since = self._beginning(int(days)) if days else None
        wanted = LookFilter(UUID(user) if user else None, since, people, self.search.text())
        self._context.tasks.read(
            self,
            partial(looks, wanted=wanted, before=before, limit=LINES),
            self._show if before is None else self._add,
            lambda error: self._context.messages.show(error, _("reading who looked")),
            slot="looks",
        )

    def _beginning(self, days: int) -> datetime:
        clock = self._context.clock
        return datetime.combine(clock.today() - timedelta(days=days - 1), time(), clock.zone)

    def _show(self, lines: list[LookLine]) -> None:
        self._lines = {line.id: line for line in lines}
        self.view.set(map(self._entry, lines), more=len(lines) == LINES)

    def _add(self, lines: list[LookLine]) -> None:
        self._lines |= {line.id: line for line in lines}
        self.view.add_earlier([self._entry(line) for line in lines], more=len(lines) == LINES)

    def _earlier(self, last: TimelineEntry | None) -> None:
        if last is not None:
            self._read(self._lines[last.id].number)

    def _entry(self, line: LookLine) -> TimelineEntry:
        texts = self._context.texts
        if line.person_id is None:
            compared = ngettext("Compared {count} number with the register", "Compared {count} numbers with the register")
            title = texts.say_n(compared, line.amount)
        else:
            title = line.person or self._say(_("Somebody who is no longer there"))
        about = " · ".join(filter(None, (line.user, texts.moment(line.at), line.address)))
        return TimelineEntry(line.id, title, tuple(filter(None, (line.reason, about))))

    def _open(self, id: UUID) -> None:
        line = self._lines.get(id)
        if line is not None and line.person and line.person_id is not None and self._context.may("people.view"):
            self._context.navigate("people.record", person_id=line.person_id)

    def _everybody(self, *_clicked: object) -> None:
        self._person = None
        self.only.hide()
        self.search.show()
        self.search.setFocus()
        self.look()

    def _offer_users(self, users: list[User]) -> None:
        self.who.set_choices([("", self._say(_("All users"))), *((str(user.id), user.name) for user in users)])
