"""What the loans offer the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import Access
from db.texts import _, ngettext
from desktop.core.manifest import Contribution, Erasing, Manifest, Page, PersonRows, Right, Verb

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
    # When two records turn out to be one person, the loans of both are theirs.
    person_rows=(PersonRows("loan", ngettext("{count} loan", "{count} loans"), right="loans.lend"),),
    # When a person is erased, so are their loans.
    erasing=(Erasing("loan"),),
    # How long borrowers are kept is not for loans to say.
    no_retention=_("Loans go with the borrower, by the rules of the register."),
    access=(
        Access("loans.lend", reads="loan person", adds="loan", changes={"loan": "returned_at"}),
        Access(
            "people.merge",
            reads="loan.id loan.version loan.person_id loan.made_in loan.changed_in",
            changes={"loan": "person_id"},
        ),
        Access("people.erase", reads="loan.id loan.version loan.person_id loan.made_in loan.changed_in"),
    ),
    records="kontinuum_loans.recorded:RECORDS",
)
