"""The head of the import page: its acts, and which of them stand there at which step."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QWidget

from db.texts import _, ngettext
from desktop.core.manifest import Offer
from desktop.core.texts import Texts
from desktop.people.imports.mapping.panel import MappingPanel
from desktop.widgets.buttons import Button, primary_button, quiet_button
from desktop.widgets.panels import PageHeader

Step = Literal["first", "working", "rows", "columns"]


class ImportHeader(PageHeader):
    """What its buttons do is the page's and, of those about columns, the panel's."""

    def __init__(self, texts: Texts, mapping: MappingPanel, offers: list[Offer], parent: QWidget | None = None) -> None:
        say = texts.say
        other, bring = quiet_button(say(_("Other file…"))), primary_button(say(_("Import")))
        undo, show = quiet_button(say(_("Take back the import")), icon="undo"), primary_button(say(_("Show these people")))
        more = [quiet_button(say(offer.contribution.title)) for offer in offers]
        acts = (other, undo, *more, mapping.open_button, mapping.back_button, bring, mapping.apply_button, show)
        super().__init__(say(_("Import people")), "", acts, parent)
        self._texts, self._mapping = texts, mapping
        self.other_button, self.import_button, self.undo_button, self.show_button = other, bring, undo, show
        self.offer_buttons: list[Button] = more

    def show_step(self, step: Step, *, done: bool, saved: bool, usable: bool) -> None:
        """Offer what can be done at this step.

        Args:
            done: The import is through.
            saved: It changed something, which can be shown and taken back.
            usable: The file has rows to go back to.
        """
        rows, columns = step == "rows", step == "columns"
        self.other_button.setVisible(rows or columns)
        self._mapping.open_button.setVisible(rows and not done)
        self._mapping.apply_button.setVisible(columns)
        self._mapping.back_button.setVisible(columns and usable)
        self.import_button.setVisible(rows and not done)
        for button in (self.undo_button, self.show_button, *self.offer_buttons):
            button.setVisible(rows and saved)

    def show_many(self, many: int) -> None:
        """Say on the button how many rows the import would write."""
        self.import_button.setEnabled(many > 0)
        words = self._texts.say_n(ngettext("Import {count} person", "Import {count} people"), many)
        self.import_button.setText(words if many else self._texts.say(_("Nothing to import")))
        self.import_button.updateGeometry()
