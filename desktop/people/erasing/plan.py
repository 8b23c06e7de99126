"""What erasing somebody would do, table by table of all modules: read before it is done, and again while it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import JSON, String, Table, func, inspect, or_, select
from sqlalchemy.orm import Session

from db.absent import absent
from db.base import Key
from db.merged import records_of, refuse_merged
from db.models.history import ChangeAbout
from db.models.person import Person
from db.search import title_of
from desktop.core.manifest import Fate
from desktop.people.merging.tables import BOOKKEEPING, described, portions

How = Literal["erase", "anonymise"]
Becomes = Literal["goes", "counts", "kept"]
Mark = tuple[int, int, int]
_NOBODYS = frozenset({*BOOKKEEPING, "user_id", "token"})  # keys that refer to no person and to nothing that hangs on one


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table, and what becomes of them."""

    fate: Fate
    table: Table
    rows: tuple[UUID, ...]

    def becomes(self, how: How) -> Becomes:
        """Rows that can be counted without the person are, where the person is anonymised."""
        if self.fate.erasing.ground:
            return "kept"
        return "counts" if how == "anonymise" and self.fate.erasing.counts else "goes"


@dataclass(frozen=True, slots=True)
class ErasePlan:
    """All rows about one person at one moment. `people` are the record and those merged into it; `mark` moves with them: the
    newest step about them, the version of the record, and how many rows there are.
    """

    people: tuple[UUID, ...]
    family: str
    given: str
    parts: tuple[Part, ...]
    files: tuple[UUID, ...]  # of the person, to which rows refer that are kept: they are kept with those
    grounds: tuple[Fate, ...]  # what is kept beside and names nobody
    mark: Mark

    @property
    def title(self) -> str:
        """How the person is called."""
        return title_of(self.family, self.given)

    def becoming(self, becomes: Becomes, how: How) -> list[Part]:
        """The parts that end so."""
        return [part for part in self.parts if part.becomes(how) == becomes]


def read_plan(session: Session, person: UUID, fates: Iterable[Fate]) -> ErasePlan:
    """Everything that refers to the person, however many tables away; what hangs on rows that are kept is kept with them.

    Raises:
        RuleBroken: the record only leads to another one.
        Unavailable: nobody is there by that id, protected people among them.
    """
    refuse_merged(session, person)
    found = session.execute(select(Person.family, Person.given, Person.version).where(Person.id == person)).one_or_none()
    if found is None:
        raise absent()
    people = records_of(session, person)
    every = tuple(fates)
    there = frozenset(inspect(session.connection()).get_table_names())
    tables = {fate.erasing.table: described(session, fate.erasing.table) for fate in every if fate.erasing.table in there}
    tracked = {name: table for name, table in tables.items() if {*BOOKKEEPING} <= {*table.c.keys()} and name != "person"}
    kept = {fate.erasing.table for fate in every if fate.erasing.ground}
    rows = _gather(session, people, tracked, kept)
    files = _kept_files(session, [(tables[name], rows[name]) for name in kept & rows.keys()], rows.get("attachment", []))
    rows["attachment"] = [id for id in rows.get("attachment", []) if id not in files]
    rows["person"] = list(people)
    parts = tuple(
        Part(fate, tables[name], tuple(rows[name])) for fate in every if (name := fate.erasing.table) in rows and rows[name]
    )
    beside = tuple(fate for fate in every if fate.erasing.ground and fate.erasing.table in there and not fate.erasing.refers)
    newest = session.scalar(select(func.max(ChangeAbout.change_set)).where(ChangeAbout.ref.in_(people))) or 0
    mark = (newest, found.version, sum(len(part.rows) for part in parts))
    return ErasePlan(people, found.family, found.given, parts, tuple(sorted(files)), beside, mark)


def _gather(session: Session, people: Sequence[UUID], tables: Mapping[str, Table], kept: Iterable[str]) -> dict[str, list[UUID]]:
    """The rows of each table that refer to one of these people, or to such a row."""
    rows: dict[str, list[UUID]] = {name: [] for name in tables}
    known, fresh = set(people), list(people)
    while fresh:
        following: list[UUID] = []
        for name, table in tables.items():
            keys = [column for column in table.c if isinstance(column.type, Key) and column.name not in _NOBODYS]
            for some in portions(fresh) if keys else ():
                wanted = select(table.c.id).where(or_(*(key.in_(some) for key in keys))).order_by(table.c.id)
                new = [id for id in session.scalars(wanted) if id not in known]
                rows[name] += new
                known.update(new)
                following += new if name not in kept else []
        fresh = following
    return rows


def _kept_files(session: Session, kept: Iterable[tuple[Table, Sequence[UUID]]], files: Sequence[UUID]) -> set[UUID]:
    """Which of these files rows refer to that are kept."""
    found: set[UUID] = set()
    for table, rows in kept:
        for column in (c for c in table.c if isinstance(c.type, Key) and c.name not in _NOBODYS):
            for some in portions(rows):
                found.update(session.scalars(select(column).where(table.c.id.in_(some), column.in_(files))))
    return found


def emptied(part: Part) -> dict[str, Any]:
    """What the columns hold that do not stay, where rows are counted without the person."""
    erasing = part.fate.erasing
    stays = {*erasing.counts.split(), *erasing.refers, *BOOKKEEPING}
    found: dict[str, Any] = {}
    for column in part.table.c:
        if column.name in stays:
            continue
        if column.nullable:
            found[column.name] = None
        elif isinstance(column.type, JSON):
            found[column.name] = []
        elif isinstance(column.type, String):
            found[column.name] = ""
    return found
