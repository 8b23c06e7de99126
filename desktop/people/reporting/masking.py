"""Values of rows as a report may show them: staff by their initials, other people not at all. No Qt in this file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BINARY, JSON, LargeBinary, Table, Uuid

from db.base import Key

THIRD = "third person"  # stands in the JSON file where another person stood
BESIDE = frozenset({"version", "made_in", "changed_in"})


def initials(name: str) -> str:
    """Whoever works here is named by initials."""
    return "".join(word[0].upper() for word in name.replace("-", " ").replace(".", " ").split() if word[0].isalnum())


def shown_values(table: Table, row: Mapping[str, Any], people: Collection[UUID], staff: Collection[str]) -> dict[str, Any]:
    """The columns of a row as JSON holds them. Keys of users and sorting keys are left out."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in BESIDE or isinstance(value, bytes):
            continue
        if name in staff:
            found[name] = initials(str(value or ""))
        elif not isinstance(value, UUID):
            found[name] = value.isoformat() if isinstance(value, date | datetime) else value
        elif value in people:
            found[name] = str(value)
        elif _refers_to_person(table, name):
            found[name] = THIRD
        elif name == "id" or table.c[name].foreign_keys:
            found[name] = str(value)
    return found


def shown_image(table: Table | None, image: Mapping[str, Any], staff: Collection[str]) -> dict[str, Any]:
    """The same for the image of a row as the history keeps it; keys of any kind are left out."""
    found: dict[str, Any] = {}
    for name, value in image.items():
        if name in BESIDE or name == "id" or (table is not None and name in table.c and _is_key(table, name)):
            continue
        if isinstance(value, str) and table is not None and name in table.c and isinstance(table.c[name].type, JSON):
            value = json.loads(value)  # a file keeps the text of it
        found[name] = initials(str(value or "")) if name in staff else value
    return found


def _is_key(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, Key | LargeBinary | BINARY | Uuid)


def _refers_to_person(table: Table, name: str) -> bool:
    return any(key.target_fullname == "person.id" for key in table.c[name].foreign_keys)
