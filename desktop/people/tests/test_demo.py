"""Invented people are the same every time, obviously invented, and good enough to be imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.contact_forms import email_form, phone_forms
from db.identity_numbers import check
from desktop.people.demo import generate_people
from desktop.people.demo_list import write_admitted_csv
from desktop.people.imports.rows import read_people

TODAY = date(2027, 7, 15)


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(generate_people(30, today=TODAY))[20:] == list(generate_people(10, today=TODAY, first=20))
    assert list(generate_people(5, today=TODAY)) != list(generate_people(5, today=TODAY, seed=2))


def test_nobody_can_be_taken_for_a_real_person() -> None:
    for person in generate_people(500, today=TODAY):
        assert all(email_form(email.text).endswith(".example") for email in person.emails)
        for kind, value, _issuer in person.identifiers:
            assert kind in ("registry_id", "interim", "hetu")
            assert check(kind, value) == value
            assert kind != "hetu" or value[7] == "9"
        for phone in person.phones:
            national = phone_forms(phone.text, "SE").national
            assert national.startswith(("07017406", "08465004", "03139006", "040628", "040000"))


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 2), date(2028, 2, 29), date(2027, 9, 1)])
def test_lives_are_in_order_and_lie_in_the_past(today: date) -> None:
    for person in generate_people(500, today=today):
        assert person.roles
        assert all(role.start <= today and (role.end is None or role.start <= role.end <= today) for role in person.roles)
        assert [role.start for role in person.roles] == sorted(role.start for role in person.roles)
        assert person.birth_date is None or (today - person.birth_date).days > 17 * 365
        assert all(contact.at.date() < today for contact in person.interactions)


def test_every_kind_of_life_is_among_a_thousand() -> None:
    people = list(generate_people(1000, today=TODAY))
    assert len({role.kind for person in people for role in person.roles}) == 12
    assert {address.hold for person in people for address in person.emails + person.phones} == {"", "bounced", "wrong_number"}
    assert any(person.tasks for person in people)
    assert len({person.city for person in people}) > 40
    assert len({(person.given, person.family) for person in people}) > 900


def test_the_admitted_list_has_three_faults_and_some_known_people(tmp_path: Path) -> None:
    file = tmp_path / "antagna.csv"
    write_admitted_csv(file, 80, today=TODAY)
    found = read_people(file, "SE", lambda done, total: None, today=TODAY)
    assert (found.encoding, found.delimiter, found.ignored) == ("windows-1252", ";", ("Urvalsgrupp",))
    assert [fault.column for fault in found.faults] == ["Födelsedatum", "E-post", ""]
    assert len(found.rows) == 77
    assert {person.term for person in found.rows} == {"2027-autumn"}
    known = {(person.family, email.text) for person in generate_people(400, today=TODAY) for email in person.emails}
    assert sum((person.family, typed) in known for person in found.rows for typed, _form in person.emails[:1]) == 9
