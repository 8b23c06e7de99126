"""Bringing a list in: who is known, what changes, what is left alone, and how all of it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from db.actor import Actor
from db.database import Database
from db.history import TAKE_BACK, TakenBack, history, take_back
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.search import search
from db.sorting import name_key
from desktop.people.editing import PersonForm, edit_person
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.deciding.plans import Change, RowPlan
from desktop.people.imports.rows import ReadFile, people_of, read_people
from desktop.people.imports.storing import IMPORT_VERB, ImportCounts, import_people, plan_import
from tests.support import HOSTILE, MakePerson

TODAY = date(2027, 7, 15)
PHONE = "+46701740605"


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def read(text: str, country: str = "SE") -> ReadFile:
    return people_of(parse_table(text.encode(), "list.csv"), "list.csv", country, quiet, today=TODAY)


@pytest.fixture
def bring(database: Database, actor: Actor) -> Callable[..., ImportCounts]:
    """Import a list written as text."""

    def run(text: str, country: str = "SE") -> ImportCounts:
        file = read(text, country)
        with database.write(actor, IMPORT_VERB) as session:
            return import_people(session, file.rows, source="list.csv", faulty=len(file.faults), report=quiet)

    return run


@pytest.fixture
def plan(database: Database) -> Callable[..., list[RowPlan]]:
    """Preview a list written as text."""

    def run(text: str, country: str = "SE") -> list[RowPlan]:
        with database.read() as session:
            return plan_import(session, read(text, country).rows, quiet)

    return run


def undo(database: Database, actor: Actor, counts: ImportCounts) -> TakenBack:
    assert counts.change_set is not None
    with database.write(actor, TAKE_BACK) as session:
        return take_back(session, counts.change_set)


def everything(database: Database, *kinds: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All values of the tables an import writes, without the bookkeeping."""
    with database.read() as session:
        return {
            kind.__tablename__: sorted(
                (tuple(str(v) for n, v in row._mapping.items() if n not in ("version", "made_in", "changed_in")))
                for row in session.execute(select(kind.__table__))
            )
            for kind in kinds or (Person, ContactPoint, Identifier, Role)
        }


def one_address(database: Database) -> tuple[str, str, str, str]:
    with database.read() as session:
        row = session.execute(select(ContactPoint).where(ContactPoint.kind == "address")).scalar_one()
        return row.street, row.postcode, row.city, row.city_key


LIST = (
    "Förnamn;Efternamn;E-post;Mobil;Adress;Postnr;Ort;Program;Termin\n"
    "Maja;Åberg;maja@provsson.example;070-174 06 05;Testgatan 1;351 95;Växjö;Nätverksteknik;HT2027\n"
    "Eino;Mallinen;eino@mallinen.example;;;;Åbo;Ruotsin kieli;HT2027\n"
    "Liv;Öst;livöst;;;;;;\n"
)


def test_a_new_list_brings_people_numbers_addresses_and_roles(database: Database, bring: Callable[..., ImportCounts]) -> None:
    counts = bring(LIST)
    assert (counts.new, counts.same, counts.changed, counts.faulty) == (2, 0, 0, 1)
    with database.read() as session:
        maja = session.execute(select(Person).where(Person.given == "Maja")).scalar_one()
        assert (maja.name_key, maja.made_in) == (name_key("Åberg", "Maja"), counts.change_set)
        points = {p.kind: p for p in session.scalars(select(ContactPoint).where(ContactPoint.person_id == maja.id))}
        assert (points["phone"].normal, points["phone"].national, points["phone"].source) == (PHONE, "0701740605", "list.csv")
        assert (points["address"].street, points["address"].city_key) == ("Testgatan 1", "vaxjo")
        roles = session.execute(select(Role.kind, Role.programme, Role.term).where(Role.person_id == maja.id)).all()
        assert [tuple(role) for role in roles] == [("admitted", "Nätverksteknik", "2027-autumn")]
        assert [hit.title for hit in search(session, "åberg maja")] == ["Åberg, Maja"]
        (line,) = history(session, limit=1)
        told = {"file": "list.csv", "source": "person", "new": 2}
        assert (line.verb, line.details) == (IMPORT_VERB, told | {"changed": 0, "same": 0, "faulty": 1})


def test_the_same_list_again_changes_nothing_and_leaves_no_line(database: Database, bring: Callable[..., ImportCounts]) -> None:
    bring(LIST)
    before = everything(database)
    counts = bring(LIST)
    assert (counts.new, counts.same, counts.changed, counts.change_set) == (0, 2, 0, None)
    assert everything(database) == before
    with database.read() as session:
        assert len(history(session)) == 1


def test_the_preview_says_what_the_import_then_does(
    database: Database, plan: Callable[..., list[RowPlan]], bring: Callable[..., ImportCounts]
) -> None:
    bring(LIST)
    text = LIST.replace("Växjö", "Luleå").replace("eino@mallinen.example;;", "eino@mallinen.example;040 1234567;") + (
        "Nya;Provsson;nya@provsson.example;;Gatan 1;111 11;Kalmar;;\n"
        "Nya;Provsson;nya@provsson.example;;Gatan 1;111 11;Kalmar;;\n"
        "Nya;Provsson;nya@provsson.example;070-174 06 09;Gatan 2;222 22;Kalmar;;\n"
    )
    verdicts = [row.verdict for row in plan(text)]
    assert verdicts == ["changed", "changed", "new", "same", "changed"]
    counts = bring(text)
    assert (counts.new, counts.same, counts.changed) == (1, 1, 3)
    assert {row.verdict for row in plan(text)} == {"same", "changed"}  # two rows of one person say two addresses


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("FI", "Etunimi;Sukunimi;Sähköposti;Matkapuhelin;Postitoimipaikka\nMia;Testesson;mia@test.example;040 1234567;Turku\n"),
        ("SE", "Förnamn;Efternamn;E-postadress;Mobilnummer;Ort\nMia;Testesson;mia@test.example;+358401234567;Turku\n"),
        ("SE", "First name,Surname,E-mail,Mobile phone,City\nMia,Testesson,mia@test.example,+358 40 1234567,Turku\n"),
    ],
)
def test_headings_of_three_languages_mean_the_same(
    country: str, text: str, database: Database, bring: Callable[..., ImportCounts]
) -> None:
    assert bring(text, country).new == 1
    with database.read() as session:
        normals = session.scalars(select(ContactPoint.normal).where(ContactPoint.normal != "")).all()
    assert sorted(normals) == ["+358401234567", "mia@test.example"]


def test_somebody_is_known_by_an_identifier_under_another_name(
    database: Database, bring: Callable[..., ImportCounts], plan: Callable[..., list[RowPlan]]
) -> None:
    bring("Personnummer;Förnamn;Efternamn\n811218-9876;Maja;Provsson\n")
    (row,) = plan("Personnummer;Förnamn;Efternamn\n19811218-9876;Maja;Åberg\n")
    assert (row.verdict, row.changes) == ("changed", (Change("family", "Provsson", "Åberg"),))
    bring("Personnummer;Förnamn;Efternamn\n19811218-9876;Maja;Åberg\n")
    with database.read() as session:
        person = session.execute(select(Person)).scalar_one()
        assert (person.family, person.name_key, person.version) == ("Åberg", name_key("Åberg", "Maja"), 2)
        assert [hit.title for hit in search(session, "aberg")] == ["Åberg, Maja"]


@pytest.mark.parametrize("text", ["E-post;MIA@test.example", "Mobil;070-174 06 05"])
def test_somebody_is_known_by_name_and_email_or_phone(
    text: str, database: Database, bring: Callable[..., ImportCounts], make_person: MakePerson
) -> None:
    heading, cell = text.split(";")
    make_person(family="Testésson", given="Mia", email="mia@test.example", phone=PHONE)
    counts = bring(f"Namn;{heading}\nTestésson, Mia;{cell}\n")
    assert (counts.same, counts.new) == (1, 0)


@pytest.mark.parametrize("cells", ["Ove;Testesson;mia@test.example;", "Mia;Testesson;annan@test.example;", "Mia;Testesson;;"])
def test_a_name_or_an_address_alone_makes_nobody_known(
    cells: str, bring: Callable[..., ImportCounts], make_person: MakePerson
) -> None:
    make_person(family="Testesson", given="Mia", email="mia@test.example", phone=PHONE)
    counts = bring(f"Förnamn;Efternamn;E-post;Mobil\n{cells}\n")
    assert (counts.new, counts.same) == (1, 0)


def test_numbers_of_two_issuers_are_not_compared(bring: Callable[..., ImportCounts]) -> None:
    bring("Anmälningskod;Förnamn;Efternamn\n4711;Mia;Test\n")
    assert bring("Studentnummer;Förnamn;Efternamn\n4711;Ove;Prov\n").new == 1


def test_two_people_with_one_email_and_name_but_two_identity_numbers_stay_two(bring: Callable[..., ImportCounts]) -> None:
    counts = bring(
        "Personnummer;Förnamn;Efternamn;E-post\n811218-9876;Jan;Prov;jan@prov.example\n670919-9530;Jan;Prov;jan@prov.example\n"
    )
    assert counts.new == 2


def test_two_people_with_one_phone_and_name_but_two_birth_dates_stay_two(bring: Callable[..., ImportCounts]) -> None:
    text = "Förnamn;Efternamn;Mobil;Födelsedatum\nJan;Prov;070-174 06 05;1961-02-03\nJan;Prov;070-174 06 05;1994-05-06\n"
    assert bring(text).new == 2
    again = bring(text)
    assert (again.same, again.change_set) == (2, None)


def test_another_birth_date_of_somebody_known_by_a_number_is_asked_about(bring: Callable[..., ImportCounts]) -> None:
    bring("Studentnummer;Namn;Födelsedatum\n4711;Prov, Jan;1961-02-03\n")
    counts = bring("Studentnummer;Namn;Födelsedatum\n4711;Prov, Jan;1961-03-02\n")
    assert (counts.clash, counts.changed, counts.change_set) == (1, 0, None)


def test_the_same_person_twice_in_a_list_is_stored_once(database: Database, bring: Callable[..., ImportCounts]) -> None:
    row = "Mia;Test;mia@test.example;Testgatan 1;111 11;Kalmar\n"
    counts = bring("Förnamn;Efternamn;E-post;Adress;Postnr;Ort\n" + row + row + "Mia;Test;mia@test.example;;;Umeå\n")
    assert (counts.new, counts.same, counts.changed) == (1, 1, 1)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert one_address(database) == ("", "", "Umeå", "umea")


def test_a_new_town_replaces_the_address_and_a_silent_list_keeps_it(
    database: Database, bring: Callable[..., ImportCounts], plan: Callable[..., list[RowPlan]]
) -> None:
    heading = "Förnamn;Efternamn;E-post;Adress;Postnr;Ort\n"
    bring(heading + "Mia;Test;mia@test.example;Testgatan 1;111 11;Kalmar\n")
    assert bring(heading + "Mia;Test;mia@test.example;;;\n").same == 1
    moved = heading + "Mia;Test;mia@test.example;;;Umeå\n"
    (row,) = plan(moved)
    assert row.changes == (Change("address", "Testgatan 1, 111 11 Kalmar", "Umeå"),)
    assert bring(moved).changed == 1
    assert one_address(database) == ("", "", "Umeå", "umea")
    bring(heading + "Mia;Test;mia@test.example;Nygatan 2;;UMEÅ\n")
    assert one_address(database) == ("Nygatan 2", "", "UMEÅ", "umea")


def test_being_admitted_is_written_once(database: Database, bring: Callable[..., ImportCounts]) -> None:
    heading = "Förnamn;Efternamn;E-post;Program;Termin\n"
    bring(heading + "Mia;Test;mia@test.example;Nätverksteknik;HT2027\n")
    assert bring(heading + "Mia;Test;mia@test.example;nätverksteknik;höst 27\n").same == 1
    assert bring(heading + "Mia;Test;mia@test.example;Nursing;VT2028\n").changed == 1
    with database.read() as session:
        assert session.scalars(select(Role.programme).order_by(Role.id)).all() == ["Nätverksteknik", "Nursing"]


def test_a_remark_about_somebody_known_is_added_once(database: Database, bring: Callable[..., ImportCounts]) -> None:
    heading = "Förnamn;Efternamn;E-post;Kommentar\n"
    bring(heading + "Mia;Test;mia@test.example;ring efter fyra\n")
    assert bring(heading + "Mia;Test;mia@test.example;har flyttat\n").changed == 1
    assert bring(heading + "Mia;Test;mia@test.example;har flyttat\n").same == 1
    with database.read() as session:
        assert session.scalar(select(Person.note)) == "ring efter fyra\nhar flyttat"


def test_an_import_is_taken_back_whole(database: Database, actor: Actor, bring: Callable[..., ImportCounts]) -> None:
    bring(LIST)
    before = everything(database)
    text = LIST.replace("Växjö", "Luleå").replace("HT2027", "VT2028") + "Nya;Prov;nya@prov.example;;;;Umeå;;\n"
    text += "Nya;Prov;nya@prov.example;070-174 06 09;;;Piteå;;\n"
    counts = bring(text)
    assert (counts.new, counts.changed) == (1, 3)
    taken = undo(database, actor, counts)
    assert taken.kept == ()
    assert everything(database) == before


def test_what_was_touched_since_is_kept_and_listed(database: Database, actor: Actor, bring: Callable[..., ImportCounts]) -> None:
    counts = bring(LIST)
    with database.write(actor, "edit_person") as session:
        maja = session.execute(select(Person).where(Person.given == "Maja")).scalar_one()
        edit_person(session, maja.id, maja.version, PersonForm(given="Maja", family="Öberg"), today=TODAY)
        maja_id = maja.id
    taken = undo(database, actor, counts)
    assert ("person", maja_id) in taken.kept
    with database.read() as session:
        assert session.scalars(select(Person.family)).all() == ["Öberg"]
        assert session.scalars(select(ContactPoint.normal).where(ContactPoint.kind == "phone")).all() == [PHONE]


class Stopped(Exception):
    """What a user who cancels raises."""


def test_a_cancelled_import_leaves_nothing(database: Database, actor: Actor) -> None:
    people = "\n".join(f"Mia;Test{n};mia{n}@test.example" for n in range(6000))
    rows = read("Förnamn;Efternamn;E-post\n" + people).rows
    steps: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        steps.append((done, total))
        if done >= 5000:
            raise Stopped

    with pytest.raises(Stopped), database.write(actor, IMPORT_VERB) as session:
        import_people(session, rows, source="list.csv", faulty=0, report=stop)
    assert steps == [(1000, 6000), (5000, 6000)]
    assert not any(everything(database).values())
    with database.read() as session:
        assert (history(session), search(session, "mia")) == ([], [])


@pytest.mark.parametrize("hostile", HOSTILE[:-1])
def test_hostile_texts_are_kept_as_they_are(hostile: str, database: Database, bring: Callable[..., ImportCounts]) -> None:
    cell = '"' + hostile.replace('"', '""') + '"'
    text = f"Förnamn;Efternamn;E-post;Ort;Program;Kommentar\nMia;{cell};mia@test.example;{cell};{cell};{cell}\n"
    assert bring(text).new == 1
    assert bring(text).same == 1
    with database.read() as session:
        person = session.execute(select(Person)).scalar_one()
        assert (person.family, person.note) == (hostile, hostile)
        assert session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address")).all() == [hostile]


def test_a_number_shared_by_thousands_does_not_slow_the_list_down(database: Database, actor: Actor) -> None:
    people = "\n".join(f"Mia;Test{n};08-465 004 04" for n in range(5000))
    with database.write(actor, IMPORT_VERB) as session:
        rows = read("Förnamn;Efternamn;Telefon\n" + people).rows
        assert import_people(session, rows, source="list.csv", faulty=0, report=quiet).new == 5000
    with database.read() as session:
        again = plan_import(session, rows[:1500], quiet)
    assert {row.verdict for row in again} == {"same"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_files_are_read_in_every_usual_encoding(encoding: str, tmp_path: Path, database: Database, actor: Actor) -> None:
    file = tmp_path / "antagna åäö.csv"
    file.write_text(LIST, encoding=encoding)
    found = read_people(file, "SE", quiet, today=TODAY)
    assert [row.family for row in found.rows] == ["Åberg", "Mallinen"]
    assert [(fault.line, fault.column) for fault in found.faults] == [(4, "E-post")]
    with database.write(actor, IMPORT_VERB) as session:
        run = partial(import_people, source=file.name, faulty=1, report=quiet)
        assert run(session, found.rows).new == 2


def families(plans: Sequence[RowPlan]) -> list[str]:
    return [plan.name for plan in plans]


def test_a_preview_keeps_the_order_of_the_file(plan: Callable[..., list[RowPlan]]) -> None:
    plans = plan(LIST)
    assert families(plans) == ["Åberg, Maja", "Mallinen, Eino"]
    assert [row.line for row in plans] == [2, 3]


@pytest.mark.sqlite_only("reads the file's own index")
def test_an_import_makes_people_findable_as_reading_them_would(database: Database, bring: Callable[..., ImportCounts]) -> None:
    header = "Student number;First name;Family name;Preferred name;E-mail;Phone;Mobile\n"
    bring(
        f"{header}"
        "S1;Åsa Märta;Öhrn-Łucja;Mä;ASA.Ohrn@Brev.example;070-174 06 05;+46 70 174 06 06\n"
        "S2;Aino;Virta2;;;0501234567;\n"
        "S1;Åsa Märta;Öhrn-Łucja;;andra@brev.example;;\n"  # adds to somebody new
    )
    bring(
        f"{header}"
        "S3;Zoë;;;;;\n"
        "S3;Zoë;d'Alba;;;;\n"  # renames somebody new
        "S4;Åke;Ek;;ake@brev.example;;\n"
    )
    bring(f"{header}S5;Ulla;Mo;;ulla@brev.example;073-999 88 77;\n")
    told = indexed(database)
    asked = ("asa ohrn", "andra@brev", "0174060", "virta2", "zoe alba", "łucja", "501234", "ake@brev", "ulla mo")
    with database.read() as session:
        found = {text: [(hit.title, hit.detail) for hit in search(session, text)] for text in asked}
    assert all(len(hits) == 1 for hits in found.values()), found
    database.rebuild_search()
    with database.read() as session:
        assert {text: [(hit.title, hit.detail) for hit in search(session, text)] for text in asked} == found
    assert indexed(database) == told


def indexed(database: Database) -> list[tuple[Any, ...]]:
    """Every entry of the index, and in which of its two tables the record stands."""
    with database.read() as session:
        entries = session.execute(
            text(
                "SELECT kind, ref, title, detail, sort, number IN (SELECT rowid FROM search_words), "
                "number IN (SELECT rowid FROM search_parts) FROM search_entry ORDER BY ref"
            )
        )
        return [tuple(row) for row in entries]


def test_what_a_colleague_did_since_the_preview_is_left_out_and_counted(
    database: Database, actor: Actor, bring: Callable[..., ImportCounts], plan: Callable[..., list[RowPlan]]
) -> None:
    header = "First name;Family name;E-mail;City\n"
    bring(header + "Åsa;Öhrn;asa@brev.example;Luleå\nEino;Mallinen;eino@brev.example;Turku\n")
    text = header + ("Åsa;Öhrn;asa@brev.example;Kiruna\nEino;Mallinen;eino@brev.example;Kemi\nSiri;Sund;siri@brev.example;Umeå\n")
    shown = plan(text)
    bring(header + "Åsa;Öhrn;asa@brev.example;Pajala\n")
    with database.write(actor, IMPORT_VERB) as session:
        counts = import_people(session, read(text).rows, source="list.csv", faulty=0, report=quiet, shown=shown)
    assert (counts.overtaken, counts.changed, counts.new) == (1, 1, 1)
    with database.read() as session:
        cities = set(session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address")))
    assert cities == {"Pajala", "Kemi", "Umeå"}
