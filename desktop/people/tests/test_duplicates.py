"""People written down twice are found, judged, and never asked about again without a reason; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from conftest import NOW
from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.history import TAKE_BACK, take_back
from db.models.duplicate import SuspectedPair
from db.models.person import ContactPoint, Identifier, Person
from desktop.people.contacts import ContactForm, add_contact
from desktop.people.duplicates import blocks as duplicate_blocks
from desktop.people.duplicates.scan import bring_up_to_date, look_through
from desktop.people.duplicates.search import suspects, suspects_among
from desktop.people.duplicates.verdicts import (
    Like,
    PairFilter,
    PairRow,
    Typed,
    ask_again,
    count_pairs,
    keep_apart,
    let_compare,
    not_a_duplicate,
    pairs_query,
    who_may_it_be,
)
from desktop.people.editing import PersonForm, create_person, edit_person, retire
from desktop.people.roles import IdentifierForm, add_identifier

TODAY = NOW.date()
BORN = date(1990, 5, 4)


class Register:
    """A register with the words the tests need."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self.database, self.actor = database, actor

    def add(
        self, given: str, family: str, born: date | None = None, *, email: str = "", phone: str = "", street: str = ""
    ) -> UUID:
        """Somebody new."""
        with self.database.write(self.actor, "create_person") as session:
            person = create_person(session, PersonForm(given, family, birth_date=born), today=TODAY)
            for kind, value in (("email", email), ("phone", phone)):
                if value:
                    add_contact(session, person, ContactForm(kind, value), country="SE")
            if street:
                add_contact(session, person, ContactForm("address", street=street, postcode="351 95", city="Växjö"), country="SE")
        return person

    def do(self, verb: str, service: Callable[..., Any], *given: Any, **named: Any) -> UUID:
        """One step; gives its change set."""
        with self.database.write(self.actor, verb) as session:
            service(session, *given, **named)
            own: UUID = session.info["change_set"]
        return own

    def look(self) -> bool:
        """Bring the list of pairs up to date."""
        with self.database.read() as session:
            return bring_up_to_date(session, self.database, now=NOW)

    def pairs(self, *, judged: bool = False) -> list[PairRow]:
        """The list."""
        fields = PairRow.__dataclass_fields__
        with self.database.read() as session:
            rows = session.execute(pairs_query(PairFilter(judged))).all()
        return [PairRow(*(getattr(row, name) for name in fields)) for row in rows]

    def like(self, given: str = "", family: str = "", **more: Any) -> list[Like]:
        """Whom the one being typed may be."""
        with self.database.read() as session:
            return who_may_it_be(session, Typed(given, family, **more), country="SE")


@pytest.fixture
def office(database: Database, actor: Actor) -> Register:
    """An empty register."""
    return Register(database, actor)


# The whole register


def test_people_written_down_twice_are_found_with_the_reasons(office: Register) -> None:
    one, other = office.add("Kalle", "Åberg", BORN), office.add("Karl", "Aberg", BORN)
    office.add("Anna", "Åberg", BORN)
    assert office.look()
    (pair,) = office.pairs()
    assert {pair.first_id, pair.second_id} == {one, other}
    assert pair.reasons.split() == ["name_short", "born_same"]
    assert (pair.score, {pair.first, pair.second}) == (100, {"Åberg, Kalle", "Aberg, Karl"})


def test_a_number_two_records_share_makes_them_a_pair(office: Register) -> None:
    one, other = office.add("Anna", "Berg"), office.add("Anna", "Lind")
    for person in (one, other):
        with office.database.write(office.actor, "add") as session:
            session.add(Identifier(person_id=person, kind="interim", value="19900504T321", issuer="Ladok"))
    office.look()
    assert "number_same" in office.pairs()[0].reasons


def test_people_with_two_identity_numbers_are_two(office: Register) -> None:
    one, other = office.add("Anna", "Berg", BORN, phone="070-174 06 05"), office.add("Anna", "Berg", BORN, phone="070-174 06 05")
    office.do("add_identifier", add_identifier, one, IdentifierForm("personnummer", "640823-3234"), today=TODAY)
    office.do("add_identifier", add_identifier, other, IdentifierForm("personnummer", "811218-9876"), today=TODAY)
    office.look()
    assert office.pairs() == []


def test_a_crowd_behind_one_number_is_parted_by_names(office: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_blocks, "CROWD", 3)
    families = ("Adler", "Berg", "Ceder", "Dahl", "Ek", "Falk")
    for family in (*families, "Berg"):
        office.add("Eva", family, phone="0470-70 80 00")
    office.look()
    (pair,) = office.pairs()
    assert pair.first == pair.second == "Berg, Eva"


def test_retired_people_are_in_no_pair(office: Register) -> None:
    one = office.add("Anna", "Berg", BORN)
    office.add("Anna", "Berg", BORN)
    office.look()
    office.do("retire_person", retire, one, 1, now=NOW)
    assert office.pairs() == []
    office.look()
    assert office.pairs() == []


# Going on from the last look


def test_the_next_look_is_at_whoever_changed(office: Register) -> None:
    one = office.add("Anna", "Berg", BORN)
    office.add("Bo", "Ek", BORN)
    assert office.look() and not office.look()
    office.add("Anna", "Berg", BORN)
    with office.database.read() as session:
        look = look_through(session)
    assert look is not None and look.people is not None and one not in look.people
    assert office.look()
    assert len(office.pairs()) == 1


def test_a_pair_that_is_no_longer_alike_leaves_the_list(office: Register) -> None:
    one = office.add("Anna", "Berg", BORN)
    office.add("Anna", "Berg", BORN)
    office.look()
    office.do("edit_person", edit_person, one, 1, PersonForm("Greta", "Berg", birth_date=BORN), today=TODAY)
    office.look()
    assert office.pairs() == []


def test_what_is_taken_back_leaves_the_list(office: Register) -> None:
    office.add("Anna", "Berg", BORN)
    with office.database.write(office.actor, "create_person") as session:
        create_person(session, PersonForm("Anna", "Berg", birth_date=BORN), today=TODAY)
        own = session.info["change_set"]
    office.look()
    assert len(office.pairs()) == 1
    office.do(TAKE_BACK, take_back, change_set=own)
    assert office.pairs() == []
    office.look()
    with office.database.read() as session:
        assert session.scalars(select(SuspectedPair.score)).all() == [0]


def test_many_changes_are_looked_at_all_together(office: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.people.duplicates.scan.FEW", 1)
    office.look()
    for _copy in range(2):
        office.add("Anna", "Berg", BORN)
    with office.database.read() as session:
        look = look_through(session)
    assert look is not None and look.people is None and len(look.found) == 1


def test_an_older_look_gives_way_to_a_newer_one(office: Register) -> None:
    office.add("Anna", "Berg", BORN)
    with office.database.read() as late:
        late.scalar(select(Person.id))  # sees the register as it is now
        office.add("Anna", "Berg", BORN)
        office.look()
        bring_up_to_date(late, office.database, now=NOW)
    assert len(office.pairs()) == 1 and not office.look()


def test_looking_around_one_person_finds_what_looking_at_everybody_finds(office: Register) -> None:
    """Invented people with slips of all kinds: each one's own pairs are the same in both ways of looking."""
    rng = Random(5)
    given, family = (
        ("Kalle", "Karl", "Anna", "Åsa", "Asa", "Sandra", "Alexandra"),
        ("Berg", "Bergh", "Lund", "Berg-Lund", "Åberg"),
    )
    days = (BORN, date(1990, 4, 5), date(1980, 5, 4), date(1990, 1, 1), date(1971, 2, 3), None)
    people = []
    for _number in range(50):
        names = [rng.choice(given), rng.choice(family)]
        rng.shuffle(names)
        people.append(
            office.add(
                *names,
                rng.choice(days),
                email=rng.choice(("", "", f"{rng.choice('abc')}@post.example")),
                phone=rng.choice(("", "", f"070-174 06 0{rng.randint(5, 9)}")),
                street=rng.choice(("", f"Testgatan {rng.randint(1, 3)}")),
            )
        )
    with office.database.read() as session:
        whole = set(suspects(session))
        assert len(whole) > 10
        for person in people:
            around = set(suspects_among(session, [person]))
            assert around == {pair for pair in whole if person in (pair.first, pair.second)}


# What the office says


def test_what_was_said_is_remembered_until_more_speaks_for_one_person(office: Register) -> None:
    one, other = office.add("Anna", "Berg", BORN), office.add("Anna", "Berg", BORN)
    office.look()
    (pair,) = office.pairs()
    office.do("not_a_duplicate", not_a_duplicate, pair.first_id, pair.second_id, pair.score, pair.reasons)
    assert office.pairs() == [] and [row.score for row in office.pairs(judged=True)] == [pair.score]
    for person in (one, other):
        office.do("add_contact", add_contact, person, ContactForm("phone", "070-174 06 05"), country="SE")
    office.look()
    (again,) = office.pairs()
    assert again.score > pair.score
    office.do("not_a_duplicate", not_a_duplicate, again.second_id, again.first_id, again.score, again.reasons)
    assert office.pairs() == [] and len(office.pairs(judged=True)) == 1


def test_what_was_said_can_be_taken_back_or_asked_again(office: Register) -> None:
    office.add("Anna", "Berg", BORN), office.add("Anna", "Berg", BORN)
    office.look()
    (pair,) = office.pairs()
    said = office.do("not_a_duplicate", not_a_duplicate, pair.first_id, pair.second_id, pair.score, pair.reasons)
    office.do(TAKE_BACK, take_back, change_set=said)
    assert office.pairs() == [pair]
    office.do("not_a_duplicate", not_a_duplicate, pair.first_id, pair.second_id, pair.score, pair.reasons)
    (judged,) = office.pairs(judged=True)
    office.do("duplicate_again", ask_again, judged.id, judged.version)
    assert office.pairs() == [pair] and office.pairs(judged=True) == []


def test_nobody_is_suggested_for_a_person_kept_apart(office: Register) -> None:
    hidden = office.add("Anna", "Berg", BORN, phone="070-174 06 05")
    office.add("Anna", "Berg", BORN, phone="070-174 06 05")
    office.look()
    (pair,) = office.pairs()
    office.do("keep_apart", keep_apart, hidden)
    assert office.pairs() == [], "at once, before any look"
    with pytest.raises(RuleBroken):
        office.do("keep_apart", keep_apart, hidden)
    third = office.add("Anna", "Berg", BORN, phone="070-174 06 05")
    office.look()
    assert [{row.first_id, row.second_id} & {hidden} for row in office.pairs()] == [set()]
    assert hidden not in {like.id for like in office.like("Anna", "Berg", phone="070-174 06 05", born=BORN)}
    office.do("not_a_duplicate", not_a_duplicate, hidden, third, 1, "")
    assert office.pairs(judged=True) == [], "nor is what was said before"
    office.do("let_compare", let_compare, hidden)
    office.look()
    assert pair in office.pairs()


def test_who_is_kept_apart_names_nobody_else(office: Register) -> None:
    """The secret is which two belong together; no row may hold both."""
    hidden, other = office.add("Anna", "Berg", BORN), office.add("Anna", "Berg", BORN)
    office.do("keep_apart", keep_apart, hidden)
    office.look()
    with office.database.read() as session:
        assert session.scalars(select(SuspectedPair)).all() == []
        assert count_pairs(session) == 0
    assert other != hidden


# While typing


def test_half_a_name_narrows_to_whoever_it_may_be(office: Register) -> None:
    one, other = office.add("Anna", "Andersson"), office.add("Anna", "Andström")
    office.add("Bo", "Ek")
    assert office.like("An") == []
    assert {like.id for like in office.like("Anna", "And")} == {one, other}
    assert [like.id for like in office.like("Anna", "Anders")] == [one]


def test_everyday_forms_and_swapped_names_are_suggested(office: Register) -> None:
    one = office.add("Karl", "Åberg", BORN)
    (like,) = office.like("Kalle", "Aberg", born=BORN)
    assert (like.id, like.title, like.born, like.reasons) == (one, "Åberg, Karl", BORN, ("name_short", "born_same"))
    assert [like.id for like in office.like("Åberg", "Karl")] == [one]


def test_a_phone_number_in_any_writing_suggests_its_owner(office: Register) -> None:
    one = office.add("Karl", "Åberg", phone="070-174 06 05")
    assert [like.id for like in office.like("K", "Åb", phone="+46 70 174 06 05")] == [one]
    assert office.like("Karla", "Åström", phone="070") == []


def test_a_birth_date_of_somebody_else_takes_the_suggestion_away(office: Register) -> None:
    office.add("Anna", "Berg", BORN)
    assert office.like("Anna", "Berg") and not office.like("Anna", "Berg", born=date(1961, 2, 3))


def test_addresses_are_read_as_they_are_stored(office: Register) -> None:
    office.add("Anna", "Berg", street="Testgatan  4")
    office.add("Anna", "Bergh", street="TESTGATAN 4")
    office.look()
    assert office.pairs()[0].reasons.split() == ["name_slip", "address_same"]
    with office.database.read() as session:
        assert session.scalar(select(ContactPoint.postcode)) == "351 95"
