"""The page of whoever looks after retention: who is due, by which rules, who is held, and what was disposed of."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.retention.disposals_view import DisposalsView
from desktop.people.retention.due_view import DueView
from desktop.people.retention.holds_view import HoldsView
from desktop.people.retention.rows_view import RowsView
from desktop.people.retention.rules import Rule, known_row_rules, known_rules, rules
from desktop.people.retention.rules_view import RulesView
from desktop.widgets.panels import PageHeader, column

OLD = ("interaction", "consent", "contact_block", "task", "call_entry", "call_round")  # what old rows are counted anew after


class RetentionPage(QWidget):
    """Five tabs. The title of the window names nobody."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        say = self._say
        self.setWindowTitle(say(_("Retention")))
        self._known, self._known_rows = known_rules(context), known_row_rules(context)
        self.due, self.rows, self.rules = DueView(context), RowsView(context), RulesView(context)
        self.holds, self.disposals = HoldsView(context), DisposalsView(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(say(_("Parts of retention")))
        for view, title in (
            (self.due, _("Who is due")),
            (self.rows, _("Old rows")),
            (self.rules, _("Rules")),
            (self.holds, _("Legal holds")),
            (self.disposals, _("Disposals")),
        ):
            self.tabs.addTab(view, say(title))
        head = QWidget()
        head.setLayout(column(PageHeader(say(_("Retention"))), margin=16))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.tabs, 1)
        self.due.decided.connect(self._carry_out)
        self.rows.decided.connect(self._carry_out)
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self.look)
        context.changes.changed.connect(self._heard)
        self.look()

    def look(self) -> None:
        """Read rules, holds and disposals anew; who is due follows by itself."""
        work = partial(rules, known=(*self._known, *self._known_rows))
        self._context.tasks.read(self, work, self._show, self._context.messages.show, slot="rules")
        self.holds.look()
        self.disposals.look()

    def unsaved(self) -> bool:
        """Whether something typed is not saved."""
        return bool(self.rules.state())

    def state(self) -> dict[str, Any]:
        """The tab in sight and what is typed about a rule, for the same page in another language."""
        return {"tab": self.tabs.currentIndex(), "rules": self.rules.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.tabs.setCurrentIndex(state["tab"])
        self.rules.restore(state["rules"])

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Enter")), say(_("Open the record of the one chosen"))),
            (say(_("Ctrl+Enter")), say(_("Save the rule, or decide"))),
            (say(_("Esc")), say(_("Close the form"))),
        ]

    def _show(self, found: tuple[Rule, ...]) -> None:
        self.rules.show_rules(found)
        self.due.show_rules(tuple(rule for rule in found if not rule.known.of_rows))
        self.rows.show_rules(tuple(rule for rule in found if rule.known.of_rows))

    def _carry_out(self, disposal: UUID) -> None:
        self.tabs.setCurrentWidget(self.disposals)
        self.disposals.carry_out(disposal)

    def _heard(self, moved: Moved) -> None:
        if moved.areas & {"retention_rule", "legal_hold", "disposal", "disposal_rule", "person", "attachment", *OLD}:
            self._soon.start()
