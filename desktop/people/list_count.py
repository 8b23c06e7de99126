"""How many the list of people shows, and of how many in all."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import listing
from desktop.people.listing import PeopleFilter
from desktop.widgets.panels import PageHeader


class ListCount(QObject):
    """Writes into the header. All are counted when a filter hides some, and only once until somebody is added or changed."""

    counted_all = Signal()  # what was told can be told anew

    def __init__(self, context: ModuleContext, header: PageHeader, page: QObject) -> None:
        super().__init__(page)
        self._context, self._header = context, header
        self._all: int | None = None
        context.changes.changed.connect(self._heard)

    def tell(self, count: int, filter: PeopleFilter) -> None:
        """Say how many the filter lets in."""
        texts = self._context.texts
        if not filter.narrows:
            self._all = count
        elif self._all is None:
            whole = PeopleFilter(retired=filter.retired)
            self._context.tasks.read(
                self, partial(listing.count, filter=whole), self._tell_all, self.fail, slot="all", of_many=True
            )
        number = texts.number(count)
        if filter.narrows and self._all is not None:
            self._header.set_count(texts.say(_("{count} of {all}"), count=number, all=texts.number(self._all)))
        else:
            self._header.set_count(number)

    def fail(self, error: Exception) -> None:
        """Say that nobody could be counted, and why."""
        self._header.set_count(self._context.texts.say(_("The list could not be loaded.")))
        self._context.messages.show(error, _("loading the people"))

    def _tell_all(self, count: int) -> None:
        self._all = count
        self.counted_all.emit()

    def _heard(self, moved: Moved) -> None:
        if "person" in moved.areas:
            self._all = None
