"""A spreadsheet gives the same texts as the CSV of it would, and numbers come through unharmed."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from db.errors import RuleBroken
from desktop.people.formats.table import MAX_COLUMNS, Table, letters_of
from desktop.people.formats.table_file import parse_table, read_table
from desktop.people.imports.row_reader import NO_VALUE
from desktop.people.imports.rows import read_people
from desktop.people.tests.workbooks import ods, ods_of, parts_of, xlsx, xlsx_of, zipped

FILES = Path(__file__).parent / "files"
HEADER = ("Namn", "Tal")


def cell(value: Any, code: str = "General") -> str:
    """What one cell of XLSX is read as."""
    content = xlsx({"S": [HEADER, ("x", value)]}, {"B2": code})
    return parse_table(content, "list.xlsx").rows[0][1][1]


def ods_cell(attributes: str, shown: str = "") -> str:
    """What one cell of ODS is read as."""
    paragraph = f"<text:p>{shown}</text:p>" if shown else ""
    table = (
        '<table:table table:name="S"><table:table-row><table:table-cell><text:p>Namn</text:p></table:table-cell><table:table-cell>'
        "<text:p>Tal</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>x</text:p>"
        f"</table:table-cell><table:table-cell {attributes}>{paragraph}</table:table-cell></table:table-row></table:table>"
    )
    return parse_table(ods_of(table), "list.ods").rows[0][1][1]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_a_workbook_of_libreoffice_is_read_as_it_is_shown(ending: str) -> None:
    table = read_table(FILES / f"libreoffice.{ending}")
    assert (table.encoding, table.sheet, table.sheets) == (ending, "Antagna HT2027", ("Läs mig", "Antagna HT2027", "Listor"))
    assert table.header[1:6] == ("Förnamn", "Efternamn", "Personnummer", "Mobil", "Postnummer")
    (first, åsa), (second, eino), (third, liv) = table.rows
    assert (first, second, third) == (4, 5, 7)
    assert åsa[1:10] == (
        "Åsa", "Provsson", "198112189876", "0701740605", "351 95", "Växjö", "2001-12-31", "HT2027", "asa@provsson.example",
    )  # fmt: skip
    assert eino[3:8] == ("701063-2391", "46701740606", "00100", "Helsinki", "1999-02-28")
    assert liv[4:10] == ("070-174 06 07", "222 22", "Luleå", "2004-02-29", "HT2027", "#N/A")
    assert table.unnamed == ("L",)


def test_people_come_out_of_a_workbook_as_out_of_a_text(tmp_path: Path) -> None:
    read = read_people(FILES / "libreoffice.ods", "SE", lambda done, total: None, today=date(2027, 7, 15))
    åsa, eino = read.rows
    assert (åsa.line, åsa.given, åsa.phones[0][1], åsa.birth_date) == (4, "Åsa", "+46701740605", date(2001, 12, 31))
    assert eino.identifiers[0].value == "197010632391"
    (fault,) = read.faults
    assert (fault.line, fault.column, fault.reason, fault.values) == (7, "E-post", NO_VALUE, {"text": "#N/A"})
    assert read.ignored == ("Avgift", "L")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (46701740605, "General", "46701740605"),
        (46701740605, "0.00E+00", "46701740605"),
        (46701740605, "#,##0", "46701740605"),
        (46701740605, "# ##0", "46701740605"),
        (4.6701740605e10, "0.00", "46701740605"),
        (198112189876, "@", "198112189876"),
        (7010632391, r"000000\-0000", "701063-2391"),
        (701740605, "0000000000", "0701740605"),
        (701740605, '000"-"000 00 00', "070-174 06 05"),
        (46701740605, r"\+0", "+46701740605"),
        (701740605, '"+46"0', "+46701740605"),
        (46701740605, '"+"#', "+46701740605"),
        (100, "00000", "00100"),
        (35195, "000 00", "351 95"),
        (0, "General", "0"),
        (-5, "0000", "-5"),
        (12.5, "General", "12.5"),
        (0.1, "0%", "0.1"),
        (1e-7, "General", "0.0000001"),
        (1e300, "General", str(int(1e300))),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        (date(2001, 12, 31), "d.m.yyyy", "2001-12-31"),
        (date(2001, 12, 31), "[$-41D]d mmmm yyyy;@", "2001-12-31"),
        (datetime(2001, 12, 31, 10, 30), "yyyy-mm-dd hh:mm", "2001-12-31 10:30:00"),
        (time(10, 30), "hh:mm", "10:30:00"),
        (1.5, "[h]:mm", "36:00:00"),
        (37256, '0 "days"', "37256 days"),
        ("0701740605", "General", "0701740605"),
        ("  två  rader\nhär ", "General", "två  rader\nhär"),
        ("e\u0301", "General", "\xe9"),
        ("_x000D_a_x0009_b_x005F_", "General", "a\tb_"),
        ("=1+1", "General", "#CALC!"),
        ("#REF!", "General", "#REF!"),
    ],
)
def test_what_a_cell_of_xlsx_says(value: Any, code: str, text: str) -> None:
    assert cell(value, code) == text


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ('office:value-type="float" office:value="46701740605"', "4,67E+010", "46701740605"),
        ('office:value-type="float" office:value="4.6701740605E10"', "46 701 740 605", "46701740605"),
        ('office:value-type="float" office:value="701740605"', "0701740605", "0701740605"),
        ('office:value-type="float" office:value="701740605"', "070-174 06 05", "070-174 06 05"),
        ('office:value-type="float" office:value="12.5"', "12,50 kr", "12.5"),
        ('office:value-type="currency" office:value="100"', "100,00 kr", "100"),
        ('office:value-type="date" office:date-value="2001-12-31T00:00:00"', "31.12.2001", "2001-12-31"),
        ('office:value-type="date" office:date-value="2001-12-31T10:30:00.5"', "31.12.2001", "2001-12-31 10:30:00"),
        ('office:value-type="time" office:time-value="PT10H30M00S"', "10.30", "10:30:00"),
        ('office:value-type="boolean" office:boolean-value="true"', "SANT", "TRUE"),
        ('office:value-type="string" office:string-value="inne"', "", "inne"),
        (
            'office:value-type="string"',
            "a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d<text:span>e</text:span>",
            "a  b\tc\nde",
        ),
        ('office:value-type="string"', "en</text:p><text:p>två", "en\ntvå"),
        ('table:formula="of:=1+1"', "", "#CALC!"),
    ],
)
def test_what_a_cell_of_ods_says(attributes: str, shown: str, text: str) -> None:
    assert ods_cell(attributes, shown) == text


def test_what_is_beside_a_text_is_not_the_text() -> None:
    note = "<office:annotation><text:p>note</text:p></office:annotation>"
    assert ods_cell('office:value-type="string"', f"väl</text:p>{note}<text:p>läst") == "väl\nläst"
    sound = "<si><r><t>kan</t></r><rPh><t>KAN</t></rPh><r><t>ji</t></r></si>"
    sheet = '<row><c t="s"><v>0</v></c></row><row r="7"><c t="inlineStr" r="A7"><is><rPh><t>A</t></rPh><t>b</t></is></c></row>'
    table = parse_table(xlsx_of(sheet, sound), "list.xlsx")
    assert (table.header, table.rows) == (("kanji",), [(7, ("b",))])


def test_days_are_counted_from_1904_where_the_file_says_so() -> None:
    parts = parts_of(xlsx({"S": [HEADER, ("x", date(2001, 12, 31))]}))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    assert parse_table(zipped(parts), "list.xlsx").rows[0][1][1] == "2006-01-01"


def test_names_with_a_prefix_are_the_same_names() -> None:
    parts = parts_of(xlsx_of('<row><c t="inlineStr"><is><t>Namn</t></is></c></row><row><c><v>1</v></c></row>'))
    sheet = parts["xl/s.xml"].replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"xmlns=", b"xmlns:x=")
    assert parse_table(zipped({**parts, "xl/s.xml": sheet}), "list.xlsx").rows == [(2, ("1",))]


# Sheets, rows and columns

PEOPLE = [("Förnamn", "Efternamn"), ("Åsa", "Provsson")]
OTHER = [("Kurs", "Poäng"), ("Nät", "7,5")]


@pytest.mark.parametrize("write", [xlsx, ods])
def test_the_first_sheet_with_a_known_header_is_proposed(write: Any) -> None:
    content = write({"Tomt": [], "Kurser": OTHER, "Antagna": PEOPLE, "Reserver": [*PEOPLE, ("Liv", "Öst")]})
    table = parse_table(content, "list")
    assert (table.sheet, table.sheets, len(table.rows)) == ("Antagna", ("Tomt", "Kurser", "Antagna", "Reserver"), 1)
    chosen = parse_table(content, "list", "Reserver")
    assert (chosen.sheet, chosen.sheets, len(chosen.rows)) == ("Reserver", table.sheets, 2)
    assert parse_table(content, "list", "Kurser").header == ("Kurs", "Poäng")
    with pytest.raises(RuleBroken, match="has no sheet “Gäster”. It has: Tomt, Kurser, Antagna, Reserver."):
        parse_table(content, "list", "Gäster")
    with pytest.raises(RuleBroken, match="is empty"):
        parse_table(content, "list", "Tomt")


def test_a_hidden_sheet_is_proposed_last() -> None:
    table = parse_table(xlsx({"Gömd": PEOPLE, "Antagna": PEOPLE}, hidden="Gömd"), "list.xlsx")
    assert (table.sheet, table.sheets) == ("Antagna", ("Antagna", "Gömd"))


@pytest.mark.parametrize("write", [xlsx, ods])
def test_without_a_known_header_the_first_sheet_with_text_is_read(write: Any) -> None:
    assert parse_table(write({"Tomt": [], "Kurser": OTHER}), "list").sheet == "Kurser"


@pytest.mark.parametrize("write", [xlsx, ods])
def test_empty_rows_and_columns_do_not_move_the_others(write: Any) -> None:
    table = parse_table(
        write({"S": [(), (), ("", "Namn", "", "Ort"), (), ("", "Åsa", "", "", "", "sen"), ("", "Liv", "mitt")]}), "l"
    )
    assert table.header == ("", "Namn", "", "Ort")
    assert table.rows == [(5, ("", "Åsa", "", "")), (6, ("", "Liv", "mitt", ""))]
    assert table.unnamed == ("C", "F")


def test_repeated_rows_and_cells_of_ods_are_counted() -> None:
    twice = "table:number-columns-repeated='2'"
    text = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    rows = (
        f"<table:table-row>{text.format('', 'Namn')}{text.format('', 'Ort')}</table:table-row>"
        "<table:table-row table:number-rows-repeated='3'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
        f"<table:table-row table:number-rows-repeated='2'>{text.format(twice, 'x')}</table:table-row>"
        "<table:table-row table:number-rows-repeated='1048570'><table:table-cell/></table:table-row>"
    )
    table = parse_table(
        ods_of(f'<table:table table:name="S"><table:table-header-rows>{rows}</table:table-header-rows></table:table>'), "l"
    )
    assert table.rows == [(5, ("x", "x")), (6, ("x", "x"))]


def test_letters_name_columns() -> None:
    assert [letters_of(number) for number in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


# What cannot be used is told

MACROS = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
WORDS = "<row><c t='inlineStr'><is><t>{}</t></is></c></row>"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda: (FILES / "locked.xlsx").read_bytes(), "protected by a password"),
        (lambda: ods_of("", "<manifest:encryption-data/>"), "protected by a password"),
        (lambda: ods_of("", more={"Basic/script-lc.xml": b""}), "holds macros"),
        (lambda: xlsx_of("", more={"[Content_Types].xml": MACROS}), "holds macros"),
        (lambda: xlsx_of("", more={"xl/vbaProject.bin": b"\0"}), "holds macros"),
        (lambda: xlsx_of("", more={"xl/workbook.bin": b"\0"}), "binary Excel workbook"),
        (lambda: zipped({"word/document.xml": b""}), "is a text document, not a list"),
        (lambda: zipped({"ppt/presentation.xml": b""}), "is a presentation, not a list"),
        (lambda: zipped({"bild.png": b""}), "is a compressed folder, not a list"),
        (lambda: zipped({"lista.xlsx": xlsx({"S": PEOPLE})}), "is a compressed folder, not a list"),
        (lambda: zipped({}), "is a compressed folder, not a list"),
        (lambda: xlsx({"S": PEOPLE})[:-400], "is damaged"),
        (lambda: xlsx({"S": []}), "is empty"),
        (lambda: ods({"S": PEOPLE[:1]}), "only a header"),
        (lambda: xlsx({"S": [("Namn", "Ort", " namn"), ("x", "y", "z")]}), "the same heading, “namn”"),
        (lambda: xlsx({"S": [("N" * 600,), ("x",)]}), "heading of column A in list is 600 letters long"),
        (lambda: xlsx({"S": [("Namn", *range(MAX_COLUMNS)), ("x",)]}), "more than 1000 columns"),
        (lambda: xlsx_of("<row><c r='XFD1' t='inlineStr'><is><t>Namn</t></is></c></row>"), "more than 1000 columns"),
        (lambda: xlsx_of("<row><c t='s'><v>9</v></c></row>"), "is damaged"),
        (lambda: xlsx_of("<row><c><v>1.2.3</v></c></row>"), "is damaged"),
        (lambda: xlsx_of("<row r='5'><c><v>1</v></c></row><row r='5'><c><v>1</v></c></row>"), "is damaged"),
        (lambda: xlsx_of("<row><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row>"), "is damaged"),
        (lambda: xlsx_of(WORDS.format("&a;"), start="<!DOCTYPE x [<!ENTITY a 'aaaa'>]>"), "is damaged"),
        (lambda: ods_of("&a;", start="<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"), "is damaged"),
        (lambda: ods_of("<table:table table:name='S'><table:table-row table:number-rows-repeated='0'/></table:table>"), "is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_told_in_a_sentence(content: Any, told: str) -> None:
    with pytest.raises(RuleBroken, match=told) as caught:
        parse_table(content(), "list")
    assert caught.value.to_do


def test_a_workbook_that_never_was_worked_out_is_told_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(xlsx({"S": [("Förnamn", "Efternamn"), ("Åsa", '="Prov"&"sson"'), ("Liv", "Öst")]}))
    read = read_people(file, "SE", lambda done, total: None)
    assert [(row.line, row.family) for row in read.rows] == [(3, "Öst")]
    assert [(fault.line, fault.column, fault.values) for fault in read.faults] == [(2, "Efternamn", {"text": "#CALC!"})]


def test_a_text_file_may_wear_the_name_of_a_spreadsheet(tmp_path: Path) -> None:
    for name, content, kind in (("a.xlsx", b"Namn;Ort\nx;y\n", "utf-8"), ("b.csv", ods({"S": [HEADER, ("x", "y")]}), "ods")):
        file = tmp_path / name
        file.write_bytes(content)
        table: Table = read_table(file)
        assert (table.encoding, [cells for _line, cells in table.rows]) == (kind, [("x", "y")])
