"""Carries what a user has typed and opened from a page to the one built in its place."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_Field = QLineEdit | QPlainTextEdit | QTextEdit


def state_of(page: QWidget) -> Any:
    """What `restore` needs. A page may offer `state()` and `restore(state)`; of others, typed text is kept by its place."""
    own = getattr(page, "state", None)
    if callable(own):
        return own()
    return {number: _text(field) for number, field in enumerate(_fields(page)) if _typed(field)}


def draft_of(page: QWidget) -> Any:
    """What `restore` needs after a crash: plain values only, asked every few seconds. A page may offer `draft()`."""
    own = getattr(page, "draft", None)
    return own() if callable(own) else state_of(page)


def restore(page: QWidget, state: Any) -> None:
    """Bring back what `state_of` gave."""
    own = getattr(page, "restore", None)
    if callable(own) and callable(getattr(page, "state", None)):
        own(state)
        return
    fields = _fields(page)
    for number, text in (state or {}).items():
        if isinstance(number, int) and number < len(fields):
            _type(fields[number], text)


def unsaved(page: QWidget) -> bool:
    """Whether the page holds something typed that would be lost; a page says so by `unsaved()`."""
    own = getattr(page, "unsaved", None)
    return bool(own()) if callable(own) else False


def _fields(page: QWidget) -> list[_Field]:
    kinds: tuple[type[_Field], ...] = (QLineEdit, QPlainTextEdit, QTextEdit)
    return [field for kind in kinds for field in page.findChildren(kind) if not field.isReadOnly()]


def _typed(field: _Field) -> bool:
    return field.isModified() if isinstance(field, QLineEdit) else field.document().isModified()


def _text(field: _Field) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _type(field: _Field, text: str) -> None:
    if isinstance(field, QLineEdit):
        field.setText(text)
        field.setModified(True)
    else:
        field.setPlainText(text)
        field.document().setModified(True)
