"""What the office contacts people for, and the texts people are shown when they are asked."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.models.consent import BASES, PURPOSE_KINDS
from db.models.person import LANGUAGES
from db.texts import _, ngettext
from desktop.core.contacting.purposes import PurposeForm, PurposeLine, add_purpose, edit_purpose, purposes
from desktop.core.context import ModuleContext
from desktop.people.consents.purpose_fields import PurposeFields
from desktop.people.saving import EditBox, Service
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import PageHeader, column, row, rule, scrolling, side_panel, splitter
from desktop.widgets.theme import current_theme

AREAS = frozenset({"consent_purpose", "consent_text", "consent"})


class PurposesPage(QWidget):
    """The list on the left, the form on the right."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setWindowTitle(self._say(_("Purposes of contact")))
        self.add = quiet_button(self._say(_("New purpose…")), icon="plus")
        self.header = PageHeader(self.windowTitle(), "", (self.add,))
        self.buttons: dict[UUID, Button] = {}
        self.box: EditBox | None = None
        self._editing: UUID | None = None
        self._found: list[PurposeLine] = []
        self._carried: dict[str, Any] | None = None
        self._lay_out()
        self.add.clicked.connect(lambda: self.edit(None))
        context.changes.changed.connect(self._heard)
        self.look()

    def _lay_out(self) -> None:
        theme, inner, side = current_theme(), QFrame(), QFrame()
        inner.setProperty("panel", "clear")
        side.setProperty("panel", "side")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        about = _("People are asked for a consent only where the basis is consent. Matters of service reach everybody.")
        layout.addWidget(self.header)
        layout.addWidget(plain_label(self._say(about), "dim", wrap=True))
        self._lines = QVBoxLayout()
        layout.addLayout(self._lines)
        layout.addStretch(1)
        self._place = QVBoxLayout(side)
        self._hint = plain_label(self._say(_("Choose a purpose to change its names and texts.")), "dim", wrap=True)
        self._hint.setMargin(theme.px(8))
        self._place.addWidget(self._hint)
        self._place.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        name = self._say(_("Purposes and form"))
        outer.addWidget(splitter(scrolling(inner), side_panel(side), sizes=(620, 460), name=name))

    def look(self) -> None:
        """Read the purposes anew."""
        work = partial(purposes, retired=True)
        self._context.tasks.read(self, work, self._show, self._context.messages.show, slot="purposes")

    def _heard(self, moved: Moved) -> None:
        if not AREAS.isdisjoint(moved.areas):
            self.look()

    def _show(self, found: list[PurposeLine]) -> None:
        self._found = found
        self.header.set_count(self._context.texts.say_n(ngettext("{count} purpose", "{count} purposes"), len(found)))
        focused = next((id for id, button in self.buttons.items() if button.hasFocus()), None)
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons.clear()
        for number, line in enumerate(found):
            if number:
                self._lines.addWidget(rule())
            self._lines.addWidget(self._line(line))
        if focused in self.buttons:
            self.buttons[focused].setFocus()
        if self._carried is not None:
            self.restore(self._carried)

    def _line(self, line: PurposeLine) -> QWidget:
        say, texts = self._say, self._context.texts
        name = line.called(texts.language)
        details = [say(PURPOSE_KINDS[line.kind]), say(BASES[line.basis])]
        if line.months:
            details.append(texts.say_n(ngettext("valid for {count} month", "valid for {count} months"), line.months))
        for text in line.texts:
            language = say(LANGUAGES[text.language]) if text.language in LANGUAGES else text.language
            details.append(say(_("text {number}, {language}"), number=text.number, language=language))
        change = quiet_button(say(_("Change…")))
        change.setAccessibleName(say(_("Change {what}"), what=name))
        change.clicked.connect(lambda: self.edit(line.id))
        self.buttons[line.id] = change
        told = column(plain_label(name, "strong", wrap=True), plain_label(" · ".join(details), "small", wrap=True), gap=3)
        both = row(told, *([Tag(say(_("retired")), "")] if line.retired else []), change, gap=12)
        both.setStretch(0, 1)
        widget = QWidget()
        widget.setLayout(both)
        return widget

    def edit(self, purpose_id: UUID | None) -> None:
        """Open the form for a purpose, or for a new one; one in which something is typed stays."""
        if self.box is not None and self.box.typed:
            self.box.start()
            return
        self._close()
        line = next((line for line in self._found if line.id == purpose_id), None)
        if purpose_id is not None and line is None:
            return
        say, form = self._say, PurposeFields(self._context, line)
        self._editing = purpose_id
        self.box = EditBox(
            self._context,
            line.called(self._context.texts.language) if line else say(_("New purpose")),
            form,
            lambda: self._step(line, form.value()),
            verb="edit_purpose" if line else "add_purpose",
            save_text=say(_("Save purpose")),
            said=say(_("The purpose is saved.")),
        )
        self.box.closed.connect(self._close)
        self._hint.hide()
        self._place.insertWidget(0, self.box)
        self.box.show()
        self.box.start()

    def _step(self, line: PurposeLine | None, form: PurposeForm) -> Service:
        today = self._context.clock.today()

        def save(session: Session) -> None:
            if line is None:
                add_purpose(session, form, today=today)
            else:
                edit_purpose(session, line.id, line.version, form, today=today, seen=line.texts)

        return save

    def _close(self) -> None:
        if self.box is None:
            return
        box, self.box, id = self.box, None, self._editing
        self._place.removeWidget(box)
        box.hide()
        box.deleteLater()
        self._hint.show()
        self._editing = None
        back = self.buttons.get(id) if id is not None else None
        (back or self.add).setFocus()

    def unsaved(self) -> bool:
        """Whether something typed is not saved."""
        return self.box is not None and self.box.typed

    def state(self) -> dict[str, Any]:
        """What is typed about which purpose, for the page built in this one's place."""
        return {"purpose": self._editing, "texts": self.box.state()} if self.box is not None and self.box.typed else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave, as soon as the purposes are read."""
        self._carried = state if state and not self._found else None
        if state and self._carried is None:
            self.edit(state["purpose"])
            if self.box is not None:
                self.box.restore(state["texts"])
