"""`python -m bench serve`: answers one JSON request a line until told to quit."""

from __future__ import annotations

import sys

from bench.serve import serve


def main() -> int:
    """Run the command named on the command line."""
    if sys.argv[1:] != ["serve"]:
        print("usage: python -m bench serve", file=sys.stderr)
        return 2
    serve(sys.stdin, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
