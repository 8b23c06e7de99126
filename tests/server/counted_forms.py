"""Forms in which a number is counted on by one: how a row of each is made, read, and saved against the version that was read (T3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import add_user, change_user
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.account import UserAccount
from db.models.consent import ConsentPurpose
from db.models.import_profile import ImportProfile
from db.models.person import ContactPoint, Person
from db.models.post import Post
from db.models.retention import RetentionRule
from db.models.role import Role
from db.models.saved_view import SavedView
from db.models.segment import Segment
from db.models.unit import Unit
from db.protected.editing import RowEdit, edit_protected
from db.protected.kept import read_kept
from db.protected.people import ProtectionForm, protect
from db.row_changes import RowChange
from db.settings import change_setting, read_setting
from desktop.core.contacting import purposes
from desktop.core.contacting.purposes import PurposeForm
from desktop.modules.phones import rounds
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import CallRound
from desktop.modules.policies import service
from desktop.people import contacts, editing, roles
from desktop.people.bulk import kinds, running
from desktop.people.contacts import ContactForm
from desktop.people.editing import PersonForm
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.listing import chosen
from desktop.people.organisation import posts, units
from desktop.people.organisation.units import UnitForm
from desktop.people.retention.rules import RuleForm, change_rule
from desktop.people.roles import RoleForm
from desktop.people.segments import storing as segments
from desktop.people.views import service as views
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from tests.server.steps import ASKING, CLOCK, NOW, SEGMENT, TEXT, TODAY
from tests.support import put_line_back

Write = Callable[[Session, UUID, int, int, Actor], object]  # row, version as read, the number, who


@dataclass(frozen=True)
class Counted:
    """One form. `value` gives the number a row holds."""

    verb: str
    kind: Any
    make: Callable[[Session, Actor], UUID]
    value: Callable[[Any], Any]
    write: Write


def _ending(text: str) -> int:
    """A name needs to be nobody else's: the number is its last word."""
    return int(text.split()[-1])


def _rename(id: UUID, number: int) -> str:
    return f"{id.hex[-12:]} {number}"


def _person(session: Session, _actor: Actor) -> UUID:
    return editing.create_person(session, PersonForm("Mia", "Åberg", note="0"), today=TODAY)


def _role(session: Session, actor: Actor) -> UUID:
    return roles.add_role(session, _person(session, actor), RoleForm("student", "0"))


def _address(session: Session, actor: Actor) -> UUID:
    return contacts.add_contact(session, _person(session, actor), ContactForm("address", city="0"), country="SE")


def _purpose(session: Session, _actor: Actor) -> UUID:
    return purposes.add_purpose(session, PurposeForm({"en": _rename(new_id(), 0)}), today=TODAY)


def _change_purpose(session: Session, id: UUID, version: int, number: int, _actor: Actor) -> None:
    purposes.edit_purpose(session, id, version, PurposeForm({"en": _rename(id, number)}), today=TODAY)


def _unit(session: Session, _actor: Actor) -> UUID:
    return units.add_unit(session, UnitForm(new_id().hex, "faculty", name_sv="0"))


def _change_unit(session: Session, id: UUID, version: int, number: int, _actor: Actor) -> None:
    units.change_unit(session, id, version, UnitForm(id.hex, "faculty", name_sv=str(number)))


def _rule(session: Session, _actor: Actor) -> UUID:
    change_rule(session, RuleForm("people.alumni", "Alumni", 1, "erase", "", active=False), 0)
    return session.scalars(select(RetentionRule.id).where(RetentionRule.code == "people.alumni")).one()


def _change_rule(session: Session, _id: UUID, version: int, number: int, _actor: Actor) -> None:
    change_rule(session, RuleForm("people.alumni", "Alumni", number + 1, "erase", "", active=False), version)


def _view(session: Session, actor: Actor) -> UUID:
    return views.save(session, View(), name=_rename(new_id(), 0), reach="office", actor=actor, clock=CLOCK)


def _change_view(session: Session, id: UUID, version: int, number: int, actor: Actor) -> None:
    kept = Kept(id, version, "", "office", True, View())
    views.change(session, kept, actor=actor, clock=CLOCK, name=_rename(id, number))


def _draft(session: Session, actor: Actor) -> UUID:
    text = replace(TEXT, title=new_id().hex, contact="0")
    return service.newest_version(session, service.create_policy(session, text, actor=actor, today=TODAY)).id


def _change_draft(session: Session, id: UUID, version: int, number: int, actor: Actor) -> None:
    text = replace(TEXT, title=id.hex, contact=str(number))
    service.save_draft(session, id, version, text, actor=actor, today=TODAY)


def _in_bulk(session: Session, id: UUID, version: int, number: int, _actor: Actor) -> None:
    """The town is read, and so is what the look ahead would change; what a colleague changed since is left out."""
    person = session.scalars(select(ContactPoint.person_id).where(ContactPoint.id == id)).one()
    look = running.plan(session, chosen([person]), kinds.rename_town(str(number - 1), str(number)))
    seen = replace(look, targets=tuple((row, version, whose) for row, _version, whose in look.targets))
    running.carry_out(session, seen, "", lambda _done, _total: None)


def _put_back(session: Session, id: UUID, _version: int, number: int, _actor: Actor) -> None:
    """A line in which somebody's note went from this number to the one before."""
    put_line_back(session, RowChange("person", id, "changed", {"note": str(number)}, {"note": str(number - 1)}), "note")


FORMS = {
    "bulk": Counted("bulk_town", ContactPoint, _address, lambda row: row.city, _in_bulk),
    "putting a line back": Counted("put_back", Person, _person, lambda row: row.note, _put_back),
    "role in a programme": Counted(
        "edit_role", Role, _role, lambda row: row.programme,
        lambda s, id, version, number, _a: roles.edit_role(s, id, version, RoleForm("student", str(number))),
    ),
    "purpose": Counted("edit_purpose", ConsentPurpose, _purpose, lambda row: _ending(row.names["en"]), _change_purpose),
    "unit": Counted("change_unit", Unit, _unit, lambda row: row.name_sv, _change_unit),
    "post": Counted(
        "change_post", Post, lambda s, _a: posts.add_post(s, _rename(new_id(), 0), None), lambda row: _ending(row.title),
        lambda s, id, version, number, _a: posts.change_post(s, id, version, _rename(id, number), None),
    ),
    "segment": Counted(
        "change_segment", Segment, lambda s, a: segments.make_segment(s, replace(SEGMENT, title=_rename(new_id(), 0)), ASKING, actor=a),
        lambda row: _ending(row.title),
        lambda s, id, version, number, a: segments.change_segment(
            s, id, version, replace(SEGMENT, title=_rename(id, number)), ASKING, actor=a
        ),
    ),
    "view": Counted("change_view", SavedView, _view, lambda row: _ending(row.name), _change_view),
    "retention rule": Counted("change_retention_rule", RetentionRule, _rule, lambda row: row.months - 1, _change_rule),
    "import profile": Counted(
        "rename_import_profile", ImportProfile,
        lambda s, a: profiles.keep_profile(s, _rename(new_id(), 0), Mapping(), user_id=a.id, shared=True),
        lambda row: _ending(row.name),
        lambda s, id, version, number, a: profiles.rename_profile(
            s, id, version, _rename(id, number), user_id=a.id, shared=True
        ),
    ),
    "user": Counted(
        "change_user", UserAccount, lambda s, _a: add_user(s, new_id().hex, "0", frozenset({"administrator"})), lambda row: row.name,
        lambda s, id, version, number, _a: change_user(
            s, id, version, name=str(number), roles=frozenset({"administrator"}), active=True
        ),
    ),
    "call round": Counted(
        "change_call_round", CallRound, lambda s, _a: rounds.create_round(s, RoundForm(_rename(new_id(), 0)), (), now=NOW).round_id,
        lambda row: _ending(row.title),
        lambda s, id, version, number, _a: rounds.change_round(s, id, version, RoundForm(_rename(id, number))),
    ),
    "draft of a policy": Counted("save_policy", service.PolicyVersion, _draft, lambda row: row.contact, _change_draft),
}  # fmt: skip


def count_on(desk: Database, actor: Actor, form: Counted, id: UUID) -> UUID:
    """Open the form, write the next number, save; the step."""
    with desk.read() as session:
        row = session.get_one(form.kind, id)
        version, number = row.version, int(form.value(row)) + 1
    own = new_id()
    with desk.write(actor, form.verb, change_set=own) as session:
        form.write(session, id, version, number, actor)
    return own


SETTING = "core.counted"


def count_on_setting(desk: Database, actor: Actor) -> None:
    """The same with a setting, which is compared by its value."""
    with desk.read() as session:
        known = read_setting(session, SETTING)
    with desk.write(actor, "change_setting") as session:
        change_setting(session, SETTING, known, (known or 0) + 1)


def hidden(desk: Database, actor: Actor) -> UUID:
    """Somebody protected, whose note counts."""
    with desk.write(actor, "create_person") as session:
        person = _person(session, actor)
    protect(desk, actor, person, ProtectionForm("secrecy", "Decision 1"), now=NOW)
    return person


def hidden_note(desk: Database, actor: Actor, person: UUID) -> tuple[int, int]:
    """The version of the row that is kept of somebody protected, and the number in it."""
    rows = [image for table, image, _at in read_kept(desk, actor, person, "counting", now=NOW).rows if table == "person"]
    row = json.loads(rows[-1])
    return int(row["version"]), int(row["note"])


def count_on_hidden(desk: Database, actor: Actor, person: UUID) -> None:
    """The same with a row of theirs, where it is kept."""
    version, number = hidden_note(desk, actor, person)
    edit = RowEdit("person", person, version, {"note": str(number + 1)})
    edit_protected(desk, actor, person, "edit_person", (edit,), name="Mia", now=NOW)
