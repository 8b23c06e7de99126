"""The other half of rights: each role does its whole day's work with what it has, and holds DELETE on nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database, own_change_set
from db.drafts import KeptDraft, drafts_of, drop_draft, keep_draft
from db.errors import Denied, RuleBroken, Unavailable
from db.history import TAKE_BACK, take_back
from db.models.account import UserAccount
from db.models.history import ChangeSet
from db.models.person import Person
from db.models.setting import StoredSetting
from db.models.task import Task
from db.postgresql import administrator
from db.search import Hit, search
from db.settings import read_setting, write_setting
from desktop.assembly import Ground, assemble
from desktop.core.registry import Registry
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.modules.phones import calls, queue, rounds
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import Call, CallClaim, CallEntry
from desktop.modules.policies import printing, register, service
from desktop.modules.policies.register import Signature
from desktop.modules.policies.tables import PolicyVersion
from desktop.people import contacts, editing
from desktop.people.card import person_card
from desktop.people.contacts import ContactForm
from desktop.people.editing import PersonForm
from desktop.people.imports import storing as importing
from desktop.people.listing import PeopleFilter, count
from desktop.people.roles import IdentifierForm, add_identifier
from desktop.people.tasks import TaskForm, add_task
from tests.server.conftest import Office, login_of
from tests.server.steps import CALENDAR, NOW, TEXT, TODAY, ZONE

Desk = Callable[[str], Ground]
LIST = (
    "Efternamn;Förnamn;E-post;Mobiltelefon;Ort;Program;Antagningstermin\n"
    "Aalto;Minna;minna.aalto@uni.example;070-174 06 05;Luleå;Nursing;HT2027\n"
    "Öhman;Olof;olof@uni.example;070-174 06 06;Umeå;Nursing;HT2027\n"
)


@pytest.fixture
def called(office: Office) -> tuple[UUID, list[UUID]]:
    """A round of two people, planned by the office."""
    database, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    people = []
    with database.write(actor, "create_call_round") as session:
        for family in ("Ek", "Gran"):
            person = editing.create_person(session, PersonForm("Siv", family), today=TODAY)
            contacts.add_contact(session, person, ContactForm("phone", "070-174 06 05"), country="SE")
            people.append(person)
        made = rounds.create_round(session, RoundForm("Välkomna"), people, now=NOW)
    return made.round_id, people


def test_many_rows_are_brought_in_at_once_where_rules_say_whose_they_are(office: Office) -> None:
    """COPY is refused there; what each row may be is looked at all the same."""
    database, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    ids, due = [new_id() for _n in range(3)], NOW
    with database.write(actor, "add_task") as session:
        insert_rows(session, Task, ("id", "title", "due", "user_id"), [(id, f"Ring\t{n}", due, None) for n, id in enumerate(ids)])
        own = own_change_set(session)
    with database.read() as session:
        tasks = [session.get_one(Task, id) for id in ids]
        assert [(task.title, task.due, task.user_id, task.made_in) for task in tasks] == [
            (f"Ring\t{n}", due, None, own) for n in range(3)
        ]
    colleague = office.accounts["caller"]
    with pytest.raises((Denied, errors.Error, Unavailable)), database.write(actor, "note") as session:
        insert_rows(session, StoredSetting, ("id", "key", "user_id", "value"), [(new_id(), "people.x", colleague, "a")])


def test_a_caller_claims_calls_logs_and_takes_back(office: Office, called: tuple[UUID, list[UUID]]) -> None:
    round_id, _people = called
    own, actor = office.database("caller"), Actor(office.accounts["caller"], "Caller")
    desk = queue.Desk(new_id(), actor.id, actor.name)
    with own.upkeep() as session:
        entry_id = queue.pop_next(session, round_id, desk, now=NOW, zone=ZONE)
    assert entry_id is not None
    with own.upkeep() as session:
        queue.renew(session, desk.token, now=NOW)
    with own.read() as session:
        entry = session.get_one(CallEntry, entry_id)
        card = person_card(session, entry.person_id)
        assert session.scalar(select(CallClaim.user_name)) == "Caller"
    draft = calls.Draft(round_id, "wrong_number", NOW, NOW, note="Hem till någon annan", contact_point_id=card.contacts[0].id)
    with own.write(actor, "log_call") as session:
        saved = calls.save_call(session, entry.id, entry.version, draft, actor=actor, now=NOW, zone=ZONE)
        assert queue.pop_next(session, round_id, desk, now=NOW, zone=ZONE) not in (None, entry_id)
    with own.read() as session:
        assert person_card(session, entry.person_id).contacts[0].hold == "wrong_number"
    with own.write(actor, TAKE_BACK) as session:
        assert calls.take_back_call(session, saved, desk, now=NOW) == entry_id
    with own.read() as session:
        assert session.get(Call, saved.call_id) is None
        assert person_card(session, entry.person_id).contacts[0].hold == ""
        assert session.scalars(select(CallClaim.entry_id)).all() == [entry_id]
    with own.upkeep() as session:
        queue.give_back(session, desk.token)
    with own.read() as session:
        assert session.scalars(select(CallClaim.entry_id)).all() == []


def test_a_claim_is_its_callers_alone(office: Office, called: tuple[UUID, list[UUID]]) -> None:
    """Nobody takes a person out of a colleague's hands, by program or by hand; the lease ends by the server's clock."""
    round_id, _people = called
    first, second = office.database("caller"), office.database("manager")
    mine = queue.Desk(new_id(), office.accounts["caller"], "Caller")
    with first.upkeep() as session:
        entry_id = queue.pop_next(session, round_id, mine, now=NOW, zone=ZONE)
    with second.upkeep() as session:
        queue.give_back(session, mine.token)
    assert office.sql("manager").execute("UPDATE core.call_claim SET until = now() - interval '1 day'").rowcount == 0
    with second.read() as session:
        assert session.scalars(select(CallClaim.entry_id)).all() == [entry_id]
    with office.sql() as admin:
        admin.execute("UPDATE core.call_claim SET until = now() - interval '1 second'")
    with second.upkeep() as session:
        queue.give_back(session, mine.token)
    with second.read() as session:
        assert session.scalars(select(CallClaim.entry_id)).all() == []


def test_a_caller_keeps_drafts_and_settings_of_their_own(office: Office) -> None:
    own, user = office.database("caller"), office.accounts["caller"]
    actor = Actor(user, "Caller")
    draft = KeptDraft("people.new", "{}", '{"family": "Åb"}', NOW)
    with own.upkeep() as session:
        keep_draft(session, user, draft)
    with own.upkeep() as session:
        keep_draft(session, user, KeptDraft("people.new", "{}", '{"family": "Åberg"}', NOW))
    with own.read() as session:
        assert [kept.state for kept in drafts_of(session, user)] == ['{"family": "Åberg"}']
    with own.upkeep() as session:
        drop_draft(session, user, "people.new", "{}")
    with own.read() as session:
        assert drafts_of(session, user) == []
    for value in ("dark", "light", None):
        with own.write(actor, "change_setting") as session:
            write_setting(session, "core.theme", value, user)
        with own.read() as session:
            assert read_setting(session, "core.theme", user) == value
    with pytest.raises(Denied), own.write(actor, "change_setting") as session:
        write_setting(session, "core.theme", "dark", office.accounts["manager"])


def test_the_office_adds_changes_imports_finds_and_takes_back(office: Office, desk: Desk, tmp_path: Path) -> None:
    ground = desk("office")
    database, actor, context = ground.context.database, ground.context.actor, ground.context
    assert (actor.id, context.may("people.edit"), ground.alone) == (office.accounts["office"], True, False)
    with database.write(actor, "create_person") as session:
        person = editing.create_person(session, PersonForm("Åsa", "Zackrisson"), today=TODAY)
        point = contacts.add_contact(session, person, ContactForm("email", "asa.z@uni.example"), country="SE")
        add_identifier(session, person, IdentifierForm("registry_id", "z1234567", "register"), today=TODAY)
    with database.read() as session:
        assert [hit.id for hit in search(session, "zackris")] == [person]
        assert [hit.id for hit in search(session, "z1234567", identifiers=True)] == [person]
        assert person_card(session, person).identifiers[0].masked == "••••••67"
        stored = session.scalar(select(ChangeSet.id).order_by(ChangeSet.number.desc()).limit(1))
        before = count(session, PeopleFilter())
    with database.write(actor, "remove_contact") as session:
        contacts.remove_contact(session, point, 1)
    with database.read() as session:
        assert search(session, "asa.z@uni") == []
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    done = importing.import_file(context, path, False)
    assert (done["new"], done["faulty"]) == (2, 0)
    with database.write(actor, TAKE_BACK) as session:
        undone = take_back(session, done["change_set"])
    assert undone.undone > 5 and undone.kept == ()
    with database.read() as session:
        assert count(session, PeopleFilter()) == before
    assert stored is not None


def test_the_manager_puts_a_policy_in_force_that_the_office_wrote(office: Office) -> None:
    writer, decider = office.database("office"), office.database("manager")
    author, manager = Actor(office.accounts["office"], "Office"), Actor(office.accounts["manager"], "Manager")
    with writer.write(author, "create_policy") as session:
        text = service.PolicyText("Mentors", TEXT.owner_post, TEXT.contact, "en", TEXT.source)
        policy = service.create_policy(session, text, actor=author, today=TODAY)
        version = service.newest_version(session, policy)
        service.submit(session, version.id, version.version)
        session.flush()
        version_id, read = version.id, version.version
    with pytest.raises(Denied), writer.write(author, "decide_policy") as session:
        service.decide(session, version_id, read, actor=manager, today=TODAY, four_eyes=False)
    with decider.write(manager, "decide_policy") as session:
        service.decide(session, version_id, read, actor=manager, today=TODAY, four_eyes=True)
    with decider.write(manager, "put_policy_in_force") as session:
        decided = service.newest_version(session, policy)
        service.put_in_force(session, decided.id, decided.version, actor=manager, calendar=CALENDAR)
    with writer.write(author, "file_signature") as session:
        person = editing.create_person(session, PersonForm("Ture", "Underhill"), today=TODAY)
        register.file_signature(
            session, version_id, Signature(person, "Chair", TODAY), None, actor=author, now=NOW, today=TODAY, zone=ZONE
        )
    with decider.read() as session:
        assert [signed.name for signed in register.signatures(session, policy)] != []


def test_only_who_may_takes_back_what_others_did(office: Office) -> None:
    database, author = office.database("office"), Actor(office.accounts["office"], "Office")
    with database.write(author, "create_person") as session:
        person = editing.create_person(session, PersonForm("Ida", "Felsteg"), today=TODAY)
    with database.read() as session:
        done = session.scalar(select(ChangeSet.id).order_by(ChangeSet.number.desc()).limit(1))
    assert done is not None
    before = office.hashes()
    caller = office.database("caller")
    with pytest.raises(Denied), caller.write(Actor(office.accounts["caller"], "Caller"), TAKE_BACK) as session:
        take_back(session, done)
    assert office.hashes() == before
    with office.database("manager").write(Actor(office.accounts["manager"], "Manager"), TAKE_BACK) as session:
        assert take_back(session, done).undone == 1
    with database.read() as session:
        assert session.get(Person, person) is None


def test_signing_in_is_signing_in_at_the_server(office: Office, registry: Registry, qapp: object) -> None:
    database = office.database("caller")
    ground = assemble(database, registry, login=None, make_tasks=ImmediateTasks)
    assert (ground.context.actor.id, ground.context.actor.roles) == (office.accounts["caller"], frozenset({"caller"}))
    assert not ground.context.may("phones.plan")
    for other in ("the.manager", "postgres", "office"):
        with pytest.raises(RuleBroken, match="not as"):
            assemble(database, registry, login=other, make_tasks=ImmediateTasks)
    assemble(database, registry, login=login_of("caller"), make_tasks=ImmediateTasks)


def test_a_user_whose_login_was_lost_with_the_server_is_let_in_again(office: Office) -> None:
    """As after a restore on another server: the user is there, and nothing of it changes."""
    database, actor = Database(office.admin, parts=office.plan.parts), Actor(new_id(), "DBA")
    try:
        for _time in range(2):
            with database.write(actor, "add_user") as session:
                administrator.let_in(session, office.names, "lost.login", "Lost", ["caller"], "Åtta tecken!")
            psycopg.connect(office.server.dsn(office.names.database, user="lost.login", password="Åtta tecken!")).close()
            with office.server.connect(office.names.database) as other:
                other.execute('DROP OWNED BY "lost.login"; DROP ROLE "lost.login"')
        with database.write(actor, "change_user") as session:
            administrator.shut_out(session, office.names, "lost.login")
    finally:
        database.close()


def test_a_user_who_was_shut_out_saves_nothing_more(office: Office) -> None:
    own, before = office.sql("counsellor"), office.database("office")
    with before.read() as session:
        assert session.get_one(UserAccount, office.accounts["counsellor"]).active
    with office.sql() as admin:
        admin.execute("BEGIN")
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("UPDATE core.user_account SET active = false WHERE id = %s", [office.accounts["counsellor"]])
        admin.execute("COMMIT")
        try:
            with pytest.raises(errors.InsufficientPrivilege):
                _forge(own, office.accounts["counsellor"])
        finally:
            admin.execute("BEGIN")
            admin.execute("SET LOCAL session_replication_role = replica")
            admin.execute("UPDATE core.user_account SET active = true WHERE id = %s", [office.accounts["counsellor"]])
            admin.execute("COMMIT")


def _forge(own: psycopg.Connection, user: UUID) -> None:
    with own.transaction():
        own.execute("SELECT core.kontinuum_open(gen_random_uuid(), 'core_9999')")
        own.execute("SELECT core.kontinuum_close('edit_person', '{}', %s, 'x', '{}')", [user])


def test_who_looks_after_policies_sees_the_tasks_of_policies_alone(office: Office) -> None:
    """Other tasks hold what was said in calls."""
    with office.database("office").write(Actor(office.accounts["office"], "Office"), "add_task") as session:
        add_task(session, TaskForm("Ring Åsa back", NOW, note="She is worried"))
        add_task(session, TaskForm("Revise", NOW, module="policies"))
    seen = {
        role: office.sql(role).execute("SELECT DISTINCT module FROM core.task").fetchall()
        for role in ("alumni_officer", "caller")
    }
    assert seen["alumni_officer"] == [("policies",)]
    assert {("people",), ("policies",)} <= {*seen["caller"]}
    assert office.sql("alumni_officer").execute("UPDATE core.task SET done_at = now() WHERE module = 'people'").rowcount == 0


def test_the_alumni_officer_files_a_signature_without_seeing_more_than_names(office: Office) -> None:
    author, own = Actor(office.accounts["office"], "Office"), office.database("alumni_officer")
    officer = Actor(office.accounts["alumni_officer"], "Alumni")
    with office.database("office").write(author, "create_person") as session:
        person = editing.create_person(session, PersonForm("Vera", "Vitt", former="Svart", note="private"), today=TODAY)
        contacts.add_contact(session, person, ContactForm("email", "vera.grey@uni.example"), country="SE")
    with office.database("manager").write(Actor(office.accounts["manager"], "Manager"), "decide_policy") as session:
        text = service.PolicyText("Alumni", TEXT.owner_post, TEXT.contact, "en", TEXT.source)
        policy = service.create_policy(session, text, actor=author, today=TODAY)
        version = service.newest_version(session, policy)
        service.submit(session, version.id, version.version)
        service.decide(session, version.id, version.version, actor=officer, today=TODAY, four_eyes=True)
        version_id = version.id
    with own.write(officer, "ask_person_to_sign") as session:
        register.ask_person(session, policy, person)
    with own.read() as session:
        assert search(session, "vit vera", names_only=True) == [Hit("person", person, "Vitt, Vera", "")]
        for hidden in ("svart", "vera svart", "vera.grey", "uni.example", "vera.grey@uni.example"):
            assert search(session, hidden, names_only=True) == []
        assert [who.person_id for who in register.unsigned(session, policy, TODAY)] == [person]
        assert printing.consent_print(session, version_id, person, today=TODAY).name == "Vera Vitt"
    with own.write(officer, "file_signature") as session:
        signature = Signature(person, "Chair", TODAY)
        register.file_signature(session, version_id, signature, None, actor=officer, now=NOW, today=TODAY, zone=ZONE)
    with pytest.raises(errors.InsufficientPrivilege):
        office.sql("alumni_officer").execute("SELECT note FROM core.person")
    for column in ("title", "detail", "words", "parts", "called", "count(*)"):
        with pytest.raises(errors.InsufficientPrivilege):
            office.sql("alumni_officer").execute(f"SELECT {column} FROM core.search_entry")


def test_the_text_of_a_version_handed_over_is_never_changed(office: Office) -> None:
    """Whoever may write drafts cannot alter under which words others signed, by no program."""
    own, author = office.database("office"), Actor(office.accounts["office"], "Office")
    with own.write(author, "create_policy") as session:
        text = service.PolicyText("Words", TEXT.owner_post, TEXT.contact, "en", TEXT.source)
        policy = service.create_policy(session, text, actor=author, today=TODAY)
        version = service.newest_version(session, policy)
        service.submit(session, version.id, version.version)
        version_id = version.id
    before = office.hashes()
    with pytest.raises(errors.IntegrityError):
        _rewrite(office.sql("office"), version_id, "under_review")
    assert office.hashes() == before
    with own.write(author, "send_policy_back") as session:
        service.send_back(session, version_id, session.get_one(PolicyVersion, version_id).version)
    _rewrite(office.sql("office"), version_id, "draft")
    with own.read() as session:
        assert session.get_one(PolicyVersion, version_id).source == "# Other\nwords"


def _rewrite(own: psycopg.Connection, version: UUID, state: str) -> None:
    with own.transaction():
        change_set = uuid4()
        own.execute("SELECT core.kontinuum_open(%s, 'core_9999')", [change_set])
        own.execute(
            "UPDATE core.policy_version SET source = %s, version = version + 1, changed_in = %s WHERE id = %s AND state = %s",
            ["# Other\nwords", change_set, version, state],
        )
        own.execute("SELECT core.kontinuum_close('save_policy', '{}', %s, 'x', '{}')", [change_set])
