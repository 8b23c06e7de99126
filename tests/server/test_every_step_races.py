"""Desks that read the same do the same step at the same time, for every step there is: no row is changed by one who had not read it (T3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Told
from db.models.history import ChangeSet, RowImage
from db.models.person import Person
from db.models.retention import DisposalPerson, DisposalRule
from db.postgresql.quoting import quoted
from db.postgresql.roles import CONNECTIONS
from desktop.core.registry import Registry
from desktop.core.rights import ROLES
from desktop.people.editing import PersonForm, edit_person
from desktop.people.erasing.erase import take_out
from desktop.people.erasing.plan import read_plan
from desktop.people.merging.apart import take_apart
from desktop.people.merging.since import read_separation
from desktop.people.retention.disposing import dispose_portion
from tests.server.conftest import Office, login_of
from tests.server.steps import ERASING, STEPS, TODAY, WORLD, ZONE, merge, person, to_merge
from tests.server.test_steps import OWNER

DESKS = 20
OURS = "the server's administrator"

# Steps that may change a row one after the other, since each reads it inside itself and says why that overwrites nothing.
READS_ITSELF = {
    "change_user": "Whoever changes their own account reads it inside the step.",
}

# Steps that add a row of which there is one alone: whoever comes later adds none.
ONCE = {
    "bulk_begin_role",
    "stop_contact",
    "ask_person_to_sign",
    "add_to_call_round",
    "not_a_duplicate",
    "keep_apart",
    "erase_person",
}


def _who(office: Office, verb: str) -> str:
    """The first role that may do it alone."""
    wanted = [{*some.split("|")} for some in STEPS[verb].rights.split()]
    return next((role for role in ROLES if all(office.plan.bundles[role] & some for some in wanted)), OURS)


Act = Callable[[Session, Actor], object]


def _act(verb: str, prepared: Any, session: Session, actor: Actor) -> object:
    return STEPS[verb].act(session, prepared, actor)


class Desks:
    """Programs of their own, each signed in by the same role."""

    def __init__(self, office: Office, role: str, stack: ExitStack) -> None:
        address = office.admin if role == OURS else office.address(role)
        own = office.accounts["administrator" if role == OURS else role]
        self.actor = Actor(own, role.title(), frozenset({role}))
        if role != OURS:  # a login has a few connections; here it stands for twenty colleagues
            self._allow(office, role, 2 * DESKS)
            stack.callback(self._allow, office, role, CONNECTIONS)
        self.all = [Database(address, parts=office.plan.parts) for _desk in range(DESKS)]
        for desk in self.all:
            stack.callback(desk.close)

    @staticmethod
    def _allow(office: Office, role: str, connections: int) -> None:
        with office.sql() as admin:
            admin.execute(f"ALTER ROLE {quoted(login_of(role))} CONNECTION LIMIT {connections}")

    def race(self, threads: ThreadPoolExecutor, acts: Sequence[tuple[str, Act]]) -> list[UUID]:
        """Everybody at once, each one of these acts in turn; the steps that were stored."""
        start = Barrier(DESKS)

        def work(number: int) -> UUID | None:
            own, (verb, act) = new_id(), acts[number % len(acts)]
            start.wait()
            try:
                with self.all[number].write(self.actor, verb, change_set=own) as session:
                    act(session, self.actor)
            except Told:  # a conflict, or what a colleague did first makes it impossible: somebody is told
                return None
            return own

        tried = [own for own in threads.map(work, range(DESKS)) if own is not None]
        with self.all[0].read() as session:  # what changed nothing leaves no step
            return list(session.scalars(select(ChangeSet.id).where(ChangeSet.id.in_(tried))))


@pytest.fixture(scope="module")
def owner(founded: Office) -> Iterator[Database]:
    """Whoever prepares, and looks afterwards."""
    opened = Database(founded.admin, parts=founded.plan.parts)
    yield opened
    opened.close()


def _prepared(owner: Database, prepare: Callable[[Session, Actor], Any]) -> Any:
    with owner.write(OWNER, "prepare") as session:
        prepared = prepare(session, OWNER)
        session.flush()
        session.expunge_all()
    return prepared


@pytest.mark.parametrize("role", [*ROLES, OURS])
def test_no_row_is_changed_by_a_desk_that_had_not_read_it(
    founded: Office, owner: Database, role: str, rounds: Callable[..., int]
) -> None:
    verbs = [verb for verb in STEPS if _who(founded, verb) == role]
    with ExitStack() as stack:
        desks = Desks(founded, role, stack)
        threads = stack.enter_context(ThreadPoolExecutor(DESKS))
        for verb in verbs * rounds(1, 40):
            prepared = _prepared(owner, STEPS[verb].prepare)
            steps = desks.race(threads, [(verb, partial(_act, verb, prepared))])
            twice = _changed_twice(owner, steps)
            print(f"{verb}: {len(steps)} of {DESKS} stored, changed by several: {sorted(twice.items())}")
            assert not twice or verb in READS_ITSELF, verb
            assert len(steps) == 1 or verb not in ONCE, f"{verb}: done {len(steps)} times"
            assert steps, f"{verb}: nobody could do it"


def _changed_twice(owner: Database, steps: list[UUID]) -> dict[str, int]:
    """Tables with rows that more than one of these steps changed or removed, and by how many."""
    several = func.count(RowImage.change_set.distinct())
    with owner.read() as session:
        found = session.execute(
            select(RowImage.table_name, RowImage.row_id, several)
            .where(RowImage.change_set.in_(steps))
            .group_by(RowImage.table_name, RowImage.row_id)
            .having(several > 1)
        ).all()
    return {table: times for table, _row, times in found}


Takes = Callable[[Database], tuple[UUID, Act]]  # prepares; gives whom somebody edits meanwhile, and what takes them


def _erased(owner: Database) -> tuple[UUID, Act]:
    who = _prepared(owner, person).id
    with owner.read() as session:
        mark = read_plan(session, who, ERASING.fates).mark
    return who, lambda s, _actor: take_out(s, who, "erase", ERASING, mark)


def _disposed_of(owner: Database) -> tuple[UUID, Act]:
    known, disposal = _prepared(owner, STEPS["dispose_people"].prepare)
    waiting = select(DisposalPerson.person_id).join(DisposalRule).where(DisposalRule.disposal_id == disposal)
    with owner.read() as session:
        who = session.scalars(waiting).one()
    return who, lambda s, _actor: dispose_portion(s, disposal, (known,), ERASING, ZONE)


def _merged(owner: Database) -> tuple[UUID, Act]:
    prepared = _prepared(owner, to_merge)
    return prepared[1], lambda s, actor: merge(s, prepared, actor)


def _parted(owner: Database) -> tuple[UUID, Act]:
    stays, goes, _mark = prepared = _prepared(owner, to_merge)
    with owner.write(OWNER, "merge_people") as session:
        merge(session, prepared, OWNER)
    with owner.read() as session:
        mark = read_separation(session, goes, WORLD).mark
    return stays, lambda s, _actor: take_apart(s, goes, (), mark, WORLD)


# What goes back over steps done before it is raced here, or in test_no_overwriting; nobody has a database open that is erased again.
RACED_APART = {"take_back", "unmerge_people", "erase_again"}


def test_every_step_there_is_is_raced(registry: Registry) -> None:
    verbs = {verb.key for manifest in registry.manifests for verb in manifest.verbs}
    assert verbs == STEPS.keys() | RACED_APART


TAKING: dict[str, tuple[str, Takes]] = {
    "erasing": ("erase_person", _erased),
    "disposing": ("dispose_people", _disposed_of),
    "merging": ("merge_people", _merged),
    "taking apart": ("unmerge_people", _parted),
}


@pytest.mark.parametrize("how", TAKING)
def test_what_somebody_saved_is_not_gone_with_a_person_who_is_taken_away(
    founded: Office, owner: Database, how: str, rounds: Callable[..., int]
) -> None:
    """Either the edit is first and nobody is taken, or it is refused."""
    verb, prepare = TAKING[how]
    counts = {"edited": 0, "taken": 0}
    with ExitStack() as stack:
        desks = Desks(founded, OURS, stack)
        threads = stack.enter_context(ThreadPoolExecutor(DESKS))
        for _round in range(rounds(5, 200)):
            who, takes = prepare(owner)
            with owner.read() as session:
                form, version = PersonForm("Alma", "Edited", note="kept"), session.get_one(Person, who).version
            edits: Act = partial(
                lambda who, version, form, s, _actor: edit_person(s, who, version, form, today=TODAY), who, version, form
            )
            steps = desks.race(threads, [("edit_person", edits), (verb, takes)])
            with owner.read() as session:
                done = Counter(session.scalars(select(ChangeSet.verb).where(ChangeSet.id.in_(steps))))
                note = session.scalar(select(Person.note).where(Person.id == who))
                retired = session.scalar(select(Person.retired_at).where(Person.id == who))
            edited = done["edit_person"]
            assert edited <= 1, "of two forms that read the same, one is refused"
            assert (note == "kept") == bool(edited), "the edit is stored and gone"
            if edited:
                assert retired is None, "taken although somebody wrote since it was looked at"
            counts["edited" if edited else "taken"] += 1
    print(f"{how}: {counts}")
