"""Every step by every role: whoever has the right can do it, and whoever has not leaves no trace of trying (T16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, Denied
from db.models.history import ChangeSet
from desktop.core.registry import Registry
from desktop.core.rights import ROLES
from tests.server.conftest import Office, login_of
from tests.server.steps import ELSEWHERE, STEPS

OWNER = Actor(new_id(), "DBA")


def test_every_verb_of_the_manifests_is_tried(registry: Registry) -> None:
    verbs = {verb.key for manifest in registry.manifests for verb in manifest.verbs}
    assert verbs == STEPS.keys() | ELSEWHERE


def _actor(office: Office, role: str) -> Actor:
    return Actor(office.accounts[role], role.title(), frozenset({role}))


class Stage:
    """What each step needs, made by the administrator; what nobody could touch serves the next one who may not."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.owner = Database(office.admin, parts=office.plan.parts)
        self.kept: dict[str, Any] = {}
        self.hashes: dict[str, str] = {}

    def prepare(self, verb: str) -> Any:
        """Made anew."""
        self.kept.pop(verb, None)
        self.hashes = {}
        with self.owner.write(OWNER, "prepare") as session:
            prepared = STEPS[verb].prepare(session, OWNER)
            session.flush()
            session.expunge_all()
        return prepared

    def untouched(self, verb: str) -> tuple[Any, dict[str, str]]:
        """As made before if it was, and what the tables hold now."""
        if verb not in self.kept:
            self.kept[verb] = self.prepare(verb)
        self.hashes = self.hashes or self.office.hashes()
        return self.kept[verb], self.hashes


@pytest.fixture(scope="module")
def stage(founded: Office) -> Iterator[Stage]:
    """For all roles together."""
    made = Stage(founded)
    yield made
    made.owner.close()


@pytest.mark.parametrize("role", ROLES)
def test_a_step_takes_its_right_and_nothing_else(office: Office, stage: Stage, role: str) -> None:
    own, actor = office.database(role), _actor(office, role)
    may, may_not = [], []
    for verb, step in STEPS.items():
        wanted = all(office.plan.bundles[role] & {*some.split("|")} for some in step.rights.split())
        (may if wanted else may_not).append(verb)
    for verb in may_not:
        prepared, before = stage.untouched(verb)
        with pytest.raises((Denied, Conflict)), own.write(actor, verb) as session:  # what is hidden is as if it were gone
            STEPS[verb].act(session, prepared, actor)
        assert office.hashes() == before, verb
    for verb in may:
        prepared = stage.prepare(verb)
        with own.write(actor, verb) as session:
            STEPS[verb].act(session, prepared, actor)
    stage.hashes = {}
    print(f"{login_of(role)}: {len(may)} steps done, {len(may_not)} denied without a trace")
    with own.read() as session:
        signed = set(session.scalars(select(ChangeSet.actor_id).where(ChangeSet.verb.in_(may))))
    assert not may or actor.id in signed


def test_a_login_signs_for_itself_whatever_the_program_says(office: Office) -> None:
    own, liar = office.database("office"), _actor(office, "manager")
    with own.write(liar, "create_person") as session:
        STEPS["create_person"].act(session, None, liar)
    with office.sql() as admin:
        last = admin.execute("SELECT actor_id, actor_name, login FROM core.change_set ORDER BY number DESC LIMIT 1").fetchone()
    assert last == (office.accounts["office"], "Office", login_of("office"))


@pytest.mark.parametrize("kept", [True, False])
def test_the_hashes_see_a_trace(office: Office, kept: bool) -> None:
    """Else "no trace" would mean nothing."""
    before = office.hashes()
    with office.sql() as admin:
        admin.execute("BEGIN")
        admin.execute("INSERT INTO core.draft VALUES (gen_random_uuid(), 'page', '{}', '{}', now())")
        admin.execute("COMMIT" if kept else "ROLLBACK")
        assert (office.hashes() != before) == kept
        admin.execute("DELETE FROM core.draft")
