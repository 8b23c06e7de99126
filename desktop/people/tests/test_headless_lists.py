"""Lists without headings: told by their first row or by whoever knows, columns go by their places, in files and profiles alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from desktop.people.formats.table import Table
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.columns import KnownColumn
from desktop.people.imports.contents import columns_by_content, kind_of
from desktop.people.imports.deciding.mending import Wanted, write_faulty
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.applying import missing_headings
from desktop.people.imports.mapping.mapping import ColumnChoice, Headings, Mapping
from desktop.people.imports.mapping.recognising import holds_the_same
from desktop.people.imports.people_file import digest_of
from desktop.people.imports.rows import ReadFile, people_of, read_people
from desktop.people.tests.workbooks import ods, xlsx

TODAY = date(2027, 6, 14)
PEOPLE = [
    ["Virtanen", "Matti", "matti@x.example", "040 123 4567", "131052-308T", "Turku"],
    ["Korhonen", "Liisa", "liisa@x.example", "050 765 4321", "", "Turku"],
    ["Åberg", "Mia", "", "+46 70 174 06 05", "", "Luleå"],
]
TEXT = "\n".join(";".join(row) for row in PEOPLE) + "\n"
SAID = Mapping(
    (
        ColumnChoice("#A", "family"), ColumnChoice("#B", "given"), ColumnChoice("#C", "email"), ColumnChoice("#D", "phone"),
        ColumnChoice("#E", "identity_number", country="FI"), ColumnChoice("#F", "city"),
    ),
    headings="none",
)  # fmt: skip


def read(table: Table, follow: Mapping | None = None, *, for_mapping: bool = False) -> ReadFile:
    return people_of(table, "list", "FI", lambda _done, _of: None, today=TODAY, follow=follow, for_mapping=for_mapping)


def table_of(rows: list[list[Any]] | str, kind: str = "csv", headings: Headings = "") -> Table:
    if isinstance(rows, str):
        return parse_table(rows.encode(), "list.csv", "", headings)
    text = "\n".join(";".join(row) for row in rows).encode()
    made: dict[str, Callable[[], bytes]] = {
        "csv": lambda: text, "xlsx": lambda: xlsx({"Blad": rows}), "ods": lambda: ods({"Blad": rows}),
    }  # fmt: skip
    return parse_table(made[kind](), f"list.{kind}", "", headings)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_list_that_begins_with_a_person_loses_nobody_and_goes_by_places(kind: str) -> None:
    found = read(table_of(PEOPLE, kind), for_mapping=True)
    assert found.header == ("#A", "#B", "#C", "#D", "#E", "#F") and found.heading_lines == ()
    assert not found.structured and found.mapping.headings == "none"
    assert found.refusal is not None and "no headings" in str(found.refusal)
    said = read(table_of(PEOPLE, kind), SAID)
    assert [(row.family, row.given) for row in said.rows] == [("Virtanen", "Matti"), ("Korhonen", "Liisa"), ("Åberg", "Mia")]
    assert (said.faults, said.rows[0].line, said.ignored) == ([], 1, ())


def test_addresses_and_numbers_are_suggested_by_what_stands_in_the_columns() -> None:
    found = read(table_of(TEXT), for_mapping=True)
    assert [(choice.heading, choice.field, choice.country) for choice in found.mapping.columns] == [
        ("#A", "", ""), ("#B", "", ""), ("#C", "email", ""), ("#D", "phone", ""), ("#E", "identity_number", "FI"), ("#F", "", ""),
    ]  # fmt: skip
    assert found.samples[4] == ("131052-••••",), "no number is shown"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mia@x.example", ("email", "")), ("640823-3234", ("identity_number", "SE")), ("131052-308T", ("identity_number", "FI")),
        ("070-174 06 05", ("phone", "")), ("+358 40 1234567", ("phone", "")), ("20100", ("", "")), ("2027-06-14", ("", "")),
        ("Mia", ("", "")), ("@mia", ("", "")), ("0", ("", "")), ("640823-3235", ("", "")), ("A1234567", ("", "")),
    ],
)  # fmt: skip
def test_a_cell_speaks_for_a_field_or_for_none(text: str, kind: tuple[str, str]) -> None:
    assert kind_of(text) == kind


def test_a_column_of_which_some_cells_say_something_else_is_left_to_people() -> None:
    rows = [(n, ("mia@x.example" if n % 2 else "none", "070-174 06 05" if n % 10 else "none")) for n in range(50)]
    assert columns_by_content(("#A", "#B"), rows).known == (KnownColumn(1, "phone", "#B"),)


@pytest.mark.parametrize(
    "first",
    [
        "Vorname;Nachname;Mail;Tel;Nr;Ort",  # a language nobody taught the program
        "Efternamn;Förnamn;E-post;Telefon;Hetu;Ort",
        "Kontakt: office@x.example;;;;;\nEfternamn;Förnamn;E-post;Telefon;Hetu;Ort",
        "Frågor;office@x.example;;;;\nEfternamn;Förnamn;E-post;Telefon;Hetu;Ort",
    ],
)
def test_a_row_of_headings_stays_one(first: str) -> None:
    table = table_of(f"{first}\n{TEXT}")
    assert not table.headless and len(table.rows) == 3


def test_whoever_knows_better_says_where_the_headings_are() -> None:
    plain = "Virtanen;Matti;Turku\nKorhonen;Liisa;Turku\n"
    assert table_of(plain).header == ("Virtanen", "Matti", "Turku")
    told = read(table_of(plain, headings="none"), Mapping(headings="none"), for_mapping=True)
    assert told.header == ("#A", "#B", "#C") and told.mapping.headings == "none"
    first = read(table_of(TEXT, headings="first"), Mapping(headings="first"), for_mapping=True)
    assert first.header[0] == "Virtanen" and first.mapping.headings == "first"


def test_headings_that_are_known_are_nobody_whoever_says_there_are_none() -> None:
    table = table_of("Efternamn;Förnamn;E-post\nÅberg;Mia;mia@x.example\n", headings="none")
    assert not table.headless and len(table.rows) == 1
    with pytest.raises(RuleBroken, match="columns that the profile uses: A, B, C, D, E, F"):
        read(table, SAID)


def test_a_heading_that_is_a_letter_is_no_place() -> None:
    assert missing_headings(SAID, ("A", "b", "#C", "D", "E", "F")) == ("#A", "#B", "#D", "#E", "#F")


def test_a_row_that_is_too_short_is_told_and_the_others_are_read() -> None:
    found = read(table_of(TEXT + "Ek;Ove\n"), SAID)
    assert (len(found.rows), [fault.line for fault in found.faults]) == (3, [4])


def test_a_profile_by_place_comes_back_as_it_was_kept_and_reads_the_next_list(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    with database.write(actor, "keep_import_profile") as session:
        profiles.keep_profile(session, "Telefonlistan", SAID, user_id=actor.id, shared=True)
    with database.read() as session:
        [kept] = profiles.profiles_for(session, actor.id)
    assert kept.mapping == SAID
    file = tmp_path / "list.csv"
    file.write_text("Ek;Ove;;;;Vasa\n", encoding="utf-8")  # nothing in it tells that it has no headings
    found = read_people(file, "FI", lambda _done, _of: None, today=TODAY, follow=kept.mapping)
    assert [(row.family, row.given, row.city) for row in found.rows] == [("Ek", "Ove", "Vasa")]


def test_a_list_is_known_again_by_where_its_addresses_stand() -> None:
    found = read(table_of(TEXT), for_mapping=True).mapping
    other = replace(SAID, columns=(SAID.columns[0], ColumnChoice("#B", "email"), *SAID.columns[2:]))
    assert holds_the_same(SAID, found) and not holds_the_same(other, found)
    assert not holds_the_same(replace(SAID, headings=""), found)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_faulty_rows_are_written_back_under_their_places_and_come_in_by_the_same_profile(tmp_path: Path, kind: str) -> None:
    rows = [["Öst", "Liv", "", "", "", "Vasa"], *PEOPLE[1:], ["Ek", "Ove", "no address", "", "", ""]]  # the first tells nothing
    file, target = tmp_path / f"list.{kind}", tmp_path / f"mend.{kind}"
    file.write_bytes(xlsx({"Blad": rows}) if kind == "xlsx" else "\n".join(";".join(row) for row in rows).encode())
    found = read_people(file, "FI", lambda _done, _of: None, today=TODAY, follow=SAID)
    assert [fault.line for fault in found.faults] == [4]
    why = {4: "No e-mail address"}
    digest = digest_of(file, found.sheet)
    written = write_faulty(Wanted(file, found.sheet, digest, target, "Why", why, "none"), lambda _done, _of: None)
    assert written == 1
    again = read_people(target, "FI", lambda _done, _of: None, today=TODAY, follow=SAID)
    assert (again.header, again.ignored) == (("#A", "#B", "#C", "#D", "#E", "#F", "Why"), ("Why",))
    assert [fault.line for fault in again.faults] == [2] and again.rows == []
