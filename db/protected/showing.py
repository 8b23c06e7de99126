"""Seeing who somebody protected is: the reason is stored for good first, then everything that is kept of them is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import identity_numbers
from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.protected.kept import moment_of, read_kept
from db.protected.people import LONGEST
from db.protected.tables import EVENT
from db.search import title_of
from db.stated import stated
from db.texts import _

ACTS = {
    "protected": _("Marked"),
    "raised": _("Marked by an import"),
    "changed": _("Changed"),
    "edited": _("Edited"),
    "arrived": _("A record with the same number came in"),
    "looked": _("Looked"),
    "ended": _("Ended"),
    "erased": _("Erased"),
}
# What was edited; the values stand nowhere but with the person.
EDITED = {
    "edit_person": _("Names and days"),
    "add_contact": _("A way to reach them, added"),
    "edit_contact": _("A way to reach them"),
    "remove_contact": _("A way to reach them, removed"),
    "add_role": _("A role, added"),
    "edit_role": _("A role"),
    "remove_role": _("A role, removed"),
    "add_identifier": _("A number, added"),
    "remove_identifier": _("A number, removed"),
}
AT_MOST = 200  # lines of the record of a moment


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """A row as it is kept; days are text."""

    id: UUID
    version: int
    values: Mapping[str, Any]

    def day(self, name: str) -> date | None:
        """A day of it."""
        return date.fromisoformat(self.values[name]) if self.values[name] else None


@dataclass(frozen=True, slots=True)
class HiddenPerson:
    """One record of somebody protected. `contacts` are kind, label and value, `numbers` kind and written form.

    `rows` are what these were read from, by table and in the same order; "person" is the record itself.
    """

    id: UUID
    title: str
    more: tuple[tuple[str, str], ...]  # further fields of the person by name: preferred, former, salutation, note
    birth_date: date | None
    contacts: tuple[tuple[str, str, str], ...]
    numbers: tuple[tuple[str, str, str], ...]  # kind, issuer, written form
    roles: tuple[tuple[str, str, str], ...]  # kind, programme, term
    lines: tuple[tuple[datetime, str, str], ...]  # moment, kind and text of each contact, the newest first
    arrived_at: datetime | None  # when it came in beside the first
    rows: Mapping[str, tuple[HiddenRow, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something done with somebody protected, or a look."""

    at: datetime
    by: str
    act: str
    handle: str
    reason: str


def show_protected(database: Database, actor: Actor, person_id: UUID, reason: str, *, now: datetime) -> list[HiddenPerson]:
    """Who somebody protected is; empty when nobody protected is there by that id.

    Raises:
        RuleBroken: the reason says nothing.
    """
    refused = RuleBroken(_("Say why you need to see this person."), _("Choose a reason or write one."), field="reason")
    words = stated(reason, LONGEST, refused)
    return _people(person_id, read_kept(database, actor, person_id, words, now=now).rows)


def protected_events(session: Session) -> list[Event]:
    """The newest things done with protected people, and who looked at them; for those alone who hold the right."""
    if session.connection().dialect.name == "postgresql":
        from db.postgresql import asking

        return [Event(*row) for row in asking.protected_events(session.connection(), AT_MOST)]
    columns = EVENT.c.at, EVENT.c.by_name, EVENT.c.act, EVENT.c.handle, EVENT.c.reason
    return [Event(*row) for row in session.execute(select(*columns).order_by(EVENT.c.number.desc()).limit(AT_MOST))]


def _people(owner: UUID, rows: Iterable[tuple[str, str, datetime]]) -> list[HiddenPerson]:
    """Rows as they were, put together; each engine writes ids and moments in its own way."""
    by_table: dict[str, list[dict[str, Any]]] = {}
    came: dict[UUID, datetime] = {}
    for table, before, at in rows:
        values = json.loads(before)
        by_table.setdefault(table, []).append(values)
        if table == "person":
            came[UUID(values["id"])] = at
    found = [_person(person, by_table, None if UUID(person["id"]) == owner else came[UUID(person["id"])])
             for person in by_table.get("person", [])]  # fmt: skip
    return sorted(found, key=lambda person: (person.arrived_at is not None, person.arrived_at or came[owner]))


def _person(person: dict[str, Any], by_table: dict[str, list[dict[str, Any]]], arrived_at: datetime | None) -> HiddenPerson:
    def own(table: str) -> Iterator[dict[str, Any]]:
        return (row for row in by_table.get(table, []) if row["person_id"] == person["id"])

    lines = [
        (moment_of(row["at"]), row["kind"], " ".join(filter(None, (row["title"], row["text"])))) for row in own("interaction")
    ]
    return HiddenPerson(
        UUID(person["id"]),
        title_of(person["family"], person["given"]),
        tuple((key, person[key]) for key in ("preferred", "former", "salutation", "note") if person[key]),
        date.fromisoformat(person["birth_date"]) if person["birth_date"] else None,
        tuple((row["kind"], row["label"], _way(row)) for row in own("contact_point")),
        tuple((row["kind"], row["issuer"], identity_numbers.shown(row["kind"], row["value"])) for row in own("identifier")),
        tuple((row["kind"], row["programme"], row["term"]) for row in own("role")),
        tuple(sorted(lines, reverse=True)),
        arrived_at,
        {"person": (_row(person),)} | {name: tuple(map(_row, own(name))) for name in ("contact_point", "identifier", "role")},
    )


def _row(row: dict[str, Any]) -> HiddenRow:
    return HiddenRow(UUID(row["id"]), row["version"], row)


def _way(row: dict[str, Any]) -> str:
    town = " ".join(filter(None, (row["postcode"], row["city"])))
    return row["value"] or ", ".join(filter(None, (row["street"], town, row["country"])))
