"""What the loans offer the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import Access
from db.texts import _
from desktop.core.manifest import Contribution, Manifest, Page, Right, Verb

MANIFEST = Manifest(
    key="loans",
    title=_("Loans"),
    icon="loans.svg",
    group="desk",
    order=80,
    version="1.2",
    rights=(Right("loans.lend", _("Lend things and take them back"), ("office", "manager")),),
    pages=(Page("loans.list", _("Loans"), "loans.lend", "kontinuum_loans.pages:LoanListPage"),),
    verbs=(
        Verb("lend", _("Lent {thing} to {name}")),
        Verb("return_loan", _("{name} brought {thing} back")),
    ),
    contributions=(
        Contribution("person_tab", "loans.tab", _("Loans"), "kontinuum_loans.person_tab:LoansTab", right="loans.lend", order=80),
    ),
    records="kontinuum_loans.recorded:RECORDS",
    access=(Access("loans.lend", reads="loan person", adds="loan", changes={"loan": "returned_at"}),),
)
