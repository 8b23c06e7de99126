"""A server finds what a file finds, in the same order, and by its indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from bench.people import NOW, Made, make_people
from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database
from db.errors import Denied
from db.models.person import ContactPoint, Person
from db.models.search import SearchEntry
from db.postgresql import search_index
from db.search import Hit, PersonSource, people_matching, search
from db.search_text import understand
from db.sorting import fold, name_key
from desktop.assembly import new_registry, parts_of
from desktop.core.clock import SystemClock, office_zone
from desktop.people.imports.incoming import IncomingPerson
from tests.db.support import count
from tests.servers import Server

PEOPLE = 3000
ACTOR = Actor(UUID("01a20000-0000-7000-8000-0000000000cd"), "Tester")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Twins:
    """The same people in a file and on a server."""

    made: list[Made]
    file: Database
    server: Database

    def both(self, verb: str, work: Callable[[Session], object]) -> None:
        """Do the same in both."""
        for database in (self.file, self.server):
            with database.write(ACTOR, verb) as session:
                work(session)

    def differ(self, asked: Iterable[str], limit: int = 20) -> dict[str, tuple[list[Hit], list[Hit]]]:
        """What each finds, where that is not the same."""
        wanted = list(asked)
        with self.file.read() as here, self.server.read() as there:
            found = {typed: (search(here, typed, limit), search(there, typed, limit)) for typed in wanted}
        return {typed: pair for typed, pair in found.items() if pair[0] != pair[1]}

    def differ_in_lists(self, asked: Iterable[str]) -> list[str]:
        """For which texts a list would hold other people."""
        wanted = list(asked)
        with self.file.read() as here, self.server.read() as there:
            return [typed for typed in wanted if listed(here, typed) != listed(there, typed)]


def listed(session: Session, typed: str) -> set[UUID]:
    """Whom a list narrowed to this text holds."""
    return set(session.scalars(people_matching(typed)))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Twins]:
    """Filled by the same steps, with the same ids."""
    parts = parts_of(new_registry(SystemClock(office_zone())))
    with ExitStack() as closing:
        file = Database(tmp_path_factory.mktemp("twins") / "twin.kontinuum", parts=parts)
        closing.callback(file.close)
        address = server.fresh("twin")
        closing.callback(server.drop, address)
        on_server = Database(address, parts=parts)
        closing.callback(on_server.close)
        found = Twins(list(make_people(PEOPLE)), file, on_server)
        people, points = rows_of(found.made)
        for start in range(0, PEOPLE, PEOPLE // 3):  # three imports, so that numbers run on

            def store(session: Session, own: slice = slice(start, start + PEOPLE // 3)) -> None:
                insert_rows(session, Person, ("id", "family", "given", "name_key"), people[own])
                held = {row[0] for row in people[own]}
                columns = ("id", "person_id", "kind", "value", "normal", "national", "position")
                insert_rows(session, ContactPoint, columns, [row for row in points if row[1] in held])

            found.both("import_people", store)
        yield found


def rows_of(made: list[Made]) -> tuple[list[Row], list[Row]]:
    """People and their contact points, as rows with ids of their own."""
    people, points = [], []
    for each in made:
        key = new_id()
        people.append((key, each.row.family, each.row.given, name_key(each.row.family, each.row.given)))
        for place, (typed, normal) in enumerate(each.row.emails):
            points.append((new_id(), key, "email", typed, normal, "", place))
        for place, (typed, normal, national) in enumerate(each.row.phones):
            points.append((new_id(), key, "phone", typed, normal, national, place))
    return people, points


class Typist:
    """Types what people type: names whole, begun, folded or turned round, slips, pieces of addresses and numbers, mixtures."""

    def __init__(self, made: list[Made], seed: int) -> None:
        self._made, self._rng = made, Random(seed)

    def texts(self, amount: int) -> list[str]:
        """So many of them, some more than once."""
        return [self._text(self._rng.choice(self._made).row) for _number in range(amount)]

    def _text(self, row: IncomingPerson) -> str:
        rng, begun, piece = self._rng, self._begun, self._piece
        name, other = self._name(row), self._name(rng.choice(self._made).row)
        email = row.emails[0][1] if row.emails else "post.example"
        phone = rng.choice(row.phones[0]) if row.phones else "+4670"
        slip = rng.randrange(len(name))
        return rng.choice((
            name, begun(name), begun(name), fold(begun(name)), begun(name).upper(), begun(piece(name)),
            name[:slip] + rng.choice("aåäöøeinst") + name[slip + 1 :],
            f"{row.given} {row.family}", f"{begun(row.family)} {begun(row.given)}", f"{begun(row.given)} {fold(begun(row.family))}",
            piece(email), begun(email), piece(phone), begun(phone),
            f"{begun(name)} {piece(email)}", f"{begun(name)} {piece(phone)}", f"{begun(name)} {begun(other)}",
        ))  # fmt: skip

    def _name(self, row: IncomingPerson) -> str:
        return self._rng.choice(f"{row.family} {row.given}".replace("-", " ").split())

    def _begun(self, typed: str) -> str:
        return typed[: self._rng.randint(1, len(typed))]

    def _piece(self, typed: str) -> str:
        start = self._rng.randrange(max(len(typed) - 3, 1))
        return typed[start : start + self._rng.randint(3, 9)]


def queries(made: list[Made], amount: int, seed: int) -> list[str]:
    """What people type who look for these."""
    return Typist(made, seed).texts(amount)


def test_the_same_hits_in_the_same_order(twins: Twins) -> None:
    asked = set(queries(twins.made, 2500, 1))
    assert len(asked) > 1500
    assert twins.differ(asked) == {}


def test_the_same_people_in_lists(twins: Twins) -> None:
    assert twins.differ_in_lists(set(queries(twins.made, 400, 2))) == []


def test_the_same_for_every_short_text_and_longer_lists(twins: Twins) -> None:
    letters = "abdehijklmnorstvåäöøæ"
    assert twins.differ([*letters, *(a + b for a in letters for b in "aeijlorsåäö")], 60) == {}


def test_the_same_after_people_were_renamed_reached_otherwise_and_put_away(twins: Twins) -> None:
    with twins.file.read() as session:
        chosen = Random(3).sample(session.scalars(select(Person.id).order_by(Person.id)).all(), 120)

    def rename(session: Session) -> None:
        for place, key in enumerate(chosen[:60]):
            row = session.get_one(Person, key)
            row.family = f"{'Öåæ'[place % 3]}sterling{'son' * (place % 2)}"
            row.name_key = name_key(row.family, row.given)

    def reach(session: Session) -> None:
        for key in chosen[40:80]:
            point = UUID(int=key.int ^ 1)
            session.add(ContactPoint(id=point, person_id=key, kind="email", value="x", normal="new.one@elsewhere.example"))
        for row in session.scalars(select(ContactPoint).where(ContactPoint.person_id.in_(chosen[80:100]))):
            session.delete(row)

    def put_away(session: Session) -> None:
        for key in chosen[100:]:
            session.get_one(Person, key).retired_at = NOW

    for work in (rename, reach, put_away):
        twins.both(work.__name__, work)
    typed = ("österling", "osterling", "össter", "æsterlingson", "elsewhere", "new.one", "sterling", "ö", "å", "åsterlingson")
    assert twins.differ(typed, 50) == {} and twins.differ_in_lists(typed) == []
    assert [hit.title.split(",")[0] for hit in found_on(twins.server, "österling")][:1] == ["Österling"]
    assert len(found_on(twins.server, "elsewhere", 50)) == 40
    assert count(twins.server, SearchEntry) == count(twins.file, SearchEntry) == PEOPLE - 20
    assert twins.differ(queries(twins.made, 500, 4)) == {}


def found_on(database: Database, typed: str, limit: int = 20) -> list[Hit]:
    """Hits, best first."""
    with database.read() as session:
        return search(session, typed, limit)


def test_building_the_index_anew_changes_nothing(twins: Twins) -> None:
    asked = [typed for typed in queries(twins.made, 60, 6) if len(found_on(twins.server, typed, 100)) < 100]
    before = [found_on(twins.server, typed, 100) for typed in asked]
    entries = count(twins.server, SearchEntry)
    twins.server.rebuild_search()
    assert count(twins.server, SearchEntry) == entries
    after = [found_on(twins.server, typed, 100) for typed in asked]
    assert [sorted(found, key=lambda hit: hit.id) for found in after] == [
        sorted(found, key=lambda hit: hit.id) for found in before
    ]


def plans(connection: Connection, typed: str) -> list[str]:
    """How the server goes about each stage of a search that finds little."""
    raw: Any = connection.connection.driver_connection
    said: list[str] = []

    def explained(statement: str, values: Any) -> list[Any]:
        said.append("\n".join(row[0] for row in raw.execute(f"EXPLAIN {statement}", values)))
        return []

    assert not any(search_index._stages(understand(typed), explained))
    return said


@pytest.mark.parametrize("typed", ["e", "el", "elin", "el ås", "åslöv", "asl elin", "löfstam-", "ab@c", "070", "o'", "", "x y z"])
def test_who_sees_only_names_finds_the_same_people_by_them_on_both(twins: Twins, typed: str) -> None:
    found = []
    for database in (twins.file, twins.server):
        with database.read() as session:
            hits = search(session, typed, 1000, names_only=True)
            found.append(
                {hit.id for hit in hits} if len(hits) < 100 else set()
            )  # of very many, which come first is nobody's promise
            assert all(hit.detail == "" and hit.kind == "person" for hit in hits)
    assert found[0] == found[1]


def test_entries_of_an_older_program_are_made_anew_by_an_upgrade(twins: Twins) -> None:
    def named() -> list[Hit]:
        with twins.server.read() as session:
            return search(session, "elin", names_only=True)

    before, engine = named(), twins.server.engine
    with engine.upgrading() as connection:
        engine.lay_bare(connection, fresh=False)
        connection.exec_driver_sql("ALTER TABLE search_entry DROP COLUMN called")
        engine.equip(connection, (PersonSource(),))
    assert before and named() == before


CROWD = """INSERT INTO core.search_entry (kind, ref, title, detail, sort, words, parts)
    SELECT 'person', gen_random_uuid(), family || ', Anna', '', family::bytea, array_to_tsvector(ARRAY[family, 'anna']),
    'anna.' || family || '@post.example' || chr(10) || '4670' || number || chr(10) || '070' || number
    FROM (SELECT translate((1000000 + n::bigint * 7919 % 900000)::text, '0123456789', 'abdeiklnrs') AS family,
        1000000 + n::bigint * 104729 % 9000000 AS number FROM generate_series(1, 30000) n) someone"""


@pytest.fixture(scope="module")
def clerk(server: Server, empty_on_server: str) -> Iterator[Database]:
    """A server with a crowd on it, for somebody who owns nothing there and may only read."""
    address = server.fresh("crowd", empty_on_server)
    there, name = address.rpartition("/")[2], "search_clerk"
    with server.connect(there) as owner:
        for statement in (
            CROWD, "ANALYZE core.search_entry", "SELECT gin_clean_pending_list('core.ix_search_entry_words')",
            "SELECT gin_clean_pending_list('core.ix_search_entry_parts')", f"CREATE ROLE {name} LOGIN PASSWORD 'x'", f"GRANT USAGE ON SCHEMA core TO {name}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA core TO {name}",
        ):  # fmt: skip
            owner.execute(statement)
    opened = Database(server.dsn(there, user=name, password="x"), parts=parts_of(new_registry(SystemClock(office_zone()))))
    yield opened
    opened.close()
    server.drop(address)
    with server.connect() as owner:
        owner.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("bardissa", "words"), ("bard", "words"), ("anna bard", "words"), ("070-174", "parts"), ("bardi@", "parts"), ("ba", "sort"),
        ("dissa@post", "parts"), ("anna 0701742", "parts"), ("b", "sort"),
    ],
)  # fmt: skip
def test_an_ordinary_role_searches_by_the_indexes(clerk: Database, typed: str, index: str) -> None:
    with clerk.read() as session:
        said = plans(session.connection(), typed)
        assert said and all("Seq Scan" not in plan for plan in said), said
        assert f"ix_search_entry_{index}" in "".join(said), said
        if index != "sort":
            listed = people_matching(typed).compile(dialect=session.connection().dialect)
            plan = "".join(session.connection().exec_driver_sql(f"EXPLAIN {listed}", dict(listed.params)).scalars())
            assert f"ix_search_entry_{index}" in plan and "Seq Scan" not in plan, plan


def test_nobody_writes_an_entry_that_is_not_due(twins: Twins) -> None:
    put = "SELECT kontinuum_search_put('person', ARRAY[:id]::uuid[], ARRAY[:id]::uuid[], '{x}', '{x}', '{x}', '{x}', '{x}', '{x}', false)"
    with twins.server.read() as session:
        key = session.scalars(select(Person.id).limit(1)).one()
    with pytest.raises(Denied), twins.server.write(ACTOR, "forge") as session:
        session.execute(text(put), {"id": key})
    assert found_on(twins.server, "x") == []


def test_what_two_desks_add_to_one_person_at_once_is_all_found(server: Server, empty_on_server: str) -> None:
    address, parts = server.fresh("desks", empty_on_server), parts_of(new_registry(SystemClock(office_zone())))
    desks = [Database(address, parts=parts) for _desk in range(2)]
    key, both_added = new_id(), Barrier(2)
    with desks[0].write(ACTOR, "create_person") as session:
        session.add(Person(id=key, family="Öberg", given="Mia", name_key=name_key("Öberg", "Mia")))

    def add(desk: Database, email: str) -> None:
        with desk.write(ACTOR, "add_contact") as session:
            session.add(ContactPoint(person_id=key, kind="email", value=email, normal=email))
            session.flush()
            both_added.wait(20)

    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(add, desk, f"{name}@b.example") for desk, name in zip(desks, ("first", "second"), strict=True)]:
            ended.result(30)
    assert [len(found_on(desk, typed)) for desk in desks for typed in ("first@", "second@", "öberg")] == [1] * 6
    for desk in desks:
        desk.close()
    server.drop(address)
