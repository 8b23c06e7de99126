"""A field to choose one of the rules that are on, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSignalBlocker

from db.texts import Msgid, _
from desktop.people.retention.rules import Rule
from desktop.widgets.form import CodeField


class RuleChoice(CodeField):
    """Its choices are renewed when the office decides about a rule; what is chosen stays as long as its rule is on."""

    def __init__(self, say: Callable[[Msgid], str]) -> None:
        super().__init__([("", say(_("All rules")))])
        self.setAccessibleName(say(_("Rule")))
        self._say = say

    def offer(self, on: Iterable[Rule]) -> None:
        """Let these be chosen; nobody is told that the field changed."""
        chosen, titles = self.code(), {rule.code: self._say(rule.title) for rule in on}
        with QSignalBlocker(self):
            self.set_choices([("", self._say(_("All rules"))), *titles.items()])
            self.set_code(chosen if chosen in titles else "")

    @property
    def only(self) -> tuple[str, ...]:
        """The key of the one chosen; empty for all."""
        return (self.code(),) if self.code() else ()
