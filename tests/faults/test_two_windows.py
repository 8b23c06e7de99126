"""Two windows on one file: whatever one of them saves while the other had it open, nothing is overwritten unseen.

Each kind of change that a manifest names has a case here: what is there before, what the colleague saves, and what this
window, which still shows the state before, saves after it. A new verb without a case fails the test of the list.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import add_user, change_user
from db.actor import Actor
from db.base import metadata, new_id
from db.database import Database, take
from db.errors import Conflict, RuleBroken, Told
from db.history import take_back
from db.models.account import UserAccount
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.models.task import Task
from db.settings import change_setting, write_setting
from db.sorting import name_key
from desktop.assembly import new_registry, open_database, parts_of
from desktop.core.clock import SystemClock
from desktop.modules.phones import calls, rounds
from desktop.modules.phones.tables import CallEntry, CallRound
from desktop.modules.policies import imports, posts, register, service
from desktop.modules.policies.front_matter import PolicyFile
from desktop.modules.policies.tables import Policy, PolicyVersion
from desktop.people import contacts, editing, importing, roles, tasks
from desktop.people.contacts import ContactForm, InteractionForm
from desktop.people.editing import PersonForm
from desktop.people.roles import IdentifierForm, RoleForm
from desktop.people.rows import IncomingPerson
from desktop.shell.desk import window_registry

NOW, TODAY, ZONE = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23), ZoneInfo("Europe/Stockholm")
TEXT = service.PolicyText("Alumni policy", "Chair", "alumni@section.example", "en", "# Background\nWhy.")
CALENDAR = service.Calendar(NOW, TODAY, ZONE)
ME = Actor(UUID("01a20000-0000-7000-8000-000000000001"), "Me", frozenset({"administrator"}))
COLLEAGUE = Actor(UUID("01a20000-0000-7000-8000-000000000002"), "Colleague", frozenset({"administrator"}))
Step = Callable[[Session], object]
Ends = Literal["conflict", "rule", "both"]
BOOKKEEPING = frozenset({"version", "changed_in"})


@dataclass(frozen=True)
class Clash:
    """What both do. `ends`: with "conflict" or "rule" the later one is refused, with "both" the steps do not meet.

    Args:
        touches: Columns the later step may change in what the colleague saved, since the colleague did not touch them.
    """

    mine: Step
    theirs: Step
    ends: Ends = "conflict"
    touches: frozenset[str] = frozenset()


@dataclass
class Office:
    """What the cases make, in a file that both windows have open."""

    mine: Database
    theirs: Database
    made: list[UUID] = field(default_factory=list)

    def do(self, step: Step, verb: str = "test") -> Any:
        with self.mine.write(ME, verb) as session:
            self.made.append(session.info["change_set"])
            return step(session)

    def version(self, kind: Any, id: UUID) -> int:
        """What this window read."""
        with self.mine.read() as session:
            version: int = session.get_one(kind, id).version
            return version

    def only(self, kind: Any) -> tuple[UUID, int]:
        """The one row of a kind."""
        with self.mine.read() as session:
            row = session.scalars(select(kind)).one()
            return row.id, row.version

    def person(self, family: str = "Åberg") -> UUID:
        person = Person(id=new_id(), family=family, given="Mia", name_key=name_key(family, "Mia"))
        person_id = person.id
        self.do(lambda session: session.add(person))
        return person_id

    def policy(self, *steps: str) -> tuple[UUID, UUID]:
        """A policy with a draft, brought on by `steps`; its id and that of its version."""
        policy = self.do(lambda s: service.create_policy(s, TEXT, actor=ME, today=TODAY))
        version_id, _version = self.only(PolicyVersion)
        for step in steps:
            act: dict[str, Callable[[Session, int], object]] = {
                "submit": lambda s, n: service.submit(s, version_id, n),
                "decide": lambda s, n: service.decide(s, version_id, n, actor=ME, today=TODAY, four_eyes=False),
                "force": lambda s, n: service.put_in_force(s, version_id, n, actor=ME, calendar=CALENDAR),
            }
            self.do(lambda s, do=act[step]: do(s, self.version(PolicyVersion, version_id)))
        return policy, version_id

    def round(self) -> tuple[UUID, UUID]:
        """A call round with one person; its id and the person's."""
        person = self.person()
        return self.do(lambda s: rounds.create_round(s, rounds.RoundForm("Calls"), [person], now=NOW)).round_id, person


CASES: dict[str, Callable[[Office], Clash]] = {}


def case(verb: str) -> Callable[[Callable[[Office], Clash]], Callable[[Office], Clash]]:
    """The case of a verb; several cases of one are told apart by a word after a blank."""

    def keep(function: Callable[[Office], Clash]) -> Callable[[Office], Clash]:
        assert verb not in CASES
        CASES[verb] = function
        return function

    return keep


def adding(verb: str, make: Callable[[Office], tuple[Step, Step]]) -> None:
    """Steps that only add: both are there afterwards."""
    CASES[verb] = lambda office: Clash(*make(office), ends="both")


# People


def named(family: str) -> PersonForm:
    return PersonForm(given="Mia", family=family)


def _edits(person: UUID, version: int) -> Step:
    return lambda s: editing.edit_person(s, person, version, named("Theirs"), today=TODAY)


@case("edit_person")
def _(office: Office) -> Clash:
    person = office.person()
    version = office.version(Person, person)
    return Clash(lambda s: editing.edit_person(s, person, version, named("Mine"), today=TODAY), _edits(person, version))


@case("retire_person")
def _(office: Office) -> Clash:
    person = office.person()
    version = office.version(Person, person)
    return Clash(lambda s: editing.retire(s, person, version, now=NOW), _edits(person, version))


@case("restore_person")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.retire(s, person, office.version(Person, person), now=NOW))
    version = office.version(Person, person)
    return Clash(lambda s: editing.restore(s, person, version), _edits(person, version))


@case("retire_people")
def _(office: Office) -> Clash:
    person = office.person()
    everybody = select(Person.id)
    theirs = _edits(person, office.version(Person, person))
    return Clash(lambda s: editing.retire_people(s, everybody, now=NOW), theirs, "both", frozenset({"retired_at"}))


@case("restore_people")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.retire_people(s, select(Person.id), now=NOW))
    theirs = _edits(person, office.version(Person, person))
    return Clash(lambda s: editing.retire_people(s, select(Person.id), now=None), theirs, "both", frozenset({"retired_at"}))


@case("import_people")
def _(office: Office) -> Clash:
    """The file wins over the language, as it says and counts; what the colleague set is in the history. All else stays."""
    row = IncomingPerson(2, "Mia", "Åberg", emails=(("mia@uni.example", "mia@uni.example"),), language="sv", city="Luleå")

    def bring(row: IncomingPerson) -> Step:
        return lambda s: importing.import_people(s, [row], source="list.csv", faulty=0, report=lambda _done, _of: None)

    office.do(bring(row))
    person, version = office.only(Person)
    form = PersonForm(given="Mia", family="Åberg", language="fi", note="asks for Finnish")

    def mine(session: Session) -> None:
        counts = importing.import_people(
            session, [row._replace(city="Kiruna")], source="list.csv", faulty=0, report=lambda _done, _of: None
        )
        assert (counts.changed, counts.same) == (1, 0), "it is told that somebody was changed"

    theirs: Step = lambda s: editing.edit_person(s, person, version, form, today=TODAY)
    return Clash(mine, theirs, "both", frozenset({"language"}))


PHONE = ContactForm("phone", "0701740605")


def _contact(office: Office) -> tuple[UUID, int, Step]:
    person = office.person()
    contact = office.do(lambda s: contacts.add_contact(s, person, PHONE, country="SE"))
    version = office.version(ContactPoint, contact)
    theirs = replace(PHONE, value="0701740606")
    return contact, version, lambda s: contacts.edit_contact(s, contact, version, theirs, country="SE")


@case("edit_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.edit_contact(s, contact, version, replace(PHONE, label="home"), country="SE"), theirs)


@case("remove_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.remove_contact(s, contact, version), theirs)


@case("hold_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.hold_contact(s, contact, version, "bounced"), theirs)


def _role(office: Office) -> tuple[UUID, int, Step]:
    person = office.person()
    role = office.do(lambda s: roles.add_role(s, person, RoleForm("admitted", "Nursing")))
    version = office.version(Role, role)
    return role, version, lambda s: roles.edit_role(s, role, version, RoleForm("admitted", "Physics"))


@case("edit_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.edit_role(s, role, version, RoleForm("admitted", "Law")), theirs)


@case("end_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.end_role(s, role, version, TODAY), theirs)


@case("remove_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.remove_role(s, role, version), theirs)


@case("remove_identifier")
def _(office: Office) -> Clash:
    person = office.person()
    number = office.do(lambda s: roles.add_identifier(s, person, IdentifierForm("registry_id", "abc-1"), today=TODAY))
    version = office.version(Identifier, number)
    return Clash(lambda s: roles.remove_identifier(s, number, version), lambda s: roles.remove_identifier(s, number, version))


@case("finish_task")
def _(office: Office) -> Clash:
    task = office.do(lambda s: tasks.add_task(s, tasks.TaskForm("Send a brochure", NOW)))
    version = office.version(Task, task)
    return Clash(
        lambda s: tasks.finish_task(s, task, version, now=NOW),
        lambda s: tasks.finish_task(s, task, version, now=NOW - timedelta(1)),
    )


adding("create_person", lambda _office: 2 * (lambda s: editing.create_person(s, named("Åberg"), today=TODAY),))  # type: ignore[arg-type]


def _to_a_person(act: Callable[[Session, UUID, int], object]) -> Callable[[Office], tuple[Step, Step]]:
    def make(office: Office) -> tuple[Step, Step]:
        person = office.person()
        return (lambda s: act(s, person, 1)), (lambda s: act(s, person, 2))

    return make


adding(
    "add_contact", _to_a_person(lambda s, p, n: contacts.add_contact(s, p, replace(PHONE, value=f"070174060{n}"), country="SE"))
)
adding("add_role", _to_a_person(lambda s, p, n: roles.add_role(s, p, RoleForm("admitted", f"Programme {n}"))))
adding(
    "add_identifier",
    _to_a_person(lambda s, p, n: roles.add_identifier(s, p, IdentifierForm("registry_id", f"a-{n}"), today=TODAY)),
)
adding(
    "add_interaction",
    _to_a_person(lambda s, p, n: contacts.add_interaction(s, p, InteractionForm("note", NOW, text=f"{n}"), actor=ME)),
)
adding("add_task", _to_a_person(lambda s, p, n: tasks.add_task(s, tasks.TaskForm(f"Call {n}", NOW, person_id=p))))


# Phone duty


def _round(office: Office) -> tuple[UUID, int, Step]:
    round_id, _person = office.round()
    version = office.version(CallRound, round_id)
    return round_id, version, lambda s: rounds.change_round(s, round_id, version, rounds.RoundForm("Theirs"))


@case("change_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.change_round(s, round_id, version, rounds.RoundForm("Mine")), theirs)


@case("close_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.set_state(s, round_id, version, "closed"), theirs)


@case("open_call_round")
def _(office: Office) -> Clash:
    round_id, version, theirs = _round(office)
    return Clash(lambda s: rounds.set_state(s, round_id, version, "open"), theirs)


@case("log_call")
def _(office: Office) -> Clash:
    round_id, _person = office.round()
    entry, version = office.only(CallEntry)

    def call(outcome: str) -> Step:
        draft = calls.Draft(round_id, outcome, NOW - timedelta(seconds=60), NOW)
        return lambda s: calls.save_call(s, entry, version, draft, actor=ME, now=NOW, zone=ZONE)

    return Clash(call("no_answer"), call("reached_yes"))


def _hotline(office: Office) -> tuple[Step, Step]:
    round_id, person = office.round()
    draft = calls.Draft(round_id, "", NOW - timedelta(seconds=60), NOW, note="Asked about housing")
    return tuple((lambda s: calls.save_hotline_call(s, person, draft, actor=ME, now=NOW)) for _n in range(2))  # type: ignore[return-value]


def _more_people(office: Office) -> tuple[Step, Step]:
    (round_id, _person), first, second = office.round(), office.person("Öberg"), office.person("Ärlig")
    return tuple((lambda s, p=p: rounds.add_people(s, round_id, [p], now=NOW)) for p in (first, second))  # type: ignore[return-value]


adding("log_hotline_call", _hotline)
adding("add_to_call_round", _more_people)
adding("create_call_round", _to_a_person(lambda s, p, n: rounds.create_round(s, rounds.RoundForm(f"Calls {n}"), [p], now=NOW)))


# Policies


def _draft(office: Office) -> tuple[UUID, int, Step]:
    _policy, version_id = office.policy()
    version, text = office.version(PolicyVersion, version_id), replace(TEXT, source="# Background\nTheirs.")
    return version_id, version, lambda s: service.save_draft(s, version_id, version, text, actor=COLLEAGUE, today=TODAY)


@case("save_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _draft(office)
    text = replace(TEXT, source="# Background\nMine.")
    return Clash(lambda s: service.save_draft(s, version_id, version, text, actor=ME, today=TODAY), theirs)


@case("submit_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _draft(office)
    return Clash(lambda s: service.submit(s, version_id, version), theirs)


@case("import_policy")
def _(office: Office) -> Clash:
    """The file becomes the draft, as it says: what the colleague wrote is in the history, and comes back from there."""
    _version_id, _version, theirs = _draft(office)
    file = PolicyFile(
        title=TEXT.title, owner_post=TEXT.owner_post, contact=TEXT.contact, language="en", last_revised=None, source="# File"
    )

    def bring(session: Session) -> None:
        done = imports.take_in(session, file, language="en", actor=ME, today=TODAY)
        assert (done.outcome, done.number) == ("changed", 1), "it is told that a draft was changed"

    touched = frozenset({"source", "content_hash", "author_id", "revised_by"})
    return Clash(bring, theirs, "both", touched)


def _reviewed(office: Office) -> tuple[UUID, int, Step]:
    _policy, version_id = office.policy("submit")
    version = office.version(PolicyVersion, version_id)
    return version_id, version, lambda s: service.send_back(s, version_id, version)


@case("send_policy_back")
def _(office: Office) -> Clash:
    version_id, version, _sends = _reviewed(office)
    decides: Step = lambda s: service.decide(s, version_id, version, actor=COLLEAGUE, today=TODAY, four_eyes=False)
    return Clash(lambda s: service.send_back(s, version_id, version), decides)


@case("decide_policy")
def _(office: Office) -> Clash:
    version_id, version, theirs = _reviewed(office)
    return Clash(lambda s: service.decide(s, version_id, version, actor=ME, today=TODAY, four_eyes=False), theirs)


@case("put_policy_in_force")
def _(office: Office) -> Clash:
    policy, version_id = office.policy("submit", "decide")
    version, held = office.version(PolicyVersion, version_id), office.version(Policy, policy)
    theirs: Step = lambda s: service.withdraw(s, policy, held, calendar=CALENDAR)
    return Clash(lambda s: service.put_in_force(s, version_id, version, actor=ME, calendar=CALENDAR), theirs)


@case("begin_policy_version")
def _(office: Office) -> Clash:
    policy, _version = office.policy("submit", "decide", "force")
    mine, theirs = ((lambda s, who=who: service.begin_version(s, policy, actor=who, today=TODAY)) for who in (ME, COLLEAGUE))
    return Clash(mine, theirs, "rule")


def _in_force(office: Office) -> tuple[UUID, int, Step]:
    policy, _version = office.policy("submit", "decide", "force")
    version = office.version(Policy, policy)
    return policy, version, lambda s: service.plan_review(s, policy, version, TODAY + timedelta(90), calendar=CALENDAR)


@case("plan_policy_review")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.plan_review(s, policy, version, TODAY + timedelta(30), calendar=CALENDAR), theirs)


@case("review_policy")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.reviewed_no_change(s, policy, version, actor=ME, calendar=CALENDAR), theirs)


@case("withdraw_policy")
def _(office: Office) -> Clash:
    policy, version, theirs = _in_force(office)
    return Clash(lambda s: service.withdraw(s, policy, version, calendar=CALENDAR), theirs)


@case("create_policy")
def _(_office: Office) -> Clash:
    theirs: Step = lambda s: service.create_policy(s, TEXT, actor=COLLEAGUE, today=TODAY)
    return Clash(lambda s: service.create_policy(s, replace(TEXT, source="# Mine"), actor=ME, today=TODAY), theirs, "rule")


@case("file_signature")
def _(office: Office) -> Clash:
    (_policy, version_id), person = office.policy("submit", "decide", "force"), office.person()

    def sign(place: str) -> Step:
        sheet = register.Signature(person, "Chair", TODAY, place)
        return lambda s: register.file_signature(s, version_id, sheet, None, actor=ME, now=NOW, today=TODAY, zone=ZONE)

    return Clash(sign("Mine"), sign("Theirs"), "rule")


@case("give_post")
def _(office: Office) -> Clash:
    former, mine, theirs = office.person("Former"), office.person("Mine"), office.person("Theirs")
    office.do(lambda s: posts.give_post(s, "Chair", former, TODAY - timedelta(400)))

    def give(person: UUID) -> Step:
        return lambda s: posts.give_post(s, "Chair", person, TODAY, replacing=True)

    return Clash(give(mine), give(theirs), "both")


adding("ask_post_to_sign", lambda office: _asking(office, lambda s, policy, n: register.ask_post(s, policy, f"Post {n}")))
adding(
    "ask_person_to_sign", lambda office: _asking(office, lambda s, policy, n: register.ask_person(s, policy, office_person(s, n)))
)


def _asking(office: Office, act: Callable[[Session, UUID, int], object]) -> tuple[Step, Step]:
    policy, _version = office.policy()
    office.person("Aa"), office.person("Bb")
    return (lambda s: act(s, policy, 0)), (lambda s: act(s, policy, 1))


def office_person(session: Session, number: int) -> UUID:
    return session.scalars(select(Person.id).order_by(Person.name_key)).all()[number]


# The program itself


@case("change_setting")
def _(office: Office) -> Clash:
    name = "core.office_name"
    office.do(lambda s: change_setting(s, name, None, "Before"))
    return Clash(lambda s: change_setting(s, name, "Before", "Mine"), lambda s: change_setting(s, name, "Before", "Theirs"))


@case("change_setting first")
def _(_office: Office) -> Clash:
    name = "core.modules"
    return Clash(
        lambda s: change_setting(s, name, None, {"phones": False}), lambda s: change_setting(s, name, None, {"policies": False})
    )


@case("change_user")
def _(office: Office) -> Clash:
    user = office.do(lambda s: add_user(s, "boss", "Boss", frozenset({"administrator"})))
    version = office.version(UserAccount, user)

    def change(name: str) -> Step:
        return lambda s: change_user(s, user, version, name=name, roles=frozenset({"administrator"}), active=True)

    return Clash(change("Mine"), change("Theirs"))


@case("add_user")
def _(_office: Office) -> Clash:
    mine, theirs = ((lambda s, name=name: add_user(s, "caller", name, frozenset())) for name in ("Mine", "Theirs"))
    return Clash(mine, theirs, "rule")


@case("take_back")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.edit_person(s, person, office.version(Person, person), named("Slip"), today=TODAY))
    slip, version = office.made[-1], office.version(Person, person)
    return Clash(lambda s: take_back(s, slip), _edits(person, version), "both")


@case("take_back twice")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.edit_person(s, person, office.version(Person, person), named("Slip"), today=TODAY))
    slip = office.made[-1]
    return Clash(lambda s: take_back(s, slip), lambda s: take_back(s, slip), "rule")


# Only ever done to a database that holds nothing yet, or before anybody can have it open.
WITHOUT_A_CLASH = {"first_user", "make_demo", "demo_policies"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the tables of all modules, made once."""
    path = tmp_path_factory.mktemp("empty") / "empty.kontinuum"
    open_database(path, new_registry(SystemClock(UTC))).close()
    return path


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "office.kontinuum"
    copyfile(empty, path)
    parts = parts_of(new_registry(SystemClock(UTC)))
    two = [Database(path, parts=parts, now=lambda: NOW) for _window in range(2)]
    yield Office(*two)
    for window in two:
        window.close()


def rows_of(database: Database, change_set: UUID) -> dict[tuple[str, bytes], dict[str, Any]]:
    """What a change set has left, by table and id."""
    found = {}
    with database.read() as session:
        for table in metadata.sorted_tables:
            if "changed_in" in table.c:
                for row in session.execute(select(table).where(table.c.changed_in == change_set)).mappings():
                    found[table.name, row["id"]] = dict(row)
    return found


def now_there(database: Database, keys: Iterator[tuple[str, bytes]] | Any) -> dict[tuple[str, bytes], dict[str, Any]]:
    found = {}
    with database.read() as session:
        for name, id in keys:
            table = metadata.tables[name]
            row = session.execute(select(table).where(table.c.id == id)).mappings().first()
            found[name, id] = dict(row) if row else {}
    return found


@dataclass(frozen=True)
class Played:
    """How it ended: how the later step was refused, and what of the colleague's is not there any more."""

    clash: Clash
    refused: Told | None
    lost: list[str]


def play(office: Office, verb: str) -> Played:
    """Both act, the colleague first."""
    clash, name = CASES[verb](office), verb.partition(" ")[0]
    with office.theirs.write(COLLEAGUE, name) as session:
        theirs = session.info["change_set"]
        clash.theirs(session)
    saved, refused = rows_of(office.theirs, theirs), None
    try:
        with office.mine.write(ME, name) as session:
            clash.mine(session)
    except (Conflict, RuleBroken) as error:
        refused = error
    after = now_there(office.theirs, saved)
    free = clash.touches | (BOOKKEEPING if clash.touches else frozenset())
    lost = [
        f"{table}.{column}"
        for (table, id), row in saved.items()
        for column, value in row.items()
        if column not in free and after[table, id].get(column) != value
    ]
    return Played(clash, refused, lost)


@pytest.mark.parametrize("verb", sorted(CASES))
def test_what_the_colleague_saved_is_still_there(office: Office, verb: str) -> None:
    played = play(office, verb)
    assert played.lost == []
    assert type(played.refused) is {"conflict": Conflict, "rule": RuleBroken, "both": type(None)}[played.clash.ends]


def test_every_kind_of_change_has_a_case() -> None:
    registry = window_registry(SystemClock(UTC))
    verbs = set(registry.verbs())
    assert {"shell", "people", "phones", "policies"} <= {manifest.key for manifest in registry.manifests}
    assert verbs - {verb.partition(" ")[0] for verb in CASES} == WITHOUT_A_CLASH
    assert {verb.partition(" ")[0] for verb in CASES} <= verbs, "a case for what nobody does any more"


def test_without_the_check_of_the_version_every_such_case_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: whoever takes a row to change it takes it as it is now."""

    def careless(session: Session, kind: Any, row_id: UUID, _version: int) -> Any:
        return session.get_one(kind, row_id)

    for module in [module for name, module in sys.modules.items() if name.startswith(("db.", "desktop."))]:
        if getattr(module, "take", None) is take:
            monkeypatch.setattr(module, "take", careless)
    played = play(office, "edit_person")
    assert played.refused is None and "person.family" in played.lost
    assert play(office, "change_call_round").lost and play(office, "edit_contact").lost


@pytest.mark.parametrize("verb", ["change_setting", "change_setting first"])
def test_without_the_check_of_the_setting_theirs_is_lost(office: Office, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    careless: Any = lambda session, key, _known, value: write_setting(session, key, value)
    monkeypatch.setitem(globals(), "change_setting", careless)
    assert play(office, verb).lost
