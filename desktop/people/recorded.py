"""What the register's tables and columns are called in the history. No Qt in this file."""

from __future__ import annotations

from db import identity_numbers
from db.models.consent import BASES, BLOCKABLE, CONSENT_STATES, CONSENT_WAYS, PURPOSE_KINDS
from db.models.interaction import DIRECTIONS, INTERACTION_KINDS
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES
from db.models.retention import ACTIONS, DISPOSAL_STATES
from db.models.role import ROLE_KINDS
from db.models.saved_view import REACHES
from db.texts import _
from desktop.core.records import FieldWords, RecordWords

PERSON = RecordWords(
    "person",
    _("Person"),
    (
        FieldWords("family", _("Family name")),
        FieldWords("given", _("Given names")),
        FieldWords("preferred", _("Preferred name")),
        FieldWords("former", _("Former names")),
        FieldWords("salutation", _("Salutation")),
        FieldWords("language", _("Language"), LANGUAGES),
        FieldWords("birth_date", _("Born")),
        FieldWords("deceased_on", _("Deceased")),
        FieldWords("retired_at", _("Retired")),
        FieldWords("note", _("Remark")),
    ),
)
CONTACT = RecordWords(
    "contact_point",
    _("Way to reach somebody"),
    (
        FieldWords("kind", _("Kind"), CONTACT_KINDS),
        FieldWords("label", _("Label")),
        FieldWords("value", _("Address or number")),
        FieldWords("street", _("Street")),
        FieldWords("postcode", _("Postcode")),
        FieldWords("city", _("Town")),
        FieldWords("country", _("Country")),
        FieldWords("hold", _("On hold"), HOLDS),
        FieldWords("valid_from", _("First day")),
        FieldWords("valid_to", _("Last day")),
    ),
)
ROLE = RecordWords(
    "role",
    _("Role"),
    (
        FieldWords("kind", _("Role"), ROLE_KINDS),
        FieldWords("programme", _("Programme")),
        FieldWords("term", _("Term")),
        FieldWords("starts", _("First day")),
        FieldWords("ends", _("Last day")),
    ),
)
NUMBER = RecordWords(
    "identifier",
    _("Number"),
    (
        FieldWords("kind", _("Kind"), identity_numbers.KINDS),
        FieldWords("value", _("Number")),
        FieldWords("issuer", _("Given by")),
        FieldWords("valid_to", _("Last day")),
    ),
)
INTERACTION = RecordWords(
    "interaction",
    _("Contact"),
    (
        FieldWords("kind", _("Kind"), INTERACTION_KINDS),
        FieldWords("at", _("When")),
        FieldWords("direction", _("From whom?"), DIRECTIONS),
        FieldWords("title", _("Title")),
        FieldWords("text", _("What was said")),
    ),
)
TASK = RecordWords(
    "task",
    _("Task"),
    (
        FieldWords("title", _("What is to be done")),
        FieldWords("due", _("Due by")),
        FieldWords("note", _("Remark")),
        FieldWords("done_at", _("Done")),
    ),
)
CONSENT = RecordWords(
    "consent",
    _("Consent"),
    (
        FieldWords("state", _("Answer"), CONSENT_STATES),
        FieldWords("at", _("When")),
        FieldWords("way", _("How"), CONSENT_WAYS),
        FieldWords("ends_at", _("Valid until")),
        FieldWords("note", _("Remark")),
    ),
)
STOP = RecordWords(
    "contact_block",
    _("Stop of contact"),
    (
        FieldWords("channel", _("What to stop"), BLOCKABLE),
        FieldWords("reason", _("Reason")),
        FieldWords("ends_at", _("Until")),
    ),
)
RECORDS = (
    PERSON,
    CONTACT,
    ROLE,
    NUMBER,
    INTERACTION,
    TASK,
    RecordWords("not_a_duplicate", _("“Two people, not one”")),
    RecordWords("kept_apart", _("“Never compared with others”")),
    RecordWords("merged_person", _("Merge"), (FieldWords("reason", _("Reason")),)),
    CONSENT,
    STOP,
    RecordWords(
        "consent_purpose",
        _("Purpose"),
        (FieldWords("kind", _("Kind"), PURPOSE_KINDS), FieldWords("basis", _("Legal basis"), BASES)),
    ),
    RecordWords("consent_text", _("Text of a consent"), (FieldWords("text", _("Text")),)),
    RecordWords("segment", _("Segment"), (FieldWords("title", _("Title")),)),
    RecordWords("segment_member", _("Person in a segment")),
    RecordWords("saved_view", _("View"), (FieldWords("name", _("Name")), FieldWords("reach", _("For whom"), REACHES))),
    RecordWords("export_entry", _("Export"), (FieldWords("file", _("File")), FieldWords("purpose", _("Purpose")))),
    RecordWords(
        "retention_rule",
        _("Retention rule"),
        (
            FieldWords("months", _("Months")),
            FieldWords("action", _("What is done"), ACTIONS),
            FieldWords("ground", _("Legal ground")),
            FieldWords("active", _("In use")),
        ),
    ),
    RecordWords("legal_hold", _("Legal hold"), (FieldWords("reason", _("Reason")), FieldWords("until", _("Until")))),
    RecordWords(
        "disposal",
        _("Disposal"),
        (FieldWords("case_number", _("Case or decision")), FieldWords("state", _("State"), DISPOSAL_STATES)),
    ),
    RecordWords("disposal_rule", _("Rule of a disposal"), (FieldWords("due", _("Due")), FieldWords("done", _("Disposed of")))),
    RecordWords("disposal_person", _("Place on a disposal list")),
    RecordWords("import_profile", _("Profile of an import"), (FieldWords("name", _("Name")),)),
)
