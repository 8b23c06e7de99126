"""The floor of starting: the least program with PySide6, SQLAlchemy and a table that shows a page of the same file."""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView
from sqlalchemy import create_engine, text
from sqlcipher3 import dbapi2

from bench.started import tell

Index = QModelIndex | QPersistentModelIndex
PAGE = text("SELECT family, given, birth_date FROM person ORDER BY name_key LIMIT 100")


class Table(QAbstractTableModel):
    """The rows as they came."""

    def __init__(self, rows: list[Any]) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def _connect() -> Any:
    """To the product's own file, with its key if it has one."""
    raw = dbapi2.connect(sys.argv[1])
    if sys.argv[2]:
        raw.execute(f'PRAGMA key = "{sys.argv[2]}"').close()
    return raw


def main() -> int:
    """Open the file, show a page, say when it stands on the screen."""
    qt = QApplication(sys.argv[:1])
    engine = create_engine("sqlite://", module=dbapi2, creator=_connect)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(PAGE)]
    model, window, view = Table(rows), QMainWindow(), QTableView()
    view.setModel(model)
    window.setCentralWidget(view)
    window.resize(1280, 820)
    window.show()
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, lambda: tell("window", last=True)))
    return qt.exec()


if __name__ == "__main__":
    raise SystemExit(main())
