"""What the register's tables and columns are called in the history. No Qt in this file."""

from __future__ import annotations

from db import identity_numbers
from db.models.consent import BASES, BLOCKABLE, CONSENT_STATES, CONSENT_WAYS, PURPOSE_KINDS, ConsentPurpose, ContactBlock
from db.models.duplicate import KeptApart, NotADuplicate
from db.models.interaction import DIRECTIONS, INTERACTION_KINDS
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES, ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.retention import ACTIONS, DISPOSAL_STATES
from db.models.role import ROLE_KINDS, Role
from db.models.saved_view import REACHES
from db.models.segment import Segment
from db.models.task import Task
from db.models.unit import LEVELS, Unit, UnitProgramme
from db.putting_back import WHOLE, Back
from db.texts import _
from desktop.core.contacting.purposes import refuse_answered
from desktop.core.records import FieldWords, RecordWords
from desktop.people.organisation.posts import check_holding, check_post
from desktop.people.organisation.units import check_unit, refuse_belonging, refuse_placed

_WITH_ALL = _("A person comes and goes with all that is theirs. Take the whole change back.")
_UNREAD = _("A number is never shown in full, so it cannot be written anew alone. Take the whole change back.")
_FINISHED = _("A task is finished, not removed. Take the whole change back, or finish the task.")
_SAID = _("What happened stays as it was written down. Take the whole change back, or write another line.")
_ANSWERED = _("Answers are only added, so that it stays known who said what. Write down the new answer.")
_SHOWN = _("A text that people were shown stays as it was. Write a new one.")
_RETIRED = _("It is retired, not removed. Take the whole change back.")
_MERGED = _("Merged records are taken apart as a whole, on a page of their own.")
_FROZEN = _("Whom a frozen segment found stays. Take the whole change back.")
_OWNERS = _("It belongs to whoever saved it. They change it where it is used.")
_TAKEN_OUT = _("That something was taken out of the register stays written down.")
_HELD = _("Who held a post stays written down. Change the last day, or take the whole change back.")
_DECIDED = _("What was decided about a disposal stays written down.")
_FILED = _("A file stays as it was filed. Take the whole change back.")

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
    Back(Person, (frozenset({"family", "given", "name_key"}),), {"made": _WITH_ALL, "removed": _WITH_ALL}),
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
    Back(ContactPoint, (frozenset({"value", "normal", "national"}), frozenset({"city", "city_key"}))),
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
    Back(Role),
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
    Back(Identifier, refuses={"removed": _UNREAD}, unread=frozenset({"value"})),
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
    _SAID,
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
    Back(Task, refuses={"made": _FINISHED, "removed": _FINISHED}),
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
    _ANSWERED,
)
STOP = RecordWords(
    "contact_block",
    _("Stop of contact"),
    (
        FieldWords("channel", _("What to stop"), BLOCKABLE),
        FieldWords("reason", _("Reason")),
        FieldWords("ends_at", _("Until")),
    ),
    Back(ContactBlock),
)
PURPOSE = RecordWords(
    "consent_purpose",
    _("Purpose"),
    (FieldWords("kind", _("Kind"), PURPOSE_KINDS), FieldWords("basis", _("Legal basis"), BASES)),
    Back(ConsentPurpose, refuses={"made": _RETIRED, "removed": _RETIRED}, check=refuse_answered),
)
SEGMENT = RecordWords(
    "segment",
    _("Segment"),
    (FieldWords("title", _("Title")),),
    Back(Segment, (frozenset({"title", "title_key"}),), {"made": _RETIRED, "removed": _RETIRED}),
)
UNIT = RecordWords(
    "unit",
    _("Unit"),
    (
        FieldWords("code", _("Code")),
        FieldWords("level", _("Level"), LEVELS),
        FieldWords("name_sv", _("Name in Swedish")),
        FieldWords("name_fi", _("Name in Finnish")),
        FieldWords("name_en", _("Name in English")),
        FieldWords("starts", _("First day")),
        FieldWords("ends", _("Last day")),
    ),
    Back(Unit, (frozenset({"code", "code_key"}),), check=check_unit, leaves=refuse_belonging),
)
PLACED = RecordWords(
    "unit_programme",
    _("Programme"),
    (FieldWords("programme", _("Programme")),),
    Back(UnitProgramme, refuses={"changed": WHOLE}, check=refuse_placed),
)
POST = RecordWords(
    "post",
    _("Post"),
    (FieldWords("title", _("Title")),),
    Back(Post, (frozenset({"title", "title_key"}),), {"made": WHOLE, "removed": WHOLE}, check=check_post),
)
HOLDER = RecordWords(
    "post_holding",
    _("Holder of a post"),
    (FieldWords("starts", _("First day")), FieldWords("ends", _("Last day"))),
    Back(PostHolding, refuses={"made": _HELD, "removed": _HELD}, check=check_holding),
)
RECORDS = (
    PERSON,
    CONTACT,
    ROLE,
    NUMBER,
    INTERACTION,
    TASK,
    RecordWords("not_a_duplicate", _("“Two people, not one”"), back=Back(NotADuplicate, refuses={"changed": WHOLE})),
    RecordWords("kept_apart", _("“Never compared with others”"), back=Back(KeptApart, refuses={"changed": WHOLE})),
    RecordWords("merged_person", _("Merge"), (FieldWords("reason", _("Reason")),), _MERGED),
    CONSENT,
    STOP,
    PURPOSE,
    RecordWords("consent_text", _("Text of a consent"), (FieldWords("text", _("Text")),), _SHOWN),
    SEGMENT,
    RecordWords("segment_member", _("Person in a segment"), back=_FROZEN),
    RecordWords("saved_view", _("View"), (FieldWords("name", _("Name")), FieldWords("reach", _("For whom"), REACHES)), _OWNERS),
    RecordWords("export_entry", _("Export"), (FieldWords("file", _("File")), FieldWords("purpose", _("Purpose"))), _TAKEN_OUT),
    RecordWords("import_profile", _("Profile of an import"), (FieldWords("name", _("Name")),), _OWNERS),
    POST,
    HOLDER,
    UNIT,
    PLACED,
    RecordWords("attachment", _("Document"), (FieldWords("name", _("Name")),), _FILED),
    RecordWords(
        "retention_rule",
        _("Retention rule"),
        (
            FieldWords("months", _("Months")),
            FieldWords("action", _("What is done"), ACTIONS),
            FieldWords("ground", _("Legal ground")),
            FieldWords("active", _("In use")),
        ),
        WHOLE,
    ),
    RecordWords(
        "legal_hold",
        _("Legal hold"),
        (FieldWords("reason", _("Reason")), FieldWords("until", _("Until"))),
        WHOLE,
    ),
    RecordWords(
        "disposal",
        _("Disposal"),
        (FieldWords("case_number", _("Case or decision")), FieldWords("state", _("State"), DISPOSAL_STATES)),
        _DECIDED,
    ),
    RecordWords(
        "disposal_rule",
        _("Rule of a disposal"),
        (FieldWords("due", _("Due")), FieldWords("done", _("Disposed of"))),
        _DECIDED,
    ),
    RecordWords("disposal_person", _("Place on a disposal list"), back=_DECIDED),
)
