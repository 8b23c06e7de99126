"""Bringing a list of people in: one change set for the whole file, nothing when the file says nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.ahead import ahead
from db.base import new_keys
from db.bulk import Preparing
from db.collector import collector_paused
from db.database import describe, own_change_set
from db.models.person import LANGUAGES
from db.protected.people import raise_protection
from desktop.people.imports.batch import Batch
from desktop.people.imports.deciding.brake import Brake
from desktop.people.imports.deciding.marks import MarkTask, mark_task, tell_of_marks
from desktop.people.imports.deciding.origins import IMPORT_VERB as IMPORT_VERB
from desktop.people.imports.deciding.plans import RowPlan
from desktop.people.imports.deciding.settling import Settled, Settler, Wishes
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.mapping.recognising import profile_called
from desktop.people.imports.people_file import Asked, read_for_a_command
from desktop.people.imports.portions import chunks

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext

Report = Callable[[int, int], Any]  # (rows done, rows in all); raises to stop the import, which then leaves no trace


@dataclass(slots=True)
class ImportCounts:
    """How many rows fell into which class; `change_set` is None when nothing had to be saved.

    Rows of `clash` and `several` were left out, since nobody decided about them. So were `overtaken` ones: somebody
    changed those people after the rows had been compared. `marked` are those left out that the file calls protected and
    of whom nobody knows who they are: they protect nobody until somebody says so.
    """

    new: int = 0
    same: int = 0
    changed: int = 0
    clash: int = 0
    several: int = 0
    faulty: int = 0
    overtaken: int = 0
    marked: int = 0
    change_set: UUID | None = None

    def count(self, settled: Settled) -> None:
        """Count one row."""
        setattr(self, settled.outcome, getattr(self, settled.outcome) + 1)
        self.marked += bool(settled.row.protected) and not settled.sure


@collector_paused()
def plan_import(session: Session, rows: list[IncomingPerson], report: Report, wishes: Wishes | None = None) -> list[RowPlan]:
    """What would become of every row, in the order of the file; writes nothing."""
    plans: list[RowPlan] = []
    for portion in Settler(session, rows, wishes or Wishes()).portions():
        plans += [settled.plan for settled in portion]
        report(len(plans), len(rows))
    return plans


@collector_paused()
def import_people(
    session: Session,
    rows: list[IncomingPerson],
    *,
    source: str,
    faulty: int,
    report: Report,
    shown: Sequence[RowPlan] | None = None,
    wishes: Wishes | None = None,
    past_brake: bool = True,
    today: date | None = None,
    marks: MarkTask | None = None,
) -> ImportCounts:
    """Bring the rows in, inside a write scope with the verb `IMPORT_VERB`.

    The rows are matched anew against what the database holds now, so that a preview that has grown old does no harm.

    Args:
        source: The file's name, kept with addresses and roles and shown in the history.
        faulty: How many rows of the file cannot be used, for the history.
        shown: What somebody was shown of each row. A row that would now do anything else is left out: what a colleague
            did meanwhile is not overwritten unseen.
        wishes: How the file is to be brought in and what was decided about its rows.
        past_brake: Whether it may overwrite as much as it likes.
        today: When numbers end that a real one takes the place of; the computer's day when left out.
        marks: What the office is told of rows marked as protected that may be several people; nothing when left out.

    Raises:
        RuleBroken: the brake holds; nothing may be saved then.
    """
    wishes, today = wishes or Wishes(), today or date.today()
    preparing, counts, done = Preparing(session), ImportCounts(faulty=faulty), 0
    marked: dict[UUID, str] = {}  # whom the file calls protected
    brake, expected, left_out = Brake(wishes.mapping.brake_percent), iter(shown or ()), set[UUID]()

    def take(portion: Iterable[Settled]) -> Batch:
        batch = Batch(preparing, source, today)
        for settled in portion:
            batch.rows += 1
            if shown is not None and (_overtaken(settled.plan, next(expected)) or settled.person.id in left_out):
                counts.overtaken += 1
                counts.marked += bool(settled.row.protected)
                left_out.add(settled.person.id)
                continue
            counts.count(settled)
            brake.count(settled.outcome, settled.changes)
            batch.take(settled)
            if settled.row.protected and settled.sure:
                marked[settled.person.id] = settled.row.protected
        return batch.make_ready()

    with closing(ahead(partial(take, portion) for portion in Settler(session, rows, wishes).portions())) as batches:
        for batch in batches:
            batch.store(session)
            done += batch.rows
            report(done, len(rows))
    if not past_brake:
        brake.stop()
    for own, kind in marked.items():
        raise_protection(session, own, kind, source)
    if counts.new or counts.changed:
        counts.change_set = own_change_set(session)
    tell_of_marks(session, wishes.digest or source, counts.marked, marks)
    known_again = {"digest": wishes.digest} if wishes.digest else {}
    describe(session, file=source, source=wishes.mapping.source, **known_again, **_told(counts))
    return counts


@collector_paused()
def add_people(session: Session, rows: Sequence[IncomingPerson], *, source: str, report: Report) -> list[bytearray]:
    """Take every row for somebody new: for a register moved over as it stands, doubles included.

    Returns:
        The bytes of the people's ids, in the order of the rows.
    """
    ids: list[bytearray] = []
    preparing, today, keys, done = Preparing(session), date.today(), new_keys(), 0

    def take(portion: Sequence[IncomingPerson]) -> Batch:
        batch = Batch(preparing, source, today)
        for row, key in zip(portion, keys):
            ids.append(key)
            batch.add_person(key, row, row.language if row.language in LANGUAGES else "")
        batch.rows = len(portion)
        return batch.make_ready()

    with closing(ahead(partial(take, portion) for portion in chunks(rows))) as batches:
        for batch in batches:
            batch.store(session)
            done += batch.rows
            report(done, len(rows))
    describe(session, file=source, new=len(ids), changed=0, same=0, faulty=0)
    return ids


def import_file(
    context: ModuleContext, path: Path, dry_run: bool, sheet: str = "", profile: str = "", past_brake: bool = False
) -> dict[str, Any]:
    """Read and bring in a file, of a spreadsheet one sheet, in one go, for the command line.

    Args:
        profile: The name or key of the import profile to follow; else the columns are recognised.
        past_brake: Whether it may overwrite more than an office expects.

    Returns:
        The counts "new", "same", "changed", "clash", "several" and "faulty", "marked" where there are any, and "change_set",
        which is None when nothing was saved. Rows that clash or may be several people are left out: they wait for somebody who
        decides.

    Raises:
        Told: the file cannot be used, or nothing could be saved.
    """
    today, follow = context.clock.today(), None
    if profile:
        with context.database.read() as session:
            follow = profile_called(session, profile, context.actor.id)
    read = read_for_a_command(Asked(path, context.settings.get("core.office_country"), today, sheet, follow))
    wishes, counts = Wishes(read.mapping, digest=read.digest), ImportCounts(faulty=len(read.faults))
    if dry_run:
        with context.database.read() as session:
            for portion in Settler(session, read.rows, wishes).portions():
                for settled in portion:
                    counts.count(settled)
    else:
        with context.database.write(context.actor, IMPORT_VERB) as session:
            counts = import_people(
                session, read.rows, source=path.name, faulty=len(read.faults), report=_quiet, wishes=wishes,
                past_brake=past_brake, today=today, marks=mark_task(path.name, context.texts),
            )  # fmt: skip
    found = asdict(counts)
    del found["overtaken"]  # nothing was shown before
    if not counts.marked:
        del found["marked"]
    return found


def _overtaken(plan: RowPlan, shown: RowPlan) -> bool:
    """Whether the row would now do something that nobody was shown."""
    return plan.verdict != "same" and _asked(plan) != _asked(shown)


def _asked(plan: RowPlan) -> tuple[Any, ...]:
    return plan.verdict, plan.changes, plan.clashes, plan.candidates


def _told(counts: ImportCounts) -> dict[str, int]:
    """The counts as the history keeps them; what is nought and need not be is left out."""
    told = {"new": counts.new, "changed": counts.changed, "same": counts.same, "faulty": counts.faulty}
    more = {"clash": counts.clash, "several": counts.several, "marked": counts.marked}
    return told | {name: count for name, count in more.items() if count}


def _quiet(done: int, total: int) -> None:
    """Nobody watches."""
