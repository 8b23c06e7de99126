"""Looks where modules may lie and imports their manifests, however broken."""

from __future__ import annotations

import logging
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from desktop.core.faults import ANYTHING
from desktop.core.manifest import Manifest
from desktop.core.starting import Start, Starter
from desktop.core.trail import MANIFEST, Trail

log = logging.getLogger(__name__)
ENTRY_POINTS = "kontinuum.modules"


@dataclass(frozen=True, slots=True)
class Found:
    """A module that was found; `problem` says why there is no manifest, `pending` that it is still on its way."""

    package: str
    origin: str
    manifest: Manifest | None
    problem: str = ""
    builtin: bool = False
    outside: bool = False
    folder: Path | None = None
    pending: Start | None = None


def find(
    builtin: Sequence[str], packages: Sequence[str], outside: Sequence[tuple[str, str]] | None, starter: Starter, trail: Trail
) -> Iterator[Found]:
    """The built-in modules, then the subpackages of `packages`, then what other installed packages offer.

    An installed package offers a module by an entry point of the group "kontinuum.modules" whose value is the name
    of the package that holds `manifest.py`. A module `trail` knows to have ended the program there is not read.
    """
    for name in builtin:
        yield read_now(name)
    for package in packages:
        for name, origin in _inside(package):
            yield _read(name, origin, starter, trail)
    for name, origin in _installed() if outside is None else outside:
        yield _read(name, origin, starter, trail, outside=True)


def _inside(package: str) -> list[tuple[str, str]]:
    try:
        paths = list(import_module(package).__path__)
    except ImportError:
        return []
    names = {info.name for info in pkgutil.iter_modules(paths) if info.ispkg}
    for path in filter(Path.is_dir, map(Path, paths)):
        names |= {folder.name for folder in path.iterdir() if (folder / "manifest.py").is_file()}
    return [(f"{package}.{name}", name) for name in sorted(names)]


def _installed() -> list[tuple[str, str]]:
    return [
        (point.module, f"{point.dist.name} {point.dist.version}" if point.dist else point.module)
        for point in entry_points(group=ENTRY_POINTS)
    ]


def read_now(package: str) -> Found:
    """What a part of the program says about itself."""
    error: BaseException | None = None
    try:
        import_module(f"{package}.manifest")
    except ANYTHING as caught:  # a module's code: contained, whatever it is
        error = caught
    return _told(Found(package, "", None, builtin=True), error)


def _read(package: str, origin: str, starter: Starter, trail: Trail, *, outside: bool = False) -> Found:
    found, key = Found(package, origin, None, outside=outside), key_of(package)
    if trail.unreadable(key):
        return found
    return settled(replace(found, pending=starter.start(f"{package}.manifest", key, MANIFEST)))


def settled(found: Found) -> Found:
    """The same, with what is known of its manifest by now."""
    if found.pending is None or not found.pending.over.is_set():
        return found
    return _told(replace(found, pending=None), found.pending.error)


def key_of(package: str) -> str:
    """What a module is called as long as its manifest is not known."""
    return package.rpartition(".")[2]


def _told(found: Found, error: BaseException | None) -> Found:
    package = found.package
    folder = Path(sys.modules[package].__path__[0]) if hasattr(sys.modules.get(package), "__path__") else None
    if error is not None:
        log.error("the manifest of %s cannot be read", package, exc_info=error)
        return replace(found, folder=folder, problem=f"{type(error).__name__}: {error}")
    manifest = getattr(sys.modules[f"{package}.manifest"], "MANIFEST", None)
    if not isinstance(manifest, Manifest):
        return replace(found, folder=folder, problem="MANIFEST is no Manifest")
    return replace(found, folder=folder, manifest=manifest)
