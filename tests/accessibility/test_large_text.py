"""Large text, small windows and long languages: nothing is cut and nothing lost, on any page, in any dialog."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.core.texts import Catalogues
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import scrolling
from desktop.widgets.rooms import Room, Scroll
from tests.contract.conftest import OpenWindow, Window

from .cutting import cut_texts, out_of_sight
from .pseudo import FIELD, Lengthened, lengthen
from .stations import dialogs, pages

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")  # the screen of tests
LARGE, SMALL = QSize(1366, 768), QSize(1280, 720)
MNEMONIC = re.compile(r"(?<!&)&(?!&)(\w)")


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on Swedish and Finnish are four tenths longer."""
    plain = Catalogues.open
    monkeypatch.setattr(Catalogues, "open", lambda self, language: Lengthened(plain(self, language)))


def problems(window: Window, size: QSize, per_cent: int) -> Iterator[str]:
    """What is cut or lost anywhere in a window of that size with text of that size."""
    top = window.app.window
    window.app.look.set_text_size(per_cent)
    top.resize(size)
    for key, _page in pages(window):
        if top.size() != size:
            yield f"{key}: the window grew to {top.width()} x {top.height()}"
        yield from (f"{key}: cut: {what}" for what in dict.fromkeys(cut_texts(top)))
        yield from (f"{key}: lost: {what}" for what in out_of_sight(top))
        yield from (f"{key}: Alt+{letter} means two things" for letter in doubled(window))
    for name, dialog in dialogs(window):
        if dialog.width() > size.width() or dialog.height() > size.height():
            yield f"{name}: {dialog.width()} x {dialog.height()}"
        yield from (f"{name}: cut: {what}" for what in dict.fromkeys(cut_texts(dialog)))
        yield from (f"{name}: lost: {what}" for what in out_of_sight(dialog))


def doubled(window: Window) -> set[str]:
    """Letters that Alt gives two meanings: of the menus, of marked texts, of the page's own keys."""
    texts = [action.text() for action in window.app.window.menuBar().actions()]
    texts += [part.text() for part in window.app.window.findChildren(QAbstractButton) if part.isVisible()]
    texts += [part.text() for part in window.app.window.findChildren(QLabel) if part.isVisible() and part.buddy()]
    used = [letter[1].upper() for text in texts if (letter := MNEMONIC.search(text))]
    own = getattr(window.page, "keys", None)
    for keys, _meaning in own() if callable(own) else ():
        used += [part[-1] for part in keys.split(", ") if re.fullmatch(r"Alt\+[^\W\d]", part)]
    return {letter for letter in used if used.count(letter) > 1}


@pytest.mark.parametrize(("language", "size"), [("fi", SMALL), ("sv", SMALL), ("en", LARGE)])
def test_at_200_per_cent_nothing_is_cut_or_lost(open_window: OpenWindow, language: str, size: QSize) -> None:
    assert list(problems(open_window(demo=True, language=language), size, 200)) == []


@pytest.mark.parametrize(("language", "size"), [("fi", LARGE)])
def test_at_150_per_cent_nothing_is_cut_or_lost(open_window: OpenWindow, language: str, size: QSize) -> None:
    assert list(problems(open_window(demo=True, language=language), size, 150)) == []


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("language", ["sv", "fi"])
def test_texts_four_tenths_longer_are_not_cut(open_window: OpenWindow, language: str) -> None:
    assert list(problems(open_window(demo=True, language=language), LARGE, 100)) == []


@pytest.mark.parametrize(("language", "per_cent"), [("fi", 200), ("sv", 150)])
def test_the_start_page_is_whole_with_large_text(open_window: OpenWindow, language: str, per_cent: int) -> None:
    window = open_window(language=language)
    window.app.leave_desk()
    window.app.telling.speak(language)
    window.app.look.set_text_size(per_cent)
    window.app.window.resize(SMALL)
    window.app.show_welcome()
    for _round in range(3):
        QApplication.processEvents()
    assert [*cut_texts(window.app.window), *out_of_sight(window.app.window)] == []
    assert window.app.window.size() == SMALL


def test_a_lengthened_text_is_four_tenths_longer_and_keeps_its_places() -> None:
    for text in ("Spara", "{count} av {all}", "Ring upp {name} igen, innan det är för sent", "&Arkiv"):
        assert lengthen(text).replace("ẋ", "") == text
        assert len(lengthen(text)) >= len(FIELD.sub("", text)) * 1.3
    assert lengthen("") == ""


# The search must see what it is for.


def test_a_cut_label_a_cut_button_and_a_lost_control_are_seen(qapp: QApplication) -> None:
    box = QWidget()
    label, wrapped, button, tail = (
        plain_label("Ring upp igen"),
        plain_label("Ring upp igen i morgon", wrap=True),
        quiet_button("Spara"),
        quiet_button("Lost"),
    )
    layout = QVBoxLayout(box)
    for part in (label, wrapped, button):
        layout.addWidget(part)
    label.setMaximumWidth(40)
    wrapped.setMaximumSize(60, 12)
    button.setMaximumWidth(30)
    tail.setParent(box)
    tail.move(5000, 0)
    box.show()
    cut = cut_texts(box)
    assert len([what for what in cut if "Ring upp igen'" in what]) == 1
    assert len([what for what in cut if "i morgon" in what]) >= 1
    assert len([what for what in cut if "painted" in what and "Spara" in what]) == 1
    assert [what for what in out_of_sight(box) if "Lost" in what]
    box.deleteLater()


def test_what_is_wider_than_an_area_without_a_bar_is_seen(qapp: QApplication) -> None:
    inner = QWidget()
    QHBoxLayout(inner).addWidget(plain_label("x" * 200))
    area = scrolling(inner)
    area.minimumSizeHint = lambda: QSize(10, 10)  # type: ignore[method-assign]
    area.resize(100, 100)
    area.show()
    assert out_of_sight(area)
    area.deleteLater()


def test_a_page_that_needs_more_than_the_window_scrolls_both_ways(qapp: QApplication) -> None:
    page = QWidget()
    QVBoxLayout(page).addWidget(plain_label("x" * 300))
    page.setMinimumHeight(900)
    room = Room(page)
    room.resize(300, 200)
    room.show()
    QApplication.processEvents()
    assert room.horizontalScrollBar().maximum() > 0
    assert room.verticalScrollBar().maximum() > 0
    assert out_of_sight(room) == []
    assert isinstance(scrolling(QWidget()), Scroll)
    assert room.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded
    room.deleteLater()
