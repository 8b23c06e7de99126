"""The rules for ways to reach people, and for what was said to them. Flushes; the caller's write scope commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.contact_forms import email_form, phone_forms
from db.database import take
from db.errors import RuleBroken
from db.models.interaction import DIRECTIONS, INTERACTION_KINDS
from db.models.person import HOLDS, ContactPoint
from db.sorting import fold
from db.texts import _
from desktop.core.contacting.recording import Contact, record_past
from desktop.people.editing import name_the_person, name_the_person_late


@dataclass(frozen=True, slots=True)
class ContactForm:
    """One way to reach somebody. `kind` is a code of `CONTACT_KINDS`, `hold` one of `HOLDS` or empty.

    E-mail, phone and social profile use `value`; an address uses street, postcode, city and country instead.
    """

    kind: str
    value: str = ""
    label: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    hold: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class InteractionForm:
    """One contact to be written on the timeline. `direction` is "in", "out" or empty; `seconds` its length, if known."""

    kind: str
    at: datetime
    direction: str = ""
    title: str = ""
    text: str = ""
    seconds: int | None = None
    outcome: str = ""
    module: str = "people"


def add_contact(session: Session, person_id: UUID, form: ContactForm, *, country: str) -> UUID:
    """Add a way to reach somebody after those of its kind they have; the first one is used first.

    Args:
        country: The office's own, "SE" or "FI": numbers without country code are dialled from there.

    Raises:
        RuleBroken: it is empty or cannot be such an address or number; the field is named.
    """
    values = contact_values(form, country)
    name_the_person(session, person_id)
    last = select(func.max(ContactPoint.position)).where(ContactPoint.person_id == person_id, ContactPoint.kind == form.kind)
    highest = session.execute(last).scalar()
    point = ContactPoint(person_id=person_id, kind=form.kind, position=0 if highest is None else highest + 1, **values)
    session.add(point)
    session.flush()
    return point.id


def edit_contact(session: Session, contact_id: UUID, version: int, form: ContactForm, *, country: str) -> None:
    """Change a way to reach somebody, or set and clear its hold; the kind stays.

    Raises:
        RuleBroken: as for `add_contact`.
        Conflict: somebody else changed or removed it since the form read it.
    """
    point = take(session, ContactPoint, contact_id, version)
    for name, value in contact_values(form, country, kind=point.kind).items():
        setattr(point, name, value)
    session.flush()
    name_the_person(session, point.person_id)


def hold_contact(session: Session, contact_id: UUID, version: int, hold: str) -> None:
    """Put a way to reach somebody on hold for a reason of `HOLDS`, or let it be used again with an empty one.

    Raises:
        Conflict: somebody else changed or removed it since.
    """
    point = take(session, ContactPoint, contact_id, version)
    point.hold = _known_hold(hold)
    session.flush()
    name_the_person(session, point.person_id)


def remove_contact(session: Session, contact_id: UUID, version: int) -> None:
    """Remove a way to reach somebody; the history keeps it.

    Raises:
        Conflict: somebody else changed or removed it since.
    """
    point = take(session, ContactPoint, contact_id, version)
    session.delete(point)
    session.flush()
    name_the_person(session, point.person_id)


def add_interaction(session: Session, person_id: UUID, form: InteractionForm, *, actor: Actor) -> UUID:
    """Write a call, a meeting, a note on the timeline, in the name of `actor`: something that has been.

    Raises:
        RuleBroken: there is nothing to write, or the person is not there.
    """
    if form.kind not in INTERACTION_KINDS or form.direction not in DIRECTIONS:
        raise ValueError(f"unknown kind of interaction: {form.kind}/{form.direction}")
    if form.kind == "note" and not form.text.strip() and not form.title.strip():
        raise RuleBroken(_("The note is empty."), _("Write something, or close the form."), field="text")
    name_the_person_late(session, person_id)
    line = Contact(
        form.kind, form.at, form.direction, form.module, actor.name, title=form.title.strip(), text=form.text.strip(),
        outcome=form.outcome, seconds=form.seconds,
    )  # fmt: skip
    return record_past(session, person_id, line)


def contact_values(form: ContactForm, country: str, kind: str = "") -> dict[str, Any]:
    """What a form says by column; `kind` is that of a row that is there already.

    Raises:
        RuleBroken: as for `add_contact`.
    """
    kind = kind or form.kind
    common = {"label": form.label.strip(), "hold": _known_hold(form.hold), "source": form.source}
    if kind == "address":
        return common | _address_values(form)
    value = form.value.strip()
    if not value:
        raise RuleBroken(_EMPTY[kind], _("Write it, or close the form."), field="value")
    normal = national = ""
    try:
        if kind == "email":
            normal = email_form(value)
        elif kind == "phone":
            forms = phone_forms(value, country)
            normal, national = forms.e164, forms.national
    except RuleBroken as broken:
        raise RuleBroken(broken.what, broken.to_do, field="value", **broken.values) from broken
    return common | {"value": value, "normal": normal, "national": national}


def _address_values(form: ContactForm) -> dict[str, str]:
    parts = {name: getattr(form, name).strip() for name in ("street", "postcode", "city", "country")}
    if not parts["street"] and not parts["city"]:
        raise RuleBroken(_EMPTY["address"], _("Write at least the street or the town."), field="street")
    return parts | {"value": "", "city_key": fold(parts["city"])}


def _known_hold(hold: str) -> str:
    if hold and hold not in HOLDS:
        raise ValueError(f"unknown hold: {hold}")
    return hold


_EMPTY = {
    "email": _("The e-mail address is empty."),
    "phone": _("The phone number is empty."),
    "social": _("The profile is empty."),
    "address": _("The address is empty."),
}
