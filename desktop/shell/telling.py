"""Where what the program tells is seen, and in which language: over the open database, else on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.core.log import install_handlers
from desktop.core.messages import Message, Messages
from desktop.core.texts import Texts, system_language

if TYPE_CHECKING:
    from desktop.shell.application import Application
    from desktop.shell.desk import Desk


class Telling(QObject):
    """Speaks for the program while no database is open, and shows what a desk tells while one is.

    Args:
        catch: Tell of what nobody caught, too, instead of printing it.
    """

    def __init__(self, app: Application, language: str, *, catch: bool) -> None:
        super().__init__(app)
        self._app, self._catch = app, catch
        self.texts = Texts(language or system_language())
        self._own = Messages(self.texts, self)
        self._own.told.connect(self._show)
        self.follow(None)

    @property
    def messages(self) -> Messages:
        """Those of the open database, else the program's own."""
        return self._app.desk.messages if self._app.desk else self._own

    def speak(self, language: str) -> None:
        """Speak this language while no database is open; empty means the computer's."""
        self.texts = Texts(language or system_language())
        self._own.use(self.texts)

    def follow(self, desk: Desk | None) -> None:
        """From now on what nobody caught is told where `desk` is shown, and what it tells too."""
        if desk is not None:
            desk.messages.told.connect(self._show)
        if self._catch:
            install_handlers(desk.messages if desk is not None else self._own)

    def _show(self, message: Message) -> None:
        app = self._app
        if app.view is not None and app.desk is not None:
            app.view.tell(message)
            return
        if app.welcome is None:  # something broke while a database was being opened
            app.show_welcome()
        if app.welcome is not None:
            app.welcome.tell(message)
