"""Labels for texts of any length: they take the room there is and never push the page wider."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.widgets.labels import Role, plain_label
from desktop.widgets.theme import current_theme


def roomy_label(text: str = "", role: Role = "body", least: int = 80) -> QLabel:
    """A wrapping plain label that is at least `least` pixels wide and otherwise as wide as its place."""
    label = plain_label(text, role, wrap=True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setMinimumWidth(current_theme().px(least))
    return label
