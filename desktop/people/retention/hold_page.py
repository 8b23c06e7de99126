"""The legal holds of one person, and the form that puts one on them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.erasing.holds import hold_person
from db.merged import name_on
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.fields import Fields
from desktop.people.lines import Act, Line, LineGrid
from desktop.people.merging.parts import read_downwards
from desktop.people.retention.holds import HoldLine, holds
from desktop.people.retention.holds_view import hold_words, lift
from desktop.people.saving import EditBox, Service
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, Section

WIDTH = 820  # of what is read, at 100 %
AREAS = frozenset({"legal_hold", "person"})


class HoldFields(Fields):
    """Why somebody is kept, and until when."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.text("reason", _("Why the person has to be kept"), hint=_("For example the number of the case"), required=True)
        self.day("until", _("Until"), hint=_("This day, too; empty until somebody lifts it"))


class HoldPage(QFrame):
    """Ctrl+Enter puts the hold on. The window's title names nobody."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID) -> None:
        super().__init__(parent)
        self._context, self._say, self._id = context, context.texts.say, person_id
        say = self._say
        self.setWindowTitle(say(_("Legal hold")))
        self.header = PageHeader(say(_("Legal hold")))
        self.grid = LineGrid(say(_("This person has no hold.")))
        there = Section(say(_("Holds on this person")))
        there.add(self.grid)
        about = _("Whoever has a hold is neither erased nor anonymised, by a rule or by hand, and stands on no disposal list.")
        self.form = HoldFields(context)
        self.box = EditBox(
            context,
            say(_("Put a hold on this person")),
            self.form,
            self._step,
            verb="hold_person",
            about=[person_id],
            save_text=say(_("Put on hold")),
            said=say(_("The person is kept.")),
        )
        read_downwards(self, self.header, plain_label(say(about), "dim", wrap=True), there, self.box, width=WIDTH)
        self.box.closed.connect(self._leave)
        self.setFocusProxy(self.form.field("reason"))
        context.changes.changed.connect(self._heard)
        self.read()

    def read(self) -> None:
        """Read the holds anew."""
        self._context.tasks.read(self, partial(_read, person=self._id), self._show, self._context.messages.show, slot="holds")

    def unsaved(self) -> bool:
        """Whether something typed is not saved."""
        return self.box.typed

    def state(self) -> dict[str, Any]:
        """What is typed, for the same page in another language."""
        return {"texts": self.box.state()} if self.box.typed else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        if state:
            self.box.restore(state["texts"])

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [(say(_("Ctrl+Enter")), say(_("Put on hold"))), (say(_("Esc")), say(_("Go back to the record")))]

    def _show(self, found: tuple[str, list[HoldLine]]) -> None:
        name, lines = found
        self.header.set_count(name)
        say, context = self._say, self._context
        self.grid.show_lines(
            [
                Line(
                    say(_("Hold")),
                    hold_words(context, one),
                    acts=[
                        Act(
                            say(_("Lift")),
                            say(_("Lift the hold “{reason}”"), reason=one.reason),
                            partial(lift, context, self, one),
                        )
                    ],
                    whole=True,
                )
                for one in lines
            ]
        )

    def _step(self) -> Service:
        context, day = self._context, self.form.read_day("until")
        now, today = context.clock.now(), context.clock.today()
        reason = self.form.read("reason")

        def save(session: Session) -> None:
            hold_person(session, self._id, reason, day, actor=context.actor, now=now, today=today)

        return save

    def _leave(self) -> None:
        self._context.navigate("people.record", person_id=self._id)

    def _heard(self, moved: Moved) -> None:
        if self._id in moved.ids or not AREAS.isdisjoint(moved.areas):
            self.read()


def _read(session: Session, person: UUID) -> tuple[str, list[HoldLine]]:
    return name_on(session, person), holds(session, person)
