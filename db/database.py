"""The database: read and write scopes, and the only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import schema
from db.actor import Actor
from db.base import Row, new_id
from db.changes import Moved
from db.engine import Step, engine_for
from db.errors import Conflict, InDoubt, Unavailable
from db.late import late_of, refused_in_words
from db.models.history import ChangeSet
from db.replica import NotNow, ReplicaState
from db.search import PersonSource
from db.texts import _
from db.writer import Writer, let_go

if TYPE_CHECKING:
    from db.search_text import Source, Texts

T = TypeVar("T", bound=Row)
Answer = TypeVar("Answer")
Listener = Callable[[Moved], None]
ABOUT_AT_MOST = 500  # a change set about more records than this does not name them one by one


def utc_now() -> datetime:
    """The clock that stamps change sets unless another is given."""
    return datetime.now(UTC)


class Database:
    """One open database. Safe to use from several threads: readers run side by side, writers take turns."""

    def __init__(
        self,
        address: Path | str,
        *,
        parts: Sequence[schema.Part] = (),
        sources: Sequence[Source] = (),
        now: Callable[[], datetime] = utc_now,
        upgrades: bool = True,
        seen: Path | None = None,
        copies: str = "",
    ) -> None:
        """Open the file or server, make what is not there, bring it up to date.

        Args:
            address: A file, or a server's address as libpq takes it (`postgresql://…` or `host=… dbname=…`).
            parts: The modules' lines of revisions; the core's own comes first by itself.
            sources: What modules add to the search box.
            upgrades: Whether opening a server may make and change its tables. A file is always brought up to date.
            seen: The file in which this computer remembers what it saw of servers; without one, only in memory.
            copies: The hosts of copies of a server, which answer for lists and counts.

        Raises:
            Unavailable: it cannot be opened, is no Kontinuum database, or is newer than this program.
        """
        self.address, self._now = address, now
        self.before_step: Callable[[str], None] = lambda _verb: None  # told of each step's verb before it begins
        self._idle: list[Session] = []  # readers' sessions on open connections: making them costs more than a short read
        self._listeners: list[Listener] = []
        self._watchers: list[Callable[[bool], None]] = []
        self._own: dict[UUID, Moved | None] = {}  # steps begun here that are still to be heard of; what a doubtful one moved
        self._unfollow: Callable[[], None] | None = None
        self.reachable = True  # as far as is known
        self._sources: tuple[Source, ...] = (PersonSource(), *sources)
        self.parts = (schema.CORE_PART, *parts)
        self.engine = engine = engine_for(address, upgrades=upgrades, seen=seen, copies=copies)
        with engine.told(), ExitStack() as failing:
            engine.start(failing)
            self._writer = Writer(engine)
            failing.callback(self.close)
            self._bring_up_to_date()
            failing.pop_all()  # it stands: nothing to close

    @property
    def name(self) -> str:
        """What people call it: the file's name, or the server's."""
        return self.engine.name

    @property
    def astray(self) -> bool:
        """Whether another database answers at its address just now, so that it cannot be reached."""
        return not self.reachable and self.engine.astray()

    @property
    def path(self) -> Path:
        """The file.

        Raises:
            Unavailable: it is on a server.
        """
        if isinstance(self.address, Path):
            return self.address
        raise Unavailable(
            _("{name} is on a server, not in a file."),
            _("Copies of it are made on the server; ask its administrator."),
            name=self.name,
        )

    def close(self) -> None:
        """Close every connection; the write-ahead log is folded into the file."""
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None
        self._let_readers_go()
        self._writer.close()
        if self.engine.replica is not None:
            self.engine.replica.close()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each commit, in the thread that committed, until the answer is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def watch(self, watcher: Callable[[bool], None]) -> Callable[[], None]:
        """Call `watcher`, in any thread, when a server that is followed is gone, and when it is there again."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def follow(self) -> None:
        """From now on tell the listeners of what other programs save, too, and the watchers whether the server is there.

        Raises:
            Unavailable: the database cannot be reached.
        """
        with self.engine.told():
            self._unfollow = self.engine.follow(self._heard, self._reached)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the data and cannot write."""
        with self.engine.told():
            try:
                session = self._idle.pop()
            except IndexError:
                session = Session(bind=self.engine.reader.connect())
            try:
                yield session
            finally:
                session.close()  # gives up its moment; the connection stays for the next reader
                self._idle.append(session)

    def answer(self, work: Callable[[Session], Answer]) -> Answer:
        """What `work` reads, from a copy of the server where there is one that has all this desk saved or heard of.

        `work` is begun anew on the server where the copy breaks off.
        """
        replica = self.engine.replica
        if replica is not None:
            with suppress(NotNow), replica.read() as session:
                return work(session)
        with self.read() as session:
            return work(session)

    @property
    def replica(self) -> ReplicaState | None:
        """How the copy stands that answers for lists; None where there is none."""
        return self.engine.replica.state if self.engine.replica is not None else None

    @contextmanager
    def write(
        self,
        actor: Actor,
        verb: str,
        about: Iterable[UUID] = (),
        details: dict[str, Any] | None = None,
        *,
        change_set: UUID | None = None,
    ) -> Iterator[Session]:
        """One named step: all of it is saved, or nothing.

        Args:
            verb: What is done; a manifest gives it words.
            about: The records the step is about. Services may add more with `about`.
            details: Plain values that fill the words of the history. Services may add more with `describe`.
            change_set: The id, made before the first try, when the caller may have to try again.

        Raises:
            Conflict: a row was changed by somebody else since it was read.
            Unavailable: the file, disk or server does not allow it; nothing was saved.
        """
        own = change_set or new_id()
        named = set(about)
        engine = self.engine
        self.before_step(verb)
        with self._writer.transaction() as (connection, session, areas), refused_in_words(session):
            session.info.update(
                change_set=own, actor=actor, about=named, details=dict(details or {}), areas=areas, sources=self._sources,
                before_step=self.before_step, now=self._now,
            )  # fmt: skip
            engine.open_step(connection, own)
            start = engine.changes(connection)
            yield session
            session.flush()
            wrote = engine.changes(connection) - start
            if wrote == session.info.get("passing", 0):
                session.rollback()
                return
            engine.refresh_search(connection, self._sources, own, areas, session.info.get("told"))
            late = late_of(session)
            engine.close_step(connection, Step(
                own, self._now(), actor.id, actor.name, verb, session.info["details"] or None, session.info.get("takes_back"),
                tuple(named) if len(named) <= ABOUT_AT_MOST else (), areas, wrote,
                late.question(connection) if late is not None else None,
            ))  # fmt: skip
            engine.settle(session, actor, own, self._now())
            moved = Moved(frozenset(areas), frozenset(named), own)
            if self._unfollow is not None:
                self._own.setdefault(own, None)
            try:
                with engine.committing():
                    session.commit()
            except InDoubt:
                self._own[own] = moved
                raise
            if not engine.confirmed(connection):
                moved = replace(moved, confirmed=False)
        self._tell(moved)

    @contextmanager
    def upkeep(self, *, quiet: bool = False) -> Iterator[Session]:
        """A write scope for machine state such as leases: no history, and kept rows refuse it. Other desks hear of it too.

        Args:
            quiet: Tell no listener and no other desk, for what no page shows.
        """
        with self._writer.transaction() as (connection, session, areas):
            session.info.update(areas=areas, sources=self._sources, now=self._now)
            yield session
            session.flush()
            if areas and not quiet:
                self.engine.hint(connection, areas)
            with self.engine.committing():
                session.commit()
        if not quiet:
            self._tell(Moved(frozenset(areas)))
        elif self.engine.replica is not None:
            self.engine.replica.moved()

    def saved(self, change_set: UUID) -> bool:
        """True when this change set is stored: the sure answer after a doubtful save."""
        with self.read() as session:
            return session.scalar(select(ChangeSet.number).where(ChangeSet.id == change_set)) is not None

    def own_is_stored(self, change_set: UUID) -> None:
        """Tell the listeners of a step that was in doubt and turned out to be stored.

        Its own commit may have been broken off before a second server had it, so that is asked for once more.

        Raises:
            Unavailable: the server is gone again.
        """
        moved = self._own.get(change_set)
        if moved is not None:
            with self._writer.transaction() as (connection, session, _areas):
                self.engine.assure(connection)
                with self.engine.committing():
                    session.commit()
                confirmed = self.engine.confirmed(connection)
            self._own[change_set] = None
            self._tell(replace(moved, confirmed=confirmed))

    def _heard(self, moved: Moved) -> None:
        if moved.change_set in self._own:
            if self._own[moved.change_set] is None:
                del self._own[moved.change_set]
        else:
            self._tell(moved)

    def _reached(self, there: bool) -> None:
        self.reachable = there
        for watcher in tuple(self._watchers):
            watcher(there)

    def _let_readers_go(self) -> None:
        while self._idle:
            let_go(self._idle.pop())
        self.engine.reader.dispose()

    def _tell(self, moved: Moved) -> None:
        if self.engine.replica is not None:
            self.engine.replica.moved()
        for listener in tuple(self._listeners):
            listener(moved)

    def _bring_up_to_date(self) -> None:
        engine = self.engine
        with engine.reader.connect() as connection:
            behind = schema.outdated(connection, self.parts)
            fresh = schema.stored(connection, schema.CORE_PART) is None
            if fresh:
                engine.refuse_strangers(connection)
        if not behind:
            return
        engine.before_upgrade(behind, fresh, self._now())
        with engine.upgrading() as connection:
            engine.lay_bare(connection, schema.stored(connection, schema.CORE_PART) is None)
            schema.upgrade(
                connection, schema.outdated(connection, self.parts)
            )  # asked again: another program may have been first
            engine.equip(connection, self._sources)
        self._let_readers_go()

    def wipe(self) -> bool:
        """Let nothing of what was erased stay where the data lie; False while somebody still reads what it was.

        Raises:
            Unavailable: the file or disk does not allow it now.
        """
        with self._writer.turn, self.engine.told():
            return self.engine.wipe()

    def rebuild_search(self) -> None:
        """Read every findable record anew; for a damaged index."""
        with self.engine.told(), self.engine.writer.begin() as connection:
            self.engine.rebuild_search(connection, self._sources)


def about(session: Session, *refs: UUID) -> None:
    """Name further records the open change set is about."""
    session.info["about"].update(refs)


def describe(session: Session, **details: Any) -> None:
    """Add plain values that fill the words of the open change set in the history."""
    session.info["details"].update(details)


def tell_search(session: Session, kind: str, texts: Texts) -> None:
    """Give the search texts of new records, so that the index need not read the records again.

    Args:
        texts: By the record's id. With each goes how many rows were added for it to the tables that the kind's texts are read
            from: where the step added or changed more, the records are read. A record that was there before, and only got
            rows, goes without a text, and so does one of which something was told already.
    """
    told: Texts = session.info.setdefault("told", {}).setdefault(kind, {})
    for record, (rows, text) in texts.items():
        before = told.get(record)
        told[record] = (rows, text) if before is None else (before[0] + rows, None)


def own_change_set(session: Session) -> UUID:
    """The id of the open change set, for instance to offer taking it back later."""
    own: UUID = session.info["change_set"]
    return own


def mark_taken_back(session: Session, change_set: UUID, *, areas: frozenset[str]) -> None:
    """Say that the open change set undoes another, and which tables that moved."""
    session.info["takes_back"] = change_set
    session.info["areas"].update(areas)


def stamps(session: Session) -> dict[str, Any]:
    """The bookkeeping columns for a bulk insert; ids are the caller's to make."""
    own = session.info["change_set"]
    return {"version": 1, "made_in": own, "changed_in": own}


def take(session: Session, kind: type[T], row_id: UUID, version: int) -> T:
    """The row, if it still is as the form read it.

    Raises:
        Conflict: it was changed or removed since.
    """
    row = session.get(kind, row_id)
    if row is None or row.version != version:
        raise Conflict(
            _("Someone else changed this record while you had it open.") if row else _("This record is no longer there."),
            _("Nothing was overwritten. Reload to see their changes; yours stay in the form until you close it."),
        )
    return row
