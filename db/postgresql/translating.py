"""Values of a database file as a server reads and writes them in bulk, so that both sides can be compared letter by letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from db.errors import RuleBroken
from db.texts import _

EMPTY = "\\N"
Write = Callable[[Any], str]
# What the server itself puts for these signs when it copies out.
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"})


def writer(kind: str) -> Write:
    """How a value of a file stands in a line of COPY, for a column of this type (as `format_type` calls it)."""
    return _WRITERS[kind]


def image_writer(kinds: Mapping[str, Mapping[str, str]]) -> Callable[[str, str], str]:
    """Turns the image of a row as a file keeps it into what the server would have kept, given its table and the image.

    Args:
        kinds: The type of each column of each table. Images of tables that are no longer there stay as they are.
    """

    def turned(table: str, before: str) -> str:
        own = kinds.get(table)
        if own is None:
            return before
        values: dict[str, Any] = json.loads(before)
        found = {name: _in_image(own.get(name, "text"), value) for name, value in values.items()}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    return turned


def _in_image(kind: str, value: Any) -> Any:
    """Binary values stand in a file's images as hexadecimal digits, structured ones as text."""
    if value is None:
        return None
    if kind == "uuid":
        return str(UUID(value))
    if kind == "bytea":
        return f"\\x{value.lower()}"
    if kind == "boolean":
        return bool(value)
    if kind == "json":
        return json.loads(value)
    return _moment(value) if kind == "timestamp with time zone" else value


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    if "\0" in text:
        raise RuleBroken(
            _("A text in the file holds a sign that no server can store."),
            _("Nothing was moved. It begins “{begin}”; write that text anew, then try again."),
            begin=text.partition("\0")[0][:40],
        )
    return text.translate(_ESCAPES)


def _moment(value: str) -> str:
    """Files keep UTC without saying so; the server leaves out zeros at the end."""
    return f"{value.rstrip('0').rstrip('.') if '.' in value else value}+00"


_WRITERS: dict[str, Write] = {
    "uuid": lambda value: str(UUID(bytes=value)),
    "bytea": lambda value: f"\\\\x{value.hex()}",
    "boolean": lambda value: "t" if value else "f",
    "timestamp with time zone": _moment,
    "date": str,
    "bigint": str,
    "integer": str,
    "smallint": str,
    "json": _text,
    "text": _text,
    "character varying": _text,
}
