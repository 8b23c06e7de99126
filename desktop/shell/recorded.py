"""What the tables of the program itself are called in the history. No Qt in this file."""

from __future__ import annotations

from db.putting_back import WHOLE
from db.texts import _
from desktop.core.records import FieldWords, RecordWords

RECORDS = (
    RecordWords("setting", _("Setting"), (FieldWords("key", _("Setting")), FieldWords("value", _("Value"))), WHOLE),
    RecordWords(
        "user_account",
        _("User"),
        (
            FieldWords("login", _("User name")),
            FieldWords("name", _("Name")),
            FieldWords("roles", _("Roles")),
            FieldWords("active", _("May sign in")),
        ),
        _("Users are changed on a page of their own, which sees to it that somebody is left who may."),
    ),
)
