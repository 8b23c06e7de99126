"""The rows that were found, in words: fields as users see them, and whatever else stands in a row. No Qt in this file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from db import identity_numbers
from db.texts import Msgid, _
from desktop.core.records import FieldWords, RecordWords, plain, said
from desktop.core.texts import Texts
from desktop.people.reporting.gathering import Found, Modules
from desktop.people.reporting.held import HeldModule, HeldRow, HeldTable, Said
from desktop.people.reporting.masking import THIRD, shown_values

KEY_LETTERS = 32  # of a key without dashes
# What the history has no words for, since it is made anew at any time.
BESIDE = {
    "search_entry": RecordWords(
        "search_entry", _("What the search finds"), (FieldWords("title", _("Title")), FieldWords("detail", _("Details")))
    ),
    "suspected_pair": RecordWords("suspected_pair", _("Possible duplicates"), (FieldWords("reasons", _("Reason")),)),
}


def held_modules(
    gathered: Collection[Found], people: Collection[UUID], numbers: Mapping[UUID, str], modules: Modules
) -> tuple[HeldModule, ...]:
    """One part for each module that holds something.

    Args:
        numbers: The numbers of the person by row, as they stand.
    """
    titles = {manifest.key: modules.texts.say(manifest.title) for manifest in modules.manifests}
    found: dict[str, list[HeldTable]] = {}
    for each in gathered:
        if each.rows:
            found.setdefault(each.module, []).append(_table(each, people, numbers, modules))
    return tuple(HeldModule(key, titles.get(key, key), tuple(tables)) for key, tables in found.items())


def words_of(table: str, modules: Modules) -> RecordWords:
    """What a table is called; one of a module that does not run by its own name."""
    return modules.words.get(table) or BESIDE.get(table) or RecordWords(table, Msgid(table.replace("_", " ")))


def _table(found: Found, people: Collection[UUID], numbers: Mapping[UUID, str], modules: Modules) -> HeldTable:
    name = found.table.name
    words = words_of(name, modules)
    rows = []
    for key, row in found.rows.items():
        values = shown_values(found.table, row, people, found.staff)
        if name == "identifier":
            values["value"] = numbers.get(key, "")
        rows.append(_row(values, words, found.said.get(key, ""), modules))
    return HeldTable(name, modules.texts.say(words.title), tuple(rows))


def _row(values: Mapping[str, Any], words: RecordWords, told: str, modules: Modules) -> HeldRow:
    texts = modules.texts
    shown = dict(values)
    if words.table == "identifier":
        shown["value"] = identity_numbers.shown(str(values["kind"]), str(values["value"]))
    lines = [(texts.say(field.title), said(shown.get(field.column), field, texts)) for field in words.fields]
    known = {field.column for field in words.fields}
    again = {str(values.get(column)) for column in known} | {told}
    rest = [
        (column, text)
        for column, value in shown.items()
        if column not in known and not _is_key(column, value) and (text := unnamed(value, texts)) and text not in again
    ]
    return HeldRow(values, told, tuple((name, text) for name, text in lines if text), tuple(rest))


def unnamed(value: Any, texts: Texts) -> str:
    """A value of a column without words of its own; what says nothing is left out."""
    if value in (None, "", 0, False, THIRD):
        return ""
    if isinstance(value, dict | list):
        return "; ".join(dict.fromkeys(_leaves(value)))
    return plain(value, texts)


def _leaves(value: Any) -> Iterator[str]:
    """The texts inside of what JSON holds, without keys of rows."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value not in (None, "", False) and not _is_key("", value):
        yield str(value)


def _is_key(column: str, value: Any) -> bool:
    if column == "id" or column.endswith("_id"):
        return True
    letters = str(value).replace("-", "")
    return len(letters) == KEY_LETTERS and all(sign in "0123456789abcdef" for sign in letters)


def in_short(said: Said) -> str:
    """Names with their values on one line."""
    return " · ".join(f"{name}: {value}" for name, value in said)
