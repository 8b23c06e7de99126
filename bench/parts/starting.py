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
from bench.sites import SQLITE, Files, Site
from bench.started import BEGUN
from bench.stores import opened
from db.profiles import Address

ROUNDS = 7


def measure_start(people: int, site: Site, repeat: int) -> list[Figure]:
    """Both programs by turns, each in a fresh process, the first of each thrown away.

    On a server the floor is the same program with a file that holds the same people.
    """
    with opened(people, site) as stores:
        address = stores.address
    least: tuple[str, Address] = ("bench.floor_window", address)
    if site.engine != SQLITE:
        with opened(people, Files(site.folder)) as filed:
            least = ("bench.start_ours", filed.address)
    turns = [("bench.start_ours", address), least]
    ours, carded, listed, floor = Times(), Times(), Times(), Times()
    memory: dict[bool, float] = {}
    with TemporaryDirectory() as compiled:  # by the turns that are thrown away, as an installed program has it
        for place in range(often(ROUNDS, repeat, 0) + 1):
            for turn in turns[:: 1 if place % 2 else -1]:
                told = _start(*turn, compiled)
                if place or not repeat:
                    mine = turn == turns[0]
                    (ours if mine else floor).taken.append(told["window"]["seconds"])
                    carded.taken += [told["cards"]["seconds"]] if mine else []
                    listed.taken += [told["people"]["seconds"]] if mine else []
                    memory[mine] = max(told[last]["mb"] for last in told)
    figures = [
        Figure("start", name, people, MS, took.p50 * 1e3, floor.p50 * 1e3, took.p95 * 1e3, floor.p95 * 1e3, note=note)
        for name, took, note in (
            ("start", ours, "process to first page painted with its data"),
            ("start, then the cards", carded, "and what the modules say beside it, made once it is painted"),
            ("start, then the list", listed, "and the list of people opened after it"),
        )
    ]
    return [*figures, Figure("start", "memory", people, MB, memory[True], memory[False])]


def _start(module: str, address: Address, compiled: str) -> dict[str, Any]:
    with TemporaryDirectory() as own:
        private = {f"XDG_{name}_HOME": own for name in ("DATA", "CONFIG", "STATE", "CACHE")}
        surroundings = {**os.environ, **private, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
        surroundings |= {"PYTHONDONTWRITEBYTECODE": "", BEGUN: str(time.monotonic())}
        done = subprocess.run(
            [sys.executable, "-m", module, str(address), KEY.spoken if isinstance(address, Path) and address.parent.name == FOLDER else ""],
            env=surroundings, stdout=subprocess.PIPE, text=True, timeout=120, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    return {told["what"]: told for told in map(json.loads, done.stdout.splitlines())}
