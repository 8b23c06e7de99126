"""The life of a policy's version, from draft to replaced."""

from __future__ import annotations

from db.texts import _

# Codes are stored, labels shown; in the order of the work.
STATES = {
    "draft": _("Draft"),
    "under_review": _("Under review"),
    "decided": _("Decided"),
    "current": _("In force"),
    "replaced": _("Replaced"),
    "withdrawn": _("Withdrawn"),
}
UNDECIDED = frozenset({"draft", "under_review"})  # printed with a mark, never signed
SIGNABLE = frozenset({"decided", "current"})
