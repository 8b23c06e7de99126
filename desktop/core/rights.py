"""Who may do what: roles are bundles of rights, and manifests name the rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from db.actor import Actor
from db.texts import _
from desktop.core.manifest import Manifest

ADMINISTRATOR = "administrator"
ROLES = {
    "office": _("Office"),
    "caller": _("Caller"),
    "counsellor": _("Counsellor"),
    "mobility_officer": _("Mobility officer"),
    "alumni_officer": _("Alumni officer"),
    "mentor_coordinator": _("Mentoring coordinator"),
    "fundraiser": _("Fundraiser"),
    "contract_officer": _("Contract education officer"),
    "manager": _("Manager"),
    "quality_analyst": _("Quality analyst"),
    "protected_officer": _("Officer for protected identities"),
    ADMINISTRATOR: _("Administrator"),
}


def holds(held: Iterable[str], asked: str) -> bool:
    """Whether these rights hold every one of those `asked`, separated by spaces; what asks for none is open to all."""
    return frozenset(asked.split()) <= frozenset(held)


def bundles(manifests: Iterable[Manifest], chosen: Mapping[str, Iterable[str]] | None = None) -> dict[str, frozenset[str]]:
    """The rights of each role: those manifests name for it, or those the office has `chosen` instead."""
    modules = tuple(manifests)
    everything = all_rights(modules)
    found = {
        role: frozenset(right.key for manifest in modules for right in manifest.rights if role in right.roles) for role in ROLES
    }
    for role, rights in (chosen or {}).items():
        if role in found:
            found[role] = frozenset(rights) & everything
    found[ADMINISTRATOR] = everything - frozenset(right.key for manifest in modules for right in manifest.rights if right.apart)
    return found


def all_rights(manifests: Iterable[Manifest]) -> frozenset[str]:
    """Every right there is, those among them that administrators do not hold by themselves."""
    return frozenset(right.key for manifest in manifests for right in manifest.rights)


def rights_of(
    actor: Actor,
    manifests: Iterable[Manifest],
    *,
    alone: bool = False,
    chosen: Mapping[str, Iterable[str]] | None = None,
) -> frozenset[str]:
    """All rights of `actor`'s roles together. The only user of a local file (`alone`) holds every right.

    Roles nobody knows allow nothing.
    """
    modules = tuple(manifests)
    if alone:
        return all_rights(modules)
    by_role = bundles(modules, chosen)
    return frozenset().union(*(by_role.get(role, frozenset()) for role in actor.roles))
