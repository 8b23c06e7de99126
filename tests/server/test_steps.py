"""Every step by every role: whoever has the right can do it, and whoever has not leaves no trace of trying (T16)."""

from __future__ import annotations

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Denied
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


@pytest.mark.parametrize("role", ROLES)
def test_a_step_takes_its_right_and_nothing_else(office: Office, role: str) -> None:
    owner, own, actor = Database(office.admin, parts=office.plan.parts), office.database(role), _actor(office, role)
    denied, done = [], []
    try:
        for verb, step in STEPS.items():
            with owner.write(OWNER, "prepare") as session:
                prepared = step.prepare(session, OWNER)
                session.flush()
                session.expunge_all()
            wanted = all(office.plan.bundles[role] & {*some.split("|")} for some in step.rights.split())
            before = {} if wanted else office.hashes()
            try:
                with own.write(actor, verb) as session:
                    step.act(session, prepared, actor)
                done.append(verb)
                assert wanted, f"{role} did {verb}"
            except Denied:
                denied.append(verb)
                assert not wanted, f"{role} could not {verb}"
                assert office.hashes() == before, verb
    finally:
        owner.close()
    print(f"{login_of(role)}: {len(done)} steps done, {len(denied)} denied without a trace")
    with own.read() as session:
        signed = {row.actor_id for row in session.query(ChangeSet.actor_id).filter(ChangeSet.verb.in_(done))} if done else set()
    assert not done or actor.id in signed


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
