"""What an officer writes down anew about somebody protected, as changes of the rows that are kept. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from db import identity_numbers
from db.base import new_id
from db.errors import RuleBroken
from db.protected.editing import RowEdit, added
from db.protected.showing import HiddenPerson, HiddenRow
from db.search import title_of
from db.texts import _
from desktop.people.card import ContactLine, PersonCard, RoleLine
from desktop.people.contacts import ContactForm, contact_values
from desktop.people.editing import PersonForm, person_values
from desktop.people.roles import IdentifierForm, RoleForm, number_of, role_values

NAMES = ("given", "family", "preferred", "former", "salutation", "language")
_REMOVE = {"contact_point": "remove_contact", "identifier": "remove_identifier", "role": "remove_role"}


@dataclass(frozen=True, slots=True)
class HiddenStep:
    """One step: what the history will call it, whom it will name, and the rows it changes."""

    verb: str
    name: str
    edits: tuple[RowEdit, ...]


def change_person(person: HiddenPerson, form: PersonForm, today: date) -> HiddenStep:
    """Names and days.

    Raises:
        RuleBroken: no name, or days that cannot be.
    """
    values, row = person_values(form, today), person.rows["person"][0]
    name = title_of(str(values["family"]), str(values["given"]))
    return HiddenStep("edit_person", name, (RowEdit("person", row.id, row.version, values),))


def add_contact(person: HiddenPerson, form: ContactForm, country: str) -> HiddenStep:
    """A way to reach them, after those of its kind.

    Raises:
        RuleBroken: it cannot be such an address or number.
    """
    values = contact_values(form, country)
    taken = [row.values["position"] for row in person.rows["contact_point"] if row.values["kind"] == form.kind]
    more = {"person_id": person.id, "kind": form.kind, "position": max(taken, default=-1) + 1}
    return HiddenStep("add_contact", person.title, (added("contact_point", new_id(), values | more),))


def change_contact(person: HiddenPerson, row: HiddenRow, form: ContactForm, country: str) -> HiddenStep:
    """A way to reach them; its kind stays.

    Raises:
        RuleBroken: it cannot be such an address or number.
    """
    values = contact_values(form, country, kind=row.values["kind"])
    return HiddenStep("edit_contact", person.title, (RowEdit("contact_point", row.id, row.version, values),))


def add_role(person: HiddenPerson, form: RoleForm) -> HiddenStep:
    """A stage.

    Raises:
        RuleBroken: it has no kind, or ends before it starts.
    """
    return HiddenStep("add_role", person.title, (added("role", new_id(), role_values(form) | {"person_id": person.id}),))


def change_role(person: HiddenPerson, row: HiddenRow, form: RoleForm) -> HiddenStep:
    """A stage.

    Raises:
        RuleBroken: it has no kind, or ends before it starts.
    """
    return HiddenStep("edit_role", person.title, (RowEdit("role", row.id, row.version, role_values(form)),))


def add_number(person: HiddenPerson, form: IdentifierForm, today: date) -> HiddenStep:
    """A number; what it takes the place of ends today. Whether an open record bears it, the list of the protected says.

    Raises:
        RuleBroken: no such number can exist, or it is written down already.
    """
    kind, value, issuer = number_of(form, today)
    numbers = person.rows["identifier"]
    if any((row.values["kind"], row.values["value"]) == (kind, value) for row in numbers):
        raise RuleBroken(_("This number is already written down."), _("Close the form."), field="value")
    replaced = identity_numbers.REPLACES.get(kind, frozenset())
    ends = [row for row in numbers if row.values["kind"] in replaced and not row.values["valid_to"]]
    new = added("identifier", new_id(), {"person_id": person.id, "kind": kind, "value": value, "issuer": issuer})
    over = (RowEdit("identifier", row.id, row.version, {"valid_to": today}) for row in ends)
    return HiddenStep("add_identifier", person.title, (new, *over))


def remove(person: HiddenPerson, table: str, row: HiddenRow) -> HiddenStep:
    """A way to reach them, a number or a stage."""
    return HiddenStep(_REMOVE[table], person.title, (RowEdit(table, row.id, row.version, None),))


def card_of(person: HiddenPerson) -> PersonCard:
    """The record as the form of names and days begins with it."""
    row = person.rows["person"][0]
    names = {name: row.values[name] for name in NAMES}
    days: dict[str, Any] = {"birth_date": row.day("birth_date"), "deceased_on": row.day("deceased_on"), "retired_at": None}
    rest: dict[str, Any] = dict.fromkeys(("identifiers", "contacts", "roles", "tasks", "stops", "timeline"), ())
    return PersonCard(id=row.id, version=row.version, note=row.values["note"], apart=False, counts={}, **names, **days, **rest)


def contact_of(row: HiddenRow) -> ContactLine:
    """A way to reach them as its form begins with it."""
    names = ("kind", "label", "value", "normal", "street", "postcode", "city", "country", "hold")
    return ContactLine(row.id, row.version, **{name: row.values[name] for name in names})


def role_of(row: HiddenRow) -> RoleLine:
    """A stage as its form begins with it."""
    names = {name: row.values[name] for name in ("kind", "programme", "term")}
    return RoleLine(row.id, row.version, starts=row.day("starts"), ends=row.day("ends"), **names)
