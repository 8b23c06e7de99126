"""What segments may ask about what people allow: their consents, and the ways by which they are not to be contacted. No Qt here."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from db.models.consent import ALL_CHANNELS, BLOCKABLE, Consent, ContactBlock
from desktop.core.contacting.purposes import purposes
from desktop.core.texts import Texts
from desktop.people.segments.comparing import Owned
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
    holds = or_(Consent.ends_at.is_(None), Consent.ends_at > _begin(asked))
    given = select(Consent.person_id).where(Consent.state == "given", holds, not_(overruled))

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        chosen = given if op in ("filled", "empty") else given.where(Consent.purpose_id.in_(as_ids(value)))
        inside = Owned(chosen, Consent.person_id)
        return inside if op in ("filled", "any_of") else not_(inside)

    return Made(condition)


def stopped(asked: Asked) -> Made:
    """The ways by which somebody is not to be contacted today; a stop of all contact is one of each."""
    holds = or_(ContactBlock.ends_at.is_(None), ContactBlock.ends_at > _begin(asked))
    stops = select(ContactBlock.person_id).where(holds)

    def condition(op: str, value: Value) -> ColumnElement[bool]:
        codes = (*value, ALL_CHANNELS) if isinstance(value, tuple) else ()
        chosen = stops if op in ("filled", "empty") else stops.where(ContactBlock.channel.in_(codes))
        inside = Owned(chosen, ContactBlock.person_id)
        return inside if op in ("filled", "any_of") else not_(inside)

    return Made(condition)


def kinds_of_purpose(session: Session, texts: Texts) -> Choices:
    """Every purpose there ever was, the ones in use first."""
    return [(str(line.id), line.called(texts.language)) for line in purposes(session, retired=True)]


def ways(_session: Session, texts: Texts) -> Choices:
    """The channels, all of them first."""
    return [(code, texts.say(text)) for code, text in BLOCKABLE.items()]


def _begin(asked: Asked) -> datetime:
    return datetime.combine(asked.today, time(), tzinfo=asked.zone)
