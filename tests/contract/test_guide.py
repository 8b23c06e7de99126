"""The user guide names only what is there: words of the screen, keys, pictures, files and headings."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtWidgets import QApplication, QLabel

from desktop.shell.key_map import KeyMap, page_keys, program_keys
from desktop.widgets.labels import KeyCap

from .conftest import OpenWindow

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide.md"
PAPERS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
MARKS = {"#", "##", "-"}  # of the text of a policy
HEAVIEST = 120_000  # bytes of a picture


def words_of(text: str) -> list[str]:
    """What the guide says stands on the screen."""
    return [" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]


def keys_of(text: str) -> set[str]:
    """The keys the guide names."""
    return set(re.findall(r"`([^`]+)`", text)) - MARKS


def unknown_words(text: str, known: Iterable[str]) -> list[str]:
    """Words in bold that the program does not have."""
    there = set(known)
    return [words for words in words_of(text) if words not in there]


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """Every English text of the program, without the marks of menus."""
    files = [*ROOT.glob("resources/locale/*.pot"), *ROOT.glob("desktop/modules/*/locale/*.pot")]
    found: set[str] = set()
    for file in files:
        for message in read_po(BytesIO(file.read_bytes())):
            found |= set(message.id if isinstance(message.id, tuple) else (message.id,))
    return {text.replace("&", "") for text in found}


@pytest.fixture
def keys(open_window: OpenWindow) -> set[str]:
    """Every key that the map of keys names on any page."""
    window = open_window(demo=True)
    view = window.app.view
    assert view is not None
    found = {key for key, _meaning in program_keys(view.commands)}
    for manifest in window.registry.manifests:
        for page in manifest.pages:
            shown = window.show_filled(manifest, page)
            if shown is not None:
                found |= {key for key, _meaning in page_keys(shown)}
    card = KeyMap(window.app)
    found |= {cap.text() for cap in card.findChildren(QLabel) if isinstance(cap, KeyCap)}
    card.deleteLater()
    QApplication.processEvents()
    return found


def test_every_word_in_bold_is_one_of_the_programs(texts: set[str]) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert len(words_of(text)) > 80
    assert unknown_words(text, texts) == []
    assert unknown_words("Press **Frobnicate**.", texts) == ["Frobnicate"]


def test_every_key_is_one_of_the_programs(keys: set[str]) -> None:
    named = keys_of(GUIDE.read_text(encoding="utf-8"))
    assert len(named) > 30
    assert sorted(named - keys) == []
    assert keys_of("`Ctrl+Alt+Q`") - keys == {"Ctrl+Alt+Q"}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    assert broken_links(paper.read_text(encoding="utf-8"), paper) == []
    assert broken_links("[a](nowhere.md) [b](#no-such-heading)", paper) == ["nowhere.md", "#no-such-heading"]


def broken_links(text: str, paper: Path) -> list[str]:
    """Links to files or headings that are not there; addresses in the net are not tried."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        name, _mark, heading = target.partition("#")
        if re.match(r"[a-z]+:", name):
            continue
        file = paper.parent / name if name else paper
        if not file.exists() or (heading and heading not in headings(file.read_text(encoding="utf-8") if name else text)):
            wrong.append(target)
    return wrong


def headings(text: str) -> set[str]:
    """The headings as a link writes them."""
    lines = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_pictures_are_small_and_all_are_used() -> None:
    said = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    for picture in sorted((ROOT / "docs" / "pictures").iterdir()):
        start = picture.read_bytes()[:24]
        assert start.startswith(b"\x89PNG") and picture.stat().st_size < HEAVIEST, picture.name
        assert struct.unpack(">II", start[16:24])[0] >= 600, picture.name
        assert f"pictures/{picture.name})" in said, picture.name
