"""Looks where modules may lie and imports their manifests, however broken."""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from desktop.core.manifest import Manifest

log = logging.getLogger(__name__)
ENTRY_POINTS = "kontinuum.modules"


@dataclass(frozen=True, slots=True)
class Found:
    """A module that was found; `problem` says why there is no manifest."""

    package: str
    origin: str
    manifest: Manifest | None
    problem: str = ""
    builtin: bool = False
    outside: bool = False
    folder: Path | None = None


def find(builtin: Sequence[str], packages: Sequence[str], outside: Sequence[tuple[str, str]] | None) -> Iterator[Found]:
    """The built-in modules, then the subpackages of `packages`, then what other installed packages offer.

    An installed package offers a module by an entry point of the group "kontinuum.modules" whose value is the name
    of the package that holds `manifest.py`.
    """
    for name in builtin:
        yield _read(name, "", builtin=True)
    for package in packages:
        for name, origin in _inside(package):
            yield _read(name, origin)
    for name, origin in _installed() if outside is None else outside:
        yield _read(name, origin, outside=True)


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


def _read(package: str, origin: str, *, builtin: bool = False, outside: bool = False) -> Found:
    manifest, problem, folder = None, "", None
    try:
        folder = Path(import_module(package).__path__[0])
        manifest = import_module(f"{package}.manifest").MANIFEST
        if not isinstance(manifest, Manifest):
            manifest, problem = None, "MANIFEST is no Manifest"
    except Exception as caught:  # a module's code: contained, whatever it is
        log.error("the manifest of %s cannot be read", package, exc_info=caught)
        problem = f"{type(caught).__name__}: {caught}"
    return Found(package, origin, manifest, problem, builtin, outside, folder)
