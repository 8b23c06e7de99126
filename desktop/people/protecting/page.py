"""The page of those who handle protected identities: who is protected, by handle alone, and what was done with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.protected.people import KINDS, ProtectedLine, protected_people
from db.protected.showing import ACTS, EDITED, Event, protected_events
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.protecting.panel import ProtectedPanel
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, column, side_panel, splitter
from desktop.widgets.timeline import TimelineEntry, TimelineView

ROOM = 760  # pixels at 100 % below which list and person do not stand side by side
_LINES = UUID("01a20000-0000-7000-8000-00000000e7e4")  # ids of lines that have none are made from it


class ProtectedPage(QWidget):
    """Up and Down choose somebody. The title of the window names nobody."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        say = self._say
        self.setWindowTitle(say(_("Protected people")))
        self.lines: list[ProtectedLine] = []
        self.header = PageHeader(say(_("Protected people")))
        self.people = TimelineView(say(_("Protected people")), "", say(_("Nobody is protected. Mark somebody on their record.")))
        self.events = TimelineView(say(_("What was done")), "", say(_("Nothing was done yet.")))
        self.panel = ProtectedPanel(context)
        self._lay_out()
        self.people.stream.selectionModel().currentChanged.connect(lambda index, _before: self._point(index.row()))
        self.people.opened.connect(lambda _id: self.panel.buttons and next(iter(self.panel.buttons.values())).setFocus())
        self.panel.changed.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self.look)
        context.changes.changed.connect(self._heard)

    def _lay_out(self) -> None:
        say = self._say
        about = plain_label(
            say(_("Colleagues without this right find none of them anywhere. Each look at one is kept.")), "dim", wrap=True
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(say(_("People and what was done")))
        self.tabs.addTab(self.people, say(_("People")))
        self.tabs.addTab(self.events, say(_("What was done")))
        left = QWidget()
        body = column(self.header, about, self.tabs, gap=10, margin=16)
        body.setStretch(2, 1)
        left.setLayout(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter(left, side_panel(self.panel), sizes=(420, 520), name=say(_("List and person")), room=ROOM))

    def look(self) -> None:
        """Read who is protected and what was done, newest first."""
        show = self._context.messages.show
        self._context.tasks.read(
            self, _read, self._show, lambda error: show(error, _("reading the protected people")), slot="look"
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def state(self) -> dict[str, Any]:
        """The tab in sight, for the same page in another language; who was shown is masked."""
        return {"tab": self.tabs.currentIndex()}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.tabs.setCurrentIndex(state["tab"])

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Enter")), say(_("Go to what can be done with the one chosen"))),
            (say(_("Esc")), say(_("Close the form"))),
        ]

    def _show(self, found: tuple[list[ProtectedLine], list[Event]]) -> None:
        self.lines, events = found
        texts = self._context.texts
        self.header.set_count(texts.number(len(self.lines)))
        self.people.set(map(self._entry, self.lines))
        self.events.set(self._event(place, event) for place, event in enumerate(events))
        if self.lines and not self.people.stream.currentIndex().isValid():
            self.people.stream.setCurrentIndex(self.people.model.index(0, 0))
        self._point(self.people.stream.currentIndex().row())

    def _point(self, row: int) -> None:
        line = self.lines[row] if 0 <= row < len(self.lines) else None
        household = line.household if line is not None else None
        together = (other for other in self.lines if other.household == household and other is not line)
        self.panel.show_line(line, tuple(together) if household else ())

    def _entry(self, line: ProtectedLine) -> TimelineEntry:
        texts, say = self._context.texts, self._say
        until = say(_("until {day}"), day=texts.day(line.valid_until)) if line.valid_until else ""
        news = say(_("look: the same number stands elsewhere")) if line.arrived or line.beside else ""
        details = " · ".join(filter(None, (say(KINDS[line.kind]), until)))
        return TimelineEntry(line.id, line.handle, tuple(filter(None, (details, news))), "warn" if news else "", "lock")

    def _event(self, place: int, event: Event) -> TimelineEntry:
        texts = self._context.texts
        title = f"{self._say(ACTS[event.act])} · {event.handle}" if event.handle else self._say(ACTS[event.act])
        about = f"{event.by} · {texts.moment(event.at)}"
        reason = "" if event.act == "arrived" else event.reason
        if event.act == "edited":
            what, _space, why = reason.partition(" ")
            reason = " · ".join(filter(None, (self._say(EDITED[what]), why)))
        return TimelineEntry(uuid5(_LINES, f"{place}{event.at}"), title, tuple(filter(None, (reason, about))))

    def _heard(self, moved: Moved) -> None:
        if self.isVisible() and moved.areas & {"person", "identifier"}:
            self._soon.start()


def _read(session: Session) -> tuple[list[ProtectedLine], list[Event]]:
    return protected_people(session), protected_events(session)
