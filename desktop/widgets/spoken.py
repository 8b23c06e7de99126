"""Finds what a screen reader could not name and what might be taken for mark-up; for tests of any window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QComboBox, QLabel, QTextEdit, QWidget


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls the widget."""
    face = QAccessible.queryAccessibleInterface(widget)
    if face is not None and isinstance(widget, QComboBox):  # its name is its value on some systems; the label is a relation
        labels = [other.text(QAccessible.Text.Name) for other, _kind in face.relations(QAccessible.RelationFlag.Label)]
        return (widget.accessibleName() or "".join(labels)).strip()
    return face.text(QAccessible.Text.Name).strip() if face is not None else ""


def unnamed_controls(widget: QWidget) -> list[str]:
    """All visible controls under `widget` that take the keyboard's focus and have no name, as "Class path"."""
    nameless = []
    for part in [widget, *widget.findChildren(QWidget)]:
        reachable = part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled() and part.isVisibleTo(widget)
        inner = (
            part.focusProxy() is not None or isinstance(part.parent(), QAbstractScrollArea) or part.objectName().startswith("qt_")
        )
        if reachable and not inner and not part.isWindow() and not spoken_name(part):
            nameless.append(_path(part, widget))
    return nameless


def plain_text_offenders(widget: QWidget) -> list[str]:
    """Labels that would read their text as mark-up, by guess or always, and editors that take rich text."""
    labels = [label for label in widget.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText and label.text()]
    editors = [editor for editor in widget.findChildren(QTextEdit) if editor.acceptRichText() and not editor.isReadOnly()]
    return [_path(part, widget) for part in [*labels, *editors]]


def _path(part: QWidget, root: QWidget) -> str:
    names = [type(part).__name__]
    above = part.parentWidget()
    while above is not None and above is not root:
        names.append(type(above).__name__)
        above = above.parentWidget()
    return " in ".join(names)
