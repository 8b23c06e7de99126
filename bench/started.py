"""Says, from inside a program just started, how long ago its process was begun and how much memory it holds."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

BEGUN = "KONTINUUM_BENCH_BEGUN"  # the monotonic clock when the process was asked for


def tell(what: str, *, last: bool = False) -> None:
    """Print the moment; after the last one the process ends at once."""
    seconds = time.monotonic() - float(os.environ[BEGUN])
    told = {"what": what, "seconds": seconds, "worked": time.process_time(), "mb": resident()}
    print(json.dumps(told), flush=True)
    if last:
        os._exit(0)


def resident() -> float:
    """Megabytes of memory held now; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
