"""Gives columns of a list the room their words need: roles, states and other terms are never cut."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QTableView

from desktop.widgets.cells import CellDelegate
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme

SAMPLE, MOST_GROWTH = 40, 1.7  # rows looked at, and how far a column may grow


def show_terms_whole(view: QTableView, model: QueryModel[Any, Any], drawing: CellDelegate) -> None:
    """Widen the columns whose words come again and again, as the first rows show them; small labels before all."""
    rows, option, spare = range(min(model.rowCount(), SAMPLE)), QStyleOptionViewItem(), _spare(view, model)
    for number, column in enumerate(model.spec.columns):
        if view.isColumnHidden(number):
            continue
        cells = [model.index(row, number) for row in rows]
        terms = len({str(cell.data() or "") for cell in cells}) <= max(2, len(rows) // 3)
        tags = any(map(drawing.tags, cells))
        if number and not column.strong and (terms or tags):
            need = max(drawing.sizeHint(option, cell).width() for cell in cells)
            now, limit = view.columnWidth(number), round(current_theme().px(column.width) * MOST_GROWTH)
            more = max(0, min(need, limit) - now) if tags else max(0, min(need, limit, now + spare) - now)
            spare -= more
            view.setColumnWidth(number, now + more)


def _spare(view: QTableView, model: QueryModel[Any, Any]) -> int:
    """What columns may grow by before one that takes what is left gets less than it asked for; without one, without end."""
    header, theme = view.horizontalHeader(), current_theme()
    taking = [n for n in range(header.count()) if header.sectionResizeMode(n) == QHeaderView.ResizeMode.Stretch]
    if not taking:
        return 1 << 20
    fixed = sum(header.sectionSize(n) for n in range(header.count()) if n not in taking)
    return max(0, view.viewport().width() - fixed - sum(theme.px(model.spec.columns[n].width) for n in taking))
