"""What a profile says of sources, rules and match keys is followed when a list is brought in."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models.person import ContactPoint, Person
from desktop.core.context import ModuleContext
from desktop.people import roles
from desktop.people.imports.storing import import_file
from tests.support import MakePerson

NUMBER = "20010115-2387"
ADDRESSES = "Personnummer;Sekretessmarkering;Fornamn;Efternamn;Utdelningsadress1;PostNr;Postort;E-post\n"


@pytest.fixture
def known(make_person: MakePerson, context: ModuleContext) -> UUID:
    """Somebody with a number and an address that a colleague typed."""
    person = make_person(given="Åsa", family="Öberg", email="asa@x.example", city="Luleå")
    with context.database.write(context.actor, "add_identifier") as session:
        roles.add_identifier(session, person, roles.IdentifierForm("personnummer", NUMBER), today=context.clock.today())
    return person


def towns(context: ModuleContext) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address")))


@pytest.mark.usefixtures("known")
def test_a_register_s_address_takes_the_place_of_a_typed_one_and_its_e_mail_does_not(
    context: ModuleContext, tmp_path: Path
) -> None:
    file = tmp_path / "adresser.csv"
    file.write_text(ADDRESSES + f"{NUMBER};NEJ;Åsa;Öberg;Nygatan 1;90325;Umeå;ny@x.example\n", encoding="utf-8")
    plain = import_file(context, file, True)
    assert (plain["clash"], plain["changed"]) == (1, 0), "a file of which nobody says where it comes from overrules nobody"
    done = import_file(context, file, False, profile="population_register")
    assert (done["clash"], done["changed"]) == (0, 1)
    assert towns(context) == ["Umeå"]
    with context.database.read() as session:
        emails = set(session.scalars(select(ContactPoint.normal).where(ContactPoint.kind == "email")))
    assert emails == {"asa@x.example"}


@pytest.mark.usefixtures("known")
def test_who_a_register_marks_as_protected_is_open_no_more(context: ModuleContext, tmp_path: Path) -> None:
    file = tmp_path / "adresser.csv"
    file.write_text(ADDRESSES + f"{NUMBER};JA;Åsa;Öberg;Hemliga gatan 1;90325;Umeå;\n", encoding="utf-8")
    done = import_file(context, file, False, profile="population_register")
    assert done["faulty"] == 0
    assert towns(context) == []
    with context.database.read() as session:
        assert session.scalars(select(Person.id)).all() == []


@pytest.mark.usefixtures("known")
def test_a_key_left_out_makes_nobody_known(context: ModuleContext, tmp_path: Path) -> None:
    file = tmp_path / "adresser.csv"
    heading = "Personnummer;Sekretessmarkering;Förnamn;Efternamn;Utdelningsadress;Ort;E-post\n"
    file.write_text(heading + ";NEJ;Åsa;Öberg;Nygatan 1;Umeå;asa@x.example\n", encoding="utf-8")
    plain = import_file(context, file, True)
    assert (plain["clash"], plain["several"]) == (1, 0), "known by the e-mail"
    found = import_file(context, file, True, profile="population_register")
    assert (found["clash"], found["several"]) == (0, 1), "the population register knows people by their number alone, so it asks"
