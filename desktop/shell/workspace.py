"""The middle of the window: the page of the navigation, records in tabs beside it, and what the user is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from db.errors import Unreachable
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Page
from desktop.core.messages import Message
from desktop.shell.containment import attempt
from desktop.shell.desk import Desk
from desktop.shell.notices import Notices, Toast
from desktop.shell.page_state import restore, state_of, unsaved
from desktop.widgets.banner import ask
from desktop.widgets.buttons import Button
from desktop.widgets.labels import tip
from desktop.widgets.list_view import EmptyState
from desktop.widgets.rooms import Room

LONGEST = 36  # letters of a title on a tab; its tip has all of them
_AWAY = (
    _("The server cannot be reached."),
    _("You can go on writing. Nothing is saved until the server is back; what you type is kept on this computer."),
)
_ASTRAY = (
    _("Another database answers at the server's address."),
    _(
        "Nothing is read or saved there. You can go on writing: what you type is kept on this computer until yours is back. Tell the administrator."
    ),
)
OWN = "shell."  # pages of the shell are also given the desk


@dataclass(slots=True)
class Open:
    """One page that is open: what it is, and the widget that shows it now."""

    key: str
    arguments: dict[str, Any] = field(default_factory=dict)
    main: bool = True  # of the navigation, else a record in a tab of its own
    widget: QWidget | None = None
    state: Any = None
    room: Room | None = None  # in which the widget scrolls where the window is too small for it


class Workspace(QFrame):
    """Opens pages, keeps them, and makes them anew without losing what was typed.

    The first tab is the navigation's page; every record has a tab of its own. A page names its tab by its window title.
    """

    moved = Signal(str)  # the key of the navigation's page that the one in sight is or belongs to
    settled = Signal()  # another page is in sight

    def __init__(self, desk: Desk, context: ModuleContext, open_modules: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._context, self._open_modules = desk, context, open_modules
        self._mains: dict[str, Open] = {}
        self._tabs: list[Open] = []
        self.notices = Notices(desk.texts)
        self.link = Notices(desk.texts, stays=True)  # while the server cannot be reached
        self.offer = Notices(desk.texts)  # of drafts: stays whatever else is told
        self.bar = QTabBar()
        self.bar.setAccessibleName(desk.say(_("Open pages")))
        self.bar.setExpanding(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)  # many tabs are scrolled, not cut
        self.bar.setUsesScrollButtons(True)
        self.bar.setVisible(False)
        self.stack = QStackedWidget()
        self.toast = Toast(desk.texts, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.link, self.offer, self.notices, self.bar):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._show)

    @property
    def current(self) -> Open | None:
        """The page in sight."""
        number = self.bar.currentIndex()
        return self._tabs[number] if 0 <= number < len(self._tabs) else None

    @property
    def page(self) -> QWidget | None:
        """The widget of the page in sight."""
        return self.current.widget if self.current else None

    def open(self, key: str, **arguments: Any) -> None:
        """Open a page, or come back to it if it is open with the same arguments; an unknown key says so in words."""
        page = self._desk.registry.page(key, self._desk.rights)
        if page is None:
            self.notices.tell(
                self._desk.say(_("This page is not available.")), self._desk.say(_("Its module may be off.")), "warn"
            )
        elif page.hidden:
            self._open_record(key, arguments)
        else:
            self._open_main(key, arguments)

    def _open_main(self, key: str, arguments: dict[str, Any]) -> None:
        entry = self._mains.get(key)
        arrive = getattr(entry.widget, "arrive", None) if entry else None
        if entry is None or (arguments and arrive is None):
            self._drop(entry)
            entry = self._mains[key] = Open(key, arguments)
            self._build(entry)
        elif arguments and arrive is not None:
            arrive(**arguments)
        if self._tabs and self._tabs[0].main:
            self._tabs[0] = entry
        else:
            self._tabs.insert(0, entry)
            self.bar.insertTab(0, "")
        self._title(entry)
        self.bar.setCurrentIndex(0)
        self._show(0)

    def _open_record(self, key: str, arguments: dict[str, Any]) -> None:
        for number, entry in enumerate(self._tabs):
            if entry.key == key and entry.arguments == arguments:
                self.bar.setCurrentIndex(number)
                return
        entry = Open(key, arguments, main=False)
        self._build(entry)
        self._tabs.append(entry)
        number = self.bar.addTab("")
        self.bar.setTabButton(number, QTabBar.ButtonPosition.RightSide, self._cross(entry))
        self._title(entry)
        self.bar.setCurrentIndex(number)

    def _build(self, entry: Open) -> None:
        """Make the widget of a page; whatever its module does wrong, a page that says so stands in its place."""
        page = self._desk.registry.page(entry.key, self._desk.rights)
        if page is None:
            entry.widget = self._apology(self._desk.say(_("This page is not available.")), "")
        else:
            entry.widget = self._made(page, entry)
        if not entry.widget.accessibleName():
            entry.widget.setAccessibleName(self._desk.say(page.title) if page else entry.widget.windowTitle())
        entry.widget.windowTitleChanged.connect(lambda _text, which=entry: self._title(which))
        entry.room = Room(entry.widget)
        self.stack.addWidget(entry.room)

    def _made(self, page: Page, entry: Open) -> QWidget:
        arguments = dict(entry.arguments)
        if entry.key.startswith(OWN):
            arguments["desk"] = self._desk
        registry = self._desk.registry

        def make() -> QWidget:
            made: QWidget = registry.open(page.opens)(self._context, None, **arguments)
            return made

        made = attempt(make, registry, self._desk.messages, _("opening the page"))
        return made if isinstance(made, QWidget) else self._apology(made.text, made.to_do)

    def _apology(self, text: str, to_do: str) -> QWidget:
        apology = EmptyState(text, to_do, self._desk.say(_("Look at the modules")), self._open_modules)
        holder = QFrame()
        holder.setWindowTitle(self._desk.say(_("Not available")))
        layout = QVBoxLayout(holder)
        layout.addStretch(1)
        layout.addWidget(apology)
        layout.addStretch(2)
        return holder

    def _title(self, entry: Open) -> None:
        if entry not in self._tabs:
            return
        page = self._desk.registry.page(entry.key, self._desk.rights)
        title = (entry.widget.windowTitle() if entry.widget else "") or (self._desk.say(page.title) if page else entry.key)
        number = self._tabs.index(entry)
        short = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
        self.bar.setTabText(number, short.replace("&", "&&"))
        self.bar.setTabToolTip(number, tip(title))
        self.bar.setVisible(len(self._tabs) > 1)
        if entry is self.current:
            self.settled.emit()

    def _cross(self, entry: Open) -> Button:
        """The small cross on a record's tab; Ctrl+W is the keyboard's way."""
        cross = Button("", "link", icon="close")
        cross.setAccessibleName(self._desk.say(_("Close tab")))
        cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cross.clicked.connect(lambda: self.close_tab(self._tabs.index(entry)))
        return cross

    def _show(self, number: int) -> None:
        if 0 <= number < len(self._tabs) and (room := self._tabs[number].room) is not None:
            self.stack.setCurrentWidget(room)
            self.moved.emit(self._place(self._tabs[number]))
            self.settled.emit()

    def _place(self, entry: Open) -> str:
        """The page of the navigation that is marked while this one is in sight."""
        page = self._desk.registry.page(entry.key, self._desk.rights)
        return entry.key if entry.main or page is None else page.under

    def close_tab(self, number: int = -1) -> None:
        """Close a record's tab, by default the one in sight; the navigation's page stays."""
        number = self.bar.currentIndex() if number < 0 else number
        if not 0 <= number < len(self._tabs) or self._tabs[number].main:
            return
        entry = self._tabs[number]
        if entry.widget is not None and unsaved(entry.widget) and not self.ask_to_lose(entry.widget):
            return
        del self._tabs[number]
        self.bar.removeTab(number)
        self._drop(entry)
        self.bar.setVisible(len(self._tabs) > 1)
        self._show(self.bar.currentIndex())

    def ask_to_lose(self, page: QWidget) -> bool:
        """Ask whether what was typed may be lost."""
        return ask(
            self.window(),
            self._desk.say(_("What you typed in “{page}” is not saved yet."), page=page.windowTitle() or page.accessibleName()),
            "",
            self._desk.say(_("Discard it")),
            cancel=self._desk.say(_("Go back")),
            danger=True,
        )

    def step(self, by: int) -> None:
        """Go to the next or the one before of the tabs."""
        if self._tabs:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % len(self._tabs))

    def unsaved(self) -> list[QWidget]:
        """The open pages that hold something typed."""
        return [entry.widget for entry in self.typed() if entry.widget is not None]

    def typed(self) -> list[Open]:
        """The same, with what each was opened by."""
        entries = [*self._mains.values(), *(entry for entry in self._tabs if not entry.main)]
        return [entry for entry in entries if entry.widget is not None and unsaved(entry.widget)]

    def bring_back(self, entry: Open) -> bool:
        """Open this page and give it the state back, unless something newer is typed there; False if that did not go."""
        self.open(entry.key, **entry.arguments)
        opened = self.current
        page = opened.widget if opened is not None and opened.key == entry.key else None
        if page is None or unsaved(page):
            return False
        answer = attempt(
            lambda: restore(page, entry.state), self._desk.registry, self._desk.messages, _("bringing back what you typed")
        )
        if isinstance(answer, Message):
            self.tell(answer)
        return not isinstance(answer, Message)

    def remembered(self) -> tuple[list[Open], int]:
        """All open pages with their state, and which is in sight, for a workspace built in this one's place."""
        entries = [entry for key, entry in self._mains.items() if not self._tabs or entry is not self._tabs[0]]
        entries += self._tabs
        for entry in entries:
            if entry.widget is not None:
                entry.state = state_of(entry.widget)
        return [Open(e.key, e.arguments, e.main, None, e.state) for e in entries], self.bar.currentIndex()

    def reopen(self, entries: list[Open], at: int) -> None:
        """Open again what `remembered` gave, as far as it still exists for this user."""
        for entry in entries:
            if self._desk.registry.page(entry.key, self._desk.rights) is None:
                continue
            self.open(entry.key, **entry.arguments)
            opened = self._mains.get(entry.key) if entry.main else self._tabs[-1]
            if opened and opened.widget is not None and entry.state:
                restore(opened.widget, entry.state)
        self.bar.setCurrentIndex(min(at, self.bar.count() - 1))

    def forget(self) -> None:
        """Ask the pages nothing more: they go one by one, and with some gone the others are still heard."""
        self._mains, self._tabs = {}, []

    def tell(self, message: Message) -> None:
        """Show a message: good news in passing, all else until it is closed."""
        if (
            not self._desk.database.reachable
            and isinstance(self._desk.messages.last_error, Unreachable)
            and message.kind == "world"
        ):
            return  # the strip above says it already
        if message.kind == "said" and message.tone in ("", "ok"):
            self.toast.show_message(message)
        else:
            self.notices.show_message(message)

    def say_reached(self, there: bool) -> None:
        """Say that the server is gone for as long as it is; typing goes on."""
        say = self._desk.say
        if there:
            self.link.banner.dismiss()
        else:
            self.notices.banner.dismiss()
            what, to_do = _ASTRAY if self._desk.database.astray else _AWAY
            self.link.tell(say(what), say(to_do), "bad")

    def _drop(self, entry: Open | None) -> None:
        if entry is not None and entry.room is not None:
            self.stack.removeWidget(entry.room)
            entry.room.hide()
            entry.room.deleteLater()
            entry.widget = entry.room = None
