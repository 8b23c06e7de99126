"""Whose time is over is found to the day, what keeps somebody keeps them, and disposing is done exactly once whatever breaks off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from db.actor import Actor
from db.base import metadata, new_id
from db.database import Database
from db.erasing.erased import erased_people
from db.erasing.holds import hold_person, lift_hold
from db.errors import Conflict, RuleBroken
from db.history import history
from db.models.history import ChangeSet
from db.models.interaction import Interaction
from db.models.merge import MergedPerson
from db.models.person import Person
from db.models.post import Post, PostHolding
from db.models.retention import Disposal, DisposalPerson, DisposalRule, LegalHold, RetentionRule
from db.models.role import Role
from db.models.task import Task
from db.protected.people import ProtectionForm, protect
from db.sorting import name_key
from desktop.core.context import ModuleContext
from desktop.people.erasing.again import erase_again
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.retention import disposing
from desktop.people.retention.disposals import disposals
from desktop.people.retention.disposing import DECIDE, DISPOSE, Decision, decide, dispose_portion, end_disposal
from desktop.people.retention.due import DueFilter, DueRow, due_counts, due_query
from desktop.people.retention.holds import holds
from desktop.people.retention.rules import Known, RuleForm, change_rule, known_rules, rules
from desktop.people.retention.run import carry_out
from desktop.people.retention.signs import Bound
from tests.support import MakePerson

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LONG_AGO = datetime(2020, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def known(context: ModuleContext) -> tuple[Known, ...]:
    return known_rules(context)


@pytest.fixture
def switch(database: Database, actor: Actor) -> Callable[..., None]:
    """Switch a rule on: `switch("people.prospects", 24)`."""

    def on(code: str, months: int = 24, action: str = "erase", *, ground: str = "") -> None:
        with database.write(actor, "change_retention_rule") as session:
            version = session.scalar(select(RetentionRule.version).where(RetentionRule.code == code)) or 0
            change_rule(session, RuleForm(code, code, months, action, ground, active=True), version)

    return on


@pytest.fixture
def add(database: Database, actor: Actor) -> Callable[..., Any]:
    """Store rows: `add(Role(...), ...)`."""

    def store(*rows: Any, about: tuple[UUID, ...] = ()) -> None:
        with database.write(actor, "edit_person", about) as session:
            for row in rows:
                session.add(row)
                session.flush()

    return store


@pytest.fixture
def prospect(make_person: MakePerson, add: Callable[..., None]) -> Callable[..., UUID]:
    """Somebody whose last contact was at a moment: `prospect("Ek", LONG_AGO)`."""

    def make(family: str, at: datetime = LONG_AGO, kind: str = "call") -> UUID:
        own = make_person(family)
        add(Role(person_id=own, kind="prospect"), Interaction(person_id=own, kind=kind, at=at, text=f"{family} asked"))
        return own

    return make


class Office(NamedTuple):
    """A register with what its rules are tried with."""

    database: Database
    context: ModuleContext
    known: tuple[Known, ...]
    prospect: Callable[..., UUID]
    switch: Callable[..., None]
    add: Callable[..., Any]


@pytest.fixture
def office(
    database: Database, context: ModuleContext, known: tuple[Known, ...], prospect: Callable[..., UUID],
    switch: Callable[..., None], add: Callable[..., Any],
) -> Office:  # fmt: skip
    return Office(database, context, known, prospect, switch, add)


def asked(database: Database, known: tuple[Known, ...], day: date = TODAY, *only: str) -> DueFilter:
    with database.read() as session:
        return DueFilter(day, ZONE, rules(session, known), only)


def due(database: Database, known: tuple[Known, ...], day: date = TODAY, *only: str) -> dict[UUID, DueRow]:
    with database.read() as session:
        found = due_query(asked(database, known, day, *only)).subquery()
        names = DueRow.__dataclass_fields__
        rows = [DueRow(*row) for row in session.execute(select(*(found.c[name] for name in names)))]
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: row for row in rows}


def decided(context: ModuleContext, known: tuple[Known, ...], *only: str, agreed: int | None = None) -> UUID:
    database = context.database
    with database.write(context.actor, DECIDE) as session:
        wanted = Decision(asked(database, known, TODAY, *only), "The plan says so", "Dnr 17/2026", agreed)
        return decide(session, wanted, actor=context.actor, now=NOW)


def there(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Person.family)))


def test_nobody_is_due_before_the_office_switches_a_rule_on(office: Office) -> None:
    own = office.prospect("Ek")
    with office.database.read() as session:
        assert [rule.code for rule in rules(session, office.known) if rule.active] == []
    assert due(office.database, office.known) == {}
    office.switch("people.prospects")
    assert due(office.database, office.known).keys() == {own}


@pytest.mark.parametrize(
    ("last", "months", "day"),
    [
        (date(2024, 11, 23), 24, date(2026, 11, 23)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2025, 12, 31), 6, date(2026, 6, 30)),
    ],
)
def test_a_rule_finds_somebody_on_the_day_and_not_the_day_before(office: Office, last: date, months: int, day: date) -> None:
    late = datetime.combine(
        last, datetime.max.time(), ZONE
    )  # the last moment of that day at the office, the next day in UTC or not
    early = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE)
    one, next_day = office.prospect("Ek", late), office.prospect("Al", early)
    office.switch("people.prospects", months)
    assert due(office.database, office.known, day - timedelta(days=1)) == {}
    found = due(office.database, office.known, day)
    assert one in found and found[one].since(ZONE) == ("contact", last)
    assert (next_day in found) == (Bound.of(day, months, ZONE).day > last)


def test_every_last_day_fits_its_months() -> None:
    """Counted the other way: day by day through leap years."""
    from desktop.core.contacting.decisions import months_later

    for months in (1, 6, 12, 24, 48):
        for number in range(1500):
            day = date(2026, 1, 1) + timedelta(days=number)
            last = Bound.of(day, months, ZONE).day
            assert months_later(last, months) <= day < months_later(last + timedelta(days=1), months)


def test_the_latest_of_what_was_counts_and_a_note_is_no_contact(office: Office) -> None:
    office.switch("people.prospects")
    called, noted, began = office.prospect("Ek"), office.prospect("Al"), office.prospect("Lind")
    recent = NOW - timedelta(days=30)
    office.add(
        Interaction(person_id=called, kind="email", at=recent),
        Interaction(person_id=noted, kind="note", at=recent),
        Role(person_id=began, kind="prospect", starts=recent.date()),
    )
    assert due(office.database, office.known).keys() == {noted}


def test_where_nothing_is_known_the_record_itself_has_to_be_old(office: Office, make_person: MakePerson) -> None:
    own = make_person("Ek")
    office.switch("people.strangers", 1)
    with office.database.read() as session:
        made = session.scalars(select(ChangeSet.at).join(Person, Person.made_in == ChangeSet.id)).one().astimezone(ZONE).date()
    assert due(office.database, office.known, made) == {}
    found = due(office.database, office.known, made + timedelta(days=31))
    assert found.keys() == {own} and found[own].since(ZONE) == ("made", made)


def test_whoever_is_needed_is_not_due(office: Office, actor: Actor) -> None:
    office.switch("people.prospects")
    free, held, asked_for, seated, led, hidden, former = (office.prospect(name) for name in "ABCDEFG")
    post = new_id()
    office.add(
        Task(title="Ring", person_id=asked_for, due=NOW),
        Task(title="Done", person_id=free, due=NOW, done_at=NOW),
        Post(id=post, title="Chair", title_key="chair"),
        PostHolding(post_id=post, person_id=seated, starts=date(2020, 1, 1)),
        PostHolding(post_id=post, person_id=former, starts=date(2019, 1, 1), ends=date(2019, 12, 31)),
        MergedPerson(person_id=led, into_id=free),
    )
    with office.database.write(actor, "hold_person", [held]) as session:
        hold_person(session, held, "A case in court", TODAY, actor=actor, now=NOW, today=TODAY)
    protect(office.database, actor, hidden, ProtectionForm("secrecy", "Beslut 5"), now=NOW)
    assert due(office.database, office.known).keys() == {free, former}
    assert due(office.database, office.known, TODAY + timedelta(days=1)).keys() == {free, former, held}


def test_somebody_found_by_several_rules_is_due_once_by_the_first(office: Office) -> None:
    own = office.prospect("Ek")
    with office.database.write(Actor(new_id(), "T"), "retire_person") as session:
        session.get_one(Person, own).deceased_on = date(2020, 1, 1)
        session.get_one(Person, own).retired_at = LONG_AGO
    office.switch("people.deceased")
    office.switch("people.retired")
    found = due(office.database, office.known)
    assert found[own].since(ZONE) == ("deceased", date(2020, 1, 1))
    assert due(office.database, office.known, TODAY, "people.retired") == {}
    with office.database.read() as session:
        counts = {rule.code: count for rule, count in due_counts(session, asked(office.database, office.known))}
    assert counts == {"people.deceased": 1, "people.retired": 0}


def test_two_rules_that_find_the_same_person_count_them_once(office: Office) -> None:
    own = office.prospect("Ek")
    office.switch("people.prospects")
    first = next(rule for rule in asked(office.database, office.known).rules if rule.active)
    second = replace(first, known=replace(first.known, offer=replace(first.known.offer, key="people.other")))
    for only in ((), ("people.prospects",), ("people.other",)):
        filter = DueFilter(TODAY, ZONE, (first, second), only)
        with office.database.read() as session:
            found = due_query(filter).subquery()
            rows = session.execute(select(found.c.id, found.c.rule)).all()
            assert [tuple(row) for row in rows] == ([] if only == ("people.other",) else [(own, 0)])


def test_a_rule_changed_by_two_at_once_is_asked_about(database: Database, actor: Actor, switch: Callable[..., None]) -> None:
    form = RuleForm("people.prospects", "Prospects", 12, "erase", "", active=True)
    switch("people.prospects")
    for version in (0, 7):
        with pytest.raises(Conflict), database.write(actor, "change_retention_rule") as session:
            change_rule(session, form, version)
    for wrong in (
        replace(form, months=0),
        replace(form, months=1201),
        replace(form, action="burn"),
        replace(form, ground="x" * 501),
    ):
        with pytest.raises(RuleBroken), database.write(actor, "change_retention_rule") as session:
            change_rule(session, wrong, 1)


def test_a_hold_keeps_somebody_from_being_erased_by_hand(office: Office, actor: Actor) -> None:
    own, world = office.prospect("Ek"), World.of(office.context)
    with office.database.write(actor, "hold_person", [own]) as session:
        hold = hold_person(session, own, "A case in court", None, actor=actor, now=NOW, today=TODAY)
    for how in ("erase", "anonymise"):
        with pytest.raises(RuleBroken, match="legal hold"):
            erase_person(office.database, actor, Order(own, how, "Dnr 1/2026"), world)  # type: ignore[arg-type]
    assert there(office.database) == {"Ek"}
    with office.database.write(actor, "lift_hold", [own]) as session:
        lift_hold(session, hold, 1)
    assert erase_person(office.database, actor, Order(own, "erase", "Dnr 1/2026"), world)
    assert there(office.database) == set()


def test_a_hold_that_is_over_keeps_nobody_and_goes_with_the_person(office: Office, actor: Actor) -> None:
    own = office.prospect("Ek")
    before = TODAY - timedelta(days=90)
    with office.database.write(actor, "hold_person", [own]) as session:
        hold_person(session, own, "A case in court", before, actor=actor, now=NOW, today=before)
    with office.database.read() as session:
        assert [(line.person, line.until) for line in holds(session)] == [("Ek, Mia", before)]
    erase_person(office.database, actor, Order(own, "erase", "Dnr 1/2026"), World.of(office.context))
    with office.database.read() as session:
        assert holds(session) == []


def test_a_hold_on_a_record_that_was_merged_keeps_the_one_that_stays(office: Office, actor: Actor) -> None:
    stays, goes = office.prospect("Ek"), office.prospect("Al")
    office.add(MergedPerson(person_id=goes, into_id=stays), LegalHold(person_id=goes, reason="A case", since=NOW))
    with pytest.raises(RuleBroken, match="legal hold"):
        erase_person(office.database, actor, Order(stays, "erase", "Dnr 1/2026"), World.of(office.context))


def test_a_hold_that_comes_back_with_a_backup_does_not_bring_the_person_back(office: Office, actor: Actor) -> None:
    """It was lifted after the backup was made, or nobody could have erased them."""
    own = office.prospect("Ek")
    with office.database.write(actor, "hold_person") as session:
        hold_person(session, own, "A case in court", None, actor=actor, now=NOW, today=TODAY)
    assert erase_again(office.database, actor, {own: "erase"}, World.of(office.context)) == 1
    assert there(office.database) == set()


def test_disposing_takes_everybody_decided_on_and_leaves_no_word_of_them(office: Office) -> None:
    people = {office.prospect(f"Zqmark{number}") for number in range(3)}
    office.prospect("Ek", NOW)
    office.switch("people.prospects")
    own = decided(office.context, office.known, agreed=3)
    assert carry_out(office.context, own)
    assert there(office.database) == {"Ek"}
    with office.database.read() as session:
        assert people <= erased_people(session).keys()
        line = disposals(session)[0]
        assert (line.state, line.due, line.done, line.left_out, line.waiting) == ("done", 3, 3, 0, 0)
        rule = line.rules[0]
        assert (rule.first_day, rule.last_day, rule.months, rule.action) == (LONG_AGO.date(), LONG_AGO.date(), 24, "erase")
        newest = history(session, limit=2)
        assert [(one.verb, one.details) for one in newest] == [
            ("dispose_people", {"case": "Dnr 17/2026", "count": 3}),
            ("decide_disposal", {"case": "Dnr 17/2026", "count": 3}),
        ]
        assert not office.context.verbs()["dispose_people"].undoable
        left = [
            name
            for name, table in metadata.tables.items()
            if "zqmark" in str(session.execute(text(f'SELECT * FROM "{name}"')).all()).lower() and table is not None
        ]
    assert left == []
    assert due(office.database, office.known) == {}


def test_what_goes_on_being_counted_is_not_due_again(office: Office) -> None:
    office.prospect("Ek")
    office.switch("people.prospects", 24, "anonymise")
    office.switch("people.retired", 1)
    carry_out(office.context, decided(office.context, office.known))
    assert there(office.database) == {"Anonymised"}
    assert due(office.database, office.known, TODAY + timedelta(days=4000)) == {}


def test_a_decision_about_others_than_were_looked_at_is_refused(office: Office) -> None:
    office.switch("people.prospects")
    with pytest.raises(RuleBroken, match="Nobody is due"):
        decided(office.context, office.known)
    office.prospect("Ek")
    with pytest.raises(Conflict):
        decided(office.context, office.known, agreed=2)
    decided(office.context, office.known, agreed=1)
    with pytest.raises(RuleBroken, match="earlier decision"):
        decided(office.context, office.known)
    assert there(office.database) == {"Ek"}


def test_whoever_was_written_about_since_is_left_out_and_counted(office: Office, actor: Actor) -> None:
    goes, called, edited, named, held, by_hand, protected = (office.prospect(name) for name in "ABCDEFG")
    office.switch("people.prospects")
    own = decided(office.context, office.known)
    office.add(Interaction(person_id=called, kind="call", at=NOW))
    with office.database.write(actor, "edit_person") as session:
        session.get_one(Person, edited).preferred = "X"
    office.add(Role(person_id=named, kind="prospect"), about=(named,))
    with office.database.write(actor, "hold_person") as session:
        hold_person(session, held, "A case in court", None, actor=actor, now=NOW, today=TODAY)
    erase_person(office.database, actor, Order(by_hand, "erase", "Dnr 1/2026"), World.of(office.context))
    protect(office.database, actor, protected, ProtectionForm("secrecy", "Beslut 5"), now=NOW)
    carry_out(office.context, own)
    assert there(office.database) == {"B", "C", "D", "E"} and goes not in due(office.database, office.known)
    with office.database.read() as session:
        line = disposals(session)[0]
        assert (line.state, line.due, line.done, line.rules[0].held, line.rules[0].changed) == ("done", 7, 1, 1, 5)
        assert session.scalar(select(func.count()).select_from(DisposalPerson)) == 0


class Killed(Exception):
    """The program ended here."""


@pytest.mark.parametrize("deaths", [1, 2, 3])
def test_a_run_that_dies_is_gone_on_with_and_does_everybody_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    for number in range(7):
        office.prospect(f"P{number}")
    office.switch("people.prospects")
    own = decided(office.context, office.known)
    monkeypatch.setattr(disposing, "PORTION", 2)
    real, calls = disposing.take_out, iter(range(1000))

    def dying(*given: Any) -> Any:
        taken = real(*given)
        if next(calls) % 3 == 2 and len(died) < deaths:
            died.append(1)
            raise Killed
        return taken

    died: list[int] = []
    monkeypatch.setattr(disposing, "take_out", dying)
    for _try in range(deaths):
        with pytest.raises(Killed):
            carry_out(office.context, own)
        with office.database.read() as session:
            line, left = disposals(session)[0], len(there(office.database))
        assert (line.state, line.done, line.waiting) == ("open", 7 - left, left)
    carry_out(office.context, own)
    with office.database.read() as session:
        line = disposals(session)[0]
        done = [one.details["count"] for one in history(session, limit=50) if one.verb == DISPOSE and one.details]
    assert there(office.database) == set() and (line.state, line.done) == ("done", 7) and sum(done) == 7


def test_a_decision_that_is_ended_disposes_of_nobody_more(office: Office) -> None:
    office.prospect("Ek"), office.prospect("Al")
    office.switch("people.prospects")
    own = decided(office.context, office.known)
    with office.database.write(office.context.actor, "end_disposal") as session:
        end_disposal(session, own, 1, now=NOW)
    carry_out(office.context, own)
    with office.database.read() as session:
        line = disposals(session)[0]
        assert (line.state, line.done, line.waiting) == ("ended", 0, 2)
    assert there(office.database) == {"Ek", "Al"}
    carry_out(office.context, decided(office.context, office.known))
    assert there(office.database) == set()


def test_the_rules_are_applied_as_they_were_decided_on(office: Office) -> None:
    office.prospect("Ek")
    office.switch("people.prospects", ground="Beslut 12/2026")
    own = decided(office.context, office.known)
    office.switch("people.prospects", 600, "anonymise")
    carry_out(office.context, own)
    with office.database.read() as session:
        rule = session.scalars(select(DisposalRule)).one()
        assert (rule.ground, rule.months, rule.action, rule.done) == ("Beslut 12/2026", 24, "erase", 1)
        assert session.scalars(select(Disposal.state)).one() == "done"
    assert there(office.database) == set()


def test_a_portion_of_a_decision_that_is_over_leaves_no_trace(office: Office) -> None:
    office.prospect("Ek")
    office.switch("people.prospects")
    own = decided(office.context, office.known)
    carry_out(office.context, own)
    with office.database.read() as session:
        before = session.scalar(select(func.max(ChangeSet.number)))
    with office.database.write(office.context.actor, DISPOSE) as session:
        assert dispose_portion(session, own, office.known, World.of(office.context), ZONE).waiting == 0
    with office.database.read() as session:
        assert session.scalar(select(func.max(ChangeSet.number))) == before


def test_names_sort_as_everywhere(office: Office) -> None:
    for name in ("Öberg", "Zetterberg", "Åberg"):
        office.prospect(name)
    office.switch("people.prospects")
    with office.database.read() as session:
        query = due_query(asked(office.database, office.known)).subquery()
        rows = session.execute(select(query.c.family, query.c.name_sort).order_by(query.c.name_sort)).all()
    assert [row.family for row in rows] == ["Zetterberg", "Åberg", "Öberg"]
    assert rows[0].name_sort == name_key("Zetterberg", "Mia")
