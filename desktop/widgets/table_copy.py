"""Copying rows of a list as a table: tabs for whoever pastes text, a table for spreadsheets and letters."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from functools import cache
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from desktop.core import copied
from desktop.widgets.query_model import QueryModel

MOST = 500  # rows; whoever needs more takes a file, where purpose and reader are written down
OURS = "application/x-kontinuum-rows"  # tells our own table from what other programs copied


class TableCopy(QObject):
    """Puts the ticked rows on the clipboard, also those that were not read yet; what is shown is what is copied."""

    done = Signal(int)  # how many rows
    too_many = Signal(int)  # how many were ticked; nothing was copied

    def __init__(self, model: QueryModel[Any, Any]) -> None:
        super().__init__(model)
        self._model = model

    def copy(self, pointed: int, columns: Sequence[int]) -> None:
        """Copy what is ticked, or the row pointed at; these columns, in this order."""
        chosen = self._model.selection
        if not chosen:
            row = self._model.row_at(pointed) if pointed >= 0 else None
            if row is not None:
                self._put([row], columns)
            return
        if self._model.selected_count > MOST:
            self.too_many.emit(self._model.selected_count)
            return
        rows = [self._model.row_of(id) for id in chosen.ids]
        if chosen.all_matching or None in rows:
            self._model.read_ticked(lambda found: self._put(found, columns))
        else:
            self._put([self._model.row_at(row) for row in sorted(row for row in rows if row is not None)], columns)

    def _put(self, rows: Sequence[Any], columns: Sequence[int]) -> None:
        """One row goes without headings: it is pasted into a sentence more often than into a sheet."""
        spec, texts = self._model.spec, self._model.texts
        lines = [[_text(spec.columns[number].show(row, texts)) for number in columns] for row in rows if row is not None]
        if not lines:
            return
        heading = [str(self._model.headerData(number, Qt.Orientation.Horizontal)) for number in columns]
        mime = QMimeData()
        mime.setText(copied.rows([heading, *lines] if len(lines) > 1 else lines))
        mime.setHtml(copied.table(heading, lines))
        mime.setData(OURS, b"1")
        QGuiApplication.clipboard().setMimeData(mime)
        _tidy_at_the_end()
        self.done.emit(len(lines))


def _text(shown: str | tuple[str, ...]) -> str:
    return ", ".join(shown) if isinstance(shown, tuple) else shown


@cache
def _tidy_at_the_end() -> None:
    """See to it, once, that no table of ours is in the clipboard when the process ends: Qt would free it too late and crash."""
    atexit.register(_leave_text)


def _leave_text() -> None:
    clipboard = QGuiApplication.clipboard() if QGuiApplication.instance() is not None else None
    if clipboard is not None and clipboard.mimeData().hasFormat(OURS):
        clipboard.setText(clipboard.text())
