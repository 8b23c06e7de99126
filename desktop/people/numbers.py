"""The numbers of a person on the record: masked, and one of them shown for a while to who says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from db import identity_numbers
from db.looks import LONGEST, reveal
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.card import IdentifierLine, PersonCard
from desktop.people.lines import Act, Line, LinesSection
from desktop.widgets.banner import Banner, announce
from desktop.widgets.buttons import Button, chip, primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.one_form import OneForm
from desktop.widgets.panels import Card, flow, row
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme

SHOWN_FOR = 30  # seconds
COPIED_FOR = 60  # seconds a copied number stays in the clipboard
REASONS = (
    _("The person asks about their own data"),
    _("To compare it with an identity document"),
    _("Two people may be the same one"),
    _("An authority asks for it"),
    _("To correct a wrong number"),
)


class ReasonBox(Card):
    """Asks why a number is to be seen. Enter shows it, Escape closes."""

    given = Signal(str)
    closed = Signal()

    def __init__(self, context: ModuleContext, what: str, parent: QWidget | None = None) -> None:
        say = context.texts.say
        heading = say(_("Show {what}"), what=what)
        super().__init__(heading, parent)
        self.setAccessibleName(heading)
        self.heading.setProperty("role", "strong")
        self.body.setSpacing(current_theme().px(12))
        self.banner = Banner(say(_("Close this message")))
        self.form = Form()
        self.reason = self.form.add("reason", say(_("Why do you need it?")), QLineEdit(), required=True)
        self.reason.setMaxLength(LONGEST)
        self.chips = [chip(say(reason), removable=False) for reason in REASONS]
        for button in self.chips:
            button.clicked.connect(partial(self._choose, button))
        is_file = isinstance(context.database.address, Path)
        kept = _("Your name, the time and the reason are stored first, for whoever is responsible for personal data.")
        honest = _("It is a note for colleagues: whoever can open this file with another program can read the numbers unseen.")
        self.show_button, self.cancel_button = primary_button(say(_("Show"))), quiet_button(say(_("Cancel")))
        self.add(self.banner)
        self.add(flow(*self.chips))
        self.add(self.form)
        self.add(plain_label(f"{say(kept)} {say(honest)}" if is_file else say(kept), "small", wrap=True))
        self.add(row(None, self.cancel_button, self.show_button))
        self.show_button.clicked.connect(self._give)
        self.cancel_button.clicked.connect(self.closed)

    def start(self) -> None:
        """Put the cursor where the reason is written."""
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, button: Button, _checked: bool = False) -> None:
        self.reason.setText(button.text())
        self.show_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self) -> None:
        self.show_button.setEnabled(False)
        self.given.emit(self.reason.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.show_button.isEnabled() and self.focusWidget() is self.reason:
            self._give()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class NumbersSection(LinesSection):
    """The lines of the numbers. One that is shown is masked again after a while, and when the page is left."""

    def __init__(self, context: ModuleContext, person_id: UUID, *acts: QWidget, parent: QWidget | None = None) -> None:
        say = context.texts.say
        super().__init__(say(_("Numbers")), say(_("No number is written down.")), *acts, parent=parent)
        self._context, self._say, self._person = context, say, person_id
        self._lines: list[tuple[IdentifierLine, Line]] = []
        self._open: tuple[UUID, str] | None = None  # the number that is shown, as it is written
        self._asking: OneForm[ReasonBox] = OneForm(self.place)
        self._until = QTimer(self, singleShot=True, interval=SHOWN_FOR * 1000)
        self._until.timeout.connect(self.hide_number)

    @property
    def box(self) -> ReasonBox | None:
        """The form that asks why, while it is open."""
        return self._asking.form

    def show_numbers(self, card: PersonCard, lines: Sequence[Line]) -> None:
        """Show these, one line for each number of the card."""
        self._lines = list(zip(card.identifiers, lines, strict=True))
        self._draw()

    def ask(self, number: IdentifierLine) -> None:
        """Ask why this number is to be seen."""
        self.hide_number()
        box = ReasonBox(self._context, words.identifier(number.kind, self._context.texts, number.issuer))
        box.given.connect(partial(self._reveal, number))
        box.closed.connect(partial(self._leave, number))
        self._asking.open(box)
        box.start()

    def hide_number(self) -> None:
        """Hide what is shown."""
        self._until.stop()
        if self._open is not None:
            self._open = None
            self._draw()

    def _draw(self) -> None:
        held = self.grid.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.grid.show_lines([self._line(number, line) for number, line in self._lines])
        if held:
            self._focus_on(self._say(_("Show…")))

    def _line(self, number: IdentifierLine, line: Line) -> Line:
        if not self._context.may("people.identifiers"):
            return line
        name = line.name
        if self._open is None or self._open[0] != number.id:
            act = Act(self._say(_("Show…")), self._say(_("Show {what}…"), what=name), partial(self.ask, number))
            return replace(line, acts=[act, *line.acts])
        plain, say = self._open[1], self._say
        acts = [
            Act(say(_("Copy")), say(_("Copy {what}"), what=name), partial(self._copy, plain)),
            Act(say(_("Hide")), say(_("Hide {what}"), what=name), self.hide_number),
        ]
        return replace(line, value=plain, extra=[Tag(say(_("for {seconds} s"), seconds=SHOWN_FOR), "warn")], acts=acts)

    def _reveal(self, number: IdentifierLine, reason: str) -> None:
        database, actor, now = self._context.database, self._context.actor, self._context.clock.now()
        self._context.tasks.read(
            self,
            lambda _session: reveal(database, actor, self._person, reason, now=now),
            partial(self._shown, number),
            self._fail,
            slot="reveal",
        )

    def _shown(self, number: IdentifierLine, numbers: dict[UUID, str]) -> None:
        self._asking.close()
        if number.id not in numbers:
            self._context.messages.say(self._say(_("This number is no longer there.")), "warn")
        elif self.isVisible():  # a page that was left meanwhile shows nothing
            self._open = number.id, identity_numbers.shown(number.kind, numbers[number.id])
            self._draw()
            self._focus_on(self._say(_("Copy")))
            self._until.start()
            announce(self, self._open[1])

    def _fail(self, error: Exception) -> None:
        if self.box is None:
            return
        self.box.show_button.setEnabled(True)
        tell_slip(self._context.messages.explain(error, _("showing a number")), self.box.form, self.box.banner)

    def _copy(self, plain: str) -> None:
        clipboard = QGuiApplication.clipboard()
        clipboard.setText(plain)
        QTimer.singleShot(COPIED_FOR * 1000, clipboard, partial(forget_copied, plain))
        said = self._say(_("Copied. It leaves the clipboard after {seconds} seconds."), seconds=COPIED_FOR)
        self._context.messages.say(said)

    def _leave(self, number: IdentifierLine) -> None:
        self._asking.close()
        place = next((at for at, (other, _line) in enumerate(self._lines) if other.id == number.id), 0)
        self._focus_on(self._say(_("Show…")), place)

    def _focus_on(self, text: str, place: int = 0) -> None:
        """The keyboard goes to this act of the line at `place`, once lines just made are in sight."""
        buttons = [button for button in self.grid.findChildren(Button) if button.text() == text and not button.isHidden()]
        if place < len(buttons):
            QTimer.singleShot(0, buttons[place], partial(buttons[place].setFocus, Qt.FocusReason.OtherFocusReason))

    def hideEvent(self, event: QHideEvent) -> None:
        self.hide_number()
        super().hideEvent(event)


def forget_copied(plain: str) -> None:
    """Empty the clipboard unless something else was copied since."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.text() == plain:
        clipboard.clear()
