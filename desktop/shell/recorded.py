"""What the tables of the program itself are called in the history. No Qt in this file."""

from __future__ import annotations

from db.texts import _
from desktop.core.records import FieldWords, RecordWords

RECORDS = (
    RecordWords("setting", _("Setting"), (FieldWords("key", _("Setting")), FieldWords("value", _("Value")))),
    RecordWords(
        "user_account",
        _("User"),
        (
            FieldWords("login", _("User name")),
            FieldWords("name", _("Name")),
            FieldWords("roles", _("Roles")),
            FieldWords("active", _("May sign in")),
        ),
    ),
    RecordWords("post", _("Post"), (FieldWords("title", _("Title")),)),
    RecordWords(
        "post_holding",
        _("Holder of a post"),
        (FieldWords("starts", _("First day")), FieldWords("ends", _("Last day"))),
    ),
    RecordWords(
        "unit",
        _("Unit"),
        (FieldWords("code", _("Code")), FieldWords("starts", _("First day")), FieldWords("ends", _("Last day"))),
    ),
    RecordWords("unit_programme", _("Programme"), (FieldWords("programme", _("Programme")),)),
    RecordWords("attachment", _("Document"), (FieldWords("name", _("Name")),)),
)
