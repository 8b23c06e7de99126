"""Draws every reusable part into pictures for the eye: python -m tests.widgets.gallery FOLDER."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from sqlalchemy import create_engine, insert
from sqlalchemy.pool import StaticPool

from desktop.widgets.banner import Banner
from desktop.widgets.buttons import chip, choice_button, link_button, primary_button, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form import CodeField, DayField, Form, TextArea
from desktop.widgets.labels import Avatar, Tag, plain_label
from desktop.widgets.lifeline import Lifeline, Stage
from desktop.widgets.list_view import ListView
from desktop.widgets.panels import Card, Facts, PageHeader, Proportions, Section, Share, column, row, side_panel
from desktop.widgets.query_model import QueryModel
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import Theme, apply_theme, current_theme
from desktop.widgets.timeline import TimelineEntry, TimelineView
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


LIFE = (
    ("Prospect", "Mar 2020"), ("Student", "Aug 2020"), ("Exchange", "Oulu, spring 2023"), ("Degree", "Jun 2025"), ("Alumna", "Jun 2025"),
    ("Mentor", "asked"),
)  # fmt: skip


def stages(times: int = 1) -> list[Stage]:
    """A life, or one with many stages."""
    many = [Stage(title, detail, "done") for _ in range(times) for title, detail in LIFE]
    return [*many[:-2], Stage(*LIFE[4], "now"), Stage(*LIFE[5], "open")]


def card_page() -> QWidget:
    """A person's card, with a short and a long life."""
    facts = Facts([("Lifelong e-mail", "tindra.tb@alumni.example")])
    facts.add("Mobile", "070-174 06 12", link_button("Call"))
    facts.add("Language", "Swedish, Finnish")
    due = Card()
    due.add(
        row(
            Tag("in 4 h", "warn"),
            column(plain_label("Answer her reply"), plain_label("Alumni contact", "small"), gap=2),
            None,
            quiet_button("Answer"),
        )
    )
    timeline = TimelineView("Timeline", "Show earlier")
    timeline.set(
        [
            TimelineEntry(
                UUID(int=1),
                "Replied: “Gladly, in October?” and more words than one line of this narrow card can hold at once",
                ("E-mail in · today 08:14 · Alumni",),
            ),
            TimelineEntry(UUID(int=2), "Asked about a guest lecture", ("E-mail out, from template · yesterday",), "accent"),
            TimelineEntry(UUID(int=3), "Restricted entry", ("3 Nov · not open to your role",), "dim"),
            TimelineEntry(UUID(int=4), "Letter came back", ("18 Jun 2025 · Registry import",), "bad"),
        ],
        more=True,
    )
    timeline.setMinimumHeight(current_theme().px(240))
    head = row(
        Avatar("TB"),
        column(plain_label("Testesson-Björk, Tindra", "title"), plain_label("20010312-••••", "dim"), gap=2),
        None,
        Tag("E-mail OK", "ok"),
        gap=12,
    )
    talk = Section("Timeline", link_button("All modules"))
    talk.add(timeline)
    page = side_panel(column(head, Lifeline(stages(), "Life"), Lifeline(stages(3), "Long life"), facts, due, talk, gap=14))
    timeline.stream.setCurrentIndex(timeline.model.index(1, 0))
    page.resize(460, 800)
    return page


def phone_page() -> QWidget:
    """The console: script, note, outcomes, and a form with a slip."""
    page = QWidget()
    banner = Banner()
    banner.tell(
        "The database does not answer.",
        "Nothing was saved; your entries are still in the form.",
        tone="warn",
        actions=[("Try again", lambda: None)],
    )
    script = Card("Script · step 2 of 5")
    script.add(
        plain_label(
            "Congratulations on your place! I study here myself. Have you had time to think about it?", "script", wrap=True
        )
    )
    script.add(row(*[choice_button(text, str(n)) for n, text in enumerate(("Yes", "Not sure", "No"), 1)], None))
    outcomes = QGridLayout()
    keys = (
        ("F5", "Reached"),
        ("F6", "No answer"),
        ("F7", "Busy"),
        ("F8", "Call back…"),
        ("F9", "Wrong number"),
        ("F12", "Do not call"),
    )
    for n, (key, text) in enumerate(keys):
        button = choice_button(text, key)
        button.setChecked(n == 0)
        outcomes.addWidget(button, n // 3, n % 3)
    form = Form()
    form.add("note", "Note", TextArea("Wonders about housing from 20 August"))
    form.add("day", "Call back on", DayField(date(2026, 11, 22), date(2026, 11, 20)), "Any usual way to write a day")
    form.add("stage", "Stage", CodeField([("new", "New"), ("advised", "Advised")]))
    bar = Proportions([Share("Done", 1104, "accent"), Share("Callbacks", 80, "warn")], 500)
    end = row(quiet_button("Hand over to service desk…"), None, primary_button("Save and next", key="Ctrl Enter"))
    page.setLayout(column(banner, SearchBox("Search people"), bar, script, outcomes, form, end, gap=14, margin=16))
    form.mark("day", "The day lies in the past. Choose today or a later day.")
    page.resize(640, 700)
    return page


PAGES = {"list": list_page, "card": card_page, "phone": phone_page}


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
