"""The history in words' raw form, and taking steps back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from db.base import Row
from db.database import about, describe, mark_taken_back, own_change_set
from db.engine import Inverted, engine_of
from db.errors import RuleBroken
from db.merged import merged_on
from db.models.history import ChangeAbout, ChangeSet, RowImage
from db.models.setting import StoredSetting
from db.texts import _

TAKE_BACK = "take_back"
BIG_TAKE_BACK = "big_take_back"  # what `Database.before_step` hears when much is about to be undone


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change set. `taken_back` is true when a later one undid it; `takes_back` names the one it undid."""

    id: UUID
    number: int
    at: datetime
    actor: str
    verb: str
    details: dict[str, Any]
    takes_back: UUID | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking back did: how many rows were undone, and which were kept because they were touched since."""

    change_set: UUID | None  # None when there was nothing left to undo
    undone: int
    kept: tuple[tuple[str, UUID], ...]


def history_query(about: UUID | None = None) -> Select[Any]:
    """Change sets, newest last number first; `about` narrows to one record."""
    later = aliased(ChangeSet)
    query = select(
        ChangeSet.id,
        ChangeSet.number,
        ChangeSet.at,
        ChangeSet.actor_name,
        ChangeSet.verb,
        ChangeSet.details,
        ChangeSet.takes_back,
        exists().where(later.takes_back == ChangeSet.id).label("taken_back"),
    )
    if about is not None:
        query = query.join(ChangeAbout, ChangeAbout.change_set == ChangeSet.number).where(ChangeAbout.ref == about)
    return query


def history(
    session: Session,
    *,
    about: UUID | None = None,
    before: int | None = None,
    limit: int = 100,
    verbs: Collection[str] | None = None,
) -> list[HistoryLine]:
    """The newest `limit` lines, or those before the line numbered `before`; of all verbs, or only of these."""
    query = history_query(about).order_by(ChangeSet.number.desc()).limit(limit)
    if verbs is not None:
        query = query.where(ChangeSet.verb.in_(sorted(verbs)))
    if before is not None:
        query = query.where(ChangeSet.number < before)
    return [line_of(row) for row in session.execute(query)]


def line_of(row: Any) -> HistoryLine:
    """A line from a row of `history_query`."""
    return HistoryLine(
        row.id, row.number, row.at, row.actor_name, row.verb, row.details or {}, row.takes_back, bool(row.taken_back)
    )


def last_step(session: Session, kind: type[Row], row_id: UUID) -> HistoryLine | None:
    """The step that changed this row last, or removed it; None when it never was there."""
    mapped: Any = kind
    now = select(mapped.changed_in).where(mapped.id == row_id).scalar_subquery()
    row = session.execute(history_query().where(ChangeSet.id == now)).one_or_none()
    if row is None:
        gone = select(RowImage.change_set).where(RowImage.row_id == row_id)
        query = history_query().where(ChangeSet.id.in_(gone)).order_by(ChangeSet.number.desc()).limit(1)
        row = session.execute(query).one_or_none()
    return line_of(row) if row is not None else None


def setting_step(session: Session, name: str) -> HistoryLine | None:
    """The step that changed a setting of the office last; None when it was never set."""
    own = session.scalar(select(StoredSetting.id).where(StoredSetting.key == name, StoredSetting.user_id.is_(None)))
    return last_step(session, StoredSetting, own) if own is not None else None


def find_change_set(session: Session, short_id: str) -> HistoryLine:
    """The change set whose id begins with `short_id`, or ends with it (ids made together begin alike).

    Raises:
        RuleBroken: none or several fit.
    """
    wanted = short_id.replace("-", "").lower()
    if len(wanted) < 4 or not all(c in "0123456789abcdef" for c in wanted):
        raise RuleBroken(_("{id} is not an id."), _("Give at least four characters of it."), id=short_id)
    fitting = [
        row for row in session.execute(select(ChangeSet.id)).scalars() if row.hex.startswith(wanted) or row.hex.endswith(wanted)
    ]
    if len(fitting) != 1:
        text = _("Several changes fit {id}.") if fitting else _("No change has the id {id}.")
        raise RuleBroken(text, _("Look it up in the history."), id=short_id)
    return line_of(session.execute(history_query().where(ChangeSet.id == fitting[0])).one())


def take_back(session: Session, change_set: UUID, reason: str = "") -> TakenBack:
    """Undo one change set, inside a write scope whose verb is `TAKE_BACK`.

    Rows touched since are kept with what hangs on them, and listed. Taking back a taking back does it again.

    Args:
        reason: Why, in the words of whoever does it; the history keeps it.

    Raises:
        RuleBroken: there is no such change set, it was taken back already, or something newer stands in the way.
    """
    line = _standing(session, change_set)
    connection = session.connection()
    if engine_of(connection).is_big(connection, change_set):
        session.info["before_step"](BIG_TAKE_BACK)
    done = _invert(session, change_set, passing=False)
    named = session.execute(select(ChangeAbout.ref).where(ChangeAbout.change_set == line.number)).scalars()
    mark_taken_back(session, change_set, areas=done.areas)
    about(session, *named)
    again = line.verb == TAKE_BACK  # what was taken back is done again, or the other way round
    own = {"verb": line.details.get("verb", ""), "again": not line.details.get("again")} if again else {"verb": line.verb}
    describe(session, **{**line.details, **own, "kept": len(done.kept), "reason": reason})
    return TakenBack(own_change_set(session) if done.undone else None, done.undone, done.kept)


def rehearse(session: Session, change_set: UUID) -> TakenBack:
    """What `take_back` would do now, found by doing it in a write scope that does nothing else and therefore leaves no trace.

    Raises:
        RuleBroken: as for `take_back`.
    """
    _standing(session, change_set)
    done = _invert(session, change_set, passing=True)
    return TakenBack(None, done.undone, done.kept)


def _standing(session: Session, change_set: UUID) -> HistoryLine:
    row = session.execute(history_query().where(ChangeSet.id == change_set)).one_or_none()
    if row is None:
        raise RuleBroken(_("There is nothing to take back."), _("Reload the history."))
    line = line_of(row)
    if line.taken_back:
        raise RuleBroken(_("This was already taken back."), _("Take the taking back itself back to have it again."))
    if merged_on(session, change_set):
        raise RuleBroken(
            _("The record that stayed was itself merged into another one since."), _("Take the later merge back first.")
        )
    return line


def _invert(session: Session, change_set: UUID, *, passing: bool) -> Inverted:
    connection = session.connection()
    engine = engine_of(connection)
    before = engine.changes(connection)
    done = engine.invert(connection, change_set, own_change_set(session))
    session.expire_all()
    if passing or not done.undone:  # only helper tables were written, or nothing shall stay; that is no step
        session.info["passing"] = session.info.get("passing", 0) + engine.changes(connection) - before
    return done
