"""The rows of a file under the tiles that count them and narrow them to one kind."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QWidget

from db.texts import _, ngettext
from desktop.core.texts import Texts
from desktop.people.imports.preview import ImportModel, ImportTable
from desktop.people.imports.reading import Kind, Preview
from desktop.people.imports.tiles import Tiles
from desktop.widgets.banner import announce
from desktop.widgets.panels import column
from desktop.widgets.theme import current_theme


class RowsView(QWidget):
    """All rows to begin with, or the faulty ones where there are no others."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.model = ImportModel(texts, self)
        self.table = ImportTable(self.model, texts.say(_("Rows of the file")))
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.tiles = Tiles(texts)
        body = column(self.tiles, self.table, gap=12)
        body.setStretch(1, 1)
        body.setContentsMargins(0, 0, current_theme().px(16), 0)
        self.setLayout(body)
        self.tiles.chosen.connect(self._narrow)

    def show_preview(self, preview: Preview) -> None:
        """Show the rows of another file."""
        self.model.show_preview(preview)
        self.tiles.set_counts(preview.counts)
        kind: Kind | None = "faulty" if preview.counts["faulty"] == len(preview.entries) else None
        if self.tiles.tile(kind).isChecked():
            self._narrow(kind)
        else:
            self.tiles.choose(kind)

    def _narrow(self, kind: Kind | None) -> None:
        self.model.narrow(kind)
        announce(self.table, self._texts.say_n(ngettext("{count} row", "{count} rows"), self.model.rowCount()))
