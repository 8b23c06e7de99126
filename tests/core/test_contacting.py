"""Who may be contacted: one answer in sets, the same as a plain reading of the rules gives, and no way past it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.models.consent import ALL_CHANNELS, BASES, CHANNELS, Consent, ConsentPurpose, ConsentText, ContactBlock
from db.models.interaction import CHANNEL_OF, Interaction
from db.models.person import ContactPoint, Person
from db.settings import write_setting
from db.sorting import name_key
from desktop.core.contacting import decisions, purposes
from desktop.core.contacting.allowed import may_contact, plan_contact
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment, months_later
from desktop.core.contacting.merging import Said, Stop, longer, stricter
from desktop.core.contacting.purposes import PurposeForm
from desktop.core.contacting.recording import Contact, record_contact, record_contacts
from desktop.core.contacting.rules import PRESSURE_KEYS, SENTENCES, WHY
from tests.support import MakePerson

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 23)
WHEN = Moment(NOW, ZONE)
POINT_KINDS = {"phone": "phone", "sms": "phone", "email": "email", "post": "address"}


@dataclass
class Facts:
    """Everything about one invented person that the rules look at."""

    id: UUID
    deceased: bool = False
    retired: bool = False
    stops: list[tuple[str, datetime | None]] = field(default_factory=list)
    answers: list[tuple[str, str, datetime, datetime | None]] = field(default_factory=list)  # purpose, state, at, ends
    lines: list[tuple[str, str, datetime, str | None, bool | None]] = field(default_factory=list)
    points: list[tuple[str, str, date | None]] = field(default_factory=list)  # kind, hold, last day


def expected(one: Facts, channel: str, purpose: Any, settings: dict[str, Any], *, asked: bool, ways: bool) -> tuple[str, bool]:
    """The rules once more, as one would say them: why not, and whether it would be too often."""
    kind = purpose.kind if purpose else "information"
    most = 0 if asked else settings.get(f"people.pressure_{kind}", 0)
    since = NOW - timedelta(days=settings["people.pressure_days"])
    kinds = {known.code: known.kind for known in (purpose.all if purpose else KINDS)}
    counted = [
        line
        for line in one.lines
        if line[0] in CHANNEL_OF
        and line[1] == "out"
        and line[2] > since
        and not line[4]
        and kinds.get(line[3] or "", "information") == kind
    ]
    often = bool(most) and len(counted) >= most
    if one.deceased:
        return "deceased", often
    if one.retired:
        return "retired", often
    stopped = {name for name, ends in one.stops if ends is None or ends > NOW}
    if ALL_CHANNELS in stopped:
        return "no_contact", often
    if channel in stopped:
        return f"no_{channel}", often
    if purpose is not None and purpose.kind != "service":
        mine = sorted((a for a in one.answers if a[0] == purpose.code), key=lambda a: (a[2], a[1] != "given"))
        if mine and mine[-1][1] in ("refused", "withdrawn"):
            return mine[-1][1], often
        if purpose.basis == "consent" and not mine:
            return "no_consent", often
        if purpose.basis == "consent" and mine[-1][3] is not None and mine[-1][3] <= NOW:
            return "expired", often
    if often and settings["people.pressure_act"] == "stop":
        return "pressure", often
    there = [point for point in one.points if point[0] == POINT_KINDS[channel]]
    if ways and not there:
        return "no_way", often
    if ways and not any(not hold and (last is None or last >= TODAY) for _kind, hold, last in there):
        return "held", often
    return "", often


@dataclass(frozen=True)
class Known:
    """A purpose of the test."""

    code: str
    kind: str
    basis: str

    @property
    def all(self) -> tuple[Known, ...]:
        return KINDS


KINDS = tuple(Known(f"{kind}_{basis}", kind, basis) for kind, basis in product(("service", "information", "marketing"), BASES))


def invented(rng: Random) -> Facts:
    """Somebody of whom anything may be true; moments lie close to the edges of the rules."""
    edges = [
        timedelta(days=-400),
        timedelta(days=-30),
        timedelta(seconds=-1),
        timedelta(0),
        timedelta(seconds=1),
        timedelta(days=9),
    ]
    one = Facts(new_id(), rng.random() < 0.05, rng.random() < 0.05)
    for _number in range(rng.choice((0, 0, 1, 2))):
        channel = rng.choice((ALL_CHANNELS, *CHANNELS, *CHANNELS))
        one.stops.append((channel, rng.choice((None, *(NOW + edge for edge in edges)))))
    moments = [NOW - timedelta(days=day) for day in range(4)]
    for _number in range(rng.randrange(16)):
        state = rng.choice(("given", "given", "given", "refused", "withdrawn"))
        ends = rng.choice((None, None, *(NOW + edge for edge in edges))) if state == "given" else None
        answer = (rng.choice(KINDS).code, state, rng.choice(moments), ends)
        if all(
            (answer[0], answer[2]) != (other[0], other[2]) or (answer[1] == "given") != (other[1] == "given")
            for other in one.answers
        ):
            one.answers.append(answer)
    for _number in range(rng.randrange(8)):
        kind, direction = rng.choice((*CHANNEL_OF, "meeting", "note")), rng.choice(("out", "out", "out", "in", ""))
        at = NOW - timedelta(days=rng.choice((0, 5, 29, 31, 90)), seconds=1)
        one.lines.append(
            (kind, direction, at, rng.choice((None, *(known.code for known in KINDS))), rng.choice((None, False, True)))
        )
    for _number in range(rng.randrange(4)):
        last = rng.choice((None, None, TODAY, TODAY - timedelta(days=1)))
        one.points.append((rng.choice(("phone", "email", "address")), rng.choice(("", "", "bounced")), last))
    return one


def store(database: Database, actor: Actor, people: list[Facts]) -> None:
    """Put them into the database as the program would hold them."""
    with database.write(actor, "import_people") as session:
        names = {"sv": "x"}
        rows = [ConsentPurpose(id=new_id(), code=k.code, names=names, kind=k.kind, basis=k.basis, months=None) for k in KINDS]
        session.add_all(rows)
        ids = {row.code: row.id for row in rows}
        for one in people:
            session.add(
                Person(
                    id=one.id, family="A", given="B", name_key=name_key("A", "B"),
                    deceased_on=TODAY if one.deceased else None, retired_at=NOW if one.retired else None,
                )
            )  # fmt: skip
        session.flush()
        for one in people:
            session.add_all(ContactBlock(person_id=one.id, channel=c, since=NOW, ends_at=e) for c, e in one.stops)
            session.add_all(
                Consent(person_id=one.id, purpose_id=ids[code], state=state, at=at, ends_at=ends, way="other")
                for code, state, at, ends in one.answers
            )
            session.add_all(
                Interaction(person_id=one.id, kind=kind, direction=way, at=at, purpose=code, asked=asked)
                for kind, way, at, code, asked in one.lines
            )
            session.add_all(ContactPoint(person_id=one.id, kind=k, value="x", hold=h, valid_to=v) for k, h, v in one.points)


@pytest.mark.parametrize("seed", range(3))
def test_the_answer_in_sets_is_the_plain_reading_of_the_rules(database: Database, actor: Actor, seed: int) -> None:
    rng = Random(seed)
    people = [invented(rng) for _number in range(150)]
    store(database, actor, people)
    seen: set[str] = set()
    for act, most in (("stop", 2), ("warn", 1)):
        settings = PRESSURE_KEYS | {
            "people.pressure_act": act,
            "people.pressure_information": most,
            "people.pressure_marketing": most,
        }
        with database.write(actor, "change_setting") as session:
            for key, value in settings.items():
                write_setting(session, key, value)
        with database.read() as session:
            for channel, purpose in product(CHANNELS, (None, *KINDS)):
                asked, ways, as_query = rng.random() < 0.3, rng.random() < 0.7, rng.random() < 0.5
                plan = plan_contact(session, channel, purpose.code if purpose else "", asked=asked)
                whom = select(Person.id) if as_query else [one.id for one in people]
                answer = may_contact(session, whom, plan, now=NOW, today=TODAY, ways=ways)
                for one in people:
                    why, often = expected(one, channel, purpose, settings, asked=asked, ways=ways)
                    assert answer.stopped.get(one.id, "") == why, (channel, purpose, asked, ways, one)
                    assert (one.id in answer.people) is not bool(why)
                    assert (one.id in answer.pressed) is (often and not why)
                    seen.add(why)
    assert seen == {"", *WHY} - {"gone"}


def test_whoever_is_not_there_cannot_be_contacted(database: Database) -> None:
    nobody = new_id()
    with database.read() as session:
        answer = may_contact(session, [nobody], plan_contact(session, "phone"), now=NOW, today=TODAY)
    assert (answer.stopped, answer.people) == ({nobody: "gone"}, frozenset())


def test_every_reason_has_its_words() -> None:
    assert WHY.keys() == SENTENCES.keys()


def test_a_purpose_nobody_knows_is_a_defect_and_no_leave(database: Database) -> None:
    with database.read() as session, pytest.raises(LookupError):
        plan_contact(session, "phone", "unknown")


# Writing contacts down

Step = Callable[..., Any]


def mail(happened: bool = False, **more: Any) -> Contact:
    return replace(Contact("email", NOW, "out", "people", "Eva", happened=happened), **more)


def stop(database: Database, actor: Actor, person: UUID, channel: str = "all", **more: Any) -> UUID:
    with database.write(actor, "stop_contact") as session:
        return decisions.stop_contact(session, person, BlockForm(channel, **more), actor=actor, when=WHEN)


def test_a_message_to_somebody_who_wants_none_is_refused_in_words(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    person = make_person(email="a@b.example")
    stop(database, actor, person, "email")
    with pytest.raises(RuleBroken, match="asked for no e-mail"), database.write(actor, "test") as session:
        record_contact(session, person, mail())
    with database.read() as session:
        assert session.scalars(select(Interaction)).all() == []


def test_what_has_been_is_written_and_says_that_it_was_against_the_rules(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    person = make_person(email="a@b.example")
    stop(database, actor, person, "email")
    with database.write(actor, "test") as session:
        written = record_contact(session, person, mail(happened=True))
        assert record_contact(session, person, mail(direction="in")).against == ""
    assert written.against == "no_email"
    with database.read() as session:
        assert session.get_one(Interaction, written.id).direction == "out"


def test_a_mailing_leaves_out_who_may_not_be_written_to_and_says_why(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    yes, no, nowhere = make_person(city="Luleå"), make_person(city="Umeå"), make_person()
    stop(database, actor, no, "post")
    with database.write(actor, "test") as session:
        letter = Contact("letter", NOW, "out", "people", "Eva", title="Hej", purpose="service", happened=False)
        answer = record_contacts(session, [yes, no, nowhere], letter, today=TODAY)
    assert (answer.people, answer.clearance.channel) == (frozenset({yes}), "post")
    assert answer.stopped == {no: "no_post", nowhere: "no_way"}
    with database.read() as session:
        assert [(line.person_id, line.purpose) for line in session.scalars(select(Interaction))] == [(yes, "service")]


# Writing decisions down


def purpose_id(database: Database, code: str) -> UUID:
    with database.read() as session:
        return decisions.purpose_of(session, code)


def answered(database: Database, actor: Actor, person: UUID, code: str, state: str, **more: Any) -> UUID:
    with database.write(actor, "write_consent") as session:
        form = ConsentForm(decisions.purpose_of(session, code), state, **more)
        return decisions.write_consent(session, person, form, actor=actor, when=WHEN)


def why(database: Database, person: UUID, code: str, channel: str = "email") -> str:
    with database.read() as session:
        plan = plan_contact(session, channel, code)
        return may_contact(session, [person], plan, now=NOW, today=TODAY, ways=False).stopped.get(person, "")


def test_a_consent_holds_as_long_as_its_purpose_says_and_names_the_text(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    person = make_person()
    row = answered(database, actor, person, "newsletter", "given", way="form", language="fi", day=date(2024, 11, 23))
    assert why(database, person, "newsletter") == ""  # its last day
    with database.read() as session:
        kept = session.get_one(Consent, row)
        assert kept.ends_at == datetime.combine(TODAY + timedelta(days=1), time(), ZONE)
        assert kept.text_id is not None and session.get_one(ConsentText, kept.text_id).language == "fi"
        assert kept.by_name == actor.name
    answered(database, actor, person, "survey", "given", day=date(2024, 11, 22))
    assert why(database, person, "survey") == "expired"


def test_withdrawing_counts_at_once_and_keeps_what_was_given(database: Database, actor: Actor, make_person: MakePerson) -> None:
    person = make_person()
    answered(database, actor, person, "newsletter", "given")
    with database.write(actor, "withdraw_consent") as session:
        decisions.withdraw(session, person, decisions.purpose_of(session, "newsletter"), actor=actor, when=WHEN)
    assert why(database, person, "newsletter") == "withdrawn"
    with database.read() as session:
        assert session.scalars(select(Consent.state).order_by(Consent.id)).all() == ["given", "withdrawn"]


def test_a_paper_found_later_does_not_undo_a_withdrawal(database: Database, actor: Actor, make_person: MakePerson) -> None:
    person = make_person()
    answered(database, actor, person, "newsletter", "withdrawn", day=TODAY - timedelta(days=1))
    answered(database, actor, person, "newsletter", "given", day=TODAY - timedelta(days=2))
    assert why(database, person, "newsletter") == "withdrawn"


def test_what_rests_on_a_public_task_can_be_objected_to_but_not_a_service(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    person = make_person()
    assert (why(database, person, "admission"), why(database, person, "service")) == ("", "")
    answered(database, actor, person, "admission", "refused")
    answered(database, actor, person, "service", "refused")
    assert (why(database, person, "admission"), why(database, person, "service")) == ("refused", "")


def test_a_stop_is_made_longer_and_never_shorter(database: Database, actor: Actor, make_person: MakePerson) -> None:
    person, soon, later = make_person(), TODAY + timedelta(days=3), TODAY + timedelta(days=30)
    block = stop(database, actor, person, "phone", until=later)
    assert stop(database, actor, person, "phone", until=soon, reason="said so") == block
    ends = {}
    with database.read() as session:
        ends["later"] = session.get_one(ContactBlock, block).ends_at
        assert session.get_one(ContactBlock, block).reason == "said so"
    stop(database, actor, person, "phone")
    stop(database, actor, person, "phone", until=later)
    with database.read() as session:
        assert (ends["later"], session.get_one(ContactBlock, block).ends_at) == (WHEN.after(later), None)


def test_a_stop_that_a_colleague_changed_is_not_lifted_unseen(database: Database, actor: Actor, make_person: MakePerson) -> None:
    person = make_person()
    block = stop(database, actor, person, "phone", until=TODAY)
    stop(database, actor, person, "phone")
    with pytest.raises(Conflict), database.write(actor, "lift_stop") as session:
        decisions.lift_stop(session, block, 1)
    with database.write(actor, "lift_stop") as session:
        decisions.lift_stop(session, block, 2)
    assert why(database, person, "", "phone") == ""


@pytest.mark.parametrize(
    ("form", "where"),
    [
        (ConsentForm(UUID(int=1), "given"), "purpose"),
        (ConsentForm(UUID(int=0), "given", day=TODAY + timedelta(days=1)), "day"),
        (ConsentForm(UUID(int=0), "given", note="x" * 501), "note"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    database: Database, actor: Actor, make_person: MakePerson, form: ConsentForm, where: str
) -> None:
    person = make_person()
    if form.purpose_id == UUID(int=0):
        form = replace(form, purpose_id=purpose_id(database, "alumni"))
    with pytest.raises(RuleBroken) as caught, database.write(actor, "write_consent") as session:
        decisions.write_consent(session, person, form, actor=actor, when=WHEN)
    assert caught.value.field == where


def test_a_stop_that_ended_yesterday_is_a_slip(database: Database, actor: Actor, make_person: MakePerson) -> None:
    with pytest.raises(RuleBroken) as caught:
        stop(database, actor, make_person(), "phone", until=TODAY - timedelta(days=1))
    assert caught.value.field == "until"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 23), 24, date(2028, 11, 23)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_end_where_months_end(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


# Purposes


def test_a_text_that_differs_is_a_new_version_and_the_old_one_stays(database: Database, actor: Actor) -> None:
    with database.write(actor, "add_purpose") as session:
        form = PurposeForm({"sv": "Sommarkurser!"}, "marketing", "consent", 12, texts={"sv": "Ja", "fi": " "})
        purposes.add_purpose(session, form, today=TODAY)
    for text in ("Ja", "Ja tack"):
        with database.read() as session:
            line = next(line for line in purposes.purposes(session) if line.code == "sommarkurser")
        with database.write(actor, "edit_purpose") as session:
            form = replace(form, texts={"sv": text})
            purposes.edit_purpose(session, line.id, line.version, form, today=TODAY, seen=line.texts)
    with database.read() as session:
        line = next(line for line in purposes.purposes(session) if line.code == "sommarkurser")
        assert [(text.language, text.number, text.text) for text in line.texts] == [("sv", 2, "Ja tack")]
        kept = select(ConsentText.text).where(ConsentText.purpose_id == line.id).order_by(ConsentText.number)
        assert session.scalars(kept).all() == ["Ja", "Ja tack"]


def test_two_purposes_of_one_name_have_two_codes(database: Database, actor: Actor) -> None:
    for _time in range(2):
        with database.write(actor, "add_purpose") as session:
            purposes.add_purpose(session, PurposeForm({"en": "Newsletter"}), today=TODAY)
    with database.read() as session:
        assert {"newsletter", "newsletter_2", "newsletter_3"} <= set(session.scalars(select(ConsentPurpose.code)))


def test_what_people_agreed_to_cannot_become_something_else(database: Database, actor: Actor, make_person: MakePerson) -> None:
    answered(database, actor, make_person(), "newsletter", "given")
    with database.read() as session:
        line = next(line for line in purposes.purposes(session) if line.code == "newsletter")
    form = PurposeForm(line.names, line.kind, "public_task", line.months)
    with pytest.raises(RuleBroken) as caught, database.write(actor, "edit_purpose") as session:
        purposes.edit_purpose(session, line.id, line.version, form, today=TODAY)
    assert caught.value.field == "basis"
    with database.write(actor, "edit_purpose") as session:
        purposes.edit_purpose(session, line.id, line.version, replace(form, basis="consent", retired=True), today=TODAY)
    with database.read() as session:
        assert line.code not in [left.code for left in purposes.purposes(session)]


# Two records of one person


def test_of_two_answers_the_no_survives_and_no_yes_is_made_up() -> None:
    states, when = ("given", "refused", "withdrawn"), [NOW - timedelta(days=day) for day in range(3)]
    for one, other in product((Said(*each) for each in product(states, when, (None, NOW, NOW + timedelta(days=9)))), repeat=2):
        found = stricter(one, other)
        assert (found.state == "given") is (one.state == other.state == "given")
        assert found.at == max(one.at, other.at)
        ends = [said.ends_at for said in (one, other) if said.state == found.state and said.ends_at]
        assert found.ends_at == (min(ends) if ends else None)
        assert found == stricter(other, one)


def test_of_two_stops_the_one_that_lasts_longest_remains() -> None:
    later = NOW + timedelta(days=1)
    assert longer(Stop("asked", NOW), Stop("by letter", later)) == Stop("asked; by letter", later)
    assert longer(Stop("", None), Stop("NIX", NOW)) == Stop("NIX", None)
    assert longer(Stop("asked", NOW), Stop("asked", None)) == Stop("asked", None)
