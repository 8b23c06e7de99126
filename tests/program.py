"""The program under test, and what it told the user."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from db.profiles import Address
from desktop.core.messages import Message
from desktop.core.registry import Registry
from desktop.shell.application import Application


class Program:
    """An application whose messages are kept as they are told."""

    def __init__(self, app: Application) -> None:
        self.app, self.told = app, list[Message]()

    @property
    def registry(self) -> Registry:
        """The modules of the open desk."""
        assert self.app.desk is not None
        return self.app.desk.registry

    @property
    def page(self) -> QWidget:
        """The page in sight."""
        assert self.app.view is not None and self.app.view.workspace.page is not None
        return self.app.view.workspace.page

    def open_file(self, path: Address, login: str | None = None) -> None:
        """Open a database as `login` or as the system's own account."""
        self.app.open_database(path, login)
        assert self.app.desk is not None
        self.app.desk.messages.told.connect(self.told.append)
