"""Merging on a server: who may, does it with rights of their own, and a colleague takes it apart weeks later."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Denied
from db.models.person import ContactPoint
from desktop.people.contacts import hold_contact
from desktop.people.merging.apart import take_apart
from desktop.people.merging.since import read_separation
from tests.server.conftest import Office
from tests.server.steps import WORLD, merge, to_merge

OWNER = Actor(new_id(), "DBA")


@pytest.fixture
def prepared(office: Office) -> Any:
    """Two records with rows of every module, made by the administrator."""
    owner = Database(office.admin, parts=office.plan.parts)
    with owner.write(OWNER, "prepare") as session:
        found = to_merge(session, OWNER)
    owner.close()
    return found


def actor(office: Office, role: str) -> Actor:
    return Actor(office.accounts[role], role.title(), frozenset({role}))


def owners(office: Office) -> set[tuple[str, str]]:
    """Whose every row is, as the administrator sees it."""
    tables = ("contact_point", "identifier", "role", "interaction", "task", "call_entry", "policy_signer")
    with office.sql() as admin:
        return {
            (table, str(row[0]))
            for table in tables
            for row in admin.execute(f"SELECT person_id FROM core.{table}").fetchall()
            if row[0]
        }


def test_what_was_merged_is_taken_apart_by_a_colleague(office: Office, prepared: Any) -> None:
    stays, goes, _mark = prepared
    before = owners(office)
    own = office.database("office")
    with own.write(actor(office, "office"), "merge_people") as session:
        merge(session, prepared, OWNER)
    assert {table for table, person in before if person == str(goes)} == {
        "contact_point", "identifier", "role", "interaction", "task", "call_entry", "policy_signer",
    }  # fmt: skip
    assert not [table for table, person in owners(office) if person == str(goes)]
    with own.write(actor(office, "office"), "hold_contact") as session:
        point = session.scalars(select(ContactPoint).where(ContactPoint.person_id == stays)).first()
        assert point is not None
        hold_contact(session, point.id, point.version, "bounced")
    theirs = office.database("administrator")
    with theirs.write(actor(office, "administrator"), "unmerge_people") as session:
        seen = read_separation(session, goes, WORLD)
        take_apart(session, goes, {line.key for line in seen.lines if line.goes}, seen.mark, WORLD)
    assert owners(office) == before


def test_a_manager_who_may_not_merge_takes_nothing_apart(office: Office, prepared: Any) -> None:
    _stays, goes, _mark = prepared
    own = office.database("office")
    with own.write(actor(office, "office"), "merge_people") as session:
        merge(session, prepared, OWNER)
    before, manager = office.hashes(), office.database("manager")
    with pytest.raises(Denied), manager.write(actor(office, "manager"), "unmerge_people") as session:
        take_apart(session, goes, (), read_separation(session, goes, WORLD).mark, WORLD)
    assert office.hashes() == before
