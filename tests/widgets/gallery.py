"""Draws every reusable part into pictures for the eye: python -m tests.widgets.gallery FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import create_engine, insert
from sqlalchemy.pool import StaticPool

from desktop.widgets.buttons import chip, primary_button, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import ListView
from desktop.widgets.panels import PageHeader, column, row
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import Theme, apply_theme
from tests.widgets.conftest import NAMES, SPEC, Changes, Lanes, NameFilter


def context() -> Any:
    """What the list needs, over a database in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    NAMES.metadata.create_all(engine)
    given = ["Alphasson, Ask", "Betasson, Ester", "Demosson, Ture", "Exempelsson, Mira", "Fiktivsson, Ossian", "Gammasson, Vilma"]
    with engine.begin() as connection:
        rows = [{"id": UUID(int=n + 1), "name": given[n % 6] + " " * (n // 6), "age": 19 + n * 7 % 40} for n in range(700)]
        connection.execute(insert(NAMES), rows)
    texts = SimpleNamespace(say=lambda text, **values: str(text).format(**values), number=str)
    return SimpleNamespace(tasks=Lanes(engine), texts=texts, changes=Changes())


def list_page() -> QWidget:
    """A list as a page shows it."""
    page = QWidget()
    model = QueryModel(SPEC, context())
    view = ListView(model, "People")
    header = PageHeader("People", "12,480 of 96,204", [quiet_button("Import…"), primary_button("New person")])
    chips = FlowLayout()
    for text in ("Role is student", "Faculty is Engineering"):
        chips.addWidget(chip(text))
    chips.addWidget(chip("+ Filter", False))
    filters = row(chips, view.columns_button())
    filters.setStretch(0, 1)
    foot = row(quiet_button("Write to…"), quiet_button("Add to call list…"), None, plain_label("1 selected", "dim"))
    page.setLayout(column(header, filters, view, foot, gap=10, margin=16))
    model.show(NameFilter())
    view.point_first()
    model.toggle(UUID(int=1))
    page.resize(760, 480)
    return page


PAGES = {"list": list_page}


def main(folder: Path) -> None:
    """Draw all, light and dark, at 100 and 150 %."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    folder.mkdir(parents=True, exist_ok=True)
    for dark in (False, True):
        for scale in (1.0, 1.5):
            apply_theme(app, Theme(dark, scale))
            for name, make in PAGES.items():
                page = make()
                page.resize(round(page.width() * scale), round(page.height() * scale))
                page.show()
                page.activateWindow()
                for _ in range(5):
                    app.processEvents()
                page.grab().save(str(folder / f"{name}-{'dark' if dark else 'light'}-{round(scale * 100)}.png"))
                page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
