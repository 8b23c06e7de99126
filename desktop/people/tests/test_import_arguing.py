"""An import that argues: whose word counts, what is asked, and what somebody's decisions make of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.history import TAKE_BACK, take_back
from db.models.person import ContactPoint, Identifier, Person
from desktop.people.contacts import ContactForm, edit_contact
from desktop.people.editing import PersonForm, edit_person
from desktop.people.imports.deciding.decisions import Decisions
from desktop.people.imports.deciding.origins import Origin, Outcome, decide
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.mapping.mapping import Mapping, Rule, Source
from desktop.people.tests.arguing import HEAD, NUMBERED, TODAY, Bring, Plan, cities, summary
from tests.support import MakePerson

MIA = HEAD + "Mia;Testesson;mia@test.example;Umeå\n"


# Whose word counts


@pytest.mark.parametrize(
    ("ours", "theirs", "rule", "outcome"),
    [
        ({"typed"}, "register", None, "theirs"),
        ({"typed"}, "person", None, "clash"),
        ({"typed"}, "guess", None, "ours"),
        ({"person"}, "person", None, "theirs"),  # the newer list of one kind
        ({"person"}, "guess", None, "ours"),
        ({"guess"}, "person", None, "theirs"),
        ({"guess"}, "guess", None, "theirs"),
        ({"register"}, "person", None, "ours"),
        ({"register"}, "register", None, "theirs"),
        ({"guess", "register"}, "person", None, "ours"),  # the strongest that ever wrote there
        ({"guess", "typed"}, "guess", None, "ours"),
        ({"register"}, "guess", "win", "theirs"),
        ({"guess"}, "register", "fill", "ours"),
        ({"guess"}, "register", "never", "ours"),
    ],
)
def test_the_stronger_source_counts(ours: set[Origin], theirs: Source, rule: Rule | None, outcome: Outcome) -> None:
    assert decide("address", ours, theirs, rule) == outcome


def test_two_lists_of_one_kind_contradict_each_other_about_what_never_changes() -> None:
    assert decide("birth_date", {"person"}, "person", None) == "clash"
    assert decide("birth_date", {"register"}, "register", None) == "clash"
    assert decide("birth_date", {"person"}, "register", None) == "theirs"


@pytest.mark.parametrize(
    ("source", "expected", "city"),
    [("register", (0, 0, 1, 0, 0), "Umeå"), ("person", (0, 0, 0, 1, 0), "Luleå"), ("guess", (0, 1, 0, 0, 0), "Luleå")],
)
def test_what_somebody_typed_is_overruled_by_a_register_only(
    source: Source, expected: tuple[int, ...], city: str, bring: Bring, database: Database, make_person: MakePerson
) -> None:
    make_person(given="Mia", family="Testesson", email="mia@test.example", city="Luleå")
    assert summary(bring(MIA, mapping=Mapping(source=source))) == expected
    assert cities(database) == [city]


def test_an_address_edited_since_a_list_brought_it_is_somebodys_own_word(
    database: Database, actor: Actor, bring: Bring, plan: Plan
) -> None:
    bring(MIA)
    (row,) = plan(MIA.replace("Umeå", "Kiruna"))
    assert row.verdict == "changed"
    with database.write(actor, "edit_contact") as session:
        point = session.scalars(select(ContactPoint).where(ContactPoint.kind == "address")).one()
        edit_contact(session, point.id, point.version, ContactForm("address", city="Pajala"), country="SE")
    (row,) = plan(MIA.replace("Umeå", "Kiruna"))
    assert (row.verdict, row.clashes, row.changes) == ("clash", (Change("address", "Pajala", "Kiruna"),), ())


def test_a_name_typed_between_two_lists_is_remembered_as_typed(
    database: Database, actor: Actor, bring: Bring, plan: Plan
) -> None:
    text = "Studentnummer;Förnamn;Efternamn\n4711;Mia;{}\n"
    bring(text.format("Testesson"))
    for family in ("Åberg", "Öberg"):
        with database.write(actor, "edit_person") as session:
            person = session.scalars(select(Person)).one()
            edit_person(session, person.id, person.version, PersonForm(given="Mia", family=family), today=TODAY)
    bring(text.format("Åström"), mapping=Mapping(source="register"))  # the last to write, but not the only one
    assert plan(text.format("Ek"))[0].kept == (Change("family", "Åström", "Ek"),)
    assert plan(text.format("Ek"), mapping=Mapping(source="register"))[0].verdict == "changed"


def test_more_of_the_same_address_contradicts_nothing(bring: Bring, database: Database, make_person: MakePerson) -> None:
    make_person(given="Mia", family="Testesson", email="mia@test.example", city="Umeå")
    text = "Förnamn;Efternamn;E-post;Adress;Ort\nMia;Testesson;mia@test.example;Testgatan 1;Umeå\n"
    assert bring(text).changed == 1


def test_a_silent_file_empties_nothing_whatever_its_source(bring: Bring, database: Database) -> None:
    bring(MIA)
    assert (
        bring(HEAD + "Mia;Testesson;mia@test.example;\n", mapping=Mapping(source="register", rules={"address": "win"})).same == 1
    )
    assert cities(database) == ["Umeå"]


@pytest.mark.parametrize(("rule", "verdict", "count"), [("win", "changed", 2), ("fill", "same", 1), ("never", "same", 1)])
def test_a_rule_of_a_field_that_may_come_more_than_once(
    rule: Rule, verdict: str, count: int, bring: Bring, plan: Plan, database: Database
) -> None:
    text = "Studentnummer;Förnamn;Efternamn;E-post\n4711;Mia;Testesson;{}\n"
    bring(text.format("mia@test.example"))
    wishes = {"mapping": Mapping(source="register", rules={"email": rule})}
    assert plan(text.format("other@test.example"), **wishes)[0].verdict == verdict
    bring(text.format("other@test.example"), **wishes)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ContactPoint)) == count


def test_a_match_key_left_out_finds_nobody(plan: Plan, bring: Bring) -> None:
    text = "Studentnummer;Förnamn;Efternamn;E-post\n4711;Mia;Testesson;mia@test.example\n"
    bring(text)
    other = "Studentnummer;Förnamn;Efternamn;E-post\n;Mia;Testesson;mia@test.example\n"
    assert plan(other)[0].verdict == "same"
    by_number = Mapping(match_keys=("registry_id",))
    assert plan(other, mapping=by_number)[0].verdict in ("several", "same")  # only alike, and it says nothing new
    assert plan(text.replace("4711", "4712").replace("Mia;Testesson;mia@", "Eva;Ek;eva@"), mapping=by_number)[0].verdict == "new"


# Deciding


def test_a_clash_is_left_out_until_a_side_is_chosen(bring: Bring, database: Database, make_person: MakePerson) -> None:
    make_person(given="Mia", family="Testesson", email="mia@test.example", city="Luleå")
    text = "Förnamn;Efternamn;E-post;Ort;Mobil\nMia;Testesson;mia@test.example;Umeå;070-174 06 05\n"
    counts = bring(text)
    assert (counts.clash, counts.change_set) == (1, None)
    ours = bring(text, decisions=Decisions({2: {"address": "ours"}}))
    assert (ours.changed, cities(database)) == (1, ["Luleå"])  # the phone came
    theirs = bring(text, decisions=Decisions({2: {"address": "theirs"}}))
    assert (theirs.changed, cities(database)) == (1, ["Umeå"])
    assert bring(text).same == 1


def test_a_decision_about_one_field_of_two_is_not_enough(bring: Bring, plan: Plan, make_person: MakePerson) -> None:
    bring("Studentnummer;Förnamn;Efternamn;Födelsedatum;Ort\n4711;Mia;Testesson;2001-02-03;Umeå\n")
    text = "Studentnummer;Förnamn;Efternamn;Födelsedatum;Ort\n4711;Mia;Testesson;2001-03-02;Umeå\n"
    assert [change.field for change in plan(text)[0].clashes] == ["birth_date"]
    assert bring(text, decisions=Decisions({2: {"address": "theirs"}})).clash == 1
    assert bring(text, decisions=Decisions({2: {"birth_date": "theirs"}})).changed == 1


@pytest.mark.parametrize("source", ["register", "person", "guess"])
def test_another_identity_number_is_always_asked_about(source: Source, bring: Bring, plan: Plan, database: Database) -> None:
    bring(NUMBERED.format("811218-9876"), mapping=Mapping(source="person"))
    text, mapping = NUMBERED.format("670919-9530"), Mapping(source=source)
    (row,) = plan(text, mapping=mapping)
    assert row.verdict == "clash" and Change("identifier", "personnummer", "personnummer") in row.clashes
    counts = bring(text, mapping=mapping, decisions=Decisions().sided({2: ("birth_date", "identifier")}, "theirs"))
    assert counts.changed == 1
    with database.read() as session:
        numbers = select(Identifier.value, Identifier.valid_to).where(Identifier.kind == "personnummer")
        assert {row.value: row.valid_to for row in session.execute(numbers)} == {"198112189876": TODAY, "196709199530": None}


def test_our_identity_number_is_kept_when_it_counts(bring: Bring, database: Database) -> None:
    bring(NUMBERED.format("811218-9876"))
    counts = bring(NUMBERED.format("670919-9530"), decisions=Decisions().sided({2: ("birth_date", "identifier")}, "ours"))
    assert (counts.same, counts.change_set) == (1, None)


def test_a_real_number_ends_the_interim_one_and_taking_back_opens_it_again(
    bring: Bring, plan: Plan, database: Database, actor: Actor
) -> None:
    bring(NUMBERED.format("19811218T123"))
    text = NUMBERED.format("811218-9876")
    (row,) = plan(text)
    assert (row.verdict, row.changes) == ("changed", (Change("identifier", "interim", "personnummer"),))
    counts = bring(text)

    def ends() -> dict[str, date | None]:
        with database.read() as session:
            rows = session.execute(select(Identifier.kind, Identifier.valid_to).where(Identifier.kind != "registry_id"))
            return {row.kind: row.valid_to for row in rows}

    assert ends() == {"interim": TODAY, "personnummer": None}
    assert bring(text).same == 1
    with database.write(actor, TAKE_BACK) as session:
        assert counts.change_set is not None and not take_back(session, counts.change_set).kept
    assert ends() == {"interim": None}
