"""`python -m bench --people N…` measures everything beside its floor; `python -m bench serve` answers another program."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import Figure, as_json, judge, table
from bench.locked import FOLDER
from bench.parts import PARTS, of_engine
from bench.serve import serve
from bench.sites import ENGINES, SQLITE, Site, site

USAGE = (
    "usage: python -m bench serve [--engine sqlite|postgresql] | "
    "--people N … [--engine sqlite|postgresql [--dsn ADDRESS]] [--only PART,…] [--repeat R] [--json FILE] [--keep DIR] [--encrypted]"
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command named on the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments in (["serve"], *(["serve", "--engine", engine] for engine in ENGINES)):
        serve(sys.stdin, sys.stdout)
        return 0
    if not arguments or arguments[0] == "serve":
        print(USAGE, file=sys.stderr)
        return 2
    parser = _parser()
    asked = parser.parse_args(arguments)
    if (asked.engine == SQLITE and asked.dsn) or (asked.engine != SQLITE and asked.encrypted):
        parser.error("--dsn is for servers, --encrypted for files")
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="kontinuum-bench-"))
    place = folder / FOLDER if asked.encrypted else folder
    place.mkdir(parents=True, exist_ok=True)
    try:
        with site(asked.engine, place, asked.dsn, keep=asked.keep is not None) as there:
            figures = measure(asked.people, asked.only or of_engine(asked.engine), there, asked.repeat)
    finally:
        if asked.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    judge(figures, asked.engine)
    print(table(figures))
    if asked.json:
        asked.json.write_text(as_json(figures, {"engine": asked.engine, **_about()}), encoding="utf-8")
    return 0


def measure(people: list[int], only: list[str], site: Site, repeat: int) -> list[Figure]:
    """The figures of these parts at these sizes."""
    figures: list[Figure] = []
    for count in sorted(people):
        for name in only:
            start = time.perf_counter()
            taken = PARTS[name](count, site, repeat)
            figures += taken
            print(f"{name} with {count:,} people: {time.perf_counter() - start:.0f} s", file=sys.stderr)
            print(table(taken), file=sys.stderr, flush=True)  # a later part may break, and hours of work with it
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", required=True, help="sizes of the register")
    parser.add_argument("--only", type=_parts, default=[], help=f"some of {','.join(PARTS)}")
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        help="take each figure so many times as often; 0: as seldom as can be, to see that all runs",
    )
    parser.add_argument("--engine", choices=ENGINES, default=SQLITE, help="what keeps the databases")
    parser.add_argument("--dsn", default="", help="an administrator's address of a server; else the run starts one of its own")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--keep", type=Path, help="keep the databases in this folder (or at --dsn) and use them again")
    parser.add_argument(
        "--encrypted", action="store_true", help="the product's database encrypted as a whole; the floor's is plain"
    )
    return parser


def _parts(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return [name for name in PARTS if name in names]


def _about() -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}


if __name__ == "__main__":
    raise SystemExit(main())
