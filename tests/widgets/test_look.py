"""What the look promises: all words can be read, a theme is taken on live, nothing is mark-up, icons follow the ink."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop.widgets.buttons import chip, choice_button, icon_button, primary_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.icons import icon
from desktop.widgets.labels import initials, plain_label
from desktop.widgets.lettering import laid_out
from desktop.widgets.theme import DARK, LIGHT, Colours, Theme, apply_theme, contrast, current_theme, readable_pairs


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, Theme())
    yield
    apply_theme(qapp, Theme())


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_all_words_keep_their_contrast(colours: Colours) -> None:
    assert [pair for pair in readable_pairs(colours) if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_borders_of_inputs_and_the_focus_can_be_seen(colours: Colours) -> None:
    assert (
        min(contrast(ink, ground) for ink in (colours.edge, colours.accent) for ground in (colours.background, colours.surface))
        >= 3
    )


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_a_larger_text_makes_open_widgets_grow(qtbot, qapp: QApplication) -> None:  # type: ignore[no-untyped-def]
    box = QWidget()
    layout = QVBoxLayout(box)
    button, label = primary_button("Save call", key="Ctrl Enter"), plain_label("People", "title")
    layout.addWidget(button)
    layout.addWidget(label)
    qtbot.addWidget(box)
    box.show()
    small, words = button.sizeHint(), QFontInfo(label.font()).pixelSize()
    apply_theme(qapp, Theme(dark=True, scale=1.5))
    assert current_theme().scale == 1.5
    assert button.sizeHint().width() > small.width() * 1.3
    assert QFontInfo(label.font()).pixelSize() > words * 1.4
    assert box.palette().window().color() == QColor(DARK.background)


def test_text_from_data_is_never_mark_up() -> None:
    assert plain_label("<b>Åsa</b>").textFormat() == Qt.TextFormat.PlainText


def test_icons_take_the_ink_of_the_theme(qapp: QApplication, tmp_path: Path) -> None:
    drawing = tmp_path / "full.svg"
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8H0z" fill="currentColor"/></svg>'
    drawing.write_text(square, encoding="utf-8")
    sign = icon(drawing)
    assert sign.pixmap(QSize(16, 16)).toImage().pixelColor(8, 8) == QColor(LIGHT.dim)
    apply_theme(qapp, Theme(dark=True))
    assert icon(drawing).pixmap(QSize(16, 16)).toImage().pixelColor(8, 8) == QColor(DARK.dim)
    assert not icon("there is no such icon").pixmap(QSize(16, 16)).isNull()


def test_a_choice_says_its_key_and_whether_it_is_chosen(qtbot) -> None:  # type: ignore[no-untyped-def]
    button = choice_button("Reached", "F5")
    qtbot.addWidget(button)
    assert button.text() == "Reached" and button.accessibleDescription() == "F5" and not button.isChecked()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert button.isChecked()


def test_a_chip_goes_by_key_and_by_its_cross(qtbot) -> None:  # type: ignore[no-untyped-def]
    part = chip("Role is student")
    qtbot.addWidget(part)
    part.resize(part.sizeHint())
    part.show()
    for act in (
        lambda: qtbot.keyClick(part, Qt.Key.Key_Delete),
        lambda: qtbot.mouseClick(
            part, Qt.MouseButton.LeftButton, pos=part.rect().center() + (part.rect().topRight() - part.rect().center()) * 0.9
        ),
    ):
        with qtbot.waitSignal(part.removed, timeout=500):
            act()


def test_chips_break_into_lines(qtbot) -> None:  # type: ignore[no-untyped-def]
    box = QWidget()
    flow = FlowLayout(box)
    for number in range(8):
        flow.addWidget(icon_button("add", f"Act {number}"))
    qtbot.addWidget(box)
    assert flow.heightForWidth(100) > 2 * flow.heightForWidth(2000)
    tall = flow.heightForWidth(100)
    flow.addWidget(icon_button("add", "One more"))
    assert flow.heightForWidth(100) > tall


def test_words_are_laid_out_anew_for_another_theme_and_never_wider_than_their_room(qapp: QApplication) -> None:
    words = "Testesson-Björk,\nTindra"
    whole, cut = laid_out(Theme(), words, 1000), laid_out(Theme(), words, 60)
    assert cut.width <= 60 < whole.width and whole.text.text() == "Testesson-Björk, Tindra" and cut.text.text().endswith("…")
    assert laid_out(Theme(scale=2.0), words, 1000).width > 1.8 * whole.width


@pytest.mark.parametrize(
    ("name", "letters"), [("Testesson-Björk, Tindra", "TT"), ("Åsa Ek", "ÅE"), ("Madonna", "M"), ("", ""), (" , ", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
