"""Every text column holds every hostile text, and lists, cards, tips, dialogs, documents and copies show it as it is (T17)."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtGui import Qt as Guess
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget
from sqlalchemy import String, inspect, select
from sqlalchemy.orm import DeclarativeBase

from db.accounts import sign_in
from db.base import Base
from db.database import Database
from db.errors import RuleBroken
from db.models.merge import MergedPerson
from db.models.person import Person
from db.search import search
from db.sorting import fold, name_key
from desktop.assembly import new_registry, open_database
from desktop.core import copied, pdf
from desktop.core.clock import FixedClock
from desktop.core.log import ScrubbingFormatter
from desktop.core.messages import Messages
from desktop.core.registry import Registry
from desktop.core.texts import Texts
from desktop.people.consents.purposes_page import PurposesPage
from desktop.people.editing import PersonForm, create_person
from desktop.people.imports.page import ImportPage
from desktop.people.list_page import PeopleListPage
from desktop.people.organisation.page import OrganisationPage
from desktop.people.retention.page import RetentionPage
from desktop.widgets.banner import Banner, Question
from desktop.widgets.labels import tip
from desktop.widgets.spoken import plain_text_offenders
from desktop.widgets.timeline import TimelineView
from tests.accessibility.stations import columns_shown
from tests.contract.conftest import LOGIN, OpenWindow, Window, demo_file, module_classes, open_window
from tests.contract.test_hostile_texts import cells, shown, tips
from tests.faults.crowd import CARDS, crowd
from tests.faults.injections import BETWEEN, REFUSED, TEXTS, bundles, plain

__all__ = ["demo_file", "open_window"]
ROWS = 40
# Text columns nobody writes into: codes the program chooses, and what it works out from others.
NOT_WRITTEN = {
    "attachment": {"hash", "media_type", "module"},
    "call": {"outcome"},
    "call_claim": {"user_name"},
    "call_entry": {"state", "why", "last_outcome"},
    "call_outcome": {"code", "key", "then", "hold", "callback"},
    "call_round": {"kind", "state", "language", "purpose"},
    "consent": {"state", "way"},
    "consent_purpose": {"code", "kind", "basis"},
    "consent_text": {"language"},
    "contact_block": {"channel"},
    "contact_point": {"kind", "normal", "national", "city_key", "hold"},
    "disposal": {"state"},
    "disposal_rule": {"code", "title", "action"},
    "draft": {"page", "arguments", "state"},
    "erased_person": {"how"},
    "export_entry": {"columns"},
    "file_content": {"hash"},
    "identifier": {"kind"},
    "interaction": {"kind", "direction", "outcome", "module", "purpose"},
    "person": {"language"},
    "policy": {"title_folded", "language", "state"},
    "policy_review": {"outcome"},
    "policy_version": {"state", "language", "content_hash"},
    "post": {"title_key"},
    "retention_rule": {"code", "action"},
    "role": {"kind"},
    "duplicate_scan": {"mark", "rules"},
    "not_a_duplicate": {"reasons"},
    "presence": {"page"},
    "saved_view": {"page", "reach"},
    "segment": {"kind"},
    "setting": {"key"},
    "suspected_pair": {"reasons"},
    "task": {"kind", "module"},
    "unit": {"code_key", "level"},
    "user_account": {"login"},
}
# Written by people, but on no page that opens by itself; why.
NOT_SHOWN = {
    "attachment.name": "the demo holds no files",
    "call.note": "shown on the timeline, where the same text stands in interaction.text",
    "call.caller_name": "shown on the timeline as interaction.by_name",
    "disposal_rule.ground": "on the certificate alone",
    "call_outcome.label": "an office's own words for an outcome, which the demo's calls do not have",
    "contact_point.source": "kept for whoever asks where an address came from",
    "contact_point.country": "shown only where it is not the office's",
    "role.source": "kept for whoever asks where a role came from",
    "role.term": "shown as a term where it is one",
    "policy.created_by": "kept for the history",
    "policy_version.source": "edited in the sections of its record",
    "identifier.value": "shown masked",
    "presence.user_name": "shown while somebody else has the same record open",
    "policy_signature.filed_by": "on a tab of the policy's record",
    "policy_version.note": "on a tab of the policy's record",
    "policy_version.revised_by": "on a tab of the policy's record",
    "policy_review.reviewed_by": "on the record of the policy, which shows one",
    "policy_review.note": "on the record of the policy, which shows one",
    "task.note": "shown with the form of the task",
    "user_account.name": "shown to whoever manages users, one line each",
}


def classes(registry: Registry) -> Iterator[type[DeclarativeBase]]:
    """Every mapped class of the core and of the modules."""
    yield from (mapper.class_ for mapper in Base.registry.mappers)
    for module in registry.modules:
        yield from module_classes(module.package)


def written(kind: type[Any]) -> list[str]:
    """The columns people write free text into."""
    table = kind.__table__
    texts = {column.name for column in table.c if isinstance(column.type, String)}
    return sorted(texts - NOT_WRITTEN.get(table.name, set()))


LEDGERS = {"change_set", "row_image", "search_dirty", "search_entry", "recent_use", "open_change_set", "change_about", "look"}


@pytest.fixture(scope="module")
def filled(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The demo with all texts in every written column, and a mark that tells which column a text came from."""
    path = tmp_path_factory.mktemp("filled") / "Injected.kontinuum"
    shutil.copy(demo_file, path)
    from conftest import NOW
    from desktop.core.clock import office_zone

    clock = FixedClock(NOW, office_zone())
    registry = new_registry(clock)
    database = open_database(path, registry, clock.now)
    actor, marks = sign_in(database, LOGIN, make=False), dict[str, str]()
    for kind in classes(registry):
        table = kind.__table__.name  # type: ignore[attr-defined]
        names = [] if table in LEDGERS else written(kind)
        marks |= {f"{table}.{name}": f"⟦{table}.{name}⟧" for name in names}
        with database.write(actor, "make_demo") as session:
            rows: list[Any] = list(session.scalars(select(kind).order_by(*inspect(kind).primary_key).limit(ROWS)))
            for number, (row, bundle) in enumerate(zip(rows, cycle(bundles(max(1, len(rows)))), strict=False)):
                for name in names:
                    if name in ("name", "title") or getattr(row, name) or table == "person":
                        setattr(row, name, BETWEEN.join((marks[f"{table}.{name}"], *bundle)))
                if table == "person":
                    row.name_key = name_key(row.family, row.given)
                if table == "post":
                    row.title_key = f"{fold(row.title)}{number}"
                if table == "policy":
                    row.title_folded = f"{fold(row.title)}{number}"
    crowd(database, actor, marks)
    database.close()
    return path, marks


def test_every_text_column_is_classed_and_nothing_else_is(registry: Registry) -> None:
    texts = {
        kind.__table__.name: {column.name for column in kind.__table__.c if isinstance(column.type, String)}  # type: ignore[attr-defined]
        for kind in classes(registry)
    }
    assert {
        table: names - texts.get(table, set()) for table, names in NOT_WRITTEN.items() if names - texts.get(table, set())
    } == {}
    free = {f"{kind.__table__.name}.{name}" for kind in classes(registry) for name in written(kind)}  # type: ignore[attr-defined]
    assert set(NOT_SHOWN) <= free
    assert len(TEXTS) + len(REFUSED) >= 300


def told_by(tip_text: str) -> str:
    """What a tool tip shows, taken for mark-up as Qt would take it."""
    if not Guess.mightBeRichText(tip_text):
        return tip_text
    document = QTextDocument()
    document.setHtml(tip_text)
    return document.toPlainText()


def deeper(window: Window, page: QWidget) -> Iterator[list[str]]:
    """Open one by one what a page shows only when asked; gives what it offers besides, such as in a menu."""
    if isinstance(page, ImportPage):
        profiles = columns_shown(window, page).mapping.bar.field
        yield [profiles.itemText(number) for number in range(profiles.count())]
    elif isinstance(page, OrganisationPage):
        for unit in page._all.units:
            page.tree.point_at(unit.id)
            QApplication.processEvents()
            yield []
    elif isinstance(page, PurposesPage):
        for purpose in [*page.buttons]:
            page.edit(purpose)
            QApplication.processEvents()
            yield []
    elif isinstance(page, RetentionPage):
        for tab in range(page.tabs.count()):
            page.tabs.setCurrentIndex(tab)
            QApplication.processEvents()
            yield []
    elif isinstance(page, PeopleListPage):
        menu = page.views.button.menu()
        menu.aboutToShow.emit()
        yield [action.text() for action in menu.actions()]


@pytest.mark.qt_log_ignore("propagateSizeHints", "QTextDocument", "QFont")
def test_lists_cards_and_tips_show_everything_letter_by_letter(
    open_window: OpenWindow, filled: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, marks = filled
    shutil.copy(path, tmp_path / "Injected.kontinuum")
    window = open_window(path=tmp_path / "Injected.kontinuum")
    seen: dict[str, list[str]] = {"list": [], "card": []}
    wrong: list[str] = []

    def look(key: str, widget: QWidget, into: list[str]) -> None:
        into += shown(widget)
        for timeline in widget.findChildren(TimelineView):
            into += [text for entry in timeline.model.entries for text in (entry.title, *entry.detail)]
        into += [
            text
            for view in widget.findChildren(QTableView)
            if view.model()
            for text in cells(view.model(), Qt.ItemDataRole.DisplayRole)
        ]
        wrong.extend(f"{key}: may be mark-up: {what}" for what in plain_text_offenders(widget))
        wrong.extend(
            f"{key}: tip is mark-up: {one[:80]!r}"
            for one in tips(widget)
            if Guess.mightBeRichText(one) and not one.startswith("<qt>")
        )

    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        widget = window.show_filled(manifest, page)
        assert widget is not None, page.key
        look(page.key, widget, seen["card" if page.hidden else "list"])
        for offered in deeper(window, widget):
            seen["card"] += offered
            look(page.key, widget, seen["card"])
    assert window.app.desk is not None
    with window.app.desk.database.read() as session:
        heads = session.scalars(select(Person.id).order_by(Person.name_key).limit(CARDS)).all()
        merged = session.scalars(select(MergedPerson.person_id)).one()
    for key, person in [("people.apart", merged), *(("people.record", person) for person in heads)]:
        window.app.open_page(key, person_id=person)
        QApplication.processEvents()
        assert window.page.windowTitle() != "Not available"
        look(key, window.page, seen["card"])
        window.app.view.workspace.close_tab()  # type: ignore[union-attr]
    assert wrong == []
    for surface, texts in seen.items():
        everything = plain("\n".join(texts))
        assert [text for text in TEXTS if plain(text) and plain(text) not in everything] == [], surface
    everything = "\n".join(text for texts in seen.values() for text in texts)
    unseen = sorted(field for field, mark in marks.items() if mark not in everything and field not in NOT_SHOWN)
    assert unseen == [], " ".join(unseen)


def test_a_tip_shows_every_text(qapp: QApplication) -> None:
    wrong = [
        text[:60] for text in TEXTS if plain(told_by(tip(text))) != plain(text.replace("\xad", "\xad")) and text.isprintable()
    ]
    assert wrong == []


def test_the_check_of_tips_sees_mark_up(qapp: QApplication) -> None:
    assert told_by("<b>bold</b>") != "<b>bold</b>"


def test_dialogs_and_notices_show_every_text(qapp: QApplication) -> None:
    banner = Banner("Close")
    for bundle in bundles(12)[:-1]:  # the last holds the very long ones, which the pages showed
        text = BETWEEN.join(bundle)
        question = Question(None, text, text, "Yes", "No")
        banner.tell(text, text)
        for widget in (banner, question):
            assert plain_text_offenders(widget) == []
            everything = plain("".join(label.text() for label in widget.findChildren(QLabel)))
            assert [one for one in bundle if plain(one) not in everything] == []
        question.deleteLater()
    banner.deleteLater()


# What leaves the program


@pytest.fixture
def touched() -> Iterator[list[str]]:
    """Files outside the program and its fonts, and addresses, that Python opened meanwhile."""
    found: list[str] = []
    listening = [True]
    ours = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[2]), "/tmp", "/usr/share/fonts", "/proc", "/dev/null")

    def hear(event: str, values: tuple[Any, ...]) -> None:
        if not listening:
            return
        if event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess", "os.system", "os.exec")):
            found.append(event)
        elif event == "open" and isinstance(values[0], str) and not values[0].startswith(ours):
            found.append(values[0])

    sys.addaudithook(hear)  # cannot be taken away, only told to rest
    yield found
    listening.clear()


def test_documents_print_every_text_and_open_nothing(touched: list[str]) -> None:
    look = pdf.style("body")
    sheet = pdf.Sheet(title=TEXTS[0], language="en", footer=lambda page, total: [("", f"{page}/{total}")])
    del touched[:]
    content = pdf.build(sheet, lambda: [pdf.paragraph(text, look) for text in TEXTS])
    assert touched == []
    reader = PdfReader(BytesIO(content))
    printed = plain("".join(page.extract_text() for page in reader.pages)).replace("-", "")
    letters = [text for text in TEXTS if text.isascii() and text.isprintable() and len(text) < 2000]  # longer ones turn pages
    assert printed.count("x") >= 10_000
    assert [text for text in letters if plain(text).replace("-", "") not in printed] == []
    assert [page for page in reader.pages if "/Annots" in page or "/XObject" in page["/Resources"]] == []


def test_the_check_sees_a_file_that_is_opened(touched: list[str]) -> None:
    Path("/etc/hostname").exists() and Path("/etc/hostname").read_bytes()
    assert not Path("/etc/hostname").exists() or touched == ["/etc/hostname"]


def test_what_is_copied_runs_in_no_spreadsheet() -> None:
    for text in TEXTS:
        copy = copied.cell(text)
        assert "\t" not in copy and "\n" not in copy and "\r" not in copy
        assert copy[:1] not in "=@" or copy == ""
        assert copy[:1] not in "+-" or not any(sign.isalpha() for sign in copy), copy
        assert plain(copy.removeprefix("'")) == plain(text.removeprefix("'")) or "'" in text[:3]
    assert copied.cell("+46 70 174 06 05") == "+46 70 174 06 05"
    assert copied.cell("-12,50") == "-12,50"


def test_a_list_copies_guarded_cells(open_window: OpenWindow, filled: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    from desktop.widgets.list_view import ListView

    shutil.copy(filled[0], tmp_path / "Injected.kontinuum")
    window = open_window(path=tmp_path / "Injected.kontinuum")
    assert window.app.desk is not None
    with window.app.desk.database.write(window.app.desk.actor, "make_demo") as session:
        person = session.scalars(select(Person).order_by(Person.name_key)).first()
        assert person is not None
        person.family, person.given = "=HYPERLINK(1)", ""
    window.app.open_page("people.list")
    view = window.page.findChild(ListView)
    view.setCurrentIndex(view.model().index(0, 0))
    view.copy()
    assert QGuiApplication.clipboard().text().startswith("'=HYPERLINK(1)")


def test_the_log_holds_one_line_for_each_and_no_sign_that_steers_a_terminal() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ScrubbingFormatter())
    for text in (*TEXTS, *REFUSED):
        handler.emit(logging.makeLogRecord({"msg": "the text was %s", "args": (text,), "name": "test", "levelname": "INFO"}))
    lines = stream.getvalue().encode("utf-8").decode().split("\n")
    assert len(lines) == len(TEXTS) + len(REFUSED) + 1
    assert [line for line in lines if not line.isprintable()] == []


# What comes in


def test_services_keep_every_text_as_it_is_and_search_stands_it(database: Database, actor: Any, clock: FixedClock) -> None:
    for bundle in bundles(20):
        text = BETWEEN.join(bundle)
        with database.write(actor, "create_person") as session:
            person = create_person(session, PersonForm(family=text[:2000], given="Mia", note=text), today=clock.today())
        with database.read() as session:
            kept = session.get_one(Person, person)
            assert kept.note.split() == text.split()
    with database.read() as session:
        for text in (*TEXTS, *REFUSED[:2]):
            search(session, text[:200])
        assert session.scalar(select(Person.id).limit(1)) is not None  # no table was dropped


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_half_letters_are_refused_in_words_or_kept_and_change_nothing_else(
    number: int, database: Database, actor: Any, clock: FixedClock, qapp: QApplication
) -> None:
    text, messages = REFUSED[number], Messages(Texts("en"))
    try:
        with database.write(actor, "create_person") as session:
            person = create_person(session, PersonForm(family=f"Aa{text}", given="Mia"), today=clock.today())
    except (UnicodeEncodeError, RuleBroken) as refused:
        assert messages.explain(refused).kind == "rule"
        with database.read() as session:
            assert session.scalars(select(Person.id)).all() == []
    else:
        with database.read() as session:
            assert session.get_one(Person, person).family == f"Aa{text}"
