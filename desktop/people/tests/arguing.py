"""Lists written as text, imported over what is known: what the tests of arguing imports share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from db.database import Database
from db.models.person import ContactPoint, Person
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.deciding.plans import RowPlan
from desktop.people.imports.rows import ReadFile, people_of
from desktop.people.imports.storing import ImportCounts

TODAY = date(2027, 7, 15)
Bring = Callable[..., ImportCounts]
Plan = Callable[..., list[RowPlan]]
HEAD = "Förnamn;Efternamn;E-post;Ort\n"
NUMBERED = "Studentnummer;Personnummer;Förnamn;Efternamn\n4711;{};Mia;Testesson\n"


def read(text: str) -> ReadFile:
    return people_of(parse_table(text.encode(), "list.csv"), "list.csv", "SE", lambda _done, _of: None, today=TODAY)


def summary(counts: ImportCounts) -> tuple[int, ...]:
    return counts.new, counts.same, counts.changed, counts.clash, counts.several


def cities(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address").order_by(ContactPoint.city)))


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0
