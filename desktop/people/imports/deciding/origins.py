"""Where what the register knows came from, as far as its history tells, and whose word counts where a file says otherwise.

Nothing is stored for it: every row names the change sets that wrote it, and an import tells of which kind its file was. Of
names and the birth date, which share a row, the strongest source of all that ever wrote there counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from desktop.people.imports.mapping.mapping import SOURCES, Rule, Source

IMPORT_VERB = "import_people"
Origin = Source | Literal["typed"]  # "typed": by somebody in the office, or by a step that is no import
Outcome = Literal["ours", "theirs", "clash"]

AT_ONCE = 10_000  # change sets in one question
STRENGTH: dict[Origin, int] = {"register": 3, "person": 2, "typed": 2, "guess": 1}
# What does not change in a life: two files of one kind that differ on it contradict each other, the newer one is not right.
LASTING = frozenset({"birth_date"})


class Origins:
    """Of which kind the change sets are that wrote something; each is asked for once."""

    def __init__(self, session: Session, own: Source) -> None:
        """`own` is the kind of the file that is brought in now."""
        self._session = session
        self._known: dict[UUID | None, Origin] = {None: own}

    def learn(self, wrote: Iterable[UUID | None]) -> None:
        """Ask of which kind these change sets are."""
        unknown = sorted(one for one in set(wrote) if one is not None and one not in self._known)
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            self._known.update(dict.fromkeys(some, "typed"))
            found = select(ChangeSet.id, ChangeSet.details).where(ChangeSet.id.in_(some), ChangeSet.verb == IMPORT_VERB)
            for change_set, details in self._session.execute(found):
                told = (details or {}).get("source")
                self._known[change_set] = told if told in SOURCES else "person"

    def of(self, wrote: Iterable[UUID | None]) -> set[Origin]:
        """The kinds of these change sets, which must be learnt; None stands for the import under way."""
        return {self._known[one] for one in wrote}


def decide(field: str, ours: set[Origin], theirs: Source, rule: Rule | None) -> Outcome:
    """Which value counts where both are known and differ.

    A stronger source wins. Of two files of one kind the newer one does, but not over what somebody here typed, and not
    where it is about what never changes.
    """
    if rule is not None:
        return "theirs" if rule == "win" else "ours"
    ahead = STRENGTH[theirs] - max(STRENGTH[origin] for origin in ours)
    if ahead:
        return "theirs" if ahead > 0 else "ours"
    return "clash" if field in LASTING or ("typed" in ours and theirs == "person") else "theirs"


class Written(NamedTuple):
    """When something was written last, by whom, and in which file it came; `file` is empty for what was typed."""

    at: datetime
    by: str
    file: str


def written(session: Session, person_id: UUID) -> dict[str, Written]:
    """Since when the register has the person's "name" as it is, and the first "address", as far as they are there."""
    first = select(ContactPoint.changed_in).where(ContactPoint.person_id == person_id, ContactPoint.kind == "address")
    wanted = {
        "name": session.scalar(select(Person.changed_in).where(Person.id == person_id)),
        "address": session.scalar(first.order_by(ContactPoint.position, ContactPoint.id).limit(1)),
    }
    sets = {one for one in wanted.values() if one is not None}
    columns = select(ChangeSet.id, ChangeSet.at, ChangeSet.actor_name, ChangeSet.verb, ChangeSet.details)
    told = {
        row.id: Written(row.at, row.actor_name, str((row.details or {}).get("file", "")) if row.verb == IMPORT_VERB else "")
        for row in session.execute(columns.where(ChangeSet.id.in_(sets)))
    }
    return {what: told[one] for what, one in wanted.items() if one in told}
