"""Who looked at numbers that are shown masked, when and why: for whoever is responsible for personal data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QWidget

from db.looks import LookFilter, LookLine, looks, name_of
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.kept_log import LogPage
from desktop.widgets.buttons import chip
from desktop.widgets.panels import flow, spread
from desktop.widgets.portions import Portions
from desktop.widgets.search_box import SearchBox
from desktop.widgets.timeline import TimelineEntry, TimelineView

LINES = 50


class LooksPage(LogPage):
    """The newest first, by person, user and time; with `person_id` only looks at that person, until the chip is removed."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID | None = None) -> None:
        super().__init__(context, parent, _("Who looked"))
        self._person, say = person_id, self._say
        self.search = SearchBox(say(_("Search a person")))
        self.only = chip(say(_("One person")))
        self.only.setVisible(person_id is not None)
        self.search.setVisible(person_id is None)
        self.view = TimelineView(
            say(_("Looks")), say(_("Show earlier")), say(_("Nobody looked at a number, or nothing fits the choice above."))
        )
        self._lines: Portions[LookLine] = Portions(self.view, self._entry, self._read, LINES)
        if isinstance(context.database.address, Path):
            about = _("Kept in the file. Whoever can open it with another program can read the numbers without being seen here.")
        else:
            about = _("Kept by the server before anything is shown; nobody can change or take back a line.")
        self._lay_out(about, spread(self.search, flow(self.only, self.who, self.since)))
        self.search.settled.connect(lambda _text: self.look())
        self.only.removed.connect(self._everybody)
        self.only.clicked.connect(self._everybody)
        self.view.opened.connect(self._open)
        if person_id is not None:
            context.tasks.read(self, partial(name_of, person_id=person_id), self.only.setText, context.messages.show, slot="name")

    def _read(self, before: LookLine | None, done: Callable[[list[LookLine]], None]) -> None:
        people = None if self._person is None else (self._person,)
        wanted = LookFilter(self.choice.user(), self.choice.beginning(), people, self.search.text())
        self._context.tasks.read(
            self,
            partial(looks, wanted=wanted, before=before.number if before is not None else None, limit=LINES),
            done,
            lambda error: self._context.messages.show(error, _("reading who looked")),
            slot="looks",
        )

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
        line = self._lines.lines.get(id)
        if line is not None and line.person and line.person_id is not None and self._context.may("people.view"):
            self._context.navigate("people.record", person_id=line.person_id)

    def _everybody(self, *_clicked: object) -> None:
        self._person = None
        self.only.hide()
        self.search.show()
        self.search.setFocus()
        self.look()
