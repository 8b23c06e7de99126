"""What stops an import that would overwrite much, and who is named before one is taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.models.person import ContactPoint, Person
from desktop.people.contacts import ContactForm, edit_contact
from desktop.people.imports.deciding.touched import touched_since
from desktop.people.roles import IdentifierForm, add_identifier
from desktop.people.tests.arguing import HEAD, TODAY, Bring, cities
from tests.support import MakePerson

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
