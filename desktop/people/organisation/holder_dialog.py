"""The dialog that gives a post to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.person_picker import PersonPicker
from desktop.widgets.form_dialog import FormDialog


class HolderDialog(FormDialog):
    """Who holds a post, from when to when."""

    def __init__(self, context: ModuleContext, titles: Iterable[str], post: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, _("Give a post to somebody"), _("Give the post"), parent)
        self.post = self.add_completed("owner_post", _("Post"), titles, post)
        self.person = self.form.add("person", self.say(_("Person")), PersonPicker(context))
        self.starts = self.add_day("starts", _("First day"), context.clock.today())
        self.ends = self.add_day("ends", _("Last day, if known"), None)
        self.replacing = QCheckBox(self.say(_("Whoever holds it now steps down the day before")))
        self.replacing.setChecked(True)
        self.body.insertWidget(2, self.replacing)

    def answer(self) -> tuple[str, UUID, date, date | None] | None:
        """Post, person, first and last day; None after marking what is missing."""
        if self.person.chosen is None:
            self.form.mark("person", self.say(_("Choose a person.")))
            return None
        starts = self.read_day("starts", self.starts)
        if starts is None:
            return None
        ends = self.ends.day() if self.ends.is_day() else self.read_day("ends", self.ends)
        if ends is None and self.ends.text().strip():
            return None
        return self.post.text(), self.person.chosen, starts, ends
