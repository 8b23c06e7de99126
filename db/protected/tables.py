"""The tables of protected identities in a file; on a server functions alone reach theirs. They take no part in the history."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, MetaData, Table, Text

from db.base import Key, Moment

_APART = MetaData()  # no module, no list and no taking back knows of them

PERSON = Table(
    "protected_person",
    _APART,
    Column("id", Key(), primary_key=True),
    Column("handle", Text()),
    Column("kind", Text()),
    Column("ground", Text()),
    Column("decided_on", Date()),
    Column("valid_until", Date()),
    Column("forwarding", Text()),
    Column("since", Moment()),
    Column("by_name", Text()),
    Column("household", Key()),
)
KEPT = Table(
    "protected_kept",
    _APART,
    Column("number", Integer(), primary_key=True),
    Column("owner", Key()),
    Column("table_name", Text()),
    Column("row_id", Key()),
    Column("before", Text()),
    Column("at", Moment()),
)
NUMBER = Table("protected_number", _APART, Column("owner", Key()), Column("kind", Text()), Column("value", Text()))
EVENT = Table(
    "protected_event",
    _APART,
    Column("number", Integer(), primary_key=True),
    Column("at", Moment()),
    Column("by_name", Text()),
    Column("act", Text()),
    Column("handle", Text()),
    Column("reason", Text()),
)

# What may be changed of the rows that are kept, and what a new one says besides; by table. Of a number only its last day.
CHANGED = {
    "person": ("given", "family", "preferred", "former", "salutation", "language", "birth_date", "deceased_on", "note", "name_key"),
    "contact_point": (
        "label", "value", "normal", "national", "street", "postcode", "city", "city_key", "country", "hold", "source",
    ),
    "identifier": ("valid_to",),
    "role": ("kind", "programme", "term", "starts", "ends", "source"),
}  # fmt: skip
ADDED = {
    "contact_point": ("person_id", "kind", "position", "valid_from", "valid_to"),
    "identifier": ("person_id", "kind", "value", "issuer", "valid_from"),
    "role": ("person_id",),
}
EDITS = (
    "edit_person", "add_contact", "edit_contact", "remove_contact", "add_role", "edit_role", "remove_role", "add_identifier",
    "remove_identifier",
)  # fmt: skip
