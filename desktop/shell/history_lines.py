"""The history as lines people read: which lines a list shows, and the words of each. No Qt in this file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, func, or_

from db.history import TAKE_BACK, history_query
from db.models.history import ChangeSet
from db.texts import Msgid, PluralMsgid, _
from desktop.core.manifest import Verb
from desktop.core.texts import Texts

_FIELD = re.compile(r"\{(\w+)\}")


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


def words(verb: str, details: Mapping[str, Any] | None, verbs: Mapping[str, Verb], texts: Texts) -> str:
    """What was done, in words. A verb nobody knows any more is shown as it is stored; a missing detail as "…"."""
    facts = dict(details or {})
    if verb == TAKE_BACK:
        inner = words(str(facts.get("verb", "")), {k: v for k, v in facts.items() if k != "verb"}, verbs, texts)
        return (
            texts.say(verbs[TAKE_BACK].text, what=inner) if TAKE_BACK in verbs else texts.say(_("Took back: {what}"), what=inner)
        )
    known = verbs.get(verb)
    if known is None:
        return verb.replace("_", " ")
    if isinstance(known.text, PluralMsgid):
        count = facts.get("count", 0)
        values = _filled(known.text.many, facts)
        values["count"] = count if isinstance(count, int) else 0
        return texts.say(known.text, **values)
    return texts.say(known.text, **_filled(known.text, facts, texts))


def _filled(text: str, facts: dict[str, Any], texts: Texts | None = None) -> dict[str, Any]:
    shown = {key: texts.number(value) if texts and type(value) is int else value for key, value in facts.items()}
    return {**dict.fromkeys(_FIELD.findall(text), "…"), **shown}
