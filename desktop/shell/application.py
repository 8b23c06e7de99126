"""The running program: what is open, how it looks, and the few acts everything else is built on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from db.database import Database
from db.errors import Told
from db.profiles import Address
from db.texts import Msgid, _
from desktop.assembly import PACKAGES
from desktop.assembly import open_database as open_file
from desktop.core.clock import SystemClock
from desktop.core.manifest import NO_TEXT
from desktop.core.registry import Registry
from desktop.core.settings import DeskSettings, kept_on_desk
from desktop.core.texts import Texts
from desktop.core.trail import Trail
from desktop.shell import demo, menus
from desktop.shell.acts import Acts
from desktop.shell.appearance import Appearance
from desktop.shell.commands import window_commands
from desktop.shell.copies import Copies
from desktop.shell.desk import Desk, Surroundings, window_registry
from desktop.shell.desk_view import DeskView
from desktop.shell.drafts import Drafts
from desktop.shell.errands import Errands
from desktop.shell.files import KnownFiles, OneWindow
from desktop.shell.guards import Guards, tell_suspects
from desktop.shell.look import Look
from desktop.shell.moving import Moving
from desktop.shell.protection import Protection
from desktop.shell.safe_start import SafeStart, StartMark
from desktop.shell.servers import Servers
from desktop.shell.telling import Telling
from desktop.shell.window import MainWindow

if TYPE_CHECKING:
    from desktop.shell.welcome import WaitingView, WelcomeView

SLOW = 250  # milliseconds of opening that need no word
OPENING, MAKING_DEMO, ADDING_DEMO = _("Opening the database"), _("Making demo data"), _("Adding the modules' demo data")


class Application(QObject):
    """One window with at most one database.

    Args:
        kept: The settings of this desk; None means the user's own.
        around: What tests put in the place of threads and the clock.
        at_once: Run errands in the caller's thread.
        language: Spoken instead of what the user has set.
        catch: Tell the user of what nobody caught, instead of printing it.
        trail: Which modules the run before ended in.
        crash: The file of the fault handler; with it, a window that does not answer is noticed.
        mark: Tells whether the start before finished.
        safe: Leave the modules out.
    """

    _arrived = Signal()  # a module's code that was waited for

    def __init__(
        self,
        qt: QApplication,
        *,
        kept: DeskSettings | None = None,
        around: Surroundings | None = None,
        at_once: bool = False,
        packages: tuple[str, ...] = PACKAGES,
        language: str = "",
        catch: bool = True,
        trail: Trail | None = None,
        crash: Path | None = None,
        mark: StartMark | None = None,
        safe: bool = False,
    ) -> None:
        super().__init__()
        self.kept, self._around, self.packages = kept or DeskSettings(), around or Surroundings(), packages
        self._clock = self._around.clock or SystemClock()
        self.files, self._one = KnownFiles(self.kept), OneWindow()
        self.errands = Errands(self._clock, self, at_once=at_once)
        self.safe, self.protection = SafeStart(self, mark, on=safe), Protection(self, self._clock)
        self.servers, self.moving = Servers(self), Moving(self)
        self.desk: Desk | None = None
        self.view: DeskView | None = None
        self.drafts: Drafts | None = None
        self.welcome: WelcomeView | None = None
        self.recent_commands: list[str] = []
        # A module may fail while its page is being made: the window follows once that is over.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh_modules)
        self._slow = QTimer(self, singleShot=True, interval=SLOW)
        self._slow.timeout.connect(lambda: self.show_waiting(self.texts.say(OPENING)))
        self._arrived.connect(self._take_in, Qt.ConnectionType.QueuedConnection)
        self.trail = trail or Trail()
        self._guards = Guards(self, crash) if crash is not None else None
        self._language = language
        self.telling = Telling(self, language or self.kept.get("language"), catch=catch)
        self.appearance, self.copies, self.look, self.acts = Appearance(qt), Copies(self), Look(self), Acts(self)
        self.look.apply()
        self.window = MainWindow(self.kept, self.may_leave, self.close)

    @property
    def texts(self) -> Texts:
        """The texts in the language spoken now."""
        return self.desk.texts if self.desk else self.telling.texts

    def idle(self) -> bool:
        """Whether no background work is under way."""
        return self.errands.idle() and (self.desk is None or bool(self.desk.tasks.idle()))

    def open_page(self, key: str, /, **arguments: Any) -> None:
        """Open a page by its key, such as `open_page("people.record", person_id=...)`."""
        if self.view is not None:
            self.view.workspace.open(key, **arguments)

    # Databases

    def start(self, path: Address | None = None, as_user: str | None = None) -> None:
        """Show the window with this database, else the last one used, else the welcome."""
        chosen = path or self.files.first

        def go_on() -> None:
            if chosen is None:
                self.show_welcome()
            elif isinstance(chosen, Path) and not chosen.exists():
                self.protection.begin(chosen, as_user)
            else:
                self.open_database(chosen, as_user)

        self.safe.begin(go_on)
        self.window.appear()

    def open_database(
        self,
        path: Address,
        as_user: str | None = None,
        *,
        fill: bool = False,
        then: Callable[[], object] = lambda: None,
        otherwise: Callable[[Exception], object] | None = None,
    ) -> None:
        """Leave what is open and open `path`, which is made if it is not there; `fill` brings demo data into it.

        Args:
            then, otherwise: Called when it is open, or cannot be; without `otherwise` the start page says why.
        """
        if isinstance(path, Path):
            path = path.resolve()
        self.leave_desk()
        trail, patience, arrived = self.trail, self._around.patience, self._arrived.emit
        registry = window_registry(self._clock, self.packages, trail=trail, patience=patience, arrived=arrived, safe=self.safe.on)
        fresh = isinstance(path, Path) and not path.exists()
        try:
            self._one.take(path) if isinstance(path, Path) else self._one.release()
        except (OSError, Told) as error:
            self.show_welcome(error)
            return

        def work(report: Callable[[int, int], None]) -> Database:
            database = open_file(path, registry, self._clock.now)
            if fill:
                demo.fill_or_remove(database, self._clock, report)
            return database

        def done(database: Database) -> None:
            self._slow.stop()
            if self._enter(database, registry, as_user):
                if fresh:
                    self.look.bring_along()
                if fill:
                    self._fill_modules()
                then()

        def failed(error: Exception) -> None:
            self._slow.stop()
            self._one.release()
            again = partial(self.open_database, path, as_user, then=then, otherwise=otherwise)
            if not self.protection.asks(error, again) and not self.servers.asks(error, path, again):
                (otherwise or self.show_welcome)(error)

        if fill:
            waiting = self.show_waiting(self.texts.say(MAKING_DEMO))
            offer = partial(waiting.offer_stop, self.texts.say(_("Stop")))
            self.errands.run(self, MAKING_DEMO, work, done, failed, waiting.advance, offer)
            return
        if self.window.empty:
            self._slow.start()  # the program has just begun: the window comes with the page, if that is not long
        else:
            self.show_waiting(self.texts.say(OPENING))
        self.errands.run(self, NO_TEXT, work, done, failed)

    def _enter(self, database: Database, registry: Registry, as_user: str | None) -> bool:
        """Sign in and show the desk; False if that user may not."""
        try:
            desk = Desk(database, registry, self.errands, as_user, self._around, self._language)
        except Told as error:
            database.close()
            self._one.release()
            self.show_welcome(error)
            return False
        self.desk, desk.safe, desk.protection = desk, self.safe, self.protection
        self.copies.keep(desk)
        kept_on_desk(desk.settings, self.kept)
        self.telling.follow(desk)
        desk.settings.changed.connect(self.look.follow)
        registry.changed = self._soon.start
        registry.take_in()
        self.files.opened(desk.address)
        self.look.apply()
        self._show_desk()
        self.drafts = Drafts(self, desk)
        self.protection.entered(desk)
        self.servers.entered(desk)
        tell_suspects(self)
        self.safe.tell()
        self.safe.arrived()
        return True

    def _fill_modules(self) -> None:
        desk, view = self.desk, self.view
        if desk is not None and view is not None:
            for work in demo.module_work(view.context):
                self.errands.run(desk, ADDING_DEMO, work, lambda _nothing: None, desk.messages.show)

    def leave_desk(self) -> None:
        """Close the open database, if there is one; what was saved is saved."""
        drafts, self.drafts = self.drafts, None
        if drafts is not None:
            drafts.stop()
        desk, view, self.desk, self.view = self.desk, self.view, None, None
        if desk is None:
            return
        desk.keeper.stop()
        if view is not None:
            view.retire()
        self.telling.follow(None)
        desk.registry.changed = lambda: None
        desk.registry.leave_arrivals()
        desk.tasks.close()
        if drafts is not None:
            drafts.finish()
        desk.close()
        self._one.release()
        self.telling.speak(desk.texts.language)

    def close(self) -> None:
        """Let everything go; called when the window has closed."""
        self.leave_desk()
        self.window.show_view(QWidget())
        self.errands.close()
        if self._guards is not None:
            self._guards.stop()

    # Views

    def show_welcome(self, error: Exception | None = None) -> None:
        """Show the start page; `error` says in words why nothing could be opened."""
        if self.desk is not None:
            if not self.may_leave():
                return
            self.leave_desk()
            self.files.left()
        from desktop.shell.welcome import WelcomeView  # most starts never show it

        self.welcome = WelcomeView(self)
        self.window.show_view(self.welcome)
        menus.fill(self.window.menuBar(), window_commands(self), self.texts)
        self.window.setWindowTitle("Kontinuum")
        self.safe.arrived()
        if error is not None:
            self.tell_error(error, _("opening the database"))

    def show_waiting(self, text: str) -> WaitingView:
        """Show that something is being done, and how far it is."""
        from desktop.shell.welcome import WaitingView

        self.welcome, waiting = None, WaitingView(text)
        self.window.menuBar().clear()
        self.window.show_view(waiting)
        return waiting

    def _show_desk(self) -> DeskView:
        assert self.desk is not None
        self.welcome, self.view = None, DeskView(self, self.desk)
        menus.fill(self.window.menuBar(), self.view.commands, self.texts)
        self.view.workspace.open(self.view.first_page())  # before it is shown: all of it is laid out once
        self.window.show_view(self.view, framed=self.desk.is_demo)
        if self.drafts is not None:
            self.drafts.show_offer()
        return self.view

    def fill_menus(self) -> None:
        """Make the menus anew, with what holds now marked."""
        if self.view is not None:
            self.view.refresh_commands()
            menus.fill(self.window.menuBar(), self.view.commands, self.texts)

    def rebuild(self) -> None:
        """Make all pages anew in place: same tabs, same page, typed text kept."""
        if self.view is None:
            return
        entries, at = self.view.workspace.remembered()
        self.view.retire()
        self._show_desk().workspace.reopen(entries, at)

    def refresh_modules(self) -> None:
        """A module moved: if it came, went or finished starting, show it; that one opened its first page shows nowhere."""
        if self.desk is None or self.view is None or self.desk.stand()[0] == self.view.made_for[0]:
            return
        self.desk.read_rights()
        if self.desk.stand() != self.view.made_for:
            self.desk.settings.declare(self.desk.registry.settings())
            self.desk.speak()
            self.rebuild()

    def _take_in(self) -> None:
        if self.desk is not None:
            self.desk.registry.take_in()

    # Telling

    def tell(self, text: str) -> None:
        """Tell of something that went well."""
        self.telling.messages.say(text)

    def tell_error(self, error: Exception, doing: Msgid | str = "") -> None:
        """Tell of an error, wherever the program stands."""
        self.telling.messages.show(error, doing)

    def may_leave(self) -> bool:
        """Ask before typed text is lost."""
        return self.drafts is None or self.drafts.may_leave()
