"""The list of what is on loan, with the button that takes a thing back: on the page and on the person's tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.search import title_of
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.widgets.buttons import quiet_button
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.query_model import QueryModel

from . import service

LOANS = ListSpec(
    query=service.loans_query,
    row=service.LoanRow,
    start=1,
    areas=("loan", "person"),
    columns=(
        Column(_("Thing"), lambda row, texts: row.thing, width=260, strong=True),
        Column(_("Lent"), lambda row, texts: texts.moment(row.lent_at), "lent_sort"),
        Column(_("To whom"), lambda row, texts: title_of(row.family, row.given), "name_sort", width=220),
    ),
)


class LoanList(QWidget):
    """What is on loan, the longest first; `person_id` narrows it to one person."""

    def __init__(self, context: ModuleContext, filter: service.LoanFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, say = context, context.texts.say
        self.model = QueryModel(LOANS, context, self)
        self.list = ListView(self.model, say(_("On loan")), ticks=False)
        self.list.set_empty(EmptyState(say(_("Nothing is on loan.")), say(_("Lend something on the record of a person."))))
        self.back = quiet_button(say(_("It is back")))
        self.back.setEnabled(False)
        self.back.clicked.connect(lambda: self.take_back())
        self.list.pointed_at.connect(lambda id: self.back.setEnabled(id is not None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.back)
        self.model.failed.connect(lambda error: context.messages.show(error, doing=_("loading the loans")))
        self.model.show(filter)

    def take_back(self) -> None:
        """Write down that the thing pointed at is back."""
        number = self.model.row_of(self.list.pointed) if self.list.pointed else None
        row = self.model.row_at(number) if number is not None else None
        if row is None:
            return
        work = partial(service.return_loan, loan_id=row.id, version=row.version, now=self._context.clock.now())
        self._context.tasks.write(self, work, lambda _none: self.model.refresh(), self._failed, verb="return_loan")

    def _failed(self, error: Exception) -> None:
        self._context.messages.show(error, doing=_("taking something back"))
        self.model.refresh()
