"""Turns the rows of a list into people, or says row by row and column by column why it cannot."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from db.collector import Long
from db.contact_forms import PhoneForms, email_form, phone_forms
from db.errors import RuleBroken
from db.identity_numbers import birth_date, check, masked, recognise
from db.texts import Msgid, _
from desktop.people.columns import ColumnMap, KnownColumn, recognise_columns
from desktop.people.sheet_values import ERRORS
from desktop.people.table import MAX_CELL, Table
from desktop.people.table_file import read_table
from desktop.people.terms import term_code

MAX_NAME = 200
MAX_LINE = 500  # letters of street, town, programme and the like
REPORT_EVERY = 2000  # rows
EARLIEST_BIRTH = 1880

_ISO_DATE = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./]\s?([0-9]{1,2})[-./]\s?([0-9]{4})(?: 00:00(?::00)?)?")
_PARTICLES = frozenset(
    ("af", "av", "von", "van", "de", "der", "den", "da", "di", "du", "la", "le", "zu", "ter", "ten", "bin", "al", "el")
)
_LANGUAGES = {
    name: code
    for code, names in {
        "sv": "sv svenska ruotsi swedish sve swe",
        "fi": "fi finska suomi finnish fin",
        "en": "en engelska englanti english eng",
    }.items()
    for name in names.split()
}

WRONG_CELLS_SHORT = _("The row has {cells} cells, the header has {headings}.")
WRONG_CELLS_LONG = _("The row has {cells} cells, more than the {headings} of the header; is a text with the separator unquoted?")
NO_VALUE = _("The cell shows “{text}” instead of a value; mend or clear it in the spreadsheet.")
TOO_LONG = _("The text has {letters} letters; at most {most} fit.")
NO_NAME = _("The row has no name.")
NO_DATE = _("“{text}” is not a date; write 2001-12-31 or 31.12.2001.")
SHORT_YEAR = _("The date “{text}” needs a year of four digits.")
NO_SUCH_DAY = _("The date “{text}” does not exist.")
UNLIKELY_BIRTH = _("Nobody in the list can be born on “{text}”.")
NO_IDENTITY = _("This is no valid identity number; compare it with the document it comes from.")


class Identifier(NamedTuple):
    """A number of a person; its printed form is masked."""

    kind: str
    value: str
    issuer: str

    def __repr__(self) -> str:
        return f"Identifier({self.kind}, {masked(self.kind, self.value)}, {self.issuer})"


class IncomingPerson(NamedTuple):
    """A person as the row describes them; an empty text means that the file says nothing.

    A tuple, because a hundred thousand of them come back from another process: a data class takes six times as long.
    """

    line: int
    given: str = ""
    family: str = ""
    preferred: str = ""
    birth_date: date | None = None
    identifiers: tuple[Identifier, ...] = ()
    emails: tuple[tuple[str, str], ...] = ()  # as typed, normal form
    phones: tuple[tuple[str, str, str], ...] = ()  # as typed, E.164, national digits
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    language: str = ""  # sv, fi, en, or as typed
    programme: str = ""
    term: str = ""  # 2027-autumn, 2027-spring, or as typed
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot become a person: the first thing wrong in it. `values` fill the reason."""

    line: int
    column: str  # the file's own heading; empty when the row as a whole is wrong
    reason: Msgid
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file of people holds. Every row is in `rows` or, once, in `faults`."""

    columns: ColumnMap
    encoding: str
    delimiter: str
    rows: list[IncomingPerson]
    faults: list[Fault]
    sheet: str = ""  # which of the sheets of a spreadsheet was read
    sheets: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that were not used."""
        return self.columns.ignored


class _Wrong(Exception):
    """A cell that does not hold what its heading promises."""

    def __init__(self, reason: Msgid, **values: Any) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


def read_people(
    path: Path, country: str, report: Callable[[int, int], object], *, today: date | None = None, sheet: str = ""
) -> ReadFile:
    """Read a file of people; runs in a process of its own, so all that goes in and out can be pickled.

    Args:
        country: The office's own, "SE" or "FI": where phone numbers without country code are dialled.
        report: Told now and then how many rows are done, and of how many.
        today: Nobody is born later; the computer's day when left out.
        sheet: Which sheet of a spreadsheet; else the first that looks like a list of people.

    Raises:
        RuleBroken: the file as a whole cannot be used.
        Unavailable: the file cannot be opened.
    """
    was_collecting = gc.isenabled()
    gc.disable()  # all that is made here is kept: looking for rubbish in it takes a third of the time
    try:
        return people_of(read_table(path, sheet), path.name, country, report, today=today)
    finally:
        if was_collecting:
            gc.enable()


def people_of(
    table: Table, name: str, country: str, report: Callable[[int, int], object], *, today: date | None = None
) -> ReadFile:
    """Do what `read_people` does with a table that is already read."""
    columns = recognise_columns(table.header, table.unnamed)
    if not columns.known:
        raise RuleBroken(
            _("No column of {name} is known: its first line reads “{start}”."),
            _("Put headings such as First name, Family name and E-mail in the first line."),
            name=name,
            start=table.delimiter.join(table.header)[:80],
        )
    if not any(columns.has(wanted) for wanted in ("given", "family", "full_name")):
        raise RuleBroken(
            _("The file {name} has no column with names."), _("Name one First name, Family name or Name."), name=name
        )
    reader = _RowReader(columns, len(table.header), country, today or date.today())
    rows: list[IncomingPerson] = Long()
    faults: list[Fault] = []
    for done, (line, cells) in enumerate(table.rows):
        if done % REPORT_EVERY == 0:
            report(done, len(table.rows))
        read = reader.read(line, cells)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            rows.append(read)
    report(len(table.rows), len(table.rows))
    return ReadFile(columns, table.encoding, table.delimiter, rows, faults, table.sheet, table.sheets)


class _RowReader:
    """Reads row after row; remembers dates and terms, which repeat thousands of times in a list."""

    def __init__(self, columns: ColumnMap, width: int, country: str, today: date) -> None:
        self._width, self._country, self._today = width, country, today
        self._dates: dict[str, date] = {}
        self._terms: dict[str, str] = {}
        readers: dict[str, Callable[[str, KnownColumn, dict[str, Any]], None]] = {
            "given": self._name,
            "family": self._name,
            "preferred": self._name,
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
            "note": self._note,
        }
        self._plan = tuple((column.index, column, readers.get(column.field, self._line)) for column in columns.known)

    def read(self, line: int, cells: tuple[str, ...]) -> IncomingPerson | Fault:
        """One row as a person, or what is wrong with it."""
        if len(cells) != self._width:
            reason = WRONG_CELLS_SHORT if len(cells) < self._width else WRONG_CELLS_LONG
            return Fault(line, "", reason, {"cells": len(cells), "headings": self._width})
        values: dict[str, Any] = {"line": line}
        for index, column, read in self._plan:
            text = cells[index]
            if text:
                if text[0] == "#" and text in ERRORS:
                    return Fault(line, column.heading, NO_VALUE, {"text": text})
                try:
                    read(text, column, values)
                except _Wrong as caught:
                    return Fault(line, column.heading, caught.reason, caught.values)
                except RuleBroken as caught:
                    assert isinstance(caught.what, Msgid)
                    return Fault(line, column.heading, caught.what, caught.values)
        if "given" not in values and "family" not in values:
            return Fault(line, self._name_heading(), NO_NAME)
        if "birth_date" not in values:
            for kind, number, _issuer in values.get("identifiers", ()):
                values["birth_date"] = values.get("birth_date") or birth_date(kind, number)
        return IncomingPerson(**values)

    def _name_heading(self) -> str:
        names = ("family", "full_name", "given")
        return next(column.heading for wanted in names for _index, column, _read in self._plan if column.field == wanted)

    def _name(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        values[column.field] = _within(text if text.isalpha() else " ".join(text.split()), MAX_NAME)

    def _full_name(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        given, family = split_name(_within(text, MAX_NAME))
        values.update({key: part for key, part in (("given", given), ("family", family)) if part})

    def _birth(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        day = self._dates.get(text)
        if day is None:
            day = read_date(text)
            if day > self._today or day.year < EARLIEST_BIRTH:
                raise _Wrong(UNLIKELY_BIRTH, text=text[:40])
            self._dates[text] = day
        values["birth_date"] = day

    def _identity(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        found = recognise(text, country=column.country or self._country, today=self._today)
        if found is None:
            raise _Wrong(NO_IDENTITY)
        _add(values, "identifiers", Identifier(*found, ""))

    def _registry(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        _add(values, "identifiers", Identifier("registry_id", check("registry_id", text), column.issuer))

    def _learner(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        _add(values, "identifiers", Identifier("learner_oid", check("learner_oid", text), ""))

    def _email(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        form = email_form(text)
        if "emails" not in values or all(form != known for _typed, known in values["emails"]):
            _add(values, "emails", (text, form))

    def _phone(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        forms: PhoneForms = phone_forms(text, self._country)
        if "phones" not in values or all(forms.e164 != known for _typed, known, _national in values["phones"]):
            _add(values, "phones", (text, forms.e164, forms.national))

    def _language(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        values["language"] = _LANGUAGES.get(text.casefold(), _within(text, MAX_LINE))

    def _term(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        code = self._terms.get(text)
        if code is None:
            code = self._terms[text] = term_code(_within(text, MAX_LINE))
        values["term"] = code

    def _note(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        before = values.get("note")
        values["note"] = f"{before}\n{_within(text, MAX_CELL)}" if before else _within(text, MAX_CELL)

    def _line(self, text: str, column: KnownColumn, values: dict[str, Any]) -> None:
        values[column.field] = text if len(text) <= MAX_LINE else _within(text, MAX_LINE)


def read_date(text: str) -> date:
    """Read a day as registers write it: 2001-12-31, 20011231, 31.12.2001, 31/12/2001; the day comes before the month.

    Raises:
        _Wrong: it is no date, or its year has two digits, or no calendar has that day.
    """
    if (parts := _ISO_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)) is not None:
        year, month, day = parts.groups()
    elif (parts := _DAY_FIRST.fullmatch(text)) is not None:
        day, month, year = parts.groups()
    else:
        is_short = re.fullmatch(r"[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{2}|[0-9]{6}", text) is not None
        raise _Wrong(SHORT_YEAR if is_short else NO_DATE, text=text[:40])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _Wrong(NO_SUCH_DAY, text=text[:40]) from None


def split_name(text: str) -> tuple[str, str]:
    """Part a whole name into given and family name: "Family, Given", else the last word with the particles before it.

    A name of one word is taken as the given name.
    """
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return " ".join(given.split()), " ".join(family.split())
    words = text.replace(",", " ").split()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return (" ".join(words[:start]), " ".join(words[start:])) if start > 0 else (" ".join(words), "")


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise _Wrong(TOO_LONG, letters=len(text), most=most)
    return text


def _add(values: dict[str, Any], name: str, value: tuple[Any, ...]) -> None:
    values[name] = (*values[name], value) if name in values else (value,)
