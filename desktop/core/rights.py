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
    ADMINISTRATOR: _("Administrator"),
}


def holds(held: Iterable[str], asked: str) -> bool:
    """Whether these rights hold every one of those `asked`, separated by spaces; what asks for none is open to all."""
    return frozenset(asked.split()) <= frozenset(held)


def bundles(manifests: Iterable[Manifest], chosen: Mapping[str, Iterable[str]] | None = None) -> dict[str, frozenset[str]]:
    """The rights of each role: those manifests name for it, or those the office has `chosen` instead."""
    modules = tuple(manifests)
    everything = frozenset(right.key for manifest in modules for right in manifest.rights)
    found = {
        role: frozenset(right.key for manifest in modules for right in manifest.rights if role in right.roles) for role in ROLES
    }
    for role, rights in (chosen or {}).items():
        if role in found:
            found[role] = frozenset(rights) & everything
    found[ADMINISTRATOR] = everything
    return found


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
    by_role = bundles(manifests, chosen)
    if alone:
        return by_role[ADMINISTRATOR]
    return frozenset().union(*(by_role.get(role, frozenset()) for role in actor.roles))
