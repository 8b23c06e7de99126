"""What stands between a start and its first page: nothing that only later pages need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock
from tests.contract.places import ROOT

# Prints what was imported when My day shows its tasks; the cards beside them come after that.
PROGRAM = """
import os, sys
from pathlib import Path
from desktop import app

def watched(*given, _make=app.make_application, **more):
    from PySide6.QtCore import QTimer
    from desktop.shell.day_cards import DayCards
    DayCards.begin = lambda self: None
    program = _make(*given, **more)
    timer = QTimer(program, interval=0)

    def look():
        if program.view is not None and program.idle() and program.view.workspace.page is not None:
            print(*sorted(sys.modules), flush=True)
            os._exit(0)

    timer.timeout.connect(look)
    timer.start()
    return program

app.make_application = watched
app.main(Path(sys.argv[1]))
"""
LATER = {
    "alembic": "revisions",
    "babel": "numbers and dates a first page seldom has",
    "desktop.core.letters": "printing",
    "desktop.core.worker": "reading files",
    "desktop.shell.welcome": "the start page",
    "multiprocessing": "reading files",
    "openpyxl": "reading files",
    "phonenumbers": "calls",
    "pypdf": "printing",
    "pypdfium2": "printing",
    "reportlab": "printing",
    "segno": "printing",
    "xlrd": "reading files",
}
OF_A_MODULE = ("manifest", "rules")  # what a manifest itself may need


def at_first_page(folder: Path) -> set[str]:
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    env = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
    office = folder / "Office.kontinuum"
    open_database(office, new_registry(SystemClock())).close()  # for a new one the program might ask about the key
    command = [sys.executable, "-c", PROGRAM, str(office)]
    for _start in ("makes the first user", "opens it"):
        ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert ended.returncode == 0, ended.stderr[-2000:]
    return set(ended.stdout.split())


def test_the_first_page_waits_only_for_what_it_shows(tmp_path: Path) -> None:
    loaded = at_first_page(tmp_path)
    assert "desktop.shell.my_day" in loaded
    early = {name: LATER[name] for name in LATER if name in loaded}
    assert early == {}
    modules = {name for name in loaded if name.startswith(("desktop.modules.", "desktop.people.")) and name.count(".") > 1}
    others = {name for name in modules if name.startswith("desktop.modules.") and name.count(".") == 2}
    others |= {name.removesuffix(".manifest") for name in modules if name.endswith(".manifest")}  # the folders manifests lie in
    assert {name for name in modules - others if name.rpartition(".")[2] not in OF_A_MODULE} == set()
