"""The history of one person in words, with what was corrected: before, after, when, why. No Qt in this file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.base import metadata
from db.history import HistoryLine, history, history_query, line_of
from db.models.history import ChangeSet
from db.person_trail import person_trail
from db.row_changes import RowChange
from db.search import title_of
from db.texts import _
from desktop.core.history_words import change_words
from desktop.core.records import said
from desktop.people.corrections import CORRECTIONS
from desktop.people.imports.deciding.origins import IMPORT_VERB
from desktop.people.imports.mapping.words import SOURCE_TITLES
from desktop.people.merging.tables import PORTION, portions
from desktop.people.reporting.gathering import PERSON, Found, Modules
from desktop.people.reporting.held import MovedRow, SourceHeld, TrailStep
from desktop.people.reporting.masking import initials, shown_image
from desktop.people.reporting.wording import unnamed, words_of

Moves = Mapping[UUID, tuple[RowChange, ...]]  # what each step did, by its id


class Trail:
    """What was done with the rows that were found, from what each step moved and the lines of the history."""

    def __init__(self, gathered: Collection[Found], modules: Modules, moves: Moves, lines: Sequence[HistoryLine]) -> None:
        self._modules, self._moves, self._lines = modules, moves, lines
        self._staff = {found.table.name: found.staff for found in gathered}
        self._own = _own_tables(modules)
        self._names = _names(gathered, moves.values())

    @classmethod
    def read(cls, session: Session, people: Sequence[UUID], gathered: Collection[Found], modules: Modules) -> Trail:
        """From the history that all tables share."""
        own = _own_tables(modules)
        kept = [found for found in gathered if found.table.name in own and "made_in" in found.table.c]
        ids = {found.table.name: frozenset(found.rows) for found in kept}
        columns = {rows.column for manifest in modules.manifests for rows in manifest.person_rows}
        moves = person_trail(session, people, ids, columns)
        return cls(gathered, modules, moves, _lines(session, people, moves))

    def steps(self) -> tuple[TrailStep, ...]:
        """Every step, the oldest first."""
        return tuple(self._step(line) for line in self._lines)

    def sources(self) -> tuple[SourceHeld, ...]:
        """The files that brought something."""
        say = self._modules.texts.say
        found = []
        for line in self._lines:
            if line.verb == IMPORT_VERB:
                kind = str(line.details.get("source", ""))
                shown = say(SOURCE_TITLES[kind]) if kind in SOURCE_TITLES else ""
                found.append(SourceHeld(str(line.details.get("file", "")), kind, shown, line.at))
        return tuple(found)

    def _step(self, line: HistoryLine) -> TrailStep:
        facts = self._masked(line.details)
        return TrailStep(
            str(line.id),
            line.at,
            line.verb,
            change_words(line.verb, facts, self._modules.verbs, self._modules.texts),
            initials(line.actor),
            str(line.details.get("reason") or ""),
            line.verb in CORRECTIONS,
            line.taken_back,
            tuple(filter(None, (self._moved(change) for change in self._moves.get(line.id, ())))),
        )

    def _masked(self, details: Mapping[str, Any]) -> dict[str, Any]:
        """Of a step about two people the other one is not named."""
        facts = dict(details)
        if "other" in facts:
            for key in ("name", "other"):
                if facts.get(key) not in self._names:
                    facts[key] = self._modules.texts.say(_("another person"))
        return facts

    def _moved(self, change: RowChange) -> MovedRow | None:
        if change.area not in self._own:  # what is only named beside, such as the title of a round, has a history of its own
            return None
        words = words_of(change.area, self._modules)
        table, staff, texts = metadata.tables.get(change.area), self._staff.get(change.area, frozenset()), self._modules.texts
        before, after = shown_image(table, change.before, staff), shown_image(table, change.after, staff)
        moved = {
            name: (before.get(name), after.get(name))
            for name in (before or after)
            if (before.get(name) or "") != (after.get(name) or "")
        }
        lines = []
        for name, (was, now) in moved.items():
            field = words.field(name)
            if field is not None:
                lines.append((texts.say(field.title), said(was, field, texts), said(now, field, texts)))
            elif isinstance(was or now, str | dict | list):
                lines.append((name, unnamed(was, texts), unnamed(now, texts)))
        return MovedRow(change.area, texts.say(words.title), change.operation, tuple(lines), moved) if moved else None


def _own_tables(modules: Modules) -> frozenset[str]:
    """The tables whose rows belong to people, or hang on such rows as a whole."""
    declared = [rows.table for manifest in modules.manifests for rows in manifest.person_rows]
    whole = [more.table for manifest in modules.manifests for more in manifest.person_more if not more.only]
    return frozenset({PERSON, *whole, *declared})


def _lines(session: Session, people: Sequence[UUID], moves: Mapping[UUID, object]) -> list[HistoryLine]:
    """The steps about the person, and those that changed a row of theirs without saying so."""
    found: dict[UUID, HistoryLine] = {}
    for person in people:
        before = None
        while True:
            some = history(session, about=person, before=before, limit=PORTION)
            found |= {line.id: line for line in some}
            if len(some) < PORTION:
                break
            before = some[-1].number
    unsaid = [step for step in moves if step not in found]
    for some_steps in portions(unsaid):
        query = history_query().where(ChangeSet.id.in_(some_steps))
        found |= {line.id: line for line in map(line_of, session.execute(query))}
    return sorted(found.values(), key=lambda line: line.number)


def _names(gathered: Collection[Found], moves: Iterable[Iterable[RowChange]]) -> frozenset[str]:
    """What the person is and was called."""
    rows: list[Mapping[str, Any]] = [row for found in gathered if found.table.name == PERSON for row in found.rows.values()]
    rows += [image for changes in moves for change in changes if change.area == PERSON for image in (change.before, change.after)]
    return frozenset(title_of(str(row.get("family", "")), str(row.get("given", ""))) for row in rows)
