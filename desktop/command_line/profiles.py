"""What `kontinuum profile` does: names for databases."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from db.errors import RuleBroken
from db.profiles import Places, copies_of, is_server, read_profiles, save_profile
from db.texts import _
from desktop.command_line import passwords
from desktop.command_line.opening import Lines, printed


def profile(asked: Namespace) -> Lines:
    """Name a database, or list the names."""
    places = Places.of_this_machine()
    if asked.name and asked.file is None:
        raise RuleBroken(_("A name needs a database to stand for."), _("Give the file after the name."))
    if asked.name:
        server = is_server(asked.file)
        _refuse_copies(asked.file if server else "", asked.lists_from)
        address = asked.file if server else Path(asked.file).expanduser().resolve()
        save_profile(places, asked.name, address, copies=asked.lists_from)
        if server:
            passwords.accept_anew(asked.file)
    known = {name: str(path) for name, path in sorted(read_profiles(places).items())}
    lists = {name: copies_of(places, path) for name, path in read_profiles(places).items()}
    lines = [f"{name}  {path}" + (f"  (lists from {lists[name]})" if lists[name] else "") for name, path in known.items()]
    yield from printed(asked, known, lines)


def _refuse_copies(server: str, copies: str | None) -> None:
    """Only a server has copies, and they are hosts."""
    if copies and not server:
        raise RuleBroken(_("Only a server has a copy that lists are read from."), _("Leave it out."))
    if copies:
        from db.postgresql.replica import address_of_copy  # loads the driver, which a file does not need

        address_of_copy(server, copies)
