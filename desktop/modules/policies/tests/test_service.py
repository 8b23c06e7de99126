"""The life of a policy and the rules on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from db import history
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.models.account import UserAccount
from db.models.post import Post
from db.models.task import Task
from desktop.modules.policies import reading, revision, service
from desktop.modules.policies.reading import PolicyFilter
from desktop.modules.policies.tests.conftest import TEXT, TODAY, Office


def open_tasks(database: Database) -> list[tuple[str, date]]:
    """Title and due day of the tasks not done."""
    with database.read() as session:
        return [(task.title, task.due.date()) for task in session.scalars(select(Task).where(Task.done_at.is_(None)))]


def test_a_new_policy_is_a_draft_and_makes_its_unknown_owner_post(office: Office, database: Database) -> None:
    detail = office.detail(office.policy())
    assert (detail.state, detail.versions[0].number, detail.versions[0].text) == ("draft", 1, TEXT)
    with database.read() as session:
        assert session.scalars(select(Post.title)).all() == ["Chair"]


def test_a_known_post_is_used_however_it_is_written(office: Office, database: Database) -> None:
    office.policy()
    second = office.policy(replace(TEXT, title="Mentor policy", owner_post="  CHAIR "))
    assert office.newest(second).text.owner_post == "Chair"
    with database.read() as session:
        assert len(session.scalars(select(Post.id)).all()) == 1


@pytest.mark.parametrize(
    ("change", "field"), [({"title": " "}, "title"), ({"owner_post": ""}, "owner_post"), ({"language": "de"}, "language")]
)
def test_what_cannot_stand_is_refused_by_field(office: Office, change: dict[str, str], field: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        office.policy(replace(TEXT, **change))
    assert caught.value.field == field


def test_the_same_title_may_stand_in_another_language_only(office: Office) -> None:
    office.policy()
    office.policy(replace(TEXT, language="sv"))
    with pytest.raises(RuleBroken, match="already"):
        office.policy(replace(TEXT, title="ALUMNI policy"))


def test_a_draft_saved_by_somebody_else_meanwhile_is_not_overwritten(office: Office, database: Database, actor: Actor) -> None:
    row = office.newest(office.policy())
    with database.write(actor, "save_policy") as session:
        service.save_draft(session, row.id, row.version, replace(TEXT, source="# New"), actor=actor, today=TODAY)
    with pytest.raises(Conflict), database.write(actor, "save_policy") as session:
        service.save_draft(session, row.id, row.version, replace(TEXT, source="# Old"), actor=actor, today=TODAY)
    assert office.newest(row_policy(database)).text.source == "# New"


def row_policy(database: Database) -> UUID:
    """The only policy there is."""
    with database.read() as session:
        return reading.find_policy(session, "alumni")


def test_a_policy_goes_from_draft_to_in_force_and_is_then_due_in_a_year(office: Office, database: Database) -> None:
    policy = office.policy()
    seen = [office.detail(policy).state]
    office.submit(policy)
    seen.append(office.detail(policy).state)
    row = office.newest(policy)
    with database.write(office.actor, "decide_policy") as session:
        service.decide(session, row.id, row.version, actor=office.actor, today=TODAY, four_eyes=False)
    seen.append(office.detail(policy).state)
    row = office.newest(policy)
    with database.write(office.actor, "put_policy_in_force") as session:
        service.put_in_force(session, row.id, row.version, actor=office.actor, calendar=office.calendar)
    detail = office.detail(policy)
    assert [*seen, detail.state] == ["draft", "under_review", "decided", "current"]
    assert detail.next_review == date(2027, 3, 2)
    assert open_tasks(database) == [("Alumni policy", date(2027, 3, 2))]


def test_the_task_of_the_revision_belongs_to_the_owner_post(office: Office, database: Database) -> None:
    office.put_in_force(office.policy())
    with database.read() as session:
        title = select(Post.title).join(Task, Task.post_id == Post.id)
        assert session.scalars(title).all() == ["Chair"]


def test_a_policy_without_a_section_is_not_sent_for_review(office: Office) -> None:
    with pytest.raises(RuleBroken, match="no section"):
        office.submit(office.policy(replace(TEXT, source="just words")))


def test_only_drafts_can_be_changed(office: Office, database: Database, actor: Actor) -> None:
    policy = office.policy()
    office.submit(policy)
    row = office.newest(policy)
    with pytest.raises(RuleBroken, match="Only a draft"), database.write(actor, "save_policy") as session:
        service.save_draft(session, row.id, row.version, TEXT, actor=actor, today=TODAY)


def test_with_more_than_one_user_the_author_does_not_decide(office: Office, database: Database, actor: Actor) -> None:
    policy = office.policy()
    office.submit(policy)
    row = office.newest(policy)
    with database.write(actor, "add_users") as session:
        alone = service.needs_four_eyes(session, "auto")
        session.add_all([UserAccount(login="a", name="A", roles=[]), UserAccount(login="b", name="B", roles=[])])
        session.flush()
        assert (alone, service.needs_four_eyes(session, "auto"), service.needs_four_eyes(session, "off")) == (False, True, False)
    with pytest.raises(RuleBroken, match="wrote"), database.write(actor, "decide_policy") as session:
        service.decide(session, row.id, row.version, actor=actor, today=TODAY, four_eyes=True)
    other = Actor(new_id(), "Somebody else")
    with database.write(other, "decide_policy") as session:
        service.decide(session, row.id, row.version, actor=other, today=TODAY, four_eyes=True)
    assert office.newest(policy).decided_by == "Somebody else"


def test_a_new_version_replaces_the_one_in_force_only_when_put_in_force(office: Office) -> None:
    policy = office.policy()
    office.put_in_force(policy)
    office.revise(policy)
    assert [(row.number, row.state) for row in office.detail(policy).versions] == [(2, "draft"), (1, "current")]
    with pytest.raises(RuleBroken, match="worked on"):
        office.revise(policy)
    office.put_in_force(policy)
    assert [(row.number, row.state) for row in office.detail(policy).versions] == [(2, "current"), (1, "replaced")]
    assert office.detail(policy).state == "current"


def test_reviewed_without_change_counts_as_the_yearly_revision(office: Office, database: Database) -> None:
    policy = office.policy()
    office.put_in_force(policy)
    later = replace(office.calendar, today=date(2027, 2, 1))
    detail = office.detail(policy)
    with database.write(office.actor, "review_policy") as session:
        service.reviewed_no_change(session, policy, detail.version, actor=office.actor, calendar=later, note="Still holds")
    detail = office.detail(policy)
    assert detail.next_review == date(2028, 2, 1)
    assert [(row.outcome, row.note) for row in detail.reviews] == [("no_change", "Still holds"), ("new_version", "")]
    assert open_tasks(database) == [("Alumni policy", date(2028, 2, 1))]


def test_the_next_revision_can_be_planned_and_its_task_moves_along(office: Office, database: Database) -> None:
    policy = office.policy()
    office.put_in_force(policy)
    detail = office.detail(policy)
    with database.write(office.actor, "plan_policy_review") as session:
        service.plan_review(session, policy, detail.version, date(2026, 6, 1), calendar=office.calendar)
    assert open_tasks(database) == [("Alumni policy", date(2026, 6, 1))]
    with pytest.raises(RuleBroken, match="past"), database.write(office.actor, "plan_policy_review") as session:
        service.plan_review(session, policy, detail.version + 1, date(2026, 3, 1), calendar=office.calendar)


def test_a_withdrawn_policy_is_kept_and_never_due(office: Office, database: Database) -> None:
    policy = office.policy()
    office.put_in_force(policy)
    with database.write(office.actor, "withdraw_policy") as session:
        service.withdraw(session, policy, office_version(office, policy), calendar=office.calendar)
    detail = office.detail(policy)
    assert (detail.state, detail.next_review, detail.versions[0].state) == ("withdrawn", None, "withdrawn")
    assert open_tasks(database) == []


def office_version(office: Office, policy: UUID) -> int:
    """The policy row's version, as a form reads it."""
    return office.detail(policy).version


@pytest.mark.parametrize(
    ("today", "due"),
    [(date(2026, 12, 1), ""), (date(2027, 2, 1), "soon"), (date(2027, 3, 2), "soon"), (date(2027, 3, 3), "overdue")],
)
def test_the_list_tells_what_is_due_soon_and_overdue(office: Office, database: Database, today: date, due: str) -> None:
    office.put_in_force(office.policy())
    office.policy(replace(TEXT, title="Draft"))
    with database.read() as session:
        assert [row.due for row in reading.due_policies(session, today, 30)] == ([due] if due else [])
        rows = session.execute(reading.policies_query(PolicyFilter(today, text="ALUMNI"))).all()
    assert [(row.title, row.due, row.number) for row in rows] == [("Alumni policy", due, 1)]


def test_leap_days_and_short_months_are_minded() -> None:
    assert revision.months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert revision.months_later(date(2026, 10, 31), 4) == date(2027, 2, 28)


def test_a_policy_is_found_by_title_part_of_it_or_short_id(office: Office, database: Database) -> None:
    first = office.policy()
    office.policy(replace(TEXT, title="Mentor policy"))
    with database.read() as session:
        for wanted in ("Alumni policy", "alumni", first.hex, first.hex[-8:], str(first)):
            assert reading.find_policy(session, wanted) == first
        with pytest.raises(RuleBroken, match="Several"):
            reading.find_policy(session, "policy")
        with pytest.raises(RuleBroken, match="no policy"):
            reading.find_policy(session, "nothing")


def test_a_whole_policy_can_be_taken_back(office: Office, database: Database, actor: Actor) -> None:
    policy = office.policy()
    with database.read() as session:
        line = history.history(session)[0]
    with database.write(actor, "take_back") as session:
        history.take_back(session, line.id)
    with pytest.raises(Conflict):
        office.detail(policy)
