"""Which rows of the register's own tables belong to people, for merging records and for access reports. Data only."""

from __future__ import annotations

from db.texts import _, ngettext
from desktop.core.manifest import NotReported, PersonMore, PersonRows

_ROWS = "desktop.people.merging.own_rows"
_CONSENTS = "desktop.people.consents.merging"
PERSON_ROWS = (
    PersonRows(
        "contact_point", ngettext("{count} way to reach them", "{count} ways to reach them"), same=f"{_ROWS}:same_points",
        settle=f"{_ROWS}:settle_points", shows=f"{_ROWS}:show_points", right="people.view",
    ),
    PersonRows(
        "identifier", ngettext("{count} number", "{count} numbers"), same=f"{_ROWS}:same_numbers",
        settle=f"{_ROWS}:settle_numbers", shows=f"{_ROWS}:show_numbers", right="people.view",
    ),
    PersonRows(
        "role", ngettext("{count} role", "{count} roles"), same="kind programme term starts ends",
        shows=f"{_ROWS}:show_roles", right="people.view",
    ),
    PersonRows(
        "interaction", ngettext("{count} line of the timeline", "{count} lines of the timeline"),
        shows=f"{_ROWS}:show_contacts", right="people.view", staff="by_name",
    ),
    PersonRows("task", ngettext("{count} task", "{count} tasks"), shows=f"{_ROWS}:show_tasks", right="people.view"),
    PersonRows(
        "post_holding", ngettext("{count} post held", "{count} posts held"), same="post_id starts ends",
        shows=f"{_ROWS}:show_posts", right="people.view",
    ),
    PersonRows(
        "consent", ngettext("{count} consent", "{count} consents"), same=f"{_CONSENTS}:same_answers",
        settle=f"{_CONSENTS}:settle_answers", shows=f"{_CONSENTS}:show_answers", right="people.view", staff="by_name",
    ),
    PersonRows(
        "contact_block", ngettext("{count} stop of contact", "{count} stops of contact"), same="channel",
        settle=f"{_CONSENTS}:settle_stops", shows=f"{_CONSENTS}:show_stops", right="people.view", staff="by_name",
    ),
    PersonRows("segment_member", ngettext("{count} frozen segment", "{count} frozen segments"), same="segment_id"),
    PersonRows("attachment", ngettext("{count} file", "{count} files"), column="subject"),
    PersonRows("merged_person", ngettext("{count} merge", "{count} merges"), stays=True),
    PersonRows("merged_person", ngettext("{count} merge", "{count} merges"), column="into_id", stays=True),
    PersonRows("kept_apart", ngettext("{count} mark", "{count} marks"), stays=True),
    # What was said of a pair is brought over by the step itself: a pair names two people.
    PersonRows("not_a_duplicate", ngettext("{count} judgement", "{count} judgements"), column="first_id", stays=True),
    PersonRows("not_a_duplicate", ngettext("{count} judgement", "{count} judgements"), column="second_id", stays=True),
)  # fmt: skip
PERSON_MORE = (
    PersonMore("consent_purpose", "id", "consent.purpose_id", only="code names kind basis"),
    PersonMore("consent_text", "id", "consent.text_id"),
    PersonMore("post", "id", "post_holding.post_id", only="title"),
    PersonMore("segment", "id", "segment_member.segment_id", only="title"),
    PersonMore("search_entry", "ref", "person.id", only="title detail"),
    PersonMore("suspected_pair", "first_id", "person.id", only="score reasons"),
    PersonMore("suspected_pair", "second_id", "person.id", only="score reasons"),
)
NOT_REPORTED = (
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
