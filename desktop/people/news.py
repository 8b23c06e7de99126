"""How a person is now and who left a part of their record so: what a form needs that others overtook. No Qt in this file."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from db.base import Row
from db.errors import Unavailable
from db.history import HistoryLine, last_step
from db.models.person import ContactPoint, Person
from db.models.role import Role
from desktop.people.card import PersonCard, person_card

PARTS: dict[str, type[Row]] = {"person": Person, "contact": ContactPoint, "role": Role}
News = tuple[PersonCard | None, HistoryLine | None]


def read_news(session: Session, person_id: UUID, part: str, row_id: UUID) -> News:
    """The card, None when making the person was taken back; and the step that changed or removed the part last."""
    try:
        card = person_card(session, person_id)
    except Unavailable:
        card = None
    return card, last_step(session, PARTS[part], row_id)
