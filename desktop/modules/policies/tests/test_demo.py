"""The policies to try things out with show every state of the work."""

from __future__ import annotations

from desktop.core.context import ModuleContext
from desktop.modules.policies import demo, reading
from desktop.modules.policies.reading import PolicyFilter
from desktop.modules.policies.tests.conftest import Office


def test_demo_policies_show_states_signatures_and_somebody_missing(context: ModuleContext, office: Office) -> None:
    people = [office.person(given=name) for name in ("Ask", "Ester", "Ture", "Mira")]
    demo.add_policies(context, people)
    with context.database.read() as session:
        rows = session.execute(reading.policies_query(PolicyFilter(context.clock.today()))).all()
        alumni = reading.read_policy(session, reading.find_policy(session, "Alumnipolicy"), context.clock.today())
    assert {row.state for row in rows} == {"current", "under_review", "draft"}
    assert {row.due for row in rows} == {"", "overdue"}
    assert (len(alumni.signed), len(alumni.unsigned)) == (2, 2)


def test_without_people_nothing_is_added(context: ModuleContext) -> None:
    demo.add_policies(context, [])
    with context.database.read() as session:
        assert session.execute(reading.policies_query(PolicyFilter(context.clock.today()))).all() == []
