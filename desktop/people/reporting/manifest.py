"""The part of the register's manifest that says what an access report tells beside the rows of a person. Data only."""

from __future__ import annotations

from db.texts import _
from desktop.core.manifest import NotReported, PersonMore

PERSON_MORE = (
    PersonMore("consent_purpose", "id", "consent.purpose_id", only="code names kind basis"),
    PersonMore("consent_text", "id", "consent.text_id"),
    PersonMore("attachment", "subject", "consent.id"),
    PersonMore("post", "id", "post_holding.post_id", only="title"),
    PersonMore("segment", "id", "segment_member.segment_id", only="title"),
    PersonMore("search_entry", "ref", "person.id", only="title detail"),
    PersonMore("suspected_pair", "first_id", "person.id", only="score reasons"),
    PersonMore("suspected_pair", "second_id", "person.id", only="score reasons"),
)
NOT_REPORTED = (
    NotReported("retention_rule disposal disposal_rule"),
    NotReported("unit unit_programme duplicate_scan search_dirty open_change_set erased_person"),
    NotReported("file_content", _("Files: they are named here, and the office hands out copies of them.")),
    NotReported(
        "draft", _("Forms that a colleague has not saved yet: nobody else can read them, and they go when the form is closed.")
    ),
    NotReported("export_entry", _("The log of lists taken out: it counts people and names none of them.")),
    NotReported(
        "recent_use presence saved_view import_profile",
        _("What colleagues keep for their own work: what they opened last, their views of lists and their profiles of imports."),
    ),
)
