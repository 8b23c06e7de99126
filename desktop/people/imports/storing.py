"""Bringing a list of people in: one change set for the whole file, nothing when the file says nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import new_id, new_keys
from db.bulk import insert_rows
from db.collector import collector_paused
from db.database import describe, own_change_set, tell_search
from db.errors import Conflict
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.protected.people import raise_protection
from db.search import person_text
from db.search_text import Findable
from db.sorting import fold, name_key
from db.texts import _
from desktop.people.imports.changes import address_after, noted, replaced_by
from desktop.people.imports.deciding.brake import Brake
from desktop.people.imports.deciding.marks import MarkTask, mark_task, tell_of_marks
from desktop.people.imports.deciding.origins import IMPORT_VERB as IMPORT_VERB
from desktop.people.imports.deciding.plans import Change, RowPlan
from desktop.people.imports.deciding.settling import Settled, Settler, Wishes
from desktop.people.imports.incoming import ADMITTED, IncomingPerson
from desktop.people.imports.known import Known, Place, address_line
from desktop.people.imports.mapping.recognising import profile_called
from desktop.people.imports.matching import chunks
from desktop.people.imports.people_file import Asked, read_for_a_command

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext

FULL = 12_000  # rows of people and of ways to reach them, stored together: the rest of making ready is for nothing so rarely
Report = Callable[[int, int], Any]  # (rows done, rows in all); raises to stop the import, which then leaves no trace

_REACH = ("id", "person_id", "kind", "label", "value", "normal", "national", "position")
_ADDRESS = ("id", "person_id", "value", "street", "postcode", "city", "city_key", "country")


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
    wishes = wishes or Wishes()
    batch, counts, done = _Batch(source, today or date.today()), ImportCounts(faulty=faulty), 0
    marked: dict[UUID, str] = {}  # whom the file calls protected
    brake, expected, left_out = Brake(wishes.mapping.brake_percent), iter(shown or ()), set[UUID]()
    for portion in Settler(session, rows, wishes).portions():
        for settled in portion:
            done += 1
            if shown is not None and (_overtaken(settled.plan, next(expected)) or settled.person.id in left_out):
                counts.overtaken += 1
                counts.marked += bool(settled.row.protected)
                left_out.add(settled.person.id)
                continue
            counts.count(settled)
            brake.count(settled.outcome, settled.changes)
            batch.take(session, settled)
            if settled.row.protected and settled.sure:
                marked[settled.person.id] = settled.row.protected
        if batch.full or done == len(rows):
            batch.store(session)
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
    batch, keys = _Batch(source, date.today()), new_keys()
    for portion in chunks(rows):
        for row, key in zip(portion, keys):
            ids.append(key)
            batch.add_person(key, row, row.language if row.language in LANGUAGES else "")
        if batch.full or len(ids) == len(rows):
            batch.store(session)
        report(len(ids), len(rows))
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


@dataclass(slots=True)
class _Batch:
    """The rows one portion of the file adds, table by table."""

    source: str
    today: date
    keys: Iterator[bytearray] = field(default_factory=new_keys)
    texts: dict[bytes, tuple[int, Findable]] = field(default_factory=dict)  # of new people, for the search index
    people: list[tuple[Any, ...]] = field(default_factory=list)
    reach: list[tuple[Any, ...]] = field(default_factory=list)
    addresses: list[tuple[Any, ...]] = field(default_factory=list)
    identifiers: list[tuple[Any, ...]] = field(default_factory=list)
    roles: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """True when it is time to store."""
        return len(self.people) + len(self.reach) >= FULL

    def take(self, session: Session, settled: Settled) -> None:
        """Do what is to be done about a row."""
        person, row = settled.person, settled.row
        if settled.outcome == "new":
            address = self.add_person(bytearray(person.id.bytes), row, person.language)
            if address is not None and not settled.alone:
                person.addresses.insert(0, Place(UUID(bytes=bytes(address)), row.street, row.postcode, row.city, row.country))
        elif settled.outcome == "changed":
            self.change_person(session, person, row, settled.changes)

    def add_person(self, person: bytearray, row: IncomingPerson, language: str) -> bytearray | None:
        """Everything the row says about somebody new; gives the id of their address.

        Written out at length: of an import's own work this is the most, once for each of a hundred thousand.
        """
        (
            _line, given, family, preferred, birth_date, identifiers, emails, phones,
            street, postcode, city, country, _language, programme, term, note, labelled, role, _protected,
        ) = row  # fmt: skip
        keys, reach, address, before = self.keys, self.reach, None, len(self.reach)
        key, labels = name_key(family, given), dict(labelled)
        self.people.append((person, given, family, preferred, birth_date, language, key, note))
        for kind, value, issuer in identifiers:
            self.identifiers.append((next(keys), person, kind, value, issuer))
        for position, (typed, normal) in enumerate(emails):
            if not position or all(normal != other for _typed, other in emails[:position]):
                reach.append((next(keys), person, "email", labels.get(normal, ""), typed, normal, "", position))
        for position, (typed, normal, national) in enumerate(phones):
            if not position or all(normal != other for _typed, other, _national in phones[:position]):
                reach.append((next(keys), person, "phone", labels.get(normal, ""), typed, normal, national, position))
        if city or street:
            address = next(keys)
            line = address_line(street, postcode, city)
            self.addresses.append((address, person, line, street, postcode, city, fold(city), country))
        if programme or term or role:
            self.roles.append((next(keys), person, role or ADMITTED, programme, term))
        self.texts[bytes(person)] = 1 + len(reach) - before, person_text(given, family, preferred, key, emails, phones)
        return address

    def change_person(self, session: Session, person: Known, row: IncomingPerson, changes: tuple[Change, ...]) -> None:
        """Only what the row says and the register does not hold yet."""
        fields = {change.field for change in changes}
        self._change_row(session, person, row, fields)
        self._add_numbers(session, person, row)
        self._add_reach(person, row)
        if "address" in fields:
            self._change_address(session, person, row)
        if ("admitted" in fields or "role" in fields) and row.stage is not None:
            self.roles.append((next(self.keys), bytearray(person.id.bytes), *row.stage))

    def store(self, session: Session) -> None:
        """Insert everything gathered, parents first."""
        names = ("id", "given", "family", "preferred", "birth_date", "language", "name_key", "note")
        insert_rows(session, Person, names, self.people)
        insert_rows(session, ContactPoint, _REACH, self.reach, source=self.source)
        insert_rows(session, ContactPoint, _ADDRESS, self.addresses, source=self.source, kind="address")
        insert_rows(session, Identifier, ("id", "person_id", "kind", "value", "issuer"), self.identifiers)
        insert_rows(session, Role, ("id", "person_id", "kind", "programme", "term"), self.roles, source=self.source)
        tell_search(session, "person", self.texts)
        self.texts.clear()
        for rows in (self.people, self.reach, self.addresses, self.identifiers, self.roles):
            rows.clear()

    def _change_row(self, session: Session, person: Known, row: IncomingPerson, fields: set[str]) -> None:
        values: dict[str, Any] = {
            name: getattr(row, name) for name in ("given", "family", "preferred", "birth_date", "language") if name in fields
        }
        if "note" in fields:
            values["note"] = noted(person, row)
        if not values:
            return
        if "given" in values or "family" in values:
            values["name_key"] = name_key(values.get("family", person.family), values.get("given", person.given))
        self.store(session)  # the person may be one that an earlier row of this portion made
        _change(session, Person, person.id, person.version, values)
        person.version += 1

    def _change_address(self, session: Session, person: Known, row: IncomingPerson) -> None:
        if not person.addresses:
            first = Place(new_id(), row.street, row.postcode, row.city, row.country)
            keys = bytearray(first.id.bytes), bytearray(person.id.bytes)
            self.addresses.append((*keys, first.line, *first[1:4], fold(first.city), first.country))
            person.addresses.insert(0, first)
        elif (place := address_after(person, row)) is not None:
            self.store(session)
            values = {"street": place.street, "postcode": place.postcode, "city": place.city, "country": place.country}
            more = {"value": place.line, "city_key": fold(place.city), "source": self.source}
            _change(session, ContactPoint, place.id, place.version - 1, {**values, **more})

    def _add_numbers(self, session: Session, person: Known, row: IncomingPerson) -> None:
        """Write down numbers not known yet; those they take the place of end today, and stay in the history."""
        key = bytearray(person.id.bytes)
        for kind, value, issuer in row.identifiers:
            if (kind, issuer, value) not in person.identifiers:
                for former in replaced_by(person, kind):
                    _change(session, Identifier, former.id, former.version, {"valid_to": self.today})
                    person.passing.remove(former)
                self.identifiers.append((next(self.keys), key, kind, value, issuer))

    def _add_reach(self, person: Known, row: IncomingPerson) -> None:
        key, known, labels = bytearray(person.id.bytes), set(person.reach), dict(row.labels)
        for kind, entries in (("email", [(*e, "") for e in row.emails]), ("phone", row.phones)):
            for position, (typed, normal, national) in enumerate(entries):
                if normal not in known:
                    known.add(normal)
                    self.reach.append((next(self.keys), key, kind, labels.get(normal, ""), typed, normal, national, position))


def _change(
    session: Session,
    kind: type[Person] | type[ContactPoint] | type[Identifier],
    row_id: UUID,
    version: int,
    values: dict[str, Any],
) -> None:
    """Change the row as it was read: on a server a colleague may save between the reading and now."""
    stamp = {"version": version + 1, "changed_in": own_change_set(session)}
    done = session.execute(
        update(kind).where(kind.id == row_id, kind.version == version).values(**values, **stamp),
        execution_options={"synchronize_session": False},
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            _("Someone changed a person of this list while it was brought in."),
            _("Nothing of the list was saved, and nothing was overwritten. Import it again."),
        )
