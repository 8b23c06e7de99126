"""Everything people read is marked, translated, and says the same in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from desktop.core.catalogues import TRANSLATED, Domain, domains, extract, is_translated

from .places import ROOT, calls, place, sources

DOMAINS = tuple(domains(ROOT))
BOTH = [pytest.param(domain, code, id=f"{domain.name}-{code}") for domain in DOMAINS for code in TRANSLATED]
FIELD = re.compile(r"\{(\w+)\}")
SHOWN = {  # calls whose text is read by people, with the places of the texts among the arguments
    **dict.fromkeys(
        (
            "setText", "setWindowTitle", "setToolTip", "setStatusTip", "setWhatsThis", "setPlaceholderText", "setAccessibleName",
            "setAccessibleDescription", "setTitle", "setPlainText", "setTabText", "setTabToolTip", "QLabel", "QPushButton",
            "QCheckBox", "QRadioButton", "QGroupBox", "plain_label", "primary_button", "quiet_button", "choice_button",
            "PageHeader", "SearchBox", "EmptyState", "Section", "addAction", "addMenu", "Button", "roomy_label", "KeyCap",
        ),
        (0, 1),
    ),
    "addTab": (1,),
    "ask": (1, 2, 3),
}  # fmt: skip
NO_TEXT_WORDS = {"PageHeader": (), "plain_label": (0,), "Button": (0,), "roomy_label": (0,), "Section": (0,)}
NAMES = {"Kontinuum"}
KEYS = re.compile(r"((Ctrl|Alt|Shift)[+ ])*(Ctrl|Alt|Shift|F\d+|.?)")


def catalogue(domain: Domain, language: str) -> Catalog:
    path = domain.locale / language / "LC_MESSAGES" / f"{domain.name}.po"
    assert path.is_file(), path.relative_to(ROOT)
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize(("domain", "language"), BOTH)
def test_every_text_is_translated(domain: Domain, language: str) -> None:
    template, kept = extract(domain, ROOT), catalogue(domain, language)
    missing = []
    for message in template:
        found = kept.get(message.id) if message.id else None
        if message.id and (found is None or not is_translated(found.string) or found.fuzzy):
            missing.append(message.id)
    assert len(missing) == 0, f"{len(missing)} without a translation, such as {missing[:10]}"


@pytest.mark.parametrize(("domain", "language"), BOTH)
def test_translations_fill_the_same_names(domain: Domain, language: str) -> None:
    wrong = []
    for message in catalogue(domain, language):
        if not message.id or not is_translated(message.string):
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = {name for text in ids for name in FIELD.findall(text)}
        for text in strings:
            found = set(FIELD.findall(text))
            if found - wanted or (wanted - found) - {"count"}:
                wrong.append((ids[0], text))
    assert wrong == []


@pytest.mark.parametrize(("domain", "language"), BOTH)
def test_translations_keep_the_space_around_and_the_line_breaks(domain: Domain, language: str) -> None:
    wrong = []
    for message in catalogue(domain, language):
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string:
            source, other = message.id, message.string
            same = source[:1].isspace() == other[:1].isspace() and source[-1:].isspace() == other[-1:].isspace()
            if not same or source.count("\n") != other.count("\n") or (source[-1:] == "…") != (other[-1:] == "…"):
                wrong.append((source, other))
    assert wrong == []


def literals(node: ast.expr) -> Iterator[ast.expr]:
    """The texts a call is given as they stand: not what `say` looks up, nor codes compared with."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (*literals(node.left), *literals(node.right))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from literals(value)


def is_read(text: str) -> bool:
    """Whether somebody would read it as words: no sign, key, code for the eye or name."""
    words = set(re.findall(r"[^\W\d_]{2,}", text)) - NAMES
    return bool(words) and not KEYS.fullmatch(text) and not text.startswith("<")


def shown_unmarked(path: Path) -> Iterator[str]:
    for node, name in calls(path):
        for number in NO_TEXT_WORDS.get(name) or SHOWN.get(name, ()):
            for given in node.args[number : number + 1]:
                for part in literals(given):
                    if is_read(str(part.value)):  # type: ignore[attr-defined]
                        yield f"{place(path, node)} {name}: {part.value!r}"  # type: ignore[attr-defined]


def test_no_text_reaches_the_window_unmarked() -> None:
    pages = [path for path in sources("desktop") if "tour" not in path.parts]  # which types as a user does
    wrong = [line for path in pages for line in shown_unmarked(path)]
    assert wrong == []


def test_the_search_for_unmarked_texts_finds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.py"
    path.write_text('label.setText(f"Done: {count}")\nlabel.setText(say(_("Done")))\nQLabel("" if empty else "Nothing")\n')
    monkeypatch.setattr("tests.contract.places.ROOT", tmp_path)
    assert len(list(shown_unmarked(path))) == 2


def test_texts_are_filled_by_name_after_they_are_looked_up() -> None:
    """A text put together before `_` sees it is never found in a catalogue."""
    wrong = [
        place(path, node)
        for path in sources("db", "desktop")
        for node, name in calls(path)
        if name in ("_", "ngettext") and any(not isinstance(argument, ast.Constant) for argument in node.args)
        if isinstance(node.func, ast.Name)
    ]
    assert wrong == []
