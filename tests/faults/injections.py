"""Some 350 texts that break programs which take data for mark-up, formulas, commands, formats or file names."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

_FILE = Path(__file__).with_name("injections.json")


def _whole(entry: str | dict[str, str | int]) -> str:
    return entry if isinstance(entry, str) else str(entry["repeat"]) * int(entry["times"])


GROUPS = {name: [_whole(entry) for entry in entries] for name, entries in json.loads(_FILE.read_text(encoding="ascii")).items()}
REFUSED = GROUPS["refused"]  # half letters and letters no text may hold
TEXTS = [text for name, texts in GROUPS.items() if name != "refused" for text in texts]
BETWEEN = " ¦ "


def bundles(count: int) -> list[list[str]]:
    """All texts shared out over so many rows; whatever long one comes last in its own."""
    texts = iter(sorted(TEXTS, key=len))
    size = -(-len(TEXTS) // max(1, count))
    return [bundle for _number in range(count) if (bundle := list(islice(texts, size)))]


def plain(text: str) -> str:
    """`text` without spaces and line breaks; Qt for Python takes the invisible mark of byte order off a text's beginning."""
    return "".join(text.replace("\ufeff", "").split())
