"""The headings are found below titles and empty rows, in one row or two, and in the contact lists of office programs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop.people.formats.table import Table
from desktop.people.formats.table_file import parse_table, read_table
from desktop.people.imports.rows import ReadFile, people_of, read_people
from desktop.people.tests.workbooks import xlsx

FILES = Path(__file__).parent / "files"
TODAY = date(2027, 7, 15)


def table(*lines: str) -> Table:
    return parse_table("\n".join(lines).encode(), "list.csv")


def people(*lines: str) -> ReadFile:
    return people_of(table(*lines), "list.csv", "SE", lambda done, total: None, today=TODAY)


def test_headings_stand_below_titles_and_padding() -> None:
    found = table("Antagna HT2027;;", ";;", "Utskriven;2027-07-15;", "", ";Förnamn;Efternamn;Ort", ";Åsa;Provsson;Växjö")
    assert (found.header, found.heading_lines, found.above) == (("", "Förnamn", "Efternamn", "Ort"), (5,), 2)
    assert found.rows == [(6, ("", "Åsa", "Provsson", "Växjö"))]


def test_a_row_below_the_first_headings_is_never_taken_for_others() -> None:
    found = table("Namn;Ort", "Åsa Provsson;Växjö", "Namn;Ort", "Liv Öst;Luleå")
    assert (found.header, len(found.rows)) == (("Namn", "Ort"), 3)


def test_headings_in_two_rows_are_one() -> None:
    found = table(
        "Personnummer;Namn;;Kontakt;", ";Förnamn;Efternamn;E-post;Mobil", "811218-9876;Åsa;Provsson;a@b.example;070-174 06 05"
    )
    assert found.header == ("Personnummer", "Förnamn", "Efternamn", "E-post", "Mobil")
    assert (found.heading_lines, len(found.rows)) == ((1, 2), 1)


def test_groups_of_headings_tell_one_address_from_another() -> None:
    (row,) = people(
        "Person;;Arbete;;;Hem;;", "Förnamn;Efternamn;E-post;Gata;Ort;E-post;Gata;Ort", "A;B;w@b.se;W 1;Lund;h@b.se;H 2;Växjö"
    ).rows
    assert (row.street, row.city) == ("H 2", "Växjö")
    assert row.labels == (("w@b.se", "work"), ("h@b.se", "home"))


def test_the_delimiter_is_not_a_comma_of_decimals_nor_of_a_title() -> None:
    found = table("Poäng, betyg, termin, ort, allt", "Förnamn;Efternamn;Poäng", "Åsa;Provsson;7,5", "Liv;Öst;15,0")
    assert (found.delimiter, found.rows[0][1]) == (";", ("Åsa", "Provsson", "7,5"))


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_merged_cells_of_a_workbook_of_libreoffice_speak_for_all_their_rows(ending: str) -> None:
    found = read_table(FILES / f"merged.{ending}")
    assert found.header == ("", "Personnummer", "Förnamn", "Efternamn", "E-post", "Mobil", "Program", "Född")
    assert (found.heading_lines, found.above, found.sheet, found.sheets) == ((4, 5), 2, "Antagna", ("Antagna", "Gömd"))
    assert [(line, cells[2], cells[6], cells[7]) for line, cells in found.rows] == [
        (6, "Åsa", "Nätverksteknik", "1981-12-18"),
        (7, "Eino", "Nätverksteknik", "1999-02-28"),
        (8, "Liv", "Nätverksteknik", "2004-02-29"),
        (9, "Noor", "Kemi", "2004-02-28"),
    ]
    assert found.rows[0][1][5] == "0701740605"


def test_days_of_an_old_workbook_are_counted_from_1904_where_it_says_so() -> None:
    assert read_table(FILES / "since1904.xls").rows == read_table(FILES / "merged.xls").rows


def test_a_sheet_of_words_about_columns_is_not_the_list() -> None:
    words = [("Förnamn", "hur personen heter"), ("Ort", "där hen bor")]
    found = parse_table(
        xlsx({"Läs mig": [("Om listan",), *words], "Lista": [("Titel",), ("Förnamn", "Efternamn"), ("Åsa", "P")]}), "l"
    )
    assert (found.sheet, found.rows) == ("Lista", [(3, ("Åsa", "P"))])


# Contact lists


LINKEDIN = (
    "Notes:",
    '"When exporting your connections, some addresses may be missing, since members decide about them."',
    "",
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
    'Åsa,Provsson,https://www.linkedin.example/in/asa,,"Provbolaget, AB",Chef,12 Mar 2024',
    "Eino,Mallinen,https://www.linkedin.example/in/eino,eino@mallinen.example,,,03/15/2024",
)


def test_connections_of_linkedin_come_below_their_notes() -> None:
    found = people(*LINKEDIN)
    assert (found.delimiter, found.heading_lines, found.above, found.faults) == (",", (4,), 2, [])
    assert [(row.line, row.given, row.note) for row in found.rows] == [(5, "Åsa", "Chef, Provbolaget, AB"), (6, "Eino", "")]
    assert found.ignored == ("URL", "Connected On")


OLD_GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,"
    "E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Type,Address 1 - Street,Address 1 - City,Address 1 - Postal Code,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Title"
)
NEW_GOOGLE = (
    "First Name,Middle Name,Last Name,Organization Name,Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,"
    "Address 2 - Label,Address 2 - Street,Address 2 - City"
)


def test_contacts_of_google_keep_every_value_with_its_label() -> None:
    (old,) = people(
        OLD_GOOGLE,
        "Åsa Maja Provsson,Åsa,Maja,Provsson, --12-31,hej,* My Contacts,* Work,a@p.example ::: b@p.example,Home,c@p.example,Mobile,"
        "070-174 06 05 ::: 0470-70 80 00,Home,Testgatan 1,Växjö,351 95,,Provbolaget,Chef",
    ).rows
    assert (old.given, old.family, old.birth_date, old.note) == ("Åsa Maja", "Provsson", None, "Chef, Provbolaget\nhej")
    assert [form for _typed, form in old.emails] == ["a@p.example", "b@p.example", "c@p.example"]
    assert (old.street, old.postcode, old.city) == ("Testgatan 1", "351 95", "Växjö")
    assert dict(old.labels)["c@p.example"] == "home" and dict(old.labels)["+46701740605"] == "mobile"
    (new,) = people(
        NEW_GOOGLE,
        "Liv,,Öst,,,2001-12-31,,* myContacts,Other,l@o.example,Mobile,070-174 06 06,Mökki,0470-70 80 01,Work,W 1,Lund,Home,H 2,Luleå",
    ).rows
    assert (new.birth_date, new.street, new.city) == (date(2001, 12, 31), "H 2", "Luleå")
    assert new.labels == (("l@o.example", "other"), ("+46701740606", "mobile"), ("+46470708001", "mökki"))


def test_a_short_row_of_google_is_a_fault() -> None:
    found = people(OLD_GOOGLE, "Åsa,Provsson")
    assert [(fault.line, fault.values["cells"]) for fault in found.faults] == [(2, 2)]


@pytest.mark.parametrize(
    "heading",
    [
        "First Name,Middle Name,Last Name,Company,Job Title,Business Street,Business City,Business Postal Code,Home Street,Home City,"
        "Home Postal Code,Business Phone,Home Phone,Mobile Phone,Birthday,E-mail Address,E-mail 2 Address,Business Fax,Notes",
        "Förnamn,Mellannamn,Efternamn,Företag,Befattning,Gatuadress (arbete),Ort (arbete),Postnummer (arbete),Gatuadress (hem),Ort (hem),"
        "Postnummer (hem),Telefon (arbete),Telefon (hem),Mobiltelefon,Födelsedag,E-postadress,E-postadress 2,Fax (arbete),Anteckningar",
        "Etunimi,Toinen nimi,Sukunimi,Yritys,Tehtävänimike,Katuosoite (työ),Kaupunki (työ),Postinumero (työ),Katuosoite (koti),Kaupunki (koti),"
        "Postinumero (koti),Puhelin (työ),Puhelin (koti),Matkapuhelin,Syntymäpäivä,Sähköpostiosoite,Sähköpostiosoite 2,Faksi (työ),Muistiinpanot",
    ],
)
def test_contacts_of_outlook_are_read_in_three_languages(heading: str) -> None:
    found = people(
        heading,
        "Åsa,Maja,Provsson,Provbolaget,Chef,W 1,Lund,222 22,H 2,Växjö,351 95,0470-70 80 00,0470-70 80 01,070-174 06 05,0/0/00,"
        "a@p.example,b@p.example,0470-1,hej",
    )
    (row,) = found.rows
    assert (row.given, row.family, row.note, row.birth_date) == ("Åsa Maja", "Provsson", "Chef, Provbolaget\nhej", None)
    assert (row.street, row.postcode, row.city) == ("H 2", "351 95", "Växjö")
    assert len(row.emails) == 2
    labels = (("+46470708000", "work"), ("+46470708001", "home"), ("+46701740605", "mobile"))
    assert row.labels == labels
    assert len(found.ignored) == 1


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    for name, content in (
        ("a.xls", "Namn;Ort\nÅsa P;Lund\n"),
        ("b.csv", "BEGIN:VCARD\nN:P;Åsa\nEND:VCARD\n"),
        ("c.txt", "dn: cn=Åsa P\nsn: P\ncn: Åsa P\n"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert [row.given for row in read_people(tmp_path / name, "SE", lambda done, total: None).rows] == ["Åsa"]
