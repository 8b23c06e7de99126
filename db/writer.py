"""The one who writes: a session on the writing connection at a time, kept ready for the next step, with what it touched noted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.base import Row, metadata
from db.engine import Engine
from db.errors import Conflict
from db.texts import _


class Writer:
    """Writers of one database take turns, as `turn` has it: whoever needs that nobody writes takes it, too."""

    def __init__(self, engine: Engine) -> None:
        self.turn = threading.RLock()
        self._engine = engine
        self._areas: set[str] = set()  # tables the open transaction wrote to
        self._spare: Session | None = None  # on an open connection, while nobody writes: making it costs more than a short step
        self._open = True
        event.listen(engine.writer, "after_execute", self._moved)

    def close(self) -> None:
        """Close the connection, now or when whoever has it is done."""
        self._open = False
        if (spare := self._spare) is not None:
            self._spare = None
            let_go(spare)
        self._engine.writer.dispose()

    @contextmanager
    def transaction(self) -> Iterator[tuple[Connection, Session, set[str]]]:
        """The connection, its session and the tables written to so far; what the caller does not commit is given up.

        Raises:
            Conflict: a row was changed by somebody else since it was read.
        """
        with self.turn, self._engine.told():
            session, self._spare = self._spare or _WriteSession(bind=self._engine.writer.connect()), None
            self._areas, went_well = set(), False
            try:
                # The session begins the transaction, so that its commit ends it.
                yield session.connection(), session, self._areas
                went_well = True
            except StaleDataError as stale:
                raise Conflict(
                    _("Someone else changed this record while you had it open."),
                    _("Nothing was overwritten. Reload to see their changes; yours stay in the form until you close it."),
                ) from stale
            finally:
                self._engine.end_step()
                session.close()
                session.info.clear()
                connection: Any = session.get_bind()
                if went_well and self._open and self._spare is None and not connection.invalidated:
                    connection.connection.driver_connection.rollback()  # of what the caller gave up, nothing stays unsaid
                    self._spare = session
                else:
                    let_go(session)

    def _moved(self, _connection: Any, clause: Any, *_rest: Any) -> None:
        # Nobody hears of what is kept of protected people. A revision names tables that have no catalogue.
        if clause.is_dml and getattr(clause.table, "metadata", metadata) is metadata:
            self._areas.add(clause.table.name)


def let_go(session: Session) -> None:
    """Give back the connection a session was made on."""
    connection: Any = session.get_bind()
    connection.close()


class _WriteSession(Session):
    """A session whose kept rows carry the open change set."""


@event.listens_for(_WriteSession, "before_flush")
def _stamp_rows(session: Session, *_rest: Any) -> None:
    own: Any = session.info.get("change_set")
    for row in session.new:
        if isinstance(row, Row):
            row.made_in = row.changed_in = own
    for row in session.dirty:
        if isinstance(row, Row) and session.is_modified(row):
            row.changed_in = own
