"""Who exported lists of people, when, how many, which columns, why and for whom: for whoever is responsible for personal data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.exports.service import Exported, exports
from desktop.people.kept_log import LogPage
from desktop.people.views.columns import BY_KEY
from desktop.widgets.panels import flow
from desktop.widgets.portions import Portions
from desktop.widgets.timeline import TimelineEntry, TimelineView

LINES = 50


class ExportsPage(LogPage):
    """The newest first, by user and time."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent, _("Who exported"))
        say = self._say
        self.view = TimelineView(
            say(_("Exports")), say(_("Show earlier")), say(_("Nobody exported a list, or nothing fits the choice above."))
        )
        self._lines: Portions[Exported] = Portions(self.view, self._entry, self._read, LINES)
        about = _("Each line was kept before the file was there. Nobody can change it or take it back.")
        self._lay_out(about, flow(self.who, self.since))

    def _read(self, before: Exported | None, done: Callable[[list[Exported]], None]) -> None:
        number = before.number if before is not None else None
        self._context.tasks.read(
            self,
            partial(exports, user=self.choice.user(), since=self.choice.beginning(), before=number, limit=LINES),
            done,
            lambda error: self._context.messages.show(error, _("reading who exported")),
            slot="exports",
        )

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
