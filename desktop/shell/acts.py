"""The small acts behind menus and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from db.profiles import Places
from db.texts import _, ngettext
from desktop.shell import choosing

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from db.history import TakenBack
    from desktop.core.context import ModuleContext
    from desktop.shell.application import Application


class Acts:
    """What commands call; each does nothing where it makes no sense."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def make_demo(self) -> None:
        """Open the demo, made first if there is none yet."""
        path = choosing.place_of_demo(self._app)
        if path is not None:
            self._app.open_database(path, fill=not path.is_file())

    def start_empty(self) -> None:
        """Open a new database: the user's own, or one whose place is asked for."""
        path = choosing.place_of_new(self._app)
        if path is not None and path.exists():  # one that shall be gone on with
            self._app.open_database(path)
        elif path is not None:
            self._app.protection.begin(path)

    def choose_database(self) -> None:
        """Ask for a file and open it."""
        path = choosing.database_to_open(self._app)
        if path is not None and self._app.may_leave():
            self._app.open_database(path)

    def choose_server(self) -> None:
        """Ask for a database on a server and open it."""
        self._app.servers.choose()

    def switch_user(self, login: str) -> None:
        """Open the same database as somebody else."""
        if self._app.desk is not None and self._app.may_leave():
            self._app.open_database(self._app.desk.address, login)

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        if self._app.view is not None:
            self._app.view.top.palette_box.begin()

    def focus_navigation(self) -> None:
        """Put the keyboard on the navigation."""
        if self._app.view is not None:
            self._app.view.navigation.focus_here()

    def step_tab(self, by: int) -> None:
        """Show the next tab, or the one before."""
        if self._app.view is not None:
            self._app.view.workspace.step(by)

    def close_tab(self) -> None:
        """Close the record in sight."""
        if self._app.view is not None:
            self._app.view.workspace.close_tab()

    def take_back_last(self) -> None:
        """Name what was done last in this session; asked once more, take it back."""
        desk, view = self._app.desk, self._app.view
        if desk is not None and view is not None:
            desk.own_steps.undo(view.context, seen=not view.workspace.toast.isHidden())

    def show_keys(self) -> None:
        """Show the keys of the page in sight and of the program."""
        from desktop.shell.key_map import KeyMap

        KeyMap(self._app).exec()

    def show_about(self) -> None:
        """Show what the program is made of."""
        from desktop.shell.about import About

        About(self._app.window, self._app.texts).exec()

    def open_data_folder(self) -> None:
        """Open the folder of the database with the system's file manager."""
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        desk = self._app.desk
        folder = desk.path.parent if desk and not desk.on_server else Places.of_this_machine().data
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def quit(self) -> None:
        """Close the window; asks first where typed text would be lost."""
        self._app.window.close()


def take_back_now(context: ModuleContext, owner: QObject, change_set: UUID) -> None:
    """Take a change back and tell what became of it."""
    from db.history import TAKE_BACK, take_back  # nothing a start needs

    def work(session: Session) -> TakenBack:
        return take_back(session, change_set)

    def done(taken: TakenBack) -> None:
        texts = context.texts
        if not taken.undone:
            context.messages.say(texts.say(_("Nothing could be taken back: all of it was changed since.")), "warn")
        elif taken.kept:
            text = ngettext(
                "Taken back, but {count} entry was touched since and stays.",
                "Taken back, but {count} entries were touched since and stay.",
            )
            context.messages.say(texts.say_n(text, len(taken.kept)), "warn")
        else:
            again = taken.change_set
            context.messages.say(
                texts.say(_("Taken back.")),
                action_text=texts.say(_("Do it again")) if again else "",
                action=(lambda: take_back_now(context, owner, again)) if again else None,
            )

    def failed(error: Exception) -> None:
        context.messages.show(error, _("taking a change back"))

    context.tasks.write(owner, work, done, failed, verb=TAKE_BACK)
