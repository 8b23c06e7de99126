"""Stores invented people with all that hangs on them, so that every view of a demo has something to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.collector import collector_paused
from db.contact_forms import email_form, phone_forms
from db.database import Database, describe
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.models.task import Task
from db.protected.people import raise_together
from db.sorting import fold, name_key
from desktop.core.clock import office_zone
from desktop.people.demo import DemoInteraction, DemoPerson, generate_people
from desktop.people.demo_consents import add_consents
from desktop.people.demo_doubles import written_twice
from desktop.people.demo_list import HEADER
from desktop.people.demo_units import add_units
from desktop.people.imports.mapping.profiles import keep_profile
from desktop.people.imports.mapping.ready import ready_profiles

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext

VERB = "make_demo"
PORTION = 5000
Report = Callable[[int, int], Any]
# Posts somebody held until two hundred days ago; the modules that work with posts name their successors.
FORMER_POSTS = ("Utskottsordförande", "Alumniansvarig", "Näringslivsansvarig")
HANDED_OVER = timedelta(days=201)
ADMITTED_PROFILE = "Antagna till hösten"  # by which the list that `demo_list` writes is known
_COLLEAGUES = ("Vera Väktare", "Otto Otava", "Siri Sund")
# Beside the people asked for: one alone and a household, of whom only officers for protected identities learn.
_PROTECTED = (
    ("registration", "Demo: beslut 17/2026", (("Påhittad", "Siv", "070-174 06 98"),)),
    ("household", "Demo: päätös 3/2026", (("Keksitty", "Pekka", "070-174 06 99"), ("Keksitty", "Kaisa", "070-174 06 97"))),
)
# What waits on the desk on the day the demo is made: days from today, hour, in Swedish like most of the demo.
_DUE = (
    (-3, 9, "Skicka intyg"),
    (-1, 15, "Ring om boende"),
    (0, 10, "Svara om tillgodoräknande"),
    (0, 13, "Boka vägledning"),
    (0, 15, "Fråga om mentorskap"),
    (1, 9, "Följ upp återbud"),
    (4, 11, "Bjud in till alumnträff"),
)


def make_demo(database: Database, actor: Actor, people: int, now: datetime, report: Report) -> list[UUID]:
    """Bring `people` invented people into an empty database, in one change set.

    Args:
        now: The moment their lives lead up to, aware; days are those of a Swedish office.
        report: Told how many are stored, and of how many; what it raises stops the work, which then leaves nothing.

    Returns:
        Their ids, in the order in which they were invented.
    """
    zone = office_zone(country="SE")
    today = now.astimezone(zone).date()
    ids: list[UUID] = []

    def invent(number: int) -> DemoPerson:
        return next(generate_people(1, today=today, first=number))

    with collector_paused(), database.write(actor, VERB) as session:
        invented = (written_twice(person, invent) for person in generate_people(people, today=today))
        while portion := list(islice(invented, PORTION)):
            rows = _Rows(zone, now)
            ids += [rows.add(person) for person in portion]
            rows.store(session)
            report(len(ids), people)
        _fill_the_desk(session, actor, ids, today, zone)
        _hand_out_posts(session, ids, today, add_units(session))
        mapping = ready_profiles()["admission"].mapping_for(HEADER, "")
        keep_profile(session, ADMITTED_PROFILE, mapping, user_id=actor.id, shared=True)
        _protect_some(session)
        add_consents(session, actor, ids, now, zone)
        describe(session, people=len(ids))
    return ids


def fill(context: ModuleContext, people: int) -> list[UUID]:
    """Make demo people for the signed-in user and let every running module add its own, all at once.

    Raises:
        LoadFailed: a module that offers demo data cannot be imported.
    """
    ids = make_demo(context.database, context.actor, people, context.clock.now(), _quiet)
    for offer in context.offers("demo_data"):
        context.load(offer.contribution.opens)(context, ids)
    return ids


def _quiet(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class _Rows:
    """The rows of one portion of people, table by table."""

    zone: tzinfo
    now: datetime
    people: list[tuple[Any, ...]] = field(default_factory=list)
    points: list[tuple[Any, ...]] = field(default_factory=list)
    numbers: list[tuple[Any, ...]] = field(default_factory=list)
    roles: list[tuple[Any, ...]] = field(default_factory=list)
    contacts: list[tuple[Any, ...]] = field(default_factory=list)
    tasks: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, person: DemoPerson) -> UUID:
        """One person and everything that hangs on them."""
        own = new_id()
        names = person.given, person.family, person.preferred
        self.people.append((own, *names, person.birth_date, person.language, name_key(person.family, person.given)))
        self._add_points(own, person)
        self.numbers += [(new_id(), own, kind, value, issuer) for kind, value, issuer in person.identifiers]
        self.roles += [(new_id(), own, r.kind, r.programme, r.term, r.start, r.end) for r in person.roles]
        self.contacts += [self._contact(own, person, contact) for contact in person.interactions]
        for task in person.tasks:
            due = at_office(task.due, 9 + person.number % 7, self.zone)
            done = min(due, self.now) - timedelta(hours=2) if task.done else None
            self.tasks.append((new_id(), task.text, own, due, done))
        return own

    def store(self, session: Session) -> None:
        """Insert everything gathered, parents first."""
        for kind, columns, rows in (
            (Person, "id given family preferred birth_date language name_key", self.people),
            (
                ContactPoint,
                "id person_id kind label value normal national street postcode city city_key country position hold valid_to",
                self.points,
            ),
            (Identifier, "id person_id kind value issuer", self.numbers),
            (Role, "id person_id kind programme term starts ends", self.roles),
            (Interaction, "id person_id kind at direction seconds text by_name", self.contacts),
            (Task, "id title person_id due done_at", self.tasks),
        ):
            insert_rows(session, kind, columns.split(), rows)

    def _add_points(self, own: UUID, person: DemoPerson) -> None:
        nowhere = ("", "", "", "", "")
        for kind, addresses in (("email", person.emails), ("phone", person.phones)):
            for position, typed in enumerate(sorted(addresses, key=lambda address: address.retired is not None)):
                normal, national = (email_form(typed.text), "") if kind == "email" else _phone(typed.text)
                reach = (kind, typed.label, typed.text, normal, national)
                self.points.append((new_id(), own, *reach, *nowhere, position, typed.hold, typed.retired))
        if person.city:
            place = (person.street, person.postcode, person.city, fold(person.city), person.country)
            self.points.append((new_id(), own, "address", "home", "", "", "", *place, 0, "", None))

    def _contact(self, own: UUID, person: DemoPerson, contact: DemoInteraction) -> tuple[Any, ...]:
        chance = person.number * 31 + contact.at.day * 7 + contact.at.minute
        direction = {"letter": "out", "meeting": "", "visit": "in"}.get(contact.kind, "out" if chance % 3 else "in")
        seconds = 40 + chance * 13 % 400 if contact.kind == "call" else None
        at = contact.at.replace(tzinfo=self.zone)
        return new_id(), own, contact.kind, at, direction, seconds, contact.text, _COLLEAGUES[chance % len(_COLLEAGUES)]


def at_office(day: date, hour: int, zone: tzinfo) -> datetime:
    """A full hour of a day by the office's clock."""
    return datetime.combine(day, time(hour), tzinfo=zone)


@lru_cache(maxsize=20_000)  # the free numbers are few and come again and again
def _phone(text: str) -> tuple[str, str]:
    forms = phone_forms(text, "SE")
    return forms.e164, forms.national


def _fill_the_desk(session: Session, actor: Actor, people: list[UUID], today: date, zone: tzinfo) -> None:
    """What is overdue and due today, for the user and for anybody in turn."""
    due = [
        (new_id(), title, person, actor.id if place % 2 else None, at_office(today + timedelta(days=days), hour, zone))
        for place, ((days, hour, title), person) in enumerate(zip(_DUE, people, strict=False))
    ]
    insert_rows(session, Task, ("id", "title", "person_id", "user_id", "due"), due)


def _protect_some(session: Session) -> None:
    for kind, ground, people in _PROTECTED:
        made = []
        for family, given, phone in people:
            own, (normal, national) = new_id(), _phone(phone)
            session.add(Person(id=own, family=family, given=given, name_key=name_key(family, given)))
            session.flush()
            session.add(ContactPoint(person_id=own, kind="phone", label="mobile", value=phone, normal=normal, national=national))
            made.append(own)
        raise_together(session, made, kind, ground)


def _hand_out_posts(session: Session, people: Iterable[UUID], today: date, unit: UUID) -> None:
    until = today - HANDED_OVER
    holders = list(zip(((new_id(), title) for title in FORMER_POSTS), people, strict=False))
    titles = [(post, title, fold(title)) for (post, title), _person in holders]
    insert_rows(session, Post, ("id", "title", "title_key"), titles, unit_id=unit)
    holdings = [(new_id(), post, person, until - timedelta(days=730), until) for (post, _title), person in holders]
    insert_rows(session, PostHolding, ("id", "post_id", "person_id", "starts", "ends"), holdings)
