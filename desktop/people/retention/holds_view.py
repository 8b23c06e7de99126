"""The legal holds there are, each with the way to its person and the way to lift it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.erasing.holds import lift_hold
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.lines import Act, Line, LineGrid
from desktop.people.retention.holds import HoldLine, holds, said
from desktop.people.saving import write
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, scrolling


class HoldsView(QWidget):
    """The newest first."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self.grid = LineGrid(self._say(_("Nobody has a legal hold.")))
        about = _(
            "Whoever has a hold is neither erased nor anonymised, by a rule or by hand. It is put on somebody from their record."
        )
        inner = QWidget()
        body = column(plain_label(self._say(about), "dim", wrap=True), self.grid, gap=12, margin=16)
        body.addStretch(1)
        inner.setLayout(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inner))

    def look(self) -> None:
        """Read them anew."""
        self._context.tasks.read(self, holds, self._show, self._context.messages.show, slot="holds")

    def _show(self, found: list[HoldLine]) -> None:
        say = self._say
        lines = []
        for one in found:
            acts = [
                Act(say(_("Lift")), say(_("Lift the hold on {name}"), name=one.person), partial(lift, self._context, self, one))
            ]
            if self._context.may("people.view"):
                go = partial(self._context.navigate, "people.record", person_id=one.person_id)
                acts.insert(0, Act(say(_("Open")), say(_("Open the record of {name}"), name=one.person), go))
            lines.append(Line(one.person, hold_words(self._context, one), acts=acts, whole=True))
        self.grid.show_lines(lines)


def hold_words(context: ModuleContext, one: HoldLine) -> str:
    """Why, until when, since when and by whom."""
    texts = context.texts
    over = texts.say(_("over")) if one.until is not None and one.until < context.clock.today() else ""
    put = texts.say(_("since {day}, by {name}"), day=texts.day(one.since.astimezone(texts.zone).date()), name=one.by_name)
    return " · ".join(filter(None, (over, said(one.reason, one.until, texts), put)))


def lift(context: ModuleContext, owner: QWidget, one: HoldLine) -> None:
    """Take a hold away, with the offer to take that back."""

    def step(session: Session) -> None:
        lift_hold(session, one.id, one.version)

    told = context.texts.say(_("The hold on {name} is lifted."), name=one.person)
    write(context, owner, step, verb="lift_hold", said=told, doing=_("lifting a legal hold"), about=[one.person_id])
