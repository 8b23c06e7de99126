"""The part of the register's manifest that says which rows belong to people, and how two merged ones are taken apart."""

from __future__ import annotations

from db.texts import _, ngettext
from desktop.core.manifest import OwnUndo, PersonRows

TAKE_APART = OwnUndo(_("Take apart…"), "people.apart", "desktop.people.merging.handles:merge_made_in")
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
        followers=("attachment.subject",), settle=f"{_CONSENTS}:settle_answers", shows=f"{_CONSENTS}:show_answers", right="people.view", staff="by_name",
    ),
    PersonRows(
        "contact_block", ngettext("{count} stop of contact", "{count} stops of contact"), same="channel",
        settle=f"{_CONSENTS}:settle_stops", shows=f"{_CONSENTS}:show_stops", right="people.view", staff="by_name",
    ),
    PersonRows("segment_member", ngettext("{count} frozen segment", "{count} frozen segments"), same="segment_id"),
    PersonRows(
        "legal_hold", ngettext("{count} legal hold", "{count} legal holds"), shows="desktop.people.retention.holds:show_holds",
        right="people.retention", staff="by_name",
    ),
    PersonRows("disposal_person", ngettext("{count} place on a disposal list", "{count} places on disposal lists"), stays=True),
    PersonRows("attachment", ngettext("{count} file", "{count} files"), column="subject"),
    PersonRows("merged_person", ngettext("{count} merge", "{count} merges"), stays=True),
    PersonRows("merged_person", ngettext("{count} merge", "{count} merges"), column="into_id", stays=True),
    PersonRows("kept_apart", ngettext("{count} mark", "{count} marks"), stays=True),
    # What was said of a pair is brought over by the step itself: a pair names two people.
    PersonRows("not_a_duplicate", ngettext("{count} judgement", "{count} judgements"), column="first_id", stays=True),
    PersonRows("not_a_duplicate", ngettext("{count} judgement", "{count} judgements"), column="second_id", stays=True),
)  # fmt: skip
