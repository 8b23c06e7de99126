"""Says people's codes, days and stages in the reader's language. No Qt in this file."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from db import identity_numbers
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _, ngettext
from desktop.core.texts import Texts
from desktop.people.card import ContactLine, PersonCard, RoleLine
from desktop.people.listing import PeopleFilter

_TERM = re.compile(r"(20\d\d)-(autumn|spring)")
_SEASONS = {"autumn": _("Autumn {year}"), "spring": _("Spring {year}")}
# Labels that files and demo data bring as codes; people may type any other.
CONTACT_LABELS = {
    "private": _("private"),
    "university": _("university"),
    "mobile": _("mobile"),
    "home": _("home"),
    "work": _("work"),
    "other": _("other"),
}
# Registers whose numbers files bring; people may type any other.
ISSUERS = {"admission": _("Application number"), "student": _("Student number"), "staff": _("Staff number")}


def label(codes: dict[str, Msgid], code: str, texts: Texts) -> str:
    """The label of a code; one nobody knows any more stays as it is."""
    return texts.say(codes[code]) if code in codes else code


def role(kind: str, texts: Texts) -> str:
    """A kind of role."""
    return label(ROLE_KINDS, kind, texts)


def hold(code: str, texts: Texts) -> str:
    """Why an address is on hold."""
    return label(HOLDS, code, texts)


def contact_name(line: ContactLine, texts: Texts) -> str:
    """What a way to reach somebody is called: its kind with its own label, which may be one of the usual codes."""
    kind = label(CONTACT_KINDS, line.kind, texts)
    if line.label == "mobile":
        return texts.say(_("Mobile"))
    own = label(CONTACT_LABELS, line.label, texts)
    return f"{kind}, {own}" if own else kind


def identifier(kind: str, texts: Texts, issuer: str = "") -> str:
    """A kind of number; one of a register known here is called by its own name."""
    return texts.say(ISSUERS[issuer]) if issuer in ISSUERS else label(identity_numbers.KINDS, kind, texts)


def language(code: str, texts: Texts) -> str:
    """A language a person speaks."""
    return label(LANGUAGES, code, texts)


def term(code: str, texts: Texts) -> str:
    """ "2027-autumn" as "Autumn 2027"; anything else as it was typed."""
    found = _TERM.fullmatch(code)
    return texts.say(_SEASONS[found[2]], year=found[1]) if found else code


def days(line: RoleLine, texts: Texts) -> str:
    """From when to when a role holds, as far as known."""
    if line.starts and line.ends:
        return f"{texts.day(line.starts)} – {texts.day(line.ends)}"
    if line.starts:
        return texts.say(_("since {day}"), day=texts.day(line.starts))
    if line.ends:
        return texts.say(_("until {day}"), day=texts.day(line.ends))
    return ""


def stage_detail(line: RoleLine, texts: Texts) -> str:
    """The short words under a stage of the lifeline: its term, else the day it began or ended."""
    if _TERM.fullmatch(line.term):
        return term(line.term, texts)
    day = line.starts or line.ends
    return texts.day(day) if day else line.term


def when(moment: datetime, texts: Texts, today: date) -> str:
    """A moment of the past: today and yesterday by their names, older ones with their day."""
    day = moment.astimezone(texts.zone).date()
    if day == today:
        return texts.say(_("today {time}"), time=texts.time(moment))
    if day == today - timedelta(days=1):
        return texts.say(_("yesterday {time}"), time=texts.time(moment))
    return texts.moment(moment)


def due(moment: datetime, texts: Texts, now: datetime, today: date) -> tuple[str, str]:
    """When something is due, in short, and the tone of it."""
    day = moment.astimezone(texts.zone).date()
    if moment < now:
        return texts.say(_("overdue")), "bad"
    if day == today:
        return texts.say(_("today {time}"), time=texts.time(moment)), "warn"
    return texts.day(day), ""


def condition(card: PersonCard, texts: Texts) -> tuple[str, str]:
    """The one thing to know before contacting somebody, and its tone; empty when there is nothing."""
    if card.retired_at is not None:
        return texts.say(_("Retired")), "warn"
    if card.deceased_on is not None:
        return texts.say(_("Deceased {day}"), day=texts.day(card.deceased_on)), "bad"
    held = next((line for line in card.contacts if line.hold), None)
    if held is not None and card.best(held.kind) is None:
        return hold(held.hold, texts), "bad"
    return (texts.say(_("E-mail OK")), "ok") if card.best("email") is not None else ("", "")


def chips(filter: PeopleFilter, texts: Texts) -> list[tuple[str, str]]:
    """The rules of a filter, each with the name of its field; the text typed is not one of them."""
    say = texts.say
    found = []
    if filter.roles:
        found.append(("roles", say(_("Role: {roles}"), roles=", ".join(role(kind, texts) for kind in filter.roles))))
    if filter.programme:
        found.append(("programme", say(_("Programme: {programme}"), programme=filter.programme)))
    if filter.unit is not None:
        found.append(("unit", say(_("Unit: {unit}"), unit=filter.unit_name)))
    if filter.city:
        found.append(("city", say(_("Town: {town}"), town=filter.city)))
    if filter.had or filter.since is not None:
        found.append(("had", _contacted(filter, texts)))
    if filter.no_phone:
        found.append(("no_phone", say(_("Cannot be phoned"))))
    if filter.on_hold:
        found.append(("on_hold", say(_("An address is on hold"))))
    if filter.made_or_changed_in is not None:
        found.append(("made_or_changed_in", say(_("From one import"))))
    if filter.retired:
        found.append(("retired", say(_("Retired people"))))
    return found


def selection(filter: PeopleFilter, count: int, whole: bool, texts: Texts) -> str:
    """A choice of people in words, for the titles of what modules make of it."""
    rules = [text for _field, text in chips(filter, texts)]
    if filter.text.strip():
        rules.insert(0, texts.say(_("“{text}”"), text=filter.text.strip()))
    people = texts.say_n(ngettext("{count} person", "{count} people"), count)
    return f"{people} ({', '.join(rules)})" if whole and rules else people


def _contacted(filter: PeopleFilter, texts: Texts) -> str:
    from desktop.people.timeline_words import kind_words

    kind = texts.say(kind_words(filter.had)) if filter.had else texts.say(_("Contact"))
    return texts.say(_("{kind} since {day}"), kind=kind, day=texts.day(filter.since)) if filter.since is not None else kind
