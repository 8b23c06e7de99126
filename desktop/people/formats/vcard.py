"""Reads vCards of every version and dialect (2.1, 3.0 of RFC 2426, 4.0 of RFC 6350), card by card, as forgiving as can be.

Folded lines, quoted-printable with soft breaks, groups, bare types, wrong line ends and raw line breaks are taken as they
come. Pictures, sounds and keys are never unpacked, and nothing a card points to is opened.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from desktop.people.formats.text_decoding import narrowed
from desktop.people.formats.text_lines import MAX_LINE, MAX_LINES, without_end

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BEGINS = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*[\r\n]", re.IGNORECASE)
_EDGE = re.compile(rb"\s*(BEGIN|END)\s*:\s*VCARD\s*", re.IGNORECASE)
_NAME = re.compile(r"(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9-]+)")
_PARAMETER = re.compile(r';((?:[^";]|"[^"]*")*)')
_CHARSET = re.compile(r"utf-?8|us-?ascii|ascii|iso-?8859-?[0-9]{1,2}|latin-?[0-9]|(?:windows|cp)-?125[0-9]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WANTED = frozenset(
    ("VERSION", "N", "FN", "NICKNAME", "EMAIL", "TEL", "ADR", "ORG", "TITLE", "ROLE", "BDAY", "NOTE", "LANG", "X-ABLABEL")
)


@dataclass(slots=True)
class Property:
    """One property of a card: its types and other parameters in small letters, its value still escaped."""

    name: str
    group: str
    types: frozenset[str]
    parameters: dict[str, str]
    is_wanted: bool
    value: str = ""

    @property
    def is_quoted(self) -> bool:
        """Whether the value is written as quoted-printable."""
        return "quoted-printable" in self.types or self.parameters.get("encoding") == "quoted-printable"


@dataclass(slots=True)
class Card:
    """One card; `is_whole` is false when it does not end, `is_readable` when its letters are in no known encoding."""

    line: int
    properties: list[Property] = field(default_factory=list)
    ignored: dict[str, None] = field(default_factory=dict)
    is_whole: bool = False
    is_readable: bool = True


def is_vcard(start: str) -> bool:
    """Whether a file that begins like this holds cards."""
    return _BEGINS.match(start) is not None


def parts(value: str, sign: str = ";") -> list[str]:
    """The parts of a value with several, unescaped."""
    found = [""]
    for piece in re.findall(rf"\\.|{sign}|[^\\{sign}]+|\\", value, re.DOTALL):
        if piece == sign:
            found.append("")
        else:
            found[-1] += piece
    return [plain(part) for part in found]


def plain(value: str) -> str:
    """A value without the signs that escape others."""
    if "\\" not in value:
        return value.strip()
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def cards(content: bytes, name: str) -> Iterator[Card]:
    """Every card of a file, also those that are not whole; cards within cards are left out.

    Raises:
        RuleBroken: the file is empty, or a line of it has no end.
    """
    content, is_utf8 = narrowed(content, name)
    reader: _CardReader | None = None
    depth = 0
    for number, found in enumerate(_LINE.finditer(content), 1):
        if found.end() - found.start() > MAX_LINE or number > MAX_LINES:
            raise without_end(number, name)
        line = found[0].rstrip(b"\r\n")
        edge = _EDGE.fullmatch(line)
        if edge is None:
            if reader is not None and not depth:
                reader.take(line)
        elif edge[1].upper() == b"BEGIN":
            if reader is not None and (depth or reader.awaits_card):
                depth += 1
                continue
            if reader is not None:
                yield reader.end(is_whole=False)
            reader = _CardReader(number, is_utf8)
        elif depth:
            depth -= 1
        elif reader is not None:
            yield reader.end(is_whole=True)
            reader = None
    if reader is not None:
        yield reader.end(is_whole=False)


class _CardReader:
    """Follows the lines of one card."""

    def __init__(self, line: int, is_utf8: bool) -> None:
        self._card = Card(line)
        self._is_utf8 = is_utf8
        self._property: Property | None = None  # the one its lines are gathered of
        self._pieces: list[bytes] = []
        self._is_old = False
        self.awaits_card = False  # the last property says that a card within this one follows

    def take(self, line: bytes) -> None:
        """Take a line that neither begins nor ends a card."""
        if self._property is not None and self._property.is_quoted and self._pieces[-1].endswith(b"="):
            self._pieces[-1] = self._pieces[-1][:-1]
            self._go_on(line, b"")
        elif line[:1] in (b" ", b"\t"):
            self._go_on(line if self._is_old else line[1:], b"")
        elif b":" in line:
            self._finish()
            self._begin(line)
        elif line.strip():
            self._go_on(line, b"\n")

    def end(self, *, is_whole: bool) -> Card:
        """The card as far as it was read."""
        self._finish()
        self._card.is_whole = is_whole
        return self._card

    def _go_on(self, line: bytes, between: bytes) -> None:
        if self._property is not None and not self._property.is_wanted:
            self._pieces = [line]
        elif self._property is not None:
            self._pieces.append(between + line)

    def _begin(self, line: bytes) -> None:
        """Begin a property; the value comes after the first colon that stands in no quotation marks."""
        place = line.find(b":")
        quote = line.find(b'"')
        if 0 <= quote < place:
            quoted = re.match(rb'(?:[^":]|"[^"]*")*', line)
            place = quoted.end() if quoted is not None and line[quoted.end() : quoted.end() + 1] == b":" else place
        head, value = line[:place].decode("utf-8", "replace"), line[place + 1 :]
        named = _NAME.match(head)
        if named is None:
            return
        name = named[2].upper()
        self.awaits_card = name == "AGENT" and not value.strip()
        if name not in _WANTED:
            self._card.ignored[name] = None
        types: set[str] = set()
        parameters: dict[str, str] = {}
        for parameter in _PARAMETER.findall(head, named.end()):
            key, equals, text = parameter.partition("=")
            words = text.replace('"', "").lower().strip()
            if not equals or key.strip().upper() == "TYPE":
                types.update(word.strip() for word in (words if equals else key.lower()).split(","))
            else:
                parameters[key.strip().lower()] = words
        self._property = Property(name, (named[1] or "").lower(), frozenset(types), parameters, name in _WANTED)
        self._pieces = [value]

    def _finish(self) -> None:
        """Decode the property that was gathered."""
        found, self._property = self._property, None
        if found is None or not found.is_wanted:
            return
        raw = b"".join(self._pieces)
        if found.is_quoted:
            raw = quopri.decodestring(raw)
        text = _decoded(raw, "utf-8" if self._is_utf8 and not found.is_quoted else found.parameters.get("charset", ""))
        if text is None:
            self._card.is_readable = False
        elif found.name == "VERSION":
            self._is_old = text.strip() == "2.1"
        else:
            found.value = text.strip()
            self._card.properties.append(found)


def _decoded(raw: bytes, charset: str) -> str | None:
    """Decode by what the card says, else as UTF-8, else as Windows does; None when nothing fits."""
    if raw.isascii():
        return raw.decode("ascii")
    said = charset if _CHARSET.fullmatch(charset) else "utf-8"
    for encoding in (said, "utf-8", "windows-1252"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return None
