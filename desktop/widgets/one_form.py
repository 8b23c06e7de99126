"""A place on a page in which one form at a time is open."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

F = TypeVar("F", bound=QWidget)


class OneForm(Generic[F]):
    """Shows forms in `place`; opening one lets go of the one before."""

    def __init__(self, place: QVBoxLayout) -> None:
        self._place = place
        self.form: F | None = None

    def open(self, form: F) -> None:
        """Show this one."""
        self.close()
        self.form = form
        self._place.addWidget(form)
        form.show()

    def close(self) -> None:
        """Let go of the form that is open, if there is one."""
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
