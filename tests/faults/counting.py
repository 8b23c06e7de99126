"""Counts the rows of a list a second time, by other means than the program: letter by letter, or from the whole tree of the XML."""

from __future__ import annotations

import io
import os
import posixpath
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import xlrd

from desktop.people.formats.sheet_ole import Container
from desktop.people.formats.text_decoding import decode, narrowed

MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def count_rows(content: bytes, encoding: str, delimiter: str, sheet: str) -> int | None:
    """How many rows hold any text, header and titles included, or how many entries; told how the program found the file to be written.

    None when these means are too strict for the file: a name without its namespace, a part nobody needs at a wrong place.
    """
    if encoding == "ldif":
        return _count_entries(content)
    if encoding == "vcard":
        return len(re.findall(rb"(?im)^[ \t]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*$", narrowed(content, "")[0].replace(b"\r", b"\n")))
    if encoding == "xls":
        return _count_xls(content, sheet)
    if encoding not in COUNTERS:
        return _count_text(content.removeprefix(MARKS.get(encoding, b"")).decode(encoding), delimiter)
    try:
        return COUNTERS[encoding](_readable(content), sheet)
    except (ElementTree.ParseError, zipfile.BadZipFile, ValueError):
        return None


def _count_entries(content: bytes) -> int:
    """Blocks between empty lines that hold more than remarks, the version and passwords."""
    text = re.sub("\r\n|\r", "\n", decode(content, "")[1])
    lines = [line if line.strip() else "" for line in text.split("\n")]
    blocks = re.split("\n{2,}", "\n".join(lines))
    whole = (re.sub("(?<=.)\n ", "", block.strip("\n")) for block in blocks)
    return sum(any(map(_is_told, block.split("\n"))) for block in whole)


def _is_told(line: str) -> bool:
    return bool(line.strip()) and re.match("#|version:|userPassword[:;]", line, re.IGNORECASE) is None


def _count_xls(content: bytes, sheet: str) -> int | None:
    """The rows with a cell among the records of one sheet, walked through from its begin ([MS-XLS] 2.3)."""
    with suppress(Exception), open(os.devnull, "w") as nowhere:
        stream = Container(content, "").read("Workbook")
        strings = xlrd.open_workbook(file_contents=stream, logfile=nowhere, on_demand=True)._sharedstrings
        place = 0
        rows: dict[int, bool] = {}
        is_in = False
        while place + 4 <= len(stream):
            kind, length = struct.unpack_from("<HH", stream, place)
            body = stream[place + 4 : place + 4 + length]
            if kind == 0x85 and not is_in:  # where a sheet begins, and its name
                wide = body[7] & 1
                title = body[8:].decode("utf-16-le" if wide else "latin-1")
                if title == sheet:
                    place, is_in = struct.unpack_from("<L", body)[0], True
                    continue
            elif is_in and kind == 0x0A:
                return sum(rows.values())
            elif is_in and kind in (0x06, 0x7E, 0xBD, 0x203, 0x204, 0x205, 0x27E, 0xFD):
                row = struct.unpack_from("<H", body)[0]
                says = bool(strings[struct.unpack_from("<L", body, 6)[0]].strip()) if kind == 0xFD else True
                rows[row] = rows.get(row, False) or says
            place += 4 + length
    return None


def _count_text(text: str, delimiter: str) -> int:
    """Walk through the letters: a quotation mark counts at the begin of a cell, and until its fellow."""
    if text[:4].lower() == "sep=" or text[:5].lower() == '"sep=':
        text = text.partition("\n")[2]
    rows, has_text, begins, quoted, place = 0, False, True, False, 0
    while place < len(text):
        sign = text[place]
        if quoted:
            if sign == '"' and text[place + 1 : place + 2] == '"':
                has_text, place = True, place + 1
            elif sign == '"':
                quoted = False
            else:
                has_text = has_text or not sign.isspace()
        elif sign == '"' and begins:
            quoted, begins = True, False
        elif sign in "\r\n":
            rows, has_text, begins = rows + has_text, False, True
        elif sign == delimiter:
            begins = True
        else:
            begins, has_text = False, has_text or not sign.isspace()
        place += 1
    return rows + has_text


def _readable(content: bytes) -> dict[str, bytes]:
    """The parts of a zip file of which nothing is lost."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            with suppress(zipfile.BadZipFile, zlib.error, NotImplementedError):
                parts[name] = archive.read(name)
    return parts


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str, default: str = "") -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), default)


def _count_xlsx(parts: dict[str, bytes], sheet: str) -> int:
    lower = {name.lower(): content for name, content in parts.items()}
    book = "xl/workbook.xml"
    related = {e.attrib["Id"]: e.attrib["Target"] for e in ElementTree.fromstring(lower["xl/_rels/workbook.xml.rels"])}
    at = next(e.attrib for e in ElementTree.fromstring(lower[book]).iter() if _local(e) == "sheet" and e.get("name", "") == sheet)
    target = related[next(value for key, value in at.items() if key.endswith("}id"))]
    part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()
    strings = _strings(lower.get("xl/sharedstrings.xml", b""))
    rows = [row for row in ElementTree.fromstring(lower[part]).iter() if _local(row) == "row"]
    return sum(any(_says_something(cell, strings) for cell in row if _local(cell) == "c") for row in rows)


def _strings(content: bytes) -> list[str]:
    if not content:
        return []
    found = (e for e in ElementTree.fromstring(content) if _local(e) == "si")
    return ["".join(t.text or "" for t in item.iter() if _local(t) == "t") for item in found]


def _says_something(cell: Element, strings: list[str]) -> bool:
    text = "".join(e.text or "" for e in cell.iter() if _local(e) in ("v", "t"))
    if not text:
        return any(_local(e) == "f" for e in cell) and cell.get("t", "n") not in ("str", "inlineStr")
    return bool((strings[int(text)] if cell.get("t") == "s" else text).strip())


def _count_ods(parts: dict[str, bytes], sheet: str) -> int:
    root = ElementTree.fromstring(parts["content.xml"])
    tables = [e for e in root.iter() if _local(e) == "table" and _attribute(e, "name") == sheet]
    return max((_count_table(table) for table in tables[:1]), default=0)


def _count_table(table: Element) -> int:
    return sum(
        int(_attribute(row, "number-rows-repeated", "1"))
        for row in table.iter()
        if _local(row) == "table-row" and any(_has_value(cell) for cell in row if _local(cell).endswith("table-cell"))
    )


def _has_value(cell: Element) -> bool:
    kind = _attribute(cell, "value-type")
    shown = "".join("".join(e.itertext()) for e in cell if _local(e) == "p").strip()
    if kind in ("float", "currency", "percentage", "boolean"):
        return True
    if kind in ("date", "time"):
        return bool(_attribute(cell, f"{kind}-value").strip())
    return bool(shown or _attribute(cell, "string-value").strip() or (not kind and _attribute(cell, "formula")))


COUNTERS = {"xlsx": _count_xlsx, "ods": _count_ods}
