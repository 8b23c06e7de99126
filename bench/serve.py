"""The product's services behind one JSON object a line, so that another program can time them.

Every answer holds `ok` and `ms`, the time of the operation alone in milliseconds. People are named by the ids of the
loaded table, which are kept as identifiers of the kind "source".
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.contact_forms import phone_forms
from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Identifier as StoredIdentifier
from db.profiles import is_server
from db.search import search
from desktop.people import listing
from desktop.people.card import person_card
from desktop.people.contacts import InteractionForm, add_interaction
from desktop.people.imports.incoming import Identifier, IncomingPerson
from desktop.people.imports.storing import IMPORT_VERB, add_people
from desktop.people.listing import PeopleFilter

COUNTRY = "SE"
Answer = dict[str, Any]


class Server:
    """One open database and the operations on it. Each gives its answer and the seconds it took."""

    def __init__(self) -> None:
        self._database: Database | None = None
        self._actor = Actor(new_id(), "bench")
        self.operations: dict[str, Callable[[Answer], tuple[Answer, float]]] = {
            "open": self.open, "load": self.load, "load_inter": self.load_inter, "search": self.search, "list": self.page,
            "filter": self.filter, "open_person": self.open_person, "log_call": self.log_call, "rss": self.rss,
        }  # fmt: skip

    @property
    def database(self) -> Database:
        """The open database; the caller's mistake if there is none."""
        if self._database is None:
            raise ValueError("open a database first")
        return self._database

    def open(self, asked: Answer) -> tuple[Answer, float]:
        """Open `db`, a file or the address of a server; with `fresh`, an empty one in its place."""
        self.close()
        address: Path | str = asked["db"] if is_server(asked["db"]) else Path(asked["db"])
        if asked.get("fresh"):
            _remove(address)
        start = time.perf_counter()
        self._database = Database(address)
        return {}, time.perf_counter() - start

    def close(self) -> None:
        """Let go of the database."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def load(self, asked: Answer) -> tuple[Answer, float]:
        """Bring in `people`, a table of tab-separated values or its file: parsed, normalised, stored, findable."""
        text = _text(asked["people"])
        start = time.perf_counter()
        rows = [_person(number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1) if line]
        with self.database.write(self._actor, IMPORT_VERB) as session:
            ids = add_people(session, rows, source="bench.tsv", report=lambda done, total: None)
        return {"count": len(ids)}, time.perf_counter() - start

    def load_inter(self, asked: Answer) -> tuple[Answer, float]:
        """Bring in `inter`: person_id, type, at, note."""
        text = _text(asked["inter"])
        start = time.perf_counter()
        lines = [line.split("\t") for line in text.splitlines() if line]
        with self.database.read() as session:
            known = select(StoredIdentifier.value, StoredIdentifier.person_id).where(StoredIdentifier.kind == "source")
            people = {row.value: row.person_id for row in session.execute(known)}
        rows = [
            (new_id(), people[line[0]], line[1], _moment(line[2]), (*line, "")[3], "people", self._actor.name) for line in lines
        ]
        with self.database.write(self._actor, IMPORT_VERB) as session:
            insert_rows(session, Interaction, ("id", "person_id", "kind", "at", "text", "module", "by_name"), rows)
        return {"count": len(rows)}, time.perf_counter() - start

    def search(self, asked: Answer) -> tuple[Answer, float]:
        """Find `q` as the search box does."""
        start = time.perf_counter()
        with self.database.read() as session:
            hits = search(session, asked["q"], int(asked.get("limit", 20)))
        spent = time.perf_counter() - start
        return {"rows": self._named([(hit.id, f"{hit.title} {hit.detail}".strip()) for hit in hits])}, spent

    def page(self, asked: Answer) -> tuple[Answer, float]:
        """One page of everybody by name."""
        start = time.perf_counter()
        with self.database.read() as session:
            rows = listing.names(session, PeopleFilter(), int(asked.get("offset", 0)), int(asked.get("limit", 100)))
        spent = time.perf_counter() - start
        return {"rows": self._named(rows)}, spent

    def filter(self, asked: Answer) -> tuple[Answer, float]:
        """Everybody in `city` who had a contact of `type` since `since`: the exact count and the first page."""
        since = _moment(asked["since"]) if asked.get("since") else None
        wanted = PeopleFilter(city=asked.get("city") or "", had=asked.get("type") or "", since=since)
        start = time.perf_counter()
        with self.database.read() as session:
            total, rows = listing.counted_names(session, wanted, int(asked.get("offset", 0)), int(asked.get("limit", 100)))
        spent = time.perf_counter() - start
        return {"count": total, "rows": self._named(rows)}, spent

    def open_person(self, asked: Answer) -> tuple[Answer, float]:
        """Everything the card shows."""
        person = self._person(asked["person"])
        start = time.perf_counter()
        with self.database.read() as session:
            card = person_card(session, person)
        spent = time.perf_counter() - start
        name = f"{card.given} {card.family}".strip()
        return {"name": name, "contacts": len(card.contacts), "timeline": sum(card.counts.values())}, spent

    def log_call(self, asked: Answer) -> tuple[Answer, float]:
        """Write a call on the timeline; it is on the disk when this answers."""
        at = _moment(asked["at"])
        person = self._person(asked["person"])
        start = time.perf_counter()
        with self.database.write(self._actor, "add_interaction", about=[person]) as session:
            add_interaction(session, person, InteractionForm("call", at, "out", text=asked.get("note", "")), actor=self._actor)
        return {}, time.perf_counter() - start

    def rss(self, asked: Answer) -> tuple[Answer, float]:
        """The most memory this process held, in megabytes."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        now = _resident()
        return {"rss_mb": round(now or peak, 1), "peak_mb": round(peak, 1)}, 0.0

    def _person(self, source_id: str) -> UUID:
        with self.database.read() as session:
            wanted = StoredIdentifier.value == str(source_id), StoredIdentifier.kind == "source"
            return session.execute(select(StoredIdentifier.person_id).where(*wanted)).scalars().one()

    def _named(self, rows: list[tuple[UUID, str]]) -> list[list[str]]:
        """Rows under the ids of the loaded table; looked up outside the measured time."""
        wanted = StoredIdentifier.person_id.in_([row[0] for row in rows]), StoredIdentifier.kind == "source"
        with self.database.read() as session:
            names = dict(session.execute(select(StoredIdentifier.person_id, StoredIdentifier.value).where(*wanted)).all())
        return [[names.get(person, str(person)), text] for person, text in rows]


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer each line of `requests` on a line of `answers` until the end or `quit`."""
    server = Server()
    for line in requests:
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            if asked["op"] == "quit":
                answers.write('{"ok": true, "ms": 0}\n')
                break
            answer, seconds = server.operations[asked["op"]](asked)
            answer = {"ok": True, "ms": round(seconds * 1000, 4), **answer}
        except Exception as error:  # the other side wants an answer for every line
            answer = {"ok": False, "ms": 0, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()
    server.close()


def _remove(address: Path | str) -> None:
    """Take away what an earlier run left."""
    if isinstance(address, Path):
        for suffix in ("", "-wal", "-shm"):
            address.with_name(address.name + suffix).unlink(missing_ok=True)
        return
    import psycopg  # needed for servers only
    from psycopg import sql

    from db.postgresql.schemas import OURS

    with psycopg.connect(address) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, OURS))))


def _text(value: str) -> str:
    """A table given as such, or the content of the file it is in."""
    return value if "\t" in value else Path(value).read_text(encoding="utf-8")


def _person(number: int, cells: Sequence[str]) -> IncomingPerson:
    source, first, last, _birth, email, phone, street, postcode, city = (*cells, *[""] * 9)[:9]
    forms = phone_forms(phone, COUNTRY) if phone else None
    return IncomingPerson(
        line=number,
        given=first,
        family=last,
        birth_date=datetime.fromisoformat(_birth).date() if _birth else None,
        identifiers=(Identifier("source", source, ""),),
        emails=((email, email.lower()),) if email else (),
        phones=((phone, forms.e164, forms.national),) if forms else (),
        street=street,
        postcode=postcode,
        city=city,
    )


def _moment(text: str | float) -> datetime:
    if isinstance(text, int | float) or text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / 1048576
