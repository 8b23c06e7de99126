"""My day: how many pairs wait to be judged; also keeps the list of them up to date while nobody has its page open."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.duplicates.scan import bring_up_to_date
from desktop.people.duplicates.verdicts import count_pairs
from desktop.widgets.buttons import link_button
from desktop.widgets.panels import Card, row

COMPARED = frozenset({"person", "contact_point", "identifier"})
PAUSE = 5000  # milliseconds after the last change until whoever changed is looked at


class DuplicatesCard(Card):
    """Hidden while no pair waits. The first look at the whole register is left to the page, where it is asked for."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Possible duplicates")), parent)
        self._context = context
        self.setAccessibleName(self.heading.text())
        self.open_button = link_button("")
        self.open_button.clicked.connect(lambda: context.navigate("people.duplicates"))
        self.add(row(self.open_button, None))
        self.hide()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look)
        context.changes.changed.connect(self._heard)
        self._look()

    def _heard(self, moved: Moved) -> None:
        if moved.areas & COMPARED:
            self._pause.start()
        elif moved.areas & {"suspected_pair", "not_a_duplicate", "kept_apart"}:
            self._count()

    def _look(self) -> None:
        context, now = self._context, self._context.clock.now()
        looks = context.may("people.identifiers")

        def work(session: Session) -> int:
            if looks:
                bring_up_to_date(session, context.database, now=now, only_news=True)
            return 0

        context.tasks.read(self, work, lambda _nothing: self._count(), self._fail, slot="look")

    def _count(self) -> None:
        self._context.tasks.read(self, count_pairs, self._show, self._fail, slot="count")

    def _show(self, count: int) -> None:
        texts = self._context.texts
        self.open_button.setText(texts.say_n(ngettext("{count} pair to look at", "{count} pairs to look at"), count))
        self.setVisible(bool(count))

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, _("looking for duplicates"))
