"""What the import page has done in the background: find out what would become of each row, and who was kept. No Qt here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.collector import Long, collector_paused
from db.history import TakenBack
from db.models.person import Person
from db.owners import by_table, people_of
from db.search import title_of
from desktop.people.formats.table import Fault
from desktop.people.imports.deciding.plans import RowPlan
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.rows import ReadFile
from desktop.people.imports.storing import ImportCounts, import_people, plan_import

Report = Callable[[int, int], Any]
Kind = Literal["new", "changed", "clash", "several", "same", "faulty"]
KINDS: tuple[Kind, ...] = ("new", "changed", "clash", "several", "same", "faulty")
NAMED_AT_MOST = 200  # people kept by a taking back who are listed by name


class Cancelled(Exception):
    """The user does not want it any more; raised inside the work, which then leaves nothing behind."""


class Entry(NamedTuple):
    """One row of the file with what would become of it: a plan, or the fault why not."""

    line: int
    kind: Kind
    name: str
    row: IncomingPerson | None = None
    plan: RowPlan | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A file with what would become of every row, in the order of the file; all and by kind.

    Sorted out where it is made: the window's thread would stand still over a million rows.
    """

    file: ReadFile
    entries: list[Entry]
    by_kind: dict[Kind, list[Entry]]
    overwriting: int = 0  # changed rows that overwrite or end something
    wishes: Wishes = field(default_factory=Wishes)
    mended: bool = False  # a file of faulty rows that was written here, and has come back

    @property
    def counts(self) -> dict[Kind, int]:
        """How many rows are of each kind."""
        return {kind: len(self.by_kind[kind]) for kind in KINDS}

    def put(self, entry: Entry) -> None:
        """Take this entry for the one of its line, which is of the same kind."""
        for entries in (self.entries, self.by_kind[entry.kind]):
            place = bisect_left(entries, entry.line, key=lambda one: one.line)
            while entries[place].line == entry.line and entries[place].kind != entry.kind:
                place += 1
            entries[place] = entry


@collector_paused()
def preview(session: Session, file: ReadFile, report: Report, wishes: Wishes | None = None) -> Preview:
    """Match every row with the register; nothing is written."""
    wishes = wishes or Wishes(digest=file.digest)
    plans = plan_import(session, file.rows, report, wishes)
    entries = Long(
        Entry(plan.line, plan.verdict, plan.name, row=row, plan=plan) for plan, row in zip(plans, file.rows, strict=True)
    )
    entries += [Entry(fault.line, "faulty", "", fault=fault) for fault in file.faults]
    entries.sort(key=lambda entry: entry.line)
    sorted_out: dict[Kind, list[Entry]] = {kind: Long() for kind in KINDS}
    for entry in entries:
        sorted_out[entry.kind].append(entry)
    overwriting = sum(any(change.before for change in plan.changes) for plan in plans if plan.verdict == "changed")
    return Preview(file, entries, sorted_out, overwriting, wishes)


def plan_again(session: Session, entry: Entry, wishes: Wishes) -> Entry:
    """The same row once somebody said who it is: what it would change of that person, and what clashes."""
    assert entry.row is not None
    (plan,) = plan_import(session, [entry.row], lambda _done, _total: None, wishes)
    return entry._replace(plan=plan)


def import_shown(
    session: Session, shown: Preview, *, source: str, report: Report, wishes: Wishes | None = None, today: date | None = None
) -> ImportCounts:
    """Import what a preview showed and nothing else, inside a write scope; rows overtaken meanwhile are left out.

    Args:
        wishes: With what was decided since about single rows; those of the preview when left out.
    """
    plans = [entry.plan for entry in shown.entries if entry.plan is not None]
    return import_people(
        session, shown.file.rows, source=source, faulty=len(shown.file.faults), report=report, shown=plans,
        wishes=wishes or shown.wishes, today=today,
    )  # fmt: skip


def kept_people(session: Session, taken: TakenBack) -> list[str]:
    """The names of those on whom a taking back kept something because it was touched since, by the alphabet."""
    ids = set[UUID]()
    for table, rows in by_table(taken.kept).items():
        people = people_of(table, rows[:NAMED_AT_MOST])
        if people is not None:
            ids |= set(session.scalars(people))
    return _names(session, ids)


def _names(session: Session, ids: set[UUID]) -> list[str]:
    chosen = sorted(ids)[:NAMED_AT_MOST]
    people = select(Person.family, Person.given).where(Person.id.in_(chosen)).order_by(Person.name_key, Person.id)
    return [title_of(family, given) for family, given in session.execute(people)]
