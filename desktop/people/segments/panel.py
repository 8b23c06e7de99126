"""One segment beside the list: what it asks for in words, how many it finds, what was made of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.errors import Conflict, RuleBroken, Told
from db.history import HistoryLine, history
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.history_words import say_change
from desktop.people.segments.choices import choices_reader
from desktop.people.segments.fields import Fields
from desktop.people.segments.storing import OWN_VERBS, SegmentRow, Stored, stored
from desktop.people.segments.using import Asker, people_in
from desktop.people.segments.words import KINDS, Sentences
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, Section, column, flow

USES = 5  # newest ones shown


@dataclass(frozen=True, slots=True)
class Seen:
    """What the panel shows of a segment; `problem` says why nobody can be given."""

    segment: Stored
    lines: list[str]
    count: int | None
    problem: Told | None
    uses: list[HistoryLine]


class SegmentPanel(QWidget):
    """The acts of a segment stand below what it is; each is also reached by Tab from the list."""

    changed = Signal()  # somebody wants to change it
    frozen = Signal()
    retired = Signal()
    shown = Signal()
    offered = Signal(object)  # an Offer

    def __init__(self, context: ModuleContext, fields: Fields) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self._read_choices = choices_reader(context, fields)
        self._fields = fields
        self.seen: Seen | None = None
        say, may = self._say, context.may("people.segments")
        self.title = plain_label("", "title", wrap=True)
        self.facts = Facts()
        self.asked, self.uses = Section(say(_("Who is in it"))), Section(say(_("Used for")))
        self.sentence = plain_label("", wrap=True)
        self.problem = plain_label("", wrap=True, tone="warn")
        self.used = plain_label("", "dim", wrap=True)
        for section, parts in ((self.asked, (self.sentence, self.problem)), (self.uses, (self.used,))):
            for part in parts:
                section.add(part)
        self.show_people = primary_button(say(_("Show these people")))
        self.change, self.freeze = quiet_button(say(_("Change…"))), quiet_button(say(_("Freeze today")))
        self.retire = quiet_button(say(_("Retire")))
        self.acts = []
        for offer in context.offers("selection_action"):
            button = quiet_button(say(offer.contribution.title))
            button.clicked.connect(lambda _on=False, which=offer: self.offered.emit(which))
            self.acts.append(button)
        for button, signal in (
            (self.show_people, self.shown),
            (self.change, self.changed),
            (self.freeze, self.frozen),
            (self.retire, self.retired),
        ):
            button.clicked.connect(lambda _on=False, which=signal: which.emit())
            button.setVisible(may or button is self.show_people)
        self._inner = QWidget()
        self._inner.setLayout(
            column(
                self.title,
                self.facts,
                flow(self.show_people, *self.acts),
                self.asked,
                self.uses,
                flow(self.change, self.freeze, self.retire),
                gap=14,
            )
        )
        self.setLayout(column(self._inner))
        self._inner.hide()

    def show_segment(self, segment: UUID | None, ask: Asker) -> None:
        """Show this one; nothing while it is on its way, so that no act meets another segment than is seen."""
        self.seen = None
        self._inner.hide()
        if segment is None:
            return
        read, fields, user, texts = self._read_choices, self._fields, self._context.actor.id, self._context.texts

        def work(session: Session) -> Seen:
            found = stored(session, segment, user)
            titles: Mapping[UUID, str] = {known.id: known.title for known in ask(session).segments.values()}
            uses = [line for line in history(session, about=segment) if line.verb not in OWN_VERBS][:USES]
            lines: list[str] = []
            try:
                lines = Sentences(fields, read(session), titles, texts).lines(found.definition)
                return Seen(found, lines, people_in(session, segment, ask).count, None, uses)
            except RuleBroken as broken:
                return Seen(found, lines, None, broken, uses)

        self._context.tasks.read(self, work, self._show, self._fail, slot="segment", of_many=True)

    def _show(self, seen: Seen) -> None:
        texts, say, row = self._context.texts, self._say, seen.segment.row
        self.seen = seen
        self.title.setText(row.title)
        self.facts.set(self._facts(row, seen))
        self.sentence.setText("\n".join(seen.lines))
        told = [say(text, **seen.problem.values) for text in (seen.problem.what, seen.problem.to_do)] if seen.problem else []
        self.problem.setText(" ".join(filter(None, told)))
        self.problem.setVisible(bool(told))
        lines = [f"{texts.day(line.at)}  {say_change(line, self._context.verbs(), texts)}" for line in seen.uses]
        lines += [say(_("Part of the segment “{title}”"), title=title) for title in seen.segment.used_by]
        self.used.setText("\n".join(lines) or say(_("Nothing yet.")))
        may = self._context.may("people.segments")
        self.freeze.setVisible(may and row.kind == "living")
        self.freeze.setEnabled(seen.problem is None)
        for button in (self.show_people, *self.acts):
            button.setEnabled(bool(seen.count))
        self._inner.show()

    def _facts(self, row: SegmentRow, seen: Seen) -> list[tuple[str, str]]:
        texts, say = self._context.texts, self._say
        many = texts.number(seen.count) if seen.count is not None else say(_("cannot be counted"))
        facts = [(say(_("People")), many), (say(_("Kind")), say(KINDS[row.kind]))]
        if row.frozen_at is not None:
            facts += [(say(_("Frozen")), texts.moment(row.frozen_at)), (say(_("Found then")), texts.number(row.size or 0))]
        facts.append((say(_("Owner")), row.owner_name))
        facts.append((say(_("May be used by")), say(_("everybody")) if row.shared else say(_("the owner alone"))))
        return facts

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Conflict):  # one that was retired meanwhile leaves the list by itself
            self._context.messages.show(error, _("loading the segment"))
