"""Whoever is erased while protected is gone like anybody, and what law keeps of them stays protected (T25)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import db.models
from db.actor import Actor
from db.base import new_id
from db.copies import back_up, restore
from db.database import Database, utc_now
from db.erasing.erased import erased_before, erased_people
from db.errors import RuleBroken, Unavailable
from db.history import history
from db.models.document import Attachment
from db.models.person import Person
from db.models.post import PostHolding
from db.models.retention import LegalHold
from db.protected.people import ProtectionForm, end_protection, protect, protected_people
from db.protected.showing import protected_events
from db.search import search
from desktop.assembly import parts_of
from desktop.core.manifest import Erasing
from desktop.core.registry import Registry
from desktop.people.erasing.again import erase_again
from desktop.people.erasing.erase import World
from desktop.people.erasing.protected import erase_protected

from .conftest import own_tables
from .planting import Garden, Planted, words_in
from .test_erasing import allowed, own, rows_of

FORM = ProtectionForm("secrecy", "Decision 17/2026", forwarding="Box 17")
KEPT = {"protected.kept", "protected_kept"}


@pytest.fixture
def declared(registry: Registry) -> dict[str, Erasing]:
    """What every module says becomes of its rows."""
    assert db.models is not None
    for module in registry.modules:
        own_tables(module.package)
    return {fate.erasing.table: fate.erasing for fate in registry.fates()}


@pytest.fixture
def world(registry: Registry) -> World:
    return World(registry.fates(), "Anonymised")


@pytest.fixture
def two(database: Database, actor: Actor, registry: Registry, declared: dict[str, Erasing]) -> tuple[Planted, Planted]:
    """Two people with words in every column of every table, judged against each other in a step that names both."""
    beside = {table for manifest in registry.manifests for table in manifest.impersonal.split()}
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


def hide(database: Database, actor: Actor, who: Planted) -> str:
    return protect(database, actor, who.person, FORM, now=utc_now())


def test_of_who_is_erased_what_law_keeps_stays_protected_and_nothing_else_stays(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World
) -> None:
    first, second = two
    open_ = words_in(database)
    handle = hide(database, actor, first)
    before = words_in(database)
    assert set(own(before, first)) & KEPT and "person" not in own(before, first)
    assert erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    after = words_in(database)
    left = own(after, first)
    ours = next(iter(set(left) & KEPT))
    by_table: dict[str, set[str]] = {}  # the words that are kept, under the tables they were planted in
    for word in left[ours]:
        by_table.setdefault(first.places[word][0], set()).add(word)
    assert {"policy_signature", "person"} <= by_table.keys()
    assert by_table == allowed(first, declared, "erase", by_table)
    assert set(left) - {ours} <= {"look"}
    assert rows_of(own(after, second)) == rows_of(own(open_, second))  # with the line about both, which went with the first
    with database.read() as session:
        [line] = protected_people(session)
        assert (line.handle, line.forwarding) == (handle, "") and line.id != first.person
        assert search(session, first.title.split(", ")[0]) == [] and history(session, about=first.person) == []
        assert erased_people(session) == dict.fromkeys((first.person, first.handle), "erase")
        assert [(one.verb, one.details) for one in history(session, limit=1)] == [("erase_person", {"case": "Dnr 17/2026"})]


def test_when_the_protection_of_what_law_keeps_ends_it_is_as_if_anybody_had_been_erased(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World
) -> None:
    first, _second = two
    hide(database, actor, first)
    erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    with database.read() as session:
        [line] = protected_people(session)
    end_protection(database, actor, line.id, "Withdrawn", now=utc_now())
    left = own(words_in(database), first)
    assert left == {table: words for table, words in allowed(first, declared, "erase", left).items() if words}
    with database.read() as session:
        named = session.get_one(Person, line.id)
        assert named.retired_at is not None and named.note == "" and f"{named.family}, {named.given}" == first.title
        assert session.query(PostHolding).filter(PostHolding.person_id == line.id).count()
        assert not session.query(Attachment).filter(Attachment.subject == first.person).count()


def test_two_who_were_protected_and_shared_something_part(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World
) -> None:
    """What is kept with the other one says no more of the one who went."""
    first, second = two
    for who in two:
        hide(database, actor, who)
    erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    left = own(words_in(database), first)
    kept = {word for table, words in left.items() if table in KEPT for word in words}
    by_table: dict[str, set[str]] = {}
    for word in kept:
        by_table.setdefault(first.places[word][0], set()).add(word)
    assert by_table == allowed(first, declared, "erase", by_table)
    end_protection(database, actor, second.person, "Withdrawn", now=utc_now())
    with database.read() as session:
        steps = [line.details for line in history(session, about=second.person) if line.verb == "merge_people"]
        assert {"name": "…", "other": second.title} in steps


@pytest.mark.sqlite_only("reads the bytes of the file")
def test_not_a_byte_is_left_in_the_file(
    database: Database, actor: Actor, two: tuple[Planted, Planted], declared: dict[str, Erasing], world: World
) -> None:
    first, _second = two
    hide(database, actor, first)
    assert erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    stays = {word for words in own(words_in(database), first).values() for word in words}
    database.close()
    there = b"".join(path.read_bytes() for path in database.path.parent.iterdir() if path.is_file()).lower()
    assert [word for word in first.places if word.encode() in there and word not in stays] == []


def test_a_legal_hold_keeps_them_and_everything_stays_as_it_was(
    database: Database, actor: Actor, two: tuple[Planted, Planted], world: World
) -> None:
    first, _second = two
    with database.write(actor, "hold_person") as session:
        session.add(LegalHold(person_id=first.person, reason="A case in court", until=None, since=utc_now(), by_name="E"))
    hide(database, actor, first)
    before = words_in(database)
    with pytest.raises(RuleBroken, match="legal hold"):
        erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    assert rows_of(words_in(database)) == rows_of(before)


def test_nobody_protected_by_that_id_and_no_case_are_refused(
    database: Database, actor: Actor, two: tuple[Planted, Planted], world: World
) -> None:
    first, _second = two
    before = _count(database)
    for who in (first.person, new_id()):
        with pytest.raises(Unavailable):
            erase_protected(database, actor, who, "Dnr 17/2026", world)
    hide(database, actor, first)
    with pytest.raises(RuleBroken):
        erase_protected(database, actor, first.person, " ", world)
    assert _count(database) == before


def _count(database: Database) -> int:
    with database.read() as session:
        return len(erased_people(session))


@pytest.mark.parametrize("when", ["before they were protected", "while they were protected"])
@pytest.mark.sqlite_only("a server's backups are its administrator's")
def test_who_comes_back_with_an_older_backup_is_erased_again(
    database: Database, actor: Actor, two: tuple[Planted, Planted], registry: Registry, world: World, when: str, tmp_path: Path
) -> None:
    first, second = two
    copy = tmp_path / "older.kontinuum"
    if when.startswith("before"):
        back_up(database, copy)
    hide(database, actor, first)
    if when.startswith("while"):
        back_up(database, copy)
    erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    target = database.path
    database.close()
    erased = erased_before(target)
    restore(copy, target, parts=parts_of(registry))
    again = Database(target, parts=parts_of(registry))
    try:
        assert erase_again(again, actor, erased, world) >= 1
        left = own(words_in(again), first)
        assert "row_image" not in left and "search_entry" not in left
        assert erase_again(again, actor, erased, world) == 0
        with again.read() as session:
            assert session.get(Person, second.person) is not None and _there(session, first.person) == []
    finally:
        again.close()


def _there(session: Session, person: UUID) -> list[UUID]:
    kept = [line.id for line in protected_people(session) if line.id == person]
    return kept + [person] * (session.get(Person, person) is not None)


def test_what_was_done_names_the_handle_the_case_and_who(
    database: Database, actor: Actor, two: tuple[Planted, Planted], world: World
) -> None:
    first, _second = two
    handle = hide(database, actor, first)
    erase_protected(database, actor, first.person, "Dnr 17/2026", world)
    with database.read() as session:
        event = protected_events(session)[0]
    assert (event.act, event.handle, event.reason) == ("erased", handle, "Dnr 17/2026")
