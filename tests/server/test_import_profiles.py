"""On a server a profile of one's own is for nobody else, whatever program asks; the office's are for all who import."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from psycopg import errors

from db.actor import Actor
from db.errors import Denied
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from tests.server.conftest import Office

OURS = {"Min egen", "Allas", "Åt någon annan"}
MAPPING = Mapping((ColumnChoice("Namn", "full_name"),))


@pytest.fixture
def own(office: Office) -> Iterator[UUID]:
    """A profile of the office user's own and one of the office; both are gone afterwards."""
    actor = Actor(office.accounts["office"], "Office")
    with office.database("office").write(actor, "keep_import_profile") as session:
        made = profiles.keep_profile(session, "Min egen", MAPPING, user_id=actor.id, shared=False)
    with office.database("office").write(actor, "keep_import_profile") as session:
        shared = profiles.keep_profile(session, "Allas", MAPPING, user_id=actor.id, shared=True)
    yield made
    for profile in (made, shared):
        with office.database("office").write(actor, "remove_import_profile") as session:
            version = next(each.version for each in profiles.profiles_for(session, actor.id) if each.id == profile)
            profiles.remove_profile(session, profile, version, now=office.database("office")._now())


def names(office: Office, role: str) -> set[str]:
    """Of the profiles of these tests; those of other tests are there too."""
    found = "SELECT name FROM core.import_profile WHERE retired_at IS NULL AND name = ANY (%s)"
    return {name for (name,) in office.sql(role).execute(found, [sorted(OURS)])}


@pytest.mark.usefixtures("own")
def test_everybody_who_imports_sees_the_office_s_and_their_own(office: Office) -> None:
    assert names(office, "office") == {"Min egen", "Allas"}
    assert names(office, "administrator") == {"Allas"}


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("role", ["caller", "manager", "quality_analyst"])
def test_who_does_not_import_sees_none(office: Office, role: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        names(office, role)


def test_nobody_changes_or_takes_over_another_s(office: Office, own: UUID) -> None:
    other = Actor(office.accounts["administrator"], "Administrator")
    with office.database("administrator").read() as session:
        shown = {profile.name for profile in profiles.profiles_for(session, office.accounts["office"])}
        assert shown & OURS == {"Allas"}
    stranger = office.sql("administrator")
    changed = stranger.execute("UPDATE core.import_profile SET owner_id = NULL WHERE id = %s", [own])
    assert changed.rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege):
        stranger.execute("DELETE FROM core.import_profile")
    with pytest.raises(Denied), office.database("administrator").write(other, "keep_import_profile") as session:
        profiles.keep_profile(session, "Åt någon annan", MAPPING, user_id=office.accounts["office"], shared=False)
    assert names(office, "office") == {"Min egen", "Allas"}
