"""Texts that break programs, put wherever people may write: shown letter by letter on every page and in every document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from sqlalchemy import select

from db.accounts import sign_in
from db.errors import Told
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Person
from db.models.post import Post
from db.models.role import Role
from db.models.task import Task
from db.profiles import Address
from db.sorting import fold, name_key
from desktop.assembly import new_registry, open_database
from desktop.core.clock import FixedClock
from desktop.widgets.spoken import plain_text_offenders
from tests.support import HOSTILE

from .conftest import LOGIN, OpenWindow, module_classes

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
SHORT = tuple(text if len(text) < 100 else text[:80] for text in HOSTILE)
WRITTEN = ("title", "name", "label", "note", "contact", "place", "text", "owner_post", "reviewed_by", "filed_by", "caller_name")
JOINERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"))  # no document prints them
ROWS = 200


@pytest.fixture
def hostile(demo: Address, clock: FixedClock) -> Address:
    """The demo with such texts in whatever is free text: of people, and of every module's tables."""
    registry = new_registry(clock)
    database = open_database(demo, registry, clock.now)
    actor = sign_in(database, LOGIN, make=False)
    with database.write(actor, "make_demo") as session:
        for person, text in zip(session.scalars(select(Person).order_by(Person.id)), cycle(SHORT), strict=False):
            person.family = person.given = person.preferred = person.former = person.salutation = text
            person.note, person.name_key = text, name_key(text, text)
        for kind, names in (
            (Interaction, ("title", "text", "by_name")),
            (Task, ("title", "note")),
            (Role, ("programme", "source")),
            (ContactPoint, ("label", "city", "street")),
        ):
            for row, text in zip(session.scalars(select(kind)), cycle(SHORT), strict=False):  # type: ignore[var-annotated]
                for name in names:
                    setattr(row, name, text)
        for number, (post, text) in enumerate(zip(session.scalars(select(Post)), cycle(SHORT), strict=False)):
            post.title, post.title_key = text, f"{fold(text)}{number}"
    for module in registry.modules:
        for kind in module_classes(module.package):
            names = [name for name in WRITTEN if name in kind.__table__.c]
            with database.write(actor, "make_demo") as session:
                for row, text in zip(session.scalars(select(kind).limit(ROWS)), cycle(SHORT), strict=False):
                    for name in names:
                        if getattr(row, name):
                            setattr(row, name, text)
    database.close()
    return demo


def cells(model: QAbstractItemModel, role: int) -> Iterator[str]:
    for number in range(min(model.rowCount(), 60)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())):
            value: Any = model.index(number, column).data(role)
            yield from map(str, value if isinstance(value, (list, tuple)) else [value] if value else [])


def shown(page: QWidget) -> list[str]:
    """Every text of the page that a reader sees or hears."""
    texts = [label.text() for label in page.findChildren(QLabel)]
    texts += [field.text() for field in page.findChildren(QLineEdit)]
    texts += [field.toPlainText() for kind in (QPlainTextEdit, QTextEdit) for field in page.findChildren(kind)]
    for view in page.findChildren(QAbstractItemView):
        if view.model() is not None:
            texts += cells(view.model(), Qt.ItemDataRole.DisplayRole)
    return texts


def tips(page: QWidget) -> list[str]:
    """Every text that Qt would take for mark-up if it looks like it."""
    texts = [part.toolTip() for part in page.findChildren(QWidget)]
    for view in page.findChildren(QAbstractItemView):
        if view.model() is not None:
            texts += cells(view.model(), Qt.ItemDataRole.ToolTipRole)
    return [text for text in texts if text]


def test_every_page_shows_such_texts_letter_by_letter(open_window: OpenWindow, hostile: Address) -> None:
    window = open_window(path=hostile)
    seen: list[str] = []
    wrong = []
    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        widget = window.show_filled(manifest, page)
        if widget is None:
            wrong.append(f"{page.key} could not be opened")
            continue
        texts = shown(widget)
        seen += texts
        wrong += [f"{page.key}: may be mark-up: {what}" for what in plain_text_offenders(widget)]
        wrong += [f"{page.key}: changed: {text[:80]!r}" for text in texts if "&lt;b" in text or "&amp;" in text]
        wrong += [f"{page.key}: filled in: {text[:80]!r}" for text in texts if "49 " in text and "%s" in text]
        wrong += [
            f"{page.key}: tip is mark-up: {tip[:80]!r}" for tip in tips(widget) if GuiQt.mightBeRichText(tip) and "<b>" in tip
        ]
    assert wrong == []
    everything = "\n".join(seen)
    assert [text for text in SHORT if text not in everything] == []


@pytest.mark.sqlite_only("a document is made of texts, which the test before reads from every engine")
def test_documents_print_such_titles_letter_by_letter(open_window: OpenWindow, hostile: Address) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    window = open_window(path=hostile)
    assert window.app.view is not None and window.app.desk is not None
    context = window.app.view.context
    printed, found = 0, set()
    for offer in context.offers("document"):
        make = context.load(offer.contribution.opens)
        package = window.registry.module(offer.module).package
        records = titled(window.app.desk.database, package)
        titles = {title for _id, title in records if title in SHORT}
        for id, _title in records:
            try:
                content = make(context, id)
            except Told:  # this kind of document is not made of this kind of record
                continue
            text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
            here = {title for title in titles if plain(title) in plain(text)}  # a version has a title of its own
            assert here, text[:300]
            found |= here
            printed += 1
    assert printed >= len(context.offers("document"))
    assert len(found) >= 3


def titled(database: Any, package: str) -> list[tuple[str, str]]:
    """Ids and titles of the module's records."""
    with database.read() as session:
        kinds = [kind for kind in module_classes(package) if "title" in kind.__table__.c]
        return [(str(id), title) for kind in kinds for id, title in session.execute(select(kind.id, kind.title).limit(12))]


def plain(text: str) -> str:
    return "".join(text.translate(JOINERS).split()).replace("\u00ad", "").replace("-", "")
