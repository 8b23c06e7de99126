"""What happens to import profiles when two windows change them."""

from __future__ import annotations

from uuid import UUID

from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from tests.faults.clashes import COLLEAGUE, ME, NOW, Clash, Office, Step, adding, case


def _mapping(heading: str) -> Mapping:
    return Mapping((ColumnChoice(heading, "family"),))


def _keeps(name: str, owner: UUID) -> Step:
    return lambda s: profiles.keep_profile(s, name, _mapping("Namn"), user_id=owner, shared=True)


def _profile(office: Office) -> tuple[UUID, Step]:
    """A profile of the office's, and the colleague's change of it."""
    made: UUID = office.do(_keeps("Admitted", ME.id))
    return made, lambda s: profiles.change_profile(s, made, 1, _mapping("Theirs"))


adding("keep_import_profile", lambda _office: (_keeps("Mine", ME.id), _keeps("Theirs", COLLEAGUE.id)))


@case("keep_import_profile same")
def _(_office: Office) -> Clash:
    return Clash(_keeps("admitted", ME.id), _keeps("Admitted", COLLEAGUE.id), "rule")


@case("change_import_profile")
def _(office: Office) -> Clash:
    made, theirs = _profile(office)
    return Clash(lambda s: profiles.change_profile(s, made, 1, _mapping("Mine")), theirs)


@case("rename_import_profile")
def _(office: Office) -> Clash:
    made, theirs = _profile(office)
    return Clash(lambda s: profiles.rename_profile(s, made, 1, "Mine", user_id=ME.id, shared=True), theirs)


@case("rename_import_profile same")
def _(office: Office) -> Clash:
    """The colleague keeps one under the name this window is giving."""
    made, _theirs = _profile(office)
    mine: Step = lambda s: profiles.rename_profile(s, made, 1, "Alumni", user_id=ME.id, shared=True)
    return Clash(mine, _keeps("Alumni", COLLEAGUE.id), "rule")


@case("remove_import_profile")
def _(office: Office) -> Clash:
    made, theirs = _profile(office)
    return Clash(lambda s: profiles.remove_profile(s, made, 1, now=NOW), theirs)
