"""A tab for a new person; once saved, the tab is that person's record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.new_person import NewPersonPanel
from desktop.people.record_page import PersonPage
from desktop.widgets.theme import current_theme

WIDTH = 560  # of the form, at 100 %


class NewPersonPage(QFrame):
    """The form for a new person, and after it what it made. Ctrl+Enter saves."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context = context
        self.setWindowTitle(context.texts.say(_("New person")))
        self.form = NewPersonPanel(context)
        self.form.setMaximumWidth(current_theme().px(WIDTH))
        self.record: PersonPage | None = None
        self._made: UUID | None = None
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.addWidget(self.form)
        layout.setAlignment(self.form, Qt.AlignmentFlag(0))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(holder)
        self.form.saved.connect(self._become)
        self.form.closed.connect(self._leave)
        self.form.start()

    def state(self) -> dict[str, Any]:
        """What is typed, for the same page in another language."""
        if self.record is not None:
            return {"person_id": self._made, "record": self.record.state()}
        return self.form.box.state() if self.form.box is not None else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        if "person_id" in state:
            self._become(state["person_id"])
        if self.record is not None:
            self.record.restore(state["record"])
        elif self.form.box is not None:
            self.form.box.restore(state)

    def unsaved(self) -> bool:
        """Whether something typed is not saved."""
        return self.record.unsaved() if self.record is not None else self.form.typed

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._context.texts.say
        return self.record.keys() if self.record is not None else [(say(_("Ctrl+Enter")), say(_("Save the form")))]

    def _become(self, person_id: UUID) -> None:
        self._made = person_id
        self.record = PersonPage(self._context, person_id=person_id)
        self.record.windowTitleChanged.connect(self.setWindowTitle)
        self.setWindowTitle(self.record.windowTitle())
        self._stack.addWidget(self.record)
        self._stack.setCurrentWidget(self.record)

    def _leave(self) -> None:
        """Cancelled: back to the register, with an empty form left for another time."""
        if self.record is None:
            self.form.start()
            self._context.navigate("people.list")
