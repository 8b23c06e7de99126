"""What a server is to hold, by the manifests of all modules there are."""

from __future__ import annotations

from db.postgresql.founding import Plan
from desktop.assembly import parts_of
from desktop.core.registry import Registry
from desktop.core.rights import bundles


def plan_of(registry: Registry) -> Plan:
    """Parts with their tables, rights with what they allow, and the roles of people."""
    manifests = registry.manifests
    return Plan(tuple(access for manifest in manifests for access in manifest.access), bundles(manifests), parts_of(registry))
