"""The search box finds people by whatever is typed, best first, and never breaks."""
# ruff: noqa: PT012 - what must fail here is the end of a write scope

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database, tell_search, utc_now
from db.models.person import ContactPoint, Identifier, Person
from db.models.search import SearchDirty, SearchEntry
from db.search import people_matching, search
from db.search_text import Findable, index_words
from db.sorting import name_key
from tests.db.support import count, found, person, rename
from tests.support import HOSTILE, MakePerson


@pytest.mark.parametrize(
    "typed", ["Åberg Mia", "mia åberg", "MIA ÅB", "berg, mia".replace("berg", "åberg"), "  mia   åberg ", "aberg m"]
)
def test_names_are_found_in_any_order(database: Database, make_person: MakePerson, typed: str) -> None:
    make_person("Åberg", "Mia")
    make_person("Åberg", "Olof")
    make_person("Öberg", "Mia")
    assert found(database, typed) == ["Åberg, Mia"]


def test_every_word_must_fit(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg", "Mia")
    assert found(database, "mia zetterberg") == []


def test_exact_letters_come_before_folded_ones(database: Database, make_person: MakePerson) -> None:
    for family in ("Aberg", "Åberg", "Äberg", "Abergson", "Åbergson"):
        make_person(family)
    assert found(database, "åberg")[:2] == ["Åberg, Mia", "Åbergson, Mia"]
    assert set(found(database, "åberg")) == {f"{f}, Mia" for f in ("Aberg", "Åberg", "Äberg", "Abergson", "Åbergson")}
    assert found(database, "aberg")[0] == "Aberg, Mia"


def test_a_whole_name_comes_before_one_that_only_begins_so(database: Database, make_person: MakePerson) -> None:
    make_person("Bergander")
    make_person("Berg")
    make_person("Bergman")
    assert found(database, "berg") == ["Berg, Mia", "Bergander, Mia", "Bergman, Mia"]


def test_exact_hits_come_first_among_very_many(database: Database, actor: Actor) -> None:
    with database.write(actor, "import_people") as session:
        session.add_all([person("Aberg", f"Anna{n:03}") for n in range(400)])
        session.add(person("Åberg", "Zenia"))
    assert found(database, "åberg", 5)[0] == "Åberg, Zenia"
    assert len(found(database, "aberg", 50)) == 50


@pytest.mark.parametrize(
    ("family", "typed"),
    [
        ("Sørensen", "sorensen"),
        ("Læssøe", "laessoe"),
        ("Groß", "gross"),
        ("Łukasik", "lukasik"),
        ("Ibáñez", "ibanez"),
        ("Đorđević", "dordevic"),
    ],
)
def test_foreign_letters_are_found_from_a_plain_keyboard(
    database: Database, make_person: MakePerson, family: str, typed: str
) -> None:
    make_person(family)
    assert found(database, typed) == found(database, family) == found(database, family.upper()) == [f"{family}, Mia"]


@pytest.mark.parametrize(
    "typed", ["mia.aberg@uni.example", "aberg@uni", "uni.example", "MIA.ABERG", "a.aberg", "iaab".replace("iaab", "a.ab")]
)
def test_fragments_of_an_address_are_found(database: Database, make_person: MakePerson, typed: str) -> None:
    make_person("Zetterlund", "Eva", email="Mia.Aberg@uni.example")
    make_person("Other", email="other@elsewhere.example")
    assert found(database, typed) == ["Zetterlund, Eva"]


@pytest.mark.parametrize(
    "typed",
    ["+46701740605", "070-174 06 05", "0701740605", "0046 70 174 06 05", "+46 (0)70 174 06 05", "174 06 05", "0605", "70174"],
)
def test_a_swedish_number_is_found_in_any_writing(database: Database, make_person: MakePerson, typed: str) -> None:
    make_person("Åberg", phone="+46701740605")
    make_person("Other", phone="+46708880999")
    assert found(database, typed)[0] == "Åberg, Mia"


@pytest.mark.parametrize("typed", ["040 628 12 34", "0406281234", "+358 40 628 1234", "00358406281234", "628 1234"])
def test_a_finnish_number_typed_nationally_is_found(database: Database, actor: Actor, typed: str) -> None:
    key = new_id()
    with database.write(actor, "create_person") as session:
        session.add(person("Virtanen", "Eino", id=key))
        session.flush()
        number = ContactPoint(person_id=key, kind="phone", value="+358 40 6281234", normal="+358406281234", national="0406281234")
        session.add(number)
    assert found(database, typed) == ["Virtanen, Eino"]


def test_one_and_two_letters_give_names_that_begin_so(database: Database, make_person: MakePerson) -> None:
    for family in ("Öberg", "Oberg", "Åkesson", "Akesson", "Ångström"):
        make_person(family)
    assert found(database, "ö")[0] == "Öberg, Mia"
    assert found(database, "å")[:2] == ["Åkesson, Mia", "Ångström, Mia"]
    assert "Akesson, Mia" in found(database, "ak") and "Åkesson, Mia" in found(database, "ak")
    assert found(database, "ån") == ["Ångström, Mia"]


def test_former_and_preferred_names_are_found(database: Database, actor: Actor) -> None:
    with database.write(actor, "create_person") as session:
        session.add(person("Åberg", preferred="Missan", former="Lindqvist"))
    assert found(database, "lindqvist") == found(database, "missan") == ["Åberg, Mia"]


def test_nothing_typed_finds_nothing(database: Database, make_person: MakePerson) -> None:
    make_person()
    assert [found(database, typed) for typed in ("", "   ", "+", "--", "\n")] == [[]] * 5


def test_limits_hold(database: Database, actor: Actor) -> None:
    with database.write(actor, "import_people") as session:
        session.add_all([person("Berg", f"N{n}") for n in range(30)])
    assert [len(found(database, "berg", limit)) for limit in (1, 7, 30)] == [1, 7, 30]


def test_a_whole_number_of_a_person_is_found_only_when_allowed(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "add_identifier") as session:
        session.add(Identifier(person_id=key, kind="registry", value="A-12345"))
    assert found(database, "a-12345") == []
    assert found(database, "a-12345", identifiers=True) == ["Åberg, Mia"]


def test_retired_people_are_not_found(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", email="a@b.example")
    with database.write(actor, "retire") as session:
        session.get_one(Person, key).retired_at = utc_now()
    assert found(database, "åberg") == found(database, "a@b.example") == []
    with database.write(actor, "restore") as session:
        session.get_one(Person, key).retired_at = None
    assert found(database, "åberg") == ["Åberg, Mia"]


def test_an_address_changed_or_removed_is_no_longer_found(database: Database, actor: Actor, make_person: MakePerson) -> None:
    make_person("Åberg", email="old@x.example")
    with database.write(actor, "edit") as session:
        point = session.scalars(select(ContactPoint)).one()
        point.value = point.normal = "new@x.example"
    assert (found(database, "old@x"), found(database, "new@x")) == ([], ["Åberg, Mia"])
    with database.write(actor, "edit") as session:
        session.delete(session.scalars(select(ContactPoint)).one())
    assert found(database, "new@x") == []


def test_an_address_handed_over_is_found_with_its_new_owner_only(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    make_person("Åberg", email="shared@x.example")
    other = make_person("Öberg")
    with database.write(actor, "edit") as session:
        session.scalars(select(ContactPoint)).one().person_id = other
    assert found(database, "shared@x") == ["Öberg, Mia"]
    with database.write(actor, "edit") as session:
        session.scalars(select(ContactPoint)).one().kind = "address"
    assert found(database, "shared@x") == []


def test_search_is_right_after_a_step_that_failed(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with pytest.raises(ZeroDivisionError), database.write(actor, "edit") as session:
        session.get_one(Person, key).family = "Öberg"
        session.add(person("Ärlig"))
        session.flush()
        raise ZeroDivisionError
    assert [found(database, typed) for typed in ("åberg", "öberg", "ärlig")] == [["Åberg, Mia"], [], []]


def test_the_commit_that_stores_a_person_makes_them_findable(database: Database, actor: Actor) -> None:
    seen: list[list[str]] = []
    database.listen(lambda _moved: seen.append(found(database, "åberg")))
    with database.write(actor, "create_person") as session:
        session.add(person("Åberg"))
        session.flush()
        assert found(database, "åberg") == []  # other readers wait for the commit
    assert seen == [["Åberg, Mia"]]
    assert count(database, SearchDirty) == 0


def test_the_index_can_be_made_anew(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", email="a@b.example")
    make_person("Öberg")
    rename(database, actor, key, "Ärlig")
    database.rebuild_search()
    assert [found(database, typed) for typed in ("ärlig", "a@b", "öberg", "åberg")] == [["Ärlig, Mia"]] * 2 + [["Öberg, Mia"], []]
    assert count(database, SearchEntry) == 2


@pytest.mark.parametrize(("rows", "expected"), [(2, "Öberg, Mia"), (3, "Told “\\”, Mia")], ids=["of fewer rows", "of all rows"])
def test_texts_told_by_an_import_are_taken_where_they_are_of_all_rows_added(
    database: Database, actor: Actor, rows: int, expected: str
) -> None:
    key = new_id()
    with database.write(actor, "import_people") as session:
        insert_rows(session, Person, ("id", "family", "given", "name_key"), [(key, "Öberg", "Mia", name_key("Öberg", "Mia"))])
        email, home = (new_id(), key, "email", "o@b.example", "o@b.example"), (new_id(), key, "address", "Testgatan 1", "")
        insert_rows(session, ContactPoint, ("id", "person_id", "kind", "value", "normal"), [email, home])
        entry = Findable("Told “\\”, Mia", "", name_key("Öberg", "Mia"), index_words("Öberg Mia"), "o@b.example")
        tell_search(session, "person", {key.bytes: (rows, entry)})
    assert found(database, "öberg") == found(database, "o@b") == [expected]


def test_what_is_told_of_some_is_taken_while_others_are_read(database: Database, actor: Actor, make_person: MakePerson) -> None:
    there, moved, key = make_person("Åberg"), make_person("Ärlig"), new_id()
    with database.write(actor, "import_people") as session:
        insert_rows(session, Person, ("id", "family", "given", "name_key"), [(key, "Öberg", "Mia", name_key("Öberg", "Mia"))])
        points = [
            (new_id(), there, "email", "å@b.example", "å@b.example"),
            (new_id(), key, "address", "Testgatan 1", ""),
            (new_id(), moved, "address", "Testgatan 2", ""),
        ]
        insert_rows(session, ContactPoint, ("id", "person_id", "kind", "value", "normal"), points)
        tell_search(
            session,
            "person",
            {key.bytes: (2, Findable("Öberg, Mia", "", name_key("Öberg", "Mia"), index_words("Öberg Mia"), ""))},
        )
    assert [found(database, typed) for typed in ("öberg", "å@b", "ärlig")] == [["Öberg, Mia"], ["Åberg, Mia"], ["Ärlig, Mia"]]
    assert count(database, SearchEntry) == 3


def test_records_told_without_a_text_or_twice_are_read_and_the_others_are_not(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    there, key, twice = make_person("Åberg"), new_id(), new_id()
    people = [(key, "Öberg", "Mia", name_key("Öberg", "Mia")), (twice, "Ärlig", "Mia", name_key("Ärlig", "Mia"))]
    points = [
        (new_id(), there, "email", "xx@b.example", "xx@b.example"),
        (new_id(), twice, "email", "yy@b.example", "yy@b.example"),
    ]
    with database.write(actor, "import_people") as session:
        insert_rows(session, Person, ("id", "family", "given", "name_key"), people)
        insert_rows(session, ContactPoint, ("id", "person_id", "kind", "value", "normal"), points)
        told = [
            Findable(f"Told {name}", "", name_key(name, "Mia"), index_words(f"{name} Mia"), "") for name in ("Öberg", "Ärlig")
        ]
        tell_search(session, "person", {key.bytes: (1, told[0]), twice.bytes: (1, told[1]), there.bytes: (1, None)})
        tell_search(session, "person", {twice.bytes: (1, None)})
    assert [found(database, typed) for typed in ("öberg", "xx@b", "yy@b")] == [["Told Öberg"], ["Åberg, Mia"], ["Ärlig, Mia"]]
    assert count(database, SearchEntry) == 3


def test_what_was_changed_after_it_was_told_is_read_anew(database: Database, actor: Actor) -> None:
    key = new_id()
    with database.write(actor, "import_people") as session:
        insert_rows(session, Person, ("id", "family", "given", "name_key"), [(key, "Öberg", "Mia", name_key("Öberg", "Mia"))])
        tell_search(
            session,
            "person",
            {key.bytes: (1, Findable("Öberg, Mia", "", name_key("Öberg", "Mia"), index_words("Öberg Mia"), ""))},
        )
        row = session.get_one(Person, key)
        row.family, row.name_key = "Ärlig", name_key("Ärlig", "Mia")
    assert found(database, "mia") == ["Ärlig, Mia"] and found(database, "öberg") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_that_break_programs_are_found_letter_for_letter(database: Database, make_person: MakePerson, text: str) -> None:
    make_person("Öberg")
    make_person(text)
    assert found(database, text)[:1] == [f"{text}, Mia"]


@pytest.mark.parametrize(
    "typed",
    ['"', '""', "'", "*", "a*", '"åberg', "NEAR(a b)", "a NEAR b", "a AND b OR NOT c", "folded:a", "-a", "^a", "a + b", "{a b}:c",
     "(", ")", "%", "_", "a@", "@@@", '@"@', "a@b\x00c", "\x00", "👩‍🎓", "ß", "ͺͺͺ", "ﷺ", "x" * 10_000, "a@" * 5_000, "1" * 10_000,
     "a " * 5_000, "\ud800", "a@\ud800b", "½½½", "１２３４"],
)  # fmt: skip
def test_no_query_breaks_the_search(database: Database, make_person: MakePerson, typed: str) -> None:
    make_person("Öberg", email="o@b.example")
    with database.read() as session:
        assert search(session, typed, 20) == search(session, typed, 20)
        session.scalar(select(func.count()).select_from(people_matching(typed).subquery()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30) | st.text("\"'*:^-+()@.0 aåNEAR\x00", max_size=12))
def test_nothing_anybody_types_breaks_the_search(database: Database, typed: str) -> None:
    with database.read() as session:
        assert search(session, typed, 5, identifiers=True) == []
        assert session.scalars(select(Person.id).where(Person.id.in_(people_matching(typed)))).all() == []


@pytest.mark.parametrize("typed", ["åberg", "aberg mia", "uni.exa", "mia 0605", "070-174 06 05", "öb"])
def test_lists_narrow_to_the_same_people(database: Database, make_person: MakePerson, typed: str) -> None:
    make_person("Åberg", phone="+46701740605", email="x@uni.example")
    make_person("Öberg", "Olof")
    with database.read() as session:
        listed = set(session.scalars(select(Person.id).where(Person.id.in_(people_matching(typed)))))
        assert listed == {hit.id for hit in search(session, typed, 20)} and len(listed) == 1
