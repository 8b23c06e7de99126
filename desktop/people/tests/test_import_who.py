"""Who a row of a list is: found, asked about when it may be several, made once, and known again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from db.actor import Actor
from db.base import new_id
from db.database import Database, stamps
from db.history import TAKE_BACK, take_back
from db.models.duplicate import KeptApart
from db.models.person import ContactPoint, Identifier, Person
from desktop.people.editing import PersonForm, create_person
from desktop.people.imports import matching, portions
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW, Decisions, read_decisions
from desktop.people.tests.arguing import NUMBERED, TODAY, Bring, Plan, people, summary
from tests.support import MakePerson


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


def test_a_row_is_compared_with_the_register_and_not_with_rows_stored_before_it(
    bring: Bring, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("Förnamn;Efternamn;Studentnummer\nSomebody;Else;X-1\n")
    monkeypatch.setattr(portions, "CHUNK", 1)
    alike = (
        "Förnamn;Efternamn;Födelsedatum;E-post\nAnna;Bergqvist;2000-01-02;a@x.example\nAnna;Bergqvist;2000-01-02;b@x.example\n"
    )
    assert [row.verdict for row in plan(alike)] == ["new", "new"]
    assert summary(bring(alike)) == (2, 0, 0, 0, 0)


@pytest.mark.parametrize("shared", ["Studentnummer;A-7", "E-post;jan@prov.example", "Mobil;070-174 06 05"])
def test_a_row_that_shares_anything_with_another_is_the_same_person(
    shared: str, bring: Bring, plan: Plan, database: Database
) -> None:
    heading, value = shared.split(";")
    two = f"Förnamn;Efternamn;Ort;{heading}\nEva;Annan;Umeå;\nJan;Prov;Umeå;{value}\nJan;Prov;Umeå;{value}\n"
    assert [row.verdict for row in plan(two)] == ["new", "new", "same"]
    assert (summary(bring(two)), people(database)) == ((2, 1, 0, 0, 0), 2)
    assert [row.verdict for row in plan(two)][1:] == ["same", "same"]


class _Unwalked(dict[Any, Any]):
    """Everybody met so far, of whom single ones may be looked up."""

    def __iter__(self) -> Any:
        raise AssertionError("everybody met before was looked at")

    keys = values = items = __iter__  # type: ignore[assignment]


def test_a_portion_looks_at_its_own_people_however_many_were_met(database: Database, actor: Actor) -> None:
    one, other = twins(database, actor)
    with database.read() as session:
        register = matching.Register(session, [])
        register.meet({one})
        met = register._people
        register._people = _Unwalked(met)
        register.meet({one, other})
        found = register.person(other)
        register._people = met  # which is let go of piece by piece
    assert found is not None and found.family == "Prov"
