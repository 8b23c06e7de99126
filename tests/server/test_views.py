"""Saved views and the log of exports on a server: the server itself knows whose view it is, and that an export stays written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from uuid import UUID

import pytest
from psycopg import errors

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, Denied
from db.models.saved_view import SavedView
from desktop.core.clock import FixedClock
from desktop.people.exports.service import Reason, exports, write_down
from desktop.people.listing import PeopleFilter
from desktop.people.views import service
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from tests.server.conftest import Office
from tests.server.steps import NOW

CLOCK = FixedClock(NOW, UTC)
REACHES = ("own", "office", "locked")
As = Callable[[str], tuple[Database, Actor]]


@pytest.fixture
def acting(office: Office) -> As:
    """A desk and the user of this role."""
    return lambda role: (office.database(role), Actor(office.accounts[role], role.title()))


@pytest.fixture
def kept(acting: As) -> Iterator[dict[str, UUID]]:
    """A view of each reach, made by the office, for one test."""
    database, actor = acting("office")
    found = {}
    for reach in REACHES:
        with database.write(actor, "save_view") as session:
            found[reach] = service.save(session, View(), name=reach, reach=reach, actor=actor, clock=CLOCK)
    yield found
    with database.read() as session:
        left = service.views(session, actor, CLOCK)
    for view in left:
        with database.write(actor, "remove_view") as session:
            service.remove(session, view, actor=actor)


def seen(acting: As, role: str) -> dict[str, Kept]:
    database, actor = acting(role)
    with database.read() as session:
        return {view.name: view for view in service.views(session, actor, CLOCK)}


def test_the_server_shows_nobody_another_s_personal_view(office: Office, acting: As, kept: dict[str, UUID]) -> None:
    with office.sql("manager") as own:
        there = {row[0] for row in own.execute("SELECT name FROM core.saved_view").fetchall()}
    assert there & set(kept) == {"office", "locked"} == set(seen(acting, "manager")) & set(kept)
    assert set(seen(acting, "office")) & set(REACHES) == set(REACHES)


def test_a_colleague_changes_an_open_view_and_the_server_guards_the_others(
    office: Office, acting: As, kept: dict[str, UUID]
) -> None:
    database, actor = acting("manager")
    with database.write(actor, "change_view") as session:
        service.change(session, seen(acting, "manager")["office"], actor=actor, clock=CLOCK, view=View(PeopleFilter(text="ek")))
    assert seen(acting, "office")["office"].view.filter.text == "ek"
    with database.read() as session:
        assert session.get(SavedView, kept["own"]) is None
    with pytest.raises(Conflict), database.write(actor, "change_view") as session:  # as a program would that does not ask first
        session.get_one(SavedView, kept["locked"]).name = "mine now"
    with office.sql("manager") as own:
        for reach in ("own", "locked"):
            assert own.execute("SELECT core.remove_saved_view(%s, 1)", [kept[reach]]).fetchall() == []
    assert seen(acting, "office").keys() == set(REACHES)


def test_a_colleague_removes_an_open_view(acting: As, kept: dict[str, UUID]) -> None:
    database, actor = acting("manager")
    with database.write(actor, "remove_view") as session:
        service.remove(session, seen(acting, "manager")["office"], actor=actor)
    assert set(seen(acting, "office")) & set(REACHES) == {"own", "locked"}


def test_an_export_is_written_down_by_who_may_and_stays(office: Office, acting: As) -> None:
    def export(role: str) -> None:
        database, actor = acting(role)
        with database.write(actor, "export_people") as session:
            write_down(
                session, file="a.csv", people=3, columns=("name",), choice="all", held=False, reason=Reason(f"asked by {role}")
            )

    export("office")
    with pytest.raises(Denied):
        export("caller")
    database, _actor = acting("manager")
    with database.read() as session:
        (line,) = exports(session, limit=1)
    assert line.reason.purpose == "asked by office" and line.user
    for role in ("office", "manager", "administrator"):
        for statement in ("UPDATE core.export_entry SET people = 0", "DELETE FROM core.export_entry"):
            with office.sql(role) as own, pytest.raises(errors.InsufficientPrivilege):
                own.execute(statement)  # type: ignore[call-overload]
    for role in ("office", "manager"):
        with office.sql(role) as own, pytest.raises(errors.InsufficientPrivilege):
            own.execute("SELECT purpose FROM core.export_entry")
