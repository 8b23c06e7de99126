"""Reads a list from a spreadsheet: tells which kind it is, finds the sheet with people, and makes it a table of texts."""

from __future__ import annotations

from collections.abc import Callable

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.people.formats.sheet_archive import Archive, protected
from desktop.people.formats.sheet_book import Book, Pick
from desktop.people.formats.sheet_ods import CONTENT, read_ods
from desktop.people.formats.sheet_ole import SIGNATURE, Container
from desktop.people.formats.sheet_xls import read_xls
from desktop.people.formats.sheet_xlsx import read_xlsx
from desktop.people.formats.table import MAX_CELLS, SAVE_AS, Table, empty, header_only, letters_of, too_many_cells, trimmed_header
from desktop.people.formats.table_header import Cells, find_header, is_heading
from desktop.people.imports.mapping.mapping import Headings

ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
OLD_OFFICE = SIGNATURE
SAVE_AS_XLSX = _("Open it in Excel or LibreOffice and save it as XLSX.")
PARTS_HEADINGS = " | "
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHERS: tuple[tuple[str, Msgid], ...] = (  # a part by whose begin of name a zip file is known
    ("word/", _("a text document")),
    ("ppt/", _("a presentation")),
    ("index/document.iwa", _("a document of another program")),
    ("content.xml", _("a document, not a spreadsheet")),
)


def read_workbook(content: bytes, name: str, sheet: str = "", headings: Headings = "") -> Table:
    """Read one sheet of a spreadsheet; `name` is the file's, for the messages.

    Args:
        sheet: Which one; without it the first with headings that name a column with names, those hidden last.

    Raises:
        RuleBroken: it is no spreadsheet, damaged, protected, too big, or has no such sheet or no rows.
    """
    archive = Archive(content, name)
    kind, read = _kind_of(archive)
    return _picked(lambda pick: read(archive, pick), kind, name, sheet, headings)


def read_old_workbook(content: bytes, name: str, sheet: str = "", headings: Headings = "") -> Table:
    """Do what `read_workbook` does with a spreadsheet of the kind Excel wrote until 2003.

    Raises:
        RuleBroken: as there, or it is another file of the Office of that time.
    """
    container = Container(content, name)
    if "EncryptedPackage" in container:  # which is also how a newer file with a password is wrapped
        raise protected(name)
    if "_VBA_PROJECT" in container:
        raise _with_macros(name)
    stream = next((stream for stream in ("Workbook", "Book") if stream in container), "")
    if not stream:
        raise RuleBroken(_("The file {name} is an old Office file, not a list."), SAVE_AS, name=name)
    records = container.read(stream)
    return _picked(lambda pick: read_xls(records, name, pick), "xls", name, sheet, headings)


def _picked(read: Callable[[Pick], Book], kind: str, name: str, sheet: str, headings: Headings) -> Table:
    """The table of the sheet asked for, or of the first that looks like a list of people."""
    book = read(_picks(sheet) if sheet else _has_names)
    if sheet and sheet not in book.sheets:
        raise RuleBroken(
            _("The file {name} has no sheet “{sheet}”."),
            _("It has: {sheets}."),
            name=name,
            sheet=sheet[:100],
            sheets=", ".join(book.sheets)[:500],
        )
    if not sheet and not book.sheet:  # no sheet looks like a list: the first with any text says best what is missing
        book = read(lambda _name, _row, _is_first: True)
    if not book.rows:
        raise empty(name)
    book.fill_down(name)
    return _table(book, kind, name, headings)


def _kind_of(archive: Archive) -> tuple[str, Callable[[Archive, Pick], Book]]:
    """Which kind of spreadsheet it is and how to read it."""
    name = archive.name
    if archive.start_of("mimetype").strip().startswith(_ODS):
        if b"encryption-data" in archive.start_of("META-INF/manifest.xml", 1_000_000) or "encrypted-package" in archive:
            raise protected(name)
        if any(part.startswith(("basic/", "scripts/")) for part in archive):
            raise _with_macros(name)
        if CONTENT in archive:
            return "ods", read_ods
        raise archive.damaged()
    if "[content_types].xml" in archive and any(part.startswith("xl/") for part in archive):
        if b"macroEnabled" in archive.start_of("[content_types].xml", 1_000_000) or "xl/vbaproject.bin" in archive:
            raise _with_macros(name)
        if "xl/workbook.bin" in archive:
            raise RuleBroken(_("The file {name} is a binary Excel workbook (XLSB)."), SAVE_AS_XLSX, name=name)
        return "xlsx", read_xlsx
    found = next((kind for start, kind in _OTHERS if any(part.startswith(start) for part in archive)), _("a compressed folder"))
    raise RuleBroken(_("The file {name} is {kind}, not a list."), SAVE_AS, name=name, kind=found)


def _with_macros(name: str) -> RuleBroken:
    return RuleBroken(
        _("The file {name} holds macros, which are programs; such files are not opened."),
        _("Save it as XLSX or ODS without macros."),
        name=name,
    )


def _picks(sheet: str) -> Pick:
    return lambda name, _row, _is_first: name == sheet


def _has_names(_sheet: str, row: Cells, is_first: bool) -> bool:
    """Whether a row looks like the header of a list of people."""
    return is_heading(row, is_first=is_first)


def _table(book: Book, kind: str, name: str, headings: Headings) -> Table:
    """The rows below the header, all as wide as the header; columns without a heading are only named."""
    found = find_header(book.rows, headings, max(len(cells) for _line, cells in book.rows))
    header = trimmed_header(found.cells, name)
    rows, width = book.rows[found.below :], len(header)
    if not rows:
        raise header_only(name)
    if len(rows) * width > MAX_CELLS:
        raise too_many_cells(name)
    unnamed = [n for n, heading in enumerate(header) if not heading]
    strays: set[int] = set()
    for number, (line, cells) in enumerate(rows):
        has = len(cells)
        if unnamed:
            strays.update(n for n in unnamed if n < has and cells[n])
        if has > width:
            strays.update(n for n in range(width, has) if cells[n])
            rows[number] = (line, cells[:width])
        elif has < width:
            rows[number] = (line, cells + ("",) * (width - has))
    return Table(
        header,
        [row for row in rows if any(row[1])],
        kind,
        PARTS_HEADINGS,
        sheet=book.sheet,
        sheets=tuple(book.sheets),
        unnamed=tuple(letters_of(n + 1) for n in sorted(strays)),
        heading_lines=found.lines,
        above=found.above,
    )
