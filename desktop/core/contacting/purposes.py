"""The purposes an office contacts people for, with the texts people are shown: data, looked after by who may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import describe, take
from db.engine import one_at_a_time
from db.errors import Conflict, RuleBroken
from db.models.consent import BASES, PURPOSE_KINDS, Consent, ConsentPurpose, ConsentText
from db.models.person import LANGUAGES
from db.sorting import fold
from db.texts import _

MOST_NAME, MOST_TEXT, MOST_MONTHS = 100, 4000, 240


@dataclass(frozen=True, slots=True)
class TextLine:
    """One version of what is shown in one language."""

    language: str
    number: int
    text: str
    since: date


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One purpose as it is shown; `texts` are the newest of each language, `asked` says whether anybody has answered."""

    id: UUID
    version: int
    code: str
    names: Mapping[str, str]
    kind: str
    basis: str
    months: int | None
    retired: bool
    texts: tuple[TextLine, ...] = ()
    asked: bool = False

    def called(self, language: str) -> str:
        """Its name in that language, else in any it has."""
        return self.names.get(language) or next(filter(None, self.names.values()), self.code)


@dataclass(frozen=True, slots=True)
class PurposeForm:
    """What the office says about a purpose; names and texts by language, empty where there is none."""

    names: Mapping[str, str]
    kind: str = "information"
    basis: str = "consent"
    months: int | None = None
    retired: bool = False
    texts: Mapping[str, str] | None = None


def purposes(session: Session, *, retired: bool = False) -> list[PurposeLine]:
    """Those in use, or with `retired` all, in the order of the office."""
    query = select(ConsentPurpose).order_by(ConsentPurpose.retired, ConsentPurpose.position, ConsentPurpose.id)
    rows = session.scalars(query if retired else query.where(ConsentPurpose.retired.is_(False)))
    texts: dict[UUID, dict[str, TextLine]] = {}
    for row in session.scalars(select(ConsentText).order_by(ConsentText.language, ConsentText.number)):
        texts.setdefault(row.purpose_id, {})[row.language] = TextLine(row.language, row.number, row.text, row.since)
    answered = set(session.scalars(select(Consent.purpose_id).distinct()))
    return [
        PurposeLine(
            row.id, row.version, row.code, dict(row.names), row.kind, row.basis, row.months, row.retired,
            tuple(texts.get(row.id, {}).values()), row.id in answered,
        )
        for row in rows
    ]  # fmt: skip


def add_purpose(session: Session, form: PurposeForm, *, today: date) -> UUID:
    """Begin to contact people for something new.

    Raises:
        RuleBroken: it has no name, or something is too long.
    """
    _check(form)
    position = 1 + (session.scalar(select(func.max(ConsentPurpose.position))) or 0)
    row = ConsentPurpose(id=new_id(), code=_new_code(session, form), position=position, **_values(form))
    session.add(row)
    session.flush()
    _follow_texts(session, row.id, form.texts or {}, today)
    _name(session, form)
    return row.id


def edit_purpose(
    session: Session, purpose_id: UUID, version: int, form: PurposeForm, *, today: date, seen: Iterable[TextLine] = ()
) -> None:
    """Change a purpose, retire it, or use it again. A text that differs becomes a new version; earlier ones stay.

    Args:
        seen: The newest texts as they were read. One that is still as it was read is not written again.

    Raises:
        RuleBroken: as for `add_purpose`; or kind and basis would change under people who have answered.
        Conflict: somebody else changed it since, or wrote one of the texts that differ.
    """
    _check(form)
    row = take(session, ConsentPurpose, purpose_id, version)
    if (row.kind, row.basis) != (form.kind, form.basis):
        refuse_answered(session, row, field="kind" if row.kind != form.kind else "basis")
    for name, value in _values(form).items():
        setattr(row, name, value)
    session.flush()
    _follow_texts(session, purpose_id, form.texts or {}, today, seen)
    _name(session, form)


def refuse_answered(session: Session, purpose: ConsentPurpose, field: str = "") -> None:
    """For steps that change what a purpose is for, or on which ground.

    Raises:
        RuleBroken: people have answered.
    """
    if session.scalar(select(Consent.id).where(Consent.purpose_id == purpose.id).limit(1)) is not None:
        raise RuleBroken(
            _("People have answered already: what they were asked for cannot become something else."),
            _("Retire this purpose and make a new one."),
            field=field,
        )


def _follow_texts(
    session: Session, purpose_id: UUID, texts: Mapping[str, str], today: date, seen: Iterable[TextLine] = ()
) -> None:
    """A text has no version that moves with the purpose's: whoever wrote one meanwhile is seen by its number."""
    one_at_a_time(session, f"texts of purpose {purpose_id}")
    shown = {line.language: line for line in seen}
    known = select(ConsentText).where(ConsentText.purpose_id == purpose_id).order_by(ConsentText.number)
    newest = {row.language: row for row in session.scalars(known)}
    for language, text in texts.items():
        words, read, before = text.strip(), shown.get(language), newest.get(language)
        if not words or words in {line.text for line in (read, before) if line is not None}:
            continue
        number = before.number if before is not None else 0
        if number != (read.number if read is not None else 0):
            raise Conflict(
                _("Somebody else has changed one of these texts meanwhile."),
                _("Nothing was overwritten. Look at the purpose again; what you wrote stays in the form until you close it."),
            )
        session.add(ConsentText(purpose_id=purpose_id, language=language, number=number + 1, text=words, since=today))
    session.flush()


def _check(form: PurposeForm) -> None:
    if form.kind not in PURPOSE_KINDS or form.basis not in BASES:
        raise ValueError(f"unknown purpose: {form.kind}/{form.basis}")
    if not any(name.strip() for name in form.names.values()):
        first = next(iter(LANGUAGES))
        raise RuleBroken(
            _("The purpose has no name."), _("Write what it is called in one language at least."), field=f"name_{first}"
        )
    for language, name in form.names.items():
        if len(name) > MOST_NAME:
            raise RuleBroken(_("The name is too long."), _("Keep it under 100 letters."), field=f"name_{language}")
    for language, text in (form.texts or {}).items():
        if len(text) > MOST_TEXT:
            raise RuleBroken(_("The text is too long."), _("Keep it under 4,000 letters."), field=f"text_{language}")
    if form.months is not None and not 1 <= form.months <= MOST_MONTHS:
        raise RuleBroken(_("A consent is valid for 1 to 240 months."), _("Leave it empty for one without end."), field="months")


def _values(form: PurposeForm) -> dict[str, object]:
    names = {language: name.strip() for language, name in form.names.items() if name.strip()}
    return {"names": names, "kind": form.kind, "basis": form.basis, "months": form.months, "retired": form.retired}


def _new_code(session: Session, form: PurposeForm) -> str:
    """A code made of the first name; never one that was there before, not even of a retired purpose."""
    first = next(name for name in (form.names.get("en", ""), *form.names.values()) if name.strip())
    base = re.sub(r"[^a-z0-9]+", "_", fold(first)).strip("_")[:40] or "purpose"
    known = set(session.scalars(select(ConsentPurpose.code)))
    return next(code for number in range(1, len(known) + 2) if (code := base if number == 1 else f"{base}_{number}") not in known)


def _name(session: Session, form: PurposeForm) -> None:
    describe(session, purpose=next(name for name in form.names.values() if name.strip()))
