"""Goes through the rows of a list in order: who each is, what it would change, and what somebody's decisions make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from db.search import title_of
from desktop.people.imports.changes import changes_of
from desktop.people.imports.deciding.arguing import Argued, argue, settled
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW, Decisions
from desktop.people.imports.deciding.earlier import Earlier
from desktop.people.imports.deciding.likes import Likes, speaks_against
from desktop.people.imports.deciding.origins import Origins
from desktop.people.imports.deciding.plans import Candidate, Change, RowPlan
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.known import Known, newcomer
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.matching import Register
from desktop.people.imports.portions import chunks

UNSURE = Mapping(source="person")  # for a file of which nobody said where it comes from: it overrules nobody


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is to be brought in: what its columns mean and whose word counts, what was decided, and which file it is."""

    mapping: Mapping = UNSURE
    decisions: Decisions = field(default_factory=Decisions)
    digest: str = ""  # of the file's content: known again when it comes a second time


class Settled(NamedTuple):
    """A row with its plan and what is done about it; `row` says only what is to be written, of `person`."""

    plan: RowPlan
    outcome: Literal["new", "same", "changed", "clash", "several"]
    row: IncomingPerson
    person: Known
    changes: tuple[Change, ...] = ()
    sure: bool = True  # whether it is known who the row is, even where what it says still waits
    alone: bool = False  # a new person whom no other row of the file can be about


class Settler:
    """One import's view of its rows. After each row it remembers what that row says, unless nothing comes of it."""

    def __init__(self, session: Session, rows: Sequence[IncomingPerson], wishes: Wishes) -> None:
        self._rows, self._wishes = rows, wishes
        self._register = Register(session, rows, wishes.mapping.match_keys)
        self._origins = Origins(session, wishes.mapping.source)
        self._likes = Likes(session, rows, self._register.sharing)
        self._earlier = Earlier(session, wishes.digest, rows)
        self._alike: dict[int, tuple[Candidate, ...]] = {}

    def portions(self) -> Iterator[Iterator[Settled]]:
        """The rows in portions. The database is asked when the next is wanted, and not while a portion is gone through.

        That may happen in another thread, but must be over before the next portion is wanted.
        """
        for portion in chunks(self._rows):
            self._look_up(portion)
            yield self._settle_all(portion)

    def _look_up(self, portion: Sequence[IncomingPerson]) -> None:
        """Ask the database all that settling these rows needs to know of it."""
        self._register.look_up(portion)
        if self._likes.useful:
            self._look_up_alike(portion)
        self._origins.learn(self._register.writers())

    def _look_up_alike(self, portion: Sequence[IncomingPerson]) -> None:
        again = self._earlier.people(portion)
        self._alike = {line: tuple(Candidate(person) for person in people) for line, people in again.items()}
        unknown = [row for row in portion if row.line not in again and not self._register.match(row)]
        self._alike.update(self._likes.look_up(unknown))
        self._register.meet({one.person_id for found in self._alike.values() for one in found})

    def _settle_all(self, portion: Sequence[IncomingPerson]) -> Iterator[Settled]:
        for row in portion:
            if row.line not in self._alike and self._register.is_alone(row):
                person = newcomer(row)
                plan = RowPlan(row.line, "new", person.id, title_of(row.family, row.given))
                yield Settled(plan, "new", row, person, alone=True)
                continue
            done = self._settle(row)
            yield done
            if done.outcome in ("new", "same", "changed"):
                self._register.learn(done.person, done.row)

    def _settle(self, row: IncomingPerson) -> Settled:
        found = self._register.match(row)
        if len(found) == 1:
            return self._compared(row, found[0])
        candidates = tuple(Candidate(person.id) for person in found)
        if not found and (alike := self._alike.get(row.line)):
            known = [(one, self._register.person(one.person_id)) for one in alike]
            kept = [(one, person) for one, person in known if person is not None and not speaks_against(person, row)]
            candidates, found = tuple(one for one, _person in kept), [person for _one, person in kept]
            if len(found) == 1 and not candidates[0].reasons:  # the same row made them when the file came before
                return self._compared(row, found[0])
        if not found:
            person = self._register.add(row)
            return Settled(RowPlan(row.line, "new", person.id, title_of(row.family, row.given)), "new", row, person)
        for person in found:
            if not changes_of(person, row):  # whoever it is, there is nothing to say that is not written down already
                return Settled(RowPlan(row.line, "same", person.id, title_of(row.family, row.given)), "same", row, person)
        return self._chosen(row, candidates, found)

    def _compared(self, row: IncomingPerson, person: Known) -> Settled:
        argued = argue(person, row, self._wishes.mapping, self._origins)
        verdict: Literal["same", "changed", "clash"] = "clash" if argued.clashes else "changed" if argued.changes else "same"
        name = title_of(row.family, row.given)
        plan = RowPlan(row.line, verdict, person.id, name, argued.changes, argued.clashes, kept=argued.kept)
        return self._decided(plan, person, argued)

    def _chosen(self, row: IncomingPerson, candidates: tuple[Candidate, ...], found: list[Known]) -> Settled:
        """A row that may be several people, or is only like one: nothing comes of it until somebody says who it is."""
        choice = self._wishes.decisions.people.get(row.line)
        plan = RowPlan(row.line, "several", found[0].id, title_of(row.family, row.given), candidates=candidates)
        if choice == NEW:
            person = self._register.add(row)
            return Settled(plan._replace(person_id=person.id), "new", row, person)
        chosen = next((person for person in found if person.id == choice), None)
        if choice == LEFT_OUT or chosen is None:
            return Settled(plan, "several", row, found[0], sure=False)
        argued = argue(chosen, row, self._wishes.mapping, self._origins)
        plan = plan._replace(person_id=chosen.id, changes=argued.changes, clashes=argued.clashes, kept=argued.kept)
        return self._decided(plan, chosen, argued)

    def _decided(self, plan: RowPlan, person: Known, argued: Argued) -> Settled:
        row = settled(person, argued, self._wishes.decisions.sides.get(plan.line, {}))
        if row is None:
            return Settled(plan, "several" if plan.verdict == "several" else "clash", argued.row, person)
        changes = changes_of(person, row) if argued.clashes else argued.changes
        return Settled(plan, "changed" if changes else "same", row, person, changes)
