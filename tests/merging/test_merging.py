"""Two records become one: nothing is lost, the strictest survives, and what must not be linked is refused."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.merged import survivor_of
from db.models.duplicate import NotADuplicate
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.search import search
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.modules.phones.tables import Call, CallClaim, CallEntry, CallRound
from desktop.people.contacts import ContactForm, InteractionForm, add_contact, add_interaction, hold_contact
from desktop.people.duplicates.verdicts import keep_apart, not_a_duplicate
from desktop.people.editing import restore, retire, retire_people
from desktop.people.merging.belongings import World
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, MergePlan, read_plan
from desktop.people.roles import IdentifierForm, RoleForm, add_identifier, add_role
from tests.support import MakePerson

TODAY = date(2026, 11, 23)


class Office:
    """What the tests of merging do all the time."""

    def __init__(self, context: ModuleContext, database: Database, actor: Actor, clock: FixedClock) -> None:
        self.context, self.database, self.actor, self.clock = context, database, actor, clock
        self.world = World.of(context)

    def plan(self, stays: UUID, goes: UUID) -> MergePlan:
        with self.database.read() as session:
            return read_plan(session, stays, goes, self.world)

    def merge(self, stays: UUID, goes: UUID, choice: Choice | None = None, mark: str = "") -> UUID:
        """Merge, and give the change set."""
        mark = mark or self.plan(stays, goes).mark
        choice = choice or Choice()
        with self.database.write(self.actor, "merge_people") as session:
            merge_people(session, stays, goes, choice, mark, self.world, today=TODAY, now=self.clock.now())
            step: UUID = session.info["change_set"]
        return step

    def contact(self, person: UUID, kind: str, value: str = "", **more: str) -> UUID:
        with self.database.write(self.actor, "add_contact") as session:
            return add_contact(session, person, ContactForm(kind, value, **more), country="SE")

    def number(self, person: UUID, kind: str, value: str, issuer: str = "") -> UUID:
        with self.database.write(self.actor, "add_identifier") as session:
            return add_identifier(session, person, IdentifierForm(kind, value, issuer), today=TODAY)

    def values(self, person: UUID) -> list[str]:
        with self.database.read() as session:
            points = select(ContactPoint.normal).where(ContactPoint.person_id == person)
            return list(session.scalars(points.order_by(ContactPoint.kind, ContactPoint.position)))

    def in_round(self, *people: UUID, **first: object) -> list[UUID]:
        """A round with these people; `first` is how the first one stands in it."""
        with self.database.write(self.actor, "create_call_round") as session:
            made = CallRound(title="Welcome", made_at=self.clock.now())
            session.add(made)
            session.flush()
            entries = [
                CallEntry(
                    round_id=made.id, person_id=person, position=place, ready_at=self.clock.now(), **({} if place else first)
                )
                for place, person in enumerate(people)
            ]
            session.add_all(entries)
            session.flush()
            for entry in entries:
                session.add(self.call(made.id, entry.id))
            session.flush()
            return [entry.id for entry in entries]

    def call(self, round_id: UUID, entry_id: UUID) -> Call:
        now = self.clock.now()
        return Call(
            round_id=round_id, entry_id=entry_id, outcome="no_answer", caller_id=self.actor.id, caller_name="Tester",
            started=now, ended=now,
        )  # fmt: skip


@pytest.fixture
def office(context: ModuleContext, database: Database, actor: Actor, clock: FixedClock) -> Office:
    return Office(context, database, actor, clock)


def test_everything_of_both_is_with_the_record_that_stays(office: Office, make_person: MakePerson) -> None:
    stays = make_person("Åberg", "Mia", phone="+46701740605", email="mia@a.example")
    goes = make_person("Åberg", "Mia", phone="+46701740606", email="mia@b.example")
    with office.database.write(office.actor, "add_interaction") as session:
        line = add_interaction(session, goes, InteractionForm("note", office.clock.now(), text="Likes tea"), actor=office.actor)
        add_role(session, goes, RoleForm("student", "Law"))
    office.merge(stays, goes)
    assert office.values(stays) == ["mia@a.example", "mia@b.example", "+46701740605", "+46701740606"]
    assert office.values(goes) == []
    with office.database.read() as session:
        assert session.get_one(Interaction, line).person_id == stays
        assert session.scalar(select(Role.person_id)) == stays
        assert session.get_one(Person, goes).retired_at is not None
        assert survivor_of(session, goes) == stays and survivor_of(session, stays) == stays


def test_what_moves_is_told_before_it_moves(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person(phone="+46701740606")
    office.in_round(stays, goes)
    plan = office.plan(stays, goes)
    told = {
        (moving.belonging.module, moving.rows.table): (len(moving.moves), len(moving.doubles))
        for moving in plan.belongings.moving
    }
    assert told == {("people", "contact_point"): (1, 0), ("phones", "call_entry"): (0, 1)}
    examples = {moving.rows.table: moving.examples for moving in plan.belongings.moving}
    assert examples == {"contact_point": ("Phone: +46701740606",), "call_entry": ("Welcome",)}


def test_of_two_places_in_one_round_the_strictest_remains_with_the_calls_of_both(office: Office, make_person: MakePerson) -> None:
    goes, stays = make_person(), make_person()
    blocked, ready = office.in_round(goes, stays, state="blocked", why="language", attempts=2)
    office.merge(stays, goes)
    with office.database.read() as session:
        entry = session.scalars(select(CallEntry)).one()
        assert (entry.id, entry.person_id, entry.state, entry.why, entry.attempts) == (ready, stays, "blocked", "language", 2)
        assert session.scalar(select(func.count()).where(Call.entry_id == ready)) == 2
    assert blocked != ready


def test_nobody_is_merged_while_somebody_has_them_on_the_phone(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    _first, second = office.in_round(stays, goes)
    until = office.clock.now() + timedelta(minutes=5)
    with office.database.upkeep() as session:
        session.add(CallClaim(entry_id=second, token=stays, user_id=office.actor.id, user_name="Tester", until=until))
    with pytest.raises(RuleBroken, match="on the phone"):
        office.merge(stays, goes)
    office.clock.move(until + timedelta(minutes=1))
    office.merge(stays, goes)


def test_an_address_both_have_is_kept_once_and_its_hold_survives(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(email="mia@a.example"), make_person()
    held = office.contact(goes, "email", "MIA@a.example", label="private")
    office.contact(goes, "address", street="Storgatan 1", postcode="351 95", city="Växjö")
    office.contact(stays, "address", street="storgatan  1", postcode="35195", city="VÄXJÖ")
    with office.database.write(office.actor, "hold_contact") as session:
        hold_contact(session, held, 1, "bounced")
    office.merge(stays, goes)
    with office.database.read() as session:
        points = session.scalars(select(ContactPoint).where(ContactPoint.person_id == stays).order_by(ContactPoint.kind)).all()
        assert [(point.kind, point.hold, point.label) for point in points] == [
            ("address", "", ""),
            ("email", "bounced", "private"),
        ]


def test_what_is_left_out_is_gone_and_all_else_is_kept(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(phone="+46701740605"), make_person(phone="+46701740606", email="mia@b.example")
    wrong = next(line.id for line in office.plan(stays, goes).goes.contacts if line.kind == "phone")
    office.merge(stays, goes, Choice(left_out=frozenset({wrong})))
    assert office.values(stays) == ["mia@b.example", "+46701740605"]


def test_fields_are_taken_from_the_side_that_was_chosen(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg", "M", language="sv"), make_person("Öberg", "Mia Maria", language="fi")
    office.merge(stays, goes, Choice({"family": "goes", "language": "stays"}))
    with office.database.read() as session:
        person = session.get_one(Person, stays)
        assert (person.family, person.given, person.language, person.former) == ("Öberg", "Mia Maria", "sv", "Åberg")
        assert [hit.id for hit in search(session, "öberg mia")] == [stays]
        assert [hit.id for hit in search(session, "åberg")] == [stays]


def test_the_search_finds_who_stayed_by_the_names_of_who_went(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg"), make_person("Zetterlund", "Sigrid")
    step = office.merge(stays, goes, Choice({"family": "stays", "given": "stays"}))
    with office.database.read() as session:
        assert [hit.id for hit in search(session, "sigrid zetterlund")] == [stays]
    with office.database.write(office.actor, TAKE_BACK) as session:
        take_back(session, step)
    with office.database.read() as session:
        assert [hit.id for hit in search(session, "sigrid zetterlund")] == [goes]


def test_two_different_numbers_are_refused_until_one_is_history(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    mine, theirs = office.number(stays, "personnummer", "19811218-9876"), office.number(goes, "personnummer", "19900101-9802")
    assert [clash.kind for clash in office.plan(stays, goes).clashes] == ["personnummer"]
    for replaced in ((), (mine, theirs)):
        with pytest.raises(RuleBroken, match="different numbers"):
            office.merge(stays, goes, Choice(replaced=frozenset(replaced)))
    office.merge(stays, goes, Choice(replaced=frozenset({mine})))
    with office.database.read() as session:
        rows = session.execute(select(Identifier.id, Identifier.person_id, Identifier.valid_to).order_by(Identifier.id)).all()
    assert [tuple(row) for row in rows] == [(mine, stays, TODAY), (theirs, stays, None)]


def test_a_real_number_ends_the_interim_one_of_the_other_record(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    interim = office.number(stays, "interim", "19811218T123", "Ladok")
    office.number(goes, "personnummer", "19811218-9876")
    office.merge(stays, goes)
    with office.database.read() as session:
        assert session.scalar(select(Identifier.valid_to).where(Identifier.id == interim)) == TODAY


def test_the_same_number_is_kept_once(office: Office, make_person: MakePerson, database: Database, actor: Actor) -> None:
    stays, goes = make_person(), make_person()
    office.number(stays, "registry_id", "A-17", "Ladok")
    with database.write(actor, "add_identifier") as session:
        session.add(Identifier(person_id=goes, kind="registry_id", value="A-17", issuer="Ladok"))
        session.add(Identifier(person_id=goes, kind="registry_id", value="A-17", issuer="LDAP"))
    office.merge(stays, goes)
    with database.read() as session:
        assert sorted(session.scalars(select(Identifier.issuer).where(Identifier.person_id == stays))) == ["LDAP", "Ladok"]
        assert session.scalar(select(func.count()).select_from(Identifier)) == 2


def test_the_same_post_held_the_same_days_is_held_once(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    with office.database.write(office.actor, "give_post") as session:
        post = Post(title="Chair", title_key="chair")
        session.add(post)
        session.flush()
        session.add_all([PostHolding(post_id=post.id, person_id=person, starts=TODAY) for person in (stays, goes)])
        session.add(
            PostHolding(post_id=post.id, person_id=goes, starts=TODAY - timedelta(days=900), ends=TODAY - timedelta(days=500))
        )
    office.merge(stays, goes)
    with office.database.read() as session:
        assert session.scalars(select(PostHolding.person_id)).all() == [stays, stays]


def test_identities_that_are_kept_apart_are_never_linked(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    with office.database.write(office.actor, "keep_apart") as session:
        keep_apart(session, goes)
    for pair in ((stays, goes), (goes, stays)):
        with pytest.raises(RuleBroken, match="kept apart"):
            office.merge(*pair)


def test_a_retired_record_and_one_merged_already_are_refused(office: Office, make_person: MakePerson) -> None:
    stays, goes, third = make_person(), make_person(), make_person()
    with office.database.write(office.actor, "retire_person") as session:
        retire(session, third, 1, now=office.clock.now())
    with pytest.raises(RuleBroken, match="is retired"):
        office.merge(stays, third)
    office.merge(stays, goes)
    with pytest.raises(RuleBroken, match="merged into"):
        office.merge(make_person(), goes)


def test_the_second_of_two_desks_is_told(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    seen = office.plan(stays, goes).mark
    office.merge(stays, goes)
    with pytest.raises(RuleBroken, match="merged into"):
        office.merge(stays, goes, mark=seen)
    with pytest.raises(RuleBroken, match="merged into"):
        office.merge(goes, stays, mark=seen)


def test_what_nobody_saw_is_not_merged(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    seen = office.plan(stays, goes).mark
    office.contact(goes, "phone", "070-174 06 05")
    with pytest.raises(Conflict):
        office.merge(stays, goes, mark=seen)
    assert office.values(goes) == ["+46701740605"]


def test_what_was_said_of_pairs_is_true_of_the_one_that_stays(office: Office, make_person: MakePerson) -> None:
    stays, goes, third, fourth = (make_person() for _ in range(4))
    with office.database.write(office.actor, "not_a_duplicate") as session:
        not_a_duplicate(session, goes, third, 120, "name_same")
        not_a_duplicate(session, stays, fourth, 100, "")
        not_a_duplicate(session, fourth, goes, 140, "")
    office.merge(stays, goes)
    with office.database.read() as session:
        said = session.execute(select(NotADuplicate.first_id, NotADuplicate.second_id, NotADuplicate.score)).all()
    assert {(stays, third, 120), (stays, fourth, 140)} <= {tuple(row) for row in said}


def test_a_handle_takes_nothing_and_is_not_restored(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg"), make_person()
    office.merge(stays, goes, Choice({"family": "stays"}))
    with pytest.raises(RuleBroken, match="merged into that of Åberg, Mia"):
        office.contact(goes, "phone", "070-174 06 05")
    with office.database.read() as session:
        version = session.get_one(Person, goes).version
    with pytest.raises(RuleBroken, match="merged into"), office.database.write(office.actor, "restore_person") as session:
        restore(session, goes, version)
    with office.database.write(office.actor, "restore_people") as session:
        assert retire_people(session, select(Person.id), now=None) == 0


def test_a_record_leads_on_through_later_merges(office: Office, make_person: MakePerson) -> None:
    first, second, third = make_person(), make_person(), make_person("Zetterlund", "Sigrid")
    step = office.merge(second, third, Choice({"family": "stays", "given": "stays"}))
    office.merge(first, second)
    with office.database.read() as session:
        assert {survivor_of(session, person) for person in (first, second, third)} == {first}
        assert [hit.id for hit in search(session, "sigrid zetterlund")] == [first]
    with pytest.raises(RuleBroken, match="itself merged"), office.database.write(office.actor, TAKE_BACK) as session:
        take_back(session, step)


def test_a_merge_stands_in_the_history_of_both(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg"), make_person("Öberg")
    office.merge(stays, goes, Choice({"family": "stays"}, reason="Same birth date"))
    with office.database.read() as session:
        for person in (stays, goes):
            line = history(session, about=person, limit=1)[0]
            assert (line.verb, line.details["name"], line.details["other"], line.details["reason"]) == (
                "merge_people", "Åberg, Mia", "Öberg, Mia", "Same birth date",
            )  # fmt: skip
