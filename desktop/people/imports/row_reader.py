"""Turns a row of a list into a person, or says of which column it cannot be read and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from db.contact_forms import PhoneForms, email_form, phone_forms
from db.errors import RuleBroken
from db.identity_numbers import birth_date, check, recognise
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _
from desktop.people.dates import Order, read_day, says_nothing
from desktop.people.formats.sheet_values import ERRORS
from desktop.people.formats.table import MAX_CELL, PLACED, Fault, WrongCell, wrong_width
from desktop.people.imports.columns import ADDRESS, ColumnMap, KnownColumn, heading_key
from desktop.people.imports.incoming import Identifier, IncomingPerson
from desktop.people.imports.joining import joined_columns, settle, with_joins
from desktop.people.imports.mapping.protection import is_protected
from desktop.people.imports.mapping.role_words import role_said
from desktop.people.imports.name_parts import split_name
from desktop.people.terms import term_code

MAX_NAME = 200
MAX_LINE = 500  # letters of street, town, programme and the like
EARLIEST_BIRTH = 1880

_LANGUAGES = {
    name: code
    for code, names in {
        "sv": "sv svenska ruotsi swedish sve swe",
        "fi": "fi finska suomi finnish fin",
        "en": "en engelska englanti english eng",
    }.items()
    for name in names.split()
}

_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]{1,3}")

NO_VALUE = _("The cell shows “{text}” instead of a value; mend or clear it in the spreadsheet.")
TOO_LONG = _("The text has {letters} letters; at most {most} fit.")
NO_NAME = _("The row has no name.")
UNLIKELY_BIRTH = _("Nobody in the list can be born on “{text}”.")
SHORTENED = _("“{text}” is all that a spreadsheet left of a long number; fetch it again from where it comes.")
NO_ROLE = _("“{text}” is no role known here.")
NO_IDENTITY = _("This is no valid identity number; compare it with the document it comes from.")


class RowReader:
    """Reads row after row; remembers dates and terms, which repeat thousands of times in a list."""

    def __init__(
        self, columns: ColumnMap, width: int, country: str, today: date, order: Order, constants: dict[str, str]
    ) -> None:
        self._width, self._country, self._today, self._order = width, country, today, order
        self._dates: dict[str, date] = {}
        self._terms: dict[str, str] = {}
        readers: dict[str, Callable[[str, KnownColumn, dict[str, Any]], None]] = {
            "given": self._name,
            "family": self._name,
            "preferred": self._name,
            "middle": self._middle,
            "full_name": self._full_name,
            "birth_date": self._birth,
            "identity_number": self._identity,
            "registry_id": self._registry,
            "learner_oid": self._learner,
            "email": self._email,
            "phone": self._phone,
            "mobile": self._phone,
            "language": self._language,
            "term": self._term,
            "organisation": self._aside,
            "title": self._aside,
            "unit": self._aside,
            "role": self._role,
            "fact": self._fact,
            "note": self._note,
            "protection": self._protection,
        }
        if len({column.label for column in columns.known if column.field in ADDRESS}) > 1:
            readers.update(dict.fromkeys(ADDRESS, self._one_address))
        self._joins, known = joined_columns(columns.known)
        known.sort(key=lambda column: column.field != "protection")  # before anything of a protected person is looked at
        self._plan = tuple((column.index, column, readers.get(column.field, self._line)) for column in known)
        self._constants = self._read_constants(constants, readers)

    def _read_constants(self, constants: dict[str, str], readers: dict[str, Any]) -> dict[str, Any]:
        """What holds for every row, read as a cell of its field would be."""
        values: dict[str, Any] = {}
        for name, text in constants.items():
            if not text.strip():
                continue
            try:
                readers.get(name, self._line)(text.strip(), KnownColumn(0, name, ""), values)
            except WrongCell as caught:
                assert isinstance(caught.reason, Msgid)
                raise RuleBroken(caught.reason, _("Choose another value for all rows."), **caught.values) from None
        return values

    def read(self, line: int, cells: tuple[str, ...]) -> IncomingPerson | Fault:
        """One row as a person, or what is wrong with it."""
        if len(cells) != self._width:
            return wrong_width(line, len(cells), self._width)
        values: dict[str, Any] = {"line": line}
        if self._joins:
            cells = with_joins(cells, self._joins)
        for index, column, read in self._plan:
            text = cells[index]
            if text:
                if text[0] == "#" and text in ERRORS:
                    return Fault(line, column.heading, NO_VALUE, {"text": text})
                try:
                    read(text, column, values)
                except WrongCell as caught:
                    return Fault(line, column.heading, caught.reason, caught.values)
                except RuleBroken as caught:
                    assert isinstance(caught.what, Msgid)
                    return Fault(line, column.heading, caught.what, caught.values)
        if "given" not in values and "family" not in values:
            return Fault(line, self._name_heading(), NO_NAME)
        for name, value in self._constants.items():
            values[name] = {**value, **values.get(name, {})} if name == "aside" else values.get(name, value)
        if "aside" in values:
            settle(values)
        if "birth_date" not in values:
            for kind, number, _issuer in values.get("identifiers", ()):
                values["birth_date"] = values.get("birth_date") or birth_date(kind, number)
        return IncomingPerson(**values)

    def _name_heading(self) -> str:
        names = ("family", "full_name", "given")
        headings = (column.heading for wanted in names for _index, column, _read in self._plan if column.field == wanted)
        return next(headings, "")

    def _name(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        values[column.field] = _within(text if text.isalpha() else " ".join(text.split()), MAX_NAME)

    def _full_name(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        given, family = split_name(_within(text, MAX_NAME), family_first=column.written == "family_first")
        values.update({key: part for key, part in (("given", given), ("family", family)) if part})

    def _middle(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        values.setdefault("aside", {})["middle"] = " ".join(_within(text, MAX_NAME).split())

    def _aside(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        """What is joined with other cells once the row is read."""
        values.setdefault("aside", {}).setdefault(column.field, _within(" ".join(text.split()), MAX_LINE))

    def _one_address(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        """A part of one of several addresses."""
        places = values.setdefault("aside", {}).setdefault("places", {})
        places.setdefault(column.label, {})[column.field] = _within(text, MAX_LINE)

    def _birth(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        day = self._dates.get(text)
        if day is None:
            if says_nothing(text):
                return
            day = read_day(text, self._order)
            if day > self._today or day.year < EARLIEST_BIRTH:
                raise WrongCell(UNLIKELY_BIRTH, text=text[:40])
            self._dates[text] = day
        values["birth_date"] = day

    def _identity(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        if _SHORTENED.fullmatch(text):
            raise WrongCell(SHORTENED, text=text[:40])
        found = recognise(text, country=column.country or self._country, today=self._today)
        if found is None:
            raise WrongCell(NO_IDENTITY)
        _add(values, "identifiers", Identifier(*found, ""))

    def _registry(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        _add(values, "identifiers", Identifier("registry_id", check("registry_id", text), column.issuer))

    def _learner(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        _add(values, "identifiers", Identifier("learner_oid", check("learner_oid", text), ""))

    def _email(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        form = email_form(text)
        if "emails" not in values or all(form != known for _typed, known in values["emails"]):
            _add(values, "emails", (text, form))
            if column.label:
                _add(values, "labels", (form, column.label))

    def _phone(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        if _SHORTENED.fullmatch(text):
            raise WrongCell(SHORTENED, text=text[:40])
        forms: PhoneForms = phone_forms(text, self._country)
        if "phones" not in values or all(forms.e164 != known for _typed, known, _national in values["phones"]):
            _add(values, "phones", (text, forms.e164, forms.national))
            if column.label:
                _add(values, "labels", (forms.e164, column.label))

    def _language(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        values["language"] = _LANGUAGES.get(text.casefold(), _within(text, MAX_LINE))

    def _term(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        code = self._terms.get(text)
        if code is None:
            code = self._terms[text] = term_code(_within(text, MAX_LINE))
        values["term"] = code

    def _role(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        role = text if text in ROLE_KINDS else role_said(text)
        if role is None:
            raise WrongCell(NO_ROLE, text=text[:40])
        if role:
            values["role"] = role

    def _fact(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        """Something there is no field for: kept in the note with what the file calls it."""
        called = "" if PLACED.fullmatch(column.heading) else f"{column.heading}: "
        values.setdefault("aside", {}).setdefault("facts", []).append(f"{called}{_within(text, MAX_LINE)}")

    def _protection(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        """Of several marks the stronger one counts."""
        if is_protected(text):
            key = heading_key(column.heading)
            kind = "registration" if "folkbok" in key else "address" if "turvakiel" in key or "disclosure" in key else "secrecy"
            if values.get("protected", "secrecy") == "secrecy":
                values["protected"] = kind

    def _note(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        before = values.get("note")
        values["note"] = f"{before}\n{_within(text, MAX_CELL)}" if before else _within(text, MAX_CELL)

    def _line(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        values[column.field] = text if len(text) <= MAX_LINE else _within(text, MAX_LINE)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise WrongCell(TOO_LONG, letters=len(text), most=most)
    return text


def _add(values: dict[str, Any], name: str, value: tuple[Any, ...]) -> None:
    values[name] = (*values[name], value) if name in values else (value,)
