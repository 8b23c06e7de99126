"""What the register's tables and columns are called in the history. No Qt in this file."""

from __future__ import annotations

from db import identity_numbers
from db.models.interaction import DIRECTIONS, INTERACTION_KINDS
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES
from db.models.role import ROLE_KINDS
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
RECORDS = (
    PERSON,
    CONTACT,
    ROLE,
    NUMBER,
    INTERACTION,
    TASK,
    RecordWords("not_a_duplicate", _("“Two people, not one”")),
    RecordWords("kept_apart", _("“Never compared with others”")),
)
