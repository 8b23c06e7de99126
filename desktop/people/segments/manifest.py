"""The part of the register's manifest that offers its fields to segments, as data: no Qt, no database."""

from __future__ import annotations

from db.texts import Msgid, _
from desktop.core.manifest import Asks, Contribution, FieldType, Part

_HERE, _ALLOWED = "desktop.people.segments.core_fields", "desktop.people.segments.allowed_fields"
_PERSON, _LIFE, _REACH, _CONTACT = _("Person"), _("Life with the university"), _("Reaching them"), _("Contacts and tasks")
_RECORD = _("Record")
_TERMS = (("@last", _("last term")), ("@this", _("this term")), ("@next", _("next term")))


def _field(key: str, title: Msgid, asks: Asks, name: str = "", place: str = _HERE) -> Contribution:
    return Contribution("segment_field", f"people.{key}", title, f"{place}:{name or key}", right="people.view", asks=asks)


def _part(key: str, title: Msgid, kind: FieldType, codes: tuple[tuple[str, Msgid], ...] = (), offers: str = "") -> Part:
    return Part(key, title, Asks(kind, choices=codes, offers=f"{_HERE}:{offers}" if offers else ""))


FIELDS = (
    _field(
        "role",
        _("Role"),
        Asks(
            "relation",
            _LIFE,
            parts=(
                _part("kind", _("Role"), "choice", offers="role_kinds"),
                _part("programme", _("Programme"), "choice", offers="programmes"),
                _part("unit", _("Unit"), "choice", offers="organisation"),
                _part("term", _("Term"), "choice", _TERMS, offers="terms"),
                _part("held", _("Held today"), "yes_no"),
                _part("starts", _("Begins"), "day"),
                _part("ends", _("Ends"), "day"),
            ),
        ),
    ),
    _field(
        "post",
        _("Post"),
        Asks(
            "relation",
            _LIFE,
            parts=(
                _part("post", _("Post"), "choice", offers="posts"),
                _part("held", _("Held today"), "yes_no"),
                _part("starts", _("Begins"), "day"),
                _part("ends", _("Ends"), "day"),
            ),
        ),
    ),
    _field("family", _("Family name"), Asks("text", _PERSON)),
    _field("given", _("Given names"), Asks("text", _PERSON)),
    _field("language", _("Language"), Asks("choice", _PERSON, offers=f"{_HERE}:languages")),
    _field("age", _("Age"), Asks("number", _PERSON)),
    _field("birth_year", _("Year of birth"), Asks("number", _PERSON)),
    _field("deceased", _("Deceased"), Asks("yes_no", _PERSON)),
    _field("mailable", _("Can be e-mailed"), Asks("yes_no", _REACH)),
    _field("callable", _("Can be phoned"), Asks("yes_no", _REACH), "callable_"),
    _field("postable", _("Can be sent letters"), Asks("yes_no", _REACH)),
    _field(
        "reach",
        _("Way to reach them"),
        Asks(
            "relation",
            _REACH,
            parts=(
                _part("kind", _("Kind"), "choice", offers="contact_kinds"),
                _part("on_hold", _("On hold"), "yes_no"),
                _part("hold", _("Why on hold"), "choice", offers="holds"),
                _part("address", _("Address or number"), "text"),
            ),
        ),
    ),
    _field("town", _("Town"), Asks("text", _REACH)),
    _field("postcode", _("Postcode"), Asks("text", _REACH)),
    _field("country", _("Country"), Asks("choice", _REACH, offers=f"{_HERE}:countries")),
    _field("consent", _("Consent"), Asks("choice", _REACH, offers=f"{_ALLOWED}:kinds_of_purpose"), place=_ALLOWED),
    _field("stopped", _("Do not contact"), Asks("choice", _REACH, offers=f"{_ALLOWED}:ways"), place=_ALLOWED),
    _field(
        "contact",
        _("Contact"),
        Asks(
            "relation",
            _CONTACT,
            parts=(
                _part("kind", _("Kind"), "choice", offers="interaction_kinds"),
                _part("when", _("When"), "day"),
                _part("direction", _("Direction"), "choice", offers="directions"),
                _part("by", _("By whom"), "text"),
            ),
        ),
    ),
    _field("last_contact", _("Last contact"), Asks("day", _CONTACT)),
    _field(
        "task",
        _("Task"),
        Asks(
            "relation",
            _CONTACT,
            parts=(
                _part("done", _("Done"), "yes_no"),
                _part("due", _("Due"), "day"),
                _part("title", _("What is to be done"), "text"),
            ),
        ),
    ),
    _field("segment", _("Segment"), Asks("choice", _RECORD, offers=f"{_HERE}:segments")),
    _field("import", _("Import"), Asks("choice", _RECORD, offers=f"{_HERE}:imports"), "imported"),
    _field("created", _("Record made"), Asks("day", _RECORD)),
    _field("changed", _("Record changed"), Asks("day", _RECORD)),
    _field("retired", _("Retired"), Asks("yes_no", _RECORD)),
)
