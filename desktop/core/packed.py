"""What a built program should hold, as its builder wrote it down; a run from the source has no such list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.core.manifest import Manifest

PROGRAM = Path(__file__).resolve().parents[2]  # the folder that holds db, desktop and resources
LIST = Path("resources") / "packed.json"


@dataclass(frozen=True, slots=True)
class Packed:
    """Targets are dotted names, "package.module" or "package.module:Name"; files are paths below the program's folder."""

    version: str
    targets: tuple[str, ...]
    files: tuple[str, ...]

    def written(self) -> str:
        """The text of the list, the same for the same content."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_packed(program: Path = PROGRAM) -> Packed | None:
    """The list of this program; None when it runs from its source."""
    path = program / LIST
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return Packed(found["version"], tuple(found["targets"]), tuple(found["files"]))


def opened_by(manifests: Iterable[Manifest]) -> Iterator[str]:
    """Every dotted name these manifests open when it is first wanted."""
    for manifest in manifests:
        yield from (page.opens for page in manifest.pages)
        yield from (contribution.opens for contribution in manifest.contributions)
