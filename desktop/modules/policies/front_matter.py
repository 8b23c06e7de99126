"""Reads a policy file: a few lines of facts between `---` lines, then the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from db.errors import RuleBroken
from db.texts import _

FACTS: dict[str, tuple[str, ...]] = {
    "title": ("title", "titel", "rubrik", "otsikko", "nimi"),
    "owner_post": ("owner post", "owner", "post", "responsible post", "ägande post", "ansvarig post", "ansvarig", "ägare",
                   "tehtävänimike", "vastaava tehtävänimike", "vastuutehtävä", "vastuuhenkilö", "omistaja"),
    "contact": ("contact", "contact address", "kontakt", "kontaktadress", "e-post", "yhteys", "yhteystieto", "yhteystiedot",
                "yhteysosoite", "sähköposti"),
    "language": ("language", "lang", "språk", "kieli"),
    "last_revised": ("last revised", "revised", "senast reviderad", "reviderad", "senast ändrad", "viimeksi tarkistettu",
                     "tarkistettu"),
    "revised_by": ("revised by", "last revised by", "reviderad av", "senast reviderad av", "tarkistaja"),
    "created": ("created", "skapad", "laadittu"),
    "created_by": ("created by", "skapad av", "laatija"),
}  # fmt: skip
LANGUAGE_NAMES = {
    "sv": ("sv", "swe", "swedish", "svenska", "ruotsi"),
    "fi": ("fi", "fin", "finnish", "finska", "suomi"),
    "en": ("en", "eng", "english", "engelska", "englanti"),
}

_BY_NAME = {name: fact for fact, names in FACTS.items() for name in names}
_BY_LANGUAGE = {name: code for code, names in LANGUAGE_NAMES.items() for name in names}
_LINE = re.compile(r"([^\W\d_][\w \-]*?)[ \t]*:[ \t]*(.*)$")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})$")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What a file says; `unknown` names facts we do not keep, so that the reader can be told."""

    title: str
    owner_post: str
    contact: str
    language: str
    last_revised: date | None
    source: str
    created: date | None = None
    created_by: str = ""
    revised_by: str = ""
    unknown: tuple[str, ...] = ()


def decode(content: bytes) -> str:
    """The letters of a file: UTF-8 or UTF-16 with its mark, else UTF-8, else Windows-1252.

    Raises:
        RuleBroken: the file is empty or holds no text.
    """
    if not content.strip():
        raise RuleBroken(_("The file is empty."), _("Choose a file with the text of a policy."), field="file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig"] if b"\x00" in content else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken(_("The file holds no readable text."), _("Save it as plain text in UTF-8 and try again."), field="file")


def read_policy(text: str) -> PolicyFile:
    """Split a file into its facts and the text below.

    A first heading that only repeats the title is left out of the text, since the title is printed anyway.

    Raises:
        RuleBroken: a fact is missing or cannot be understood; the sentence names the line.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() != "---":
        raise RuleBroken(
            _("Line {line} should be “---”, but reads “{text}”."),
            _("Begin the file with the facts (title, owner post, contact, language) between two lines of “---”."),
            line=start + 1, text=_short(lines[start]),
        )  # fmt: skip
    end = next((n for n in range(start + 1, len(lines)) if lines[n].strip() == "---"), None)
    if end is None:
        raise RuleBroken(
            _("The facts begin in line {line} but never end."),
            _("Put a line with “---” between the facts and the text."), line=start + 1,
        )  # fmt: skip
    facts, places, unknown = _read_facts(lines, start + 1, end)
    for fact in ("title", "owner_post"):
        if not facts.get(fact):
            raise RuleBroken(
                _("There is no “{fact}” among the facts in lines {first} to {last}."),
                _("Add a line such as “{example}”."), field=fact, first=start + 1, last=end + 1,
                fact=FACTS[fact][0], example={"title": "title: Alumni policy", "owner_post": "owner post: Chair"}[fact],
            )  # fmt: skip
    source = _without_title("\n".join(lines[end + 1 :]).strip("\n"), facts["title"])
    if not source.strip():
        raise RuleBroken(_("The file has no text after line {line}."), _("Write the policy below the facts."), line=end + 1)
    return PolicyFile(
        facts["title"], facts["owner_post"], facts.get("contact", ""),
        _language(facts.get("language", ""), places.get("language", 0)),
        _day(facts, places, "last_revised"), source, _day(facts, places, "created"), facts.get("created_by", ""),
        facts.get("revised_by", ""), unknown,
    )  # fmt: skip


def _read_facts(lines: list[str], first: int, end: int) -> tuple[dict[str, str], dict[str, int], tuple[str, ...]]:
    facts: dict[str, str] = {}
    places: dict[str, int] = {}
    unknown: list[str] = []
    for number in range(first, end):
        line = lines[number].strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            raise RuleBroken(
                _("Line {line} is not a fact: “{text}”."), _("Write it as “name: value”, or move it below the second “---”."),
                line=number + 1, text=_short(line),
            )  # fmt: skip
        fact = _BY_NAME.get(" ".join(re.split(r"[\s_\-]+", found[1].casefold()))) or _BY_NAME.get(found[1].casefold())
        if fact is None:
            unknown.append(found[1])
        elif fact in facts:
            raise RuleBroken(
                _("Line {line} gives the “{fact}” again; line {before} has it already."), _("Remove one of the two."),
                field=fact, line=number + 1, before=places[fact] + 1, fact=FACTS[fact][0],
            )  # fmt: skip
        else:
            facts[fact], places[fact] = _unquoted(found[2].strip()), number
    return facts, places, tuple(unknown)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _language(value: str, place: int) -> str:
    if not value:
        return ""
    code = _BY_LANGUAGE.get(value.casefold()) or _BY_LANGUAGE.get(re.split(r"[-_]", value.casefold())[0])
    if code is None:
        raise RuleBroken(
            _("Line {line}: the language “{text}” is not one of sv, fi and en."), _("Write sv, fi or en."),
            field="language", line=place + 1, text=_short(value),
        )  # fmt: skip
    return code


def _day(facts: dict[str, str], places: dict[str, int], fact: str) -> date | None:
    value = facts.get(fact, "")
    if not value:
        return None
    iso, dotted = _ISO.match(value), _DOTTED.match(value)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    except ValueError:
        pass  # a day that no calendar has is told like any other
    raise RuleBroken(
        _("Line {line}: “{text}” is not a day."), _("Write it as 2026-03-31 or 31.3.2026."),
        field=fact, line=places[fact] + 1, text=_short(value),
    )  # fmt: skip


def _without_title(source: str, title: str) -> str:
    """The text without a first heading that repeats the title and stands above all others."""
    first, _newline, rest = source.lstrip().partition("\n")
    same = re.match(r"#[ \t]+(.*?)[ \t]*#*$", first)
    alone = not re.search(r"^#[ \t]", rest, re.MULTILINE)
    return rest.strip("\n") if same and alone and same[1].casefold() == title.casefold() else source


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
