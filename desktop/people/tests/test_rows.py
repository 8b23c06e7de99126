"""Rows become people or say why not, each with the heading of the cell at fault."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import RuleBroken
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.name_parts import split_name
from desktop.people.imports.rows import ReadFile, people_of, read_people
from desktop.people.terms import term_code

TODAY = date(2027, 3, 1)


def read(text: str, country: str = "SE") -> ReadFile:
    return people_of(parse_table(text.encode(), "list.csv"), "list.csv", country, lambda done, total: None, today=TODAY)


def one(heading: str, cell: str, country: str = "SE") -> IncomingPerson:
    return read(f'Family name;{heading}\nProvsson;"{cell}"\n', country).rows[0]


def why(heading: str, cell: str) -> str:
    found = read(f'Family name;{heading}\nProvsson;"{cell}"\n')
    assert found.rows == []
    (fault,) = found.faults
    assert (fault.line, fault.column) == (2, heading)
    return fault.reason.format(**fault.values)


def test_a_whole_row_becomes_a_person(tmp_path: Path) -> None:
    file = tmp_path / "antagna.csv"
    file.write_text(
        "Personnummer;Anmälningskod;Förnamn;Efternamn;Tilltalsnamn;E-post;E-post (privat);Mobil;Telefon;Gatuadress;Postnummer;"
        "Ort;Land;Språk;Program;Antagningstermin;Kommentar;Kön\n"
        "811218-9876;A-17;Maja Åsa;Provsson;Maja;Maja@Provsson.example;m@hem.example;070-174 06 38;08-465 004 04;Testgatan 1;"
        "351 95;Växjö;Sverige;Svenska;Nätverksteknik;HT2027;=cmd;K\n",
        encoding="windows-1252",
    )
    steps: list[tuple[int, int]] = []
    found = read_people(file, "SE", lambda done, total: steps.append((done, total)), today=TODAY)
    assert found.rows == [
        IncomingPerson(
            line=2,
            given="Maja Åsa",
            family="Provsson",
            preferred="Maja",
            birth_date=date(1981, 12, 18),
            identifiers=(("personnummer", "198112189876", ""), ("registry_id", "A-17", "admission")),  # type: ignore[arg-type]
            emails=(("Maja@Provsson.example", "maja@provsson.example"), ("m@hem.example", "m@hem.example")),
            phones=(("070-174 06 38", "+46701740638", "0701740638"), ("08-465 004 04", "+46846500404", "0846500404")),
            street="Testgatan 1",
            postcode="351 95",
            city="Växjö",
            country="Sverige",
            language="sv",
            programme="Nätverksteknik",
            term="2027-autumn",
            note="=cmd",
            labels=(("m@hem.example", "private"), ("+46701740638", "mobile")),
        )
    ]
    assert (found.ignored, found.faults, steps) == (("Kön",), [], [(0, 1), (1, 1)])
    assert pickle.loads(pickle.dumps(found)) == found
    assert "9876" not in repr(found)


@pytest.mark.parametrize(
    "typed", ["2001-12-31", "20011231", "31.12.2001", "31/12/2001", "31.12.2001 00:00", "2001-12-31 00:00:00"]
)
def test_dates_are_read_as_registers_write_them(typed: str) -> None:
    assert one("Date of birth", typed).birth_date == date(2001, 12, 31)


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Date of birth", "2001-02-30", "does not exist"),
        ("Date of birth", "31.12.01", "four digits"),
        ("Date of birth", "yesterday", "not a date"),
        ("Date of birth", "2027-03-02", "born on"),
        ("E-mail", "maja(at)provsson", "not an e-mail address"),
        ("Mobile", "070-12", "not a phone number"),
        ("Personnummer", "811218-9875", "no valid identity number"),
        ("Oppijanumero", "17", "not a Finnish learner number"),
        ("First name", "x" * 201, "201 letters; at most 200"),
        ("City", "x" * 501, "501 letters; at most 500"),
        ("Note", "x" * 131_073, "131073 letters"),
    ],
)
def test_a_cell_at_fault_names_its_heading_and_reason(heading: str, cell: str, reason: str) -> None:
    assert reason in why(heading, cell)


def test_rows_of_other_width_or_without_name_are_faults() -> None:
    found = read("Name;City\nA B\nA B;C;D\n;Åbo\nA B;\n")
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, ""), (3, ""), (4, "Name")]
    assert [person.line for person in found.rows] == [5]


def test_each_row_is_at_fault_only_once() -> None:
    found = read("Name;E-mail;Phone\nA B;x;y\n")
    assert [fault.column for fault in found.faults] == ["E-mail"]


def test_a_file_without_known_columns_or_names_is_refused() -> None:
    with pytest.raises(RuleBroken, match="No column of list.csv is known"):
        read("Merit;Kön\n1;2\n")
    with pytest.raises(RuleBroken, match="no column with names"):
        read("E-mail;City\na@b.example;Åbo\n")


@pytest.mark.parametrize(
    ("name", "given_name", "family"),
    [
        ("Provsson, Maja Åsa", "Maja Åsa", "Provsson"),
        ("Maja Åsa Provsson", "Maja Åsa", "Provsson"),
        ("Maja von der Test", "Maja", "von der Test"),
        ("Von Test", "Von", "Test"),
        ("Sari", "Sari", ""),
        ("Provsson,", "Provsson", ""),
    ],
)
def test_a_whole_name_is_parted(name: str, given_name: str, family: str) -> None:
    assert split_name(name) == (given_name, family)


def test_numbers_are_read_from_the_office_s_country_and_kept_once() -> None:
    people = read("Nimi;Puhelin;Matkapuhelin\nMallinen, Aino;040 123 4567;+358401234567\n", "FI").rows
    assert people[0].phones == (("040 123 4567", "+358401234567", "0401234567"),)
    assert one("Hetu", "131052-308T", "FI").birth_date == date(1952, 10, 13)


@pytest.mark.parametrize(
    "typed",
    [
        "HT2027",
        "HT27",
        "ht 27",
        "H27",
        "Höst 2027",
        "Höstterminen 2027",
        "hösten 2027",
        "Autumn 2027",
        "Fall 2027",
        "autumn term 2027",
        "syksy 2027",
        "S2027",
        "2027S",
        "syyslukukausi 2027",
        "20272",
        "2027-2",
        "2027-autumn",
        "HT-2027",
    ],
)
def test_every_way_to_write_an_autumn_is_one(typed: str) -> None:
    assert term_code(typed) == "2027-autumn"


@pytest.mark.parametrize(
    "typed", ["VT2028", "V28", "Vår 2028", "Vårterminen 2028", "Spring 2028", "kevät 2028", "K2028", "2028K", "20281"]
)
def test_every_way_to_write_a_spring_is_one(typed: str) -> None:
    assert term_code(typed) == "2028-spring"


@pytest.mark.parametrize("typed", ["2027/2028", "period 3", "", "HT", "2027", "summer 2027"])
def test_other_terms_stay_as_typed(typed: str) -> None:
    assert term_code(typed) == typed


HEADINGS = ["Name", "Date of birth", "Personnummer", "Student number", "E-mail", "Phone", "Language", "Term", "City", "Note"]


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=15), min_size=1, max_size=11), min_size=1, max_size=5))
def test_any_table_is_people_faults_or_refused(rows: list[list[str]]) -> None:
    lines = [HEADINGS, *([cell.translate({34: None, 59: None, 10: None, 13: None}) for cell in row] for row in rows)]
    try:
        table = parse_table("\n".join(";".join(cells) for cells in lines).encode("utf-8", "replace"), "list.csv")
    except RuleBroken:
        return
    if table.header == tuple(HEADINGS):
        found = people_of(table, "list.csv", "FI", lambda done, total: None, today=TODAY)
        assert len(found.rows) + len(found.faults) == len(table.rows)
        assert all(fault.reason.format(**fault.values) for fault in found.faults)
