"""Finds out in which encoding a file of text is written, and decodes it or says on which line it cannot."""

from __future__ import annotations

import codecs
import re

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.people.formats.table import SAVE_AS, empty

_KINDS: tuple[tuple[bytes, Msgid], ...] = (
    (b"%PDF", _("a PDF")),
    (b"{\\rtf", _("a formatted text")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"\x1f\x8b", _("a compressed file")),
    (b"7z\xbc\xaf", _("a compressed file")),
    (b"SQLite format 3", _("a database")),
    (b"<?xml", _("an XML file")),
    (b"<!doctype html", _("a web page")),
    (b"<html", _("a web page")),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HALF_UTF8 = re.compile(rb"\xc3[\xa4\xa5\xb6\x84\x85\x96\xa9]")  # å ä ö Å Ä Ö é
_DOS_LETTERS = re.compile("[A-Za-z][\u201e\u2020\u201d][a-z]")  # ä å ö of an old DOS program, read as Windows text
_CONTROLS = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f]")


def decode(content: bytes, name: str) -> tuple[str, str]:
    """Give the encoding and the text.

    Raises:
        RuleBroken: it is empty, no text, cut off within a letter, or in an encoding nobody can tell.
    """
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise empty(name)
    start = content[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for magic, kind in _KINDS:
        if content.startswith(magic) or start.startswith(magic.lower()):
            raise RuleBroken(_("The file {name} is {kind}, not a table of text."), SAVE_AS, name=name, kind=kind)
    mark, encoding = _wide_or_marked(content)
    if not encoding and b"\0" in content:
        raise _binary(name)
    try:
        text = content[len(mark) :].decode(encoding or "utf-8")
    except UnicodeDecodeError as caught:
        if caught.reason == "unexpected end of data" or caught.reason == "truncated data":
            raise RuleBroken(
                _("The file {name} ends in the middle of a letter; the end is missing."), _("Fetch the file again."), name=name
            ) from None
        if encoding:
            raise _undecodable(name, content, len(mark) + caught.start) from None
        encoding, text = "windows-1252", _decode_windows(content, name, caught.start)
    if len(_CONTROLS.findall(text[:65_536])) > 5 or "\0" in text:
        raise _binary(name)
    return encoding or "utf-8", text


def opening(content: bytes, most: int = 65_536) -> str:
    """How a file begins, read as forgiving as can be: to recognise its kind, never to take anything from it."""
    mark, encoding = _wide_or_marked(content)
    return content[len(mark) : most].decode(encoding or "utf-8", "replace")


def narrowed(content: bytes, name: str) -> tuple[bytes, bool]:
    """The text with one byte for each plain letter, and whether it had to be made so, which settles its encoding as UTF-8.

    Raises:
        RuleBroken: it is empty, or what begins as UTF-16 does not go on so.
    """
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise empty(name)
    mark, encoding = _wide_or_marked(content)
    if encoding in ("", "utf-8"):
        return content[len(mark) :], False
    try:
        return content[len(mark) :].decode(encoding).encode(), True
    except UnicodeDecodeError as caught:
        raise _undecodable(name, content, len(mark) + caught.start) from None


def _wide_or_marked(content: bytes) -> tuple[bytes, str]:
    """The mark a file begins with and the encoding that shows; both may be empty."""
    mark, encoding = next(((mark, code) for mark, code in _MARKS if content.startswith(mark)), (b"", ""))
    return mark, encoding or _wide_without_mark(content)


def _wide_without_mark(content: bytes) -> str:
    """UTF-16 without a mark shows itself by a zero in nearly every second byte."""
    sample = content[:4096]
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and odd > pairs * 0.6 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if pairs and even > pairs * 0.6 and odd == 0 else ""


def _decode_windows(content: bytes, name: str, first_bad: int) -> str:
    """Decode as Windows-1252, unless the bytes are UTF-8 that was damaged or come from an old DOS program."""
    if b"\xc3" in content and _HALF_UTF8.search(content):
        raise _undecodable(name, content, first_bad)
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError as caught:
        raise _undecodable(name, content, caught.start) from None
    found = _DOS_LETTERS.search(text) if any(sign in text for sign in "\u201e\u2020\u201d") else None
    if found is not None:
        raise _undecodable(name, content, found.start() + 1)
    return text


def _undecodable(name: str, content: bytes, place: int) -> RuleBroken:
    return RuleBroken(
        _("The letters in {name} cannot be read: line {line} is written in another encoding."),
        _("Save it again as CSV with UTF-8."),
        name=name,
        line=content.count(b"\n", 0, place) + 1,
    )


def _binary(name: str) -> RuleBroken:
    return RuleBroken(_("The file {name} is not a text file."), SAVE_AS, name=name)
