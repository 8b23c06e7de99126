"""The history as lines people read: which lines a list shows, and the words of each. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Text, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from db.history import TakenBack, history_query
from db.models.history import ChangeSet, RowImage
from db.models.person import Person
from db.owners import by_table, people_of
from db.search import title_of
from db.texts import Msgid, PluralMsgid
from desktop.core.manifest import Verb
from desktop.core.texts import Texts

NAMED = 40  # kept entries listed by name
MOST = 200  # changes taken back at one go
_REMOVED = literal_column("'d'", Text)  # in the statement, so that the index of what was removed is used


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which changes: by one user, in a span of time, of a kind, and such that a detail holds `text` or the words do."""

    text: str = ""
    verbs: tuple[str, ...] = ()  # whose words hold the text, in the reader's language
    actor: UUID | None = None
    only: tuple[str, ...] | None = None  # the verbs of a kind; None for every verb
    removed: bool = False  # that removed a row
    taking_back: bool = False  # that took another one back
    since: datetime | None = None
    until: datetime | None = None  # no longer part of it


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One change set; plain values under the names of `history_query`."""

    id: UUID
    number: int
    at: datetime
    actor_name: str
    verb: str
    details: dict[str, Any] | None
    takes_back: UUID | None
    taken_back: bool


def lines_query(filter: HistoryFilter) -> Select[Any]:
    """Change sets that fit; `number` orders them in time, `actor_sort` by user."""
    query: Select[Any] = history_query().add_columns(func.lower(ChangeSet.actor_name).label("actor_sort"))
    if filter.actor is not None:
        query = query.where(ChangeSet.actor_id == filter.actor)
    if filter.only is not None:
        query = query.where(ChangeSet.verb.in_(filter.only))
    if filter.removed:
        query = query.where(ChangeSet.id.in_(select(RowImage.change_set).where(RowImage.operation == _REMOVED)))
    if filter.taking_back:
        query = query.where(ChangeSet.takes_back.is_not(None))
    if filter.since is not None:
        query = query.where(ChangeSet.at >= filter.since)
    if filter.until is not None:
        query = query.where(ChangeSet.at < filter.until)
    if filter.text.strip():
        like = f"%{filter.text.strip()}%"
        details = cast(ChangeSet.details, String)
        # JSON keeps letters beyond ASCII as escapes, so the text is looked for in that form too.
        escaped = f"%{filter.text.strip().encode('unicode_escape').decode('ascii').replace(chr(92) + 'x', chr(92) + 'u00')}%"
        query = query.where(
            or_(details.ilike(like), details.like(escaped), ChangeSet.actor_name.ilike(like), ChangeSet.verb.in_(filter.verbs))
        )
    return query


def chosen_lines(
    session: Session, filter: HistoryFilter, ids: frozenset[UUID] | None, without: frozenset[UUID]
) -> list[HistoryRow]:
    """Those ticked and not taken back yet, newest first; at most one more than `MOST`.

    Args:
        ids: The ones ticked; None means all that fit the filter but those in `without`.
    """
    query = lines_query(filter).order_by(ChangeSet.number.desc()).limit(MOST + 1)
    query = query.where(ChangeSet.id.in_(ids) if ids is not None else ChangeSet.id.not_in(without))
    names = [field.name for field in fields(HistoryRow)]
    rows = [HistoryRow(*[getattr(row, name) for name in names]) for row in session.execute(query)]
    return [row for row in rows if not row.taken_back]


def verbs_with(text: str, verbs: Mapping[str, Verb], texts: Texts) -> tuple[str, ...]:
    """The verbs whose words hold `text` in this language."""
    wanted = text.strip().casefold()
    return tuple(key for key, verb in verbs.items() if wanted in _plain(verb.text, texts).casefold()) if wanted else ()


def _plain(text: Msgid | PluralMsgid, texts: Texts) -> str:
    return texts.say(text, count=2) if isinstance(text, PluralMsgid) else texts.say(text)


def named(session: Session, taken: TakenBack) -> list[str]:
    """What was kept, by the people it is about where it is about one, else by the name of its table; each once."""
    found: list[str] = []
    for table, ids in by_table(taken.kept).items():
        owners = people_of(table, ids[:NAMED])
        names = _names(session, owners) if owners is not None else []
        found += names or [table]
    return list(dict.fromkeys(found))[:NAMED]


def _names(session: Session, owners: Select[UUID]) -> list[str]:
    people = select(Person.family, Person.given).where(Person.id.in_(owners)).order_by(Person.name_key)
    return [title_of(family, given) for family, given in session.execute(people)]
