"""What leaves the list of people and what comes in by it: copied rows, exported files, a file dropped on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy import Select

from db.errors import RuleBroken
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection
from desktop.people import listing, words
from desktop.people.listing import PeopleFilter, PersonRow
from desktop.people.manifest import NUMBERS
from desktop.people.views.view import View
from desktop.widgets.file_drop import FileDrop
from desktop.widgets.list_view import ListView
from desktop.widgets.query_model import QueryModel
from desktop.widgets.table_copy import MOST


class Doors(QObject):
    """Tells of what was copied, opens the export of what the list shows, and the import of what is dropped on `page`.

    Args:
        people: The ids of those ticked.
        view: What the list shows now.
    """

    def __init__(
        self,
        context: ModuleContext,
        page: QWidget,
        model: QueryModel[PeopleFilter, PersonRow],
        table: ListView,
        people: Callable[[], Select[Any]],
        view: Callable[[], View],
    ) -> None:
        super().__init__(page)
        self._context, self._model, self._people, self._view = context, model, people, view
        table.copied.connect(self._tell_copied)
        table.too_many_to_copy.connect(self._refuse_copy)
        FileDrop(page, self._dropped)

    def export(self) -> None:
        """Open the export of those ticked, or of all that are shown."""
        model, ticked = self._model, self._model.selection
        filter = model.filter or PeopleFilter()
        count = model.selected_count if ticked else model.total
        said = words.selection(filter, count, ticked.all_matching or not ticked, self._context.texts)
        people = PeopleSelection(self._people() if ticked else listing.people_ids(filter), count, said)
        self._context.navigate("people.export", people=people, view=self._view())

    def _tell_copied(self, count: int) -> None:
        self._context.messages.say(self._context.texts.say_n(ngettext("{count} row copied.", "{count} rows copied."), count))

    def _refuse_copy(self, count: int) -> None:
        number = self._context.texts.number
        to_do = _("Export them instead.") if self._context.may("people.export") else _("Tick fewer people.")
        what = _("At most {most} rows can be copied; {count} are ticked.")
        self._context.messages.show(RuleBroken(what, to_do, most=number(MOST), count=number(count)))

    def _dropped(self, path: Path) -> None:
        if self._context.may(NUMBERS):
            self._context.navigate("people.import", path=path)
