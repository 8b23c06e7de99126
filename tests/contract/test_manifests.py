"""Each manifest says what is true: names import, signatures fit, rights, icons and words are there."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from db.texts import Msgid
from desktop.assembly import new_registry
from desktop.core.clock import FixedClock
from desktop.core.declared import CORE_VERBS
from desktop.core.manifest import Manifest
from desktop.core.registry import Registry
from desktop.core.settings import CORE_SETTINGS
from desktop.people.segments.fields import Asked, Rows

from .places import ROOT, calls, place, sources, tree

REGISTRY = new_registry(FixedClock(datetime(2026, 11, 23, tzinfo=UTC), UTC))
ICONS = ROOT / "resources" / "icons"
MANIFESTS = pytest.mark.parametrize("manifest", REGISTRY.manifests, ids=lambda manifest: manifest.key)
# How the program calls what a contribution opens: positional arguments, and keywords.
CALLED: dict[str, tuple[int, tuple[str, ...]]] = {
    "person_tab": (2, ("parent",)),
    "selection_action": (3, ()),
    "my_day_card": (1, ("parent",)),
    "timeline_kind": (2, ()),
    "import": (3, ()),
    "export": (5, ()),
    "commands": (2, ()),
    "document": (2, ()),
    "handover": (4, ()),
    "demo_data": (2, ()),
    "segment_field": (1, ()),
}


def named(dotted: str) -> Any:
    path, colon, name = dotted.partition(":")
    assert colon, dotted
    return getattr(import_module(path), name)


def twice(keys: Iterator[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def test_every_module_found_has_a_manifest_that_can_be_read() -> None:
    assert [(module.key, module.detail) for module in REGISTRY.modules if module.manifest is None] == []


def test_no_two_things_have_the_same_key() -> None:
    manifests = REGISTRY.manifests
    assert twice(m.key for m in manifests) == []
    assert twice(page.key for m in manifests for page in m.pages) == []
    assert twice(right.key for m in manifests for right in m.rights) == []
    assert twice(f"{m.key}.{setting.key}" for m in manifests for setting in m.settings) == []
    assert twice(codes.key for m in manifests for codes in m.codes) == []
    assert twice(f"{offer.kind} {offer.key}" for m in manifests for offer in m.contributions) == []
    assert twice(verb.key for m in manifests for verb in m.verbs) == []


@MANIFESTS
def test_keys_begin_with_the_module_s_own(manifest: Manifest) -> None:
    keys = [thing.key for thing in (*manifest.pages, *manifest.rights, *manifest.codes)]
    assert [key for key in keys if not key.startswith(f"{manifest.key}.")] == []


@MANIFESTS
def test_pages_open_with_a_context_and_a_parent(manifest: Manifest) -> None:
    for page in manifest.pages:
        signature = inspect.signature(named(page.opens))
        needed = {name: None for name, p in signature.parameters.items() if p.kind is p.KEYWORD_ONLY and p.default is p.empty}
        signature.bind(object(), None, **needed)
        assert page.hidden or set(needed) <= {"desk"}, f"{page.key} stands in the navigation and needs {set(needed)}"


@MANIFESTS
def test_a_page_that_is_hidden_lies_under_one_of_its_own_module_that_is_not(manifest: Manifest) -> None:
    shown = {page.key for page in manifest.pages if not page.hidden}
    assert {page.key: page.under for page in manifest.pages if page.under and not (page.hidden and page.under in shown)} == {}


@MANIFESTS
def test_contributions_can_be_called_as_their_kind_is(manifest: Manifest) -> None:
    for offer in manifest.contributions:
        count, keywords = CALLED[offer.kind]
        inspect.signature(named(offer.opens)).bind(*range(count), **dict.fromkeys(keywords))


@MANIFESTS
def test_what_is_said_of_rows_that_belong_to_people_can_be_called(manifest: Manifest) -> None:
    for rows in manifest.person_rows:
        for dotted, count in ((rows.same if ":" in rows.same else "", 2), (rows.settle, 4), (rows.shows, 3)):
            if dotted:
                inspect.signature(named(dotted)).bind(*range(count))
        declared = {right.key for other in REGISTRY.manifests for right in other.rights}
        assert {*rows.right.split()} <= declared


@MANIFESTS
def test_fields_of_segments_say_what_they_ask_and_open_it(manifest: Manifest) -> None:
    asked = Asked(date(2026, 11, 23), UTC)
    for offer in manifest.contributions:
        asks = offer.asks
        assert (asks is not None) == (offer.kind == "segment_field"), offer.key
        if asks is None:
            continue
        source, parts = named(offer.opens)(asked), [part.key for part in asks.parts]
        assert asks.group and isinstance(source, Rows) == (asks.type == "relation"), offer.key
        assert not isinstance(source, Rows) or (sorted(source.parts) == sorted(parts) and parts), offer.key
        for one in (asks, *(part.asks for part in asks.parts)):
            assert (one.type == "choice") == bool(one.choices or one.offers), offer.key
            if one.offers:
                inspect.signature(named(one.offers)).bind("session", "texts")
        texts = [asks.group, *(part.title for part in asks.parts), *(text for _code, text in asks.choices)]
        assert all(isinstance(text, Msgid) for text in texts), offer.key


@MANIFESTS
def test_icons_are_there(manifest: Manifest) -> None:
    folder = REGISTRY.module(manifest.key).folder
    names = {thing.icon for thing in (manifest, *manifest.pages, *manifest.contributions)}
    for name in filter(None, names):
        places = (folder / "icons" if folder else ICONS, ICONS)
        assert any((place / f"{name.removesuffix('.svg')}.svg").is_file() for place in places), name


@MANIFESTS
def test_rights_asked_for_are_declared(manifest: Manifest) -> None:
    declared = {right.key for other in REGISTRY.manifests for right in other.rights}
    asked = {right for thing in (*manifest.pages, *manifest.contributions) for right in thing.right.split()}
    assert asked <= declared


def test_rights_asked_for_in_code_are_declared() -> None:
    declared = {right.key for manifest in REGISTRY.manifests for right in manifest.rights}
    wrong = [
        f"{place(path, node)} {argument.value}"
        for path in sources("desktop")
        for node, name in calls(path)
        if name == "may"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant) and not {*argument.value.split()} <= declared
    ]
    assert wrong == []


@MANIFESTS
def test_defaults_of_settings_are_values_of_their_kind(manifest: Manifest) -> None:
    for setting in manifest.settings:
        assert isinstance(setting.default, setting.type), setting.key
        if setting.choices:
            assert setting.default in dict(setting.choices), setting.key
        if setting.type is int:
            assert setting.least is None or setting.default >= setting.least, setting.key
            assert setting.most is None or setting.default <= setting.most, setting.key


@MANIFESTS
def test_what_is_read_is_marked_for_translation(manifest: Manifest) -> None:
    things = (manifest, *manifest.pages, *manifest.rights, *manifest.contributions)
    texts = [(thing.key, thing.title) for thing in things]
    texts += [(setting.key, setting.text) for setting in manifest.settings]
    texts += [(setting.key, text) for setting in manifest.settings for _code, text in setting.choices]
    texts += [(codes.key, text) for codes in manifest.codes for _code, text in codes.labels]
    assert [key for key, text in texts if not isinstance(text, Msgid)] == []


def test_settings_read_in_code_are_declared() -> None:
    declared = {f"{m.key}.{setting.key}" for m in REGISTRY.manifests for setting in m.settings}
    declared |= {f"core.{setting.key}" for setting in CORE_SETTINGS}
    wrong = []
    for path in sources("desktop"):
        for node, name in calls(path):
            if name != "get" or not isinstance(node.func, ast.Attribute) or "settings" not in ast.dump(node.func.value):
                continue
            key = node.args[0] if node.args else None
            if isinstance(key, ast.Constant) and key.value not in declared:
                wrong.append(f"{place(path, node)} {key.value}")
    assert wrong == []


def verbs_used() -> dict[str, str]:
    """Every verb given to a write, with the place; a name stands for the constant of its file."""
    found = {}
    for path in sources("db", "desktop"):
        for node, name in calls(path):
            given = [keyword.value for keyword in node.keywords if keyword.arg == "verb"]
            if name == "write" and len(node.args) >= 2 and not given:
                given = node.args[1:2]
            for value in given:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found[part.value] = place(path, node)
                    elif isinstance(part, ast.Name) and part.id.isupper():
                        found[constant(path, part.id)] = place(path, node)
    return found


def constant(path: Path, name: str) -> str:
    """The value of a constant of this file, or of one that a function of it imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == name for alias in node.names):
            return str(getattr(import_module(node.module), name))
    return str(getattr(import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)), name))


def test_every_change_has_words_for_the_history() -> None:
    known = set(REGISTRY.verbs()) | {verb.key for verb in CORE_VERBS}
    used = {verb: where for verb, where in verbs_used().items() if verb.replace("_", "").isalpha()}
    assert len(used) > 10
    assert {verb: where for verb, where in used.items() if verb not in known} == {}


@MANIFESTS
def test_words_for_the_history_are_words_of_something_that_happens(manifest: Manifest) -> None:
    nodes = [node for path in sources("db", "desktop") if path.name != "manifest.py" for node in ast.walk(tree(path))]
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    written |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}  # a service other programs call
    assert {verb.key for verb in manifest.verbs} - written == set()


def test_the_registry_of_the_window_is_the_registry_of_the_command_line(registry: Registry) -> None:
    assert {m.key for m in registry.manifests} == {m.key for m in REGISTRY.manifests}
