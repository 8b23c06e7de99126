"""The history as lines people read: which lines a list shows, and the words of each. No Qt in this file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from db.history import TakenBack, history_query
from db.models.history import ChangeSet
from db.models.person import Person
from db.search import title_of
from db.texts import Msgid, PluralMsgid
from desktop.core.manifest import Verb
from desktop.core.texts import Texts

_FIELD = re.compile(r"\{(\w+)\}")

NAMED = 40  # kept entries listed by name


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which changes: by one user, and such that a detail holds `text` or the verb is one of `verbs`."""

    text: str = ""
    verbs: tuple[str, ...] = ()  # whose words hold the text, in the reader's language
    actor: UUID | None = None


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
    if filter.text.strip():
        like = f"%{filter.text.strip()}%"
        details = cast(ChangeSet.details, String)
        # JSON keeps letters beyond ASCII as escapes, so the text is looked for in that form too.
        escaped = f"%{filter.text.strip().encode('unicode_escape').decode('ascii').replace(chr(92) + 'x', chr(92) + 'u00')}%"
        query = query.where(
            or_(details.ilike(like), details.like(escaped), ChangeSet.actor_name.ilike(like), ChangeSet.verb.in_(filter.verbs))
        )
    return query


def verbs_with(text: str, verbs: Mapping[str, Verb], texts: Texts) -> tuple[str, ...]:
    """The verbs whose words hold `text` in this language."""
    wanted = text.strip().casefold()
    return tuple(key for key, verb in verbs.items() if wanted in _plain(verb.text, texts).casefold()) if wanted else ()


def _plain(text: Msgid | PluralMsgid, texts: Texts) -> str:
    return texts.say(text, count=2) if isinstance(text, PluralMsgid) else texts.say(text)


def named(session: Session, taken: TakenBack) -> list[str]:
    """What was kept: people by name, everything else by the name of its table."""
    ids = [id for table, id in taken.kept if table == "person"][:NAMED]
    people = {
        person_id: title_of(family, given)
        for person_id, family, given in session.execute(select(Person.id, Person.family, Person.given).where(Person.id.in_(ids)))
    }
    return [people.get(id, table) for table, id in taken.kept[:NAMED]]
