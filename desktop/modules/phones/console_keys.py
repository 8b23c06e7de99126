"""The keys of the console, wherever the focus is in it; text fields keep those that type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QScrollArea

from db.texts import _

if TYPE_CHECKING:
    from desktop.modules.phones.console import ConsolePage

KEYS = (
    ("F2", _("Start or end the call")),
    ("F3", _("Other outcomes; type the first letters")),
    ("F4", _("Pause or go on")),
    ("1–9", _("Answer in the script, outside text fields")),
    ("Alt+1–9", _("Answer in the script, from anywhere")),
    ("Space", _("Next step of the script, outside text fields")),
    ("Alt+←", _("Step back in the script")),
    ("Alt+N", _("To the note")),
    ("Alt+M, Alt+A", _("Callback: me, anyone")),
    ("Ctrl+Enter", _("Save and next")),
    ("Ctrl+Z", _("Take back the last call for 30 seconds")),
    ("Esc", _("From the note to the script; nothing is lost")),
)
_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
_KEYPAD, _NONE = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.NoModifier


class Keys(QObject):
    """Says what a key means here and does it. Fields are watched, because they would keep F4 or type Alt with a digit;
    what scrolls would keep the arrows."""

    def __init__(self, page: ConsolePage) -> None:
        super().__init__(page)
        self._page = page
        call = page.call
        fields = (call.note, call.callback.line, call.topic, call.outcomes.other, call.script.language)
        for part in (*fields, *page.findChildren(QScrollArea)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.means(event):
            return self.press(event)
        return super().eventFilter(watched, event)

    def means(self, event: QKeyEvent) -> bool:
        """Whether the key does something here, so that no menu of the window takes it."""
        return self._name(event) != ""

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key means; False if it means nothing here."""
        page, name = self._page, self._name(event)
        acts = {
            "F2": page.call.dial,
            "F3": page.call.outcomes.open_others,
            "F4": page.pause,
            "save": page.save_and_next,
            "undo": page.take_back,
            "back": page.call.script.step_back,
            "note": page.call.note.setFocus,
            "mine": page.call.callback.mine.click,
            "anyone": page.call.callback.anyone.click,
            "next": page.call.script.forward,
        }
        if name in acts:
            if name in ("F4", "undo") or page.call.data is not None:
                acts[name]()
        elif name.startswith("answer"):
            page.call.script.answer(int(name[-1]))
        elif name:
            page.call.choose(page.call.outcomes.key_of(name))
        return bool(name)

    def _name(self, event: QKeyEvent) -> str:
        """A word for what the key asks; an outcome by the name of its key; empty for what is not ours."""
        key, held = event.key(), event.modifiers() & ~_KEYPAD
        if held == _CTRL and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return "save"
        if held == _CTRL and key == Qt.Key.Key_Z:
            return "" if self._has_own_undo() else "undo"
        digit = key - Qt.Key.Key_0
        if 1 <= digit <= 9 and (held == _ALT or (held == _NONE and not self._typing())):
            return f"answer{digit}"
        if held == _ALT:
            names = {Qt.Key.Key_Left: "back", Qt.Key.Key_N: "note", Qt.Key.Key_M: "mine", Qt.Key.Key_A: "anyone"}
            name = names.get(Qt.Key(key), "")
            return name if name not in ("mine", "anyone") or self._page.call.callback.isVisible() else ""
        if held != _NONE:
            return ""
        if key == Qt.Key.Key_Space and not self._typing():
            return "next" if self._page.focusWidget() in (None, self._page.call.script) else ""
        name = QKeySequence(key).toString()
        return name if name in ("F2", "F3", "F4") or self._page.call.outcomes.key_of(name) else ""

    def _typing(self) -> bool:
        return isinstance(self._page.focusWidget(), QLineEdit | QPlainTextEdit | QComboBox)

    def _has_own_undo(self) -> bool:
        """Whether Ctrl+Z belongs to the text being typed."""
        field = self._page.focusWidget()
        if isinstance(field, QPlainTextEdit):
            return field.document().isUndoAvailable()
        return isinstance(field, QLineEdit) and field.isUndoAvailable()
