"""Writes small spreadsheets for tests: XLSX by another program's library, ODS by hand after the standard."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

Sheets = Mapping[str, Sequence[Sequence[Any]]]
NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text", "style")
)
ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"
ROOT_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def xlsx(sheets: Sheets, formats: Mapping[str, str] | None = None, hidden: str = "") -> bytes:
    """A workbook with these sheets; `formats` are the number formats of cells of the last sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if title == hidden:
            sheet.sheet_state = "hidden"
    for place, code in (formats or {}).items():
        book.worksheets[-1][place].number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(sheets: Sheets) -> bytes:
    """A workbook of texts."""

    def cell(value: Any) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    def row(cells: Sequence[Any]) -> str:
        inner = "".join(cell(value) if value not in (None, "") else "<table:table-cell/>" for value in cells)
        return f"<table:table-row>{inner}</table:table-row>"

    tables = {title: "".join(map(row, rows)) for title, rows in sheets.items()}
    return ods_of("".join(f'<table:table table:name="{escape(t)}">{inner}</table:table>' for t, inner in tables.items()))


def ods_of(tables: str, manifest: str = "", more: Mapping[str, bytes] | None = None, start: str = "") -> bytes:
    """A workbook with this XML between the spreadsheet's tags; `start` goes before the outermost element."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{start}<office:document-content {NAMESPACES} office:version="1.3"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": ODS_KIND.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    return zipped({**parts, **(more or {})})


def xlsx_of(sheet_data: str, strings: str = "", more: Mapping[str, bytes] | None = None, start: str = "") -> bytes:
    """A workbook with one sheet “S” of this XML between the tags of its data; `start` goes before the sheet's outermost element."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{kinds}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate((("worksheet", "s.xml"), ("sharedStrings", "strings.xml")), 1)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{kinds}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": ROOT_RELATIONS[: ROOT_RELATIONS.index("<Relationship ")] + links + "</Relationships>",
        "xl/strings.xml": f"<sst {main}>{strings}</sst>",
        "xl/s.xml": f"{start}<worksheet {main}><sheetData>{sheet_data}</sheetData></worksheet>",
    }
    return zipped({**{name: text.encode() for name, text in parts.items()}, **(more or {})})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist() if not part.is_dir()}
