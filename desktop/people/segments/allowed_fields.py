"""What segments may ask about what people allow: their consents, and the ways by which they are not to be contacted. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from db.models.consent import ALL_CHANNELS, BLOCKABLE, Consent, ContactBlock
from desktop.core.contacting.purposes import purposes
from desktop.core.texts import Texts
from desktop.people.segments.comparing import Owned, day_begins
from desktop.people.segments.core_fields import Choices, as_ids
from desktop.people.segments.definition import Value
from desktop.people.segments.fields import Asked, Made


def consent(asked: Asked) -> Made:
    """The purposes somebody consents to today: their newest word counts, and of two at one moment the one that says no."""
    later = aliased(Consent)
    newer = or_(
        later.at > Consent.at,
        and_(later.at == Consent.at, or_(later.state != "given", later.id > Consent.id)),
    )
    overruled = exists().where(later.person_id == Consent.person_id, later.purpose_id == Consent.purpose_id, newer)
    holds = or_(Consent.ends_at.is_(None), Consent.ends_at > day_begins(asked.today, asked))
    given = select(Consent.person_id).where(Consent.state == "given", holds, not_(overruled))
    return _among(given, Consent.person_id, lambda codes: Consent.purpose_id.in_(as_ids(codes)))


def stopped(asked: Asked) -> Made:
    """The ways by which somebody is not to be contacted today; a stop of all contact is one of each."""
    holds = or_(ContactBlock.ends_at.is_(None), ContactBlock.ends_at > day_begins(asked.today, asked))
    stops = select(ContactBlock.person_id).where(holds)
    return _among(stops, ContactBlock.person_id, lambda codes: ContactBlock.channel.in_((*codes, ALL_CHANNELS)))


def kinds_of_purpose(session: Session, texts: Texts) -> Choices:
    """Every purpose there ever was, the ones in use first."""
    return [(str(line.id), line.called(texts.language)) for line in purposes(session, retired=True)]


def ways(_session: Session, texts: Texts) -> Choices:
    """The channels, all of them first."""
    return [(code, texts.say(text)) for code, text in BLOCKABLE.items()]


def _among(rows: Select[Any], owner: Any, chosen: Callable[[tuple[str, ...]], ColumnElement[bool]]) -> Made:
    """Whose row is one of those chosen, or any."""

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        inside = Owned(rows.where(chosen(value)) if isinstance(value, tuple) else rows, owner)
        return inside if op in ("filled", "any_of") else not_(inside)

    return Made(condition)
