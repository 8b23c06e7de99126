"""Bringing people in and taking them back: parsed rows, and a CSV file from the first byte on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

from bench.figures import RATE, SECONDS, Figure
from bench.floor import Floor, open_floor
from bench.measuring import Times, often
from bench.people import COUNTRY, SEED, Made, make_people, portions
from bench.sites import Site
from bench.stores import ACTOR, PORTION, as_imported, fill, imported, open_ours
from db.contact_forms import phone_forms
from db.database import Database
from db.history import TAKE_BACK, take_back
from desktop.people.imports.incoming import Identifier, IncomingPerson
from desktop.people.imports.rows import read_people
from desktop.people.imports.storing import IMPORT_VERB, import_people

FROM_CSV = "from-csv"
HEADINGS = (
    "Student number", "First name", "Family name", "Birth date", "E-mail", "Phone", "Mobile", "Street", "Postcode", "City",
    "Programme", "Term",
)  # fmt: skip


def measure_import(people: int, site: Site, repeat: int) -> list[Figure]:
    """Import from parsed rows with search ready; the last round leaves the databases for the other parts."""
    rounds = [fill(people, site) for _round in range(often(max(1, min(3, 200_000 // people)), repeat, 1))]
    ours, floor = Times([taken.ours for taken in rounds]), Times([taken.floor for taken in rounds])
    return [Figure("import", "import", people, RATE, people / ours.p50, people / floor.p50)]


def measure_undo(people: int, site: Site, _repeat: int) -> list[Figure]:
    """Take an import back right after it, beside the time that very import took."""
    copy, took = as_imported(people), imported(people, site)
    if took is None or not site.has(copy):
        took = fill(people, site)
    undone = Times()
    database = open_ours(site.ours(copy))
    try:
        undone.time(lambda: _take_back(database, UUID(took.change_set)))
    finally:
        database.close()
        site.drop(copy)
    return [Figure("import", "take the import back", people, SECONDS, undone.p50, took.ours, note="beside its own import")]


def measure_csv(people: int, site: Site, repeat: int) -> list[Figure]:
    """A CSV file read, matched with the register, stored and findable; the floor reads and stores, and matches nothing."""
    path = site.folder / f"people-{people}.csv"
    write_csv(path, people)
    ours, floor = Times(), Times()
    for _round in range(often(1, repeat)):
        site.make(FROM_CSV)
        database, raw = open_ours(site.ours(FROM_CSV)), open_floor(site.floor(FROM_CSV))  # making their tables is no import
        ours.time(partial(_import_csv, path, database))
        floor.time(partial(_import_csv_raw, path, raw))
    site.drop(FROM_CSV)
    path.unlink()
    return [Figure("csv", "import of a CSV file", people, RATE, people / ours.p50, people / floor.p50)]


def write_csv(path: Path, people: int, seed: int = SEED) -> None:
    """The people as a registry would send them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        for made in make_people(people, seed):
            row = made.row
            phones = [phone[0] for phone in row.phones] + ["", ""]
            writer.writerow((
                made.registry_id, row.given, row.family, row.birth_date or "", row.emails[0][0] if row.emails else "",
                *phones[:2], row.street, row.postcode, row.city, row.programme, "HT2027" if row.term else "",
            ))  # fmt: skip


def _take_back(database: Database, change_set: UUID) -> None:
    with database.write(ACTOR, TAKE_BACK) as session:
        taken = take_back(session, change_set)
    assert taken.undone and not taken.kept


def _import_csv(path: Path, database: Database) -> None:
    read = read_people(path, COUNTRY, lambda done, total: None, today=date(2026, 11, 2))
    with database.write(ACTOR, IMPORT_VERB) as session:
        counts = import_people(session, read.rows, source=path.name, faulty=len(read.faults), report=lambda done, total: None)
    database.close()
    assert counts.new and not read.faults


def _import_csv_raw(path: Path, floor: Floor) -> None:
    floor.begin()
    for portion in portions(_read_raw(path), PORTION):
        floor.import_people(portion)
    floor.commit()
    floor.close()


def _read_raw(path: Path) -> Iterator[Made]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        for n, (number, given, family, born, email, phone, mobile, street, code, city, programme, term) in enumerate(lines, 1):
            forms = [(typed, phone_forms(typed, COUNTRY)) for typed in (phone, mobile) if typed]
            row = IncomingPerson(
                n, given, family, "", date.fromisoformat(born) if born else None, (Identifier("registry_id", number, ""),),
                ((email, email.lower()),) if email else (), tuple((typed, f.e164, f.national) for typed, f in forms),
                street, code, city, "", "", programme, term,
            )  # fmt: skip
            yield Made(n, row, (), "")
