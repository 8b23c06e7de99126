"""Every profile that comes with the program understands lists of its kind, in three languages and three encodings."""

from __future__ import annotations

from datetime import date

import pytest

from db.errors import RuleBroken
from db.models.role import ROLE_KINDS
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.changes import FIELDS as CHANGED
from desktop.people.imports.incoming import Identifier, IncomingPerson
from desktop.people.imports.mapping.mapping import MATCH_KEYS, RULES, SOURCES
from desktop.people.imports.mapping.ready import TITLES, ready_profiles
from desktop.people.imports.mapping.recognising import looks_like
from desktop.people.imports.rows import ReadFile, people_of
from desktop.people.imports.words import COLUMN_TITLES

TODAY = date(2027, 7, 15)
ENCODINGS = ("utf-8-sig", "windows-1252", "utf-16")
BORN = date(2001, 1, 15)


def person(given: str = "Åsa", family: str = "Öberg", **more: object) -> IncomingPerson:
    return IncomingPerson(2, given, family, **more)  # type: ignore[arg-type]


def mail(label: str = "") -> dict[str, object]:
    labels = {"labels": (("asa@uni.example", label),)} if label else {}
    return {"emails": (("asa@uni.example", "asa@uni.example"),), **labels}


PNR = Identifier("personnummer", "200101152387", "")
HETU = Identifier("hetu", "150101A123P", "")
LISTS: list[tuple[str, str, IncomingPerson]] = [
    (
        "study_register",
        "Personnummer;Fnamn;Enamn;Kurskod;Programkod;Faktultet\n20010115-2387;Åsa;Öberg;JU101;JURPROG;Juridiska fakulteten\n",
        person(birth_date=BORN, identifiers=(PNR,), programme="JURPROG", note="Juridiska fakulteten", role="student"),
    ),
    (
        "study_register",
        "Opiskelijanumero;Sukunimi;Etunimet;Tutkinto-ohjelma;Lukukausi;Ilmoittautumistila;Sähköposti\n"
        "k12345;Öberg;Åsa;Oikeustiede;S27;Läsnäoleva;asa@uni.example\n",
        person(
            identifiers=(Identifier("registry_id", "k12345", "student"),), programme="Oikeustiede", term="2027-autumn",
            role="student", **mail("university"),
        ),
    ),
    (
        "study_register",
        "Student number;First name;Family name;Course code;Programme code;Registration status;Start term\n"
        "12345;Åsa;Öberg;LAW1;LAW;Registered;Autumn 2027\n",
        person(identifiers=(Identifier("registry_id", "12345", "student"),), programme="LAW", term="2027-autumn", role="student"),
    ),
    (
        "admission",
        "Anmälningskod;Personnummer;Efternamn;Förnamn;Utbildning;Antagningsomgång;Urval;Prioritet;Status;Reservnummer\n"
        "A1;20010115-2387;Öberg;Åsa;Juristprogrammet;HT2027;2;1;Reserv;14\n",
        person(
            birth_date=BORN, identifiers=(Identifier("registry_id", "A1", "admission"), PNR), programme="Juristprogrammet",
            term="2027-autumn", role="applicant", note="Urval: 2 · Prioritet: 1 · Reservnummer: 14",
        ),
    ),
    (
        "admission",
        "Antagningsomgång;Antagningstermin;Anmälningskod;Namn;Program;Antagningsresultat\n"
        "HT27 andra omgången;HT2027;A1;Öberg, Åsa;Juristprogrammet;Antagen\n",
        person(
            identifiers=(Identifier("registry_id", "A1", "admission"),), programme="Juristprogrammet", term="2027-autumn",
            role="admitted", note="Antagningsomgång: HT27 andra omgången",
        ),
    ),
    (
        "admission",
        "Hakemusnumero;Hakijan nimi;Hakukohde;Valinnan tila;Varasija;Alkamiskausi\nH1;Öberg, Åsa;Oikeustiede;Varasijalla;3;S2027\n",
        person(
            identifiers=(Identifier("registry_id", "H1", "admission"),), programme="Oikeustiede", term="2027-autumn",
            role="applicant", note="Varasija: 3",
        ),
    ),
    (
        "admission",
        "Application number;Name;Study option;Admission round;Selection;Priority;Admission result\n"
        "A1;Åsa Öberg;Law;Autumn 2027;1;2;Admitted\n",
        person(
            identifiers=(Identifier("registry_id", "A1", "admission"),), programme="Law", term="2027-autumn", role="admitted",
            note="Selection: 1 · Priority: 2",
        ),
    ),
    (
        "population_register",
        "IdNummer;Sekretessmarkering;SkyddadFolkbokforing;Fornamn;Tilltalsnamn;Efternamn;CareOf;Utdelningsadress1;Utdelningsadress2;"
        "PostNr;Postort\n200101152387;NEJ;NEJ;Åsa;10;Öberg;c/o Ek;;Storgatan 1 lgh 1203;97231;Luleå\n",
        person(
            birth_date=BORN, identifiers=(PNR,), street="c/o Ek Storgatan 1 lgh 1203", postcode="97231", city="Luleå",
        ),
    ),
    (
        "population_register",
        "Henkilötunnus;Sukunimi;Etunimet;Vakinainen osoite;Postinumero;Postitoimipaikka;Turvakielto;Kotikunta\n"
        "150101A123P;Öberg;Åsa;Katu 1;90100;Oulu;Ei;Oulu\n",
        person(birth_date=BORN, identifiers=(HETU,), street="Katu 1", postcode="90100", city="Oulu"),
    ),
    (
        "population_register",
        "Personal identity number;First name;Family name;Registered address;Street address;Postcode;City;Protected address\n"
        "20010115-2387;Åsa;Öberg;;Storgatan 1;97231;Luleå;no\n",
        person(birth_date=BORN, identifiers=(PNR,), street="Storgatan 1", postcode="97231", city="Luleå"),
    ),
    (
        "mentors",
        "Mentor;E-post;Arbetsgivare;Befattning;Examensår;Antal adepter\nÅsa Öberg;asa@uni.example;Norrbolaget;Jurist;1998;2\n",
        person(note="Jurist, Norrbolaget\nExamensår: 1998 · Antal adepter: 2", role="mentor", **mail()),
    ),
    (
        "mentors",
        "Mentorin nimi;Sähköposti;Työnantaja;Osaamisalue;Aktorien määrä\nÅsa Öberg;asa@uni.example;Yhtiö;Oikeus;2\n",
        person(note="Yhtiö\nOsaamisalue: Oikeus · Aktorien määrä: 2", role="mentor", **mail()),
    ),
    (
        "mentors",
        "First name;Last name;Email;Company;Area of expertise;Number of mentees\nÅsa;Öberg;asa@uni.example;Northern;Law;2\n",
        person(note="Northern\nArea of expertise: Law · Number of mentees: 2", role="mentor", **mail()),
    ),
    (
        "mentees",
        "Adept;E-post;Program;Termin;Önskemål om mentor\nÅsa Öberg;asa@uni.example;Juridik;HT27;Åklagare\n",
        person(programme="Juridik", term="2027-autumn", note="Önskemål om mentor: Åklagare", role="mentee", **mail()),
    ),
    (
        "mentees",
        "Aktorin nimi;Sähköposti;Koulutus;Toive mentorista\nÅsa Öberg;asa@uni.example;Oikeustiede;Syyttäjä\n",
        person(programme="Oikeustiede", note="Toive mentorista: Syyttäjä", role="mentee", **mail()),
    ),
    (
        "mentees",
        "Mentee name;Email;Programme;Goals of mentoring\nÅsa Öberg;asa@uni.example;Law;Courage\n",
        person(programme="Law", note="Goals of mentoring: Courage", role="mentee", **mail()),
    ),
    (
        "alumni",
        "Förnamn;Efternamn;E-post;Examen;Examensår;Arbetsgivare\nÅsa;Öberg;asa@uni.example;Juristexamen;1998;Norrbolaget\n",
        person(programme="Juristexamen", note="Norrbolaget\nExamensår: 1998", role="alumnus", **mail()),
    ),
    (
        "alumni",
        "Etunimi;Sukunimi;Sähköposti;Tutkinto;Valmistumisvuosi\nÅsa;Öberg;asa@uni.example;Oikeustieteen maisteri;1998\n",
        person(programme="Oikeustieteen maisteri", note="Valmistumisvuosi: 1998", role="alumnus", **mail()),
    ),
    (
        "alumni",
        "Name;E-mail;Degree;Graduation year;Employer;Job title\nÅsa Öberg;asa@uni.example;LL.M.;1998;Northern;Lawyer\n",
        person(programme="LL.M.", note="Lawyer, Northern\nGraduation year: 1998", role="alumnus", **mail()),
    ),
    (
        "directory",
        "uid;givenName;sn;displayName;mail;telephoneNumber;title;ou;eduPersonAffiliation;norEduPersonNIN\n"
        "asaobe;Åsa;Öberg;Åsa Öberg;asa@uni.example;+46 920 49 10 00;Lektor;Juridik;member|employee;200101152387\n",
        person(
            birth_date=BORN, identifiers=(PNR,), phones=(("+46 920 49 10 00", "+46920491000", "0920491000"),), role="staff",
            note="Lektor, Juridik", emails=(("asa@uni.example", "asa@uni.example"),),
            labels=(("asa@uni.example", "work"), ("+46920491000", "work")),
        ),
    ),
    (
        "directory",
        "Användarnamn;Förnamn;Efternamn;E-post;Institution;Tillhörighet\nasaobe;Åsa;Öberg;asa@uni.example;Juridik;anställd\n",
        person(note="Juridik", role="staff", **mail("work")),
    ),
    (
        "directory",
        "Käyttäjätunnus;Etunimi;Sukunimi;Sähköposti;Yksikkö;Suhde organisaatioon\nasaobe;Åsa;Öberg;asa@uni.example;Oikeus;opiskelija\n",
        person(note="Oikeus", role="student", **mail("work")),
    ),
]  # fmt: skip


def read(text: str, key: str, encoding: str = "utf-8") -> ReadFile:
    table = parse_table(text.encode(encoding), "list.csv")
    return people_of(table, "list.csv", "SE", lambda done, total: None, today=TODAY, follow=ready_profiles()[key])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("key", "text", "wanted"), LISTS)
def test_a_list_of_its_kind_is_understood(key: str, text: str, wanted: IncomingPerson, encoding: str) -> None:
    found = read(text, key, encoding)
    assert (found.rows, found.faults) == ([wanted], [])


@pytest.mark.parametrize(("key", "text", "_wanted"), LISTS)
def test_a_list_of_its_kind_is_recognised(key: str, text: str, _wanted: IncomingPerson) -> None:
    found = looks_like(text.partition("\n")[0].split(";"), [])
    assert found is ready_profiles()[key]


@pytest.mark.parametrize("text", ["Förnamn;Efternamn;E-post", "Name;Email;Phone", "Nimi;Sähköposti;Puhelin", "A;B", ""])
def test_an_ordinary_list_is_of_no_kind(text: str) -> None:
    assert looks_like(text.split(";"), []) is None


def test_a_heading_no_profile_knows_is_left_out_and_said() -> None:
    found = read("Mentor;E-post;Skostorlek\nÅsa Öberg;asa@uni.example;38\n", "mentors")
    assert found.ignored == ("Skostorlek",)


def test_a_file_without_what_a_profile_needs_is_refused_and_the_column_named() -> None:
    with pytest.raises(RuleBroken, match="lacks columns that the profile uses: IdNummer"):
        read("Namn;Sekretessmarkering\nÅsa Öberg;NEJ\n", "population_register")


@pytest.mark.parametrize("mark", ["Sekretessmarkering", "Skyddad folkbokföring", "Turvakielto", "Protected identity"])
@pytest.mark.parametrize("key", [*TITLES])
def test_every_profile_sees_who_is_protected(key: str, mark: str) -> None:
    text = f"Anmälningskod;Personnummer;Namn;Gatuadress;{mark}\nA1;20010115-2387;Åsa Öberg;Storgatan 1;JA\n"
    found = read(text, key)
    (row,) = found.rows
    assert row.protected in ("secrecy", "registration", "address") and found.faults == []


@pytest.mark.parametrize("key", [*TITLES])
def test_a_profile_names_only_what_there_is(key: str) -> None:
    profile = ready_profiles()[key]
    choices = profile.choices
    assert {column.field for column in profile.columns} <= {"", *COLUMN_TITLES}
    assert {column.instead for column in profile.columns} <= {"", *COLUMN_TITLES}
    assert set(choices.match_keys) <= {*MATCH_KEYS} and choices.source in SOURCES
    assert set(choices.rules) <= {*CHANGED} and set(choices.rules.values()) <= {*RULES}
    assert choices.constants.get("role", "student") in ROLE_KINDS
    headings = [heading for column in profile.columns for heading in column.headings]
    assert len(headings) == len({heading.casefold() for heading in headings})
