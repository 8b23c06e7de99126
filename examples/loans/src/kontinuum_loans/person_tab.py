"""The tab on a person's record: what they have, and lending them more."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.messages import as_text
from desktop.widgets.buttons import primary_button
from desktop.widgets.form import Form

from . import service
from .loan_list import LoanList


class LoansTab(QWidget):
    """What one person has on loan."""

    def __init__(self, context: ModuleContext, person_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._person, say = context, person_id, context.texts.say
        self.form = Form()
        self.thing = self.form.add("thing", say(_("Thing")), QLineEdit(), required=True)
        self.lend = primary_button(say(_("Lend")))
        self.loans = LoanList(context, service.LoanFilter(person_id))
        layout = QVBoxLayout(self)
        for widget in (self.form, self.lend, self.loans):
            layout.addWidget(widget)
        self.lend.clicked.connect(lambda: self.save())
        self.thing.returnPressed.connect(self.save)

    def save(self) -> None:
        """Lend what is written in the field."""
        work = partial(service.lend, person_id=self._person, thing=self.thing.text(), now=self._context.clock.now())
        self._context.tasks.write(self, work, lambda _id: self.thing.clear(), self._failed, verb="lend")

    def _failed(self, error: Exception) -> None:
        message = self._context.messages.explain(error, doing=_("lending something"))
        if not (message.field and self.form.mark(message.field, as_text(message))):
            self._context.messages.told.emit(message)
