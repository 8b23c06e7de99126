"""Roles are bundles of rights; whoever works alone may do everything."""

from db.actor import Actor
from db.base import new_id
from db.texts import Msgid
from desktop.core.manifest import Manifest, Right
from desktop.core.rights import rights_of

MANIFEST = Manifest(
    key="donors",
    title=Msgid("Donors"),
    icon="",
    group="with_us",
    order=1,
    rights=(
        Right("donors.view", Msgid("See"), ("fundraiser", "manager")),
        Right("donors.edit", Msgid("Change"), ("fundraiser",)),
    ),
)


def actor(*roles: str) -> Actor:
    return Actor(new_id(), "Mia", frozenset(roles))


def test_a_role_holds_what_manifests_name_for_it() -> None:
    assert rights_of(actor("manager"), [MANIFEST]) == {"donors.view"}
    assert rights_of(actor("manager", "fundraiser"), [MANIFEST]) == {"donors.view", "donors.edit"}


def test_unknown_roles_and_no_roles_allow_nothing() -> None:
    assert rights_of(actor("wizard"), [MANIFEST]) == frozenset()
    assert rights_of(actor(), [MANIFEST]) == frozenset()


def test_the_administrator_and_the_only_user_hold_every_right() -> None:
    assert rights_of(actor("administrator"), [MANIFEST]) == {"donors.view", "donors.edit"}
    assert rights_of(actor(), [MANIFEST], alone=True) == {"donors.view", "donors.edit"}


def test_the_office_may_choose_otherwise_but_not_invent_rights_or_disarm_the_administrator() -> None:
    chosen = {"manager": ["donors.edit", "made.up"], "administrator": []}
    assert rights_of(actor("manager"), [MANIFEST], chosen=chosen) == {"donors.edit"}
    assert rights_of(actor("administrator"), [MANIFEST], chosen=chosen) == {"donors.view", "donors.edit"}
