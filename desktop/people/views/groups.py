"""People gathered by role, programme or town: how many of those a list shows are in each. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.person import ContactPoint
from db.models.role import ROLE_KINDS, Role
from db.sorting import fold
from db.texts import _
from desktop.people.listing import PeopleFilter, held_on, people_ids

GATHERED = {"": _("Nothing"), "roles": _("Roles"), "programme": _("Programme"), "city": _("Town")}


@dataclass(frozen=True, slots=True)
class Group:
    """`code` is what the filter compares; `title` is empty where the code's own label says it."""

    code: str
    title: str
    count: int


def groups(session: Session, filter: PeopleFilter, by: str) -> list[Group]:
    """The groups of everybody who fits; whoever is in several is counted in each, as the filter finds them there.

    A filter that names roles, a programme or a town already has no other groups of that kind.
    """
    people = people_ids(filter)
    many: Any = func.count(ContactPoint.person_id.distinct()) if by == "city" else func.count(Role.person_id.distinct())
    if by == "city":
        query = select(ContactPoint.city_key, func.min(ContactPoint.city), many).where(ContactPoint.city_key != "")
        query = query.where(ContactPoint.person_id.in_(people)).group_by(ContactPoint.city_key)
    elif by == "programme":
        query = select(Role.programme, Role.programme, many).where(Role.programme != "")
        query = query.where(Role.person_id.in_(people)).group_by(Role.programme)
    else:
        query = select(Role.kind, Role.kind, many).where(held_on(filter.today), Role.person_id.in_(people)).group_by(Role.kind)
    asked = {"roles": set(filter.roles), "programme": {filter.programme} - {""}, "city": {fold(filter.city.strip())} - {""}}[by]
    rows = [(code, title, count) for code, title, count in session.execute(query) if not asked or code in asked]
    found = [Group(title if by == "city" else code, "" if by == "roles" else title, count) for code, title, count in rows]
    if by == "roles":
        order = {kind: place for place, kind in enumerate(ROLE_KINDS)}
        return sorted(found, key=lambda group: (order.get(group.code, len(order)), group.code))
    return sorted(found, key=lambda group: fold(group.title))


def within(filter: PeopleFilter, by: str, code: str) -> PeopleFilter:
    """Those of the filter who are in this group; no code is all of them."""
    if not by or not code:
        return filter
    value: Any = (code,) if by == "roles" else code
    return replace(filter, **{by: value})
