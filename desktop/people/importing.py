"""Bringing a list of people in: one change set for the whole file, nothing when the file says nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import new_id, new_key
from db.bulk import insert_rows
from db.collector import collector_paused
from db.database import describe, own_change_set
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.search import title_of
from db.sorting import fold, name_key
from desktop.people.matching import Change, Known, Place, Register, RowPlan, Verdict, address_after, changes_of, chunks, noted
from desktop.people.people_file import Asked, read_for_a_command
from desktop.people.rows import IncomingPerson

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext

IMPORT_VERB = "import_people"
Report = Callable[[int, int], Any]  # (rows done, rows in all); raises to stop the import, which then leaves no trace

_REACH = ("id", "person_id", "kind", "value", "normal", "national", "position")
_ADDRESS = ("id", "person_id", "value", "street", "postcode", "city", "city_key", "country")


@dataclass(slots=True)
class ImportCounts:
    """How many rows fell into which class; `change_set` is None when nothing had to be saved."""

    new: int = 0
    same: int = 0
    changed: int = 0
    faulty: int = 0
    change_set: UUID | None = None

    def count(self, plan: RowPlan) -> None:
        """Count one row."""
        setattr(self, plan.verdict, getattr(self, plan.verdict) + 1)


@collector_paused()
def plan_import(session: Session, rows: list[IncomingPerson], report: Report) -> list[RowPlan]:
    """What would become of every row, in the order of the file; writes nothing."""
    register, plans = Register(session), []
    for portion in chunks(rows):
        register.look_up(portion)
        plans += [plan for plan, _row, _person in _settle(register, portion)]
        report(len(plans), len(rows))
    return plans


@collector_paused()
def import_people(session: Session, rows: list[IncomingPerson], *, source: str, faulty: int, report: Report) -> ImportCounts:
    """Bring the rows in, inside a write scope with the verb `IMPORT_VERB`.

    The rows are matched anew against what the database holds now, so that a preview that has grown old does no harm.

    Args:
        source: The file's name, kept with addresses and roles and shown in the history.
        faulty: How many rows of the file cannot be used, for the history.
    """
    register, counts, done = Register(session), ImportCounts(faulty=faulty), 0
    for portion in chunks(rows):
        register.look_up(portion)
        batch = _Batch(source)
        for plan, row, person in _settle(register, portion):
            counts.count(plan)
            if plan.verdict == "new":
                batch.add_person(person, row)
            elif plan.verdict == "changed":
                batch.change_person(session, person, row, plan.changes)
        batch.store(session)
        done += len(portion)
        report(done, len(rows))
    if counts.new or counts.changed:
        counts.change_set = own_change_set(session)
    describe(session, file=source, new=counts.new, changed=counts.changed, same=counts.same, faulty=faulty)
    return counts


@collector_paused()
def add_people(session: Session, rows: Sequence[IncomingPerson], *, source: str, report: Report) -> list[UUID]:
    """Take every row for somebody new: for a register moved over as it stands, doubles included.

    Returns:
        The people's ids in the order of the rows.
    """
    ids: list[UUID] = []
    for portion in chunks(rows):
        batch = _Batch(source)
        for row in portion:
            language = row.language if row.language in LANGUAGES else ""
            person = Known(new_id(), row.given, row.family, language=language, stored=False)
            batch.add_person(person, row)
            ids.append(person.id)
        batch.store(session)
        report(len(ids), len(rows))
    describe(session, file=source, new=len(ids), changed=0, same=0, faulty=0)
    return ids


def import_file(context: ModuleContext, path: Path, dry_run: bool, sheet: str = "") -> dict[str, Any]:
    """Read and bring in a file, of a spreadsheet one sheet, in one go, for the command line.

    Returns:
        The counts "new", "same", "changed" and "faulty", and "change_set", which is None when nothing was saved.

    Raises:
        Told: the file cannot be used, or nothing could be saved.
    """
    asked = Asked(path, context.settings.get("core.office_country"), context.clock.today(), sheet)
    read = read_for_a_command(asked)
    counts = ImportCounts(faulty=len(read.faults))
    if dry_run:
        with context.database.read() as session:
            for plan in plan_import(session, read.rows, _quiet):
                counts.count(plan)
    else:
        with context.database.write(context.actor, IMPORT_VERB) as session:
            counts = import_people(session, read.rows, source=path.name, faulty=len(read.faults), report=_quiet)
    return asdict(counts)


def _quiet(done: int, total: int) -> None:
    """Nobody watches."""


def _settle(register: Register, rows: Any) -> Iterator[tuple[RowPlan, IncomingPerson, Known]]:
    """Each row with its verdict and person; the caller may act before the next row is looked at."""
    for row in rows:
        person = register.match(row)
        name = title_of(row.family, row.given)
        changes: tuple[Change, ...] = ()
        verdict: Verdict = "new"
        if person is None:
            person = register.add(row)
        else:
            changes = changes_of(person, row)
            verdict = "changed" if changes else "same"
        yield RowPlan(row.line, verdict, person.id, name, changes), row, person
        register.learn(person, row)


@dataclass(slots=True)
class _Batch:
    """The rows one portion of the file adds, table by table."""

    source: str
    people: list[tuple[Any, ...]] = field(default_factory=list)
    reach: list[tuple[Any, ...]] = field(default_factory=list)
    addresses: list[tuple[Any, ...]] = field(default_factory=list)
    identifiers: list[tuple[Any, ...]] = field(default_factory=list)
    roles: list[tuple[Any, ...]] = field(default_factory=list)

    def add_person(self, person: Known, row: IncomingPerson) -> None:
        """Everything the row says about somebody new."""
        key = name_key(row.family, row.given)
        self.people.append((person.id, row.given, row.family, row.preferred, row.birth_date, person.language, key, row.note))
        self._add_numbers(person, row, {(i.kind, i.issuer, i.value) for i in row.identifiers})
        self._add_reach(person, row, {e[1] for e in row.emails} | {p[1] for p in row.phones})
        if row.city or row.street:
            self._add_address(person, row)
        self._add_role(person, row)

    def change_person(self, session: Session, person: Known, row: IncomingPerson, changes: tuple[Change, ...]) -> None:
        """Only what the row says and the register does not hold yet."""
        fields = {change.field for change in changes}
        self._change_row(session, person, row, fields)
        self._add_numbers(person, row, {(i.kind, i.issuer, i.value) for i in row.identifiers} - person.identifiers)
        self._add_reach(person, row, ({e[1] for e in row.emails} | {p[1] for p in row.phones}) - person.reach)
        if "address" in fields:
            self._change_address(session, person, row)
        if "admitted" in fields:
            self._add_role(person, row)

    def store(self, session: Session) -> None:
        """Insert everything gathered, parents first."""
        names = ("id", "given", "family", "preferred", "birth_date", "language", "name_key", "note")
        insert_rows(session, Person, names, self.people)
        insert_rows(session, ContactPoint, _REACH, self.reach, source=self.source)
        insert_rows(session, ContactPoint, _ADDRESS, self.addresses, source=self.source, kind="address")
        insert_rows(session, Identifier, ("id", "person_id", "kind", "value", "issuer"), self.identifiers)
        insert_rows(session, Role, ("id", "person_id", "programme", "term"), self.roles, source=self.source, kind="admitted")
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
        _change(session, Person, person.id, values)

    def _change_address(self, session: Session, person: Known, row: IncomingPerson) -> None:
        if not person.addresses:
            self._add_address(person, row)
        elif (place := address_after(person, row)) is not None:
            self.store(session)
            values = {"street": place.street, "postcode": place.postcode, "city": place.city, "country": place.country}
            more = {"value": place.line, "city_key": fold(place.city), "source": self.source}
            _change(session, ContactPoint, place.id, {**values, **more})

    def _add_numbers(self, person: Known, row: IncomingPerson, wanted: set[tuple[str, str, str]]) -> None:
        self.identifiers += [
            (new_key(), person.id, i.kind, i.value, i.issuer) for i in row.identifiers if (i.kind, i.issuer, i.value) in wanted
        ]

    def _add_reach(self, person: Known, row: IncomingPerson, wanted: set[str]) -> None:
        for kind, entries in (("email", [(*e, "") for e in row.emails]), ("phone", row.phones)):
            for position, (typed, normal, national) in enumerate(entries):
                if normal in wanted:
                    wanted.discard(normal)
                    self.reach.append((new_key(), person.id, kind, typed, normal, national, position))

    def _add_address(self, person: Known, row: IncomingPerson) -> None:
        place = Place(new_id(), row.street, row.postcode, row.city, row.country)
        self.addresses.append((place.id, person.id, place.line, *place[1:4], fold(row.city), row.country))
        person.addresses.insert(0, place)

    def _add_role(self, person: Known, row: IncomingPerson) -> None:
        if row.programme or row.term:
            self.roles.append((new_key(), person.id, row.programme, row.term))


def _change(session: Session, kind: type[Person] | type[ContactPoint], row_id: UUID, values: dict[str, Any]) -> None:
    stamp = {"version": kind.version + 1, "changed_in": own_change_set(session)}
    session.execute(
        update(kind).where(kind.id == row_id).values(**values, **stamp), execution_options={"synchronize_session": False}
    )
