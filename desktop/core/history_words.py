"""Puts a change set into words: the verb's text of whichever module made it, filled with its details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.history import TAKE_BACK, HistoryLine
from db.texts import PluralMsgid, _
from desktop.core.manifest import Verb
from desktop.core.texts import Texts


def say_change(line: HistoryLine, verbs: Mapping[str, Verb], texts: Texts) -> str:
    """One line of the history, such as "Imported admitted.csv: 412 new". A verb nobody knows is shown as its code."""
    if line.verb == TAKE_BACK:
        return texts.say(_("Took back: {what}"), what=_say(str(line.details.get("verb", "")), line.details, verbs, texts))
    return _say(line.verb, line.details, verbs, texts)


def can_take_back(line: HistoryLine, verbs: Mapping[str, Verb]) -> bool:
    """Whether the history offers to undo this line."""
    verb = verbs.get(line.verb)
    return not line.taken_back and (verb is None or verb.undoable)


def _say(verb: str, details: Mapping[str, Any], verbs: Mapping[str, Verb], texts: Texts) -> str:
    known = verbs.get(verb)
    if known is None:
        return verb
    values = {name: value for name, value in details.items() if name != "verb"}
    if isinstance(known.text, PluralMsgid):
        count = int(details.get("count", 1))
        return texts.say_n(known.text, count, **{k: v for k, v in values.items() if k != "count"})
    return texts.say(known.text, **values)
