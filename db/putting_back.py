"""Putting back one line of a change set: one value of one row, one row that was removed, or one that was added.

It is written like any other change, with the rights of whoever does it, and is a change set of its own. What a table allows of it
its module says as `Back`, or in words why it allows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.access import Writable
from db.base import Key, Moment, Row
from db.database import about, describe
from db.errors import RuleBroken
from db.merged import refuse_merged
from db.models.person import Person
from db.row_changes import Operation, RowChange, key_of
from db.texts import Msgid, _

PUT_BACK = "put_back"
BOOKKEEPING = frozenset({"version", "made_in", "changed_in"})
WHOLE = _("It belongs together with the rest of its change. Take the whole change back.")
ONE_VALUE = _("Choose one of the values below it.")
NOT_YOURS = _("Your roles do not let you change this.")

Look = Callable[[Session, Any], None]


def _look_away(session: Session, row: Any) -> None:
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class Back:
    """How lines about rows of `kind` are put back one by one.

    Args:
        together: Columns that are worked out from each other go back together.
        refuses: Why rows that were "made", "changed" or "removed" are not put back alone; those not named here are.
        unread: Columns hardly anybody may read: they are not compared.
        check: Looks at a row as it will be, before it is written; refuses by `RuleBroken`.
        leaves: Looks at a row that is about to go, likewise.
    """

    kind: type[Row]
    together: tuple[frozenset[str], ...] = ()
    refuses: Mapping[Operation, Msgid] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    check: Look = _look_away
    leaves: Look = _look_away

    def with_it(self, change: RowChange, column: str) -> list[str]:
        """The column and those that go back with it."""
        group = next((group for group in self.together if column in group), frozenset({column}))
        return [name for name in change.before if name in group]


def why_not(change: RowChange, column: str, back: Back | Msgid, may: Writable) -> Msgid | None:
    """Why this line is not put back alone; None where `put_back` can try.

    Args:
        column: Of a changed row the value in question.
        may: What the roles of the user let them write. What came later is looked at when it is done.
    """
    if not isinstance(back, Back):
        return back or WHOLE
    if change.operation in back.refuses:
        return back.refuses[change.operation]
    if change.operation == "changed":
        if column not in change.moved or column in BOOKKEEPING:
            return ONE_VALUE
        moving = {name for name in back.with_it(change, column) if name in change.moved}
        return None if moving <= may.changes.get(change.area, frozenset()) else NOT_YOURS
    if change.operation == "made":
        return None if change.area in may.removes else NOT_YOURS
    kind: Any = back.kind
    known = {column.name for column in kind.__table__.columns} - BOOKKEEPING <= change.before.keys()
    return None if known and change.area in may.adds else NOT_YOURS


def put_back(session: Session, change: RowChange, column: str, back: Back) -> None:
    """Undo one line of which `why_not` knows no reason, inside a write scope whose verb is `PUT_BACK`.

    Args:
        column: Of a changed row the value to put back, with what is worked out from it; of other rows empty.

    Raises:
        RuleBroken: the value was changed again since, or the row is gone, or is there again, or a rule of its module speaks against it.
    """
    kind: Any = back.kind
    row = session.get(kind, change.row_id)
    if change.operation == "removed":
        if row is not None:
            raise RuleBroken(_("This is there again already."), _("Reload the history."))
        row = kind(**{name: _value(kind, name, change.before[name]) for name in change.before if name not in BOOKKEEPING})
        _require_targets(session, row)
        back.check(session, row)
        session.add(row)
    elif row is None:
        raise RuleBroken(_("This is no longer there."), _("Reload the history."))
    elif change.operation == "made":
        _require_unchanged(row, change, [name for name in change.after if name not in BOOKKEEPING | back.unread])
        back.leaves(session, row)
        session.delete(row)
    else:
        columns = back.with_it(change, column)
        _require_unchanged(row, change, columns)
        with session.no_autoflush:  # a rule is looked at before the database is asked
            for name in columns:
                setattr(row, name, _value(kind, name, change.before[name]))
            back.check(session, row)
    session.flush()
    people = [getattr(row, name) for name in _references(kind, Person.__tablename__)]
    people = [change.row_id] if kind is Person else [person for person in people if person is not None]
    about(session, *(people or [change.row_id]))
    describe(session, table=change.area, column=column)


def _require_unchanged(row: Any, change: RowChange, columns: list[str]) -> None:
    kind = type(row)
    if any(getattr(row, name) != _value(kind, name, change.after[name]) for name in columns):
        raise RuleBroken(
            _("This was changed again since."), _("Nothing was changed. Take the later change back first, or change it by hand.")
        )


def _references(kind: Any, table: str = "") -> list[str]:
    """The columns that refer to rows of a table, or of any."""
    keys = [key for key in kind.__table__.foreign_keys if not table or key.column.table.name == table]
    return [key.parent.name for key in keys]


def _require_targets(session: Session, row: Any) -> None:
    """What the row belongs to has to be there; a record that only leads on takes nothing."""
    for key in type(row).__table__.foreign_keys:
        held, table = getattr(row, key.parent.name), key.column.table
        if held is None:
            continue
        if session.execute(select(key.column).where(key.column == held)).first() is None:
            if table.name == Person.__tablename__:
                raise RuleBroken(
                    _("This person is no longer there."), _("Look in the history: adding them may have been taken back.")
                )
            raise RuleBroken(_("What it belongs to is no longer there."), _("Look in the history: it may have been taken back."))
        if table.name == Person.__tablename__:
            refuse_merged(session, held)


def _value(kind: Any, column: str, kept: Any) -> Any:
    """A value of an image as the mapper holds it; files and servers write keys, bytes and moments differently."""
    if kept is None:
        return None
    held = kind.__table__.columns[column].type
    if isinstance(held, Key):
        return key_of(kept)
    if isinstance(held, Moment):
        moment = datetime.fromisoformat(kept)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if held.python_type is bytes:
        return bytes.fromhex(kept.removeprefix("\\x"))
    return date.fromisoformat(kept) if held.python_type is date else kept
