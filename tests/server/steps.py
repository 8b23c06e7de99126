"""Each step the manifests name, as somebody does it: what must be there before, the rights it takes, and the doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import add_user, change_user
from db.actor import Actor
from db.base import new_id
from db.erasing.holds import hold_person, lift_hold
from db.models.account import UserAccount
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import Disposal
from db.row_changes import RowChange
from db.settings import write_setting
from db.sorting import name_key
from db.texts import _
from desktop.assembly import new_registry
from desktop.core.attachments import StoredFile
from desktop.core.clock import FixedClock, SystemClock
from desktop.core.contacting import decisions, purposes
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment
from desktop.core.contacting.purposes import PurposeForm, TextLine
from desktop.core.manifest import Retention, RowRetention
from desktop.core.sheets import Sheet
from desktop.modules.phones import calls, rounds
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import CallEntry
from desktop.modules.policies import register, service
from desktop.modules.policies.register import Signature
from desktop.modules.policies.service import Calendar, PolicyText
from desktop.people import contacts, editing, roles, tasks
from desktop.people.bulk import kinds, running
from desktop.people.consents.evidence import add_evidence
from desktop.people.contacts import ContactForm, InteractionForm
from desktop.people.duplicates import verdicts as duplicates
from desktop.people.editing import PersonForm
from desktop.people.erasing.erase import World as Erasing
from desktop.people.erasing.erase import take_out
from desktop.people.exports.service import Reason, write_down
from desktop.people.imports import storing as importing
from desktop.people.imports.incoming import Identifier, IncomingPerson
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from desktop.people.listing import chosen
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.organisation import posts, units
from desktop.people.organisation.units import UnitForm
from desktop.people.retention.certificates import file_certificate
from desktop.people.retention.disposing import Decision, decide, dispose_portion, end_disposal
from desktop.people.retention.disposing_rows import RowDecision, decide_rows, dispose_rows_portion
from desktop.people.retention.due import DueFilter
from desktop.people.retention.old_rows import Over, RowFilter
from desktop.people.retention.rules import Known, Rule, RuleForm, change_rule
from desktop.people.roles import IdentifierForm, RoleForm
from desktop.people.segments import storing as segments
from desktop.people.segments.compiling import Asking
from desktop.people.segments.definition import Group
from desktop.people.segments.fields import Asked
from desktop.people.segments.storing import SegmentForm
from desktop.people.tasks import TaskForm
from desktop.people.views import service as views
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from tests.faults.office import world
from tests.support import put_line_back

NOW = datetime(2027, 6, 14, 8, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW, UTC)
TODAY = NOW.date()
ZONE = ZoneInfo("Europe/Stockholm")
CALENDAR = Calendar(NOW, TODAY, ZONE)
WORLD = world()
ERASING = Erasing(new_registry(SystemClock(UTC)).fates(), "Anonymised")
TEXT = PolicyText("", "Chair", "chair@uni.example", "en", "# Background\nWhy.\n# Rules\nHow.")
WHEN = Moment(NOW, ZONE)
_numbers = count(1)
SEGMENT = SegmentForm("Everybody", Group(), shared=True)
ASKING = Asking({}, Asked(TODAY, ZONE), {})
WRITES_LINES = "people.edit|phones.call|policies.edit"  # of the timeline
WRITES_POSTS = "people.organisation|policies.edit"  # who writes policies gives posts, too
WRITES_TASKS = "people.edit|phones.call|policies.edit|policies.decide people.view|phones.call"  # not of policies alone


@dataclass(frozen=True)
class Step:
    """`prepare` is done by the administrator, `act` by the user: with the session, what was prepared, and who they are.

    `rights` are needed all; of those with "|" between, one is enough, for each writes such rows. "nobody" is left to the
    administrator of the server.
    """

    rights: str
    act: Callable[[Session, Any, Actor], object]
    prepare: Callable[[Session, Actor], Any] = lambda _session, _owner: None


def person(session: Session, _owner: Actor) -> Person:
    """Somebody new."""
    family = f"Stegsson {next(_numbers)}"
    made = Person(id=new_id(), given="Alma", family=family, name_key=name_key(family, "Alma"))
    session.add(made)
    session.flush()
    return made


def _with_phone(session: Session, owner: Actor) -> tuple[UUID, int, UUID]:
    """The id and version of a way to reach somebody, and whose it is."""
    who = person(session, owner)
    return contacts.add_contact(session, who.id, ContactForm("phone", "070-174 06 05"), country="SE"), 1, who.id


def _with_role(session: Session, owner: Actor) -> UUID:
    return roles.add_role(session, person(session, owner).id, RoleForm("student", starts=date(2026, 8, 31)))


def _with_programme(session: Session, owner: Actor) -> UUID:
    """Somebody with a role in a programme."""
    who = person(session, owner).id
    roles.add_role(session, who, RoleForm("student", "Lag", starts=date(2026, 8, 31)))
    return who


def _with_address(session: Session, owner: Actor) -> UUID:
    who = person(session, owner).id
    contacts.add_contact(session, who, ContactForm("address", street="Gata 1", city="Luleo"), country="SE")
    return who


def _bulk(session: Session, who: UUID, change: kinds.Bulk) -> object:
    return running.carry_out(session, running.plan(session, chosen([who]), change), "", lambda _done, _total: None)


def _put_back(session: Session, made: Person, _actor: Actor) -> None:
    put_line_back(session, RowChange("person", made.id, "changed", {"note": "before"}, {"note": ""}), "note")


def _with_number(session: Session, owner: Actor) -> UUID:
    form = IdentifierForm("registry_id", f"r{next(_numbers):08}", "register")
    return roles.add_identifier(session, person(session, owner).id, form, today=TODAY)


def _two(session: Session, owner: Actor) -> tuple[Person, Person]:
    return person(session, owner), person(session, owner)


def _judged(session: Session, owner: Actor) -> UUID:
    one, other = _two(session, owner)
    return duplicates.not_a_duplicate(session, one.id, other.id, 100, "name_same")


def _apart(session: Session, owner: Actor) -> Person:
    made = person(session, owner)
    duplicates.keep_apart(session, made.id)
    return made


def to_merge(session: Session, owner: Actor) -> tuple[UUID, UUID, str]:
    """Two records, both with a number, a place in one round, a file and a policy to sign; with the mark of the plan."""
    first, second = sorted(person(session, owner).id for _ in range(2))
    for who in (first, second):
        contacts.add_contact(session, who, ContactForm("email", "mia@a.example"), country="SE")
        roles.add_role(session, who, RoleForm("student"))
        roles.add_identifier(session, who, IdentifierForm("registry_id", f"m{next(_numbers):08}", "register"), today=TODAY)
        tasks.add_task(session, TaskForm("Ring", NOW, person_id=who))
        contacts.add_interaction(session, who, InteractionForm("note", NOW, text="Came by"), actor=owner)
    rounds.create_round(session, RoundForm(f"Round {next(_numbers)}"), [first, second], now=NOW)
    register.ask_person(session, policy(session, owner).policy_id, second)
    return first, second, read_plan(session, first, second, WORLD).mark


def merge(session: Session, prepared: tuple[UUID, UUID, str], _actor: Actor) -> object:
    stays, goes, mark = prepared
    return merge_people(session, stays, goes, Choice(), mark, WORLD, today=TODAY, now=NOW)


def _somebody(session: Session, owner: Actor) -> UUID:
    return person(session, owner).id


def _profile(session: Session, owner: Actor) -> UUID:
    """Of the whole office."""
    mapping = Mapping((ColumnChoice("Namn", "full_name"),))
    return profiles.keep_profile(session, f"Profile {next(_numbers)}", mapping, user_id=owner.id, shared=True)


def _segment(session: Session, owner: Actor, _actor: Actor | None = None) -> UUID:
    """Everybody, for everybody."""
    return segments.make_segment(session, SEGMENT, ASKING, actor=_actor or owner)


def _asking(session: Session, actor: Actor) -> Asking:
    return replace(ASKING, segments=segments.usable_segments(session, actor.id))


def _view(session: Session, owner: Actor) -> Kept:
    name = str(new_id())
    id = views.save(session, View(), name=name, reach="office", actor=owner, clock=CLOCK)
    return Kept(id, 1, name, "office", False, View())


def _export(session: Session, _prepared: Any, _actor: Actor) -> None:
    write_down(session, file="a.csv", people=1, columns=("name",), choice="", held=False, reason=Reason("Invitation"))


def _task(session: Session, _owner: Actor) -> UUID:
    return tasks.add_task(session, TaskForm("Ring back", NOW))


def _round(session: Session, owner: Actor) -> UUID:
    return rounds.create_round(session, RoundForm(f"Round {next(_numbers)}"), (), now=NOW).round_id


def entry(session: Session, owner: Actor) -> tuple[CallEntry, UUID]:
    """Somebody to be called, and the number."""
    point, _version, who = _with_phone(session, owner)
    made = rounds.create_round(session, RoundForm(f"Round {next(_numbers)}"), [who], now=NOW)
    return session.scalars(select(CallEntry).where(CallEntry.round_id == made.round_id)).one(), point


def _log_call(session: Session, prepared: tuple[CallEntry, UUID], actor: Actor) -> object:
    who, point = prepared
    draft = calls.Draft(who.round_id, "wrong_number", NOW, NOW + timedelta(minutes=1), contact_point_id=point)
    return calls.save_call(session, who.id, who.version, draft, actor=actor, now=NOW, zone=ZONE)


def _hotline(session: Session, owner: Actor) -> tuple[UUID, UUID]:
    form = RoundForm(f"Hotline {next(_numbers)}", kind="hotline")
    return rounds.create_round(session, form, (), now=NOW).round_id, person(session, owner).id


def _text() -> PolicyText:
    return replace(TEXT, title=f"Policy {next(_numbers)}")


def policy(session: Session, owner: Actor) -> service.PolicyVersion:
    """The first draft of a policy."""
    made = service.create_policy(session, _text(), actor=owner, today=TODAY)
    return service.newest_version(session, made)


def _submitted(session: Session, owner: Actor) -> service.PolicyVersion:
    draft = policy(session, owner)
    service.submit(session, draft.id, draft.version)
    return draft


def _decided(session: Session, owner: Actor) -> service.PolicyVersion:
    draft = _submitted(session, owner)
    service.decide(session, draft.id, draft.version, actor=owner, today=TODAY, four_eyes=False)
    return draft


def _in_force(session: Session, owner: Actor) -> service.PolicyVersion:
    draft = _decided(session, owner)
    service.put_in_force(session, draft.id, draft.version, actor=owner, calendar=CALENDAR)
    return draft


def _version_of(session: Session, text: service.PolicyVersion) -> int:
    return session.get_one(service.Policy, text.policy_id).version


def _to_sign(session: Session, owner: Actor) -> tuple[UUID, UUID]:
    return _decided(session, owner).id, person(session, owner).id


def _sign(session: Session, prepared: tuple[UUID, UUID], actor: Actor) -> object:
    version, who = prepared
    scan = Sheet("sheet.pdf", f"%PDF {next(_numbers)}".encode(), "application/pdf")
    signature = Signature(who, "Chair", TODAY)
    return register.file_signature(session, version, signature, scan, actor=actor, now=NOW, today=TODAY, zone=ZONE)


def _import(session: Session, who: Person, _actor: Actor) -> object:
    """One new, and one that is there and changes."""
    number = f"x{next(_numbers):08}"
    rows = [
        IncomingPerson(2, "Olof", f"Ny {number}", identifiers=(Identifier("registry_id", number, "register"),), city="Luleå"),
        IncomingPerson(3, who.given, who.family, emails=((f"{number}@uni.example", f"{number}@uni.example"),)),
    ]
    return importing.import_people(session, rows, source="list.csv", faulty=0, report=lambda _done, _total: None)


def _retire_many(session: Session, who: Person, _actor: Actor, now: datetime | None = NOW) -> object:
    return editing.retire_people(session, select(Person.id).where(Person.id == who.id), now=now)


def _retired(session: Session, owner: Actor) -> Person:
    who = person(session, owner)
    editing.retire(session, who.id, who.version, now=NOW)
    return who


def _user(session: Session, _owner: Actor) -> UUID:
    return add_user(session, f"user{next(_numbers)}", "Somebody", frozenset({"office"}))


def _promote(session: Session, _prepared: object, actor: Actor) -> object:
    """What somebody would like to do to their own account."""
    own = session.get_one(UserAccount, actor.id)
    return change_user(session, own.id, own.version, name=f"{own.name} II", roles=frozenset({"administrator"}), active=True)


def _answer(session: Session, who: Any, actor: Actor) -> None:
    form = ConsentForm(decisions.purpose_of(session, "newsletter"), "given", language="sv")
    decisions.write_consent(session, who.id, form, actor=actor, when=WHEN)


def _answered(session: Session, owner: Actor) -> UUID:
    form = ConsentForm(decisions.purpose_of(session, "newsletter"), "given")
    return decisions.write_consent(session, person(session, owner).id, form, actor=owner, when=WHEN)


def _prove(session: Session, consent: UUID, _actor: Actor) -> object:
    file = StoredFile("form.pdf", f"%PDF evidence {next(_numbers)}".encode(), "application/pdf")
    return add_evidence(session, consent, file, now=NOW)


def _stopped(session: Session, owner: Actor, until: date | None = None) -> UUID:
    who = person(session, owner)
    return decisions.stop_contact(session, who.id, BlockForm("phone", until=until), actor=owner, when=WHEN)


def _stopped_for_a_while(session: Session, owner: Actor) -> Any:
    """Somebody with a stop that is made longer."""
    who = person(session, owner)
    decisions.stop_contact(session, who.id, BlockForm("phone", until=TODAY), actor=owner, when=WHEN)
    return who


def _purpose(session: Session, _owner: Actor) -> tuple[UUID, PurposeForm]:
    form = PurposeForm({"en": f"Purpose {next(_numbers)}"}, texts={"en": "Yes"})
    return purposes.add_purpose(session, form, today=TODAY), form


def _edit_purpose(session: Session, made: tuple[UUID, PurposeForm], _actor: Actor) -> None:
    form = replace(made[1], kind="marketing", months=12, texts={"en": "Yes, please"})
    seen = [TextLine("en", 1, "Yes", TODAY)]
    purposes.edit_purpose(session, made[0], 1, form, today=TODAY, seen=seen)


def _place_and_take_away(session: Session, unit: UUID) -> None:
    name = f"Law {next(_numbers)}"
    units.place_programmes(session, unit, [name], seen={})
    units.place_programmes(session, unit, [], seen={name: unit})


def _unit(session: Session, _owner: Actor) -> UUID:
    return units.add_unit(session, UnitForm(f"U{next(_numbers)}", "faculty", name_sv="Unit"))


def _on_hold(session: Session, owner: Actor) -> UUID:
    return hold_person(session, person(session, owner).id, "A case", None, actor=owner, now=NOW, today=TODAY)


def _time_over(session: Session, owner: Actor) -> tuple[Known, Decision]:
    """A rule that finds one new person, and the decision about them; no other decision is open."""
    for other in session.scalars(select(Disposal).where(Disposal.state == "open")):
        other.state = "ended"
    who = person(session, owner).id
    session.add(Interaction(person_id=who, kind="call", at=datetime(2001, 3, 2, tzinfo=UTC)))
    session.flush()
    offer = Retention("test.rule", _("Rule"), "", "contact", 12, "erase", _("Legal ground"))
    known = Known(offer, _("People"), lambda _day: Person.id == who)
    filter = DueFilter(TODAY, ZONE, (Rule(known, 12, "erase", "", active=True),))
    return known, Decision(filter, "The plan says so", f"Dnr {next(_numbers):05}", 1)


def _agreed_on(session: Session, owner: Actor) -> tuple[Known, UUID]:
    known, decision = _time_over(session, owner)
    return known, decide(session, decision, actor=owner, now=NOW)


def _disposed_of(session: Session, owner: Actor) -> UUID:
    _known, own = _agreed_on(session, owner)
    end_disposal(session, own, 1, now=NOW)
    return own


def _dispose(session: Session, made: tuple[Known, UUID], _actor: Actor) -> None:
    dispose_portion(session, made[1], (made[0],), ERASING, ZONE)


def _row_over(session: Session, owner: Actor) -> tuple[Known, RowDecision]:
    """A rule that finds one note of a new person, and the decision about it; no other decision is open."""
    for other in session.scalars(select(Disposal).where(Disposal.state == "open")):
        other.state = "ended"
    note = Interaction(person_id=person(session, owner).id, kind="note", at=datetime(2001, 3, 2, tzinfo=UTC), text="Old")
    session.add(note)
    session.flush()
    over = Over(Interaction, Interaction.at, (Interaction.id == note.id,))
    offer = RowRetention("test.rows", _("Rule"), "interaction", "", _("the day of the note"), 12, _("Legal ground"))
    known = Known(offer, _("People"), None, lambda: over)
    filter = RowFilter(TODAY, ZONE, (Rule(known, 12, "erase", "", active=True),))
    return known, RowDecision(filter, "The plan says so", f"Dnr {next(_numbers):05}", 1)


def _agreed_on_row(session: Session, owner: Actor) -> tuple[Known, UUID]:
    known, decision = _row_over(session, owner)
    return known, decide_rows(session, decision, actor=owner, now=NOW)


STEPS: dict[str, Step] = {
    "create_person": Step("people.edit", lambda s, _p, _a: editing.create_person(s, PersonForm("Mia", "Åberg"), today=TODAY)),
    "edit_person": Step(
        "people.edit",
        lambda s, p, _a: editing.edit_person(s, p.id, p.version, PersonForm("Mia", "Öberg", note="new"), today=TODAY),
        person,
    ),
    "retire_person": Step("people.edit", lambda s, p, _a: editing.retire(s, p.id, p.version, now=NOW), person),
    "restore_person": Step("people.edit", lambda s, p, _a: editing.restore(s, p.id, p.version), _retired),
    "retire_people": Step("people.edit", _retire_many, person),
    "bulk_language": Step("people.edit", lambda s, p, _a: _bulk(s, p.id, kinds.set_language("fi")), person),
    "bulk_hold": Step(
        "people.edit|phones.call", lambda s, p, _a: _bulk(s, p[2], kinds.hold("phone", "dead_number")), _with_phone
    ),
    "bulk_town": Step("people.edit", lambda s, p, _a: _bulk(s, p, kinds.rename_town("Luleo", "Luleå")), _with_address),
    "bulk_programme": Step("people.edit", lambda s, p, _a: _bulk(s, p, kinds.rename_programme("Lag", "Law")), _with_programme),
    "bulk_begin_role": Step("people.edit", lambda s, p, _a: _bulk(s, p.id, kinds.begin_role(RoleForm("alumnus"))), person),
    "bulk_end_role": Step(
        "people.edit", lambda s, p, _a: _bulk(s, p, kinds.end_role("student", date(2027, 1, 1))), _with_programme
    ),
    "bulk_task": Step(WRITES_TASKS, lambda s, p, a: _bulk(s, p.id, kinds.add_task(TaskForm("Ring", NOW), a.id)), person),
    "put_back": Step("people.edit", _put_back, person),
    "restore_people": Step("people.edit", lambda s, p, a: _retire_many(s, p, a, None), _retired),
    "import_people": Step("people.edit people.identifiers", _import, person),
    "add_contact": Step(
        "people.edit", lambda s, p, _a: contacts.add_contact(s, p.id, ContactForm("email", "a@b.example"), country="SE"), person
    ),
    "edit_contact": Step(
        "people.edit",
        lambda s, p, _a: contacts.edit_contact(s, p[0], p[1], ContactForm("phone", "070-174 06 09"), country="SE"),
        _with_phone,
    ),
    "remove_contact": Step("people.edit", lambda s, p, _a: contacts.remove_contact(s, p[0], p[1]), _with_phone),
    "hold_contact": Step(
        "people.edit|phones.call", lambda s, p, _a: contacts.hold_contact(s, p[0], p[1], "dead_number"), _with_phone
    ),
    "add_role": Step("people.edit", lambda s, p, _a: roles.add_role(s, p.id, RoleForm("alumnus")), person),
    "edit_role": Step("people.edit", lambda s, p, _a: roles.edit_role(s, p, 1, RoleForm("doctoral")), _with_role),
    "end_role": Step("people.edit", lambda s, p, _a: roles.end_role(s, p, 1, TODAY), _with_role),
    "remove_role": Step("people.edit", lambda s, p, _a: roles.remove_role(s, p, 1), _with_role),
    "add_identifier": Step(
        "people.edit people.identifiers",
        lambda s, p, _a: roles.add_identifier(s, p.id, IdentifierForm("registry_id", f"n{next(_numbers):08}", "x"), today=TODAY),
        person,
    ),
    "remove_identifier": Step("people.edit people.identifiers", lambda s, p, _a: roles.remove_identifier(s, p, 1), _with_number),
    "not_a_duplicate": Step(
        "people.duplicates", lambda s, p, _a: duplicates.not_a_duplicate(s, p[0].id, p[1].id, 100, "name_same"), _two
    ),
    "duplicate_again": Step("people.duplicates", lambda s, p, _a: duplicates.ask_again(s, p, 1), _judged),
    "keep_apart": Step("people.duplicates", lambda s, p, _a: duplicates.keep_apart(s, p.id), person),
    "let_compare": Step("people.duplicates", lambda s, p, _a: duplicates.let_compare(s, p.id), _apart),
    "keep_import_profile": Step("people.identifiers", lambda s, _p, a: _profile(s, a)),
    "change_import_profile": Step(
        "people.identifiers", lambda s, p, _a: profiles.change_profile(s, p, 1, Mapping((ColumnChoice("Ort", "city"),))), _profile
    ),
    "rename_import_profile": Step(
        "people.identifiers",
        lambda s, p, a: profiles.rename_profile(s, p, 1, f"Profile {next(_numbers)}", user_id=a.id, shared=True),
        _profile,
    ),
    "remove_import_profile": Step("people.identifiers", lambda s, p, _a: profiles.remove_profile(s, p, 1, now=NOW), _profile),
    "merge_people": Step("people.merge", merge, to_merge),
    "erase_person": Step("people.erase", lambda s, p, _a: take_out(s, p, "erase", ERASING), _somebody),
    "anonymise_person": Step("people.erase", lambda s, p, _a: take_out(s, p, "anonymise", ERASING), _somebody),
    "change_retention_rule": Step(
        "people.retention",
        lambda s, _p, _a: change_rule(s, RuleForm(f"test.{next(_numbers)}", "Rule", 12, "erase", "", active=True), 0),
    ),
    "hold_person": Step(
        "people.retention", lambda s, p, a: hold_person(s, p.id, "A case", None, actor=a, now=NOW, today=TODAY), person
    ),
    "lift_hold": Step("people.retention", lambda s, p, _a: lift_hold(s, p, 1), _on_hold),
    "decide_disposal": Step("people.retention", lambda s, p, a: decide(s, p[1], actor=a, now=NOW), _time_over),
    "dispose_people": Step("people.retention people.erase", _dispose, _agreed_on),
    "decide_row_disposal": Step("people.retention", lambda s, p, a: decide_rows(s, p[1], actor=a, now=NOW), _row_over),
    "dispose_rows": Step(
        "people.retention people.erase", lambda s, p, _a: dispose_rows_portion(s, p[1], (p[0],), ZONE), _agreed_on_row
    ),
    "end_disposal": Step("people.retention", lambda s, p, _a: end_disposal(s, p[1], 1, now=NOW), _agreed_on),
    "file_certificate": Step(
        "people.retention", lambda s, p, _a: file_certificate(s, p, Sheet("scan.png", b"PNG", "image/png"), now=NOW), _disposed_of
    ),
    "make_segment": Step("people.segments", _segment),
    "change_segment": Step(
        "people.segments",
        lambda s, p, a: segments.change_segment(s, p, 1, replace(SEGMENT, title="Nobody"), ASKING, actor=a),
        _segment,
    ),
    "freeze_segment": Step(
        "people.segments people.view",
        lambda s, p, a: segments.freeze_segment(s, p, "Today", _asking(s, a), actor=a, now=NOW),
        _segment,
    ),
    "retire_segment": Step("people.segments", lambda s, p, a: segments.retire_segment(s, p, 1, actor=a, now=NOW), _segment),
    "save_view": Step("people.view", lambda s, _p, a: _view(s, a)),
    "change_view": Step("people.view", lambda s, p, a: views.change(s, p, actor=a, clock=CLOCK, view=View(down=True)), _view),
    "remove_view": Step("people.view", lambda s, p, a: views.remove(s, p, actor=a), _view),
    "export_people": Step("people.export", _export),
    "add_interaction": Step(
        WRITES_LINES,
        lambda s, p, a: contacts.add_interaction(s, p.id, InteractionForm("note", NOW, text="Called back"), actor=a),
        person,
    ),
    "write_consent": Step("people.edit|phones.call", _answer, person),
    "add_evidence": Step("people.view people.edit|policies.edit", _prove, _answered),
    "withdraw_consent": Step(
        "people.edit|phones.call",
        lambda s, p, a: decisions.withdraw(s, p.id, decisions.purpose_of(s, "newsletter"), actor=a, when=WHEN),
        person,
    ),
    "stop_contact": Step(
        "people.edit|phones.call",
        lambda s, p, a: decisions.stop_contact(s, p.id, BlockForm("phone"), actor=a, when=WHEN),
        _stopped_for_a_while,
    ),
    "lift_stop": Step("people.edit", lambda s, p, _a: decisions.lift_stop(s, p, 1), _stopped),
    "add_purpose": Step(
        "people.purposes",
        lambda s, _p, _a: purposes.add_purpose(
            s, PurposeForm({"en": f"Purpose {next(_numbers)}"}, texts={"en": "Yes"}), today=TODAY
        ),
    ),
    "edit_purpose": Step("people.purposes", _edit_purpose, _purpose),
    "add_task": Step(WRITES_TASKS, lambda s, p, _a: tasks.add_task(s, TaskForm("Ring", NOW, person_id=p.id)), person),
    "finish_task": Step(WRITES_TASKS, lambda s, p, _a: tasks.finish_task(s, p, 1, now=NOW), _task),
    "change_setting": Step("shell.office_settings", lambda s, _p, _a: write_setting(s, f"core.test{next(_numbers)}", "x")),
    "first_user": Step("nobody", lambda s, _p, _a: add_user(s, f"first{next(_numbers)}", "Me", frozenset({"administrator"}))),
    "add_user": Step("nobody", lambda s, _p, _a: add_user(s, f"more{next(_numbers)}", "Me", frozenset({"administrator"}))),
    "change_user": Step("nobody", _promote),
    "make_demo": Step(
        "people.edit people.identifiers policies.edit",
        lambda s, p, _a: (_import(s, p, _a), posts.give_post(s, f"Post {next(_numbers)}", p.id, TODAY)),
        person,
    ),
    "create_call_round": Step(
        "phones.plan", lambda s, p, _a: rounds.create_round(s, RoundForm(f"Round {next(_numbers)}"), [p.id], now=NOW), person
    ),
    "add_to_call_round": Step(
        "phones.plan",
        lambda s, p, _a: rounds.add_people(s, p[0], [p[1]], now=NOW),
        lambda s, o: (_round(s, o), person(s, o).id),
    ),
    "change_call_round": Step("phones.plan", lambda s, p, _a: rounds.change_round(s, p, 1, RoundForm("Other words")), _round),
    "close_call_round": Step("phones.plan", lambda s, p, _a: rounds.set_state(s, p, 1, "closed"), _round),
    "open_call_round": Step("phones.plan", lambda s, p, _a: rounds.set_state(s, p, 1, "closed"), _round),
    "log_call": Step("phones.call", _log_call, entry),
    "log_hotline_call": Step(
        "phones.call",
        lambda s, p, a: calls.save_hotline_call(s, p[1], calls.Draft(p[0], "", NOW, NOW, note="Asked"), actor=a, now=NOW),
        _hotline,
    ),
    "create_policy": Step("policies.edit", lambda s, _p, a: service.create_policy(s, _text(), actor=a, today=TODAY)),
    "import_policy": Step("policies.edit", lambda s, _p, a: service.create_policy(s, _text(), actor=a, today=TODAY)),
    "save_policy": Step(
        "policies.edit", lambda s, p, a: service.save_draft(s, p.id, p.version, _text(), actor=a, today=TODAY), policy
    ),
    "begin_policy_version": Step(
        "policies.edit", lambda s, p, a: service.begin_version(s, p.policy_id, actor=a, today=TODAY), _in_force
    ),
    "submit_policy": Step("policies.edit", lambda s, p, _a: service.submit(s, p.id, p.version), policy),
    "send_policy_back": Step("policies.edit", lambda s, p, _a: service.send_back(s, p.id, p.version), _submitted),
    "decide_policy": Step(
        "policies.decide", lambda s, p, a: service.decide(s, p.id, p.version, actor=a, today=TODAY, four_eyes=True), _submitted
    ),
    "put_policy_in_force": Step(
        "policies.decide", lambda s, p, a: service.put_in_force(s, p.id, p.version, actor=a, calendar=CALENDAR), _decided
    ),
    "review_policy": Step(
        "policies.edit",
        lambda s, p, a: service.reviewed_no_change(s, p.policy_id, _version_of(s, p), actor=a, calendar=CALENDAR),
        _in_force,
    ),
    "plan_policy_review": Step(
        "policies.edit",
        lambda s, p, _a: service.plan_review(s, p.policy_id, _version_of(s, p), TODAY + timedelta(30), calendar=CALENDAR),
        _in_force,
    ),
    "withdraw_policy": Step(
        "policies.edit", lambda s, p, _a: service.withdraw(s, p.policy_id, _version_of(s, p), calendar=CALENDAR), _in_force
    ),
    "add_unit": Step("people.organisation", lambda s, _p, a: _unit(s, a)),
    "change_unit": Step(
        "people.organisation",
        lambda s, p, _a: units.change_unit(s, p, 1, UnitForm(f"C{next(_numbers)}", "faculty", name_sv="Changed")),
        _unit,
    ),
    "remove_unit": Step("people.organisation", lambda s, p, _a: units.remove_unit(s, p, 1), _unit),
    "place_programmes": Step(
        "people.organisation",
        lambda s, p, _a: _place_and_take_away(s, p),
        _unit,
    ),
    "add_post": Step(WRITES_POSTS, lambda s, _p, _a: posts.add_post(s, f"Dean {next(_numbers)}", None)),
    "change_post": Step(
        "people.organisation",
        lambda s, p, _a: posts.change_post(s, p, 1, f"Rector {next(_numbers)}", None),
        lambda s, _o: posts.add_post(s, f"Dean {next(_numbers)}", None),
    ),
    "end_holding": Step(
        WRITES_POSTS,
        lambda s, p, _a: posts.end_holding(s, p, 1, TODAY),
        lambda s, o: posts.give_post(s, f"Dean {next(_numbers)}", person(s, o).id, TODAY),
    ),
    "give_post": Step("policies.edit", lambda s, p, _a: posts.give_post(s, f"Post {next(_numbers)}", p.id, TODAY), person),
    "ask_post_to_sign": Step(
        "policies.edit", lambda s, p, _a: register.ask_post(s, p.policy_id, f"Post {next(_numbers)}"), policy
    ),
    "ask_person_to_sign": Step(
        "policies.edit",
        lambda s, p, _a: register.ask_person(s, p[0], p[1]),
        lambda s, o: (policy(s, o).policy_id, person(s, o).id),
    ),
    "file_signature": Step("policies.edit", _sign, _to_sign),
    "demo_policies": Step(
        "policies.edit", lambda s, p, a: (service.create_policy(s, _text(), actor=a, today=TODAY), posts.post_titles(s)), person
    ),
}
# They go back over steps done before them, or over backups, so they have tests of their own.
ELSEWHERE = {"take_back", "unmerge_people", "erase_again"}
