"""One line under the heading of a record: who else has it open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from db.presence import Present
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.texts import Texts
from desktop.widgets.banner import announce

NAMED = 2  # colleagues called by their names; the others are counted


class PresenceLine(QLabel):
    """Says so while its page is in sight, or holds what was typed; takes no room while nobody else is there.

    Args:
        key: The key of the page.
        ref: The record; None while it is not stored.
        typed: Whether the page holds something that is not saved.
    """

    def __init__(self, context: ModuleContext, page: QWidget, key: str, ref: UUID | None, typed: Callable[[], bool]) -> None:
        super().__init__()
        self._context, self._page, self._key, self._ref, self._typed = context, page, key, ref, typed
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("tone", "accent")
        self.hide()
        if ref is not None:
            page.installEventFilter(self)
            context.presence.moved.connect(self._show)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and self._ref is not None:
            if event.type() == QEvent.Type.Show:
                self._context.presence.enter(self, self._key, self._ref)
                self._show()
            elif event.type() == QEvent.Type.Hide and not event.spontaneous() and not self._typed():
                self._context.presence.leave(self)
        return False

    def _show(self) -> None:
        texts = self._context.texts
        said = who_else(self._context.presence.others(self._ref), texts) if self._ref is not None else ""
        if said != self.text():
            self.setText(said)
            self.setVisible(bool(said))
            if self._page.isVisible():
                announce(self._page, said or texts.say(_("Nobody else has this open any more.")))


def who_else(others: Sequence[Present], texts: Texts) -> str:
    """Who else is there, in words; one's own other window is told apart."""
    names = [one.name for one in others if not one.own]
    said = []
    if len(names) == 1:
        said.append(texts.say(_("{name} also has this open."), name=names[0]))
    elif len(names) == NAMED:
        said.append(texts.say(_("{name} and {other} also have this open."), name=names[0], other=names[1]))
    elif names:
        number = texts.number(len(names) - NAMED)
        listed = ", ".join(names[:NAMED])
        said.append(texts.say(_("{names} and {count} more also have this open."), names=listed, count=number))
    if len(names) != len(others):
        said.append(texts.say(_("You have this open in another window too.")))
    return " ".join(said)
