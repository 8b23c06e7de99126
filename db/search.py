"""One search over everything findable: the portable face of the engine's index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, false, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from db.contact_forms import national_display
from db.identity_numbers import recognise
from db.models.person import Person
from db.models.search import SearchEntry
from db.numbers import holders
from db.postgresql import search_condition as on_server
from db.search_text import Findable, index_words, storable, understand
from db.sorting import fold
from db.sqlite import search_index as in_file


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `kind` is "person" or a kind a module brought."""

    kind: str
    id: UUID
    title: str
    detail: str


def search(session: Session, text: str, limit: int = 20, *, identifiers: bool = False, names_only: bool = False) -> list[Hit]:
    """Find by parts of names in any order, fragments of e-mail and phone in any writing.

    Args:
        identifiers: Also look for a whole personal or student number; only for those who may see them.
        names_only: For those who may see people's present names and nothing else: they find by nothing else, either.
    """
    connection, query = session.connection(), understand(text)
    if connection.dialect.name == "sqlite":
        find = in_file.find_named if names_only else in_file.find
    else:
        from db.postgresql import search_index  # loads the driver, which a file does not need

        find = search_index.find_named if names_only else search_index.find
    found = find(connection, query, limit)
    hits = [Hit(*row) for row in found]
    if identifiers and (whole := _by_identifier(session, text)):
        hits = [*whole, *(hit for hit in hits if hit.id not in {w.id for w in whole})][:limit]
    return hits


def people_matching(text: str) -> Select[UUID]:
    """Ids of people every word of `text` fits, for use inside a list's query."""
    query = understand(text)
    fits = false() if query.empty else _PerEngine(in_file.fits(query), on_server.fits(query))
    return select(SearchEntry.ref).where(SearchEntry.kind == "person", fits)


class _PerEngine(ColumnElement[bool]):
    """One condition said in two ways: which engine will be asked is known only when the statement is compiled."""

    _traverse_internals = [("in_file", InternalTraversal.dp_clauseelement), ("on_server", InternalTraversal.dp_clauseelement)]
    inherit_cache = True

    def __init__(self, in_file: ColumnElement[bool], on_server: ColumnElement[bool]) -> None:
        self.in_file, self.on_server = in_file, on_server


@compiles(_PerEngine)
def _say_it(either: _PerEngine, compiler: SQLCompiler, **options: Any) -> str:
    chosen = either.in_file if compiler.dialect.name == "sqlite" else either.on_server
    return f"({compiler.process(chosen, **options)})"


def _by_identifier(session: Session, text: str) -> list[Hit]:
    """People who have exactly this number, however it is spaced."""
    text = storable(text).strip()
    typed = "".join(text.split()).upper()
    if not 3 <= len(typed) <= 40 or not any(c.isdigit() for c in typed):
        return []
    forms = {typed, typed.replace("-", ""), text}
    numbers = {("other", form) for form in forms}
    if (known := recognise(text)) is not None:
        numbers.add(known)
    ids = {holder.person_id for holder in holders(session, numbers)}
    people = select(Person.id, Person.family, Person.given).where(Person.id.in_(ids), Person.retired_at.is_(None))
    rows = session.execute(people.order_by(Person.id).limit(20)).all() if ids else []
    return [Hit("person", row.id, title_of(row.family, row.given), "") for row in rows]


def title_of(family: str, given: str) -> str:
    """ "Family, Given", or the one there is."""
    return f"{family}, {given}" if family and given else family or given


_POINTS = (
    "SELECT person_id, kind, value, normal, national FROM contact_point WHERE person_id {} "
    "AND kind IN ('email', 'phone') ORDER BY person_id, position, id"
)
_PEOPLE = "SELECT id, given, family, preferred, former, name_key FROM person WHERE id {} AND retired_at IS NULL ORDER BY id"


# The names somebody bore on a record that was merged into theirs, so that the old ones still find them.
_MERGED = (
    "WITH RECURSIVE led (into_id, person_id) AS (SELECT into_id, person_id FROM merged_person WHERE into_id {} "
    "UNION SELECT l.into_id, m.person_id FROM led l JOIN merged_person m ON m.into_id = l.person_id) "
    "SELECT l.into_id, p.given, p.family, p.preferred, p.former FROM led l JOIN person p ON p.id = l.person_id ORDER BY p.id"
)

_DIGIT = re.compile(r"\d")  # typed words with digits are looked for among the fragments, so such names stand there too
Email = tuple[str, str]  # as typed, as compared
Phone = tuple[str, str, str]  # as typed, E.164, national


def person_text(given: str, family: str, more: str, key: bytes, emails: Sequence[Email], phones: Sequence[Phone]) -> Findable:
    """What of a person is found; `more` holds other names, addresses and numbers stand in the order of their use."""
    parts = [normal.lower() if normal.isascii() else fold(normal) for _typed, normal in emails]
    for _typed, normal, national in phones:
        parts += normal.lstrip("+"), national
    names = f"{family} {given} {more}"
    if _DIGIT.search(names):
        parts.append(fold(names))
    detail = emails[0][0] if emails else national_display(phones[0][1]) if phones else ""
    return Findable(title_of(family, given), detail, key, index_words(names), "\n".join(parts))


class PersonSource:
    """Search text of people: all their names, those of records merged into theirs too, their e-mail addresses and phone numbers."""

    kind = "person"
    marks: tuple[tuple[str, str, str], ...] = (
        ("person", "id", ""),
        ("contact_point", "person_id", "%s.kind IN ('email', 'phone')"),
        ("merged_person", "into_id", ""),
    )

    def read(self, connection: Connection, refs: Sequence[Any]) -> Iterable[tuple[Any, Findable]]:
        """Three statements for a whole batch, by the driver itself; retired people are not found."""
        if connection.dialect.name == "sqlite":
            chosen = "IN (" + ",".join([f"x'{ref.hex()}'" for ref in refs]) + ")"
            given_refs: tuple[Any, ...] = ()
        else:
            chosen, given_refs = "= ANY(%s)", (list(refs),)
        emails: dict[Any, list[Email]] = {}
        phones: dict[Any, list[Phone]] = {}
        others: dict[Any, list[str]] = {}
        raw: Any = connection.connection.cursor()
        try:
            people = raw.execute(_PEOPLE.format(chosen), given_refs).fetchall()
            for person, kind, value, normal, national in raw.execute(_POINTS.format(chosen), given_refs) if people else ():
                if kind == "email":
                    emails.setdefault(person, []).append((value, normal))
                else:
                    phones.setdefault(person, []).append((value, normal, national))
            for person, *names in raw.execute(_MERGED.format(chosen), given_refs) if people else ():
                others.setdefault(person, []).extend(filter(None, names))
        finally:
            raw.close()
        for ref, given, family, preferred, former, key in people:
            more = f"{preferred} {former}" if former else preferred
            if ref in others:
                more = " ".join((more, *others[ref]))
            yield ref, person_text(given, family, more, key, emails.get(ref, ()), phones.get(ref, ()))
