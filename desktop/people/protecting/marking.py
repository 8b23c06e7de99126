"""The act on a record that marks the person as protected, and its form above the record."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.protecting.boxes import MarkingFields, marking
from desktop.people.protecting.household import Housemate, living_with
from desktop.people.step_box import StepBox
from desktop.widgets.buttons import link_button
from desktop.widgets.one_form import OneForm


class Marking(QWidget):
    """Where the form stands; `button` opens it, for those who hold the right. Done, the person is seen on the page of the
    protected alone."""

    def __init__(self, context: ModuleContext, person_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._person, self._name = context, context.texts.say, person_id, ""
        self.button = link_button(self._say(_("Protect…")))
        self.button.clicked.connect(self.open_box)
        self.button.hide()
        place = QVBoxLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        self._open: OneForm[StepBox] = OneForm(place)
        self.hide()

    @property
    def box(self) -> StepBox | None:
        """The form, while it is open."""
        return self._open.form

    def show_name(self, name: str) -> None:
        """Offer the act for somebody called so; for nobody when that is empty."""
        self._name = name
        self.button.setVisible(bool(name) and self._context.may("people.protected"))
        if not name:
            self.close_box()

    def open_box(self) -> None:
        """Ask how the person is protected."""
        if self.box is None and self._name:
            box = marking(self._context, self._person, self._name)
            box.closed.connect(self._leave)
            box.done.connect(self._protected)
            self._open.open(box)
            self.show()
            box.start()
            assert isinstance(box.form, MarkingFields)
            work = partial(living_with, person_id=self._person, today=self._context.clock.today())
            failed = partial(self._context.messages.show, doing=_("looking for who lives there, too"))
            self._context.tasks.read(self, work, partial(self._offer, box, box.form), failed, slot="household")

    def close_box(self) -> None:
        """Let go of the form."""
        if self.box is not None:
            self._open.close()
            self.hide()

    def _offer(self, box: StepBox, form: MarkingFields, mates: list[Housemate] | None) -> None:
        if box is self.box:
            form.show_household(mates)

    def _leave(self) -> None:
        self.close_box()
        self.button.setFocus()

    def _protected(self, handles: list[str]) -> None:
        self.close_box()
        text = ngettext("Protected, under the handle {handle}.", "Protected, under the handles {handle}.")
        self._context.messages.say(self._context.texts.say_n(text, len(handles), handle=", ".join(handles)))
        self._context.navigate("people.protected")
