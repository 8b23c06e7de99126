"""What the table of loans is called in the history. No Qt in this file."""

from __future__ import annotations

from db.texts import _
from desktop.core.records import FieldWords, RecordWords

RECORDS = (
    RecordWords(
        "loan",
        _("Loan"),
        (FieldWords("thing", _("Thing")), FieldWords("lent_at", _("Lent")), FieldWords("returned_at", _("Back"))),
    ),
)
