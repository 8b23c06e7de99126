"""Which file: asks where a new database goes and which one to open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from db.places import is_shared
from db.profiles import SUFFIX, Places
from db.texts import _

if TYPE_CHECKING:
    from desktop.shell.application import Application

KINDS = f"Kontinuum (*{SUFFIX} *.db);;* (*)"


def place_of_demo(app: Application) -> Path | None:
    """Where the demo lies; asked for where the user's own folder lies on a share. None if the user gave up."""
    path = Places.of_this_machine().demo_database
    return _ask_new(app, path.name) if is_shared(path) else path


def place_of_new(app: Application) -> Path | None:
    """The user's own database if there is none yet and its place will do; else what the user says."""
    path = Places.of_this_machine().own_database
    if is_shared(path):
        return _ask_new(app, path.name)
    return _ask_new(app, str(path.with_name(f"kontinuum 2{SUFFIX}"))) if path.exists() else path


def database_to_open(app: Application) -> Path | None:
    """A file of the user's choice."""
    from PySide6.QtWidgets import QFileDialog

    title, folder = app.texts.say(_("Open a database")), str(Places.of_this_machine().data)
    chosen, _kind = QFileDialog.getOpenFileName(app.window, title, folder, KINDS)
    return Path(chosen) if chosen else None


def _ask_new(app: Application, suggested: str) -> Path | None:
    from PySide6.QtWidgets import QFileDialog  # a large class, loaded when it is asked for

    title = app.texts.say(_("Where to keep the new database"))
    chosen, _kind = QFileDialog.getSaveFileName(app.window, title, suggested, KINDS)
    return Path(chosen) if chosen else None
