"""`python -m bench.in_window keys|stalls JSON`: one measuring in a fresh process with the real window; answers with JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.sites import address_of

ADDRESSES = ("address", "raw")


def main() -> int:
    """Run one measuring and print what it took."""
    what, asked = sys.argv[1], json.loads(sys.argv[2])
    run = import_module(f"bench.{what}").run  # here, so that the worker process, which imports this file too, stays small
    print(json.dumps(run(**{name: address_of(value) if name in ADDRESSES else value for name, value in asked.items()})))
    return 0


def ask(what: str, **asked: Any) -> Any:
    """Run one measuring in a process of its own and give its answer."""
    words = {name: str(value) if isinstance(value, Path) else value for name, value in asked.items()}
    command = [sys.executable, "-m", "bench.in_window", what, json.dumps(words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1])
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    raise SystemExit(main())
