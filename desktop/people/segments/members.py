"""Who is in a segment while it is built, and who fell out of it and why: a list of any length beside the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QWidget
from sqlalchemy import Select

from db.search import title_of
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.segments.counting import Counts, MemberRow
from desktop.widgets.buttons import Button, choice_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import column, flow
from desktop.widgets.query_model import QueryModel


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """The query of the people to show."""

    people: Select[Any]


class MembersView(QWidget):
    """Names of those who are in, or of those left out with the segment that says so; Enter opens the record."""

    opened = Signal(object)  # a person's id

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        self._titles: dict[UUID, str] = {}
        self._counts: Counts | None = None
        say = self._say
        self.whole = plain_label("…", "title")
        self.detail = plain_label("", "dim", wrap=True)
        self.inside, self.outside = choice_button(say(_("Who is in"))), choice_button(say(_("Who was left out")))
        for button in (self.inside, self.outside):  # a group of Qt's would let Tab reach only the one that is chosen
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, button))
        self.inside.setChecked(True)
        self.model: QueryModel[MemberFilter, MemberRow] = QueryModel(self._spec(), context, self)
        self.table = ListView(self.model, say(_("People")), 0, ticks=False)
        head = self.table.horizontalHeader()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.opened.connect(self.opened)
        self.model.failed.connect(lambda error: context.messages.show(error, _("loading the people")))
        body = column(self.whole, self.detail, flow(self.inside, self.outside), self.table, gap=10, margin=16)
        body.setStretch(3, 1)
        self.setLayout(body)
        self.set_sides(False)

    def set_sides(self, both: bool) -> None:
        """Whether somebody can be left out at all."""
        for button in (self.inside, self.outside):
            button.setVisible(both)
        self.table.setColumnHidden(1, not (both and self.outside.isChecked()))
        if not both:
            self.inside.setChecked(True)
            self.outside.setChecked(False)

    def tell(self, counts: Counts, titles: Mapping[UUID, str]) -> None:
        """Show what was counted."""
        texts, say = self._context.texts, self._say
        self._counts, self._titles = counts, dict(titles)
        everybody = texts.number(counts.everybody)
        if counts.whole is None:
            self.whole.setText(say(_("Cannot be counted")))
        else:
            self.whole.setText(say(_("{count} of {all}"), count=texts.number(counts.whole), all=everybody))
        problem = counts.problem
        told = " ".join(filter(None, (say(text, **problem.values) for text in (problem.what, problem.to_do)))) if problem else ""
        self.detail.setText(told)
        self.detail.setVisible(bool(told))
        self.outside.setText(say(_("Left out: {count}"), count=texts.number(counts.left)))
        self._show()

    def _choose(self, chosen: Button, *_clicked: object) -> None:
        for button in (self.inside, self.outside):
            button.setChecked(button is chosen)
        self._show()

    def _show(self) -> None:
        counts, say = self._counts, self._say
        out = self.outside.isChecked() and not self.outside.isHidden()
        self.table.setColumnHidden(1, not out)
        people = (counts.left_out if out else counts.people) if counts is not None else None
        self.table.setVisible(people is not None)
        self.table.set_empty(EmptyState(say(_("Nobody was left out.")) if out else say(_("Nobody fits."))))
        if people is not None:
            self.model.show(MemberFilter(people))

    def _spec(self) -> ListSpec[MemberFilter, MemberRow]:
        def why(row: MemberRow, _texts: Texts) -> str:
            return self._titles.get(UUID(row.why), "") if row.why else ""

        return ListSpec(
            query=lambda filter: filter.people,
            row=MemberRow,
            columns=(
                Column(_("Name"), lambda row, texts: title_of(row.family, row.given), "name_sort", 150, strong=True),
                Column(_("Left out by"), why, "", 130, tone=lambda row: "dim"),
            ),
        )
