"""The command line: the same services as the window, for administrators and scripts.

Ends with 0, with 1 where a check finds differences, or with 2 and one clear line on standard error.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from desktop.command_line.arguments import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; without one, open the window."""
    asked = parser().parse_args(arguments)
    asked.db, asked.login, asked.json = getattr(asked, "db", None), getattr(asked, "login", None), getattr(asked, "json", False)
    asked.code = 0  # a command that finds something wrong may raise it
    asked.recovery_key = getattr(asked, "recovery_key", None)
    if asked.command is None:
        from db.profiles import Places, locate
        from desktop.app import main as open_window

        address = locate(asked.db, Places.of_this_machine()) if asked.db else None
        return open_window(address, asked.login, safe=asked.safe)
    from db.errors import Told
    from desktop.command_line.running import run
    from desktop.core.faults import ANYTHING
    from desktop.core.log import start_log

    folder = start_log()
    try:
        for line in run(asked):
            print(line)
    except Told as told:
        print(" ".join(str(told).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has read enough
    except ANYTHING as defect:  # the last boundary: nobody reads a traceback on a terminal
        logging.getLogger(__name__).error("the command %s failed", asked.command, exc_info=defect)
        print(f"Something went wrong ({type(defect).__name__}); the log says more: {folder}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; nothing of the unfinished step was kept.", file=sys.stderr)
        return 2
    return int(asked.code)


if __name__ == "__main__":
    raise SystemExit(main())
