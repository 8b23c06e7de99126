"""What the tables of phone duty are called in the history. No Qt in this file."""

from __future__ import annotations

from db.putting_back import WHOLE, Back
from db.texts import _
from desktop.core.records import FieldWords, RecordWords
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, OUTCOMES
from desktop.modules.phones.tables import CallRound

_CLOSED = _("A round is closed, not removed. Take the whole change back.")
_AS_IT_WAS = _("A call stays as it was written down. Take the whole change back.")
_OUTCOMES = OUTCOMES | HOTLINE_OUTCOMES
RECORDS = (
    RecordWords(
        "call_round",
        _("Call round"),
        (FieldWords("title", _("Name of the round")),),
        Back(CallRound, refuses={"made": _CLOSED, "removed": _CLOSED}),
    ),
    RecordWords(
        "call_entry",
        _("Somebody to be called"),
        (
            FieldWords("last_outcome", _("Last outcome"), _OUTCOMES),
            FieldWords("attempts", _("Attempts")),
            FieldWords("callback_at", _("Callback")),
            FieldWords("done_at", _("Done")),
        ),
        WHOLE,
    ),
    RecordWords(
        "call",
        _("Call"),
        (FieldWords("outcome", _("Outcome"), _OUTCOMES), FieldWords("note", _("Note")), FieldWords("caller_name", _("Caller"))),
        _AS_IT_WAS,
    ),
    RecordWords("call_outcome", _("Outcome of a call"), (FieldWords("label", _("Name")),), WHOLE),
)
