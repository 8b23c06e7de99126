"""Whoever is erased is gone from everywhere but where a law is named, and every module says what becomes of its rows (T25)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import JSON, Text

import db.models
from db.actor import Actor
from db.base import metadata, new_id
from db.copies import back_up, restore
from db.database import Database
from db.erasing.erased import erased_before, erased_people, list_of
from db.history import history
from db.models.person import Person
from db.search import search
from desktop.assembly import parts_of
from desktop.core.manifest import Erasing
from desktop.core.registry import Registry
from desktop.people.erasing.again import erase_again
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.erasing.plan import How

from .conftest import own_tables
from .planting import BOOKKEEPING, CODES, Garden, Planted, tracked, words_in

SHEET = ("attachment", "file_content")  # the one a signature stands on is kept with it
HOWS: tuple[How, ...] = ("erase", "anonymise")


@pytest.fixture(autouse=True)
def loaded(registry: Registry) -> None:
    """The tables of every module are known."""
    assert db.models is not None
    for module in registry.modules:
        own_tables(module.package)


@pytest.fixture
def declared(registry: Registry) -> dict[str, Erasing]:
    return {fate.erasing.table: fate.erasing for fate in registry.fates()}


@pytest.fixture
def beside(registry: Registry) -> set[str]:
    return {table for manifest in registry.manifests for table in manifest.impersonal.split()}


@pytest.fixture
def world(registry: Registry) -> World:
    return World(registry.fates(), "Anonymised")


def references(table: str) -> set[str]:
    return {key.column.table.name for key in metadata.tables[table].foreign_keys}


def test_every_table_says_whether_it_holds_something_of_people(declared: dict[str, Erasing], beside: set[str]) -> None:
    assert sorted(declared.keys() & beside) == []
    assert sorted({*metadata.tables} ^ (declared.keys() | beside)) == []
    wrong = [table for table in beside if references(table) & declared.keys()]
    assert wrong == [], "these refer to rows about people"


def test_no_table_is_declared_twice(registry: Registry) -> None:
    named = [fate.erasing.table for fate in registry.fates()]
    named += [table for manifest in registry.manifests for table in manifest.impersonal.split()]
    assert sorted(named) == sorted(set(named))


def test_what_stays_can_stand_without_the_person(declared: dict[str, Erasing], beside: set[str]) -> None:
    for name, erasing in declared.items():
        table = metadata.tables[name]
        stays = {*erasing.counts.split(), *erasing.refers}
        assert stays <= {*table.c.keys()}, name
        assert not (erasing.counts and erasing.ground) and bool(erasing.ground) == bool(erasing.until), name
        counted = {other for other, known in declared.items() if known.counts} | beside | {"person"}
        for column in table.c if erasing.counts else ():
            if column.name in stays:
                assert {key.column.table.name for key in column.foreign_keys} <= counted, f"{name}.{column.name}"
            elif column.name not in BOOKKEEPING and not column.nullable:
                assert isinstance(column.type, Text | JSON), f"{name}.{column.name} can neither stay nor be emptied"
                assert not isinstance(column.type, JSON) or column.default.arg(None) == [], f"{name}.{column.name}"  # type: ignore[union-attr]
        people = {key.parent.name for key in table.foreign_keys if key.column.table.name == "person"}
        assert not stays or people == {*erasing.refers}, f"{name} goes over to another record with all that refers to a person"


def test_whoever_erases_may_do_what_the_modules_say_of_their_rows(registry: Registry, declared: dict[str, Erasing]) -> None:
    """A right that is missing would show on a server only, on the day somebody asks to be erased."""
    rules = [access for manifest in registry.manifests for access in manifest.access if access.right == "people.erase"]
    read = {name for access in rules for name in access.reads.split()}
    changed = {(table, column) for access in rules for table, columns in access.changes.items() for column in columns.split()}
    wanting = []
    for name, erasing in declared.items():
        table = metadata.tables[name]
        if not tracked(table):
            continue
        asked = {"id", *erasing.refers, *(key.parent.name for key in table.foreign_keys)}
        wanting += sorted(f"{name}.{column}" for column in asked if not {name, f"{name}.{column}"} & read)
        stays = {*erasing.counts.split(), *BOOKKEEPING} - {*erasing.refers}
        changes = {c.name for c in table.c if c.name not in stays} if erasing.counts else {*erasing.refers}
        wanting += sorted(f"{name}.{column}" for column in changes if (name, column) not in changed)
    assert wanting == []


def texts_of(table: str) -> list[str]:
    """The columns of a table that may hold any text."""
    columns = metadata.tables[table].c
    return [c.name for c in columns if isinstance(c.type, Text) and not c.foreign_keys and (table, c.name) not in CODES]


def allowed(planted: Planted, declared: dict[str, Erasing], how: How, left: dict[str, set[str]]) -> dict[str, set[str]]:
    """What may still be there: what a ground keeps, the name that goes with it, and what goes on being counted."""
    found: dict[str, set[str]] = {}
    for table, words in left.items():
        known = declared.get(table)
        columns = {*known.counts.split()} if known and how == "anonymise" else set()
        if (known and known.ground) or table in SHEET:
            columns = {*metadata.tables[table].c.keys()}
        if table == "person":
            columns = {"family", "given", "name_key"}
        found[table] = {
            word for word in words if planted.places[word][0] == table and planted.places[word][1] in columns and word[7] != "c"
        }
    return found


def rows_of(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without the index of words, which holds outdated ones for a while."""
    return {table: words for table, words in found.items() if not table.startswith(("search_words", "search_parts"))}


def own(found: dict[str, set[str]], planted: Planted) -> dict[str, set[str]]:
    """The words of one of them, by table."""
    return {table: mine for table, words in found.items() if (mine := {word for word in words if word in planted.places})}


@pytest.fixture
def two(database: Database, actor: Actor, declared: dict[str, Erasing], beside: set[str]) -> tuple[Planted, Planted]:
    """Two people with words in every column of every table, and steps that name both."""
    garden = Garden(database, actor, set(declared), beside)
    third = new_id()
    with database.write(actor, "create_person") as session:
        session.add(Person(id=third, family="Tredje", name_key=b"t"))
    first, second = garden.plant("a", third), garden.plant("b", third)
    with database.write(
        actor, "merge_people", [first.person, second.person], {"name": first.title, "other": second.title}
    ) as session:
        session.add(Person(family="Fjärde", name_key=b"f"))
    return first, second


@pytest.mark.parametrize("how", HOWS)
def test_nothing_is_left_of_who_was_erased_but_what_a_law_keeps(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World, how: How
) -> None:
    first, second = two
    before = words_in(database)
    wanted = {name for name in declared if tracked(metadata.tables[name]) and texts_of(name)}
    assert wanted - {table for table, _column in first.places.values()} == set(), "nothing was planted there"
    assert {"row_image", "change_set", "draft", "search_entry", "file_content"} <= own(before, first).keys()
    assert erase_person(database, actor, Order(first.person, how, "Dnr 17/2026"), world)
    after = words_in(database)
    left = own(after, first)
    assert left == {table: words for table, words in allowed(first, declared, how, left).items() if words}
    assert {"look", "person", *({"policy_signature"} & declared.keys())} <= left.keys() and ("interaction" in left) == (
        how == "anonymise"
    )
    assert rows_of(own(after, second)) == rows_of(own(before, second))
    with database.read() as session:
        name = first.title.split(", ")[0]
        assert search(session, name) == [] and history(session, about=first.person) == []
        assert len(search(session, second.title.split(", ")[0])) == 1
        assert erased_people(session) == dict.fromkeys((first.person, first.handle), how)
        newest = history(session, limit=2)
        assert [(line.verb, line.details) for line in newest[:1]] == [(f"{how}_person", {"case": "Dnr 17/2026"})]
        assert newest[1].details == {"name": "…", "other": second.title}


@pytest.mark.sqlite_only("reads the bytes of the file")
@pytest.mark.parametrize("how", HOWS)
def test_not_a_byte_of_them_is_left_in_the_file(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World, how: How
) -> None:
    first, second = two
    assert erase_person(database, actor, Order(first.person, how, "Dnr 17/2026"), world)
    left = own(words_in(database), first)
    stays = {word for words in allowed(first, declared, how, left).values() for word in words}
    database.close()
    there = b"".join(path.read_bytes() for path in database.path.parent.iterdir() if path.is_file()).lower()
    assert [word for word in first.places if word.encode() in there and word not in stays] == []
    assert len([word for word in second.places if word.encode() in there]) > 100


@pytest.mark.sqlite_only("a server's backups are its administrator's")
@pytest.mark.parametrize("damaged", [False, True])
def test_who_comes_back_with_an_older_backup_is_erased_again(
    database: Database,
    actor: Actor,
    two: tuple[Planted, Planted],
    registry: Registry,
    world: World,
    damaged: bool,
    tmp_path: Path,
) -> None:
    first, second = two
    copy = tmp_path / "older.kontinuum"
    back_up(database, copy)
    erase_person(database, actor, Order(first.person, "erase", "Dnr 17/2026"), world)
    target = database.path
    database.close()
    if damaged:
        target.write_bytes(b"nothing but noise" * 400)
    else:
        list_of(target).unlink()
    erased = erased_before(target)
    assert erased == dict.fromkeys((first.person, first.handle), "erase")
    restore(copy, target, parts=parts_of(registry))
    again = Database(target, parts=parts_of(registry))
    try:
        assert first.title.split(", ")[0] in str(words_in(again))
        assert erase_again(again, actor, erased, world) == 2
        assert "row_image" not in own(words_in(again), first) and "search_entry" not in own(words_in(again), first)
        assert erase_again(again, actor, erased, world) == 0
        with again.read() as session:
            assert session.get(Person, second.person) is not None and session.get(Person, first.person) is None
    finally:
        again.close()
