"""Proves the package on a bare root: installs it with what it declares, uses it there, and looks at its window."""

from __future__ import annotations

import json
import os
import shutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from installer.bare_root import USER, BareRoot
from installer.debian import packages_of
from installer.freezing import Workshop, size
from installer.screen import Lines, Screen, Seen, forget

PEOPLE = 2000
_ROOT = Path(__file__).resolve().parents[1]
_INSTALLED = "/usr/lib/kontinuum"
_HOME = f"/home/{USER}"
_ROUNDS = 5


class NotProven(Exception):
    """Something did not work on the bare root; says what."""


@dataclass(slots=True)
class Figures:
    """What was measured; times in seconds, sizes in bytes. `source` is the same program run from its source."""

    package: int = 0
    installed: int = 0
    needed: list[str] = field(default_factory=list)
    root_before: int = 0
    root_after: int = 0
    warm: float = 0
    warm_source: float = 0
    first_picture: float = 0
    first_picture_source: float = 0
    cold: float = 0
    cold_source: float = 0


def prove(shop: Workshop, package: Path, needs: str, say: Callable[[str], None], *, tour: bool = False) -> Figures:
    """Install and use the package; the picture of its window and the figures lie in the workshop afterwards.

    Args:
        tour: Whether to walk through the whole program in three languages too, which takes minutes.

    Raises:
        NotProven: a step did not do what it should.
        NoRoot: there is no root to prove it on.
    """
    root = BareRoot.fresh(shop.folder)
    pythons = root.pythons()
    _must(not pythons, f"the bare root has a Python already: {pythons}")
    root.tidy()
    say("bare root: no Python in it")
    figures = Figures(package=package.stat().st_size, root_before=size(root.folder), needed=packages_of(needs))
    root.install(package)
    root.tidy()
    figures.root_after = size(root.folder)
    figures.installed = size(root.folder / _INSTALLED.lstrip("/"))
    _must(not root.pythons(), f"installing brought a Python of the system's: {root.pythons()}")
    missing = root.unresolved(_INSTALLED)
    _must(not missing, f"libraries that the declared packages do not bring: {missing}")
    say(f"installed by apt with {len(figures.needed)} declared packages; every library is found; still no Python")
    for line in use(root, tour=tour):
        say(line)
    with Screen(shop.folder / "screen") as screen:
        watch(shop, root, screen, figures)
    remove(root)
    say("removed again; nothing is left in /usr")
    (shop.folder / "figures.json").write_text(json.dumps(asdict(figures), indent=1) + "\n", encoding="utf-8")
    return figures


def use(root: BareRoot, *, tour: bool) -> Iterator[str]:
    """The commands of the installed program as an ordinary user runs them; one line of words for each."""
    found = _works(root, "doctor")
    yield f"doctor: {found.splitlines()[-4].removeprefix('ok').strip()}; nothing missing"
    made = json.loads(_works(root, "demo", "--people", str(PEOPLE), "--json"))
    _must(made["people"] == PEOPLE, f"demo made {made['people']} people instead of {PEOPLE}")
    database = f"{_HOME}/.local/share/kontinuum/demo.kontinuum"
    hits = json.loads(_works(root, "--db", database, "--json", "search", "and"))
    _must(len(hits) > 0, "search found nobody")
    _works(root, "--db", database, "print", "policy", "Alumnipolicy", "--out", "policy.pdf")
    start = (root.folder / _HOME.lstrip("/") / "policy.pdf").read_bytes()[:5]
    _must(start == b"%PDF-", "the printed policy is no PDF")
    _works(root, "--db", database, "check")
    yield f"demo: {PEOPLE} people; search: {len(hits)} found; print: a policy as PDF; check: done"
    if tour:
        yield f"tour: {_works(root, 'tour', '--out', 'tour', seconds=1800).splitlines()[-1]}"


def watch(shop: Workshop, root: BareRoot, screen: Screen, figures: Figures) -> None:
    """Start the real window several times, beside the same program run from its source, warm and with its files out of memory."""
    database = shop.folder / "start.kontinuum"
    shutil.copyfile(root.folder / _HOME.lstrip("/") / ".local/share/kontinuum/demo.kontinuum", database)
    plain = {
        name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "PYTHONPATH")
    }
    ours = {**plain, "DISPLAY": screen.display, "XDG_DATA_HOME": str(shop.folder / "home"), "LANG": "C.UTF-8"}
    ours |= {"XDG_CONFIG_HOME": str(shop.folder / "home"), "XDG_STATE_HOME": str(shop.folder / "home"), "LOGNAME": USER}
    inside = root.command(
        ["kontinuum", "--db", f"{_HOME}/.local/share/kontinuum/demo.kontinuum"], extra={"DISPLAY": screen.display}
    )
    outside = [str(shop.python.with_name("kontinuum")), "--db", str(database)]

    def built(wanted: Lines = ()) -> Seen:
        return screen.watch(inside, ours, wanted, shot=shop.folder / "window.png")

    def source(wanted: Lines = ()) -> Seen:
        return screen.watch(outside, {**ours, "PYTHONPATH": str(_ROOT)}, wanted, shot=shop.folder / "window-source.png")

    try:
        pictures = built().last, source().last
        warm = [(built(pictures[0]), source(pictures[1])) for _round in range(_ROUNDS)]
        cold = []
        for _round in range(2):
            forget([root.folder / _INSTALLED.lstrip("/")])
            first = built(pictures[0])
            forget([shop.python.parents[1], Path(os.__file__).parent, *_sources()])
            cold.append((first, source(pictures[1])))
    except TimeoutError as late:
        raise NotProven(f"the window on the virtual screen: {late}") from late
    figures.warm, figures.warm_source = (statistics.median(pair[n].settled for pair in warm) for n in (0, 1))
    figures.first_picture, figures.first_picture_source = (statistics.median(pair[n].first for pair in warm) for n in (0, 1))
    figures.cold, figures.cold_source = (min(pair[n].settled for pair in cold) for n in (0, 1))


def remove(root: BareRoot) -> None:
    """Take the package off again; its folder must be gone."""
    done = root.run("apt-get", "-q", "-y", "remove", "kontinuum", user="root")
    _must(done.returncode == 0, f"the package cannot be removed: {done.stderr}")
    left = [name for name in ("usr/lib/kontinuum", "usr/bin/kontinuum") if (root.folder / name).exists()]
    _must(not left, f"removing left {left}")


def _sources() -> list[Path]:
    return [_ROOT / name for name in ("db", "desktop", "resources")]


def _works(root: BareRoot, *words: str, seconds: float = 300) -> str:
    done = root.run("kontinuum", *words, seconds=seconds)
    _must(done.returncode == 0, f"kontinuum {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def _must(good: bool, otherwise: str) -> None:
    if not good:
        raise NotProven(otherwise)
