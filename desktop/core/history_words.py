"""Puts a change set into words: the verb's text of whichever module made it, filled with its details."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from db.history import TAKE_BACK, HistoryLine
from db.texts import PluralMsgid, _
from desktop.core.manifest import Verb
from desktop.core.texts import Texts

_FIELD = re.compile(r"\{(\w+)\}")


def say_change(line: HistoryLine, verbs: Mapping[str, Verb], texts: Texts) -> str:
    """One line of the history, such as "Imported people from admitted.csv: 412 new, 3 changed"."""
    return change_words(line.verb, line.details, verbs, texts)


def change_words(verb: str, details: Mapping[str, Any] | None, verbs: Mapping[str, Verb], texts: Texts) -> str:
    """What was done, in words. A verb nobody knows any more is shown as it is stored; a missing detail as "…"."""
    facts = dict(details or {})
    if verb == TAKE_BACK:
        inner = {name: value for name, value in facts.items() if name not in ("verb", "again")}
        done = _("Did again: {what}") if facts.get("again") else _("Took back: {what}")
        return texts.say(done, what=change_words(str(facts.get("verb", "")), inner, verbs, texts))
    known = verbs.get(verb)
    if known is None:
        return verb.replace("_", " ")
    text = known.text.many if isinstance(known.text, PluralMsgid) else known.text
    values: dict[str, Any] = {**dict.fromkeys(_FIELD.findall(text), "…"), **facts}
    if isinstance(known.text, PluralMsgid):
        values["count"] = facts["count"] if isinstance(facts.get("count"), int) else 0
        return texts.say(known.text, **values)
    return texts.say(known.text, **{n: texts.number(v) if type(v) is int else v for n, v in values.items()})
