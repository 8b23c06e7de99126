"""My day: the callbacks of today, mine and anyone's."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.base import new_id
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.modules.phones import queue
from desktop.modules.phones.queue import STANDING, Promise
from desktop.modules.phones.queue_panel import PromiseButton
from desktop.modules.phones.standing import Desk
from desktop.widgets.panels import Card
from desktop.widgets.theme import current_theme

AT_MOST = 12


class CallbacksCard(Card):
    """Pressing one opens the console with that person; hidden while none is due today."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Callbacks today")), parent)
        self._context = context
        self._token = new_id()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(current_theme().px(6))
        self.add(self._lines)
        self.setAccessibleName(self.heading.text())
        self.hide()
        context.changes.changed.connect(self._heard)
        self._read()

    def _heard(self, moved: object) -> None:
        if not STANDING.isdisjoint(getattr(moved, "areas", ())):
            self._read()

    def _read(self) -> None:
        clock, actor, settings = self._context.clock, self._context.actor, self._context.settings
        ends = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), clock.zone)
        desk = Desk(self._token, actor.id, actor.name, fall_hours=settings.get("phones.fall_hours"))

        def work(session: Session) -> list[Promise]:
            return queue.promises(session, None, desk, now=clock.now(), until=ends, limit=AT_MOST)

        self._context.tasks.read(self, work, self._show, lambda error: self._context.messages.show(error))

    def _show(self, promises: list[Promise]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for promise in promises:
            button = PromiseButton(promise, self._context.texts)
            button.clicked.connect(partial(self._open, promise))
            self._lines.addWidget(button)
        self.setVisible(bool(promises))

    def _open(self, promise: Promise) -> None:
        self._context.navigate("phones.record", subject=promise.entry_id)
