"""Reads LDIF, what directories are exported as, entry by entry (RFC 2849).

Passwords and keys are dropped line by line as they are met, before they are decoded; nothing a file points to is opened.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.people.formats.text_lines import LINE, MAX_LINE, MAX_LINES, without_end

NO_ATTRIBUTE = _("Line {line} is no attribute with a value.")
NOT_BASE64 = _("What is written as base64 on line {line} cannot be read.")
ELSEWHERE = _("The value on line {line} is in another file, which is never opened.")

_BEGINS = re.compile(  # comments, maybe folded, before the first line; never tried twice
    r"\s*+(?:#[^\r\n]*+(?:\r\n|\r|\n)(?: [^\r\n]*+(?:\r\n|\r|\n))*+\s*+)*+(?:version:\s*[0-9]+\s|dn::?\s*\S)", re.IGNORECASE
)
_SECRET = re.compile(
    r"passw|pwd|secret|credential|nthash|lmhash|krb.*key|krbprincipalkey|pkcs12|privatekey|otp|^2\.5\.4\.35$|"
    r"^1\.3\.6\.1\.4\.1\.7165\.2\.1\.(?:24|25|54)$"
)
_OIDS = {
    "2.5.4.3": "cn",
    "2.5.4.4": "sn",
    "2.5.4.42": "givenname",
    "0.9.2342.19200300.100.1.3": "mail",
    "0.9.2342.19200300.100.1.41": "mobile",
    "2.5.4.20": "telephonenumber",
}
_SAYS = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9.-]*)(?P<options>(?:;[^:\s]*)?):(?P<sign>[:<]?) *(?P<text>.*)", re.DOTALL)
_REPLIES = frozenset(("search", "result", "ref"))  # what a command line tool prints among the entries


@dataclass(slots=True)
class Entry:
    """One entry: its attributes by name in small letters, each with its values in the file's order."""

    line: int
    attributes: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # as the file writes them, by small letters
    fault: tuple[str, Msgid, int] | None = None  # attribute, reason and line of the first thing that is wrong

    def first(self, name: str) -> str:
        """The first value of an attribute; empty when there is none."""
        return next(iter(self.attributes.get(name, ())), "")


def is_ldif(start: str) -> bool:
    """Whether a file that begins like this is LDIF."""
    return _BEGINS.match(start) is not None


def entries(text: str, wanted: frozenset[str], name: str) -> Iterator[Entry]:
    """Every entry of the file, those that are no people included.

    Args:
        wanted: The attributes to keep, in small letters; of others only the names are.

    Raises:
        RuleBroken: the file holds changes instead of entries, or is too long.
    """
    entry: Entry | None = None
    for line, logical in _logical_lines(text, name):
        if not logical:
            if entry is not None and entry.names:
                yield entry
            entry = None
            continue
        found = _SAYS.fullmatch(logical)
        attribute = found["name"].lower() if found is not None else ""
        attribute = _OIDS.get(attribute, attribute)
        if found is not None and _SECRET.search(attribute):
            continue
        if attribute == "version" and (entry is None or not entry.names):
            continue
        if attribute in ("changetype", "control"):
            raise RuleBroken(
                _("The file {name} holds changes to a directory, not its people: line {line}."),
                _("Export the entries themselves."),
                name=name,
                line=line,
            )
        entry = entry or Entry(line)
        if found is None:
            entry.names.setdefault("", "")
            entry.fault = entry.fault or ("", NO_ATTRIBUTE, line)
        else:
            _take(entry, attribute, found, line, attribute in wanted)
    if entry is not None and entry.names:
        yield entry


def is_reply(entry: Entry) -> bool:
    """Whether this is no entry, but what a tool said after the last one."""
    return "dn" not in entry.names and next(iter(entry.names)) in _REPLIES


def _take(entry: Entry, attribute: str, found: re.Match[str], line: int, is_wanted: bool) -> None:
    entry.names.setdefault(attribute, found["name"])
    if not is_wanted:
        return
    text, sign = found["text"], found["sign"]
    if sign == "<":
        entry.fault = entry.fault or (found["name"], ELSEWHERE, line)
    elif sign == ":":
        try:
            text = base64.b64decode(text.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            entry.fault = entry.fault or (found["name"], NOT_BASE64, line)
            return
    if text.strip() and sign != "<":
        values = entry.attributes.setdefault(attribute, [])
        if text not in values:
            values.append(text)


def _logical_lines(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Lines joined with those that continue them, each with the number of its first; "" where an entry ends."""
    pieces: list[str] = []
    begins = length = number = 0
    for number, found in enumerate(LINE.finditer(text), 1):
        line = found[0].rstrip("\r\n")
        if line.startswith(" ") and pieces and not line.isspace():
            length += len(line)
            if length > MAX_LINE or number > MAX_LINES:
                raise without_end(begins, name)
            pieces.append(line[1:])
            continue
        if pieces and not pieces[0].startswith("#"):
            yield begins, "".join(pieces)
        pieces, begins, length = [line], number, len(line)
        if length > MAX_LINE:
            raise without_end(begins, name)
        if not line.strip():
            pieces = []
            yield number, ""
    if pieces and not pieces[0].startswith("#"):
        yield begins, "".join(pieces)
