"""The rules of retention: all that modules offer, and the form in which the office decides about one."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.retention import ACTIONS
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.fields import Fields
from desktop.people.retention.beside import Beside
from desktop.people.retention.rules import Rule, RuleForm, change_rule
from desktop.people.retention.words import in_short
from desktop.people.saving import EditBox, Service
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import column, row, rule

UNITS: dict[str, Msgid] = {"months": _("Months"), "years": _("Years")}
STATES: dict[str, Msgid] = {"": _("Off: finds nothing"), "on": _("On")}


class RuleFields(Fields):
    """After which time, what is done, on what ground, and whether the rule is on."""

    def __init__(self, context: ModuleContext, rule: Rule) -> None:
        super().__init__(context)
        self._rule = rule
        years = not rule.months % 12
        self.code("active", _("Rule"), STATES, "on" if rule.active else "")
        self.text("period", _("Time"), str(rule.months // 12 if years else rule.months), required=True)
        self.code("unit", _("Counted in"), UNITS, "years" if years else "months")
        if not rule.known.of_rows:
            self.code("action", _("What is done"), ACTIONS, rule.action)
        self.area("ground", _("Legal ground"), self.say(Msgid(rule.ground)), 3)

    def value(self) -> RuleForm:
        """What is written.

        Raises:
            RuleBroken: the time is no number.
        """
        period = self.read("period").strip()
        if not period.isdecimal() or len(period) > 4:
            raise RuleBroken(_("This is no number."), _("Write how many months or years."), field="period")
        months = int(period) * (12 if self.read("unit") == "years" else 1)
        written, offered = " ".join(self.read("ground").split()), self._rule.known.offer.ground
        ground = "" if written == self.say(offered) else written
        action = self._rule.action if self._rule.known.of_rows else self.read("action")
        return RuleForm(self._rule.code, self.say(self._rule.title), months, action, ground, self.read("active") == "on")


class RulesView(QWidget):
    """The list on the left, the form on the right."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self._rules: tuple[Rule, ...] = ()
        self.buttons: dict[str, Button] = {}
        self.box: EditBox | None = None
        self._editing = ""
        self._carried: dict[str, Any] = {}
        self._lines = QVBoxLayout()
        say = self._say
        about = _("A rule finds people from the day it is switched on, and never removes anybody by itself: somebody decides about those "
                  "who are due. Whoever has a legal hold, an open task or a post is never due. Rules for single rows find old rows of people "
                  "who stay; a legal hold keeps these, too.")  # fmt: skip
        left = QWidget()
        body = column(plain_label(say(about), "dim", wrap=True), gap=12, margin=16)
        body.addLayout(self._lines)
        body.addStretch(1)
        left.setLayout(body)
        self.beside = Beside(left, say(_("Choose a rule to change it, or to switch it on.")), say(_("Rules and form")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.beside)

    def show_rules(self, rules: tuple[Rule, ...]) -> None:
        """Show these; a form that is open stays."""
        self._rules = rules
        focused = next((code for code, button in self.buttons.items() if button.hasFocus()), "")
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons.clear()
        for number, one in enumerate(rules):
            if number:
                self._lines.addWidget(rule())
            self._lines.addWidget(self._line(one))
        if focused in self.buttons:
            self.buttons[focused].setFocus()
        if self._carried:
            carried, self._carried = self._carried, {}
            self.restore(carried)

    def edit(self, code: str) -> None:
        """Open the form of a rule; one in which something is typed stays."""
        if self.box is not None and self.box.typed:
            self.box.start()
            return
        one = next((each for each in self._rules if each.code == code), None)
        if one is None:
            return
        form = RuleFields(self._context, one)
        self._editing = code
        self.box = EditBox(
            self._context,
            self._say(one.title),
            form,
            partial(self._step, one, form),
            verb="change_retention_rule",
            save_text=self._say(_("Save rule")),
            said=self._say(_("The rule is saved.")),
        )
        self.box.closed.connect(self._close)
        self.beside.open(self.box)
        self.box.start()

    def state(self) -> dict[str, Any]:
        """What is typed about which rule."""
        typed = self.box is not None and self.box.typed
        return {"rule": self._editing, "texts": self.box.state()} if typed and self.box is not None else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave, as soon as the rules are read."""
        if not self._rules:
            self._carried = state
        elif state:
            self.edit(state["rule"])
            if self.box is not None:
                self.box.restore(state["texts"])

    def _step(self, one: Rule, form: RuleFields) -> Service:
        written = form.value()

        def save(session: Session) -> None:
            change_rule(session, written, one.version)

        return save

    def _close(self) -> None:
        self.box = None
        self.beside.close_form()
        if self._editing in self.buttons:
            self.buttons[self._editing].setFocus()
        self._editing = ""

    def _line(self, one: Rule) -> QWidget:
        say = self._say
        title = say(one.title)
        change = quiet_button(say(_("Change…")))
        change.setAccessibleName(say(_("Change {what}"), what=title))
        change.clicked.connect(partial(self._open, one.code))
        self.buttons[one.code] = change
        more = in_short(one, self._context.texts)
        if not one.known.runs:
            more = say(_("{what} Its module “{module}” does not run."), what=more, module=say(one.known.module))
        told = column(plain_label(title, "strong", wrap=True), plain_label(more, "small", wrap=True), gap=3)
        state = Tag(say(_("on")), "ok") if one.active else Tag(say(_("off")), "")
        both = row(told, state, change, gap=12)
        both.setStretch(0, 1)
        widget = QWidget()
        widget.setLayout(both)
        return widget

    def _open(self, code: str, *_clicked: object) -> None:
        self.edit(code)
