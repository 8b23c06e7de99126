"""Who is due: by which rule and since when, with the way to keep somebody, and the decision about all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.search import title_of
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.retention.beside import Beside
from desktop.people.retention.deciding import Question, ask
from desktop.people.retention.disposing import DECIDE, Decision, decide
from desktop.people.retention.due import DueFilter, DueRow, due_query
from desktop.people.retention.rule_choice import RuleChoice
from desktop.people.retention.rules import Rule
from desktop.people.retention.words import PEOPLE, since
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import DayField
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import column, flow
from desktop.widgets.query_model import QueryModel

AREAS = ("person", "role", "interaction", "consent", "task", "post_holding", "legal_hold", "merged_person", "disposal_rule")


class DueView(QWidget):
    """Enter opens a record. Deciding takes the right to erase, too."""

    decided = Signal(object)  # the id of the disposal

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self._rules: tuple[Rule, ...] = ()
        self.filter: DueFilter | None = None
        self.total = 0
        say = self._say
        self.rule = RuleChoice(say)
        self.day = DayField(context.clock.today(), context.clock.today())
        self.day.setAccessibleName(say(_("Due on")))
        self.count = plain_label("", "strong")
        self.counts = plain_label("", "small", wrap=True)
        self.model: QueryModel[DueFilter, DueRow] = QueryModel(self._spec(), context, self)
        self.table = ListView(self.model, say(_("People who are due")), 0, ticks=False)
        self.empty = EmptyState(say(_("Nobody is due.")), say(_("Only rules that are switched on find somebody.")))
        self.table.set_empty(self.empty)
        self.keep = quiet_button(say(_("Keep…")))
        self.keep.setAccessibleName(say(_("Keep the one chosen: put a legal hold on them")))
        self.act = primary_button(say(_("Dispose of all these…")))
        self._lay_out()
        self._connect()

    def _spec(self) -> ListSpec[DueFilter, DueRow]:
        def rule(line: DueRow, texts: Texts) -> str:
            asked = self.filter.asked if self.filter is not None else ()
            return texts.say(asked[line.rule].title) if line.rule < len(asked) else ""

        return ListSpec(
            query=due_query,
            row=DueRow,
            columns=(
                Column(_("Name"), lambda line, texts: title_of(line.family, line.given), "name_sort", 190, strong=True),
                Column(_("Rule"), rule, "rule_sort", 190),
                Column(_("Counted from"), lambda line, texts: since(line, texts), "", 290, tone=lambda line: "dim"),
            ),
            areas=AREAS,
            tally="rule",
        )

    def _lay_out(self) -> None:
        say = self._say
        left = QWidget()
        on = plain_label(say(_("Due on")), "dim")
        body = column(flow(self.count, self.rule, on, self.day, self.keep, self.act), self.counts, self.table, gap=10, margin=16)
        body.setStretch(2, 1)
        left.setLayout(body)
        hint = say(
            _("Everybody on the list is disposed of together. Nobody can take that back; what happens first is a decision.")
        )
        self.beside = Beside(left, hint, say(_("List and decision")), scrolls=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def _connect(self) -> None:
        self.rule.currentIndexChanged.connect(lambda _index: self.look())
        self.day.editingFinished.connect(self._day_left)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(lambda error: self._context.messages.show(error, _("reading who is due")))
        self.table.opened.connect(lambda id: self._context.navigate("people.record", person_id=id))
        self.keep.clicked.connect(self.keep_one)
        self.act.clicked.connect(self.ask)
        self.keep.setEnabled(False)
        self.act.setEnabled(False)

    def show_rules(self, rules: tuple[Rule, ...]) -> None:
        """Ask by these rules from now on."""
        if rules != self._rules:
            self._rules = rules
            self.rule.offer(rule for rule in rules if rule.active and rule.known.find is not None)
            self.look()

    def look(self) -> None:
        """Read who is due."""
        if not self.day.is_day():
            return
        day = self.day.day() or self._context.clock.today()
        self.filter = DueFilter(day, self._context.clock.zone, self._rules, self.rule.only)
        self.beside.close_form()
        self.model.show(self.filter)

    def _day_left(self) -> None:
        if self.filter is not None and self.day.is_day() and self.day.day() != self.filter.day:
            self.look()

    def keep_one(self) -> None:
        """Go to the form that puts a legal hold on the one chosen."""
        line = self.model.row_at(self.table.currentIndex().row()) if self.table.currentIndex().isValid() else None
        if line is not None:
            self._context.navigate("people.hold", person_id=line.id)
        else:
            self._context.messages.say(self._say(_("Choose somebody on the list first.")))

    def ask(self) -> None:
        """Open the form of the decision."""
        said = _("People are erased or anonymised one after the other, and nobody can take it back. Whoever gets a legal hold meanwhile, or "
                 "about whom something is written, is left out. Where a public authority may erase only what it decided to dispose of, that "
                 "decision comes first.")  # fmt: skip
        heading = self._context.texts.say_n(PEOPLE, self.total)
        question = Question(
            heading, said, _("Type how many people"), _("disposing of people"), DECIDE, lambda: self.total, self._decision
        )
        ask(self._context, self.beside, question, self.act, self.decided.emit)

    def _decision(self, reason: str, case: str) -> Callable[[Session, datetime], UUID]:
        assert self.filter is not None  # else nobody is due, and nothing can be asked
        decision, actor = Decision(self.filter, reason, case, self.total), self._context.actor
        return lambda session, now: decide(session, decision, actor=actor, now=now)

    def _counted(self, total: int) -> None:
        self.total = total
        self.count.setText(self._context.texts.say_n(PEOPLE, total))
        today = self.filter is not None and self.filter.day == self._context.clock.today()
        self.keep.setEnabled(bool(total))
        self.act.setEnabled(bool(total) and today)
        self.act.setVisible(self._context.may("people.erase"))
        self.counts.setText(self._counts(today))

    def _counts(self, today: bool) -> str:
        texts, filter = self._context.texts, self.filter
        tally = self.model.tally
        asked = filter.asked if filter is not None and not filter.only else ()
        said = [f"{texts.say(rule.title)}: {texts.number(tally[place])}" for place, rule in enumerate(asked) if place in tally]
        if not today:
            said.append(texts.say(_("only those who are due today can be disposed of")))
        return " · ".join(said)
