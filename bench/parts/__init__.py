"""The parts of a run: each takes the figures of one kind of work at one size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure
from bench.parts.duplicates import measure_duplicates
from bench.parts.imports import measure_csv, measure_import, measure_undo
from bench.parts.letters import measure_letters
from bench.parts.reading import measure_filter, measure_lists, measure_log, measure_open
from bench.parts.searching import measure_keys, measure_search
from bench.parts.starting import measure_start
from bench.parts.windows import measure_stalls

Part = Callable[[int, Path, int], list[Figure]]
# In the order they are run: the import leaves the databases all others use.
PARTS: dict[str, Part] = {
    "import": measure_import,
    "undo": measure_undo,
    "csv": measure_csv,
    "list": measure_lists,
    "filter": measure_filter,
    "search": measure_search,
    "keys": measure_keys,
    "open": measure_open,
    "log": measure_log,
    "duplicates": measure_duplicates,
    "letters": measure_letters,
    "start": measure_start,
    "stalls": measure_stalls,
}
