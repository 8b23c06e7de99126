"""What becomes of the rows of the register and of the program's own when a person is erased. Data only: no Qt, no database."""

from __future__ import annotations

from db.texts import _, ngettext
from desktop.core.manifest import Erasing

_OWN = ("person_id",)

ERASING = (
    Erasing("person", ngettext("{count} record", "{count} records")),
    Erasing("contact_point"),
    Erasing("identifier"),
    Erasing("role", refers=_OWN, counts="kind programme term starts ends"),
    Erasing("interaction", refers=_OWN, counts="kind at direction seconds outcome module purpose asked"),
    Erasing("task"),
    Erasing(
        "post_holding",
        refers=_OWN,
        ground=_("Archive law: who held an office belongs to the records of a public authority."),
        until=_("Until the authority decides on their disposal."),
    ),
    Erasing("consent"),
    Erasing("contact_block"),
    Erasing("segment_member"),
    Erasing("legal_hold"),  # one that is over; others keep the person
    Erasing("disposal_person"),
    Erasing("attachment"),
    Erasing("merged_person"),
    Erasing("kept_apart"),
    Erasing("not_a_duplicate"),
    # What the program keeps beside: the history, files by their content, what was typed, found, suspected and opened.
    *map(Erasing, ("change_set", "change_about", "row_image", "file_content", "draft", "recent_use", "presence")),
    *map(Erasing, ("search_entry", "search_dirty", "suspected_pair")),
    Erasing(
        "look",
        ground=_("Data protection law: who looked at identity numbers, and why, has to be accounted for. The log names an id, no person."),
        until=_("As long as the log is kept."),
    ),
)  # fmt: skip

IMPERSONAL = (
    "consent_purpose consent_text disposal disposal_rule duplicate_scan erased_person export_entry import_profile open_change_set "
    "post retention_rule saved_view segment setting unit unit_programme user_account"
)
