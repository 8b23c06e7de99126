"""Where the built program begins: the worker process comes through here too, and goes its own way first."""

import multiprocessing
import os
import sys
from collections.abc import MutableMapping

_LIBRARIES = "LD_LIBRARY_PATH"  # set to our folder by the starter of the built program, which needs it no more


def give_back(environment: MutableMapping[str, str]) -> None:
    """Let the programs we open, such as the one for PDFs, load the system's libraries and not ours."""
    before = environment.pop(f"{_LIBRARIES}_ORIG", None)
    environment.pop(_LIBRARIES, None)
    if before is not None:
        environment[_LIBRARIES] = before


if __name__ == "__main__":
    give_back(os.environ)
    multiprocessing.freeze_support()
    from desktop.cli import main

    sys.exit(main())
