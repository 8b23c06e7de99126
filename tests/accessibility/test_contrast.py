"""Contrast as WCAG counts it: of every pair the style sheet and the painted parts use, and of what is really on the screen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desktop.shell.appearance import Appearance
from desktop.widgets.buttons import Button, Kind
from desktop.widgets.labels import Avatar, plain_label
from desktop.widgets.style_sheet import IMAGES, SHEET, style_sheet
from desktop.widgets.theme import DARK, LIGHT, Colours, Theme, apply_theme, contrast, current_theme
from tests.contract.conftest import OpenWindow

from .stations import dialogs, pages

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")  # the screen of tests
WORDS, PARTS, STRONG = 4.5, 3.0, 7.0
SOFTENED = 0.8  # thin letters never reach their ink where they are smoothed
THEMES = [Theme(), Theme(dark=True)]
GROUNDS = ("background", "surface")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}", re.S)
KINDS: tuple[Kind, ...] = ("primary", "quiet", "choice", "chip", "link", "danger")
TONES = ("", "dim", "accent", "ok", "warn", "bad", "info")


def rules() -> Iterator[tuple[str, dict[str, str]]]:
    """Every rule of the style sheet with its colours by name; what is disabled is exempt."""
    text = re.sub(r"\$\{\w+\}|\$images", "", SHEET.template)
    for selector, body in RULE.findall(text):
        found = {
            name.strip(): colour[1]
            for name, _colon, value in (line.partition(":") for line in body.split(";"))
            if (colour := re.search(r"\$(\w+)", value))
        }
        if found and ":disabled" not in selector:
            yield " ".join(selector.split()), found


def too_faint(c: Colours) -> list[str]:
    """Words of the style sheet under 4.5:1, and the borders that tell a state or a field under 3:1."""
    wrong = []
    for selector, found in rules():
        grounds = [found["background"]] if "background" in found else GROUNDS
        if ink := found.get("color") or found.get("selection-color"):
            on = [found["selection-background-color"]] if "selection-color" in found and "color" not in found else grounds
            wrong += [f"{selector}: {ink} on {g}" for g in on if contrast(getattr(c, ink), getattr(c, g)) < WORDS]
        edge = found.get("border") or found.get("border-color") or found.get("border-bottom")
        told = edge not in (None, "line", found.get("background"))  # a hairline tells nothing, nor an edge of the ground
        around = GROUNDS if ":default" not in selector else ("accent",)
        if told and edge:
            wrong += [f"{selector}: border {edge} on {g}" for g in around if contrast(getattr(c, edge), getattr(c, g)) < PARTS]
    return wrong


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_every_colour_of_the_style_sheet_can_be_seen(theme: Theme) -> None:
    assert too_faint(theme.colours) == []
    assert len(list(rules())) > 40


def test_a_paler_palette_is_seen() -> None:
    assert too_faint(replace(LIGHT, dim="#9AA0A6"))
    assert too_faint(replace(LIGHT, edge="#C9CDD1"))
    assert too_faint(replace(DARK, accent="#24514B"))


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_painted_buttons_tags_and_banners_can_be_read(qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    c, wrong = theme.colours, []
    for kind in KINDS:
        for chosen in (False, True):
            button = Button("x", kind)
            button.setProperty("chosen", chosen)
            button.setChecked(chosen and button.isCheckable())
            ground, _edge, ink = button._colours(theme)
            grounds = [ground] if ground.alpha() else [QColor(getattr(c, name)) for name in (*GROUNDS, "raised")]
            wrong += [f"{kind} {chosen}" for on in grounds if contrast(ink, on) < WORDS]
            ring = c.on_accent if ground in (QColor(c.accent), QColor(c.bad)) else c.accent
            wrong += [f"ring of {kind}" for on in grounds if contrast(ring, on) < PARTS]
    for tone in TONES:
        ink, ground = theme.tint(tone)
        wrong += [f"tag {tone}"] if contrast(ink, ground) < WORDS else []
        wrong += [
            f"ink {tone} on {name}" for name in (*GROUNDS, "accent_ground") if contrast(theme.ink(tone), getattr(c, name)) < WORDS
        ]
    wrong += [f"tick on {name}" for name in (*GROUNDS, "accent_ground") if contrast(c.edge, getattr(c, name)) < PARTS - 0.3]
    assert wrong == []


@pytest.mark.parametrize("theme", [Theme(strong=True), Theme(dark=True, strong=True)], ids=["light", "dark"])
def test_with_the_systems_wish_for_contrast_words_reach_seven_to_one(theme: Theme) -> None:
    c = theme.colours
    for ink in (c.text, c.dim, c.accent, c.warn, c.bad, c.ok):
        assert min(contrast(ink, ground) for ground in (c.background, c.surface, c.accent_ground)) >= STRONG
    for tone in ("accent", "warn", "bad", "ok"):
        assert contrast(getattr(c, tone), getattr(c, f"{tone}_ground")) >= STRONG
    assert contrast(c.line, c.surface) >= PARTS
    assert too_faint(c) == []


def test_the_systems_wish_for_contrast_is_followed_live(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Appearance(qapp)
    look.dress("dark", 100, "comfortable")
    assert not current_theme().strong
    louder = Theme(strong=True)
    monkeypatch.setattr("desktop.shell.appearance.system_theme", lambda scale, density: louder)
    look.dress_again()
    assert current_theme().strong and current_theme().dark
    look.deleteLater()


@pytest.mark.parametrize("name", ["chevron-down.svg", "chevron-up.svg", "chevron-left.svg", "chevron-right.svg"])
def test_arrows_of_choices_can_be_seen_in_both_themes(name: str) -> None:
    ink = re.search(r'stroke="(#\w+)"', (IMAGES / name).read_text(encoding="utf-8"))
    assert ink is not None
    assert min(contrast(ink[1], ground) for c in (LIGHT, DARK) for ground in (c.background, c.surface)) >= PARTS


# What is really on the screen.


def painted(root: QWidget) -> Iterator[tuple[str, float]]:
    """Each label and button in sight with the contrast of its pixels: the commonest one against the one farthest from it."""
    picture = root.grab().toImage()
    for part in root.findChildren(QWidget):
        if not isinstance(part, (QLabel, QAbstractButton)) or isinstance(part, Avatar) or not part.isVisibleTo(root):
            continue
        words = part.text().strip()
        shown = part.visibleRegion().boundingRect()
        if words and part.isEnabled() and shown == part.rect():
            place = shown.translated(part.mapTo(root, shown.topLeft()) - shown.topLeft())
            yield f"{type(part).__name__} {words!r}", pixel_contrast(picture.copy(place.adjusted(2, 2, -2, -2)))


def pixel_contrast(picture: QImage) -> float:
    """The contrast of what is written with what it is written on."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    counts = Counter(memoryview(plain.constBits()).cast("I"))
    ground = QColor(counts.most_common(1)[0][0])
    return max(contrast(QColor(pixel), ground) for pixel in list(counts)[:400])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_on_the_screen_can_be_read(open_window: OpenWindow, theme: str) -> None:
    window, wrong, seen = open_window(demo=True), [], 0
    window.app.look.set_theme(theme)
    QApplication.processEvents()
    for name, root in chain(((key, window.app.window) for key, _page in pages(window)), dialogs(window)):
        for what, found in painted(root):
            seen += 1
            if found < WORDS * SOFTENED:
                wrong.append(f"{name}: {found:.1f}:1 {what}")
    assert list(dict.fromkeys(wrong)) == []
    assert seen > 300


def test_a_pale_word_on_the_screen_is_seen(qapp: QApplication) -> None:
    apply_theme(qapp, Theme())
    label = plain_label("Pale words")
    label.setStyleSheet("color: #B8BCC0; background: #FFFFFF;")
    box = QWidget()
    label.setParent(box)
    label.adjustSize()
    box.show()
    assert [found for _what, found in painted(box) if found < WORDS * SOFTENED]
    assert "#" in style_sheet(Theme())
    box.deleteLater()
