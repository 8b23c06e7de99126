"""The parts of a run: each takes the figures of one kind of work at one size."""

from __future__ import annotations

from collections.abc import Callable

from bench.figures import Figure
from bench.parts.duplicates import measure_duplicates
from bench.parts.imports import measure_csv, measure_import, measure_undo
from bench.parts.letters import measure_letters
from bench.parts.many import measure_many
from bench.parts.reading import measure_filter, measure_lists, measure_log, measure_open
from bench.parts.searching import measure_keys, measure_search
from bench.parts.starting import measure_start
from bench.parts.windows import measure_stalls
from bench.sites import SQLITE, Site

Part = Callable[[int, Site, int], list[Figure]]
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
    "many": measure_many,
    "duplicates": measure_duplicates,
    "letters": measure_letters,
    "start": measure_start,
    "stalls": measure_stalls,
}
_ALIKE = frozenset({"letters"})  # what knows no database is the same on every engine


def of_engine(engine: str) -> list[str]:
    """The parts that say something about this engine."""
    return [name for name in PARTS if engine == SQLITE or name not in _ALIKE]
