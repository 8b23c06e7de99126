"""Putting back one line of a change set: one value of one row, one row that was removed, or one that was added.

Only for the tables in which a single row means something by itself. It is written like any other change, with the rights
of whoever does it, and is a change set of its own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from db.base import Key, Moment, Row
from db.database import about, describe
from db.errors import RuleBroken
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from db.row_changes import RowChange, key_of
from db.texts import _

PUT_BACK = "put_back"
BOOKKEEPING = frozenset({"version", "made_in", "changed_in"})
KINDS: dict[str, type[Row]] = {"person": Person, "contact_point": ContactPoint, "role": Role, "task": Task}
COMING_AND_GOING = frozenset({"contact_point", "role"})  # whose rows may be removed and brought back one by one
# What is worked out from each other goes back together.
TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    "person": (frozenset({"family", "given", "name_key"}),),
    "contact_point": (frozenset({"value", "normal", "national"}), frozenset({"city", "city_key"})),
}


def can_put_back(change: RowChange, column: str = "") -> bool:
    """Whether `put_back` knows how; rights and what came later are looked at when it is done."""
    if change.operation == "changed":
        return change.area in KINDS and column in change.moved and column not in BOOKKEEPING
    return change.area in COMING_AND_GOING and not column


def put_back(session: Session, change: RowChange, column: str = "") -> None:
    """Undo one line, inside a write scope whose verb is `PUT_BACK`.

    Args:
        column: Of a changed row the value to put back, with what is worked out from it; of other rows empty.

    Raises:
        RuleBroken: the value was changed again since, or the row is gone, or is there again.
    """
    kind: Any = KINDS[change.area]
    row = session.get(kind, change.row_id)
    if change.operation == "removed":
        if row is not None:
            raise RuleBroken(_("This is there again already."), _("Reload the history."))
        _require_person(session, change)
        values = {name: _value(kind, name, change.before[name]) for name in change.before if name not in BOOKKEEPING}
        session.add(kind(**values))
    elif row is None:
        raise RuleBroken(_("This is no longer there."), _("Reload the history."))
    elif change.operation == "made":
        _require_unchanged(row, change, [name for name in change.after if name not in BOOKKEEPING])
        session.delete(row)
    else:
        columns = _with(change, column)
        _require_unchanged(row, change, columns)
        for name in columns:
            setattr(row, name, _value(kind, name, change.before[name]))
    session.flush()
    if change.person_id is not None:
        about(session, change.person_id)
    describe(session, table=change.area, column=column)


def _with(change: RowChange, column: str) -> list[str]:
    group = next((group for group in TOGETHER.get(change.area, ()) if column in group), frozenset({column}))
    return [name for name in change.before if name in group]


def _require_unchanged(row: Any, change: RowChange, columns: list[str]) -> None:
    kind = type(row)
    if any(getattr(row, name) != _value(kind, name, change.after[name]) for name in columns):
        raise RuleBroken(
            _("This was changed again since."), _("Nothing was changed. Take the later change back first, or change it by hand.")
        )


def _require_person(session: Session, change: RowChange) -> None:
    if change.person_id is None or session.get(Person, change.person_id) is None:
        raise RuleBroken(_("This person is no longer there."), _("Look in the history: adding them may have been taken back."))


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
