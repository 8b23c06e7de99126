"""My day once a user said who they are in the register: of the tasks of posts only those of the posts they hold."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from db.actor import Actor
from db.database import Database
from desktop.core.clock import FixedClock
from desktop.people.editing import PersonForm, create_person
from desktop.people.organisation import posts
from desktop.people.tasks import TaskForm, add_task
from desktop.shell.day import DayFilter, count_due, who_one_is


def test_who_said_who_one_is_sees_the_tasks_of_own_posts_alone(database: Database, actor: Actor, clock: FixedClock) -> None:
    today = clock.today()
    with database.write(actor, "test") as session:
        held, former, other = (posts.add_post(session, title, None) for title in ("Dean", "Chair", "Clerk"))
        eva = create_person(session, PersonForm(given="Eva", family="Ek"), today=today)
        posts.give_post(session, "Dean", eva, today)
        posts.give_post(session, "Chair", eva, today - timedelta(days=9), today - timedelta(days=1))
        for post in (held, former, other, None):
            add_task(session, TaskForm("Answer", clock.now(), post_id=post))

    def due(person: UUID | None, *, everybody: bool = False) -> int:
        wanted = DayFilter(actor.id, ("people",), clock.now() + timedelta(days=1), everybody, person, today)
        with database.read() as session:
            return count_due(session, wanted)

    assert (due(None), due(eva), due(eva, everybody=True)) == (4, 2, 4)
    assert who_one_is({"id": str(eva), "name": "Eva Ek"}) == eva
    assert who_one_is({}) is None
