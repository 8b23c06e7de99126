"""What fills the words of the history may be looked up as the step is closed: that spares a journey to the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.engine import Question, engine_of
from db.prepared import Prepared

_KEY = "late"


class Late(NamedTuple):
    """What is still to be found. The statement gives one row with one JSON object, or none where nothing may be saved."""

    statement: Prepared
    values: dict[str, Any]
    at_once: Callable[[Session], None]

    def question(self, connection: Connection) -> Question:
        """As the engine asks it."""
        ready = self.statement.compiled(connection.dialect)
        return ready.sql, ready.parameters(self.values)


def describe_late(session: Session, late: Late) -> None:
    """Let the engine fill the words of the open change set as it closes it, where that spares anything.

    `at_once` does the same now, or says in words what is wrong; it is called, too, after the step was refused. The words are
    those of one record: of a second one they are filled at once.
    """
    earlier = late_of(session)
    if earlier is None and engine_of(session.connection()).describes_late:
        session.info[_KEY] = late
        return
    for one in (earlier, late):
        if one is not None:
            one.at_once(session)
    session.info.pop(_KEY, None)


@contextmanager
def refused_in_words(session: Session) -> Iterator[None]:
    """Around a step: where it is refused before its words were found, looking for them now tells what was wrong."""
    try:
        yield
    except IntegrityError:
        if (late := late_of(session)) is not None:
            session.rollback()
            late.at_once(session)
        raise


def late_of(session: Session) -> Late | None:
    """What the open change set is still to be told."""
    found: Late | None = session.info.get(_KEY)
    return found
