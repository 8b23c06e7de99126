"""A part of the retention page: what there is on the left, and on the right the form about it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.widgets.labels import plain_label
from desktop.widgets.one_form import OneForm
from desktop.widgets.panels import scrolling, side_panel, splitter
from desktop.widgets.theme import current_theme

ROOM = 820  # pixels at 100 % below which the form does not stand beside


class Beside(QWidget):
    """Shows `hint` where no form is open."""

    def __init__(self, left: QWidget, hint: str, name: str, *, scrolls: bool = True) -> None:
        super().__init__()
        side, theme = QFrame(), current_theme()
        side.setProperty("panel", "side")
        self._place = QVBoxLayout()
        self._hint = plain_label(hint, "dim", wrap=True)
        self._hint.setMargin(theme.px(8))
        self._forms: OneForm[QWidget] = OneForm(self._place)
        inside = QVBoxLayout(side)
        inside.addWidget(self._hint)
        inside.addLayout(self._place)
        inside.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter(scrolling(left) if scrolls else left, side_panel(side), sizes=(600, 460), name=name, room=ROOM))

    @property
    def form(self) -> QWidget | None:
        """The form that is open."""
        return self._forms.form

    def open(self, form: QWidget) -> None:
        """Show this form; the one before goes."""
        self._hint.hide()
        self._forms.open(form)

    def close_form(self) -> None:
        """Let go of the form that is open."""
        self._forms.close()
        self._hint.show()
