"""Words of retention that several parts show. No Qt in this file."""

from __future__ import annotations

from db.models.retention import ACTIONS, DONE, ROWS
from db.texts import Msgid, _, ngettext
from desktop.core.manifest import RowRetention
from desktop.core.texts import Texts
from desktop.people.retention.due import DueRow
from desktop.people.retention.rules import Rule
from desktop.people.retention.signs import MADE, SIGNS

MONTHS = ngettext("{count} month", "{count} months")
YEARS = ngettext("{count} year", "{count} years")
ROW_COUNT = ngettext("{count} single row", "{count} single rows")
PEOPLE = ngettext("{count} person", "{count} people")


def period(months: int, texts: Texts) -> str:
    """Whole years as years, all else as months."""
    years, rest = divmod(months, 12)
    return texts.say_n(MONTHS, months) if rest or not years else texts.say_n(YEARS, years)


def in_short(rule: Rule, texts: Texts) -> str:
    """What a rule does after which time, and on what ground."""
    say = texts.say
    if isinstance(rule.known.offer, RowRetention):
        counted = say(_("{period} after {sign}"), period=period(rule.months, texts), sign=say(rule.known.offer.since))
        return " · ".join((say(DONE[ROWS]), counted, say(Msgid(rule.ground))))
    signs = ", ".join(say(SIGNS[key].title) for key in rule.since)
    counted = say(_("{period} after the latest of: {signs}"), period=period(rule.months, texts), signs=signs)
    if len(rule.since) == 1:
        counted = say(_("{period} after {sign}"), period=period(rule.months, texts), sign=signs)
    return " · ".join((say(ACTIONS[rule.action]), counted, say(Msgid(rule.ground))))


def since(row: DueRow, texts: Texts) -> str:
    """From when the time of somebody is counted, and from what."""
    key, day = row.since(texts.zone)
    sign = SIGNS.get(key, MADE)
    return f"{texts.day(day)} · {texts.say(sign.title)}"
