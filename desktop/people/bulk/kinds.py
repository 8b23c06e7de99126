"""What can be changed for many people at once, each as data: which rows, what becomes of them, and who is left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select

from db.errors import RuleBroken
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES, ContactPoint, Person
from db.models.role import ROLE_KINDS, Role
from db.models.task import Task
from db.sorting import fold
from db.texts import Msgid, _
from desktop.people.roles import RoleForm, check_role
from desktop.people.tasks import TaskForm
from desktop.people.terms import term_code

USES = {"": _("May be used"), **HOLDS}
KNOWN = {"": _("not known"), **LANGUAGES}
Reasons = tuple[tuple[Msgid, ColumnElement[bool]], ...]  # why people are left out, as conditions on `Person`


@dataclass(frozen=True)
class Changing:
    """Rows of one table get values.

    Args:
        where: Which rows of `kind` that belong to the people.
        before: What a row holds now, for the look ahead; `codes` says what its codes are called.
        after: What it will hold, as a code or as it is shown.
        reasons: Asked in order; whoever fits none and has no row is left out without more words.
    """

    verb: str
    kind: Any
    where: ColumnElement[bool]
    values: Mapping[str, Any]
    before: Any
    after: str
    reasons: Reasons
    codes: Mapping[str, Msgid] | None = None

    @property
    def person_id(self) -> Any:
        """The column that names whom a row is about."""
        return Person.id if self.kind is Person else self.kind.person_id


@dataclass(frozen=True)
class Adding:
    """Everybody gets a new row of one table, but for whom a reason holds."""

    verb: str
    kind: Any
    values: Mapping[str, Any]
    after: str
    reasons: Reasons
    codes: Mapping[str, Msgid] | None = None


Bulk = Changing | Adding


def set_language(language: str) -> Changing:
    """Give people a language to write to them in; empty means that it is not known."""
    if language and language not in LANGUAGES:
        raise ValueError(f"unknown language: {language}")
    same = Person.language == language
    reasons = ((_("Has this language already"), same),)
    return Changing("bulk_language", Person, ~same, {"language": language}, Person.language, language, reasons, KNOWN)


def retire(now: datetime) -> Changing:
    """Take people out of lists and search."""
    gone = Person.retired_at.is_not(None)
    values = {"retired_at": now}
    reasons = ((_("Is retired already"), gone),)
    return Changing("retire_people", Person, ~gone, values, literal("", Text), "retired", reasons, {"retired": _("Retired")})


def hold(kind: str, reason: str) -> Changing:
    """Put every way of this kind to reach people on hold, or with an empty reason let them be used again."""
    if kind not in CONTACT_KINDS or (reason and reason not in HOLDS):
        raise ValueError(f"unknown hold: {kind}/{reason}")
    own = and_(ContactPoint.kind == kind, ContactPoint.person_id == Person.id)
    reasons = (
        (_("Has none of this kind"), ~select(ContactPoint.id).where(own).correlate(Person).exists()),
        (_("Has it so already"), ~select(ContactPoint.id).where(own, ContactPoint.hold != reason).correlate(Person).exists()),
    )
    where = and_(ContactPoint.kind == kind, ContactPoint.hold != reason)
    return Changing("bulk_hold", ContactPoint, where, {"hold": reason}, ContactPoint.hold, reason, reasons, USES)


def rename_town(old: str, new: str) -> Changing:
    """Write another town in the addresses that have `old`, however it is written there.

    Raises:
        RuleBroken: one of the two is missing.
    """
    if not old.strip() or not new.strip():
        raise RuleBroken(_("A town is missing."), _("Write both towns."), field="town" if not old.strip() else "new_town")
    town = new.strip()
    where = and_(
        ContactPoint.kind == "address", ContactPoint.city_key == fold(old.strip()), ContactPoint.city_key != "",
        ContactPoint.city != town,
    )  # fmt: skip
    there = select(ContactPoint.id).where(where, ContactPoint.person_id == Person.id).correlate(Person).exists()
    values = {"city": town, "city_key": fold(town)}
    return Changing("bulk_town", ContactPoint, where, values, ContactPoint.city, town, ((_("Has no address there"), ~there),))


def rename_programme(old: str, new: str) -> Changing:
    """Write another programme in the roles that have exactly `old`.

    Raises:
        RuleBroken: there is none to be changed.
    """
    if not old.strip():
        raise RuleBroken(_("A programme is missing."), _("Choose the one to be changed."), field="programme")
    where = and_(Role.programme == old, Role.programme != new.strip())
    there = select(Role.id).where(where, Role.person_id == Person.id).correlate(Person).exists()
    values = {"programme": new.strip()}
    reasons = ((_("Has no role with this programme"), ~there),)
    return Changing("bulk_programme", Role, where, values, Role.programme, new.strip(), reasons)


def end_role(kind: str, day: date | None) -> Changing:
    """Let roles of a kind end with `day`, their last one; those that end before stay as they are.

    Raises:
        RuleBroken: no kind or no day is given.
    """
    if kind not in ROLE_KINDS:
        raise RuleBroken(_("A role needs a kind."), _("Choose one."), field="role")
    if day is None:
        raise RuleBroken(_("A day is missing."), _("Write the last day of the role."), field="ends")
    held = and_(Role.kind == kind, or_(Role.ends.is_(None), Role.ends > day))
    begun = or_(Role.starts.is_(None), Role.starts <= day)
    own = select(Role.id).where(Role.person_id == Person.id)
    reasons = (
        (_("Has no such role that lasts longer"), ~own.where(held).correlate(Person).exists()),
        (_("The role begins after that day"), ~own.where(held, begun).correlate(Person).exists()),
    )
    before = func.coalesce(cast(Role.ends, Text), "")
    return Changing("bulk_end_role", Role, and_(held, begun), {"ends": day}, before, day.isoformat(), reasons)


def begin_role(form: RoleForm) -> Adding:
    """Begin a role for everybody who does not hold one of the same kind and programme on its first day.

    Raises:
        RuleBroken: no kind is given, or it ends before it starts.
    """
    check_role(form)
    programme, day = form.programme.strip(), form.starts
    same = and_(Role.person_id == Person.id, Role.kind == form.kind, Role.programme == programme)
    holds = or_(Role.ends.is_(None), Role.ends >= day) if day is not None else Role.ends.is_(None)
    values = {
        "kind": form.kind, "programme": programme, "term": term_code(form.term.strip()), "starts": form.starts,
        "ends": form.ends, "source": form.source,
    }  # fmt: skip
    reasons = ((_("Has this role already"), select(Role.id).where(same, holds).correlate(Person).exists()),)
    return Adding("bulk_begin_role", Role, values, form.kind, reasons, ROLE_KINDS)


def add_task(form: TaskForm, user_id: UUID | None) -> Adding:
    """Plan the same about everybody, for one user or, with None, for anybody.

    Raises:
        RuleBroken: it has no title.
    """
    if not form.title.strip():
        raise RuleBroken(_("The task is empty."), _("Write what is to be done."), field="task")
    values = {
        "title": form.title.strip(), "kind": "", "module": "people", "subject": None, "user_id": user_id, "post_id": None,
        "due": form.due, "note": form.note.strip(), "done_at": None,
    }  # fmt: skip
    dead = Person.deceased_on.is_not(None)
    return Adding("bulk_task", Task, values, form.title.strip(), ((_("Has died"), dead),))
