"""Source and preview of a version side by side, with the facts that are printed above the text."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.modules.policies.preview import Preview
from desktop.modules.policies.service import PolicyText
from desktop.widgets.buttons import primary_button
from desktop.widgets.form import CodeField, Form, TextArea
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, row, splitter
from desktop.widgets.theme import current_theme

LANGUAGES = (("sv", _("Swedish")), ("fi", _("Finnish")), ("en", _("English")))
ROOM = 700  # pixels at 100 % below which the preview stands under the text
PREVIEW_ROOM = 200
PAUSE = 150  # milliseconds without a key before the preview follows
HINT = _("# section, ## subsection, - point, 1. point, **bold**, *italic*. Numbers of sections are set by themselves.")


class TextEditor(QWidget):
    """`saved` asks to save what is written; the page does it, since it knows the database."""

    saved = Signal()
    edited = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = texts.say
        self._loading = False
        self.dirty = False
        self._make_fields()
        self.preview = Preview(self._say(_("Preview of the policy")))
        self.save_button = primary_button(self._say(_("Save draft")), key="Ctrl+S")
        self.save_button.clicked.connect(self.saved)
        self.remark = plain_label("", "dim", wrap=True)
        QShortcut(QKeySequence.StandardKey.Save, self, self._save_by_key)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.refresh)
        left = QWidget()
        writing = column(self.form, self.source, plain_label(self._say(HINT), "small", wrap=True), gap=8)
        writing.setStretch(1, 1)
        writing.setContentsMargins(0, 0, current_theme().px(16), 0)
        left.setLayout(writing)
        right = QWidget()
        shown = column(self.preview)
        shown.setContentsMargins(current_theme().px(16), 0, 0, 0)
        right.setLayout(shown)
        self.preview.setMinimumHeight(current_theme().px(PREVIEW_ROOM))
        self.both = splitter(left, right, sizes=(520, 520), name=self._say(_("Text and preview")), room=ROOM)
        self.both.setStretchFactor(1, 1)
        below = row(self.remark, self.save_button)
        below.setStretch(0, 1)
        layout = column(self.both, below, gap=8)
        layout.setStretch(0, 1)
        layout.setContentsMargins(0, current_theme().px(14), 0, 0)
        self.setLayout(layout)

    def _make_fields(self) -> None:
        say = self._say
        self.form = Form(beside=True)
        self.form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # no field is ever cut
        self.title = self.form.add("title", say(_("Title")), QLineEdit(), required=True)
        self.owner = self.form.add("owner_post", say(_("Responsible post")), QLineEdit(), required=True)
        self.contact = self.form.add("contact", say(_("Contact address")), QLineEdit())
        self.language = self.form.add(
            "language", say(_("Language of the policy")), CodeField([(code, say(name)) for code, name in LANGUAGES])
        )
        self.note = self.form.add("note", say(_("What is new")), QLineEdit())
        self.source = TextArea(lines=8)
        self.source.setAccessibleName(say(_("Text of the policy")))
        self.form.edited.connect(lambda _key: self._touch())
        self.source.textChanged.connect(self._touch)

    def show_text(self, text: PolicyText, *, editable: bool, remark: str = "") -> None:
        """Show a version; one that is decided can be read and copied but not changed."""
        self._loading = True
        for field, value in (
            (self.title, text.title),
            (self.owner, text.owner_post),
            (self.contact, text.contact),
            (self.note, text.note),
        ):
            field.setText(value)
            field.setCursorPosition(0)
            field.setReadOnly(not editable)
        self.language.set_code(text.language)
        self.language.setEnabled(editable)
        self.source.setPlainText(text.source)
        self.source.setReadOnly(not editable)
        self.save_button.setVisible(editable)
        self.remark.setText(remark)
        self.form.clear_marks()
        self._loading, self.dirty = False, False
        self.refresh()

    def text(self) -> PolicyText:
        """What is written now."""
        return PolicyText(
            self.title.text(),
            self.owner.text(),
            self.contact.text(),
            self.language.code(),
            self.source.toPlainText(),
            self.note.text(),
        )

    def keep(self, text: PolicyText) -> None:
        """Bring back what was typed before the page was built anew."""
        self.show_text(text, editable=True, remark=self.remark.text())
        self.dirty = True
        self.edited.emit()

    def mark(self, key: str, text: str) -> bool:
        """Mark the field a rule is about."""
        return self.form.mark(key, text)

    def refresh(self) -> None:
        """Let the preview follow the source."""
        self._pause.stop()
        self.preview.show_source(self.source.toPlainText())

    def _touch(self, *_values: Any) -> None:
        if not self._loading:
            self.dirty = True
            self._pause.start()
            self.edited.emit()

    def _save_by_key(self) -> None:
        if self.save_button.isVisibleTo(self):
            self.saved.emit()
