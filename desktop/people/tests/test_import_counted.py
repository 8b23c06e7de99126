"""The counts of an import equal those of somebody else's counting, and a file killed at any moment is brought in exactly once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import ContactPoint, Identifier, Person
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.mapping.mapping import SOURCES, Mapping, Source
from desktop.people.imports.people_file import Asked, read_file
from desktop.people.imports.rows import people_of
from desktop.people.imports.storing import IMPORT_VERB, ImportCounts, import_people

TODAY = date(2027, 7, 15)
GIVEN, FAMILY, TOWNS = ("Mia", "Ove", "Karin", "Zoltan"), ("Ek", "Sundqvist", "Öberg", "Bardem"), ("", "Umeå", "Luleå", "Åbo")
HEADING = "Studentnummer;Förnamn;Efternamn;E-post;Ort\n"


@dataclass
class One:
    """Somebody as a list says, with where the register has them from."""

    number: str
    given: str
    family: str
    email: str
    town: str
    origin: str = ""

    def line(self) -> str:
        return f"{self.number};{self.given};{self.family};{self.email};{self.town}\n"


@dataclass
class Office:
    """Knows what it was told, and counts by hand what a list would do. Shares no code with the import."""

    people: list[One] = field(default_factory=list)

    def verdict(self, row: One, source: str) -> str:
        found = [one for one in self.people if row.number and one.number == row.number]
        if not found:
            found = [
                one
                for one in self.people
                if row.email and (one.email, one.given, one.family) == (row.email, row.given, row.family)
            ]
        if not found:
            return "new"
        if any(self._says_nothing_new(one, row) for one in found):
            return "same"
        return "several" if len(found) > 1 else self._against(found[0], row, source)

    def _says_nothing_new(self, one: One, row: One) -> bool:
        names = (one.given, one.family) == (row.given, row.family)
        return names and row.number in ("", one.number) and row.email in ("", one.email) and row.town in ("", one.town)

    def _against(self, one: One, row: One, source: str) -> str:
        contradicted = [(one.given, row.given), (one.family, row.family), (one.town, row.town)]
        overwrites = any(old and new and old != new for old, new in contradicted)
        adds = bool((row.town and not one.town) or row.email not in ("", one.email) or row.number not in ("", one.number))
        if overwrites:
            order = ["guess", "person", "register"]
            ours = order.index("person" if one.origin == "typed" else one.origin)
            if order.index(source) == ours and one.origin == "typed":
                return "clash"
            overwrites = order.index(source) >= ours
        return "changed" if overwrites or adds else "same"


def somebody(rng: Random, number: int) -> One:
    return One(
        rng.choice(("", f"S{number}")), rng.choice(GIVEN), rng.choice(FAMILY), rng.choice(("", f"m{number}@test.example")),
        rng.choice(TOWNS), rng.choice(("typed", *SOURCES)),
    )  # fmt: skip


def bring(database: Database, actor: Actor, rows: list[One], source: Source) -> ImportCounts:
    text = HEADING + "".join(row.line() for row in rows)
    read = people_of(parse_table(text.encode(), "list.csv"), "list.csv", "SE", lambda _done, _of: None, today=TODAY)
    assert len(read.rows) == len(rows)
    with database.write(actor, IMPORT_VERB) as session:
        wishes = Wishes(Mapping(source=source))
        return import_people(
            session, read.rows, source="l.csv", faulty=0, report=lambda _d, _of: None, wishes=wishes, today=TODAY
        )


def write_down(database: Database, actor: Actor, people: list[One]) -> None:
    """As the register's own pages and earlier lists would, without asking who is known."""
    for origin in ("typed", *SOURCES):
        with database.write(actor, "create_person" if origin == "typed" else IMPORT_VERB, details={"source": origin}) as session:
            for one in people:
                if one.origin == origin:
                    person = Person(id=new_id(), given=one.given, family=one.family, name_key=b"x")
                    session.add(person)
                    session.flush()
                    if one.number:
                        session.add(Identifier(person_id=person.id, kind="registry_id", value=one.number, issuer="student"))
                    if one.email:
                        session.add(ContactPoint(person_id=person.id, kind="email", value=one.email, normal=one.email))
                    if one.town:
                        session.add(ContactPoint(person_id=person.id, kind="address", city=one.town))


@pytest.mark.parametrize("seed", range(6))
def test_the_counts_are_those_of_an_independent_count(seed: int, database: Database, actor: Actor) -> None:
    rng = Random(seed)
    office = Office([somebody(rng, number) for number in range(60)])
    for copied in rng.sample(office.people, 15):  # written down twice, or with the number of somebody else
        office.people.append(
            One(copied.number, rng.choice((copied.given, "Mia")), copied.family, copied.email, rng.choice(TOWNS), "typed")
        )
    write_down(database, actor, office.people)
    source: Source = rng.choice(SOURCES)
    rows = []
    for number in range(90):  # some are about nobody known
        row = somebody(rng, number)
        known = [one for one in office.people if one.email == f"m{number}@test.example"]
        if known and rng.random() < 0.7:
            row.given, row.family, row.email = known[0].given, known[0].family, known[0].email
        if row.number or row.email:
            rows.append(row)
    expected = Counter(office.verdict(row, source) for row in rows)
    counts = bring(database, actor, rows, source)
    found = {name: getattr(counts, name) for name in ("new", "same", "changed", "clash", "several")}
    assert found == {name: expected[name] for name in found}
    again = bring(database, actor, rows, source)
    assert (again.new, again.changed, again.clash, again.several) == (0, 0, counts.clash, counts.several)


def test_the_independent_counts_saw_every_kind() -> None:
    """Else they would prove little."""
    seen: Counter[str] = Counter()
    for seed in range(6):
        rng = Random(seed)
        office = Office([somebody(rng, number) for number in range(60)])
        office.people += [One(one.number, one.given, one.family, one.email, "Kiruna", "typed") for one in office.people[:20]]
        seen.update(office.verdict(somebody(rng, number), rng.choice(SOURCES)) for number in range(90))
    assert min(seen[name] for name in ("new", "same", "changed", "clash", "several")) > 0


# Exactly once

ROWS = 6000
KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from db.actor import Actor
from db.base import new_id
from db.database import Database
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.people_file import Asked, read_file
from desktop.people.imports.storing import IMPORT_VERB, import_people

base, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
read = read_file(Asked(file, "SE", date(2027, 7, 15)), lambda done, total: None)

def report(done, total):
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

database = Database(base)
with database.write(Actor(new_id(), "Tester"), IMPORT_VERB) as session:
    import_people(session, read.rows, source=file.name, faulty=0, report=report, wishes=Wishes(digest=read.digest))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.sqlite_only("kills the program that holds the file")
@pytest.mark.skipif(sys.platform == "win32", reason="programs are killed by a signal")
@pytest.mark.parametrize("last", [1000, 5000, ROWS, -1])  # after a portion, after the last one, after the commit
def test_a_file_is_brought_in_once_however_its_import_ended(last: int, tmp_path: Path, actor: Actor) -> None:
    file, base = tmp_path / "list.csv", tmp_path / "office.kontinuum"
    rows = (f"Mia;Test{n:04};{'' if n % 3 else f'm{n}@test.example'};Umeå\n" for n in range(ROWS))  # most have nothing but a name
    file.write_text("Förnamn;Efternamn;E-post;Ort\n" + "".join(rows), encoding="utf-8")
    Database(base).close()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(base), str(file), str(last)], check=False, timeout=300)
    assert ended.returncode < 0
    read = read_file(Asked(file, "SE", TODAY), lambda _done, _of: None)
    database = Database(base)
    try:
        for expected in ((0, ROWS) if last < 0 else (ROWS, 0), (0, ROWS)):
            with database.write(actor, IMPORT_VERB) as session:
                counts = import_people(
                    session, read.rows, source=file.name, faulty=0, report=lambda _done, _of: None, wishes=Wishes(digest=read.digest)
                )  # fmt: skip
            assert (counts.new, counts.same) == expected
            with database.read() as session:
                assert session.scalar(select(func.count()).select_from(Person)) == ROWS
    finally:
        database.close()
