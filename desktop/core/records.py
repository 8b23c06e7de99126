"""What tables and their columns are called where single rows are shown, as each module says it for its own. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db.putting_back import Back
from db.row_changes import Image, RowChange
from db.texts import Msgid, _
from desktop.core.manifest import NO_TEXT
from desktop.core.texts import Texts

LONGEST = 120  # letters of a value that are shown


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One column: its name for people, and what its codes are called."""

    column: str
    title: Msgid
    codes: Mapping[str, Msgid] | None = None


@dataclass(frozen=True, slots=True)
class RecordWords:
    """One table: what a row of it is called, and the columns people know; what is not named is not shown.

    `back` says how single lines about it are taken back, or why they are not; without it the
    history says that they belong together.
    """

    table: str
    title: Msgid
    fields: tuple[FieldWords, ...] = ()
    back: Back | Msgid = NO_TEXT

    def field(self, column: str) -> FieldWords | None:
        """The words of a column."""
        return next((field for field in self.fields if field.column == column), None)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One value that moved, in words. A row that was made has no `before`, one that was removed no `after`."""

    column: str
    title: str
    before: str
    after: str


def by_table(records: Iterable[RecordWords]) -> dict[str, RecordWords]:
    """The words by table, in the order given."""
    return {record.table: record for record in records}


def field_lines(change: RowChange, words: RecordWords, texts: Texts) -> list[FieldLine]:
    """What moved in a row, in the order of its words."""
    moved = frozenset(change.moved)
    return [
        FieldLine(f.column, texts.say(f.title), _said(change.before, f, texts), _said(change.after, f, texts))
        for f in words.fields
        if f.column in moved
    ]


def row_name(change: RowChange, words: RecordWords, people: Mapping[Any, str], texts: Texts) -> str:
    """What row it is: its kind, and whom it is about or how it begins."""
    person = people.get(change.person_id) if change.person_id is not None else None
    image = change.after or change.before
    own = person or next((value for field in words.fields if (value := _said(image, field, texts))), "")
    return texts.say(_("{kind}: {name}"), kind=texts.say(words.title), name=own) if own else texts.say(words.title)


def _said(image: Image, field: FieldWords, texts: Texts) -> str:
    return " ".join(said(image.get(field.column), field, texts).split())[:LONGEST]


def said(value: Any, field: FieldWords, texts: Texts) -> str:
    """A value in full, as people read it; nothing where there is none."""
    if value is None or value == "":
        return ""
    if field.codes is not None:
        return texts.say(field.codes[str(value)]) if str(value) in field.codes else str(value)
    return plain(value, texts)


def plain(value: Any, texts: Texts) -> str:
    """A value as a reader writes it: days and moments by the language, lists with commas."""
    if isinstance(value, bool):
        return texts.say(_("yes")) if value else texts.say(_("no"))
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, str) and len(value) >= 10 and value[:4].isdigit() and value[4] == "-":
        return next(_dated(value, texts), value)
    return texts.number(value) if isinstance(value, int) else str(value)


def _dated(value: str, texts: Texts) -> Iterator[str]:
    """The value as a day or a moment, if it is one."""
    try:
        yield texts.day(date.fromisoformat(value)) if len(value) == 10 else texts.moment(datetime.fromisoformat(value))
    except ValueError:
        return
