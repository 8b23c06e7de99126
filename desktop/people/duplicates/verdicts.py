"""What the office says about suspected pairs: two people after all, ask again, never compare. And whom a typed name may be.

Every function flushes and leaves the commit to the caller's write scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.contact_forms import email_form, phone_forms
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.duplicate import KeptApart, NotADuplicate, SuspectedPair
from db.models.person import Person
from db.search import people_matching, title_of
from db.texts import _
from desktop.people.duplicates.names import Names, forms_of, names_of
from desktop.people.duplicates.reading import as_uuid, own_form, portraits
from desktop.people.duplicates.rules import SUSPECTED, WORTH_A_LOOK
from desktop.people.duplicates.scoring import Portrait
from desktop.people.duplicates.search import candidates, weigh
from desktop.people.editing import name_the_person

NAMED = 60  # people of a typed name that are weighed
SHOWN = 4


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs: those nobody has judged yet, or those said to be two people."""

    judged: bool = False


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair of the list. `id` is the suspicion's, or of a judged pair the judgement's, with its version."""

    id: UUID
    version: int
    first_id: UUID
    second_id: UUID
    first_given: str
    first_family: str
    second_given: str
    second_family: str
    score: int
    reasons: str

    @property
    def first(self) -> str:
        """ "Family, Given"."""
        return title_of(self.first_family, self.first_given)

    @property
    def second(self) -> str:
        """ "Family, Given"."""
        return title_of(self.second_family, self.second_given)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form for a new person holds so far, as typed."""

    given: str = ""
    family: str = ""
    email: str = ""
    phone: str = ""
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """Somebody in the register who may be the one being typed."""

    id: UUID
    title: str
    born: date | None
    score: int
    reasons: tuple[str, ...]


def pairs_query(filter: PairFilter) -> Select[Any]:
    """The pairs, unordered and unlimited; nobody retired and nobody kept apart is in any of them."""
    one, other = aliased(Person), aliased(Person)
    pair: Any = NotADuplicate if filter.judged else SuspectedPair
    version = NotADuplicate.version if filter.judged else func.abs(1)
    query = (
        select(
            pair.id, version.label("version"), pair.first_id, pair.second_id, pair.score, pair.reasons,
            one.given.label("first_given"), one.family.label("first_family"), one.name_key.label("first_sort"),
            other.given.label("second_given"), other.family.label("second_family"), other.name_key.label("second_sort"),
            pair.score.label("score_sort"),
        )
        .join(one, one.id == pair.first_id)
        .join(other, other.id == pair.second_id)
        .where(one.retired_at.is_(None), other.retired_at.is_(None), ~_apart(one.id), ~_apart(other.id))
    )  # fmt: skip
    return query if filter.judged else query.where(pair.score >= SUSPECTED, ~_judged())


def count_pairs(session: Session) -> int:
    """How many pairs wait to be judged."""
    return session.scalar(select(func.count()).select_from(pairs_query(PairFilter()).subquery())) or 0


def not_a_duplicate(session: Session, first: UUID, second: UUID, score: int, reasons: str) -> UUID:
    """Say that these are two people, and give the judgement's id. The pair comes back when more speaks for one person.

    Args:
        score: What the judge saw; a judgement made before is raised to it.
    """
    first, second = min(first, second), max(first, second)
    one_at_a_time(session, f"pair {first} {second}")
    _name_both(session, first, second)
    same = NotADuplicate.first_id == first, NotADuplicate.second_id == second
    known = session.scalar(select(NotADuplicate).where(*same))
    if known is None:
        known = NotADuplicate(first_id=first, second_id=second, score=score, reasons=reasons)
        session.add(known)
    else:
        known.score, known.reasons = max(score, known.score), reasons
    session.flush()
    return known.id


def ask_again(session: Session, judgement: UUID, version: int) -> None:
    """Forget that two were said to be two people: the pair is in the queue again if it is still suspected.

    Raises:
        Conflict: somebody else changed or removed the judgement since.
    """
    known = take(session, NotADuplicate, judgement, version)
    _name_both(session, known.first_id, known.second_id)
    session.delete(known)
    session.flush()


def keep_apart(session: Session, person_id: UUID) -> None:
    """Never compare this person with anybody again, nor suggest them: for an identity that must not be linked to another.

    Raises:
        RuleBroken: they are kept apart already.
    """
    one_at_a_time(session, f"kept apart {person_id}")
    if session.scalar(select(KeptApart.id).where(KeptApart.person_id == person_id)) is not None:
        raise RuleBroken(_("This person is kept apart already."))
    name_the_person(session, person_id)
    session.add(KeptApart(person_id=person_id))
    session.flush()


def let_compare(session: Session, person_id: UUID) -> None:
    """Let this person be compared with others again.

    Raises:
        RuleBroken: they are not kept apart.
    """
    one_at_a_time(session, f"kept apart {person_id}")
    kept = session.scalar(select(KeptApart).where(KeptApart.person_id == person_id))
    if kept is None:
        raise RuleBroken(_("This person is not kept apart."))
    name_the_person(session, person_id)
    session.delete(kept)
    session.flush()


def who_may_it_be(session: Session, typed: Typed, *, country: str) -> list[Like]:
    """People of the register who may be the one being typed, the likeliest first; half a word stands for all that begin so.

    Identity numbers are not looked at: a form for a new person has none.
    """
    connection = session.connection()
    names = names_of(typed.given, typed.family)
    wanted = Portrait(None, names, typed.born.isoformat() if typed.born else "", _reach(typed, country))
    near = candidates(session, wanted)
    near.update(own_form(connection, person) for person in _named(session, names))
    seen = portraits(connection, near, numbers=False)
    found = [
        (other, verdict)
        for portrait in seen.values()
        for other, verdict in weigh(wanted._replace(names=_completed(names, portrait.names)), [portrait], WORTH_A_LOOK)
    ]
    best = sorted(found, key=lambda pair: -pair[1].score)[:SHOWN]
    people = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_([as_uuid(other.id) for other, _v in best])))}
    shown = [(people[as_uuid(other.id)], verdict) for other, verdict in best]
    return [Like(p.id, title_of(p.family, p.given), p.birth_date, verdict.score, verdict.reasons) for p, verdict in shown]


def _apart(person: Any) -> ColumnElement[bool]:
    return exists().where(KeptApart.person_id == person)


def _judged() -> ColumnElement[bool]:
    """Said to be two people when at least as much spoke for one."""
    same = and_(NotADuplicate.first_id == SuspectedPair.first_id, NotADuplicate.second_id == SuspectedPair.second_id)
    return exists().where(same, NotADuplicate.score >= SuspectedPair.score)


def _name_both(session: Session, first: UUID, second: UUID) -> None:
    people = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_([first, second])))}
    if len(people) < 2:
        raise RuleBroken(_("One of them is no longer there."), _("Look in the history: adding them may have been taken back."))
    about(session, first, second)
    one, other = people[first], people[second]
    describe(session, name=title_of(one.family, one.given), other=title_of(other.family, other.given))


def _reach(typed: Typed, country: str) -> frozenset[str]:
    """The address and number typed, in the form they are compared in; half of one is none."""
    found = set()
    for text, form in ((typed.email, email_form), (typed.phone, lambda text: phone_forms(text, country).e164)):
        try:
            found.add(form(text) if text.strip() else "")
        except RuleBroken:
            continue
    return frozenset(found - {""})


def _named(session: Session, names: Names) -> set[UUID]:
    """People all of whose typed words begin a word of theirs, in any order; the first name in any of its forms too."""
    if not names.given or not names.family:
        return set()
    found: set[UUID] = set()
    for given in sorted(forms_of(names.given[0])):
        matching = people_matching(" ".join((given, *names.family))).limit(NAMED)
        found.update(session.scalars(matching))
    return found


def _completed(typed: Names, theirs: Names) -> Names:
    """What is typed, the last word of each name written out as theirs goes on."""
    return typed._replace(given=_written_out(typed.given, theirs.given), family=_written_out(typed.family, theirs.family))


def _written_out(typed: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    if not typed or len(typed[-1]) < 2:
        return typed
    whole = next((word for word in theirs if word.startswith(typed[-1])), typed[-1])
    return (*typed[:-1], whole)
