"""Modules are found wherever they lie, and a broken one stops nothing but itself."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.clock import FixedClock
from desktop.core.registry import LoadFailed, Registry

Make = Callable[..., None]
PLACE = "modules_of_a_test"
MANIFEST = """
from db.texts import Msgid as _
from desktop.core.manifest import *
MANIFEST = Manifest(key="{key}", title=_("{key}".title()), icon="", group="during", order={order}, requires={requires},
    rights=(Right("{key}.view", _("See")),), shell_version={shell},
    pages=(Page("{key}.list", _("List"), "{key}.view", "{package}.pages:Page"),),
    contributions=(Contribution("my_day_card", "{key}.due", _("Due"), "{package}.pages:Card", right="{key}.view"),))
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Writes a module into a folder that is imported like any other."""
    root = tmp_path / PLACE
    root.mkdir()
    (root / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def module(
        key: str, order: int = 0, requires: tuple[str, ...] = (), pages: str = "Page = Card = dict", **more: object
    ) -> None:
        folder = root / key
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        text = MANIFEST.format(key=key, order=order, requires=requires, shell=more.get("shell", 1), package=f"{PLACE}.{key}")
        (folder / "manifest.py").write_text(str(more.get("manifest", text)))
        (folder / "pages.py").write_text(pages)

    yield module
    for name in [name for name in sys.modules if name.split(".")[0] == PLACE]:
        del sys.modules[name]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC), UTC)


def start(clock: FixedClock, **more: object) -> Registry:
    return Registry(clock, packages=(PLACE,), **{"outside": (), **more})  # type: ignore[arg-type]


def states(registry: Registry) -> dict[str, str]:
    return {module.key: module.state for module in registry.modules}


def test_modules_come_in_the_order_of_the_navigation(make: Make, clock: FixedClock) -> None:
    make("alpha", order=2)
    make("beta", order=1)
    assert list(states(start(clock))) == ["beta", "alpha"]


@pytest.mark.parametrize("manifest", ["1/0", "import no_such_thing", "", "MANIFEST = 3", "def ("])
def test_a_broken_manifest_is_shown_and_stops_nobody(make: Make, clock: FixedClock, manifest: str) -> None:
    make("bad", manifest=manifest)
    make("good")
    registry = start(clock)
    assert states(registry) == {"good": "ready", "bad": "failed"}
    assert registry.module("bad").detail


def test_a_manifest_for_another_shell_cannot_be_switched_on(make: Make, clock: FixedClock) -> None:
    make("old", shell=0)
    registry = start(clock)
    registry.switch("old", on=True)
    assert states(registry) == {"old": "failed"}


def test_a_module_waits_for_what_it_needs(make: Make, clock: FixedClock) -> None:
    make("alpha", requires=("beta",))
    make("beta", requires=("gamma",))
    make("gamma")
    registry = start(clock)
    registry.switch("gamma", on=False)
    assert states(registry) == {"alpha": "blocked", "beta": "blocked", "gamma": "disabled"}
    assert registry.module("alpha").reason_values == {"modules": "Beta"}
    registry.switch("gamma", on=True)
    assert set(states(registry).values()) == {"ready"}


def test_the_choice_of_modules_is_kept(make: Make, clock: FixedClock) -> None:
    make("alpha")
    kept: dict[str, bool] = {}
    start(clock, switches=kept).switch("alpha", on=False)
    assert states(start(clock, switches=kept)) == {"alpha": "disabled"}


def test_pages_and_contributions_need_the_right(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = start(clock)
    assert registry.page("alpha.list", ()) is None
    assert registry.contributions("my_day_card", ()) == ()
    assert [offer.module for offer in registry.contributions("my_day_card", {"alpha.view"})] == ["alpha"]
    registry.switch("alpha", on=False)
    assert registry.pages({"alpha.view"}) == ()


def test_what_is_opened_is_imported_then_and_not_before(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = start(clock)
    assert f"{PLACE}.alpha.pages" not in sys.modules
    assert registry.open(f"{PLACE}.alpha.pages:Page") is dict
    assert states(registry) == {"alpha": "open"}


@pytest.mark.parametrize("pages", ["1/0", "def (", "nothing = 1"])
def test_a_page_that_cannot_be_imported_fails_its_module_only(make: Make, clock: FixedClock, pages: str) -> None:
    make("alpha", pages=pages)
    make("beta")
    registry = start(clock)
    with pytest.raises(LoadFailed):
        registry.open(f"{PLACE}.alpha.pages:Page")
    assert states(registry) == {"alpha": "failed", "beta": "ready"}


def test_a_module_that_does_not_run_opens_nothing(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = start(clock)
    registry.switch("alpha", on=False)
    with pytest.raises(LoadFailed):
        registry.open(f"{PLACE}.alpha.pages:Page")


def test_three_faults_in_five_minutes_switch_a_module_off_until_it_is_wanted(make: Make, clock: FixedClock) -> None:
    make("alpha")
    kept: dict[str, bool] = {}
    registry = start(clock, switches=kept)
    for _fault in range(2):
        registry.fault("alpha")
    assert states(registry) == {"alpha": "ready"}
    registry.fault("alpha")
    assert states(registry) == {"alpha": "failed"}
    assert states(start(clock, switches=kept)) == {"alpha": "disabled"}
    registry.switch("alpha", on=True)
    registry.fault("alpha")
    assert states(registry) == {"alpha": "ready"}


def test_three_faults_in_an_hour_are_borne(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = start(clock)
    for _fault in range(3):
        registry.fault("alpha")
        clock.move(clock.now() + timedelta(minutes=3))
    assert states(registry) == {"alpha": "ready"}


def test_a_fault_is_laid_at_the_door_of_the_module_whose_code_broke(make: Make, clock: FixedClock) -> None:
    make("alpha", pages="def Page(): return 1 / 0")
    registry = start(clock)
    page = registry.open(f"{PLACE}.alpha.pages:Page")
    with pytest.raises(ZeroDivisionError) as broken:
        page()
    assert registry.note(broken.value) == "alpha"
    assert registry.note(ValueError("nobody's")) == ""


def test_an_outside_module_asks_before_its_first_use(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = Registry(clock, packages=(), outside=((f"{PLACE}.alpha", "alpha-for-kontinuum 2.0"),))
    assert states(registry) == {"alpha": "disabled"}
    assert registry.module("alpha").origin == "alpha-for-kontinuum 2.0"
    registry.switch("alpha", on=True)
    assert states(registry) == {"alpha": "ready"}


def test_what_belongs_to_the_program_cannot_be_switched_off(make: Make, clock: FixedClock) -> None:
    make("alpha")
    registry = Registry(clock, builtin=(f"{PLACE}.alpha",), packages=(), outside=())
    registry.switch("alpha", on=False)
    for _fault in range(3):
        registry.fault("alpha")
    assert states(registry) == {"alpha": "ready"}


def test_no_modules_at_all_is_no_trouble(clock: FixedClock) -> None:
    assert Registry(clock, packages=("no_such_package",), outside=()).modules == ()
