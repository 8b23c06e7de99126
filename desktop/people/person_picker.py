"""Finds one person by parts of the name, and by e-mail or phone where one may see these."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QListWidget, QListWidgetItem, QSizePolicy, QWidget
from sqlalchemy.orm import Session

from db.search import Hit, search
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.widgets.panels import column
from desktop.widgets.search_box import SearchBox

AT_MOST = 8


def _people(session: Session, text: str, names_only: bool) -> list[Hit]:
    return [hit for hit in search(session, text, AT_MOST * 2, names_only=names_only) if hit.kind == "person"][:AT_MOST]


class PersonPicker(QWidget):
    """A search box over a short list; `chosen` is the person marked, if any."""

    picked = Signal(object)  # UUID

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.chosen: UUID | None = None
        self.box = SearchBox(context.texts.say(_("Search a person")))
        self.found = QListWidget()
        self.found.setAccessibleName(context.texts.say(_("People found")))
        self.found.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustToContents)
        self.found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.found.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setLayout(column(self.box, self.found, gap=4))
        self.setFocusProxy(self.box)
        self.box.settled.connect(self._search)
        self.box.down.connect(self._step_down)
        self.found.currentItemChanged.connect(lambda item, _old: self._take(item))

    def choose(self, person_id: UUID, name: str) -> None:
        """Begin with this person."""
        self.found.clear()
        self._add(person_id, name, "")
        self.found.setCurrentRow(0)

    def _search(self, text: str) -> None:
        if text.strip():
            work = partial(_people, text=text, names_only=not self._context.may("people.view"))
            self._context.tasks.read(self, work, self._fill, self._fail, slot="people")

    def _fill(self, hits: list[Hit]) -> None:
        self.found.clear()
        self.found.setVisible(bool(hits))
        for hit in hits:
            self._add(hit.id, hit.title, hit.detail)
        if hits:
            self.found.setCurrentRow(0)

    def _add(self, person_id: UUID, name: str, detail: str) -> None:
        item = QListWidgetItem(f"{name}  ·  {detail}" if detail else name)
        item.setData(Qt.ItemDataRole.UserRole, person_id)
        self.found.addItem(item)
        self.found.show()

    def _take(self, item: QListWidgetItem | None) -> None:
        value: Any = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        self.chosen = value
        self.picked.emit(value)

    def _step_down(self) -> None:
        if self.found.count():
            self.found.setFocus()

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, doing=_("searching people"))
