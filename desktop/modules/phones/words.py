"""What phone duty says in words: terms, lengths of calls, and the line of a call on the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.person import LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _
from desktop.modules.phones.outcomes import label
from desktop.modules.phones.preview import ConsoleData

if TYPE_CHECKING:
    from desktop.core.selection import TimelineLine
    from desktop.core.texts import Texts

SEASONS = {"autumn": _("autumn {year}"), "spring": _("spring {year}")}


def term(code: str, texts: Texts) -> str:
    """A stored term as people say it: autumn 2027; what is no term stays as it is."""
    year, _dash, season = code.partition("-")
    return texts.say(SEASONS[season], year=year) if season in SEASONS else code


def clock(seconds: int) -> str:
    """A length as a clock shows it: 02:14, or 1:02:14 from an hour on."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def who(data: ConsoleData, texts: Texts) -> str:
    """The line under the name: stage, programme and term, then the language."""
    stage = texts.say(ROLE_KINDS[data.stage]) if data.stage in ROLE_KINDS else ""
    place = ", ".join(part for part in (data.programme, term(data.term, texts)) if part)
    studies = texts.say(_("{stage}: {place}"), stage=stage, place=place) if stage and place else stage or place
    language = texts.say(LANGUAGES[data.language]) if data.language in LANGUAGES else ""
    return " · ".join(part for part in (studies, language) if part)


def outcome(code: str, texts: Texts, own: str = "") -> str:
    """The words for an outcome; empty when there was none."""
    return texts.say(label(code, own)) if code or own else ""


def timeline_title(entry: TimelineLine, texts: Texts) -> str:
    """The title of a call on the timeline: what it was about and how it ended."""
    kind: Msgid = _("Call from them") if entry.direction == "in" else _("Call")
    parts = [texts.say(kind), entry.title, outcome(entry.outcome, texts)]
    if entry.seconds:
        parts.append(clock(entry.seconds))
    return " · ".join(part for part in parts if part)
