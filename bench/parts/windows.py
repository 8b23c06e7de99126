"""What the window's thread feels while the register is searched, imported and printed."""

from __future__ import annotations

from bench.figures import MS, Figure
from bench.in_window import ask
from bench.measuring import often
from bench.parts.imports import write_csv
from bench.people import make_people
from bench.sites import Site
from bench.stores import opened

LETTERS = 1000
IDLE = 3.0  # seconds


def measure_stalls(people: int, site: Site, repeat: int) -> list[Figure]:
    """The longest stretch in which nothing could be drawn or typed; beside an idle loop with a busy process next to it."""
    csv = site.folder / f"stall-{people}.csv"
    write_csv(csv, people, seed=8)
    with opened(people, site) as stores:
        address = stores.address
    texts = [f"{made.row.given} {made.row.family}"[:16] for made in make_people(often(6, repeat, 1), seed=9)]
    taken = ask(
        "stalls", address=address, csv=str(csv), texts=texts, letters=often(LETTERS, repeat), idle=IDLE if repeat else 0.2
    )
    csv.unlink()
    floor = taken.pop("idle beside a busy process")["longest"]
    return [
        Figure(
            "stalls", f"stall while {name}", people, MS, told["longest"], floor, note=f"{told['own']:.0f} ms of it our own work"
        )
        for name, told in taken.items()
    ]
