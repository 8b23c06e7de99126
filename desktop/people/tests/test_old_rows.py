"""Single rows whose time is over go with their history and their files, while the person, and all a rule is not about, stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from db.actor import Actor
from db.database import Database, describe
from db.erasing.holds import hold_person
from db.errors import Conflict, RuleBroken
from db.history import history
from db.models.consent import Consent, ConsentPurpose, ContactBlock
from db.models.document import Attachment, FileContent
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import Disposal
from db.models.task import Task
from desktop.core.context import ModuleContext
from desktop.people.retention import disposing_rows
from desktop.people.retention.disposals import DisposalLine, disposal
from desktop.people.retention.disposing_rows import DECIDE_ROWS, DISPOSE_ROWS, RowDecision, decide_rows, dispose_rows_portion
from desktop.people.retention.old_rows import RowFilter, rows_due
from desktop.people.retention.rules import RuleForm, change_rule, known_row_rules, rules
from desktop.people.retention.run import carry_out
from tests.support import MakePerson

ZONE = ZoneInfo("Europe/Stockholm")
NOW, TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), date(2026, 11, 23)
OLD, YOUNG = datetime(2015, 3, 2, 10, 0, tzinfo=UTC), datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET = "zqsecret"


class Office:
    """A register with rules for single rows that are on."""

    def __init__(self, database: Database, context: ModuleContext, make_person: MakePerson) -> None:
        self.database, self.context, self.person = database, context, make_person
        self.known = known_row_rules(context)

    def add(self, *rows: Any) -> None:
        with self.database.write(self.context.actor, "edit_person") as session:
            for row in rows:
                session.add(row)
                session.flush()

    def on(self, *codes: str, months: int = 24) -> RowFilter:
        with self.database.write(self.context.actor, "change_retention_rule") as session:
            for code in codes:
                change_rule(session, RuleForm(code, code, months, "erase", "", active=True), 0)
        with self.database.read() as session:
            return RowFilter(TODAY, ZONE, rules(session, self.known))

    def due(self, filter: RowFilter) -> dict[str, int]:
        with self.database.read() as session:
            return {one.rule.code: one.rows for one in rows_due(session, filter) if one.rows}

    def decide(self, filter: RowFilter, agreed: int | None = None) -> UUID:
        decision = RowDecision(filter, "The plan says so", "Dnr 7", agreed)
        with self.database.write(self.context.actor, DECIDE_ROWS) as session:
            return decide_rows(session, decision, actor=self.context.actor, now=NOW)

    def portion(self, own: UUID, *, breaks: bool = False) -> int:
        with self.database.write(self.context.actor, DISPOSE_ROWS) as session:
            return dispose_rows_portion(session, own, self.known, ZONE).waiting // (not breaks)

    def line(self, own: UUID) -> DisposalLine:
        with self.database.read() as session:
            return disposal(session, own)

    def texts(self, kind: Any, column: str) -> set[str]:
        with self.database.read() as session:
            return set(session.scalars(select(getattr(kind, column))))

    def anywhere(self, word: str) -> set[str]:
        """The tables in which a word stands."""
        with self.database.read() as session:
            connection = session.connection()
            listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%fts5%'"
            if connection.dialect.name == "postgresql":
                listed = "SELECT relname FROM pg_class WHERE relnamespace = 'core'::regnamespace AND relkind = 'r'"
            names = session.execute(text(listed)).scalars().all()
            return {n for n in names if any(word in str(tuple(row)) for row in session.execute(text(f'SELECT * FROM "{n}"')))}


@pytest.fixture
def office(database: Database, context: ModuleContext, make_person: MakePerson) -> Office:
    return Office(database, context, make_person)


def line(person: UUID, kind: str, at: datetime, words: str = "", **more: Any) -> Interaction:
    return Interaction(person_id=person, kind=kind, at=at, text=words, **more)


def answer(office: Office, person: UUID, at: datetime, state: str = "given", **more: Any) -> Consent:
    with office.database.read() as session:
        purpose = session.scalars(select(ConsentPurpose.id).order_by(ConsentPurpose.position)).first()
    return Consent(person_id=person, purpose_id=purpose, state=state, at=at, way="form", **more)


def test_contacts_before_the_latest_one_go_and_that_one_stays(office: Office) -> None:
    ek, al = office.person("Ek"), office.person("Al")
    office.add(line(ek, "call", OLD, "first"), line(ek, "email", OLD + timedelta(1), "second"), line(ek, "note", YOUNG, "note"))
    office.add(line(al, "call", OLD, "old"), line(al, "visit", YOUNG, "young"))
    filter = office.on("people.contacts")
    assert office.due(filter) == {"people.contacts": 2}
    assert carry_out(office.context, office.decide(filter, 2))
    assert office.texts(Interaction, "text") == {"second", "note", "young"}
    assert office.due(filter) == {}
    with office.database.read() as session:
        assert len(session.scalars(select(Person.id)).all()) == 2


def test_what_an_answer_rests_on_stays(office: Office) -> None:
    ek = office.person("Ek")
    proof = line(ek, "note", OLD, "yes, on the phone")
    office.add(proof, line(ek, "note", OLD, "other"))
    with office.database.read() as session:
        proof_id = session.scalars(select(Interaction.id).where(Interaction.text == "yes, on the phone")).one()
    office.add(answer(office, ek, OLD, evidence_id=proof_id))
    carry_out(office.context, office.decide(office.on("people.notes")))
    assert office.texts(Interaction, "text") == {"yes, on the phone"}


def test_an_answer_goes_with_its_file_once_a_newer_one_is_old_and_the_newest_stays(office: Office) -> None:
    ek = office.person("Ek")
    office.add(answer(office, ek, OLD, note=f"{SECRET} form"), answer(office, ek, OLD + timedelta(30), "withdrawn"))
    with office.database.read() as session:
        given = session.scalars(select(Consent.id).where(Consent.state == "given")).one()
    office.add(FileContent(hash="a" * 64, data=SECRET.encode()))
    file = {"media_type": "application/pdf", "size": 1, "hash": "a" * 64, "module": "people", "added_at": OLD}
    office.add(Attachment(name=f"{SECRET}.pdf", subject=given, **file))
    filter = office.on("people.answers")
    own = office.decide(filter)
    carry_out(office.context, own)
    assert office.texts(Consent, "state") == {"withdrawn"} and office.texts(Attachment, "name") == set()
    assert office.anywhere(SECRET) == set() and office.texts(FileContent, "hash") == set()


def test_an_answer_replaced_lately_stays(office: Office) -> None:
    ek = office.person("Ek")
    office.add(answer(office, ek, OLD), answer(office, ek, YOUNG, "withdrawn"))
    assert office.due(office.on("people.answers")) == {}


def test_done_tasks_and_ended_stops_go_and_the_history_no_longer_says_what_they_were(office: Office) -> None:
    ek = office.person("Ek")
    with office.database.write(office.context.actor, "add_task", [ek]) as session:
        session.add(Task(title=f"{SECRET} ring", person_id=ek, due=OLD, done_at=OLD))
        describe(session, task=f"{SECRET} ring")
    with office.database.write(office.context.actor, "finish_task", [ek]) as session:
        task = session.scalars(select(Task)).one()
        task.title = f"{SECRET} changed"
        describe(session, task=f"{SECRET} changed")
    office.add(
        Task(title="open", person_id=ek, due=OLD, done_at=None), Task(title="lately", due=OLD, done_at=YOUNG),
        ContactBlock(person_id=ek, channel="phone", reason=SECRET, since=OLD, ends_at=OLD + timedelta(9)),
        ContactBlock(person_id=ek, channel="email", reason="for good", since=OLD, ends_at=None),
    )  # fmt: skip
    own = office.decide(office.on("people.tasks", "people.stops"))
    carry_out(office.context, own)
    assert office.texts(Task, "title") == {"open", "lately"} and office.texts(ContactBlock, "reason") == {"for good"}
    assert office.anywhere(SECRET) == set()
    with office.database.read() as session:
        lines = history(session, about=ek)
        assert {one.details["task"] for one in lines if one.details and "task" in one.details} == {"…"}, (
            "the step stays, in words"
        )


def test_places_in_closed_rounds_go_with_their_calls(office: Office) -> None:
    tables = pytest.importorskip("desktop.modules.phones.tables")
    ek, al = office.person("Ek"), office.person("Al")
    rounds = [tables.CallRound(title=state, state=state, made_at=OLD) for state in ("closed", "open")]
    office.add(*rounds)
    with office.database.read() as session:
        ids = {row.state: row.id for row in session.scalars(select(tables.CallRound))}
    for person, state in ((ek, "closed"), (al, "open")):
        entry = tables.CallEntry(round_id=ids[state], person_id=person, position=1, state="done", ready_at=OLD, done_at=OLD)
        office.add(entry)
        with office.database.read() as session:
            own = session.scalars(select(tables.CallEntry.id).where(tables.CallEntry.person_id == person)).one()
        office.add(tables.Call(round_id=ids[state], entry_id=own, outcome="done", note=f"note {state}", caller_id=own,
                               caller_name="T", started=OLD, ended=OLD))  # fmt: skip
    carry_out(office.context, office.decide(office.on("phones.entries")))
    assert office.texts(tables.Call, "note") == {"note open"}
    assert "row_image" not in office.anywhere("note closed")


def test_rows_of_somebody_on_hold_stay_and_are_counted(office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disposing_rows, "PORTION", 2)
    ek, al = office.person("Ek"), office.person("Al")
    office.add(*(line(ek, "note", OLD + timedelta(n), f"ek {n}") for n in range(3)), line(al, "note", OLD, "al"))
    filter = office.on("people.notes")
    own = office.decide(filter, 4)
    assert office.portion(own) == 2
    with office.database.write(actor, "hold_person") as session:
        hold_person(session, ek, "A case", None, actor=actor, now=NOW, today=TODAY)
    assert office.portion(own) == 0
    assert office.line(own).state == "done"
    [rule] = office.line(own).rules
    assert (rule.due, rule.done, rule.held, rule.changed) == (4, 2, 2, 0)
    assert len(office.texts(Interaction, "text")) == 2 and office.due(filter) == {}


def test_what_is_changed_after_the_decision_stays(office: Office, actor: Actor) -> None:
    ek = office.person("Ek")
    office.add(line(ek, "note", OLD, "one"), line(ek, "note", OLD, "two"))
    own = office.decide(office.on("people.notes"))
    with office.database.write(actor, "edit_person") as session:
        session.scalars(select(Interaction).where(Interaction.text == "two")).one().text = "two, and more"
    carry_out(office.context, own)
    [rule] = office.line(own).rules
    assert (rule.done, rule.changed) == (1, 1) and office.texts(Interaction, "text") == {"two, and more"}


def test_portions_go_on_after_a_break_and_double_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disposing_rows, "PORTION", 2)
    ek = office.person("Ek")
    office.add(*(line(ek, "note", OLD + timedelta(n), str(n)) for n in range(5)))
    own = office.decide(office.on("people.notes"), 5)
    with pytest.raises(ZeroDivisionError):
        office.portion(own, breaks=True)
    assert office.texts(Interaction, "text") == {*"01234"}
    assert [office.portion(own) for _step in range(4)] == [3, 1, 0, 0]
    assert office.texts(Interaction, "text") == set()
    line_ = office.line(own)
    assert (line_.state, line_.done, line_.left_out, line_.of_rows) == ("done", 5, 0, True)
    with office.database.read() as session:
        steps = [one for one in history(session, limit=10) if one.verb == DISPOSE_ROWS]
    assert [one.details for one in reversed(steps)] == [{"case": "Dnr 7", "count": n} for n in (2, 2, 1)]


def test_nothing_due_others_than_seen_and_a_second_decision_are_refused(office: Office) -> None:
    ek = office.person("Ek")
    filter = office.on("people.notes")
    with pytest.raises(RuleBroken, match="Nothing is due"):
        office.decide(filter)
    office.add(line(ek, "note", OLD, "one"))
    with pytest.raises(Conflict, match="Other rows"):
        office.decide(filter, 2)
    own = office.decide(filter, 1)
    with pytest.raises(RuleBroken, match="earlier decision"):
        office.decide(filter, 1)
    with office.database.read() as session:
        assert session.get_one(Disposal, own).state == "open"


def test_time_counts_to_the_day(office: Office) -> None:
    ek = office.person("Ek")
    last_due = datetime(2024, 11, 23, 22, 59, tzinfo=UTC)  # still the 23rd in Stockholm
    office.add(line(ek, "note", last_due, "due"), line(ek, "note", last_due + timedelta(minutes=2), "not yet"))
    filter = office.on("people.notes")
    assert office.due(filter) == {"people.notes": 1}


@pytest.mark.parametrize("table", ["person", "legal_hold", "user_account"])
@pytest.mark.server_only("a file's program is trusted")
def test_the_server_lets_no_other_rows_go(office: Office, actor: Actor, table: str) -> None:
    from db.erasing.rows import forget_rows

    ek = office.person("Ek")
    with pytest.raises(Exception, match="do not go alone"), office.database.write(actor, DISPOSE_ROWS) as session:
        forget_rows(session, table, {ek: 1})
    with office.database.read() as session:
        assert session.get(Person, ek) is not None
