"""Delimited text of every origin is read alike, and what cannot be read is told in one sentence."""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import RuleBroken, Unavailable
from desktop.people.formats.table import MAX_CELL
from desktop.people.formats.table_file import parse_table, read_table

TEXT = "Namn;Ort\r\nÅsa Provsson;Växjö\r\n"


def read(content: bytes | str) -> list[tuple[int, tuple[str, ...]]]:
    return parse_table(content.encode() if isinstance(content, str) else content, "list.csv").rows


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", TEXT.encode()),
        ("utf-8", codecs.BOM_UTF8 + TEXT.encode()),
        ("windows-1252", TEXT.encode("windows-1252")),
        ("utf-16-le", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")),
        ("utf-16-be", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")),
        ("utf-16-le", TEXT.encode("utf-16-le")),
        ("utf-16-be", TEXT.encode("utf-16-be")),
    ],
)
def test_every_encoding_gives_the_same_rows(encoding: str, content: bytes) -> None:
    table = parse_table(content, "list.csv")
    assert (table.encoding, table.delimiter, table.header) == (encoding, ";", ("Namn", "Ort"))
    assert table.rows == [(2, ("Åsa Provsson", "Växjö"))]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a;b\n1;2\n", ";"),
        ("a,b\n1,2\n", ","),
        ("a\tb\n1\t2\n", "\t"),
        ('a;b\n"1,2,3,4";x\n"1,2,3,4";x', ";"),
        ("name, full;b\n1;2\n3;4\n", ";"),
        ("sep=,\na;b,c\n1;2,3\n", ","),
        ("sep=\t\r\na\tb\r\n1\t2\r\n", "\t"),
        ("only\none\n", ";"),
    ],
)
def test_the_delimiter_is_found(content: str, delimiter: str) -> None:
    table = parse_table(content.encode(), "list.csv")
    assert table.delimiter == delimiter
    assert all(len(cells) == len(table.header) for _line, cells in table.rows)


def test_rows_know_the_line_they_begin_on() -> None:
    assert read('sep=;\na;b\n\n"x\ny";1\n ; \n;;\nz;2\n') == [(4, ("x\ny", "1")), (8, ("z", "2"))]


def test_short_and_long_rows_keep_their_cells() -> None:
    assert read("a;b\n1\n1;2;3\n1;2;;\n") == [(2, ("1",)), (3, ("1", "2", "3")), (4, ("1", "2"))]


def test_a_very_long_cell_is_kept() -> None:
    assert len(read("a;b\n" + "x" * (MAX_CELL + 1) + ";1\n")[0][1][0]) == MAX_CELL + 1
    assert csv.field_size_limit() == MAX_CELL


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b";;;\n;;\n", "is empty"),
        (b"a;b\n", "only a header"),
        (b"PK\x03\x04rest", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is damaged"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "a web page"),
        (b"a;b\n1;\0\0\0\x01\n", "not a text file"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "not a text file"),
        (b'a;b\n1;2\n"3;4\n5;6\n', "opened in the record on line 3 is never closed"),
        ("a;b\nÅsa;å".encode()[:-1], "ends in the middle of a letter"),
        ("a;b\nÅsa;ö\n".encode() + b"\xe5lder;1\n", "line 3 is written in another encoding"),
        (b"a;b\n\x81;2\n", "another encoding"),
        ("a;b\nPär;2\n".encode("cp850"), "another encoding"),
        (codecs.BOM_UTF8 + b"a;b\n\xe5;2\n", "line 2 is written in another encoding"),
        (b"Ort;e-post; ORT\n1;2;3\n", "the same heading, “ORT”"),
    ],
)
def test_what_cannot_be_read_is_told(content: bytes, told: str) -> None:
    with pytest.raises(RuleBroken, match=told):
        read(content)


def test_a_file_that_is_not_there_can_be_tried_again(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(Unavailable, match="cannot be opened"):
            read_table(place)


def test_a_file_too_big_is_not_even_opened(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    with pytest.raises(RuleBroken, match="too big"):
        read_table(big)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        read(content)
    except RuleBroken:
        return


CELL = st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Cf", "Zs"]) | st.sampled_from(' \n;,\t"'), max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20), st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-16"]))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("Namn", "Ort"), ("första", "rad"), *rows])
    kept = [(first.strip(), second.strip()) for first, second in rows]
    kept = [("första", "rad"), *(cells for cells in kept if any(cells))]
    content = f"sep={delimiter}\r\n{out.getvalue()}".encode(encoding)
    assert [cells for _line, cells in read(content)] == kept
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "list.csv")
        file.write_bytes(content)
        assert [cells for _line, cells in read_table(file).rows] == kept
