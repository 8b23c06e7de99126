"""Turns the rows of a list into people, or says row by row and column by column why it cannot."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from db.collector import Long
from db.contact_forms import PhoneForms, email_form, phone_forms
from db.errors import RuleBroken
from db.identity_numbers import birth_date, check, masked, recognise
from db.texts import Msgid, _
from desktop.people.dates import Order, day_order, read_day, says_nothing
from desktop.people.formats.sheet_values import ERRORS
from desktop.people.formats.table import MAX_CELL, Fault, Table, WrongCell, wrong_width
from desktop.people.formats.table_file import read_table
from desktop.people.imports.columns import ADDRESS, ColumnMap, KnownColumn, recognise_columns
from desktop.people.imports.name_parts import split_name
from desktop.people.terms import term_code

MAX_NAME = 200
MAX_LINE = 500  # letters of street, town, programme and the like
_ADDRESSES = {"home": 0, "private": 0, "work": 2, "other": 3}  # which of several addresses is taken: the first of the least
REPORT_EVERY = 2000  # rows
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
NAMES = ("given", "family", "full_name")
ADMITTED = "admitted"  # the role of people on a list with a programme or a term that says nothing else

NO_VALUE = _("The cell shows “{text}” instead of a value; mend or clear it in the spreadsheet.")
TOO_LONG = _("The text has {letters} letters; at most {most} fit.")
NO_NAME = _("The row has no name.")
UNLIKELY_BIRTH = _("Nobody in the list can be born on “{text}”.")
SHORTENED = _("“{text}” is all that a spreadsheet left of a long number; fetch it again from where it comes.")
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
    labels: tuple[tuple[str, str], ...] = ()  # the normal form of an e-mail or a phone, and what it is called
    role: str = ""  # a code of ROLE_KINDS; empty: "admitted" where there is a programme or a term

    @property
    def stage(self) -> tuple[str, str, str] | None:
        """Role, programme and term that the row says somebody has, if it says so."""
        if not (self.role or self.programme or self.term):
            return None
        return self.role or ADMITTED, self.programme, self.term


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
    heading_lines: tuple[int, ...] = (1,)  # where the headings stand; nowhere in a file that has none
    above: int = 0  # rows with text above the headings
    left_out: int = 0  # entries of a directory that are no people

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that were not used."""
        return self.columns.ignored


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
    columns = table.columns or _columns_of(table, name)
    reader = _RowReader(columns, len(table.header), country, today or date.today(), _day_order(table, columns))
    rows: list[IncomingPerson] = Long()
    faults = list(table.faults)
    for done, (line, cells) in enumerate(table.rows):
        if done % REPORT_EVERY == 0:
            report(done, len(table.rows))
        read = reader.read(line, cells)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            rows.append(read)
    report(len(table.rows), len(table.rows))
    faults.sort(key=lambda fault: fault.line)
    return ReadFile(
        columns, table.encoding, table.delimiter, rows, faults, table.sheet, table.sheets,
        table.heading_lines, table.above, table.left_out,
    )  # fmt: skip


def _columns_of(table: Table, name: str) -> ColumnMap:
    """What the headings mean, of which one must name the people."""
    columns = recognise_columns(table.header, table.unnamed)
    if not columns.known:
        raise RuleBroken(
            _("No column of {name} is known: its first line reads “{start}”."),
            _("Put headings such as First name, Family name and E-mail in the first line."),
            name=name,
            start=table.delimiter.join(table.header)[:80],
        )
    if not any(columns.has(wanted) for wanted in NAMES):
        raise RuleBroken(
            _("The file {name} has no column with names."), _("Name one First name, Family name or Name."), name=name
        )
    return columns


def _day_order(table: Table, columns: ColumnMap) -> Order:
    """Whether the birth dates of this file write day or month first."""
    places = [column.index for column in columns.known if column.field == "birth_date"]
    return day_order({cells[place] for _line, cells in table.rows for place in places if place < len(cells)})


class _RowReader:
    """Reads row after row; remembers dates and terms, which repeat thousands of times in a list."""

    def __init__(self, columns: ColumnMap, width: int, country: str, today: date, order: Order) -> None:
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
            "note": self._note,
        }
        if len({column.label for column in columns.known if column.field in ADDRESS}) > 1:
            readers.update(dict.fromkeys(ADDRESS, self._one_address))
        self._plan = tuple((column.index, column, readers.get(column.field, self._line)) for column in columns.known)

    def read(self, line: int, cells: tuple[str, ...]) -> IncomingPerson | Fault:
        """One row as a person, or what is wrong with it."""
        if len(cells) != self._width:
            return wrong_width(line, len(cells), self._width)
        values: dict[str, Any] = {"line": line}
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
        if "aside" in values:
            _settle(values)
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

    def _full_name(self, text: str, _column: KnownColumn, values: dict[str, Any]) -> None:
        given, family = split_name(_within(text, MAX_NAME))
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


def _settle(values: dict[str, Any]) -> None:
    """Join what several cells say of one thing: names in the middle, where somebody works, one address of several."""
    aside = values.pop("aside")
    if middle := aside.get("middle"):
        values["given"] = _joined(values.get("given", ""), middle)
    work = ", ".join(filter(None, (aside.get("title"), aside.get("organisation"))))
    if work:
        values["note"] = "\n".join(filter(None, (work, values.get("note", ""))))
    places = aside.get("places", {})
    for label in sorted(places, key=lambda label: _ADDRESSES.get(label, 1)):
        if "street" in places[label] or "city" in places[label]:
            values.update(places[label])
            break


def _joined(given: str, middle: str) -> str:
    """Given names with those in the middle; some programs repeat the latter in both."""
    return given if given.endswith(middle) else f"{given} {middle}".strip()
