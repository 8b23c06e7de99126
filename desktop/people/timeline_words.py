"""Puts the register's own timeline lines into words."""

from __future__ import annotations

from db.models.interaction import INTERACTION_KINDS
from db.texts import Msgid, _
from desktop.core.selection import TimelineLine
from desktop.core.texts import Texts

# Where the direction makes another word of it.
_DIRECTED = {
    ("call", "in"): _("They called"),
    ("call", "out"): _("We called"),
    ("email", "in"): _("E-mail from them"),
    ("email", "out"): _("E-mail to them"),
    ("letter", "in"): _("Letter from them"),
    ("letter", "out"): _("Letter to them"),
}


def line_title(line: TimelineLine, texts: Texts) -> str:
    """What somebody wrote as the title, else the first line of the text, else what kind of contact it was."""
    first = line.text.strip().partition("\n")[0]
    return line.title or first or texts.say(kind_words(line.kind, line.direction))


def kind_words(kind: str, direction: str = "") -> Msgid:
    """What kind of contact it was, from whom; a kind nobody knows any more stays as its code."""
    return _DIRECTED.get((kind, direction)) or INTERACTION_KINDS.get(kind) or Msgid(kind)
