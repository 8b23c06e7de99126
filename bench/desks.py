"""`python -m bench.desks --db ADDRESS --desks 100 --minutes 10`: a shift of many desks on one server, and what it took.

ADDRESS is an administrator's, of an empty database, which is set up as `kontinuum server init` does; each desk signs in as
a user of its own. At half time a list of people is imported beside the work.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from statistics import median, quantiles
from uuid import UUID

from psycopg import conninfo
from sqlalchemy import select

from bench.desk_work import DeskWork, fill
from bench.people import make_people
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Told, Unavailable
from db.models.history import ChangeSet
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, looking, names_of
from db.texts import Msgid
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people.imports.storing import IMPORT_VERB, import_people
from desktop.server_plan import plan_of

PASSWORD = "only for a measurement"
ROLES = ("office", "caller")
PROCESSES = 10
SIGN_IN = 0.25  # seconds from one desk's sign-in to the next: people do not all come in the same moment
LINES = 3  # connections of a desk at work: one that reads, one that writes, one that listens
SPARE = 10  # connections for the import beside, the look afterwards, and an administrator
LIMITS = {"pop": 150, "save": 300, "search": 400}  # milliseconds at the 95th of a hundred


@dataclass
class Shift:
    """What desks did: steps told as saved, seconds by kind, steps a colleague was quicker at, and errors by their words."""

    stored: list[UUID] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    conflicts: int = 0
    errors: dict[str, int] = field(default_factory=dict)

    def add(self, other: Shift) -> None:
        """Those of others, too."""
        self.stored += other.stored
        self.conflicts += other.conflicts
        for kind, spent in other.seconds.items():
            self.seconds.setdefault(kind, []).extend(spent)
        for words, count in other.errors.items():
            self.errors[words] = self.errors.get(words, 0) + count


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when anything was lost or any error shown, 2 when nothing could be measured."""
    asked = _parser().parse_args(arguments)
    try:
        refuse_narrow(asked.db, asked.desks)
        desks, round_id = prepare(asked.db, asked.desks, asked.people)
    except Told as error:
        print(error, file=sys.stderr)
        return 2
    start = time.monotonic()
    groups = [desks[number::PROCESSES] for number in range(PROCESSES) if desks[number::PROCESSES]]
    total = Shift()
    with ProcessPoolExecutor(len(groups), multiprocessing.get_context("spawn")) as processes:
        spread = min(max(asked.think, asked.desks * SIGN_IN), asked.minutes * 60 / 4)
        working = [processes.submit(work, group, round_id, asked.minutes * 60, asked.think, spread) for group in groups]
        time.sleep(asked.minutes * 30)
        imported = _import_beside(asked.db, asked.people)
        for group in working:
            total.add(group.result())
    lost = missing(asked.db, total.stored)
    print(
        f"{asked.desks} desks, {time.monotonic() - start:.0f} s, {asked.people:,} people, {asked.think:g} s between two things:"
    )
    print("\n".join(lines(total)))
    print(f"5,000 people imported meanwhile in {imported:.1f} s")
    print(
        f"{len(total.stored)} saved, {len(lost)} lost, {total.conflicts} overtaken by a colleague, {sum(total.errors.values())} errors"
    )
    for words, count in total.errors.items():
        print(f"{count} x {words}", file=sys.stderr)
    return 1 if lost or total.errors else 0


def refuse_narrow(address: str, desks: int) -> None:
    """A server that lets too few in measures nothing but that.

    Raises:
        Unavailable: it allows fewer connections than the desks need.
    """
    engine = PostgresqlEngine(address)
    with looking(engine) as reading:
        most = int(reading.exec_driver_sql("SHOW max_connections").scalar_one())
    needed = desks * LINES + SPARE
    if most < needed:
        raise Unavailable(Msgid(f"max_connections of the server is {most}; {desks} desks need {needed}."))


def prepare(address: str, desks: int, people: int) -> tuple[list[tuple[str, Actor]], UUID]:
    """Set the server up and fill it; the address and user of each desk, and the round they call."""
    plan = plan_of(new_registry(SystemClock(office_zone())))
    found(PostgresqlEngine(address), plan)
    database, made = Database(address, parts=plan.parts), []
    with database.read() as session:
        names, acting = names_of(session.connection(), plan), administrator.acting(session.connection())
    for number in range(1, desks + 1):
        login = f"desk.{number:03}"
        with database.write(acting, "add_user") as session:
            own = administrator.let_in(session, names, login, f"Desk {number}", ROLES, PASSWORD)
        made.append((conninfo.make_conninfo(address, user=login, password=PASSWORD), Actor(own, f"Desk {number}")))
    round_id = fill(database, acting, people)
    with database.engine.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.close()
    return made, round_id


def work(desks: Iterable[tuple[str, Actor]], round_id: UUID, seconds: float, think: float, spread: float) -> Shift:
    """Let some desks work side by side in this process; they sign in by and by, within `spread` seconds."""
    total, end = Shift(), time.monotonic() + seconds

    def one(address: str, actor: Actor) -> Shift:
        shift, chance = Shift(), Random(actor.id.int)
        time.sleep(chance.random() * spread)
        try:
            database = Database(address)
        except Told as error:
            return Shift(errors={str(error): 1})  # who cannot sign in sees that, too
        try:
            database.follow()
            # A chance of its own: the second of two desks that draw the same changes nothing, and its step is not there.
            desk = DeskWork(database, actor, round_id, actor.id.int)
            while time.monotonic() < end:
                try:
                    desk.turn()
                except Told as error:
                    shift.errors[str(error)] = shift.errors.get(str(error), 0) + 1
                time.sleep(chance.random() * 2 * think)
        finally:
            database.close()
        shift.stored, shift.seconds, shift.conflicts = desk.stored, desk.seconds, desk.conflicts
        return shift

    sitting = tuple(desks)
    with ThreadPoolExecutor(len(sitting)) as threads:
        for done in [threads.submit(one, *desk) for desk in sitting]:
            total.add(done.result())  # a desk that broke down ends the measurement: what it was told is not known
    return total


def missing(address: str, stored: Sequence[UUID]) -> set[UUID]:
    """Steps desks were told are saved that are not there."""
    database = Database(address)
    with database.read() as session:
        there = set(session.scalars(select(ChangeSet.id)))
    database.close()
    return set(stored) - there


def lines(shift: Shift) -> list[str]:
    """A table of milliseconds by kind."""
    found = [f"{'':8}{'times':>8}{'p50':>9}{'p95':>9}{'longest':>9}{'limit':>9}"]
    for kind, spent in sorted(shift.seconds.items()):
        high = quantiles(spent, n=20)[-1] if len(spent) > 1 else spent[0]
        figures = "".join(f"{value * 1000:>9.1f}" for value in (median(spent), high, max(spent)))
        found.append(f"{kind:8}{len(spent):>8}{figures}{LIMITS.get(kind, ''):>9}")
    return found


def _import_beside(address: str, seed: int) -> float:
    database, start = Database(address), time.perf_counter()
    rows = [made.row._replace(identifiers=()) for made in make_people(5_000, seed + 1)]
    with database.write(Actor(new_id(), "bench"), IMPORT_VERB) as session:
        import_people(session, rows, source="beside.csv", faulty=0, report=lambda _done, _of: None)
    database.close()
    return time.perf_counter() - start


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.desks", description=__doc__)
    parser.add_argument("--db", required=True, help="an administrator's address of an empty database")
    parser.add_argument("--desks", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--think", type=float, default=3.0, help="seconds between two things a desk does, on the average")
    return parser


if __name__ == "__main__":
    sys.exit(main())
