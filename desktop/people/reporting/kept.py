"""What a report finds about somebody protected: the rows kept of them, as their tables would hold them. No Qt in this file."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, Table
from sqlalchemy.orm import Session

from db.access import readable_columns
from db.base import Key, Moment
from db.history import HistoryLine, history_query, line_of
from db.models.history import ChangeSet
from db.person_trail import NOW, trail_of
from db.protected.kept import Kept, moment_of
from db.row_changes import key_of
from desktop.people.merging.tables import described, portions
from desktop.people.reporting.gathering import PERSON, Gathering, Modules
from desktop.people.reporting.trail import Moves

_HISTORY = frozenset({"change_set", "change_about", "row_image"})


class KeptRows:
    """The rows by their tables, with the history that went with them."""

    def __init__(self, session: Session, kept: Kept) -> None:
        self._images: dict[str, list[dict[str, Any]]] = {}
        for table, before, _at in kept.rows:
            self._images.setdefault(table, []).append(json.loads(before))
        self._tables = {name: described(session, name) for name in self._images if name != "file_content"}
        self._rows = {name: [revived(table, image) for image in self._images[name]] for name, table in self._tables.items()}

    def of(self, table: str) -> list[dict[str, Any]]:
        """The rows of one table, in the order of their ids."""
        rows = self._rows.get(table, [])
        return sorted(rows, key=lambda row: row["id"]) if rows and "id" in rows[0] else rows

    def people(self, owner: UUID) -> list[UUID]:
        """The record itself, those merged into it, and those that came in later under the same number."""
        return [owner, *(row["id"] for row in self.of(PERSON) if row["id"] != owner)]

    def moves(self) -> Moves:
        """What each step moved."""
        images = sorted(self._images.get("row_image", []), key=lambda image: image["number"] or float("inf"))
        past = [(i["change_set"], i["table_name"], i["row_id"], i["operation"], i["before"]) for i in images]
        now = [
            (None, name, image["id"], NOW, image)
            for name, found in self._images.items()
            if name not in _HISTORY
            for image in found
            if "id" in image
        ]
        return trail_of([*past, *now])

    def lines(self, session: Session, moves: Moves) -> list[HistoryLine]:
        """The steps, the oldest first; those about others as well stayed in the history that all share."""
        own = self.of("change_set")
        ids = {row["id"] for row in own}
        beside = {row["change_set"] for row in self.of("change_about")} - {row["number"] for row in own}
        found = {line.id: line for some in portions(moves.keys() - ids) for line in _shared(session, ChangeSet.id.in_(some))}
        found |= {line.id: line for line in _shared(session, ChangeSet.number.in_(beside))}
        back = {row["takes_back"] for row in own} | {line.takes_back for line in found.values()}
        for row in own:
            facts = row["number"], row["at"], row["actor_name"], row["verb"], row["details"] or {}, row["takes_back"]
            found[row["id"]] = HistoryLine(row["id"], *facts, row["id"] in back)
        return sorted(found.values(), key=lambda line: line.number)


class KeptGathering(Gathering):
    """Reads what is kept, and beside it what is about nobody and open to this user: purposes, titles of posts and rounds."""

    def __init__(
        self, session: Session, people: Collection[UUID], modules: Modules, kept: KeptRows, rights: Iterable[str]
    ) -> None:
        super().__init__(session, people, modules)
        self._kept = kept
        self._open = readable_columns((access for manifest in modules.manifests for access in manifest.access), rights)

    def _read(
        self, table: Table, columns: Sequence[Column[Any]], column: str, values: Collection[Any]
    ) -> Iterator[Mapping[str, Any]]:
        names = {each.name for each in columns}
        for row in self._kept.of(table.name):
            if row[column] in values:
                yield {name: value for name, value in row.items() if name in names}
        open_ = self._open.get(table.name, frozenset())
        if open_ is None or names <= open_:
            yield from super()._read(table, columns, column, values)

    def _said(self, shows: str, keys: Collection[Any]) -> dict[Any, str]:
        """What modules say of rows, they read from their tables, where these are not: they are told by their columns."""
        return super()._said(shows, ())


def revived(table: Table, image: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its table would give it; each engine writes images in its own way. Bytes are not read."""
    return {name: _revived(table.c[name], value) for name, value in image.items() if name in table.c}


def _revived(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return b""
    if isinstance(kind, Key):
        return key_of(value)
    if isinstance(kind, Moment):
        return moment_of(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, JSON):
        return json.loads(value) if isinstance(value, str) else value
    return bool(value) if isinstance(kind, Boolean) else value


def newest_answers(kept: KeptRows, person: UUID) -> dict[UUID, tuple[str, datetime]]:
    """The answer that counts for each purpose: the newest, at the same moment the no."""
    rows = [row for row in kept.of("consent") if row["person_id"] == person]
    rows.sort(key=lambda row: (row["at"], row["state"] != "given", row["id"]))
    return {row["purpose_id"]: (row["state"], row["at"]) for row in rows}


def _shared(session: Session, condition: Any) -> list[HistoryLine]:
    return [line_of(row) for row in session.execute(history_query().where(condition))]
