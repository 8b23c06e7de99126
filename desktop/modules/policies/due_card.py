"""The card on My day: policies whose yearly revision is due."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.modules.policies import reading
from desktop.modules.policies.office import DUE_TONES, due_words, notice_days
from desktop.modules.policies.reading import PolicyRow
from desktop.modules.policies.roomy import roomy_label
from desktop.widgets.buttons import link_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import Card, column, flow
from desktop.widgets.theme import current_theme


class DueCard(Card):
    """Hides itself when nothing is due."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Policies to revise")), parent)
        self._context, self._say = context, context.texts.say
        self._lines: QWidget | None = None
        self.count = 0
        self.hide()
        context.changes.changed.connect(self._heard)
        self.load()

    def load(self) -> None:
        """Read anew what is due."""
        work = partial(reading.due_policies, today=self._context.clock.today(), soon=notice_days(self._context))
        self._context.tasks.read(self, work, self._show, self._fail)

    def _heard(self, moved: Any) -> None:
        if "policy" in moved.areas:
            self.load()

    def _show(self, rows: list[PolicyRow]) -> None:
        if self._lines is not None:
            self._lines.hide()
            self._lines.deleteLater()
        self._lines = QWidget()
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(current_theme().px(12))
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(rows):
            self._add(grid, number, line)
        self.add(self._lines)
        self.count = len(rows)
        self.setVisible(bool(rows) and self.parentWidget() is not None)  # without one, showing would open a window

    def _add(self, grid: QGridLayout, number: int, line: PolicyRow) -> None:
        due = due_words(line.due, line.next_review, self._context.texts)
        post = plain_label(line.owner_post, "dim", wrap=True)
        post.setMinimumWidth(current_theme().px(80))  # a title of any length never pushes the page wider
        state = flow(Tag(due, DUE_TONES[line.due]), post)
        grid.addLayout(column(roomy_label(line.title, "strong"), state, gap=4), number, 0)
        button = link_button(self._say(_("Revise")))
        button.setAccessibleName(self._say(_("Revise {title}"), title=line.title))
        button.clicked.connect(partial(self._open, line.id))
        grid.addWidget(button, number, 1, Qt.AlignmentFlag.AlignTop)

    def _open(self, policy_id: UUID, *_checked: object) -> None:
        self._context.navigate("policies.record", subject=policy_id)

    def _fail(self, error: Exception) -> None:
        self.hide()
        self._context.messages.show(error, doing=_("loading the policies"))
