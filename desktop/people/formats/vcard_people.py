"""People of vCards: what the properties of a card mean, with all their addresses and numbers and what these are called."""

from __future__ import annotations

from collections.abc import Iterator

from db.texts import _
from desktop.people.formats.records import Records, Value
from desktop.people.formats.table import Fault, Table
from desktop.people.formats.vcard import Card, Property, cards, parts, plain
from desktop.people.imports.columns import label_of
from desktop.people.imports.name_parts import split_name

CUT_OFF = _("The card has no end.")
UNREADABLE = _("The letters of the card are in an encoding nobody can tell.")

_SILENT = frozenset(("VERSION", "PRODID", "REV", "UID", "SOURCE", "PROFILE", "CLASS", "MAILER", "SORT-STRING"))
_NO_VOICE = frozenset(("fax", "pager", "modem", "bbs", "isdn", "video"))
_VOICE = frozenset(("voice", "cell", "msg", "text"))
_TYPES = {"cell": "mobile", "mobile": "mobile", "iphone": "mobile", "home": "home", "work": "work", "other": "other"}


def read_vcards(content: bytes, name: str) -> Table:
    """Read the people of a file of cards.

    Raises:
        RuleBroken: there is nobody in it, or too many.
    """
    records = Records("vcard", name)
    for card in cards(content, name):
        if not card.is_whole:
            records.fail(Fault(card.line, "", CUT_OFF))
        elif not card.is_readable:
            records.fail(Fault(card.line, "", UNREADABLE))
        else:
            records.add(card.line, _values(card))
        for ignored in card.ignored:
            if ignored not in _SILENT:
                records.ignore(ignored)
    return records.table()


def _values(card: Card) -> Iterator[Value]:
    yield from _name(card)
    words = {found.group: plain(found.value) for found in card.properties if found.name == "X-ABLABEL" and found.group}
    addresses: set[str] = set()
    for found in sorted(card.properties, key=lambda found: "pref" not in found.types and "pref" not in found.parameters):
        name, text = found.name, plain(found.value)
        if name == "EMAIL":
            yield Value("email", name, text, _label(found, words))
        elif name == "TEL" and (found.types & _VOICE or not found.types & _NO_VOICE):
            yield Value("phone", name, text.removeprefix("tel:").partition(";")[0], _label(found, words))
        elif name == "ADR" and (label := _label(found, words)) not in addresses:
            addresses.add(label)
            yield from _address(found, label)
        elif name == "BDAY" and "x-apple-omit-year" not in found.parameters and found.parameters.get("value") != "text":
            yield Value("birth_date", name, text)
        elif name in ("NICKNAME", "NOTE", "TITLE"):
            yield Value({"NICKNAME": "preferred", "NOTE": "note", "TITLE": "title"}[name], name, text)
        elif name == "ORG":
            yield Value("organisation", name, parts(found.value)[0])
        elif name == "LANG":
            yield Value("language", name, text[:2])


def _name(card: Card) -> Iterator[Value]:
    """Family and given names; of a card that puts the whole name in one place or leaves it out, from the name shown."""
    named = next((parts(found.value) for found in card.properties if found.name == "N"), [])
    family, given, middle = (" ".join(part.split()) for part in (*named, "", "", "")[:3])
    shown = next((" ".join(plain(found.value).split()) for found in card.properties if found.name == "FN"), "")
    given = f"{given} {middle}".strip()
    heading = "N"
    if (not family or not given) and shown and " " in shown and (family or given or shown) == shown:
        (given, family), heading = split_name(shown), "FN"
    elif not family and not given:
        given, heading = shown, "FN"
    yield Value("given", heading, given)
    yield Value("family", heading, family)


def _address(found: Property, label: str) -> Iterator[Value]:
    box, extended, street, town, _region, postcode, country = ([*parts(found.value), *[""] * 7])[:7]
    lines = [line.strip() for line in (street or extended or box).splitlines()]
    yield Value("street", found.name, ", ".join(filter(None, lines)), label)
    yield Value("postcode", found.name, postcode, label)
    yield Value("city", found.name, town, label)
    yield Value("country", found.name, country, label)


def _label(found: Property, words: dict[str, str]) -> str:
    """What the card calls an address or a number: its own word before its types."""
    own = words.get(found.group, "").removeprefix("_$!<").removesuffix(">!$_").strip() if found.group else ""
    if own:
        return _TYPES.get(own.lower()) or label_of(own) or own[:40].lower()
    return next((label for word, label in _TYPES.items() if word in found.types), "")
