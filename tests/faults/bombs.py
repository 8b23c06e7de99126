"""Files made to hurt whoever reads them: small ones that unpack to gigabytes, and plain ones without end."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from desktop.people.formats.sheet_ole import Container
from desktop.people.tests.workbooks import ods_of, parts_of, xlsx_of, zipped

MEGABYTE = 1024 * 1024
FILES = Path(__file__).parents[2] / "desktop" / "people" / "tests" / "files"
CELL = "<row><c t='inlineStr'><is><t>{}</t></is></c></row>"
TABLE = "<table:table table:name='S'>{}</table:table>"
TEXT = "<table:table-row><table:table-cell><text:p>Namn</text:p></table:table-cell></table:table-row>"
LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 50}'>" for old, new in zip("abcdefg", "bcdefgh", strict=True)
) + "]>"  # fmt: skip


def _with_part(content: bytes, name: str, pieces: int, piece: bytes) -> bytes:
    """The archive with one part grown to many megabytes of the same."""
    kept = parts_of(content)
    start, end = kept.pop(name).split(b"BOMB")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, inner in kept.items():
            archive.writestr(other, inner)
        with archive.open(name, "w") as stream:
            stream.write(start)
            for _n in range(pieces):
                stream.write(piece)
            stream.write(end)
    return out.getvalue()


def swollen(megabytes: int) -> bytes:
    """A workbook with a sheet of so many megabytes of spaces."""
    return _with_part(xlsx_of("BOMB"), "xl/s.xml", megabytes, b" " * MEGABYTE)


def _lying(content: bytes, name: str) -> bytes:
    """The archive whose list of parts says that one of them is ten bytes long."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(name).file_size
    return content.replace(struct.pack("<L", size), struct.pack("<L", 10))


def _overlapping(parts: int) -> bytes:
    """A list of many parts that are all the same bytes of the file."""
    inner = zlib.compress(bytes(8 * MEGABYTE), 9)[2:-4]
    crc, size = zlib.crc32(bytes(8 * MEGABYTE)), 8 * MEGABYTE
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(inner), size, 8, 0) + b"xl/a.xml" + inner
    entry = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(inner), size, 8, 0, 0, 0, 0, 0, 0)
        + f"xl/{n:05}".encode()
        for n in range(parts)
    )
    return local + entry + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, parts, parts, len(entry), len(local), 0)


def _in_a_circle() -> bytes:
    """An old workbook whose first sector of records is followed by itself."""
    content = bytearray((FILES / "people.xls").read_bytes())
    first = Container(bytes(content), "")._streams["workbook"][1]
    table = struct.unpack_from("<L", content, 76)[0]
    struct.pack_into("<L", content, 512 + table * 512 + first * 4, first)
    return bytes(content)


def _merged_again_and_again() -> bytes:
    """A sheet with cells that all stand for all rows."""
    rows = CELL.format("Namn") + CELL.format("x") * 2_000
    merges = "<mergeCell ref='A2:A2001'/>" * 50_000
    return xlsx_of(rows + "</sheetData><mergeCells>" + merges + "</mergeCells><sheetData>")


def _sparse(path: Path) -> None:
    """A gigabyte that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"Namn;Ort\nx;y\n")
        file.truncate(1024 * MEGABYTE)


def _written(make: Callable[[], bytes]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(make()) and None


# What is in the file, how to write it, and what shall be said of it.
BOMBS: dict[str, tuple[Callable[[Path], None], str]] = {
    "half a gigabyte of spaces in a sheet": (
        _written(lambda: swollen(512)),
        "unpacks to far more",
    ),
    "half a gigabyte of one text": (
        _written(lambda: _with_part(xlsx_of("", "<si><t>BOMB</t></si>"), "xl/strings.xml", 512, b"x" * MEGABYTE)),
        "unpacks to far more",
    ),
    "half a gigabyte in a document": (
        _written(lambda: _with_part(ods_of("BOMB"), "content.xml", 512, b"<table:table/>" * 74_000)),
        "unpacks to far more",
    ),
    "thirty megabytes of one text, within the limits": (
        _written(lambda: _with_part(xlsx_of("<row><c t='s'><v>0</v></c></row>" * 2, "<si><t>BOMB</t></si>"), "xl/strings.xml", 30, b"x" * MEGABYTE)),
        "letters long",
    ),
    "zips within zips": (_written(lambda: zipped({f"{n}.zip": zipped({"a.zip": bytes(MEGABYTE)}) for n in range(16)})), "not a list"),
    "many names of the same bytes": (_written(lambda: _overlapping(2_000)), "unpacks to far more"),
    "fifty thousand parts": (_written(lambda: _overlapping(50_000)), "unpacks to far more"),
    "a list of parts that lies": (_written(lambda: _lying(xlsx_of(CELL.format("Namn") * 9), "xl/s.xml")), "is damaged"),
    "a billion laughs in a sheet": (_written(lambda: xlsx_of(CELL.format("&h;"), start=LAUGHS)), "is damaged"),
    "a billion laughs in a document": (_written(lambda: ods_of(TABLE.format(TEXT.replace("Namn", "&h;")), start=LAUGHS)), "is damaged"),
    "a file of the system": (
        _written(lambda: ods_of(TABLE.format("&h;"), start="<!DOCTYPE l [<!ENTITY h SYSTEM 'file:///etc/passwd'>]>")),
        "is damaged",
    ),
    "a million elements within each other": (
        _written(lambda: _with_part(xlsx_of("BOMB"), "xl/s.xml", 1, b"<x>" * 1_000_000)),
        "is damaged",
    ),
    "a tag of thirty megabytes": (
        _written(lambda: _with_part(xlsx_of("<row r='BOMB'/>"), "xl/s.xml", 30, b"1" * MEGABYTE)),
        "is damaged",
    ),
    "a million columns in a sheet": (
        _written(lambda: xlsx_of(f"<row>{'<c><v>1</v></c>' * 1_000_000}</row>")),
        "more than 1000 columns",
    ),
    "a million wide rows of a sheet": (
        _written(lambda: _with_part(xlsx_of(CELL.format("Namn") + "BOMB"), "xl/s.xml", 1_000, b"<row><c r='ALL1'><v>1</v></c></row>" * 600)),
        "more cells than",
    ),
    "a billion repeated columns": (
        _written(lambda: ods_of(TABLE.format(TEXT.replace("-cell>", "-cell table:number-columns-repeated='999999999'>", 1)))),
        "more than 1000 columns",
    ),
    "a billion repeated rows": (
        _written(lambda: ods_of(TABLE.format(TEXT + TEXT.replace("-row>", "-row table:number-rows-repeated='999999999'>", 1)))),
        "more than 1048576 rows",
    ),
    "a million columns of a text": (_written(lambda: b";".join([b"Namn%d"] * 1_000_000) + b"\nx\n"), "more than 1000 columns"),
    "a gigabyte of one line": (_sparse, "too big"),
    "sixty megabytes of one line": (_written(lambda: b"Namn" * 15 * MEGABYTE + b"\nx\n"), "Line 1 of"),
    "ten megabytes of one heading": (_written(lambda: b"Namn" * 2 * MEGABYTE + b"\nx\n"), "letters long"),
    "endless quotes": (_written(lambda: b'Namn;Ort\nx;"' + b'"' * 30 * MEGABYTE + b"\n"), "Line 2 of"),
    "a quotation mark never closed": (_written(lambda: b'Namn;Ort\nx;"y' + b"\nx;yyyyyyyyyyyyyyyyyy" * MEGABYTE), "Line 2 of"),
    "a quotation mark closed and opened for ever": (_written(lambda: b"Namn;Ort\n" + b'"";"\n"' * 4 * MEGABYTE), "more than 1048576 rows"),
    "a hundred megabytes of new lines": (_written(lambda: b"Namn;Ort\n" + b"\n" * 100 * MEGABYTE + b"x;y\n"), "more than 1048576 rows"),
    "forty megabytes of separators": (_written(lambda: b"Namn;Ort\n" + b";" * 40 * MEGABYTE + b"\nx;y;z\n"), "Line 2 of"),
    "two million rows": (_written(lambda: b"Namn;Ort\n" + b"x;y\n" * 2_000_000), "more than 1048576 rows"),
    "an old workbook in a circle": (_written(_in_a_circle), "is damaged"),
    "old workbooks of nothing": (_written(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 20 * MEGABYTE), "is damaged"),
    "cells merged again and again": (_written(_merged_again_and_again), "more cells than"),
    "a value folded without end": (_written(lambda: b"dn: cn=a\ncn: " + b"x\n " * 12 * MEGABYTE), "Line 2 of"),
    "a million entries": (_written(lambda: b"dn: cn=a\nsn: b\n\n" * 1_100_000), "more than 1048576 rows"),
    "a million cards": (_written(lambda: b"BEGIN:VCARD\nEND:VCARD\n" * 1_100_000), "more than 1048576 rows"),
    "a person with two thousand numbers": (
        _written(lambda: b"BEGIN:VCARD\nN:a;b\n" + b"".join(b"TEL:070-%07d\n" % n for n in range(2_000)) + b"END:VCARD\n"),
        "more than 1000 columns",
    ),
    "thirty megabytes of one card": (_written(lambda: b"BEGIN:VCARD\nNOTE:" + b"x" * 30 * MEGABYTE + b"\nEND:VCARD\n"), "Line 2 of"),
    "remarks before a directory": (_written(lambda: b"#\n \n \n" * 10_000 + b"dn"), "No column of"),
    "zeros after a header": (_written(lambda: b"Namn;Ort\nx;y\n" + bytes(50 * MEGABYTE)), "not a text file"),
}  # fmt: skip
