"""One protected person: what is written of the protection, and, to who said why, who they are, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.errors import Conflict
from db.protected.people import KINDS, ProtectedLine
from db.protected.showing import HiddenPerson, show_protected
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.erasing.page import DONE, LATER
from desktop.people.lines import Act, Line, LineGrid
from desktop.people.protecting.boxes import EndingFields, changing, ending, seeing, writing
from desktop.people.protecting.erase_box import erasing
from desktop.people.protecting.report_box import reporting
from desktop.people.protecting.row_boxes import Make
from desktop.people.protecting.sheet import HiddenSheet
from desktop.people.step_box import StepBox
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.one_form import OneForm
from desktop.widgets.panels import flow
from desktop.widgets.theme import current_theme

SHOWN_FOR = 300  # seconds
ACTS: tuple[tuple[Make, Msgid], ...] = (
    (seeing, _("Show…")),
    (changing, _("Change…")),
    (writing, _("Letter…")),
    (reporting, _("Access report…")),
    (ending, _("End…")),
    (erasing, _("Erase…")),
)


class ProtectedPanel(QWidget):
    """What is known of the one chosen in the list. What was shown is masked again after a while and when the page is left."""

    changed = Signal()  # something was done, and the list is to be read anew

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.line: ProtectedLine | None = None
        say = self._say
        self.heading = plain_label("", "title")
        self.hint = plain_label(say(_("Choose a handle in the list.")), "dim", wrap=True)
        self.buttons: dict[Make, Button] = {make: quiet_button(say(text)) for make, text in ACTS}
        for make, button in self.buttons.items():
            button.clicked.connect(partial(self.open_box, make))
        self.acts = flow(*self.buttons.values())
        self.grid = LineGrid()
        self.place, self.shown = QVBoxLayout(), QVBoxLayout()
        self._open_form: OneForm[StepBox] = OneForm(self.place)
        self._until = QTimer(self, singleShot=True, interval=SHOWN_FOR * 1000)
        self._until.timeout.connect(self.hide_person)
        self._reason, self._tells = "", False
        self._mates: tuple[ProtectedLine, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().px(14))
        for part in (self.heading, self.hint, self.acts, self.grid):
            layout.addWidget(part)
        layout.addLayout(self.place)
        layout.addLayout(self.shown)
        self.show_line(None)

    @property
    def box(self) -> StepBox | None:
        """The form that is open."""
        return self._open_form.form

    def show_line(self, line: ProtectedLine | None, mates: Sequence[ProtectedLine] = ()) -> None:
        """Show what is written of this protection; who it is stays masked. `mates` were protected together with this one."""
        self._mates = tuple(mates)
        same = line is not None and self.line is not None and line.id == self.line.id
        self.line = line
        if not same:
            self.close_box()
            self.hide_person()
        for part in (self.heading, self.acts, self.grid):
            part.setVisible(line is not None)
        self.hint.setVisible(line is None)
        if line is not None:
            self.heading.setText(line.handle)
            self.grid.show_lines(self._written(line))

    def open_box(self, make: Make) -> None:
        """Open a form below what is written."""
        if self.line is None:
            return
        self._tells = make not in self.buttons  # who it is
        if self._tells:
            self._until.start()  # what is being changed is not masked meanwhile
        box = make(self._context, self.line)
        box.closed.connect(self._leave)
        box.done.connect(partial(self._did, make))
        box.refused.connect(self._look_anew)
        if isinstance(box.form, EndingFields):
            box.form.show_together(self._mates)
        self._open_form.open(box)
        box.start()

    def close_box(self) -> None:
        """Let go of the form."""
        self._open_form.close()

    def hide_person(self) -> None:
        """Mask who it is."""
        self._until.stop()
        if self._tells:
            self.close_box()
        self._clear()

    def _clear(self) -> None:
        while (item := self.shown.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hide_person()

    def _leave(self) -> None:
        self.close_box()
        self.buttons[seeing].setFocus()

    def _did(self, make: Make, answer: Any) -> None:
        handle = self.line.handle if self.line is not None else ""
        if make is seeing and self.box is not None:
            self._reason = self.box.form.read("reason")
        self.close_box()
        if make is seeing:
            self._show_people(answer)
        elif make is ending:
            self._context.messages.say(self._say(_("The protection of {handle} is ended."), handle=handle))
        elif make is erasing:
            self._context.messages.say(self._say(DONE["erase"] if answer else LATER), "ok" if answer else "warn")
        elif make not in self.buttons:
            self._context.messages.say(self._say(_("Saved for {name}."), name=handle))
            self._show_again()
        self.buttons[seeing].setFocus()
        self.changed.emit()

    def _look_anew(self, error: Exception) -> None:
        if self._tells and isinstance(error, Conflict):
            self._show_again()  # below the form, in which stays what was typed

    def _show_again(self) -> None:
        """As it is now, for the same reason; the look is kept like any other."""
        assert self.line is not None
        context, show = self._context, self._context.messages.show
        look = partial(show_protected, context.database, context.actor, self.line.id, self._reason, now=context.clock.now())
        failed = partial(show, doing=_("showing a protected person"))
        context.tasks.read(self, lambda _session: look(), self._show_people, failed, slot="again")

    def _show_people(self, people: Sequence[HiddenPerson]) -> None:
        self._clear()
        if not self.isVisible():  # a page that was left meanwhile shows nothing
            return
        hide = quiet_button(self._say(_("Hide")))
        hide.clicked.connect(self.hide_person)
        self.shown.addWidget(flow(hide))
        for person in people:
            sheet = HiddenSheet(person, self._context)
            sheet.wanted.connect(self.open_box)
            self.shown.addWidget(sheet)
        self._until.start()
        announce(self, self._say(_("Shown for {minutes} minutes."), minutes=SHOWN_FOR // 60))

    # What stands there

    def _written(self, line: ProtectedLine) -> list[Line]:
        texts, say = self._context.texts, self._say
        until = texts.day(line.valid_until) if line.valid_until else say(_("no end is known"))
        if line.valid_until and line.valid_until < self._context.clock.today():
            until = say(_("{day}: over, ask the authority"), day=until)
        lines = [
            Line(say(_("Kind")), say(KINDS[line.kind])),
            Line(say(_("Ground")), line.ground, whole=True),
            Line(say(_("Decided on")), texts.day(line.decided_on) if line.decided_on else say(_("not known"))),
            Line(say(_("Valid until")), until),
            Line(say(_("Letters go to")), line.forwarding or say(_("nowhere: no forwarding address")), whole=True),
            Line(say(_("Marked")), say(_("{moment} by {name}"), moment=texts.moment(line.since), name=line.by_name)),
        ]
        if self._mates:
            lines.append(Line(say(_("Protected with")), ", ".join(mate.handle for mate in self._mates), whole=True))
        if line.arrived:
            came = ngettext("{count} record with the same number, kept with this one",
                            "{count} records with the same number, kept with this one")  # fmt: skip
            lines.append(Line(say(_("Came in later")), texts.say_n(came, line.arrived), whole=True))
        for person in line.beside:
            act = Act(say(_("Open")), say(_("Open the record with the same number")), partial(self._open, person))
            lines.append(Line(say(_("Same number")), say(_("an open record bears it")), acts=[act]))
        return lines

    def _open(self, person: object) -> None:
        self._context.navigate("people.record", person_id=person)
