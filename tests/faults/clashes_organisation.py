"""What happens to units and posts when two windows change them."""

from __future__ import annotations

from uuid import UUID

from db.models.post import PostHolding
from db.models.unit import Unit
from desktop.people.organisation import posts, units
from desktop.people.organisation.units import UnitForm
from tests.faults.clashes import TODAY, Clash, Office, Step, adding, case


def _unit(office: Office) -> tuple[UUID, int]:
    id = office.do(_adds("NU"))
    return id, office.version(Unit, id)


def _adds(code: str) -> Step:
    return lambda s: units.add_unit(s, UnitForm(code, "faculty", name_sv=code))


def _renames(unit: UUID, version: int, name: str) -> Step:
    return lambda s: units.change_unit(s, unit, version, UnitForm("NU", "faculty", name_sv=name))


@case("change_unit")
def _(office: Office) -> Clash:
    unit, version = _unit(office)
    return Clash(_renames(unit, version, "Mine"), _renames(unit, version, "Theirs"))


@case("remove_unit")
def _(office: Office) -> Clash:
    unit, version = _unit(office)
    return Clash(lambda s: units.remove_unit(s, unit, version), _renames(unit, version, "Theirs"))


@case("change_post")
def _(office: Office) -> Clash:
    post = office.do(lambda s: posts.add_post(s, "Dean", None))
    mine, theirs = (
        (lambda s: posts.change_post(s, post, 1, "Mine", None)),
        (lambda s: posts.change_post(s, post, 1, "Theirs", None)),
    )
    return Clash(mine, theirs)


@case("end_holding")
def _(office: Office) -> Clash:
    person = office.person()
    holding = office.do(lambda s: posts.give_post(s, "Dean", person, TODAY))
    version = office.version(PostHolding, holding)
    return Clash(
        lambda s: posts.end_holding(s, holding, version, TODAY),
        lambda s: posts.end_holding(s, holding, version, TODAY.replace(year=2030)),
    )


@case("add_post")
def _(_office: Office) -> Clash:
    return Clash(lambda s: posts.add_post(s, "dean", None), lambda s: posts.add_post(s, "Dean", None), ends="rule")


adding("add_unit", lambda _office: (_adds("MINE"), _adds("THEIRS")))


def _places(unit: UUID, programmes: list[str], seen: dict[str, UUID]) -> Step:
    return lambda s: units.place_programmes(s, unit, programmes, seen=seen)


def _with_law(office: Office) -> tuple[UUID, dict[str, UUID]]:
    """A unit with a programme, as this window shows it."""
    unit = office.do(_adds("NU"))
    office.do(_places(unit, ["Law"], {}))
    return unit, {"Law": unit}


@case("place_programmes")
def _(office: Office) -> Clash:
    """The colleague places what this window would place elsewhere."""
    unit, seen = _with_law(office)
    other = office.do(_adds("TEK"))
    return Clash(_places(unit, ["Law", "Physics"], seen), _places(other, ["Physics"], seen))


@case("place_programmes moved")
def _(office: Office) -> Clash:
    """The colleague moves a programme to one unit, this window to another."""
    _unit, seen = _with_law(office)
    one, other = office.do(_adds("HUM")), office.do(_adds("TEK"))
    return Clash(_places(one, ["Law"], seen), _places(other, ["Law"], seen))


@case("place_programmes beside")
def _(office: Office) -> Clash:
    """What the colleague added to the unit stays, though this window did not show it."""
    unit, seen = _with_law(office)
    return Clash(_places(unit, ["Forestry"], seen), _places(unit, ["Law", "Physics"], seen), "both")
