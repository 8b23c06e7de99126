"""People whose records hold every hostile text between them: at the head of the list, and two that became one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from db.database import Database
from db.models.consent import Consent, ConsentPurpose, ContactBlock
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from desktop.people.editing import PersonForm, create_person
from desktop.people.exports.service import Reason, write_down
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from tests.faults.injections import BETWEEN, bundles
from tests.faults.office import world

CARDS = 12


def crowd(database: Database, actor: Any, marks: dict[str, str]) -> None:
    """A dozen people at the head of the list whose cards hold everything between them."""
    with database.write(actor, "make_demo") as session:
        purpose = session.scalars(select(ConsentPurpose.id).order_by(ConsentPurpose.position)).first()
        for number, bundle in enumerate(bundles(CARDS)):
            text = BETWEEN.join(bundle)
            person = Person(family=f"Aa{number:02} {text}", given=text, note=text, preferred=text, name_key=b"\0%02d" % number)
            session.add(person)
            session.flush()
            fields = [("contact_point.value", "email"), ("contact_point.value", "social"), ("contact_point.street", "address")]
            for field, kind in fields:
                name = field.partition(".")[2]
                session.add(ContactPoint(person_id=person.id, kind=kind, label=text, **{name: marks[field] + text}))
            session.add(Role(person_id=person.id, kind="admitted", programme=marks["role.programme"] + text))
            at = database._now()
            for line in bundle:
                session.add(
                    Interaction(
                        person_id=person.id,
                        kind="note",
                        at=at,
                        title=marks["interaction.title"] + line,
                        text=marks["interaction.text"] + line,
                        by_name=marks["interaction.by_name"] + text,
                    )
                )
            session.add(Task(title=marks["task.title"] + text, due=at, person_id=person.id))
            by, note = marks["consent.by_name"] + text, marks["consent.note"] + text
            session.add(
                Consent(person_id=person.id, purpose_id=purpose, state="given", at=at, way="other", note=note, by_name=by)
            )
            by, reason = marks["contact_block.by_name"] + text, marks["contact_block.reason"] + text
            session.add(ContactBlock(person_id=person.id, channel="phone", reason=reason, since=at, by_name=by))
    _exported(database, actor, marks)
    _merged(database, actor, marks)


def _exported(database: Database, actor: Any, marks: dict[str, str]) -> None:
    """A list that was taken out, as the log of exports tells it."""
    text = BETWEEN.join(bundles(CARDS)[0])
    file, choice, why, whom = (marks[f"export_entry.{name}"] + text for name in ("file", "choice", "purpose", "recipient"))
    with database.write(actor, "export_people") as session:
        write_down(session, file=file, people=1, columns=("name",), choice=choice, held=False, reason=Reason(why, whom))


def _merged(database: Database, actor: Any, marks: dict[str, str]) -> None:
    """Two records that became one, for a reason that holds everything."""
    known, now = world(), database._now()
    reason = marks["merged_person.reason"] + BETWEEN.join(BETWEEN.join(bundle) for bundle in bundles(CARDS))
    with database.write(actor, "create_person") as session:
        one, other = (create_person(session, PersonForm("Mia", f"Zz{n}"), today=now.date()) for n in range(2))
    with database.write(actor, "merge_people") as session:
        mark = read_plan(session, one, other, known).mark
        merge_people(session, one, other, Choice(reason=reason), mark, known, today=now.date(), now=now)
