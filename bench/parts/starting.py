"""From the start of the process to a window one can work in, and the memory it then holds; beside the least such program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figures import MB, MS, Figure
from bench.locked import FOLDER, KEY
from bench.measuring import Times, often
from bench.started import BEGUN
from bench.stores import opened

ROUNDS = 7


def measure_start(people: int, folder: Path, repeat: int) -> list[Figure]:
    """Both programs by turns, each in a fresh process, the first of each thrown away."""
    with opened(people, folder) as stores:
        path = stores.path
    ours, carded, listed, floor = Times(), Times(), Times(), Times()
    memory: dict[str, float] = {}
    for place in range(often(ROUNDS, repeat, 0) + 1):
        for module in ("bench.start_ours", "bench.floor_window")[:: 1 if place % 2 else -1]:
            told = _start(module, path)
            if place or not repeat:
                times = ours if module == "bench.start_ours" else floor
                times.taken.append(told["window"]["seconds"])
                carded.taken += [told["cards"]["seconds"]] if "cards" in told else []
                listed.taken += [told["people"]["seconds"]] if "people" in told else []
                memory[module] = max(told[last]["mb"] for last in told)
    figures = [
        Figure("start", name, people, MS, took.p50 * 1e3, floor.p50 * 1e3, took.p95 * 1e3, floor.p95 * 1e3, note=note)
        for name, took, note in (
            ("start", ours, "process to first page painted with its data"),
            ("start, then the cards", carded, "and what the modules say beside it, made once it is painted"),
            ("start, then the list", listed, "and the list of people opened after it"),
        )
    ]
    return [*figures, Figure("start", "memory", people, MB, memory["bench.start_ours"], memory["bench.floor_window"])]


def _start(module: str, path: Path) -> dict[str, Any]:
    with TemporaryDirectory() as own:
        private = {f"XDG_{name}_HOME": own for name in ("DATA", "CONFIG", "STATE", "CACHE")}
        surroundings = {**os.environ, **private, "QT_QPA_PLATFORM": "offscreen", BEGUN: str(time.monotonic())}
        done = subprocess.run(
            [sys.executable, "-m", module, str(path), KEY.spoken if path.parent.name == FOLDER else ""],
            env=surroundings, stdout=subprocess.PIPE, text=True, timeout=120, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    return {told["what"]: told for told in map(json.loads, done.stdout.splitlines())}
