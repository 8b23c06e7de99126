"""While a new person is typed: who in the register it may be, with why, each one key away."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.card_parts import clear
from desktop.people.duplicates.rules import reasons_in_words
from desktop.people.duplicates.verdicts import Like, Typed, who_may_it_be
from desktop.widgets.banner import announce
from desktop.widgets.buttons import link_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Section, column
from desktop.widgets.theme import current_theme

PAUSE = 250  # milliseconds without a key until it is looked up


class DuplicateHint(Section):
    """Likely people below each other, hidden while there are none. Pressing one opens the record; the form stays as it is."""

    opened = Signal(object)  # the id

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Already in the register?")), parent=parent)
        self._context = context
        self._lines = QVBoxLayout()
        self._lines.setSpacing(current_theme().px(6))
        self.add(self._lines)
        self._typed = Typed()
        self.shown: list[Like] = []
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look)
        self.hide()

    def follow(self, typed: Typed) -> None:
        """Look up what is typed now, once no key comes for a moment."""
        if typed != self._typed:
            self._typed = typed
            self._pause.start()

    def _look(self) -> None:
        country = self._context.settings.get("core.office_country")
        work = partial(who_may_it_be, typed=self._typed, country=country)
        self._context.tasks.read(self, work, self._show, self._fail, slot="like")

    def _show(self, found: list[Like]) -> None:
        before = {like.id for like in self.shown}
        self.shown = found
        clear(self._lines)
        for like in found:
            self._lines.addWidget(self._line(like))
        self.setVisible(bool(found))
        if found and {like.id for like in found} - before:
            text = ngettext("{count} person in the register may be this one.", "{count} people in the register may be this one.")
            announce(self, self._context.texts.say_n(text, len(found)))

    def _line(self, like: Like) -> QWidget:
        texts = self._context.texts
        name = f"{like.title} · {texts.day(like.born)}" if like.born is not None else like.title
        why = " · ".join(reasons_in_words(like.reasons, texts))
        button = link_button(name.replace("&", "&&"))
        button.setAccessibleName(texts.say(_("Open {name}: {reasons}"), name=name, reasons=why))
        button.clicked.connect(partial(self._open, like.id))
        line = QWidget()
        line.setLayout(column(button, plain_label(why, "small", wrap=True), gap=0))
        return line

    def _open(self, person: UUID, *_checked: object) -> None:
        self.opened.emit(person)

    def _fail(self, error: Exception) -> None:
        self._show([])
        self._context.messages.show(error, _("looking for the same person"))
