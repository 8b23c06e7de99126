"""The page with everything that is on loan."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.widgets.panels import PageHeader

from .loan_list import LoanList
from .service import LoanFilter


class LoanListPage(QWidget):
    """What is not back yet, the longest first."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = context.texts.say(_("Loans"))
        self.setWindowTitle(title)
        self.header, self.loans = PageHeader(title), LoanList(context, LoanFilter())
        layout = QVBoxLayout(self)
        layout.addWidget(self.header)
        layout.addWidget(self.loans, 1)
        self.loans.model.counted.connect(lambda total: self.header.set_count(context.texts.number(total)))
