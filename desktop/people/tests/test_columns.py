"""Headings of real lists are understood in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.people.imports.columns import FIELDS, field_of, recognise_columns


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("Förnamn|FÖRNAMN|Fnamn|Etunimet|First name|Given name(s)", "given"),
        ("Efternamn|Enamn|Sukunimi|Surname|Family name|Last_Name", "family"),
        ("Namn|Nimi|Name|Sukunimi, etunimi", "full_name"),
        ("Tilltalsnamn|Kutsumanimi|Preferred name", "preferred"),
        ("Födelsedatum|Födelsedatum (ÅÅÅÅ-MM-DD)|Syntymäaika|Date of birth", "birth_date"),
        ("Personnummer|Personnr.|Hetu|Henkilötunnus|Personal identity number|Personbeteckning", "identity_number"),
        ("Studentnummer|Student number|Opiskelijanumero|Anmälningskod|Sökandenummer|Hakijanumero", "registry_id"),
        ("Oppijanumero|Learner OID", "learner_oid"),
        ("E-post|E-post (privat)|Epostadress|E-mail|email*|Sähköposti|Sähköpostiosoite|Private e-mail|E-post 2", "email"),
        ("Telefon|Tel.|Phone|Puhelin|Puhelinnumero|Telefon (hem)", "phone"),
        ("Mobil|Mobiltelefon|Mobile phone|Matkapuhelin|Kännykkä", "mobile"),
        ("Gatuadress|Adress|Street|Lähiosoite|Katuosoite", "street"),
        ("Postnummer|Postnr|ZIP|Postcode|Postinumero", "postcode"),
        ("Ort|Postort|City|Town|Postitoimipaikka|Kaupunki", "city"),
        ("Land|Country|Maa", "country"),
        ("Språk|Language|Kieli|Asiointikieli", "language"),
        ("Program|Utbildning|Programme|Koulutus|Tutkinto-ohjelma|Programkod", "programme"),
        ("Termin|Antagningstermin|Lukukausi|Term|Semester", "term"),
        ("Anteckning|Note|Huomautus", "note"),
        ("Kön|Sukupuoli|Gender|Kurskod||???|Merit", ""),
    ],
)
def test_a_heading_means_a_field(headings: str, field: str) -> None:
    assert {heading: field_of(heading) for heading in headings.split("|")} == dict.fromkeys(headings.split("|"), field)


def test_two_addresses_are_read_and_unknown_columns_listed() -> None:
    columns = recognise_columns(("Förnamn", "Efternamn", "E-post", "E-post (privat)", "Kön", "", "Ort", "Stad", "Namn"))
    assert [(column.index, column.field) for column in columns.known] == [
        (0, "given"),
        (1, "family"),
        (2, "email"),
        (3, "email"),
        (6, "city"),
    ]
    assert columns.ignored == ("Kön", "Stad", "Namn")


def test_numbers_of_two_registers_stay_apart() -> None:
    columns = recognise_columns(("Opiskelijanumero", "Hakijanumero", "Henkilötunnus", "Personnummer"))
    assert [column.issuer for column in columns.known] == ["student", "admission", "", ""]
    assert [column.country for column in columns.known] == ["", "", "FI", ""]


@settings(deadline=None)
@given(st.text())
def test_any_heading_is_a_field_or_none(heading: str) -> None:
    assert field_of(heading) in {"", *FIELDS.values()}
