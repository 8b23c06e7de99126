"""Users of a file, values kept with it, and the names of databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db.accounts import ADMINISTRATOR, add_user, change_user, list_users, sign_in
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken, Unavailable
from db.models.account import UserAccount
from db.models.history import ChangeSet
from db.profiles import Places, locate, locate_file, read_profiles, save_profile
from db.settings import read_setting, read_settings, write_setting
from tests.db.support import count

BOTH = frozenset({"office", ADMINISTRATOR})


def add(database: Database, actor: Actor, login: str, *roles: str) -> UUID:
    """Add a user in a step of its own."""
    with database.write(actor, "add_user") as session:
        return add_user(session, login, "", frozenset(roles))


def test_the_first_user_of_a_file_is_made_as_administrator_once(database: Database) -> None:
    first = sign_in(database, "Åsa", make=True)
    assert (first.name, first.roles) == ("Åsa", frozenset({ADMINISTRATOR}))
    assert sign_in(database, " ÅSA ", make=True) == first
    with pytest.raises(RuleBroken, match="There is no user called Olof") as told:
        sign_in(database, "Olof", make=True)
    assert told.value.field == "login" and count(database, UserAccount) == 1


def test_nobody_is_made_unless_asked(database: Database) -> None:
    with pytest.raises(RuleBroken):
        sign_in(database, "Åsa", make=False)
    assert count(database, UserAccount) == count(database, ChangeSet) == 0


def test_a_sign_in_name_is_needed_and_taken_once(database: Database, actor: Actor) -> None:
    add(database, actor, "Mia", "office")
    for wrong in ("", "  ", "mia", "MIA "):
        with pytest.raises(RuleBroken):
            add(database, actor, wrong)
    with database.read() as session:
        (user,) = list_users(session)
    assert (user.login, user.name, user.roles, user.active) == ("mia", "Mia", frozenset({"office"}), True)


def test_who_was_put_away_cannot_sign_in(database: Database, actor: Actor) -> None:
    add(database, actor, "boss", ADMINISTRATOR)
    key = add(database, actor, "mia", "office")
    with database.write(actor, "change_user") as session:
        change_user(session, key, 1, name="Mia", roles=frozenset({"office"}), active=False)
    with pytest.raises(RuleBroken, match="may no longer use"):
        sign_in(database, "mia", make=True)
    with database.read() as session:
        assert [user.login for user in list_users(session)] == ["boss", "mia"]


@pytest.mark.parametrize(("roles", "active"), [(frozenset({"office"}), True), (BOTH, False), (frozenset(), True)])
def test_somebody_always_administers(database: Database, actor: Actor, roles: frozenset[str], active: bool) -> None:
    key = add(database, actor, "boss", ADMINISTRATOR)
    with pytest.raises(RuleBroken, match="Nobody would be left"), database.write(actor, "change_user") as session:
        change_user(session, key, 1, name="Boss", roles=roles, active=active)
    assert sign_in(database, "boss", make=False).roles == {ADMINISTRATOR}


def test_a_user_changed_meanwhile_is_a_conflict(database: Database, actor: Actor) -> None:
    key = add(database, actor, "boss", ADMINISTRATOR)
    for _try in range(1):
        with database.write(actor, "change_user") as session:
            change_user(session, key, 1, name="New", roles=BOTH, active=True)
    with pytest.raises(Conflict), database.write(actor, "change_user") as session:
        change_user(session, key, 1, name="Newer", roles=BOTH, active=True)
    assert sign_in(database, "boss", make=False).name == "New"


@pytest.mark.parametrize("value", [1, 0, 1.5, True, False, "", "å", [1, "b"], {"a": [None]}])
def test_a_value_is_kept_as_it_is(database: Database, actor: Actor, value: Any) -> None:
    with database.write(actor, "set") as session:
        write_setting(session, "core.x", value)
    with database.read() as session:
        got = read_setting(session, "core.x")
        assert got == value and type(got) is type(value)


def test_the_offices_values_and_each_users_own_are_apart(database: Database, actor: Actor) -> None:
    user = new_id()
    for owner, value in ((None, "office"), (user, "own"), (user, "own, changed")):
        with database.write(actor, "set") as session:
            write_setting(session, "core.x", value, owner)
    with database.read() as session:
        assert read_settings(session, None) == {"core.x": "office"}
        assert read_settings(session, user) == {"core.x": "own, changed"}
        assert read_setting(session, "core.x", new_id()) is None
    with database.write(actor, "set") as session:
        write_setting(session, "core.x", None, user)
    with database.read() as session:
        assert read_settings(session, user) == {} and read_setting(session, "core.x") == "office"


def test_the_same_value_again_is_no_step(database: Database, actor: Actor) -> None:
    for _time in range(2):
        with database.write(actor, "set") as session:
            write_setting(session, "core.x", [1])
    with database.write(actor, "set") as session:
        write_setting(session, "core.y", None)
    assert count(database, ChangeSet) == 1


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Folders that are not there yet."""
    return Places(tmp_path / "data", tmp_path / "config" / "kontinuum")


def test_what_was_named_is_found(places: Places, tmp_path: Path) -> None:
    assert locate(None, places) == places.own_database
    assert locate("x/y.kontinuum", places) == Path("x/y.kontinuum")
    assert locate("~/y.kontinuum", places) == Path.home() / "y.kontinuum"
    save_profile(places, "Åbo", tmp_path / "å b.kontinuum")
    save_profile(places, "other", tmp_path / "other.kontinuum")
    assert locate("Åbo", places) == tmp_path / "å b.kontinuum"
    assert set(read_profiles(places)) == {"Åbo", "other"}


def test_a_server_is_found_by_its_address_or_a_name_for_it(places: Places) -> None:
    address = "postgresql://anna@db.example/office"
    assert locate(address, places) == address
    assert locate("service=office", places) == "service=office"
    save_profile(places, "office", address)
    assert locate("office", places) == read_profiles(places)["office"] == address
    with pytest.raises(RuleBroken, match="not by mysql"):
        locate("mysql://x", places)
    with pytest.raises(RuleBroken, match="only be done with a database in a file"):
        locate_file("office", places)


@pytest.mark.parametrize(
    "address",
    ["postgresql://anna:s3cret@db.example/office", "host=db password=s3cret", "postgresql://db.example/office?password=s3cret"],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(places: Places, address: str) -> None:
    for take in (lambda: locate(address, places), lambda: save_profile(places, "office", address)):
        with pytest.raises(RuleBroken) as caught:
            take()
        assert "s3cret" not in str(caught.value)
    assert not places.profiles.exists()


@pytest.mark.parametrize("content", ["", "[1]", "{", "nonsense", '{"a": 1}'])
def test_a_spoilt_list_of_names_is_told_with_its_place(places: Places, content: str) -> None:
    places.profiles.parent.mkdir(parents=True)
    places.profiles.write_text(content, encoding="utf-8")
    with pytest.raises(Unavailable, match="profiles.json"):
        locate("a", places)
