"""The licences of everything in the built program, as texts in its folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

OWN = Path("resources") / "packaging" / "licences"  # texts a wheel owes us: <name of the package>/<text>
_NAMED = re.compile(r"(?:licen[cs]e|copying|notice)", re.IGNORECASE)


class LicenceMissing(Exception):
    """Something would be given away without the text its licence asks for."""


def requirements(root: Path) -> list[str]:
    """What the program says it needs, as in pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["project"]["dependencies"])


def closure(program: str = "kontinuum") -> list[str]:
    """The installed packages the program needs on this machine, directly or through others, without itself."""
    found: set[str] = set()
    waiting: list[tuple[str, set[str]]] = [(program, set())]
    while waiting:
        needing, extras = waiting.pop()
        for line in distribution(needing).requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                name = str(distribution(wanted.name).metadata["Name"])
                waiting += [] if name in found else [(name, wanted.extras)]
                found.add(name)
    return sorted(found)


def texts_of(name: str, root: Path) -> list[tuple[str, Path]]:
    """Licence texts of an installed package, each with the path it gets: the wheel's own and those we keep for it."""
    found = []
    for file in distribution(name).files or ():
        parts = file.parts
        if parts[0].endswith(".dist-info") and (_NAMED.search(file.name) or "licenses" in parts):
            inner = parts[parts.index("licenses") + 1 :] if "licenses" in parts else parts[1:]
            found.append(("/".join(inner), Path(str(file.locate()))))
    ours = root / OWN / name
    found += [(path.name, path) for path in sorted(ours.iterdir())] if ours.is_dir() else []
    return found


def all_texts(root: Path, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """The texts of every package with its folder; of Python, of the freezing tool's starter, of the fonts, of ourselves.

    Raises:
        LicenceMissing: a package brings no text, and we keep none for it.
    """
    yield "Kontinuum/LICENSE.txt", root / "LICENSE"
    yield "Python/LICENSE.txt", _python_licence()
    for path in sorted((root / "resources" / "fonts").glob("*LICENSE*")):
        yield f"fonts/{path.name}", path
    for path in sorted((root / OWN / "common").iterdir()):
        yield path.name, path
    for name in names:
        texts = texts_of(name, root)
        if not texts:
            raise LicenceMissing(f"no licence text of {name}: put it into {OWN.as_posix()}/{name}/")
        yield from ((f"{name}/{place}", path) for place, path in texts)


def _python_licence() -> Path:
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).is_file():
                return folder / name
    system = Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright")
    if system.is_file():
        return system
    raise LicenceMissing("no licence text of Python found beside its library")


def collect_licences(python: Path, root: Path, folder: Path) -> None:
    """Write all texts below `folder`, asking the environment whose library is packed."""
    shutil.rmtree(folder, ignore_errors=True)
    code = (
        "import sys; from pathlib import Path; from installer.licences import all_texts, closure\n"
        "print(*(f'{place}\\t{path}' for place, path in all_texts(Path(sys.argv[1]), [*closure(), 'pyinstaller'])), sep='\\n')"
    )
    told = subprocess.run([python, "-c", code, root], cwd=root, check=True, capture_output=True, text=True)
    for line in told.stdout.splitlines():
        place, path = line.split("\t")
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / place)
