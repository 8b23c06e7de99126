"""The columns a list of people can show: what stands in each, and which of them are there from the start."""

from __future__ import annotations

from collections.abc import Iterable

from db.texts import _
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people import listing, words
from desktop.people.listing import PeopleFilter, PersonRow

AREAS = ("person", "contact_point", "role", "interaction")


def _roles(row: PersonRow, texts: Texts) -> tuple[str, ...]:
    return tuple(words.role(kind, texts) for kind in row.role_kinds)


def _email(row: PersonRow, texts: Texts) -> str:
    return words.hold(row.email_hold, texts) if row.email_hold else row.email


def _phone(row: PersonRow, texts: Texts) -> str:
    return words.hold(row.phone_hold, texts) if row.phone_hold else row.phone


def _street(row: PersonRow, texts: Texts) -> str:
    return words.hold(row.post_hold, texts) if row.post_hold and row.street else row.street


def _contact(row: PersonRow, texts: Texts) -> str:
    return texts.day(row.last_contact) if row.last_contact is not None else texts.say(_("none yet"))


def _dim(_row: PersonRow) -> str:
    return "dim"


COLUMNS: tuple[Column[PersonRow], ...] = (
    Column(_("Name"), lambda row, texts: row.title, "name_sort", 178, strong=True, key="name"),
    Column(_("Roles"), _roles, "", 130, key="roles"),
    Column(_("Programme"), lambda row, texts: row.programme, "programme_sort", 148, key="programme"),
    Column(_("E-mail"), _email, "email_sort", 160, tone=lambda row: "bad" if row.email_hold else "dim", key="email"),
    Column(_("Last contact"), _contact, "contact_sort", 100, tone=_dim, key="contact"),
    Column(_("Family name"), lambda row, texts: row.family, "", 130, key="family", extra=True),
    Column(_("Given names"), lambda row, texts: row.given, "", 130, key="given", extra=True),
    Column(_("Called"), lambda row, texts: row.preferred, "", 100, key="preferred", extra=True),
    Column(
        _("Phone"), _phone, "", 130, tone=lambda row: "bad" if row.phone_hold else "dim", key="phone", extra=True, needs="call"
    ),
    Column(
        _("Street address"), _street, "", 160, tone=lambda row: "bad" if row.post_hold else "", key="street", extra=True,
        needs="street post_hold",
    ),
    Column(_("Postcode"), lambda row, texts: row.postcode, "", 90, key="postcode", extra=True, needs="postcode"),
    Column(_("Town"), lambda row, texts: row.town, "town_sort", 120, key="town", extra=True, needs="town"),
    Column(_("Country"), lambda row, texts: row.country, "", 80, key="country", extra=True, needs="country"),
    Column(
        _("Language"), lambda row, texts: words.language(row.language, texts), "", 90, key="language", extra=True, needs="language"
    ),
    Column(
        _("Birth date"), lambda row, texts: texts.day(row.born) if row.born else "", "born_sort", 100, key="born", extra=True,
        needs="born",
    ),
    Column(
        _("Birth year"), lambda row, texts: str(row.born.year) if row.born else "", "", 80, key="birth_year", extra=True,
        needs="born",
    ),
    Column(
        _("Added"), lambda row, texts: texts.day(row.created) if row.created else "", "created_sort", 100, tone=_dim,
        key="created", extra=True, needs="created",
    ),
    Column(
        _("Changed"), lambda row, texts: texts.day(row.changed) if row.changed else "", "changed_sort", 100, tone=_dim,
        key="changed", extra=True, needs="changed",
    ),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = tuple(column.key for column in COLUMNS if not column.extra)
SORTS = frozenset(column.sort for column in COLUMNS if column.sort)
# E-mail addresses take the room there is.
WIDENING = USUAL.index("email")

PEOPLE: ListSpec[PeopleFilter, PersonRow] = ListSpec(query=listing.people_query, row=PersonRow, columns=COLUMNS, areas=AREAS)


def needed(keys: Iterable[str]) -> frozenset[str]:
    """The fields of a row that must be read for these columns."""
    return frozenset(name for key in keys if key in BY_KEY for name in BY_KEY[key].needs.split())
