"""What a record says of merges: that it leads to another one, or which records were merged into it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.merging.handles import Merges, merges_of
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow


class MergesLine(QWidget):
    """Hidden on a record that nobody merged. `led` tells whether the record only leads to another one."""

    led = Signal(bool)

    def __init__(self, context: ModuleContext, person_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._id, self._say = context, person_id, context.texts.say
        self.words, self._acts = plain_label("", wrap=True), QWidget()
        self._column = column(self.words, self._acts, gap=6)
        self.setLayout(self._column)
        self.hide()

    def read(self) -> None:
        """Read what merges there were."""
        self._context.tasks.read(
            self,
            partial(merges_of, person_id=self._id),
            self._show,
            lambda error: self._context.messages.show(error, _("loading a person")),
            slot="merges",
        )

    def _show(self, merges: Merges) -> None:
        say, into = self._say, merges.into
        if into is not None:
            lead = say(_("This record was merged into that of {name}."), name=merges.into_name)
            rest = say(_("Everything is there; only the names are left here."))
            self.words.setText(f"{lead} {rest}")
            buttons = [self._button(say(_("Open {name}"), name=merges.into_name), "people.record", into)]
            merged = [(self._id, say(_("Take apart…")))]
        else:
            names = "; ".join(name for _id, name in merges.merged)
            self.words.setText(say(_("Merged into this record: {names}"), names=names))
            buttons = []
            merged = [(id, say(_("Take {name} apart…"), name=name)) for id, name in merges.merged]
        if self._context.may("people.merge"):
            buttons += [self._button(text, "people.apart", id) for id, text in merged]
        self._lay(buttons)
        self.setVisible(into is not None or bool(merges.merged))
        self.led.emit(into is not None)

    def _lay(self, buttons: list[Button]) -> None:
        acts = flow(*buttons)
        self._column.replaceWidget(self._acts, acts)
        self._acts.hide()
        self._acts.deleteLater()
        self._acts = acts
        acts.setVisible(bool(buttons))

    def _button(self, text: str, page: str, person: UUID) -> Button:
        button = quiet_button(text)
        button.clicked.connect(lambda: self._context.navigate(page, person_id=person))
        return button
