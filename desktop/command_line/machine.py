"""What the command line says of this machine and of what is installed: doctor, modules and tour."""

from __future__ import annotations

from argparse import Namespace

from db.errors import Unavailable
from db.profiles import Places, locate
from db.texts import _
from desktop.assembly import new_registry
from desktop.command_line.opening import Lines, opened, printed
from desktop.core.clock import SystemClock, office_zone


def doctor(asked: Namespace) -> Lines:
    """Everything the program needs, and whether it is here.

    Raises:
        Unavailable: something is missing.
    """
    from desktop.core.packed import read_packed
    from desktop.doctor import examine

    remarks = examine(Places.of_this_machine())
    missing = [remark.text for remark in remarks if not remark.well]
    yield from printed(
        asked,
        [{"text": r.text, "well": r.well} for r in remarks],
        [("ok       " if r.well else "MISSING  ") + r.text for r in remarks],
    )
    if missing:
        remedy = (
            _("Install the program anew, or what is named.")
            if read_packed()
            else _("Run “make setup”, or install what is named.")
        )
        raise Unavailable(_("This machine lacks: {what}."), remedy, what="; ".join(missing))


def tour(asked: Namespace) -> Lines:
    """Walk through the program and tell which files that left."""
    from desktop.tour.rounds import run_tour

    made = run_tour(asked.out)
    yield from printed(
        asked, [str(path) for path in made], [str(path) for path in made] + [f"{len(made)} files in {asked.out.resolve()}"]
    )


def list_modules(asked: Namespace) -> Lines:
    """The modules, how each is doing and why."""
    path = locate(asked.db, Places.of_this_machine())
    registry = new_registry(SystemClock(office_zone()))
    if isinstance(path, str) or path.exists():
        with opened(asked, writes=False) as ground:
            registry = ground.registry
    plain = [
        {"key": m.key, "title": str(m.title), "state": m.state, "reason": m.reason.format(**m.reason_values)}
        for m in registry.modules
    ]
    yield from printed(asked, plain, [f"{p['key']:12} {p['state']:10} {p['title']}  {p['reason']}".rstrip() for p in plain])
