"""An import that argues: whose word counts, what is asked, who a row may be, and what somebody's decisions make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db.actor import Actor
from db.base import new_id
from db.database import Database, stamps
from db.errors import RuleBroken
from db.history import TAKE_BACK, take_back
from db.models.duplicate import KeptApart
from db.models.person import ContactPoint, Identifier, Person
from desktop.people.contacts import ContactForm, edit_contact
from desktop.people.editing import PersonForm, create_person, edit_person
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW, Decisions, read_decisions
from desktop.people.imports.deciding.origins import Origin, Outcome, decide
from desktop.people.imports.deciding.plans import Change, RowPlan
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.deciding.touched import touched_since
from desktop.people.imports.mapping.mapping import Mapping, Rule, Source
from desktop.people.imports.rows import ReadFile, people_of
from desktop.people.imports.storing import IMPORT_VERB, ImportCounts, import_people, plan_import
from desktop.people.roles import IdentifierForm, add_identifier
from tests.support import MakePerson

TODAY = date(2027, 7, 15)
Bring = Callable[..., ImportCounts]
Plan = Callable[..., list[RowPlan]]


def read(text: str) -> ReadFile:
    return people_of(parse_table(text.encode(), "list.csv"), "list.csv", "SE", lambda _done, _of: None, today=TODAY)


@pytest.fixture
def bring(database: Database, actor: Actor) -> Bring:
    """Import a list written as text."""

    def run(text: str, **wishes: Any) -> ImportCounts:
        past_brake = wishes.pop("past_brake", True)
        with database.write(actor, IMPORT_VERB) as session:
            return import_people(
                session, read(text).rows, source="list.csv", faulty=0, report=lambda _done, _of: None,
                wishes=Wishes(**wishes), past_brake=past_brake, today=TODAY,
            )  # fmt: skip

    return run


@pytest.fixture
def plan(database: Database) -> Plan:
    """Preview a list written as text."""

    def run(text: str, **wishes: Any) -> list[RowPlan]:
        with database.read() as session:
            return plan_import(session, read(text).rows, lambda _done, _of: None, Wishes(**wishes))

    return run


def summary(counts: ImportCounts) -> tuple[int, ...]:
    return counts.new, counts.same, counts.changed, counts.clash, counts.several


def cities(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address").order_by(ContactPoint.city)))


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


HEAD = "Förnamn;Efternamn;E-post;Ort\n"
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


NUMBERED = "Studentnummer;Personnummer;Förnamn;Efternamn\n4711;{};Mia;Testesson\n"


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


# Who is it?


def twins(database: Database, actor: Actor) -> list[Any]:
    """Two records of one name with one e-mail address."""
    found = []
    for city in ("Umeå", "Luleå"):
        with database.write(actor, "create_person") as session:
            person = create_person(session, PersonForm(given="Jan", family="Prov"), today=TODAY)
            session.flush()
            for kind, values in (
                ("email", {"value": "jan@prov.example", "normal": "jan@prov.example"}),
                ("address", {"city": city}),
            ):
                session.add(ContactPoint(person_id=person, kind=kind, **values))
            found.append(person)
    return found


JAN = "Förnamn;Efternamn;E-post;Program\nJan;Prov;jan@prov.example;Nursing\n"


def test_a_row_that_fits_two_people_is_neither_until_somebody_says_so(
    bring: Bring, plan: Plan, database: Database, actor: Actor
) -> None:
    one, other = twins(database, actor)
    (row,) = plan(JAN)
    assert (row.verdict, {candidate.person_id for candidate in row.candidates}) == ("several", {one, other})
    assert summary(bring(JAN)) == (0, 0, 0, 0, 1)
    assert summary(bring(JAN, decisions=Decisions(people={2: LEFT_OUT}))) == (0, 0, 0, 0, 1)
    assert summary(bring(JAN, decisions=Decisions(people={2: new_id()}))) == (0, 0, 0, 0, 1)  # nobody it may be
    assert summary(bring(JAN, decisions=Decisions(people={2: other}))) == (0, 0, 1, 0, 0)
    assert people(database) == 2
    assert summary(bring(JAN)) == (0, 1, 0, 0, 0)  # one of them has all of it now


def test_somebody_said_to_be_new_is_made_once(bring: Bring, database: Database, actor: Actor) -> None:
    twins(database, actor)
    said = Decisions(people={2: NEW})
    assert bring(JAN, decisions=said).new == 1
    again = bring(JAN, decisions=said)  # as after the program was ended right behind the commit
    assert (again.same, again.new, people(database)) == (1, 0, 3)


def test_two_numbers_that_lead_to_two_people_are_asked_about(bring: Bring, plan: Plan) -> None:
    bring("Studentnummer;Förnamn;Efternamn\n4711;Mia;Testesson\n")
    bring("Personnummer;Förnamn;Efternamn\n811218-9876;Mia;Testesson\n")
    assert plan(NUMBERED.format("811218-9876"))[0].verdict == "several"


def test_a_number_that_two_people_have_is_asked_about(bring: Bring, plan: Plan, database: Database, actor: Actor) -> None:
    bring("Studentnummer;Förnamn;Efternamn\n4711;Mia;Testesson\n4712;Eva;Ek\n")
    with database.write(actor, "edit_person") as session:
        session.execute(
            update(Identifier)
            .where(Identifier.value == "4712")
            .values(value="4711", changed_in=stamps(session)["changed_in"], version=2)
        )
    assert plan("Studentnummer;Förnamn;Efternamn;Ort\n4711;Mia;Testesson;Umeå\n")[0].verdict == "several"


BORN = "Förnamn;Efternamn;Födelsedatum;E-post\n{};{};2001-02-03;new@test.example\n"


@pytest.mark.parametrize(
    ("given", "family", "verdict"),
    [("Mia", "Testesson", "several"), ("Testesson", "Mia", "several"), ("Eva", "Testesson", "new"), ("Mia", "Ek", "new")],
)
def test_a_new_row_like_somebody_known_is_asked_about(
    given: str, family: str, verdict: str, bring: Bring, plan: Plan, make_person: MakePerson
) -> None:
    bring("Förnamn;Efternamn;Födelsedatum;E-post\nMia;Testesson;2001-02-03;mia@test.example\n")
    (row,) = plan(BORN.format(given, family))
    assert row.verdict == verdict
    if verdict == "several":
        assert "born_same" in row.candidates[0].reasons
    assert bring(BORN.format(given, family)).several == (verdict == "several")


def test_a_misspelt_name_with_the_same_address_is_asked_about(bring: Bring, plan: Plan) -> None:
    bring("Förnamn;Efternamn;Adress;Ort;E-post\nCarl;Karlsson;Gatan 1;Umeå;ck@test.example\n")
    assert plan("Förnamn;Efternamn;E-post\nKarl;Carlsson;ck@test.example\n")[0].verdict == "several"
    assert plan("Förnamn;Efternamn;Adress;Ort\nCarl;Karlsson;Gatan 1;Umeå\n")[0].verdict == "same"  # it says nothing new
    assert plan("Förnamn;Efternamn;Adress;Ort;E-post\nCarl;Karlsson;Gatan 1;Umeå;new@test.example\n")[0].verdict == "several"
    assert plan("Förnamn;Efternamn;Adress;Ort\nEva;Karlsson;Gatan 1;Umeå\n")[0].verdict == "new"


def test_who_is_kept_apart_or_retired_is_never_suggested(bring: Bring, plan: Plan, database: Database, actor: Actor) -> None:
    bring("Förnamn;Efternamn;Födelsedatum;E-post\nMia;Testesson;2001-02-03;mia@test.example\n")
    text = BORN.format("Mia", "Testesson")
    with database.write(actor, "keep_apart") as session:
        session.add(KeptApart(person_id=session.scalars(select(Person.id)).one()))
    assert plan(text)[0].verdict == "new"
    with database.write(actor, "let_compare") as session:
        session.delete(session.scalars(select(KeptApart)).one())
    assert plan(text)[0].verdict == "several"
    with database.write(actor, "retire_person") as session:
        session.scalars(select(Person)).one().retired_at = database._now()
    assert plan(text)[0].verdict == "new"


def test_another_identity_number_makes_nobody_alike(bring: Bring, plan: Plan) -> None:
    bring("Personnummer;Förnamn;Efternamn;Födelsedatum\n811218-9876;Mia;Testesson;1981-12-18\n")
    row = "Personnummer;Förnamn;Efternamn;Födelsedatum\n{};Mia;Testesson;1981-12-18\n"
    assert plan(row.format("811218-9868"))[0].verdict == "new"
    assert plan(row.format(""))[0].verdict == "same"


# Exactly once


def test_a_file_of_names_alone_is_known_again_by_its_content(bring: Bring, database: Database, actor: Actor) -> None:
    text = "Förnamn;Efternamn;Ort\nMia;Testesson;Umeå\nMia;Testesson;Luleå\nEva;Ek;\n"
    counts = bring(text, digest="d" * 64)
    assert counts.new == 3
    assert summary(bring(text, digest="d" * 64)) == (0, 3, 0, 0, 0)
    with database.write(actor, TAKE_BACK) as session:
        assert counts.change_set is not None
        take_back(session, counts.change_set)
    assert bring(text, digest="d" * 64).new == 3
    assert bring(text, digest="e" * 64).new == 3  # another file: other people, for all anybody knows


def test_decisions_are_read_back_as_they_were_kept() -> None:
    one = new_id()
    said = Decisions().sided({4: ("given", "family")}, "theirs").sided({5: "address"}, "ours").told(7, one).told(8, NEW)
    assert read_decisions(said.text()) == said
    assert not read_decisions(said.undone(4).undone(5).undone(7).undone(8).text())
    for broken in ("", "[]", "{}", '{"sides": {"x": {}}, "people": {}}', '{"sides": {"1": {"a": "b"}}, "people": {}}'):
        assert read_decisions(broken) == Decisions()


# The brake


def register_of(count: int, moved: int) -> str:
    return HEAD + "".join(f"Mia;Test{n:04};m{n}@test.example;{'Luleå' if n < moved else 'Umeå'}\n" for n in range(count))


@pytest.mark.parametrize(("count", "moved", "holds"), [(30, 9, False), (30, 10, True), (50, 10, False), (50, 11, True)])
def test_an_import_that_overwrites_much_stops_before_it_writes(
    count: int, moved: int, holds: bool, bring: Bring, database: Database
) -> None:
    bring(register_of(count, 0), past_brake=False)
    if holds:
        with pytest.raises(RuleBroken) as caught:
            bring(register_of(count, moved), past_brake=False)
        assert caught.value.values == {"overwriting": moved, "matched": count, "percent": 20}
        assert set(cities(database)) == {"Umeå"}
    assert bring(register_of(count, moved), past_brake=holds).changed == moved


def test_what_only_adds_is_never_too_much(bring: Bring) -> None:
    bring(register_of(30, 0))
    text = register_of(30, 0).replace(";Ort\n", ";Ort;Program\n").replace("Umeå\n", "Umeå;Nursing\n")
    assert bring(text, past_brake=False).changed == 30


# Before taking back


def test_who_was_touched_since_is_named(bring: Bring, database: Database, actor: Actor, make_person: MakePerson) -> None:
    make_person(given="Ove", family="Ek", email="ove@test.example")
    counts = bring(HEAD + "Mia;Testesson;mia@test.example;Umeå\nEva;Åberg;eva@test.example;Umeå\nOve;Ek;ove@test.example;Luleå\n")
    assert counts.change_set is not None

    def named() -> list[str]:
        assert counts.change_set is not None
        with database.read() as session:
            return touched_since(session, counts.change_set)

    assert named() == []
    with database.write(actor, "edit_contact") as session:
        point = session.scalars(select(ContactPoint).where(ContactPoint.city == "Luleå")).one()
        edit_contact(session, point.id, point.version, ContactForm("address", city="Pajala"), country="SE")
    assert named() == ["Ek, Ove"]
    with database.write(actor, "add_identifier") as session:
        eva = session.scalars(select(Person.id).where(Person.given == "Eva")).one()
        add_identifier(session, eva, IdentifierForm("registry_id", "4711", "student"), today=TODAY)
    assert named() == ["Ek, Ove", "Åberg, Eva"]
