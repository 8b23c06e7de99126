"""What others change in a list somebody works in: rows in sight are brought up to date where they stand, and a quiet bar offers the rest."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from db.changes import Moved
from db.texts import _, ngettext
from desktop.widgets.banner import announce
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_reading import Glance, ListReader
from desktop.widgets.panels import row

if TYPE_CHECKING:
    from desktop.core.texts import Texts
    from desktop.widgets.list_view import ListView

KEY = "F5"
SOME = -1  # changed, and nobody knows how many


class Listed(Protocol):
    """The list as its news see it."""

    @property
    def total(self) -> int: ...

    def in_sight(self) -> dict[UUID, int]:
        """The records of the pages in sight, each with its row, in their order."""

    def row_of(self, id: UUID) -> int | None: ...

    def put(self, row: int, value: Any) -> None:
        """Show this in the row's place."""

    def refresh(self) -> None: ...


class ListNews(QObject):
    """Gathers what was told since the rows were read, and looks what of it this list shows."""

    told = Signal(int)  # how many records came, went or belong elsewhere; `SOME` when only that is known

    def __init__(self, listed: Listed, read: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self._list, self._read = listed, read
        self.busy: Callable[[], bool] = lambda: False  # a view says here whether somebody works in it
        self._ids: set[UUID] = set()
        self._own = False
        self._shown = 0

    def note(self, moved: Moved) -> None:
        """Something was saved that the list may show."""
        self._ids |= moved.ids
        self._own = self._own or not moved.by_others

    def settle(self, reader: ListReader[Any] | None) -> None:
        """Bring the list up to date, or only what is in sight while somebody works in it."""
        own, self._own = self._own, False
        if own or reader is None or not self.busy():
            self._list.refresh()
        else:
            seen = self._list.in_sight()
            work = partial(reader.glance, ids={*seen, *self._ids})
            self._read(work, partial(self._compare, list(seen)), slot="glance")

    def forget(self) -> None:
        """The rows were read anew."""
        self._ids.clear()
        self._tell(0)

    def _compare(self, seen: list[UUID], glance: Glance[Any]) -> None:
        rows = self._list.in_sight()
        if list(rows) != seen:
            return  # another page came into sight or the list was read anew; the next change looks again
        found = {one.id: one for one in glance.rows}
        for id, place in rows.items():
            if id in found:
                self._list.put(place, found[id])
        gone = {id for id in rows if id not in found}
        came = {id for id in self._ids if id in found and self._list.row_of(id) is None}
        before, after = [id for id in rows if id in found], [id for id in found if id in rows]
        stay = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() if before != after else []
        turned = len(before) - sum(block.size for block in stay) if stay else 0
        count = len(gone) + len(came) + turned
        self._tell(count or (SOME if glance.total != self._list.total else 0))

    def _tell(self, count: int) -> None:
        if count != self._shown:
            self._shown = count
            self.told.emit(count)


class NewsBar(QWidget):
    """Below a list: how many records others changed, and F5 to show them. What is pointed at, ticked and in sight stays.

    Args:
        editing: Whether a form is open beside the list.
    """

    def __init__(self, view: ListView, news: ListNews, texts: Texts, editing: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self._view, self._news, self._texts, self._editing = view, news, texts, editing
        self.label = plain_label("", "dim", wrap=True)
        self.button = quiet_button(texts.say(_("Show")), key=KEY)
        self.button.clicked.connect(self.show_all)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = row(self.label, self.button)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        QShortcut(QKeySequence(KEY), self, self.show_all, context=Qt.ShortcutContext.WindowShortcut)
        self.hide()
        news.busy = self.busy
        news.told.connect(self._tell)

    def busy(self) -> bool:
        """Whether rows that move would be in somebody's way."""
        chosen = self._view.ticked
        pointing = self._view.currentIndex().row() > 0 or self._view.verticalScrollBar().value() > 0
        menu = QApplication.activePopupWidget() is not None or QApplication.mouseButtons() != Qt.MouseButton.NoButton
        return self._view.isVisible() and (chosen or pointing or menu or self._editing())

    def show_all(self) -> None:
        """Read the list anew around what is in sight."""
        if self.button.hasFocus():
            self._view.setFocus()
        self._view.refresh()

    def _tell(self, count: int) -> None:
        say = self._texts.say
        if count > 0:
            text = self._texts.say_n(ngettext("{count} changed by others", "{count} changed by others"), count)
        else:
            text = say(_("Others changed this list"))
        self.label.setText(text)
        self.button.setAccessibleName(f"{text}. {say(_('Show'))}")
        self.setVisible(count != 0)
        if count and self.isVisible():
            announce(self, say(_("{what}. {key} shows it."), what=text, key=KEY))
