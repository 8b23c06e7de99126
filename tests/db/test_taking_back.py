"""One step can be taken back: what was touched since stays, with what hangs on it, and is listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken
from db.history import TAKE_BACK, TakenBack, history, rehearse, take_back
from db.models.account import UserAccount
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.models.setting import StoredSetting
from db.sqlite import taking_back
from tests.db.support import count, family_of, found, last_change_set, person, rename, version_of
from tests.support import MakePerson

TakeBack = Callable[[UUID], TakenBack]


@pytest.fixture
def undo(database: Database, actor: Actor) -> TakeBack:
    """Take a change set back in a step of its own."""

    def run(change_set: UUID) -> TakenBack:
        with database.write(actor, TAKE_BACK) as session:
            return take_back(session, change_set)

    return run


@pytest.fixture
def brought(database: Database, actor: Actor) -> tuple[UUID, list[UUID]]:
    """Three people with an address and a role each, made in one step; the change set and the people."""
    people = [new_id() for _number in range(3)]
    with database.write(actor, "import_people") as session:
        for key, family in zip(people, ("Åberg", "Ärlig", "Öberg"), strict=True):
            session.add(person(family, id=key))
            session.flush()
            session.add(ContactPoint(person_id=key, kind="email", value=f"{family}@x.example", normal=f"{family}@x.example"))
            session.add(Role(person_id=key, kind="admitted"))
    return last_change_set(database), people


def test_rows_made_go_and_the_search_forgets_them(database: Database, undo: TakeBack, brought: tuple[UUID, list[UUID]]) -> None:
    assert found(database, "ärlig") == ["Ärlig, Mia"]
    done = undo(brought[0])
    assert (done.undone, done.kept) == (9, ())
    assert [count(database, kind) for kind in (Person, ContactPoint, Role)] == [0, 0, 0]
    assert found(database, "ärlig") == [] == found(database, "x.example")


def test_taking_back_a_taking_back_gives_everything_again(
    database: Database, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    first = undo(brought[0])
    assert first.change_set is not None
    again = undo(first.change_set)
    assert again.undone == 9
    assert [count(database, kind) for kind in (Person, ContactPoint, Role)] == [3, 3, 3]
    assert found(database, "åberg@x") == ["Åberg, Mia"]
    assert again.change_set is not None
    undo(again.change_set)
    assert count(database, Person) == 0


def test_a_step_is_taken_back_once(database: Database, undo: TakeBack, brought: tuple[UUID, list[UUID]]) -> None:
    undo(brought[0])
    with pytest.raises(RuleBroken, match="already taken back"):
        undo(brought[0])
    with pytest.raises(RuleBroken, match="nothing to take back"):
        undo(new_id())


def test_much_is_taken_back_in_portions_like_little(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_set, people = brought
    rename(database, actor, people[0], "Åbergh")
    monkeypatch.setattr(taking_back, "BIG", 2)  # the three people are many now
    monkeypatch.setattr(taking_back, "PORTION", 1)
    done = undo(change_set)
    assert done.undone == 6 and {row for _table, row in done.kept} >= {people[0]}
    assert [count(database, kind) for kind in (Person, ContactPoint, Role)] == [1, 1, 1]
    assert undo(last_change_set(database)).undone == 6
    assert [count(database, kind) for kind in (Person, ContactPoint, Role)] == [3, 3, 3]
    assert found(database, "öberg") == ["Öberg, Mia"]


def test_history_says_what_was_taken_back(database: Database, undo: TakeBack, brought: tuple[UUID, list[UUID]]) -> None:
    done = undo(brought[0])
    with database.read() as session:
        newest, older = history(session)
    assert (newest.id, newest.verb, newest.takes_back) == (done.change_set, TAKE_BACK, brought[0])
    assert newest.details["verb"] == "import_people" and newest.details["kept"] == 0
    assert older.taken_back and not newest.taken_back


def test_changed_rows_get_their_former_values_back(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    with database.write(actor, "edit_person") as session:
        row = session.get_one(Person, key)
        row.family, row.birth_date, row.note = "Öberg", date(2001, 2, 3), "Once"
        session.flush()
        row.note = "Twice"
    undo(last_change_set(database))
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.family, row.birth_date, row.note, row.version) == ("Åberg", None, "", 4)


def test_search_is_right_after_a_change_is_taken_back(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    undo(rename(database, actor, key, "Öberg"))
    assert found(database, "åberg") == ["Åberg, Mia"]
    assert found(database, "öberg") == []


def test_removed_rows_come_back_with_what_hung_on_them(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    key = make_person("Åberg", email="mia@x.example")
    with database.write(actor, "remove_person") as session:
        for point in session.scalars(select(ContactPoint)):
            session.delete(point)
        session.flush()
        session.delete(session.get_one(Person, key))
    assert found(database, "mia@x") == []
    done = undo(last_change_set(database))
    assert (done.undone, family_of(database, key)) == (2, "Åberg")
    assert found(database, "mia@x") == ["Åberg, Mia"]


def test_values_of_every_kind_come_back_as_they_were(database: Database, actor: Actor, undo: TakeBack) -> None:
    with database.write(actor, "add") as session:
        user = UserAccount(login="mia", name="Mia", roles=["å", 'b"'], active=False)
        settings = [StoredSetting(key=f"k{n}", value=v) for n, v in enumerate((1, 1.5, True, "ö", [1], {"a": None}))]
        session.add_all([user, *settings])
    with database.write(actor, "remove") as session:
        for kind in (UserAccount, StoredSetting):
            for row in session.scalars(select(kind)):
                session.delete(row)
    undo(last_change_set(database))
    with database.read() as session:
        row = session.scalars(select(UserAccount)).one()
        assert (row.roles, row.active) == (["å", 'b"'], False)
        values = session.scalars(select(StoredSetting.value).order_by(StoredSetting.key)).all()
    assert values == [1, 1.5, True, "ö", [1], {"a": None}] and values[2] is True


def test_a_person_touched_since_stays_with_all_that_came_along(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    rename(database, actor, brought[1][1], "Ärling")
    done = undo(brought[0])
    assert done.undone == 6
    assert {table for table, _row in done.kept} == {"person", "contact_point", "role"}
    assert ("person", brought[1][1]) in done.kept and len(done.kept) == 3
    assert [count(database, kind) for kind in (Person, ContactPoint, Role)] == [1, 1, 1]
    assert found(database, "ärling") == ["Ärling, Mia"]


def test_an_address_touched_since_keeps_its_person(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    with database.write(actor, "hold") as session:
        session.scalars(select(ContactPoint).where(ContactPoint.person_id == brought[1][0])).one().hold = "bounced"
    done = undo(brought[0])
    assert len(done.kept) == 3 and family_of(database, brought[1][0]) == "Åberg"
    assert count(database, Person) == 1


def test_something_younger_that_hangs_on_a_row_keeps_it(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    with database.write(actor, "add_identifier") as session:
        session.add(Identifier(person_id=brought[1][2], kind="other", value="7"))
    done = undo(brought[0])
    assert len(done.kept) == 3 and count(database, Identifier) == 1 and count(database, Person) == 1


def test_a_changed_row_touched_since_is_kept_and_listed(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    one, other = make_person("Åberg"), make_person("Öberg")
    with database.write(actor, "edit_people") as session:
        for row in session.scalars(select(Person)):
            row.note = "x"
    both = last_change_set(database)
    rename(database, actor, one, "Ärlig")
    done = undo(both)
    assert (done.undone, done.kept) == (1, (("person", one),))
    with database.read() as session:
        assert session.get_one(Person, one).note == "x" and session.get_one(Person, other).note == ""


def test_taking_back_that_can_undo_nothing_leaves_no_trace_and_may_be_tried_again(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    made = last_change_set(database)
    newer = rename(database, actor, key, "Öberg")
    steps = count(database, ChangeSet)
    done = undo(made)
    assert (done.change_set, done.undone, done.kept) == (None, 0, (("person", key),))
    assert count(database, ChangeSet) == steps
    undo(newer)
    assert undo(made).kept == () and count(database, Person) == 0


def test_an_older_row_that_the_same_step_hung_on_a_new_one_does_not_keep_it(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    with database.write(actor, "make_post") as session:
        session.add(Post(id=(old := new_id()), title="Chair", title_key="chair"))
        session.flush()
        session.add(PostHolding(post_id=old, person_id=make(session), starts=date(2026, 1, 1)))
    with database.write(actor, "split_post") as session:
        session.add(Post(id=(new := new_id()), title="Vice chair", title_key="vice chair"))
        session.flush()
        session.scalars(select(PostHolding)).one().post_id = new
    done = undo(last_change_set(database))
    assert (done.undone, done.kept) == (2, ())
    with database.read() as session:
        assert session.scalars(select(PostHolding.post_id)).one() == old
        assert session.scalars(select(Post.title)).all() == ["Chair"]


def make(session: object) -> UUID:
    """A person for a post, in the open step."""
    key = new_id()
    session.add(person("Åberg", id=key))  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]
    return key


def test_what_stands_in_the_way_is_told_and_nothing_is_changed(database: Database, actor: Actor, undo: TakeBack) -> None:
    with database.write(actor, "add_user") as session:
        session.add(UserAccount(login="mia", name="Mia", roles=[]))
    with database.write(actor, "remove_user") as session:
        session.delete(session.scalars(select(UserAccount)).one())
    removal = last_change_set(database)
    with database.write(actor, "add_user") as session:
        session.add(UserAccount(login="mia", name="Another Mia", roles=[]))
    with pytest.raises(RuleBroken, match="taken back"):
        undo(removal)
    with database.read() as session:
        assert session.scalars(select(UserAccount.name)).all() == ["Another Mia"]


def test_a_removal_whose_parent_is_gone_since_is_told(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    key = make_person("Åberg", email="mia@x.example")
    with database.write(actor, "remove_address") as session:
        session.delete(session.scalars(select(ContactPoint)).one())
    removal = last_change_set(database)
    with database.write(actor, "remove_person") as session:
        session.delete(session.get_one(Person, key))
    with pytest.raises(RuleBroken, match="taken back"):
        undo(removal)
    assert count(database, ContactPoint) == 0


def test_a_unique_value_may_move_and_move_back(database: Database, actor: Actor, undo: TakeBack) -> None:
    with database.write(actor, "add_user") as session:
        session.add(UserAccount(login="mia", name="First", roles=[]))
    with database.write(actor, "replace_user") as session:
        session.delete(session.scalars(select(UserAccount)).one())
        session.flush()
        session.add(UserAccount(login="mia", name="Second", roles=[]))
    undo(last_change_set(database))
    with database.read() as session:
        assert session.scalars(select(UserAccount.name)).all() == ["First"]


def test_a_row_of_an_imported_person_stays_at_its_version_count(
    database: Database, undo: TakeBack, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    change = rename(database, actor, key, "Öberg")
    first = undo(change)
    assert first.change_set is not None
    undo(first.change_set)
    assert (family_of(database, key), version_of(database, key)) == ("Öberg", 4)


def test_a_later_change_that_was_taken_back_stands_in_nobodys_way(
    database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson
) -> None:
    """Newest first, two steps on one row go back to where it began, and the doing again goes as far."""
    key = make_person("Åberg")
    first, second = rename(database, actor, key, "Berg"), rename(database, actor, key, "Öberg")
    again = undo(second)
    assert undo(first).kept == () and family_of(database, key) == "Åberg"
    with database.read() as session:
        made = session.scalars(select(Person.made_in).where(Person.id == key)).one()
    assert undo(made).kept == () and count(database, Person) == 0
    assert again.change_set is not None


def test_a_change_done_again_counts_as_done(database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    first, second = rename(database, actor, key, "Berg"), rename(database, actor, key, "Öberg")
    taken = undo(second).change_set
    assert taken is not None
    undo(taken)
    assert undo(first).kept == (("person", key),)
    assert family_of(database, key) == "Öberg"


def test_a_change_after_the_taking_back_counts(database: Database, actor: Actor, undo: TakeBack, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    first, second = rename(database, actor, key, "Berg"), rename(database, actor, key, "Öberg")
    undo(second)
    rename(database, actor, key, "Ek")
    assert undo(first).kept == (("person", key),)
    assert family_of(database, key) == "Ek"


def test_a_rehearsal_says_what_would_be_done_and_leaves_no_trace(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    own, people = brought
    rename(database, actor, people[0], "Ek")
    steps = count(database, ChangeSet)
    for _twice in range(2):
        with database.write(actor, TAKE_BACK) as session:
            told = rehearse(session, own)
        assert (told.change_set, told.undone, len(told.kept)) == (None, 6, 3)
        assert (count(database, ChangeSet), count(database, Person)) == (steps, 3)
    done = undo(own)
    assert (done.undone, sorted(done.kept)) == (told.undone, sorted(told.kept))


def test_the_history_keeps_the_reason_and_says_what_was_done_again(
    database: Database, actor: Actor, undo: TakeBack, brought: tuple[UUID, list[UUID]]
) -> None:
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, brought[0], "the wrong list")
    undo(last_change_set(database))
    undo(last_change_set(database))
    with database.read() as session:
        third, second, first, _import = history(session)
    assert [line.details["reason"] for line in (first, second, third)] == ["the wrong list", "", ""]
    assert [bool(line.details.get("again")) for line in (first, second, third)] == [False, True, False]
    assert {line.details["verb"] for line in (first, second, third)} == {"import_people"}
