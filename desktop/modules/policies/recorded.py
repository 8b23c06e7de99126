"""What the tables of the policies are called in the history. No Qt in this file."""

from __future__ import annotations

from db.putting_back import WHOLE
from db.texts import _
from desktop.core.records import FieldWords, RecordWords
from desktop.modules.policies.states import STATES

RECORDS = (
    RecordWords(
        "policy",
        _("Policy"),
        (
            FieldWords("title", _("Title")),
            FieldWords("state", _("State"), STATES),
            FieldWords("next_review", _("Day of the next revision")),
        ),
        WHOLE,
    ),
    RecordWords(
        "policy_version",
        _("Version of a policy"),
        (
            FieldWords("title", _("Title")),
            FieldWords("number", _("Number")),
            FieldWords("state", _("State"), STATES),
            FieldWords("source", _("Text")),
            FieldWords("note", _("What is new")),
        ),
        WHOLE,
    ),
    RecordWords("policy_signer", _("Who signs a policy"), back=WHOLE),
    RecordWords(
        "policy_signature",
        _("Signature"),
        (FieldWords("post_title", _("Post")), FieldWords("signed_on", _("Signed")), FieldWords("place", _("Place"))),
        _("A signature stays as it was filed. Take the whole change back."),
    ),
    RecordWords("policy_review", _("Revision"), (FieldWords("reviewed_on", _("Day")), FieldWords("note", _("Note"))), WHOLE),
)
