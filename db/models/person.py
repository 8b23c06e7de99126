"""A human being, for life: names, identifiers and ways to reach them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

CONTACT_KINDS = {"email": _("E-mail"), "phone": _("Phone"), "address": _("Address"), "social": _("Social profile")}
# A hold is on the address, never on the person.
HOLDS = {
    "bounced": _("Address bounced"),
    "wrong_number": _("Wrong number"),
    "dead_number": _("Number not in use"),
    "returned": _("Letter came back"),
}
LANGUAGES = {"sv": _("Swedish"), "fi": _("Finnish"), "en": _("English")}


def _index_of_filled(filled: str, *columns: str) -> Index:
    """An index without the rows that leave `filled` empty; a query must say `filled <> ''` to use it.

    Other engines are told the condition by the revisions alone: named here, it would load their drivers at every start.
    """
    there = text(f"{filled} <> ''")
    return Index(f"ix_contact_point_{'_'.join(columns)}", *columns, sqlite_where=there)


class Person(Row, Base):
    """Thin on purpose: stages of a life are rows in `Role`, never flags here."""

    __tablename__ = "person"
    given: Mapped[str] = mapped_column(default="")
    family: Mapped[str] = mapped_column(default="")
    preferred: Mapped[str] = mapped_column(default="")
    former: Mapped[str] = mapped_column(default="")
    salutation: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None]
    deceased_on: Mapped[date | None]
    retired_at: Mapped[datetime | None]  # taken out of lists, kept in history; restored by emptying it
    name_key: Mapped[bytes]  # db.sorting.name_key of family and given
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("given <> '' OR family <> ''", name="has_a_name"),
        # Partial: an index led by retired_at would look so selective that planners take it for everything.
        # It ends in retired_at, which is empty in all of it: only so SQLite walks the index without opening the rows.
        Index(
            "ix_person_by_name",
            "name_key",
            "id",
            "retired_at",
            sqlite_where=text("retired_at IS NULL"),
        ),
        Index("ix_person_birth_date", "birth_date", sqlite_where=text("birth_date IS NOT NULL")),
    )


class Identifier(Row, Base):
    """A number somebody else gave the person. `value` is the normal form; shown masked by kind."""

    __tablename__ = "identifier"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(deferred=True)  # on a server hardly anybody may read it; see db.numbers
    issuer: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    __table_args__ = (Index("ix_identifier_value_kind", "value", "kind"),)


class ContactPoint(Row, Base):
    """One way to reach a person.

    `value` is as typed. `normal` is what is compared: an e-mail in lower case, a phone number as E.164, else empty.
    `national` holds the digits as dialled inside the country. Postal addresses use street to country; `city_key` is
    the folded town that filters compare.
    """

    __tablename__ = "contact_point"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(default="")
    normal: Mapped[str] = mapped_column(default="")
    national: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    city_key: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)  # 0 is used first
    hold: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone', 'address', 'social')", name="known_kind"),
        _index_of_filled("normal", "normal"),
        _index_of_filled("city_key", "city_key", "person_id"),
    )
