"""What each right allows in the database, as data: on a server the grants are made from it, and tested against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

EVERYBODY = ""  # the right of whoever may sign in at all
BOOKKEEPING = ("version", "changed_in")  # every change of a kept row writes these too
VERSION_TABLE = "schema_version_"  # the tables that say which revision a database has; everybody compares them

Privilege = Literal["SELECT", "INSERT", "UPDATE", "EXECUTE"]


@dataclass(frozen=True, slots=True)
class OwnRows:
    """A table whose rows may be read, added, changed and removed, but written only where `user` is one's own user id.

    `changes` names the columns that may be changed. `private` rows are seen by their user alone. The others are SQL
    conditions: on rows that others see where not all are seen, on rows that anybody may change and remove, and on rows
    that anybody may only remove.
    """

    table: str
    changes: str
    user: str = "user_id"
    private: bool = False
    seen: str = ""
    open: str = ""
    stale: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Columns of a table that nobody changes any more once a row is so; `once` is an SQL condition on columns of it."""

    table: str
    once: str
    columns: str


@dataclass(frozen=True, slots=True)
class Access:
    """What one right allows; what no right names, nobody can do. Names stand in one text with spaces between them.

    Args:
        reads: Tables, or single columns as "table.column".
        adds: Tables into which rows are written.
        changes: The columns that may be changed, by table; never a whole table, for who may change a whole table may
            also lock it for everybody.
        removes: Tables whose rows may be removed. Nobody may delete: a function of the table's own does it.
        own: Tables of which only one's own rows may be written.
        rows: An SQL condition on the rows of a table this right reads and writes; another right may open all of them.
        frozen: What even who may change it leaves as it is.
        all_rows: Tables of `own` in which this right writes everybody's rows.
        calls: Functions.
    """

    right: str
    reads: str = ""
    adds: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)
    removes: str = ""
    own: tuple[OwnRows, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    frozen: tuple[Frozen, ...] = ()
    all_rows: str = ""
    calls: str = ""

    @property
    def tables(self) -> frozenset[str]:
        """The tables this right does something with."""
        read = {name.partition(".")[0] for name in self.reads.split()}
        return frozenset({*read, *self.adds.split(), *self.changes, *self.removes.split(), *(own.table for own in self.own)})


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """The smallest thing that can be allowed. `column` is empty where it is the whole object, functions among them."""

    privilege: Privilege
    name: str
    column: str = ""


def remover(table: str) -> str:
    """The function that removes rows of a table; it is called with the row's key, of kept rows also with its version."""
    return f"remove_{table}"


def grants_of(access: Access, kept: Iterable[str]) -> frozenset[Grant]:
    """The grants one right needs. `kept` names the tables whose rows carry versions."""
    tracked = frozenset(kept)
    found = {_read(name) for name in access.reads.split()}
    found |= {Grant("INSERT", table) for table in access.adds.split()}
    found |= {Grant("EXECUTE", name) for name in access.calls.split()}
    found |= {Grant("EXECUTE", remover(table)) for table in access.removes.split()}
    for own in access.own:
        found |= {Grant("SELECT", own.table), Grant("INSERT", own.table), Grant("EXECUTE", remover(own.table))}
    for table, columns in (*access.changes.items(), *((own.table, own.changes) for own in access.own)):
        found |= {Grant("UPDATE", table, column) for column in (*columns.split(), *(BOOKKEEPING if table in tracked else ()))}
    return frozenset(found)


def matrix(
    roles: Mapping[str, Iterable[str]], accesses: Iterable[Access], kept: Iterable[str], tables: Iterable[str]
) -> dict[str, frozenset[Grant]]:
    """What each role may do: the grants of its rights, and what everybody may.

    Args:
        roles: The rights of each role.
        kept: The tables whose rows carry versions.
        tables: Every table there is; rules about tables of modules that are not there are left out.
    """
    there, tracked, rules = frozenset(tables), frozenset(kept), tuple(accesses)
    versions = frozenset(Grant("SELECT", name) for name in there if name.startswith(VERSION_TABLE))
    found: dict[str, frozenset[Grant]] = {}
    for role, rights in roles.items():
        held = {EVERYBODY, *rights}
        granted = versions.union(*(grants_of(access, tracked) for access in rules if access.right in held))
        found[role] = frozenset(grant for grant in granted if _there(grant, there))
    return found


def readable(accesses: Iterable[Access], rights: Iterable[str]) -> frozenset[str]:
    """The tables of which these rights let something be read."""
    held = {EVERYBODY, *rights}
    return frozenset(name.partition(".")[0] for access in accesses if access.right in held for name in access.reads.split())


def readable_columns(accesses: Iterable[Access], rights: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """The columns these rights let be read, by table; None where it is the whole table."""
    held = {EVERYBODY, *rights}
    found: dict[str, frozenset[str] | None] = {}
    for name in (name for access in accesses if access.right in held for name in access.reads.split()):
        table, _dot, column = name.partition(".")
        known = found.get(table, frozenset())
        found[table] = None if known is None or not column else known | {column}
    return found


@dataclass(frozen=True, slots=True)
class Writable:
    """The tables into which rows may be written and from which they may be removed, and the columns that may be changed."""

    adds: frozenset[str] = frozenset()
    changes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    removes: frozenset[str] = frozenset()


def writable(accesses: Iterable[Access], rights: Iterable[str]) -> Writable:
    """What these rights let be written, whosever row it is; what only owners write is left out."""
    held = {EVERYBODY, *rights}
    rules = [access for access in accesses if access.right in held]
    changes: dict[str, frozenset[str]] = {}
    for table, columns in (pair for access in rules for pair in access.changes.items()):
        changes[table] = changes.get(table, frozenset()) | {*columns.split()}
    adds, removes = ({name for access in rules for name in getattr(access, kind).split()} for kind in ("adds", "removes"))
    return Writable(frozenset(adds), changes, frozenset(removes))


def without_rule(tables: Iterable[str], accesses: Iterable[Access], internal: Iterable[str]) -> frozenset[str]:
    """The tables no right speaks of and that are not named as `internal`: new ones whose maker forgot to decide."""
    named = frozenset(internal).union(*(access.tables for access in accesses))
    return frozenset(name for name in tables if name not in named and not name.startswith(VERSION_TABLE))


def _read(name: str) -> Grant:
    table, _dot, column = name.partition(".")
    return Grant("SELECT", table, column)


def _there(grant: Grant, tables: frozenset[str]) -> bool:
    name = grant.name.removeprefix(remover("")) if grant.privilege == "EXECUTE" else grant.name
    return name in tables or (grant.privilege == "EXECUTE" and name == grant.name)
