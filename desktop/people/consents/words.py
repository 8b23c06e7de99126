"""Says answers and stops in the reader's language. No Qt in this file."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.models.consent import BLOCKABLE, CONSENT_STATES, CONSENT_WAYS
from db.models.person import LANGUAGES
from db.texts import _
from desktop.core.texts import Texts
from desktop.people.card import StopLine
from desktop.people.consents.reading import AnswerLine
from desktop.people.timeline_words import kind_words

_MOMENT = timedelta(microseconds=1)


def answer(line: AnswerLine, texts: Texts) -> str:
    """One answer in a line: what, when, how, until when, over which text, in which contact, written by whom."""
    say = texts.say
    parts = [f"{say(CONSENT_STATES[line.state])} {texts.day(line.at.astimezone(texts.zone).date())}"]
    if line.way != "other":
        parts.append(say(CONSENT_WAYS[line.way]))
    if line.ends_at is not None:
        parts.append(say(_("until {day}"), day=last_day(line.ends_at, texts)))
    if line.number is not None and line.language is not None:
        language = say(LANGUAGES[line.language]) if line.language in LANGUAGES else line.language
        parts.append(say(_("text {number}, {language}"), number=line.number, language=language))
    if line.evidence_kind is not None and line.evidence_at is not None:
        day = texts.day(line.evidence_at.astimezone(texts.zone).date())
        parts.append(say(_("see timeline: {kind} {day}"), kind=kind_words(line.evidence_kind), day=day))
    return " · ".join(filter(None, (*parts, line.note, line.by_name)))


def state(line: AnswerLine | None, texts: Texts, now: datetime) -> tuple[str, str]:
    """The one word for where a purpose stands, and its tone."""
    if line is None:
        return texts.say(_("not asked")), ""
    if line.state != "given":
        return texts.say(_("no")), "bad"
    return (texts.say(_("yes")), "ok") if line.holds(now) else (texts.say(_("run out")), "warn")


def stop(line: StopLine, texts: Texts) -> str:
    """One stop in a line: why, until when, since when, written by whom."""
    parts = [line.reason]
    if line.ends_at is not None:
        parts.append(texts.say(_("until {day}"), day=last_day(line.ends_at, texts)))
    parts.append(texts.say(_("since {day}"), day=texts.day(line.since.astimezone(texts.zone).date())))
    return " · ".join(filter(None, (*parts, line.by_name)))


def channel(code: str, texts: Texts) -> str:
    """A channel as people call it."""
    return texts.say(BLOCKABLE[code])


def last_day(ends_at: datetime, texts: Texts) -> str:
    """The last day on which something holds that ends at that moment."""
    return texts.day((ends_at - _MOMENT).astimezone(texts.zone).date())
