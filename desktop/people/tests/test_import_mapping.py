"""A mapping says what columns mean: what is joined, parted, the same for every row, left out, or missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db.errors import RuleBroken
from db.models.role import ROLE_KINDS
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.mapping.applying import fitted, missing_headings
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from desktop.people.imports.mapping.protection import is_protected
from desktop.people.imports.mapping.role_words import role_said
from desktop.people.imports.rows import ReadFile, people_of

TODAY = date(2027, 7, 15)


def read(text: str, mapping: Mapping | None = None, *, for_mapping: bool = False) -> ReadFile:
    table = parse_table(text.encode(), "list.csv")
    return people_of(table, "list.csv", "SE", lambda done, total: None, today=TODAY, follow=mapping, for_mapping=for_mapping)


def mapped(**fields: str) -> Mapping:
    """A mapping of headings to fields; `_` in a heading stands for a space."""
    return Mapping(tuple(ColumnChoice(heading.replace("_", " "), field) for heading, field in fields.items()))


def only(found: ReadFile) -> IncomingPerson:
    assert not found.faults
    (row,) = found.rows
    return row


def test_a_mapping_is_followed_against_what_the_headings_say() -> None:
    row = only(read("Efternamn;Förnamn;X\nMia;Öst;mia@x.example\n", mapped(Efternamn="given", Förnamn="family", X="email")))
    assert (row.given, row.family, row.emails) == ("Mia", "Öst", (("mia@x.example", "mia@x.example"),))


def test_what_was_recognised_can_be_followed_as_it_is() -> None:
    text = "Förnamn;Efternamn;Telefon;E-post (privat);Hakijanumero;Kön\nMia;Öst;0701740605;mia@x.example;12345;K\n"
    found = read(text)
    again = read(text, found.mapping)
    assert (again.rows, again.columns, again.mapping) == (found.rows, found.columns, found.mapping)
    assert [column.field for column in found.mapping.columns] == ["given", "family", "phone", "email", "registry_id", ""]


def test_columns_of_one_field_are_joined_in_the_order_of_the_file() -> None:
    mapping = mapped(Ort="city", Gata="street", Nummer="street", Namn="full_name", Namn_2="full_name")
    row = only(read("Namn;Namn 2;Ort;Gata;Nummer\nAnna;Öst;Luleå;Storgatan;7 B\n", mapping))
    assert (row.given, row.family, row.street, row.city) == ("Anna", "Öst", "Storgatan 7 B", "Luleå")
    assert (
        only(read("Namn;Ort;Gata;Nummer\nAnna Öst;Luleå;;7 B\n", mapped(Namn="full_name", Gata="street", Nummer="street"))).street
        == "7 B"
    )


def test_a_day_in_three_columns_is_one_day() -> None:
    mapping = mapped(Namn="full_name", År="birth_date", Månad="birth_date", Dag="birth_date")
    assert only(read("Namn;År;Månad;Dag\nAnna Öst;2001;4;3\n", mapping)).birth_date == date(2001, 4, 3)


def test_several_of_what_one_may_have_several_stay_several() -> None:
    row = only(read("Namn;Ett;Två\nAnna Öst;a@x.example;b@x.example\n", mapped(Namn="full_name", Ett="email", Två="email")))
    assert [typed for typed, _form in row.emails] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("Öst Anna Maria", ("Anna Maria", "Öst")),
        ("von Essen Anna", ("Anna", "von Essen")),
        ("Öst, Anna", ("Anna", "Öst")),
        ("Öst", ("Öst", "")),
    ],
)
def test_a_whole_name_may_begin_with_the_family_name(name: str, parted: tuple[str, str]) -> None:
    mapping = Mapping((ColumnChoice("Namn", "full_name", written="family_first"),))
    row = only(read(f"Namn;Ort\n{name};Luleå\n", mapping))
    assert (row.given, row.family) == parted


@pytest.mark.parametrize(("written", "born"), [("day_first", date(2001, 4, 3)), ("month_first", date(2001, 3, 4))])
def test_a_date_that_may_be_two_days_is_read_as_somebody_said(written: str, born: date) -> None:
    text = "Namn;Född\nAnna Öst;03/04/2001\n"
    assert len(read(text).faults) == 1
    mapping = Mapping((ColumnChoice("Namn", "full_name"), ColumnChoice("Född", "birth_date", written=written)))  # type: ignore[arg-type]
    assert only(read(text, mapping)).birth_date == born


def test_what_holds_for_every_row_fills_what_a_row_leaves_empty() -> None:
    mapping = replace(
        mapped(Namn="full_name", Program="programme"),
        constants={"programme": "Juridik", "term": "HT2027", "role": "mentee", "unit": "Juridiska institutionen"},
    )
    found = read("Namn;Program\nAnna Öst;\nOve Öst;Historia\n", mapping)
    assert [(row.role, row.programme, row.term, row.note) for row in found.rows] == [
        ("mentee", "Juridik", "2027-autumn", "Juridiska institutionen"),
        ("mentee", "Historia", "2027-autumn", "Juridiska institutionen"),
    ]


def test_a_constant_that_is_no_role_is_told() -> None:
    with pytest.raises(RuleBroken, match="“trollkarl” is no role known here"):
        read("Namn\nAnna Öst\n", replace(mapped(Namn="full_name"), constants={"role": "trollkarl"}))


def test_a_column_nobody_gave_a_meaning_is_left_out_and_said() -> None:
    found = read("Namn;Ort;Skostorlek\nAnna Öst;Luleå;38\n", mapped(Namn="full_name", Ort=""))
    assert found.ignored == ("Ort", "Skostorlek")
    assert only(found).city == ""


def test_columns_that_are_missing_are_named() -> None:
    mapping = mapped(Namn="full_name", Mejl="email", Kön="", Program="programme")
    with pytest.raises(RuleBroken, match="list.csv lacks columns that the profile uses: Mejl, Program"):
        read("Namn;Ort\nAnna Öst;Luleå\n", mapping)
    assert missing_headings(mapping, ("NAMN", "Mejl", "program")) == ()


def test_a_mapping_fitted_to_a_file_has_its_headings_and_no_others() -> None:
    mapping = fitted(mapped(Namn="full_name", Mejl="email"), ("Ort", "NAMN"))
    assert [(column.heading, column.field) for column in mapping.columns] == [("Ort", ""), ("NAMN", "full_name")]


def test_a_file_without_names_comes_back_with_its_refusal_when_somebody_can_mend_it() -> None:
    text = "A;B\nMia;Öst\n"
    with pytest.raises(RuleBroken):
        read(text)
    found = read(text, for_mapping=True)
    assert (found.rows, found.header, found.samples) == ([], ("A", "B"), (("Mia",), ("Öst",)))
    assert found.refusal is not None
    assert only(read(text, mapped(A="given", B="family"))).given == "Mia"


def test_a_fact_is_kept_with_its_heading() -> None:
    row = only(read("Namn;Urval;Prio\nAnna Öst;1;2\n", mapped(Namn="full_name", Urval="fact", Prio="fact")))
    assert row.note == "Urval: 1 · Prio: 2"


def test_a_status_is_a_role_and_an_unknown_one_a_fault() -> None:
    found = read(
        "Namn;Status\nAnna Öst;Reserv 14\nOve Öst;Antagen\nIda Öst;\nEva Öst;Kvadrat\n", mapped(Namn="full_name", Status="role")
    )
    assert [row.role for row in found.rows] == ["applicant", "admitted", ""]
    assert [(fault.line, fault.column) for fault in found.faults] == [(5, "Status")]


def test_of_who_is_marked_as_protected_no_example_is_shown() -> None:
    text = "Personnummer;Namn;Gatuadress;Sekretessmarkering\nfel;Anna Öst;Hemliga gatan 1;JA\n20010101-0000;Ove Öst;Gatan 2;NEJ\n"
    found = read(text, for_mapping=True)
    assert [(fault.column, fault.values) for fault in found.faults] == [("Personnummer", {}), ("Personnummer", {})]
    assert not any("Hemliga" in value for values in found.samples for value in values)


@pytest.mark.parametrize("mark", ["JA", "Kyllä", "1", "2027-01-02", "01003", "?", "X"])
def test_every_doubt_about_protection_says_yes(mark: str) -> None:
    assert is_protected(mark)
    assert not any(map(is_protected, ("", " ", "NEJ", "Ei", "no", "0", "-", "Nej.")))


def test_examples_show_no_identity_number() -> None:
    text = "Namn;Nummer;Tfn\nAnna Öst;20010115-2384;0701740605\nOve Öst;010115A123X;\n"
    found = read(text, mapped(Namn="full_name", Tfn="phone"))
    assert found.samples == (("Anna Öst", "Ove Öst"), ("20010115-••••", "010115A••••"), ("0701740605",))


def test_roles_are_said_in_many_words() -> None:
    said = {
        "Aktori": "mentee",
        "member;student@uni.example": "student",
        "Varasija 3": "applicant",
        "ALUM": "alumnus",
        "member": "",
    }
    assert {word: role_said(word) for word in said} == said
    assert role_said("kvadrat") is None
    assert {role_said(kind) for kind in ROLE_KINDS} == {*ROLE_KINDS}
