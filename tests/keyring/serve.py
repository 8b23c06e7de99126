"""Runs one command after the other in a process of its own that remembers no key between them; started by the tests."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from db import keys
from desktop import cli


def main() -> None:
    """A command as a line of JSON, [words, what is typed]; the answer as another, [code, printed, warned]."""
    commands, answers = sys.stdin, sys.stdout
    for line in commands:
        words, typed = json.loads(line)
        keys._IN_HAND.clear()
        sys.stdin, out, err = io.StringIO(typed), io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = cli.main(words)
            except SystemExit as ended:
                code = int(ended.code or 0)
        answers.write(json.dumps([code, out.getvalue(), err.getvalue()]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
