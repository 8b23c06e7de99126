"""What a row of a list would change of somebody the register knows."""

from __future__ import annotations

from db.base import new_id
from db.identity_numbers import REPLACES
from db.models.person import LANGUAGES
from db.sorting import fold
from db.texts import Msgid, _
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.incoming import ADMITTED, IncomingPerson
from desktop.people.imports.known import Known, Passing, Place, is_another, number_of, stage_of

FIELDS = {
    "given": _("Given name"),
    "family": _("Family name"),
    "preferred": _("Preferred name"),
    "birth_date": _("Birth date"),
    "language": _("Language"),
    "identifier": _("Number"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "address": _("Address"),
    "admitted": _("Admitted"),
    "role": _("Role"),
    "note": _("Note"),
    "protection": _("Mark of protection"),
}


def changes_of(person: Known, row: IncomingPerson) -> tuple[Change, ...]:
    """What the row says that the register does not hold yet. Silence of the file never empties anything."""
    found: list[Change] = []
    for name in ("given", "family", "preferred"):
        before, after = getattr(person, name), getattr(row, name)
        if after and after != before:
            found.append(Change(name, before, after))
    if row.birth_date and row.birth_date != person.birth_date:
        found.append(Change("birth_date", person.birth_date.isoformat() if person.birth_date else "", row.birth_date.isoformat()))
    if row.language in LANGUAGES and row.language != person.language:
        found.append(Change("language", person.language, row.language))
    for number in row.identifiers:
        if number_of(number) not in person.identifiers:
            passing = replaced_by(person, number.kind)
            former = passing[0].kind if passing else number.kind if is_another(person, number) else ""
            found.append(Change("identifier", former, ":".join(filter(None, (number.kind, number.issuer)))))
    found += [Change("email", "", typed) for typed, normal in row.emails if normal not in person.reach]
    found += [Change("phone", "", typed) for typed, normal, _national in row.phones if normal not in person.reach]
    if (place := address_after(person, row)) is not None:
        found.append(Change("address", person.addresses[0].line if person.addresses else "", place.line))
    if (stage := row.stage) is not None and stage_of(*stage) not in person.stages:
        named = stage[1:] if stage[0] == ADMITTED else stage
        found.append(Change("admitted" if stage[0] == ADMITTED else "role", "", " ".join(filter(None, named))))
    if row.protected:  # whoever is in the register is not protected yet
        found.append(Change("protection", "", row.protected))
    if noted(person, row) != person.note:
        found.append(Change("note", "", row.note))
    return tuple(found)


def replaced_by(person: Known, kind: str) -> list[Passing]:
    """The numbers that are history once one of this kind is written down."""
    replaced = REPLACES.get(kind, ())
    return [number for number in person.passing if number.kind in replaced] if replaced else []


def noted(person: Known, row: IncomingPerson) -> str:
    """The note about somebody with what the row remarks below it, unless that is there already."""
    if not row.note or row.note in person.note:
        return person.note
    return f"{person.note}\n{row.note}" if person.note else row.note


def address_after(person: Known, row: IncomingPerson) -> Place | None:
    """What the first address becomes, or None when one of the person's addresses already says all of the row's.

    Nobody keeps the street when they move to another town; within the town the row only adds.
    """
    if not (row.city or row.street):
        return None
    given = _compared(row.street, row.postcode, row.city)
    for place in person.addresses:
        if all(not new or new == old for new, old in zip(given, _compared(*place[1:4]), strict=True)):
            return None
    old = person.addresses[0] if person.addresses else Place(new_id(), "", "", "", "", version=0)
    version = old.version + 1
    if row.city and fold(row.city) != fold(old.city):
        return Place(old.id, row.street, row.postcode, row.city, row.country, version)
    merged = row.street or old.street, row.postcode or old.postcode, row.city or old.city, row.country or old.country
    return Place(old.id, *merged, version)


def _compared(street: str, postcode: str, city: str) -> tuple[str, str, str]:
    return fold(street), fold(postcode.replace(" ", "")), fold(city)


def field_label(change: Change) -> Msgid:
    """The label of what changes."""
    return FIELDS[change.field]
