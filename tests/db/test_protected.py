"""Somebody protected is nowhere any more, and whole again when the protection ends; the same in a file and on a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.copies import Checked
from db.database import Database
from db.drafts import KeptDraft, keep_draft
from db.errors import RuleBroken, Unavailable
from db.history import TAKE_BACK, history, take_back
from db.models.document import Attachment, FileContent
from db.models.duplicate import KeptApart, NotADuplicate, SuspectedPair
from db.models.interaction import Interaction
from db.models.merge import MergedPerson
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.models.search import RecentUse
from db.models.task import Task
from db.protected.people import (
    ProtectedLine,
    ProtectionForm,
    change_protection,
    end_protection,
    held_out,
    protect,
    protected_people,
    raise_protection,
)
from db.protected.showing import protected_events, show_protected
from db.sorting import name_key
from desktop.core.clock import FixedClock
from desktop.core.copy_first import CopyFirst
from desktop.modules.phones.tables import Call, CallEntry, CallRound
from tests.db.support import count, found, rename
from tests.support import MakePerson

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NUMBER = "190002012384"
FORM = ProtectionForm("secrecy", "Decision 17/2026", date(2026, 11, 1), date(2027, 11, 1), "Box 17\n403 20 Göteborg")
MARKS = ("Zorro", "Qvarnström", "Hemligsson", "+46701740605", "0701740605", "zq@b.example", NUMBER, "viskade", "Luleå", "skannat")


def everything(database: Database) -> dict[str, list[str]]:
    """Each row there is as text, table by table, without what is kept of protected people and without the index of words."""
    with database.read() as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            names = (
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'protected_%' AND sql NOT LIKE '%fts5%'"
            )
        else:
            names = "SELECT relname FROM pg_class WHERE relnamespace = 'core'::regnamespace AND relkind = 'r'"
        tables = list(connection.exec_driver_sql(names).scalars())
        return {
            name: sorted(repr(tuple(map(_plain, row))) for row in session.execute(text(f'SELECT * FROM "{name}"')))
            for name in sorted(tables)
        }


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value  # records a step was about have no order


def kept_rows(database: Database) -> dict[str, list[str]]:
    """The same of what lasts: without search, leases, counters of hints and suspicions, which are made anew."""
    passing = ("search_", "hint", "draft", "recent_use", "presence", "suspected_pair", "call_claim")
    return {name: rows for name, rows in everything(database).items() if not name.startswith(passing)}


@pytest.fixture
def colleague(make_person: MakePerson) -> UUID:
    """Somebody who stays."""
    return make_person("Andersson", "Olle", phone="+46701740999")


@pytest.fixture
def person(database: Database, actor: Actor, make_person: MakePerson, colleague: UUID) -> UUID:
    """Somebody of whom something is known in every corner, once called otherwise, with a number that was removed."""
    who = make_person("Hemligsson", "Zorro", phone="+46701740605", email="zq@b.example", city="Luleå")
    rename(database, actor, who, "Qvarnström")
    first, second = sorted((who, colleague))
    with database.write(actor, "not_a_duplicate", [who, colleague], {"name": "Qvarnström, Zorro", "other": "x"}) as session:
        session.add(Identifier(person_id=who, kind="personnummer", value=NUMBER))
        session.add(Role(person_id=who, kind="student", programme="viskade"))
        line = Interaction(person_id=who, kind="call", at=NOW, text="hon viskade")
        session.add(Task(title="Ring Qvarnström", person_id=who, due=NOW))
        session.add(NotADuplicate(first_id=first, second_id=second, score=1))
        session.add(round_ := CallRound(title="Ringrunda", made_at=NOW))
        session.add(FileContent(hash="a" * 64, data=b"skannat Qvarnstrom"))
        session.add(line)
        session.flush()
        session.add(
            Attachment(name="Qvarnström.pdf", media_type="x", size=1, hash="a" * 64, module="people", subject=who, added_at=NOW)
        )
        entries = [CallEntry(round_id=round_.id, person_id=p, position=n, ready_at=NOW) for n, p in enumerate((who, colleague))]
        session.add_all(entries)
        session.flush()
        session.add(Call(round_id=round_.id, entry_id=entries[0].id, interaction_id=line.id, outcome="done", note="viskade",
                         caller_id=actor.id, caller_name="Tester", started=NOW, ended=NOW))  # fmt: skip
    with database.write(actor, "remove_contact", [who], {"name": "Qvarnström, Zorro"}) as session:
        gone = session.query(ContactPoint).filter_by(person_id=who, kind="email").one()
        session.delete(gone)
    with database.write(actor, "edit_person", details={"name": "Qvarnström, Zorro"}) as session:  # as if somebody forgot whom
        session.get_one(Person, who).note = "viskade"
    with database.write(actor, "edit_role", [who, colleague], {"count": 2}) as session:
        session.add_all([Role(person_id=p, kind="alumnus") for p in (who, colleague)])
    with database.upkeep() as session:
        session.add(SuspectedPair(first_id=first, second_id=second, score=9, reasons="", found_at=NOW))
        session.add(RecentUse(user_id=actor.id, ref=who, kind="person", at=NOW))
        keep_draft(session, actor.id, KeptDraft("people.record", f'{{"person_id": "{who}"}}', "Qvarnström", NOW))
    return who


def only(database: Database) -> ProtectedLine:
    """The one protected person there is."""
    with database.read() as session:
        (line,) = protected_people(session)
    return line


def test_nothing_of_the_person_is_left_anywhere(database: Database, actor: Actor, person: UUID, colleague: UUID) -> None:
    before = repr(everything(database))
    assert all(mark in before for mark in ("Qvarnström", "Hemligsson", NUMBER, "viskade", "Luleå"))  # else this test is blind
    protect(database, actor, person, FORM, now=NOW)
    for table, rows in everything(database).items():
        shown = repr(rows)
        marks = (
            *MARKS,
            str(person),
            person.hex,
            person.hex.upper(),
            repr(person.bytes)[2:-1],
            repr(name_key("Qvarnström", "Zorro")),
        )
        assert [mark for mark in marks if mark in shown] == [], table
    for word in ("qvarnström", "hemligsson", "zorro", "0701740605", "zq@b.example"):
        assert found(database, word) == []
    assert len(found(database, "andersson")) == 1
    with database.read() as session:
        assert history(session, about=person) == []
        assert [line.verb for line in history(session)] == ["edit_role", "create_person"]  # what the colleague had a part in
        assert session.query(CallEntry.person_id).all() == [(colleague,)]


def test_ending_brings_all_of_it_back(database: Database, actor: Actor, person: UUID) -> None:
    before = kept_rows(database)
    with database.read() as session:
        lines = [line.id for line in history(session, about=person)]
    protect(database, actor, person, FORM, now=NOW)
    end_protection(database, actor, person, "The decision was withdrawn", now=NOW)
    after = kept_rows(database)
    images = before.pop("row_image"), after.pop("row_image")
    assert after == before
    assert [len(rows) for rows in images] == [len(images[0])] * 2  # in a file they have other numbers, in the same order
    assert [hit.id for hit in _hits(database, "qvarnström")] == [person]
    with database.read() as session:
        assert [line.id for line in history(session, about=person)] == lines
        assert protected_people(session) == []


def test_records_merged_into_theirs_go_along_and_come_back(
    database: Database, actor: Actor, person: UUID, make_person: MakePerson
) -> None:
    former, earliest = make_person("Qvarnström", "Zorro", city="Luleå"), make_person("Hemligsson", "Zorro Z.")
    for goes, stays in ((earliest, former), (former, person)):
        with database.write(actor, "merge_people", [stays, goes], {"name": "Hemligsson, Zorro", "other": "x"}) as session:
            session.add(MergedPerson(person_id=goes, into_id=stays, reason="viskade", moved={}))
            session.get_one(Person, goes).retired_at = NOW
    before = kept_rows(database)
    protect(database, actor, person, FORM, now=NOW)
    left = repr(everything(database))
    assert [mark for mark in (*MARKS, former.hex.upper(), str(former), str(earliest)) if mark in left] == []
    end_protection(database, actor, person, "Over", now=NOW)
    after = kept_rows(database)
    assert {name: rows for name, rows in after.items() if name != "row_image"} == {
        name: rows for name, rows in before.items() if name != "row_image"
    }


def test_what_was_done_before_can_be_taken_back_after(database: Database, actor: Actor, person: UUID) -> None:
    with database.read() as session:
        removed = next(line for line in history(session, about=person) if line.verb == "remove_contact")
    protect(database, actor, person, FORM, now=NOW)
    with pytest.raises(RuleBroken, match="nothing to take back"), database.write(actor, TAKE_BACK) as session:
        take_back(session, removed.id)
    end_protection(database, actor, person, "Over", now=NOW)
    with database.write(actor, TAKE_BACK) as session:
        assert take_back(session, removed.id).undone == 1
    assert [hit.id for hit in _hits(database, "zq@b.example")] == [person]


def test_a_number_of_a_step_is_never_given_twice(database: Database, actor: Actor, person: UUID, make_person: MakePerson) -> None:
    with database.read() as session:
        last = history(session)[0].number
    protect(database, actor, person, FORM, now=NOW)
    make_person("Ny", "Nils")
    with database.read() as session:
        assert history(session)[0].number > last
    end_protection(database, actor, person, "Over", now=NOW)


def test_nobody_is_protected_twice_or_without_being_there(database: Database, actor: Actor, person: UUID) -> None:
    protect(database, actor, person, FORM, now=NOW)
    said = []
    for who in (person, new_id()):
        with pytest.raises(Unavailable) as caught:
            protect(database, actor, who, FORM, now=NOW)
        said.append(str(caught.value))
    assert said[0] == said[1]
    for step in (
        lambda who: end_protection(database, actor, who, "Over", now=NOW),
        lambda who: change_protection(database, actor, who, FORM, now=NOW),
    ):
        with pytest.raises(Unavailable):
            step(new_id())
    assert show_protected(database, actor, new_id(), "Because", now=NOW) == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (ProtectionForm("none", "Decision"), "kind"),
        (ProtectionForm("secrecy", "  "), "ground"),
        (ProtectionForm("secrecy", "Decision", decided_on=date(2026, 11, 24)), "decided_on"),
        (ProtectionForm("secrecy", "Decision", valid_until=date(2026, 11, 22)), "valid_until"),
    ],
)
def test_a_slip_is_marked_and_nobody_moved(
    database: Database, actor: Actor, person: UUID, form: ProtectionForm, field: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        protect(database, actor, person, form, now=NOW)
    assert caught.value.field == field
    with database.read() as session:
        assert session.get(Person, person) is not None and protected_people(session) == []


def test_the_officers_list_says_what_is_written_and_not_who(database: Database, actor: Actor, person: UUID) -> None:
    handle = protect(database, actor, person, FORM, now=NOW)
    line = only(database)
    assert (line.handle, line.kind, line.ground, line.decided_on, line.valid_until) == (
        handle, "secrecy", "Decision 17/2026", date(2026, 11, 1), date(2027, 11, 1))  # fmt: skip
    assert not any(mark in repr(line) for mark in MARKS)
    newer = ProtectionForm("registration", "Decision 18/2026", None, None, " Box 18 \n\n Göteborg ")
    change_protection(database, actor, person, newer, now=NOW)
    assert (only(database).kind, only(database).forwarding, only(database).valid_until) == (
        "registration",
        "Box 18\nGöteborg",
        None,
    )


def test_who_it_is_is_shown_for_a_reason(database: Database, actor: Actor, person: UUID) -> None:
    protect(database, actor, person, FORM, now=NOW)
    with pytest.raises(RuleBroken, match="why"):
        show_protected(database, actor, person, " x ", now=NOW)
    (shown,) = show_protected(database, actor, person, "She asks", now=NOW)
    assert (shown.id, shown.title, shown.arrived_at) == (person, "Qvarnström, Zorro", None)
    assert shown.numbers == (("personnummer", "", "19000201-2384"),)
    assert [value for kind, _label, value in shown.contacts] == ["+46701740605", "Luleå"]
    assert shown.roles == (("student", "viskade", ""), ("alumnus", "", ""))
    assert shown.lines == ((NOW, "call", "hon viskade"),)


def test_a_new_identity_is_never_compared_again(database: Database, actor: Actor, person: UUID) -> None:
    protect(database, actor, person, replace(FORM, kind="identity"), now=NOW)
    end_protection(database, actor, person, "Over", now=NOW)
    with database.read() as session:
        assert session.query(KeptApart.person_id).all() == [(person,)]


def test_every_act_is_written_down(database: Database, actor: Actor, person: UUID) -> None:
    handle = protect(database, actor, person, FORM, now=NOW)
    change_protection(database, actor, person, FORM, now=NOW)
    end_protection(database, actor, person, "Over", now=NOW)
    with database.read() as session:
        events = protected_events(session)
    assert [(event.act, event.handle, event.reason) for event in events] == [
        ("ended", handle, "Over"), ("changed", handle, FORM.ground), ("protected", handle, FORM.ground)]  # fmt: skip


@pytest.mark.sqlite_only("on a server that was never set up by an administrator its owner looks unseen; see tests/server")
def test_a_look_is_stored_before_anything_is_shown(database: Database, actor: Actor, person: UUID) -> None:
    handle = protect(database, actor, person, FORM, now=NOW)
    show_protected(database, actor, person, "She asks", now=NOW)
    with database.read() as session:
        assert next((e.act, e.handle, e.reason) for e in protected_events(session)) == ("looked", handle, "She asks")


def test_a_record_that_comes_in_under_the_number_goes_where_the_person_is(database: Database, actor: Actor, person: UUID) -> None:
    protect(database, actor, person, FORM, now=NOW)
    own, other = new_id(), new_id()
    with database.write(actor, "import_people") as session:
        for who, number, family in ((own, NUMBER, "Qvarnström"), (other, "190002012392", "Annan")):
            session.add(Person(id=who, family=family, given="Z", name_key=name_key(family, "Z")))
            session.flush()
            session.add(Identifier(person_id=who, kind="personnummer", value=number))
            session.add(ContactPoint(person_id=who, kind="address", street="Öppna gatan 1", value="Öppna gatan 1"))
        change_set = session.info["change_set"]
    with database.read() as session:
        assert session.get(Person, own) is None and session.get(Person, other) is not None
        assert held_out(session, change_set) == 1 and held_out(session, new_id()) == 0
    assert str(own) not in repr(everything(database)) and found(database, "qvarnström") == []
    assert only(database).arrived == 1
    first, second = show_protected(database, actor, person, "To compare", now=NOW)
    assert (first.id, second.id, second.contacts) == (person, own, (("address", "", "Öppna gatan 1"),))
    assert second.arrived_at is not None
    end_protection(database, actor, person, "Over", now=NOW)
    assert {hit.id for hit in _hits(database, "qvarnström")} == {person, own}


def test_a_number_put_on_somebody_who_was_there_is_only_told_to_officers(
    database: Database, actor: Actor, person: UUID, colleague: UUID
) -> None:
    protect(database, actor, person, FORM, now=NOW)
    with database.write(actor, "add_identifier", [colleague]) as session:
        session.add(Identifier(person_id=colleague, kind="personnummer", value=NUMBER))
    with database.read() as session:
        assert session.get(Person, colleague) is not None
    assert (only(database).arrived, only(database).beside) == (0, (colleague,))


def test_an_import_may_raise_inside_its_own_step(database: Database, actor: Actor) -> None:
    own = new_id()
    with database.write(actor, "import_people") as session:
        session.add(Person(id=own, family="Qvarnström", given="Z", name_key=b"x"))
        session.flush()
        session.add(ContactPoint(person_id=own, kind="phone", value="+46701740605", normal="+46701740605"))
        raise_protection(session, own, "registration", "people.csv")
    with database.read() as session:
        assert session.get(Person, own) is None
    assert found(database, "qvarnström") == [] and only(database).kind == "registration"
    assert not any(mark in repr(everything(database)) for mark in ("Qvarnström", "+46701740605", str(own)))


def test_other_windows_hear_that_people_moved_and_not_who(database: Database, actor: Actor, person: UUID) -> None:
    heard: list[Moved] = []
    database.listen(heard.append)
    protect(database, actor, person, FORM, now=NOW)
    assert [moved.ids for moved in heard] == [frozenset()] and "person" in heard[0].areas
    assert not any("protected" in area for area in heard[0].areas)


def test_what_belongs_to_something_gone_keeps_the_protection(database: Database, actor: Actor, colleague: UUID) -> None:
    with database.write(actor, "make_round") as session:
        session.add(round_ := CallRound(title="Runda", made_at=NOW))
        session.flush()
        made, own = session.info["change_set"], round_.id
    who = new_id()
    with database.write(actor, "create_person", [who]) as session:
        session.add(Person(id=who, family="Qvarnström", given="Z", name_key=b"x"))
        session.flush()
        session.add(CallEntry(round_id=own, person_id=who, position=1, ready_at=NOW))
    protect(database, actor, who, FORM, now=NOW)
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, made)
    with pytest.raises(RuleBroken, match="belongs to what was removed"):
        end_protection(database, actor, who, "Over", now=NOW)
    assert only(database).id == who and count(database, Person) == 1


@pytest.mark.sqlite_only("copies of a server are its administrator's")
def test_a_copy_is_made_first(database: Database, actor: Actor, person: UUID, clock: FixedClock) -> None:
    made: list[Checked] = []
    database.before_step = CopyFirst(database.path, clock, dict, lambda: True, made.append)
    protect(database, actor, person, FORM, now=NOW)
    assert [copy.people for copy in made] == [2]


def _hits(database: Database, word: str) -> list[object]:
    from db.search import search

    with database.read() as session:
        return list(search(session, word))
