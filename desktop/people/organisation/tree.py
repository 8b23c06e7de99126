"""The organisation as a tree: units below units, each with its posts and who holds them, as it is on one day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from db.models.unit import LEVELS
from db.texts import _
from desktop.core.texts import Texts
from desktop.people.organisation.posts import PostRow
from desktop.people.organisation.units import UnitRow
from desktop.widgets.theme import current_theme

SUBJECT = Qt.ItemDataRole.UserRole + 1


class OrganisationTree(QTreeView):
    """Arrows move, Right and Left open and close, letters jump; `pointed_at` tells of a unit, a post, or None."""

    pointed_at = Signal(object)

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._closed = texts, set[UUID | None]()
        self.setAccessibleName(texts.say(_("Units and posts")))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setMinimumHeight(7 * current_theme().row_height)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.collapsed.connect(lambda index: self._closed.add(self._id(index)))
        self.expanded.connect(lambda index: self._closed.discard(self._id(index)))

    def show_rows(self, units: list[UnitRow], posts: list[PostRow], day: date) -> None:
        """Show what there is on that day; what was pointed at and what was closed stays so. A unit that is not there then hides
        its posts under it too, unless these have no unit at all.
        """
        chosen, say = self._id(self.currentIndex()), self._texts.say
        self._items.clear()
        self._items.setHorizontalHeaderLabels([say(_("Name")), say(_("Level or holder")), say(_("Code"))])
        places: dict[UUID | None, QStandardItem] = {None: self._items.invisibleRootItem()}
        there = {unit.id for unit in units if unit.there(day)}
        for unit in units:  # from the highest level down
            if unit.id in there:
                above = unit.form.parent_id if unit.form.parent_id in there else None
                places[unit.id] = self._add(places[above], self._unit(unit), unit)
        for post in posts:
            if post.unit_id is None or post.unit_id in places:
                self._add(places[post.unit_id], self._post(post), post)
        self.expandAll()
        for index in self._all():
            if self._id(index) in self._closed:
                self.collapse(index)
        self._fit()
        self.point_at(chosen)

    def point_at(self, id: UUID | None) -> None:
        """Go to this unit or post, or to the first line when it is not there."""
        found = next((index for index in self._all() if self._id(index) == id), self._items.index(0, 0))
        self.setCurrentIndex(found)
        if not found.isValid():
            self.pointed_at.emit(None)

    def currentChanged(self, current: Any, previous: Any) -> None:
        super().currentChanged(current, previous)
        self.pointed_at.emit(self.subject(current))

    def subject(self, index: QModelIndex | QPersistentModelIndex) -> UnitRow | PostRow | None:
        """What stands on that line."""
        found: UnitRow | PostRow | None = index.sibling(index.row(), 0).data(SUBJECT) if index.isValid() else None
        return found

    def _fit(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.setColumnWidth(1, current_theme().px(190))

    def _unit(self, unit: UnitRow) -> tuple[str, str, str]:
        level = self._texts.say(LEVELS[unit.form.level])
        return unit.name(self._texts.language), level, unit.form.code

    def _post(self, post: PostRow) -> tuple[str, str, str]:
        nobody = self._texts.say(_("Nobody"))
        return post.title, ", ".join(holder.name for holder in post.holders) or nobody, ""

    def _add(self, place: QStandardItem, cells: tuple[str, str, str], subject: UnitRow | PostRow) -> QStandardItem:
        items = [QStandardItem(cell) for cell in cells]
        for item, cell in zip(items, cells, strict=True):
            item.setAccessibleText(cell)
        items[0].setData(subject, SUBJECT)
        items[0].setSizeHint(QSize(0, current_theme().row_height))
        if isinstance(subject, UnitRow):
            font = items[0].font()
            font.setBold(True)
            items[0].setFont(font)
        place.appendRow(items)
        return items[0]

    def _all(self) -> list[QModelIndex]:
        """Every line, from the top down."""
        found: list[QModelIndex] = []
        waiting = [self._items.index(row, 0) for row in reversed(range(self._items.rowCount()))]
        while waiting:
            index = waiting.pop()
            found.append(index)
            waiting += [self._items.index(row, 0, index) for row in reversed(range(self._items.rowCount(index)))]
        return found

    def _id(self, index: QModelIndex | QPersistentModelIndex) -> UUID | None:
        subject = self.subject(index)
        return subject.id if subject is not None else None
