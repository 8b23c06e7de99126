"""Single rows whose time is over: how many by which rule, and the decision about all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.lines import Line, LineGrid
from desktop.people.retention.beside import Beside
from desktop.people.retention.deciding import Question, ask
from desktop.people.retention.disposing_rows import DECIDE_ROWS, RowDecision, decide_rows
from desktop.people.retention.old_rows import RowFilter, RowsDue, rows_due, total
from desktop.people.retention.rule_choice import RuleChoice
from desktop.people.retention.rules import Rule
from desktop.people.retention.words import PEOPLE, ROW_COUNT
from desktop.widgets.buttons import primary_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow


class RowsView(QWidget):
    """A line for each rule that is on. Deciding takes the right to erase, too."""

    decided = Signal(object)  # the id of the disposal

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self._rules: tuple[Rule, ...] = ()
        self.found: list[RowsDue] = []
        self.filter: RowFilter | None = None
        say = self._say
        self.rule = RuleChoice(say)
        self.count = plain_label("", "strong")
        self.act = primary_button(say(_("Dispose of all these rows…")))
        self.act.setEnabled(False)
        self.act.setVisible(context.may("people.erase"))
        self.grid = LineGrid(say(_("No rule for single rows is switched on.")))
        about = _("Old rows of people who stay: they go with their history and with what hangs on them, such as files. Nobody who has a "
                  "legal hold loses a row.")  # fmt: skip
        left = QWidget()
        body = column(
            flow(self.count, self.rule, self.act), plain_label(say(about), "dim", wrap=True), self.grid, gap=12, margin=16
        )
        body.addStretch(1)
        left.setLayout(body)
        hint = say(
            _("All rows on the list are disposed of together. Nobody can take that back; what happens first is a decision.")
        )
        self.beside = Beside(left, hint, say(_("Rows and decision")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)
        self.rule.currentIndexChanged.connect(lambda _index: self.look())
        self.act.clicked.connect(self.ask)

    def show_rules(self, rules: tuple[Rule, ...]) -> None:
        """Ask by these rules from now on."""
        if rules != self._rules:
            self._rules = rules
            self.rule.offer(rule for rule in rules if rule.active and rule.known.runs)
        self.look()

    def look(self) -> None:
        """Count what is due."""
        context = self._context
        filter = RowFilter(context.clock.today(), context.clock.zone, self._rules, self.rule.only)
        context.tasks.read(
            self, partial(rows_due, filter=filter), partial(self._show, filter), context.messages.show, slot="old rows"
        )

    def _show(self, filter: RowFilter, found: list[RowsDue]) -> None:
        if filter != self.filter or found != self.found:
            self.beside.close_form()
        self.filter, self.found = filter, found
        texts = self._context.texts
        self.count.setText(texts.say_n(ROW_COUNT, total(found)))
        self.act.setEnabled(bool(total(found)))
        self.grid.show_lines([Line(self._say(one.rule.title), self._told(one), whole=True) for one in found])

    def _told(self, one: RowsDue) -> str:
        texts = self._context.texts
        if one.first is None or one.last is None:
            return self._say(_("nothing is due"))
        days = [texts.day(moment.astimezone(texts.zone).date()) for moment in (one.first, one.last)]
        spans = self._say(_("{first} – {last}"), first=days[0], last=days[1])
        return " · ".join((texts.say_n(ROW_COUNT, one.rows), texts.say_n(PEOPLE, one.people), spans))

    def ask(self) -> None:
        """Open the form of the decision."""
        said = _("Rows go one portion after the other, and nobody can take it back. What is changed meanwhile stays. Where a public authority "
                 "may erase only what it decided to dispose of, that decision comes first.")  # fmt: skip
        heading = self._context.texts.say_n(ROW_COUNT, total(self.found))
        question = Question(
            heading, said, _("Type how many rows"), _("disposing"), DECIDE_ROWS, lambda: total(self.found), self._decision
        )
        ask(self._context, self.beside, question, self.act, self.decided.emit)

    def _decision(self, reason: str, case: str) -> Callable[[Session, datetime], UUID]:
        assert self.filter is not None  # else nothing is due, and nothing can be asked
        decision, actor = RowDecision(self.filter, reason, case, total(self.found)), self._context.actor
        return lambda session, now: decide_rows(session, decision, actor=actor, now=now)
