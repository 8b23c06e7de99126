"""Plants words that are found nowhere else into every column about a person, of every table of every module."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, LargeBinary, Table, Text, delete, insert, text, update
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import Key, Moment, metadata, new_id
from db.database import Database, stamps

MARK = re.compile(r"zq[a-z]\d{4}[a-z]zq")
MOMENT, DAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC), date(2026, 11, 2)
BOOKKEEPING = {"id", "version", "made_in", "changed_in"}
# Codes that a rule of the table wants, or that name a file; every other text is a planted word.
CODES: dict[tuple[str, str], Any] = {
    ("contact_point", "kind"): "email",
    ("interaction", "direction"): "in",
    ("consent", "state"): "given",
    ("contact_block", "channel"): "phone",
    ("call_entry", "state"): "ready",
    ("consent_purpose", "kind"): "service",
    ("consent_purpose", "basis"): "consent",
    ("call_round", "kind"): "outgoing",
    ("call_round", "state"): "open",
    ("policy_version", "state"): "draft",
    ("segment", "kind"): "living",
    ("unit", "level"): "faculty",
    ("disposal", "state"): "open",
    ("disposal_rule", "action"): "erase",
}
ONCE = {"kept_apart", "merged_person", "not_a_duplicate"}  # of which a person has only one, or a pair


@dataclass
class Planted:
    """The words planted for one person, and where each stood."""

    letter: str
    person: UUID = field(default_factory=new_id)
    handle: UUID = field(default_factory=new_id)  # a record merged into theirs
    rows: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    hashes: list[str] = field(default_factory=list)
    title: str = ""

    def word(self, table: str, column: str, stage: str) -> str:
        """A new one."""
        made = f"zq{self.letter}{len(self.places):04}{stage}zq"
        self.places[made] = (table, column)
        return made


def tracked(table: Table) -> bool:
    """Whether the rows carry change sets."""
    return {*table.c.keys()} >= BOOKKEEPING


class Garden:
    """Where it is planted: `about` are the tables that may hold something of a person, `beside` those that say nothing of one."""

    def __init__(self, database: Database, actor: Actor, about: set[str], beside: set[str]) -> None:
        self.database, self.actor, self.about, self.beside = database, actor, about, beside
        self.common = Planted("n")

    def plant(self, letter: str, other: UUID) -> Planted:
        """Somebody with words in every column: as they are, as they were before, and in rows that were removed since."""
        planted = Planted(letter)
        with self.database.write(self.actor, "create_person", [planted.person]) as session:
            self._people(session, planted)
            self._rows(session, planted, "a", other)
        first = planted.rows
        self.common.rows.clear()  # a person is once in a round, once under a version
        planted.rows = {"person": planted.person}
        with self.database.write(self.actor, "add_contact", [planted.person], {"name": planted.title, "reason": planted.word(
            "change_set", "details", "a")}) as session:  # fmt: skip
            removed = self._rows(session, planted, "c", other, leave=ONCE)
        with self.database.write(self.actor, "remove_contact", [planted.person], {"name": planted.title}) as session:
            for name in reversed(removed):
                table = metadata.tables[name]
                session.execute(delete(table).where(table.c.id == planted.rows[name]))
        planted.rows = first
        with self.database.write(self.actor, "edit_person", [planted.person], {"name": planted.title}) as session:
            for name, row in first.items():
                self._change(session, planted, metadata.tables[name], row)
        with self.database.upkeep() as session:
            self._machine_state(session, planted)
        return planted

    def _people(self, session: Session, planted: Planted) -> None:
        person = metadata.tables["person"]
        for own in (planted.person, planted.handle):
            values = self._values(session, person, planted, "a", own, new_id())
            planted.title = ", ".join((values["family"], values["given"]))
            session.execute(insert(person).values({**values, "id": own, "deceased_on": None, "retired_at": None}))
        planted.rows["person"] = planted.person

    def _rows(self, session: Session, planted: Planted, stage: str, other: UUID, leave: Collection[str] = ()) -> list[str]:
        made = []
        for table in metadata.sorted_tables:
            if table.name in self.about and table.name not in {"person", *leave} and tracked(table):
                values = self._values(session, table, planted, stage, planted.person, other)
                session.execute(insert(table).values(values))
                planted.rows[table.name] = values["id"]
                made.append(table.name)
        return made

    def _values(self, session: Session, table: Table, planted: Planted, stage: str, person: UUID, other: UUID) -> dict[str, Any]:
        own = {"id": new_id(), **stamps(session)}
        pair = sorted((planted.person, other))
        fixed: dict[tuple[str, str], Any] = {
            ("merged_person", "person_id"): planted.handle,
            ("merged_person", "into_id"): planted.person,
            ("not_a_duplicate", "first_id"): pair[0],
            ("not_a_duplicate", "second_id"): pair[1],
            ("policy_signer", "post_id"): None,
        }
        fixed |= CODES
        return own | {
            column.name: fixed[table.name, column.name]
            if (table.name, column.name) in fixed
            else self._value(session, table, column, planted, stage, person)
            for column in table.c
            if column.name not in BOOKKEEPING
        }

    def _value(self, session: Session, table: Table, column: Any, planted: Planted, stage: str, person: UUID) -> Any:
        for key in column.foreign_keys:
            if key.column.table is table:
                return None
            return self._parent(session, key.column.table, planted, stage, person)
        kind = column.type
        if isinstance(kind, Key):
            return person if column.name in ("subject", "person_id") else planted.rows.get("contact_point", new_id())
        if isinstance(kind, Text):
            return planted.word(table.name, column.name, stage)
        if isinstance(kind, Moment | Date):
            return MOMENT if isinstance(kind, Moment) else DAY
        if isinstance(kind, Integer | Boolean | LargeBinary):
            return {"bool": False, "int": 1, "bytes": b"k"}[kind.python_type.__name__]
        word = planted.word(table.name, column.name, stage)
        default = column.default.arg(None) if column.default is not None and column.default.is_callable else {}
        return [word] if isinstance(default, list) else {"k": word}

    def _parent(self, session: Session, table: Table, planted: Planted, stage: str, person: UUID) -> Any:
        if table.name == "person":
            return person
        if table.name == "file_content":
            digest = f"{len(planted.hashes):063}{planted.letter}"
            planted.hashes.append(digest)
            session.execute(insert(table).values(hash=digest, data=planted.word("file_content", "data", stage).encode()))
            return digest
        if table.name in self.about:
            return planted.rows.get(table.name)
        if table.name not in self.common.rows:
            values = self._values(session, table, self.common, "a", person, person)
            session.execute(insert(table).values(values))
            self.common.rows[table.name] = values["id"]
        return self.common.rows[table.name]

    def _change(self, session: Session, planted: Planted, table: Table, row: UUID) -> None:
        fresh = {
            column.name: planted.word(table.name, column.name, "b")
            for column in table.c
            if isinstance(column.type, Text) and (table.name, column.name) not in CODES and not column.foreign_keys
        }
        if table.name == "person":
            planted.title = f"{fresh['family']}, {fresh['given']}"
        stamp = {"version": table.c.version + 1, "changed_in": session.info["change_set"]}
        session.execute(update(table).where(table.c.id == row).values(**fresh, **stamp))

    def _machine_state(self, session: Session, planted: Planted) -> None:
        user, now = self.actor.id, MOMENT
        tables = metadata.tables
        word = planted.word("draft", "state", "a")
        rows = {
            "draft": {"user_id": user, "page": "people.record", "arguments": json.dumps({"person_id": str(planted.person)}),
                      "state": json.dumps({"text": word}), "at": now},
            "recent_use": {"user_id": user, "ref": planted.person, "kind": "person", "at": now},
            "presence": {"user_id": user, "token": new_id(), "ref": planted.person, "page": "people.record",
                         "user_name": planted.word("presence", "user_name", "a"), "until": now},
            "suspected_pair": {"id": new_id(), "first_id": planted.person, "second_id": new_id(), "score": 1,
                               "reasons": planted.word("suspected_pair", "reasons", "a"), "found_at": now},
            "call_claim": {"entry_id": planted.rows.get("call_entry"), "token": new_id(), "user_id": user,
                           "user_name": planted.word("call_claim", "user_name", "a"), "until": now},
            "look": {"id": new_id(), "at": now, "by_id": user, "by_name": "t", "subject": planted.person,
                     "reason": planted.word("look", "reason", "a")},
        }  # fmt: skip
        for name, values in rows.items():
            if name not in tables:  # of a module that is not there
                continue
            session.execute(insert(tables[name]).values(values))


def words_in(database: Database) -> dict[str, set[str]]:
    """Which planted words stand in which table, the index and what is kept apart among them."""
    found = {}
    with database.engine.reader.connect() as connection:
        for name, rows in _every_row(connection):
            said = "\n".join(map(_spoken, rows)).lower()
            if words := set(MARK.findall(said)):
                found[name] = words
    return found


def _spoken(row: Any) -> str:
    """A row as text; bytes as the letters they are."""
    return " ".join(value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in row)


def _every_row(connection: Any) -> Iterator[tuple[str, Any]]:
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
        quoted = {name: f'"{name}"' for name in names}
    else:
        listed = connection.execute(text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN "
                                         "('pg_catalog', 'information_schema')")).all()  # fmt: skip
        quoted = {f"{schema}.{name}" if schema != "core" else name: f'"{schema}"."{name}"' for schema, name in listed}
    for name, said in quoted.items():
        yield name, connection.execute(text(f"SELECT * FROM {said}")).all()
