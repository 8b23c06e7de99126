"""What differs between a database file and a server, behind one face."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import sqlalchemy
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from db.actor import Actor
    from db.changes import Moved
    from db.replica import Replica
    from db.schema import Part
    from db.search_text import Source, Told

_SELF = "kontinuum_engine"  # the execution option under which a connection knows its engine


# A statement in the engine's own writing (`?` for values in a file, `$1` on a server) and its values.
Question = tuple[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What the history keeps of a write scope. `about` holds no more records than are named one by one.

    `wrote` is not kept: how many rows the scope wrote, by which an engine knows whether its tables are to be measured anew.
    `late` gives more of `details`, for an engine that looks it up itself; where it gives no row, nothing may be saved.
    """

    change_set: UUID
    at: datetime
    actor_id: UUID
    actor_name: str
    verb: str
    details: dict[str, Any] | None
    takes_back: UUID | None
    about: Sequence[UUID]
    areas: Set[str]
    wrote: int
    late: Question | None = None


@dataclass(frozen=True, slots=True)
class Inverted:
    """What taking back did: rows undone, and the rows kept because somebody touched them since."""

    undone: int
    kept: tuple[tuple[str, UUID], ...]  # (table, row id)
    areas: frozenset[str]  # tables in which something was undone


class Engine(Protocol):
    """One open database of one kind. `name` is what errors and titles call it.

    All methods that take a connection work inside its transaction.
    """

    name: str
    describes_late: bool  # whether it looks up `Step.late` itself, because that spares something
    reader: sqlalchemy.Engine
    writer: sqlalchemy.Engine

    @property
    def replica(self) -> Replica | None:
        """A copy that may answer for lists."""

    def told(self) -> AbstractContextManager[None]:
        """Raise `Unavailable` in words for every fault of the world; defects pass through."""

    def committing(self) -> AbstractContextManager[None]:
        """Around a commit, whose failure may leave in doubt what is stored."""

    def start(self, failing: ExitStack) -> None:
        """Make `reader` and `writer`; what must be undone should the opening fail goes onto `failing`."""

    def refuse_strangers(self, connection: Connection) -> None:
        """Never put our tables among another program's.

        Raises:
            Unavailable: the database is not empty and not ours.
        """

    def before_upgrade(self, behind: Sequence[Part], fresh: bool, now: datetime) -> None:
        """Make sure of what must be before tables are made or changed; `fresh` when there is nothing yet.

        Raises:
            Unavailable: a copy cannot be made, or tables are not to be changed by whoever opens the database; then the
                error says whose tables (see `schema.blamed`).
        """

    def upgrading(self) -> AbstractContextManager[Connection]:
        """A transaction in which tables are made and changed: all of it, or nothing."""

    def lay_bare(self, connection: Connection, fresh: bool) -> None:
        """Take away what guards the tables, so that revisions may change them; make what must be there first."""

    def equip(self, connection: Connection, sources: Sequence[Source]) -> None:
        """Put the guards, the history and the search index upon the tables as they now are."""

    def open_step(self, connection: Connection, change_set: UUID) -> None:
        """Open the change set that all rows written from now on must name."""

    def close_step(self, connection: Connection, step: Step) -> None:
        """Write the step into the history; nothing more may be written in this transaction."""

    def settle(self, session: Session, actor: Actor, change_set: UUID, now: datetime) -> None:
        """After the step is in the history: what it brought in of protected people goes where they are."""

    def end_step(self) -> None:
        """The write scope is over, however it went."""

    def queue(self, connection: Connection, what: str) -> None:
        """Wait until no other desk is at the same; nobody else is from now to the end of the step."""

    def hold_still(self, connection: Connection, people: Sequence[UUID]) -> None:
        """Let nobody else change these people, or add anything about them, until this step ends: what is read now stays so."""

    def hint(self, connection: Connection, areas: Set[str]) -> None:
        """Let other programs hear, once this is committed, that machine state moved in these tables; the history names no such."""

    def assure(self, connection: Connection) -> None:
        """Write what makes the coming commit confirm everything stored before it, too."""

    def confirmed(self, connection: Connection) -> bool:
        """After a commit: whether it is as safe as was promised, a second server among it."""

    def follow(self, heard: Callable[[Moved], None], reached: Callable[[bool], None]) -> Callable[[], None]:
        """Tell from now on, in another thread, of each change set stored, until the answer is called.

        Args:
            heard: Told of each, whoever made it.
            reached: Told when the database cannot be reached, when another one answers in its place, and when it is there again.
        """

    def astray(self) -> bool:
        """Whether another database was met in the place of this one when it was last looked for."""

    def changes(self, connection: Connection) -> int:
        """How many rows this connection ever wrote, passing ones among them; two counts tell whether a step did anything."""

    def ready(
        self, dialect: Dialect, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
    ) -> Callable[[Connection], None]:
        """Get many rows ready to be taken in, without the database; the answer takes them. `same` holds what is the same in each."""

    def ask(self, connection: Connection, *asked: Question) -> list[list[tuple[Any, ...]]]:
        """Every row of the answer to each of these; on a server all of them take one journey."""

    def add(self, connection: Connection, statement: str, values: Sequence[Any]) -> None:
        """Write one row of which nobody asks anything: it may be refused only by what is said next, or by the commit."""

    def is_big(self, connection: Connection, change_set: UUID) -> bool:
        """Whether the change set moved so much that a copy is worth its while before it is undone."""

    def invert(self, connection: Connection, change_set: UUID, own: UUID) -> Inverted:
        """Undo `change_set` inside the open change set `own`.

        A row it made goes unless it was changed since or something younger refers to it; a kept row keeps everything of
        the same change set that hangs on it or that it hangs on. A row it changed or removed gets its former values back
        unless it was changed since.

        Raises:
            RuleBroken: what would come back belongs to something that is gone, or its place is taken.
        """

    def erase(self, connection: Connection, person: UUID, named: UUID | None, sources: Sequence[Source], now: datetime) -> bool:
        """Take away all that is known of a person inside the open change set, with its images and what steps say of them.

        Rows the change set changed before stay as it left them, without what they held earlier; those that refer to `named`
        stay with all that hangs on them. False when nobody is there by that id.
        """

    def forget_rows(
        self, connection: Connection, table: str, rows: Mapping[UUID, int], said: Sequence[str], now: datetime
    ) -> int:
        """Take these rows away inside the open change set, where they have their version still, with images and what hangs on them.

        Steps lose the texts of the columns `said`. How many are gone.
        """

    def name_apart(self, connection: Connection, own: UUID, family: str, given: str, key: bytes, now: datetime) -> bool:
        """Store a retired record that holds a name and nothing else, for whoever may erase but not add people.

        False where it is stored as any other record.
        """

    def wipe(self) -> bool:
        """Let nothing of removed rows stay where the database lies, as far as it is for the program to do; False when somebody
        still reads what it was, so that it will be gone later.
        """

    def row_changes(self, connection: Connection, change_set: UUID, areas: Sequence[str], most: int) -> Iterable[tuple[Any, ...]]:
        """What a change set did in these tables.

        Lines of table, what was done, key, image before, image after and how many: first how many rows of a table were made,
        changed and removed, without a key; then single rows, `most` of them in all.
        """

    def person_trail(
        self, connection: Connection, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
    ) -> Iterable[tuple[Any, ...]]:
        """How rows stood before each step that changed ("u") or removed ("d") them, in the order of time, and as they are ("now").

        Lines of change set (none for "now"), table, key, what was done, and image: of the rows given, and of those that
        referred to one of the people in one of the columns when a step about them removed them.
        """

    def refresh_search(
        self, connection: Connection, sources: Iterable[Source], change_set: UUID, areas: Set[str], told: Told | None
    ) -> None:
        """Bring the search index up to date with the open change set, which wrote to the tables `areas`.

        Args:
            told: Texts of new records that need not be read again.
        """

    def rebuild_search(self, connection: Connection, sources: Iterable[Source]) -> None:
        """Read every findable record anew."""


def engine_for(address: Path | str, *, upgrades: bool, seen: Path | None = None, copies: str = "") -> Engine:
    """The engine for a file, or for a server by its libpq address (`postgresql://…` or `host=… dbname=…`).

    Args:
        upgrades: Whether opening a server may make and change its tables. A file is always brought up to date.
        seen: The file in which this computer remembers what it saw of servers; without one, only in memory.
        copies: The hosts of copies of a server, which answer for lists.
    """
    if isinstance(address, Path):
        from db.sqlite.engine import SqliteEngine

        return SqliteEngine(address)
    from db.postgresql.engine import PostgresqlEngine  # loads the driver, which a file does not need

    return PostgresqlEngine(address, upgrades=upgrades, seen=seen, copies=copies)


def marked(engine: Engine) -> dict[str, Any]:
    """The execution options by which connections of this engine are known."""
    return {_SELF: engine}


def engine_of(connection: Connection) -> Engine:
    """The engine a connection belongs to."""
    engine: Engine = connection.get_execution_options()[_SELF]
    return engine


def one_at_a_time(session: Session, what: str) -> None:
    """Before a rule is looked up that the tables themselves do not keep: no other desk does the same until this step ends.

    What is read from here on is what others left. `what` names the rule and what it is about, such as a number.
    """
    connection = session.connection()
    engine_of(connection).queue(connection, what)


def hold_still(session: Session, people: Sequence[UUID]) -> None:
    """Before people are looked at who will be taken away: no other desk changes them, or adds anything, until this step ends."""
    connection = session.connection()
    engine_of(connection).hold_still(connection, people)
