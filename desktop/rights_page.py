"""Writes `docs/rights.md`: what each role may do with each table of a server, from the same data as the grants.

Run as `python -m desktop.rights_page`; a test compares the page with what the manifests say today.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import db.models  # noqa: F401  -- the core's tables
from db.access import Grant, matrix, remover
from db.base import metadata
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.core.registry import Registry
from desktop.core.rights import ROLES, bundles

PAGE = Path(__file__).parents[1] / "docs" / "rights.md"
_KEPT = {"version", "made_in", "changed_in"}
_INTRODUCTION = """# What each role may do on a server

Made from the manifests by `python -m desktop.rights_page`; change those, not this page. On a server these are grants:
nobody can do more with any other program. In a local file they decide what the window offers.

- **r** reads the table, **(r)** some of its columns
- **a** adds rows
- **c** changes the columns named at the end, never the whole table
- **x** removes rows, through a function that keeps the history; nobody may delete
- **·** nothing at all

Settings, drafts, claims and what was used last may be written only where they are one's own; drafts are read only by whom they
belong to. Who has a record open is written by a function under the login's name, and seen only where one may see the record.
Tables that are not named here are the server's own: its functions alone write them.
"""


def page_of(registry: Registry) -> str:
    """The whole page."""
    accesses = [access for manifest in registry.manifests for access in manifest.access]
    for module in registry.modules:
        if module.folder and (module.folder / "tables.py").exists():
            import_module(f"{module.package}.tables")
    tables = {table.name: table for table in metadata.tables.values()}
    kept = [name for name, table in tables.items() if {*table.c.keys()} >= _KEPT]
    found = matrix(bundles(registry.manifests), accesses, kept, tables)
    named = sorted({_table_of(grant) for grants in found.values() for grant in grants} & tables.keys())
    lines = ["| Table | " + " | ".join(str(ROLES[role]) for role in ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    lines += [f"| {table} | " + " | ".join(_cell(found[role], table) for role in ROLES) + " |" for table in named]
    return "\n".join([_INTRODUCTION, *lines, "", "## Columns that may be changed", "", *_columns(found, named), ""])


def _table_of(grant: Grant) -> str:
    return grant.name.removeprefix(remover("")) if grant.privilege == "EXECUTE" else grant.name


def _cell(grants: frozenset[Grant], table: str) -> str:
    """The letters of the introduction."""
    own = [grant for grant in grants if _table_of(grant) == table]
    letters = ""
    if reads := [grant.column for grant in own if grant.privilege == "SELECT"]:
        letters += "r" if "" in reads else "(r)"
    for privilege, letter in (("INSERT", "a"), ("UPDATE", "c"), ("EXECUTE", "x")):
        letters += letter if any(grant.privilege == privilege for grant in own) else ""
    return letters or "·"


def _columns(found: Mapping[str, frozenset[Grant]], tables: list[str]) -> list[str]:
    """One line for each set of columns, with the roles that may change just those."""
    lines = []
    for table in tables:
        sets: dict[str, list[str]] = {}
        for role, grants in found.items():
            columns = sorted(g.column for g in grants if (g.privilege, g.name) == ("UPDATE", table) and g.column not in _KEPT)
            if columns:
                sets.setdefault(", ".join(columns), []).append(str(ROLES[role]))
        lines += [f"- **{table}** ({', '.join(roles)}): {columns}" for columns, roles in sets.items()]
    return lines


if __name__ == "__main__":
    PAGE.write_text(page_of(new_registry(SystemClock(office_zone()))), encoding="utf-8")
