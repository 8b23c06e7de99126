"""What happens to somebody who is erased in one window while another one writes about them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people import editing, roles
from desktop.people.editing import PersonForm
from desktop.people.erasing.erase import World, take_out
from desktop.people.erasing.plan import How, read_plan
from desktop.people.roles import RoleForm
from tests.faults.clashes import TODAY, Clash, Office, Step, case

WORLD = World(new_registry(SystemClock(office_zone())).fates(), "Anonymised")


def _takes_out(office: Office, person: UUID, how: How) -> Step:
    """As it was agreed to now."""
    with office.mine.read() as session:
        mark = read_plan(session, person, WORLD.fates).mark
    return lambda s: take_out(s, person, how, WORLD, mark)


def _edited(how: How) -> Callable[[Office], Clash]:
    def made(office: Office) -> Clash:
        person = office.person()
        return Clash(
            _takes_out(office, person, how),
            lambda s: editing.edit_person(s, person, 1, PersonForm("Mia", "Ek"), today=TODAY),
        )

    return made


def _given_a_role(how: How) -> Callable[[Office], Clash]:
    def made(office: Office) -> Clash:
        person = office.person()
        return Clash(_takes_out(office, person, how), lambda s: roles.add_role(s, person, RoleForm("student", "History")))

    return made


for _verb, _how in (("erase_person", "erase"), ("anonymise_person", "anonymise")):
    case(_verb)(_edited(_how))  # type: ignore[arg-type]
    case(f"{_verb} with a new role")(_given_a_role(_how))  # type: ignore[arg-type]
