"""What the tables of phone duty are called in the history. No Qt in this file."""

from __future__ import annotations

from db.texts import _
from desktop.core.records import FieldWords, RecordWords
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, OUTCOMES

_OUTCOMES = OUTCOMES | HOTLINE_OUTCOMES
RECORDS = (
    RecordWords("call_round", _("Call round"), (FieldWords("title", _("Name of the round")),)),
    RecordWords(
        "call_entry",
        _("Somebody to be called"),
        (
            FieldWords("last_outcome", _("Last outcome"), _OUTCOMES),
            FieldWords("attempts", _("Attempts")),
            FieldWords("callback_at", _("Callback")),
            FieldWords("done_at", _("Done")),
        ),
    ),
    RecordWords(
        "call",
        _("Call"),
        (FieldWords("outcome", _("Outcome"), _OUTCOMES), FieldWords("note", _("Note")), FieldWords("caller_name", _("Caller"))),
    ),
    RecordWords("call_outcome", _("Outcome of a call"), (FieldWords("label", _("Name")),)),
)
