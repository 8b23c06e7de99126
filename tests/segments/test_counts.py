"""Every segment finds whom a plain reading of the same records finds: random definitions over the demo, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import new_id
from db.models.consent import Consent, ConsentPurpose, ContactBlock
from db.models.history import ChangeSet
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.segment import SegmentMember
from db.models.task import Task
from db.models.unit import Unit, UnitProgramme
from db.sorting import fold
from desktop.assembly import Ground
from desktop.core.context import ModuleContext
from desktop.modules.phones import rounds, sources
from desktop.modules.phones.tables import Call, CallEntry
from desktop.modules.policies.tables import PolicySignature, PolicyVersion
from desktop.people.demo_data import fill
from desktop.people.segments import storing
from desktop.people.segments.compiling import Asking
from desktop.people.segments.definition import Clause, Condition, Definition, Group, Sets, from_json, to_json
from desktop.people.segments.operators import OPERATORS, TERMS, days_between
from desktop.people.segments.storing import SegmentForm
from desktop.people.segments.using import asker
from desktop.people.terms import term_of
from tests.support import MakePerson

PEOPLE, TRIES = 160, 150


@dataclass
class One:
    """Everything a person is asked about, read without any condition."""

    person: Person
    roles: list[Role] = field(default_factory=list)
    points: list[ContactPoint] = field(default_factory=list)
    contacts: list[Interaction] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    entries: list[CallEntry] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    signatures: list[tuple[PolicySignature, PolicyVersion]] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    blocks: list[ContactBlock] = field(default_factory=list)


@dataclass
class World:
    """The whole demo in memory, and how each field is read from it."""

    people: dict[UUID, One]
    steps: dict[UUID, ChangeSet]
    today: date
    zone: Any
    members: dict[UUID, set[UUID]]
    segments: dict[UUID, Definition]
    units: dict[str, set[str]]  # of each programme its unit and all above it

    @classmethod
    def read(cls, session: Session, context: ModuleContext) -> World:
        people = {person.id: One(person) for person in session.scalars(select(Person))}
        for kind, name in (
            (Role, "roles"),
            (ContactPoint, "points"),
            (Task, "tasks"),
            (CallEntry, "entries"),
            (Consent, "consents"),
            (ContactBlock, "blocks"),
        ):
            for row in session.scalars(select(kind)):
                if row.person_id in people:
                    getattr(people[row.person_id], name).append(row)
        lines = {line.id: line for line in session.scalars(select(Interaction))}
        for line in lines.values():
            people[line.person_id].contacts.append(line)
        for call in session.scalars(select(Call)):
            if call.interaction_id is not None:
                people[lines[call.interaction_id].person_id].calls.append(call)
        versions = {version.id: version for version in session.scalars(select(PolicyVersion))}
        for signature in session.scalars(select(PolicySignature)):
            people[signature.person_id].signatures.append((signature, versions[signature.version_id]))
        members: dict[UUID, set[UUID]] = {}
        for row in session.scalars(select(SegmentMember)):
            members.setdefault(row.segment_id, set()).add(row.person_id)
        steps = {step.id: step for step in session.scalars(select(ChangeSet))}
        above = {unit.id: unit.parent_id for unit in session.scalars(select(Unit))}
        placed: dict[str, set[str]] = {}
        for row in session.scalars(select(UnitProgramme)):
            unit: UUID | None = row.unit_id
            while unit is not None:
                placed.setdefault(row.programme, set()).add(str(unit))
                unit = above[unit]
        session.expunge_all()
        return cls(people, steps, context.clock.today(), context.clock.zone, members, {}, placed)

    # Fields

    def plain(self, key: str, one: One) -> Any:
        person = one.person
        years = None
        if person.birth_date is not None:
            born = person.birth_date
            years = self.today.year - born.year - ((self.today.month, self.today.day) < (born.month, born.day))
        contacts = [line.at for line in one.contacts if line.kind != "note"]
        usable = {point.kind for point in one.points if not point.hold}
        found: dict[str, Any] = {
            "people.family": person.family,
            "people.given": person.given,
            "people.language": person.language,
            "people.age": years,
            "people.birth_year": person.birth_date.year if person.birth_date else None,
            "people.deceased": person.deceased_on is not None,
            "people.retired": person.retired_at is not None,
            "people.mailable": "email" in usable,
            "people.callable": "phone" in usable,
            "people.postable": "address" in usable,
            "people.last_contact": max(contacts, default=None),
            "people.consent": self.consents(one),
            "people.stopped": {block.channel for block in one.blocks if self.holds(block.ends_at)},
            "people.created": self.steps[person.made_in].at,
            "people.changed": self.steps[person.changed_in].at,
        }
        return found[key]

    def holds(self, ends_at: datetime | None) -> bool:
        return ends_at is None or ends_at > datetime.combine(self.today, time(), self.zone)

    def consents(self, one: One) -> set[str]:
        newest: dict[UUID, Consent] = {}
        for said in sorted(one.consents, key=lambda said: (said.at, said.state != "given", said.id)):
            newest[said.purpose_id] = said
        return {str(id) for id, said in newest.items() if said.state == "given" and self.holds(said.ends_at)}

    def addresses(self, key: str, one: One) -> list[str]:
        name = {"people.town": "city_key", "people.postcode": "postcode", "people.country": "country"}[key]
        found = [getattr(point, name) for point in one.points if point.kind == "address"]
        return [text.replace(" ", "") for text in found] if key == "people.postcode" else found

    def rows(self, key: str, one: One) -> list[dict[str, Any]]:
        def held(starts: date | None, ends: date | None) -> bool:
            return (starts is None or starts <= self.today) and (ends is None or ends >= self.today)

        made: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "people.role": lambda: [
                {
                    "kind": r.kind, "programme": r.programme, "unit": self.units.get(r.programme, set()), "term": r.term, "starts": r.starts, "ends": r.ends,
                    "held": held(r.starts, r.ends),
                }
                for r in one.roles
            ],
            "people.reach": lambda: [
                {"kind": p.kind, "on_hold": bool(p.hold), "hold": p.hold, "address": p.value} for p in one.points
            ],
            "people.contact": lambda: [
                {"kind": c.kind, "when": c.at, "direction": c.direction, "by": c.by_name} for c in one.contacts if c.kind != "note"
            ],
            "people.task": lambda: [{"done": t.done_at is not None, "due": t.due, "title": t.title} for t in one.tasks],
            "phones.entry": lambda: [
                {"round": str(e.round_id), "outcome": e.last_outcome, "tries": e.attempts, "done": e.done_at is not None}
                for e in one.entries
            ],
            "phones.call": lambda: [
                {"outcome": c.outcome, "when": c.started, "round": str(c.round_id), "by": c.caller_name} for c in one.calls
            ],
            "policies.signature": lambda: [
                {"policy": str(v.policy_id), "valid": v.state in ("decided", "current"), "signed_on": s.signed_on}
                for s, v in one.signatures
            ],
        }  # fmt: skip
        return made[key]()

    # Comparisons

    def compares(self, kind: str, have: Any, op: str, value: Any) -> bool:
        if kind == "yes_no":
            return bool(have) == (op == "yes")
        if op in ("filled", "empty"):
            return (have not in (None, "", set())) == (op == "filled")
        if isinstance(have, set):
            return bool(have & {*value}) == (op == "any_of")
        if kind == "choice":
            return (have in value) == (op == "any_of")
        if have is None:
            return False
        if kind == "number":
            return bool({"at_least": have >= value, "at_most": have <= value, "is": have == value}[op])
        if kind == "day":
            day = have.astimezone(self.zone).date() if isinstance(have, datetime) else have
            first, last = days_between(op, value, self.today)
            return (first is None or day >= first) and (last is None or day <= last)
        mine, theirs = have.lower(), value.strip().lower()
        return bool({"begins": mine.startswith(theirs), "is": mine == theirs, "contains": theirs in mine}[op])

    def fits(self, node: Definition | Condition, one: One, asking: Asking) -> bool:
        if isinstance(node, Sets):
            inside = partial(self.is_in, one=one, asking=asking)
            kept = all(map(inside, node.only)) and not any(map(inside, node.minus))
            return any(map(inside, node.plus)) and kept
        if isinstance(node, Group):
            found = [self.fits(part, one, asking) for part in node.of]
            return {"all": all(found), "any": any(found) or not found, "none": not any(found)}[node.join]
        if node.field == "people.segment":
            assert isinstance(node.value, tuple)
            return any(self.is_in(UUID(code), one, asking) for code in node.value) == (node.op == "any_of")
        asks = asking.fields[node.field].asks
        if node.field == "people.stopped" and isinstance(node.value, tuple):
            node = replace(node, value=(*node.value, "all"))
        if node.field in ("people.town", "people.postcode", "people.country"):
            turned = {"none_of": "any_of", "empty": "filled"}.get(node.op, node.op)
            value = fold(node.value) if node.field == "people.town" and isinstance(node.value, str) else node.value
            some = any(self.compares(asks.type, have, turned, value) for have in self.addresses(node.field, one))
            return some == (turned == node.op)
        if asks.type != "relation":
            return self.compares(asks.type, self.plain(node.field, one), node.op, node.value)
        kinds = {part.key: part.asks.type for part in asks.parts}
        rows = [
            row
            for row in self.rows(node.field, one)
            if all(self.compares(kinds[c.key], row[c.key], c.op, self.value(c)) for c in node.where)
        ]
        return {"some": bool(rows), "none": not rows, "at_least": len(rows) >= (node.value if node.op == "at_least" else 0)}[
            node.op
        ]  # type: ignore[operator]

    def value(self, clause: Clause) -> Any:
        if clause.key != "term" or not isinstance(clause.value, tuple):
            return clause.value
        later = {"@last": -1, "@this": 0, "@next": 1}
        return tuple(term_of(self.today, later[code]) if code in later else code for code in clause.value)

    def is_in(self, id: UUID, one: One, asking: Asking) -> bool:
        if asking.segments[id].kind == "frozen":
            return one.person.id in self.members[id] and one.person.retired_at is None
        return self.fits(asking.segments[id].definition, one, asking) and one.person.retired_at is None

    def found(self, definition: Definition, asking: Asking, *, retired: bool) -> set[UUID]:
        return {
            id
            for id, one in self.people.items()
            if (retired or one.person.retired_at is None) and self.fits(definition, one, asking)
        }


@pytest.fixture
def filled(ground: Ground) -> ModuleContext:
    """The demo, with somebody retired and somebody dead among its people."""
    context = ground.context
    ids = fill(context, PEOPLE)
    with context.database.write(context.actor, "retire_people") as session:
        for number, id in enumerate(ids[::20]):
            person = session.get_one(Person, id)
            person.retired_at = context.clock.now() if number % 2 else None
            person.deceased_on = None if number % 2 else context.clock.today()
        for first, channel in enumerate(("all", "email")):
            session.add_all(ContactBlock(person_id=id, channel=channel, since=context.clock.now()) for id in ids[first::15])
    return context


class Inventor:
    """Makes up definitions that ask for what the demo holds, and sometimes for what it does not."""

    def __init__(self, rng: Random, world: World, asking: Asking) -> None:
        self.rng, self.world, self.asking = rng, world, asking

    def definition(self) -> Group:
        return self._group(0)

    def _group(self, depth: int) -> Group:
        many = self.rng.randint(1, 4)
        of: list[Condition | Group] = [
            self._group(depth + 1) if depth < 3 and self.rng.random() < 0.25 else self.condition() for _one in range(many)
        ]
        return Group(self.rng.choice(("all", "any", "none", "all", "any")), tuple(of))

    def condition(self, key: str = "") -> Condition:
        fields = [key for key in self.asking.fields if key not in ("people.import", "people.post", "people.segment")]
        key = key or self.rng.choice(fields)
        asks = self.asking.fields[key].asks
        op = self.rng.choice(list(OPERATORS[asks.type]))
        if asks.type != "relation":
            return Condition(key, op, self._value(asks.type, op, self._seen(key, "")))
        chosen = self.rng.sample(asks.parts, self.rng.randint(0, min(2, len(asks.parts))))
        where = []
        for part in chosen:
            op_ = self.rng.choice(list(OPERATORS[part.asks.type]))
            where.append(Clause(part.key, op_, self._value(part.asks.type, op_, self._seen(key, part.key))))
        return Condition(key, op, self.rng.randint(0, 3) if op == "at_least" else "", tuple(where))

    def _seen(self, key: str, part: str) -> Any:
        """What somebody in the demo has there."""
        one = self.rng.choice(list(self.world.people.values()))
        if part:
            rows = self.world.rows(key, one)
            return self.rng.choice(rows)[part] if rows else None
        if key in ("people.town", "people.postcode", "people.country"):
            return next(iter(self.world.addresses(key, one)), None)
        return self.world.plain(key, one)

    def _value(self, kind: str, op: str, seen: Any) -> Any:
        takes = OPERATORS[kind][op].takes  # type: ignore[index]
        if takes == "text":
            text = str(seen or "and")
            return {"begins": text[:2], "contains": text[1:4], "is": text}[op].strip().upper().strip() or "X"
        if isinstance(seen, set):
            seen = self.rng.choice(sorted(seen)) if seen else None
        if takes == "choices":
            codes = [str(seen or "nothing"), self.rng.choice(("call", "student", "@this", "@next", "email", "sv", str(uuid4())))]
            if isinstance(seen, str) and _is_id(seen):
                codes = [seen]
            return tuple(codes[: self.rng.randint(1, 2)])
        if takes == "day":
            day = seen.date() if isinstance(seen, datetime) else seen or self.world.today
            return (day + timedelta(days=self.rng.randint(-1, 1))).isoformat()
        if takes == "days":
            return self.rng.choice((0, 1, 7, 30, 200, 1000))
        if takes == "term":
            return self.rng.choice(list(TERMS))
        return (seen if isinstance(seen, int) else 1) + self.rng.randint(-1, 1) if takes == "number" else ""


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def test_any_definition_finds_whom_a_plain_reading_finds(filled: ModuleContext) -> None:
    rng, ask = Random(20261123), asker(filled)
    with filled.database.read() as session:
        world, asking = World.read(session, filled), ask(session)
        inventor = Inventor(rng, world, asking)
        seen: set[str] = set()
        some = 0
        for number in range(TRIES):
            keys = [key for key in asking.fields if key not in ("people.import", "people.post", "people.segment")]
            definition = (
                inventor.definition() if number >= 2 * len(keys) else Group("all", (inventor.condition(keys[number // 2]),))
            )
            seen |= {one.field for one in _conditions(definition)}
            assert from_json(to_json(definition)) == definition
            retired = any(one.field == "people.retired" for one in _conditions(definition))
            expected = world.found(definition, asking, retired=retired)
            assert set(session.scalars(asking.people(definition))) == expected, definition
            some += 0 < len(expected) < PEOPLE
        assert len(seen) >= 20 and some > TRIES // 3


def test_units_hold_what_is_below_them_and_a_stop_of_all_contact_is_one_of_each(filled: ModuleContext) -> None:
    with filled.database.read() as session:
        world, asking = World.read(session, filled), asker(filled)(session)
        found: dict[str, set[UUID]] = {}
        units = [str(id) for id in session.scalars(select(Unit.id).order_by(Unit.level.desc(), Unit.code))]
        asked = [(f"unit {op} {n}", Clause("unit", op, (id,))) for n, id in enumerate(units) for op in ("any_of", "none_of")]
        asked += [(f"unit {op}", Clause("unit", op, "")) for op in ("filled", "empty")]
        wanted = [(name, Condition("people.role", "some", "", (clause,))) for name, clause in asked]
        for key, codes in (("people.stopped", ("email", "phone", "all")), ("people.consent", tuple(_purposes(session)))):
            wanted += [(f"{key} {op} {code}", Condition(key, op, (code,))) for code in codes for op in ("any_of", "none_of")]
            wanted += [(f"{key} {op}", Condition(key, op, "")) for op in ("filled", "empty")]
        for name, condition in wanted:
            definition = Group("all", (condition,))
            found[name] = set(session.scalars(asking.people(definition)))
            assert found[name] == world.found(definition, asking, retired=False), name
    assert {name for name, people in found.items() if not people} <= {
        name for name in found if name.startswith("people.consent any")
    }
    assert found["people.stopped any_of all"] < found["people.stopped any_of email"]


def _purposes(session: Session) -> list[str]:
    return [str(id) for id in session.scalars(select(ConsentPurpose.id))]


def _conditions(node: Definition | Condition) -> list[Condition]:
    if isinstance(node, Condition):
        return [node]
    return [one for part in node.of for one in _conditions(part)] if isinstance(node, Group) else []


def test_segments_of_segments_and_sets_find_whom_a_plain_reading_finds(filled: ModuleContext) -> None:
    rng = Random(7)
    made: list[UUID] = []
    with filled.database.read() as session:
        world, asking = World.read(session, filled), asker(filled)(session)
    inventor = Inventor(rng, world, asking)
    for number in range(6):
        definition: Definition = Group("any", tuple(inventor.condition(key) for key in ("people.language", "people.role")))
        if number == 4:
            definition = Sets(plus=(made[0], made[1]), only=(made[2],), minus=(made[3],))
        with filled.database.write(filled.actor, "make_segment") as session:
            form = SegmentForm(f"Number {number}", definition)
            made.append(storing.make_segment(session, form, asker(filled)(session), actor=filled.actor))
    with filled.database.write(filled.actor, "freeze_segment") as session:
        frozen, size = storing.freeze_segment(
            session, made[5], "Frozen", asker(filled)(session), actor=filled.actor, now=filled.clock.now()
        )
    made.append(frozen)
    with filled.database.read() as session:
        world, asking = World.read(session, filled), asker(filled)(session)
        assert len(world.members.get(frozen, set())) == size
        for _try in range(40):
            chosen = tuple(rng.sample(made, 2))
            if rng.random() < 0.5:
                asked = Condition("people.segment", rng.choice(("any_of", "none_of")), tuple(map(str, chosen)))
                definition = Group("all", (asked, inventor.condition("people.contact")))
            else:
                definition = Sets(chosen, tuple(rng.sample(made, rng.randint(0, 1))), tuple(rng.sample(made, rng.randint(0, 2))))
            expected = world.found(definition, asking, retired=False)
            assert set(session.scalars(asking.people(definition))) == expected, definition


def test_relative_days_are_those_of_the_office(filled: ModuleContext) -> None:
    """A call half an hour before midnight in Stockholm lies on the next day in Greenwich's summer, but not at the office."""
    with filled.database.write(filled.actor, "add_interaction") as session:
        someone = session.scalars(select(Person).where(Person.retired_at.is_(None)).limit(1)).one().id
        at = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # half past midnight of the 24th at the office
        session.add(Interaction(id=new_id(), person_id=someone, kind="event", at=at))
    with filled.database.read() as session:
        asking = asker(filled)(session)

        def is_in(*where: Clause) -> bool:
            definition = Group("all", (Condition("people.contact", "some", "", (Clause("kind", "any_of", ("event",)), *where)),))
            return someone in set(session.scalars(asking.people(definition)))

        assert is_in(Clause("when", "last", 30)) and not is_in(Clause("when", "last", 29))
        assert is_in(Clause("when", "since", "2026-10-24")) and not is_in(Clause("when", "before", "2026-10-24"))


def test_what_was_made_of_a_segment_is_counted_as_its_use(context: ModuleContext, make_person: MakePerson) -> None:
    make_person(language="fi")
    finnish = Group("all", (Condition("people.language", "any_of", ("fi",)),))
    with context.database.write(context.actor, "make_segment") as session:
        form = SegmentForm("Finns", finnish)
        segment = storing.make_segment(session, form, asker(context)(session), actor=context.actor)
    with context.database.write(context.actor, "create_call_round") as session:
        people = sources.people_of(session, sources.segment_code(segment), asker(context))
        made = rounds.create_round(session, rounds.RoundForm("Calls"), people, now=context.clock.now())
    with context.database.read() as session:
        assert made.added == 1
        assert storing.stored(session, segment, context.actor.id).row.used == 1
        assert "Finns" in [known.title for known in sources.sources(session, asker(context))[1]]
