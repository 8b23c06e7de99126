"""Reads a list, whatever program wrote it, into a table; which kind of file it is shows its content, not its name."""

from __future__ import annotations

from pathlib import Path

from db.errors import Unavailable
from db.texts import _
from desktop.people.formats.delimited import read_delimited
from desktop.people.formats.directory import read_ldif
from desktop.people.formats.ldif import is_ldif
from desktop.people.formats.sheet_file import OLD_OFFICE, ZIPS, read_old_workbook, read_workbook
from desktop.people.formats.table import MAX_BYTES, Table, too_big
from desktop.people.formats.text_decoding import opening
from desktop.people.formats.vcard import is_vcard
from desktop.people.formats.vcard_people import read_vcards
from desktop.people.imports.mapping.mapping import Headings


def read_table(path: Path, sheet: str = "", headings: Headings = "") -> Table:
    """Read a whole file; what kind it is, its encoding and delimiter are found out, lines without any text left out.

    Args:
        sheet: Which sheet of a spreadsheet; else the first that looks like a list of people. Nothing to other files.
        headings: Where the headings of a table are, if somebody said so. Nothing to other files.

    Raises:
        RuleBroken: the file is empty, no list, cut off, damaged, protected, too big, or its header cannot be used.
        Unavailable: the file cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise too_big(path.name)
        content = path.read_bytes()
    except OSError as caught:
        reason = caught.strerror or type(caught).__name__
        raise Unavailable(_("The file {name} cannot be opened: {reason}."), name=path.name, reason=reason) from caught
    return parse_table(content, path.name, sheet, headings)


def parse_table(content: bytes, name: str, sheet: str = "", headings: Headings = "") -> Table:
    """Do what `read_table` does with bytes that are already here; `name` is for the messages."""
    if content.startswith(ZIPS):
        return read_workbook(content, name, sheet, headings)
    if content.startswith(OLD_OFFICE):
        return read_old_workbook(content, name, sheet, headings)
    start = opening(content)
    if is_vcard(start):
        return read_vcards(content, name)
    if is_ldif(start):
        return read_ldif(content, name)
    return read_delimited(content, name, headings)
