"""The name of a view and who may use it: asked when it is saved, and changed later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy.orm import Session

from db.models.saved_view import REACHES
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.views import service
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import Button, primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme


class ViewDialog(RoomyDialog):
    """Saves `view` as a new view, or, of a view that is `kept`, its name and who may use it; closes once it is stored."""

    def __init__(
        self, context: ModuleContext, view: View, chips: str, kept: Kept | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._say, self._view, self._kept = context, context.texts.say, view, kept
        say = self._say
        title = say(_("Save as a view") if kept is None else _("Name and users of the view"))
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(440))
        self.banner = Banner(say(_("Close this message")))
        self.form = Form()
        self.name = self.form.add("name", say(_("Name of the view")), QLineEdit(kept.name if kept else ""), required=True)
        choices = [(code, say(text)) for code, text in REACHES.items()]
        self.reach = self.form.add("reach", say(_("Who uses it")), CodeField(choices, kept.reach if kept else "own"))
        self.reach.setEnabled(kept is None or kept.own)
        self.save_button: Button = primary_button(say(_("Save")))
        self.save_button.setDefault(True)
        self.cancel_button = quiet_button(say(_("Cancel")))
        told = say(_("Shows: {what}"), what=chips or say(_("everybody")))
        for part in (plain_label(title, "title", wrap=True), plain_label(told, "dim", wrap=True), self.banner, self.form):
            self.body.addWidget(part)
        self.below.addLayout(row(None, self.cancel_button, self.save_button))
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.name.setFocus()

    def save(self) -> None:
        """Store it; what is typed stays until that is done."""
        actor, clock, name, reach = self._context.actor, self._context.clock, self.name.text(), self.reach.code()
        if self._kept is None:
            step = partial(service.save, view=self._view, name=name, reach=reach, actor=actor, clock=clock)
            self._write(step, "save_view")
        else:
            work = partial(service.change, kept=self._kept, name=name, reach=reach, actor=actor, clock=clock)
            self._write(work, "change_view")

    def _write(self, work: Callable[[Session], object], verb: str) -> None:
        self.save_button.setEnabled(False)
        self._context.tasks.write(self, work, lambda _done: self.accept(), self._fail, verb=verb)

    def _fail(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        tell_slip(self._context.messages.explain(error, _("saving the view")), self.form, self.banner)
