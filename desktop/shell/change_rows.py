"""The rows of one change set as a list that can be walked through: each row, and below it what moved in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QTreeWidget, QTreeWidgetItem, QWidget
from sqlalchemy.orm import Session

from db.row_changes import RowChange, RowChanges, row_changes
from db.texts import Msgid, _
from desktop.core.records import FieldLine, RecordWords, field_lines, row_name
from desktop.core.texts import Texts
from desktop.widgets.theme import current_theme

DONE: dict[str, Msgid] = {
    "made": _("Added · {what}"),
    "changed": _("Changed · {what}"),
    "removed": _("Removed · {what}"),
}
OPEN_AT_MOST = 20  # rows that show what moved in them without being asked

Columns = Mapping[str, frozenset[str] | None]  # what a reader may see, by table; None for all of it


def read_rows(session: Session, change_set: object, words: Mapping[str, RecordWords], columns: Columns, limit: int) -> RowChanges:
    """What a change set did, as far as these columns may be read; the tables in the order of their words."""
    areas = [table for table in words if table in columns]
    found = row_changes(session, change_set, areas, limit=limit)  # type: ignore[arg-type]
    rows = tuple(_only(row, columns[row.area]) for row in found.rows)
    return RowChanges(found.counts, rows, found.people)


def _only(row: RowChange, columns: frozenset[str] | None) -> RowChange:
    if columns is None:
        return row
    seen = columns | {"value"} if row.area == "identifier" else columns  # masked
    before, after = ({name: value for name, value in image.items() if name in seen} for image in (row.before, row.after))
    return RowChange(row.area, row.row_id, row.operation, before, after)


class ChangeRows(QTreeWidget):
    """Arrows walk, Right and Left open and close a row. `pointed` tells of the line under the cursor."""

    pointed = Signal()

    def __init__(self, texts: Texts, words: Mapping[str, RecordWords], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._words = texts, words
        self._lines: dict[int, tuple[RowChange, FieldLine | None]] = {}
        self.setHeaderHidden(True)
        self.setAccessibleName(texts.say(_("What was changed")))
        self.setStyleSheet(f"QTreeWidget:focus {{ border: 2px solid {current_theme().colours.accent}; }}")
        self.setWordWrap(True)
        self.setIndentation(current_theme().px(14))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(6 * current_theme().row_height)
        self.currentItemChanged.connect(lambda _now, _before: self.pointed.emit())

    def current(self) -> tuple[RowChange, str] | None:
        """The row under the cursor and, on a line of a changed one, the column; None on nothing."""
        item = self.currentItem()
        if item is None:
            return None
        row, line = self._lines[int(item.data(0, Qt.ItemDataRole.UserRole))]
        return row, line.column if line is not None and row.operation == "changed" else ""

    def current_text(self) -> str:
        """What stands under the cursor."""
        item = self.currentItem()
        return item.text(0) if item is not None else ""

    def show_rows(self, found: RowChanges | None) -> None:
        """Show these instead."""
        self.clear()
        self._lines = {}
        if found is None:
            return
        for row in found.rows:
            words = self._words[row.area]
            name = row_name(row, words, found.people, self._texts)
            top = self._item(self._texts.say(DONE[row.operation], what=name), row, None)
            for line in field_lines(row, words, self._texts):
                top.addChild(self._item(self._moved(line, row), row, line))
            self.addTopLevelItem(top)
            top.setExpanded(self.topLevelItemCount() <= OPEN_AT_MOST)

    def _item(self, text: str, row: RowChange, line: FieldLine | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        number = len(self._lines)
        self._lines[number] = (row, line)
        item.setData(0, Qt.ItemDataRole.UserRole, number)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, text)
        if line is None:
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
        return item

    def _moved(self, line: FieldLine, row: RowChange) -> str:
        if row.operation != "changed":
            return self._texts.say(_("{field}: {value}"), field=line.title, value=line.after or line.before)
        empty = self._texts.say(_("empty"))
        return self._texts.say(
            _("{field}: {before} → {after}"), field=line.title, before=line.before or empty, after=line.after or empty
        )


def counted(found: RowChanges, words: Mapping[str, RecordWords], texts: Texts, operations: Sequence[str] = tuple(DONE)) -> str:
    """How many rows of each kind, such as "Person 3 · Role 5"."""
    parts = [
        f"{texts.say(words[area].title)} {texts.number(count)}"
        for area, operation, count in found.counts
        if operation in operations and area in words
    ]
    return " · ".join(parts)
