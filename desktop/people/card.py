"""Everything about one person that a card or a record shows, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select, text, tuple_
from sqlalchemy.orm import Session

from db import identity_numbers
from db.absent import absent
from db.base import Key
from db.models.consent import ALL_CHANNELS, ContactBlock
from db.models.duplicate import KeptApart
from db.models.interaction import CHANNEL_OF, Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import ROLE_KINDS, Role
from db.models.task import Task
from db.prepared import Prepared, together
from db.search import title_of
from desktop.core.contacting.rules import BY_CHANNEL

FIRST_LINES = 50
_ORDER = {kind: place for place, kind in enumerate(ROLE_KINDS)}


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """One number, masked; `valid_to` is its last day once another took its place."""

    id: UUID
    version: int
    kind: str
    masked: str
    issuer: str
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One way to reach the person; addresses have their parts, the others `value`."""

    id: UUID
    version: int
    kind: str
    label: str
    value: str
    normal: str
    street: str
    postcode: str
    city: str
    country: str
    hold: str

    @property
    def shown(self) -> str:
        """The address in one line, or the value as typed."""
        if self.kind != "address":
            return self.value
        town = " ".join(filter(None, (self.postcode, self.city)))
        return ", ".join(filter(None, (self.street, town, self.country))) or self.value


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One stage of the life with the university; both days are included."""

    id: UUID
    version: int
    kind: str
    programme: str
    term: str
    starts: date | None
    ends: date | None

    def held(self, today: date) -> bool:
        """Whether it holds on that day."""
        return (self.ends is None or self.ends >= today) and (self.starts is None or self.starts <= today)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """Something still to be done about the person."""

    id: UUID
    version: int
    title: str
    kind: str
    module: str
    subject: UUID | None
    due: datetime
    note: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One interaction; `outcome` is a code of `module`, which puts the line into words."""

    id: UUID
    kind: str
    at: datetime
    direction: str
    seconds: int | None
    outcome: str
    title: str
    text: str
    module: str
    by_name: str


@dataclass(frozen=True, slots=True)
class StopLine:
    """A channel by which the person is not to be contacted; see `ContactBlock`."""

    id: UUID
    version: int
    channel: str
    reason: str
    since: datetime
    ends_at: datetime | None
    by_name: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person at one moment. The timeline holds its newest lines only; `counts` tells how many there are by kind."""

    id: UUID
    version: int
    given: str
    family: str
    preferred: str
    former: str
    salutation: str
    language: str
    birth_date: date | None
    deceased_on: date | None
    retired_at: datetime | None
    note: str
    apart: bool  # never compared with others
    identifiers: tuple[IdentifierLine, ...]
    contacts: tuple[ContactLine, ...]
    roles: tuple[RoleLine, ...]
    tasks: tuple[TaskLine, ...]
    stops: tuple[StopLine, ...]
    timeline: tuple[TimelineEntry, ...]
    counts: dict[str, int]

    @property
    def title(self) -> str:
        """ "Family, Given"."""
        return title_of(self.family, self.given)

    def best(self, kind: str) -> ContactLine | None:
        """The first way of this kind that is not on hold."""
        return next((line for line in self.contacts if line.kind == kind and not line.hold), None)

    def stopped(self, channel: str, now: datetime) -> str:
        """A code of `WHY` where nobody is to contact them by this channel; with an empty one, by any; empty where they may."""
        if self.deceased_on is not None:
            return "deceased"
        held = {stop.channel for stop in self.stops if stop.ends_at is None or stop.ends_at > now}
        return "no_contact" if ALL_CHANNELS in held else BY_CHANNEL[channel] if channel in held else ""

    def lately(self, since: datetime) -> Counter[str]:
        """How often we contacted them since then, by kind, as far as the newest lines of the timeline tell."""
        return Counter(
            line.kind for line in self.timeline if line.direction == "out" and line.at > since and line.kind in CHANNEL_OF
        )


def person_card(session: Session, person_id: UUID) -> PersonCard:
    """Read the card: seven statements in one go, an eighth where the timeline is longer than it shows.

    Raises:
        Unavailable: there is no such person, for instance because making them was taken back.
    """
    connection = session.connection()
    on_server = connection.dialect.name == "postgresql"
    statements = (_HEAD, _LINES, _MASKED if on_server else _IDENTIFIERS, _CONTACTS, _ROLES, _TASKS, _STOPS)
    asked = ((statement, {"person": person_id}) for statement in statements)
    head, newest, numbers, contacts, roles, tasks, stops = together(connection, *asked)
    if not head:
        raise absent()
    lines = tuple(TimelineEntry(*row) for row in newest)
    counts: dict[str, int] = (
        dict(_COUNTS.all(connection, person=person_id)) if len(lines) == FIRST_LINES else Counter(line.kind for line in lines)
    )
    masked = numbers if on_server else _masked(numbers)
    return PersonCard(
        **dict(zip(_HEAD_NAMES, head[0], strict=True)),
        identifiers=tuple(sorted((IdentifierLine(*row) for row in masked), key=_is_history)),
        contacts=_in_order(ContactLine(*row) for row in contacts),
        roles=_along_the_life(RoleLine(*row) for row in roles),
        tasks=tuple(TaskLine(*row) for row in tasks),
        stops=tuple(StopLine(*row) for row in stops),
        timeline=lines,
        counts=dict(counts),
    )


def timeline(
    session: Session,
    person_id: UUID,
    before: tuple[datetime, UUID] | None = None,
    kinds: Collection[str] = (),
    limit: int = FIRST_LINES,
) -> list[TimelineEntry]:
    """The newest lines first, or those before the one at this moment with this id; `kinds` narrows them."""
    found = select(*_columns(Interaction, TimelineEntry)).where(Interaction.person_id == person_id)
    if kinds:
        found = found.where(Interaction.kind.in_(kinds))
    if before is not None:
        types = (Interaction.at.type, Interaction.id.type)
        found = found.where(tuple_(Interaction.at, Interaction.id) < tuple_(*before, types=types))
    rows = session.execute(found.order_by(Interaction.at.desc(), Interaction.id.desc()).limit(limit))
    return [TimelineEntry(*values) for values in rows]


def _masked(numbers: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for row_id, version, kind, value, issuer, ended in numbers:
        yield row_id, version, kind, identity_numbers.masked(kind, value), issuer, ended


def _is_history(line: IdentifierLine) -> bool:
    return line.valid_to is not None


def _columns(model: Any, kind: Any) -> list[Any]:
    return [getattr(model, name) for name in kind.__dataclass_fields__ if hasattr(model, name)]


def _in_order(lines: Iterable[ContactLine]) -> tuple[ContactLine, ...]:
    order = {"email": 0, "phone": 1, "address": 2, "social": 3}
    return tuple(sorted(lines, key=lambda line: order.get(line.kind, 9)))


def _along_the_life(lines: Iterable[RoleLine]) -> tuple[RoleLine, ...]:
    """By first day, then by kind; those without a day stand where their kind belongs."""
    return tuple(sorted(lines, key=lambda line: (line.starts or line.ends or date.max, _ORDER.get(line.kind, 99))))


# The card is read with every click in a list, so its statements are compiled once.
_WHO: Any = bindparam("person", type_=Key())
_HEAD_NAMES = [*(name for name in PersonCard.__dataclass_fields__ if hasattr(Person, name)), "apart"]
_APART = exists().where(KeptApart.person_id == Person.id)
_HEAD = Prepared(select(*_columns(Person, PersonCard), _APART.label("apart")).where(Person.id == _WHO))
_IDENTIFIERS = Prepared(
    select(Identifier.id, Identifier.version, Identifier.kind, Identifier.value, Identifier.issuer, Identifier.valid_to)
    .where(Identifier.person_id == _WHO)
    .order_by(Identifier.id)
)
# A server masks them itself, for not everybody may read them there.
_MASKED = Prepared(
    text(
        "SELECT m.id, m.version, m.kind, masked, m.issuer, valid_to FROM masked_numbers(:person) m JOIN identifier i USING (id) ORDER BY m.id"
    )
    .bindparams(_WHO)
    .columns()
)
_CONTACTS = Prepared(
    select(*_columns(ContactPoint, ContactLine))
    .where(ContactPoint.person_id == _WHO)
    .order_by(ContactPoint.position, ContactPoint.id)
)
_STOPS = Prepared(
    select(*_columns(ContactBlock, StopLine))
    .where(ContactBlock.person_id == _WHO)
    .order_by(ContactBlock.channel, ContactBlock.id)
)
_ROLES = Prepared(select(*_columns(Role, RoleLine)).where(Role.person_id == _WHO).order_by(Role.id))
_TASKS = Prepared(
    select(*_columns(Task, TaskLine)).where(Task.person_id == _WHO, Task.done_at.is_(None)).order_by(Task.due, Task.id)
)
_LINES = Prepared(
    select(*_columns(Interaction, TimelineEntry))
    .where(Interaction.person_id == _WHO)
    .order_by(Interaction.at.desc(), Interaction.id.desc())
    .limit(FIRST_LINES)
)
_COUNTS = Prepared(select(Interaction.kind, func.count()).where(Interaction.person_id == _WHO).group_by(Interaction.kind))
