"""The groups beside a list of people: each with its number; pointing at one shows who is in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.listing import PeopleFilter
from desktop.people.views.columns import AREAS
from desktop.people.views.groups import GATHERED, Group, groups
from desktop.widgets.theme import current_theme
from desktop.widgets.tick_list import KEY, TickList

SETTLE = 400  # milliseconds in which several changes become one count


class GroupList(TickList):
    """Hidden while people are gathered by nothing. The first line is everybody who fits."""

    narrowed = Signal(str)  # the code of a group; empty is all of them

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Groups")), parent)
        self._context, self._say = context, context.texts.say
        self._filter, self.by, self.code = PeopleFilter(), "", ""
        self._filling = False
        theme = current_theme()
        self.setMinimumWidth(theme.px(150))
        self.setMaximumWidth(theme.px(230))
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._read)
        self.currentItemChanged.connect(lambda *_items: self._point())
        context.changes.changed.connect(self._heard)
        self.hide()

    def show_groups(self, filter: PeopleFilter, by: str) -> None:
        """Gather who fits the filter by this; the group pointed at stays if there is still one like it."""
        if by != self.by:
            self.code = ""
        self._filter, self.by = filter, by
        self.setVisible(bool(by))
        if by:
            self._read()

    def _read(self) -> None:
        if self.by:
            work = partial(groups, filter=self._filter, by=self.by)
            self._context.tasks.read(self, work, self._fill, self._fail, slot="groups", of_many=True)

    def _fill(self, found: list[Group]) -> None:
        texts = self._context.texts
        self._filling = True
        self.clear()
        self.add("", self._say(_("All")))
        for group in found:
            self.add(group.code, group.title or words.role(group.code, texts), number=texts.number(group.count))
        rows = {str(item.data(KEY)): row for row, item in enumerate(self.items_in_order)}
        self.setAccessibleDescription(self._say(_("Gathered by: {what}"), what=self._say(GATHERED[self.by])))
        self.setCurrentRow(rows.get(self.code, 0))
        self._filling = False
        if self.code not in rows:
            self._point()

    def _point(self) -> None:
        item = self.currentItem()
        if self._filling or item is None:
            return
        code = str(item.data(KEY))
        if code != self.code:
            self.code = code
            self.narrowed.emit(code)

    def _heard(self, moved: Moved) -> None:
        if self.by and not moved.areas.isdisjoint(AREAS) and not self._settle.isActive():
            self._settle.start()

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, _("counting the people"))
