"""The files of exported lists, cell by cell: texts stay texts, days are days, nothing runs as a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from desktop.people.exports.cells import Cell
from desktop.people.exports.file_kinds import KINDS, open_list
from desktop.people.formats.table_file import parse_table

# Everything a spreadsheet may harm, each in a cell of its own.
AWKWARD: tuple[Cell, ...] = (
    "+46701740605", "070-174 06 05", "01234", "20050318-1234", "1E5", "=HYPERLINK(1)", "@SUM(A1)", "-2+3", "<b>&\"'", "_x0041_",
    "Åsa Öström 🙂", "a\u0000b\nc\td", "TRUE", "3/4", date(2001, 12, 31), date(1888, 2, 3), 1999, None, "",
)  # fmt: skip
SHOWN = (
    "+46701740605", "070-174 06 05", "01234", "20050318-1234", "1E5", "=HYPERLINK(1)", "@SUM(A1)", "-2+3", "<b>&\"'", "_x0041_",
    "Åsa Öström 🙂", "a b c d", "TRUE", "3/4", "2001-12-31", "1888-02-03", "1999", "", "",
)  # fmt: skip


def written(kind: str, rows: list[tuple[Cell, ...]], language: str = "sv") -> bytes:
    file = io.BytesIO()
    listed = open_list(kind, file, "Folk: [alla]", [f"Rubrik {n}" for n in range(len(rows[0]))], [12] * len(rows[0]), language)
    listed.add(rows[:1])
    listed.add(rows[1:])
    listed.close("Om listan", [("Syfte", "=1+1"), ("Antal", len(rows))])
    return file.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_our_own_reader_reads_back_every_cell_as_it_was(kind: str) -> None:
    table = parse_table(written(kind, [AWKWARD, AWKWARD]), f"list.{kind}")
    assert [cells for _line, cells in table.rows] == [SHOWN, SHOWN]


def test_excel_finds_texts_days_and_numbers_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [AWKWARD])))
    assert book.sheetnames == ["Folk   alla", "Om listan"]
    sheet, about = book.worksheets
    cells = next(iter(sheet.iter_rows(min_row=2)))
    kinds = "".join(cell.data_type for cell in cells[:17])
    assert kinds == "s" * 14 + "dsn"
    assert [cell.value for cell in (*cells[:9], *cells[10:14])] == [*SHOWN[:9], *SHOWN[10:14]]
    assert cells[14].value == datetime(2001, 12, 31) and cells[16].value == 1999
    assert cells[0].number_format == "@" and (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:S2")
    assert [cell.value for cell in about["B"]] == ["=1+1", 1] and about["B1"].data_type == "s"


def test_a_text_file_has_its_mark_its_separator_and_no_formula() -> None:
    content = written("csv", [AWKWARD])
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 2
    (line,) = list(csv.reader(content.decode("utf-8-sig").splitlines()[1:], delimiter=";"))
    assert line[:5] == ["+46701740605", "070-174 06 05", "01234", "20050318-1234", "1E5"]
    assert line[5:8] == ["'=HYPERLINK(1)", "'@SUM(A1)", "'-2+3"] and line[14:] == ["2001-12-31", "1888-02-03", "1999", "", ""]
    assert b"Rubrik 0,Rubrik 1" in written("csv", [AWKWARD], "en")


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_archive_is_whole_and_an_opendocument_file_names_its_kind_first(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(written(kind, [AWKWARD]))) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
    if kind == "ods":
        assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED


def test_every_kind_has_its_writer() -> None:
    for kind in KINDS:
        assert written(kind, [("a",)])
