"""The window's inside while a database is open: navigation, pages, the strips above and below."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from db.changes import Moved
from db.texts import _
from desktop.core.messages import Message
from desktop.shell.appearance import application
from desktop.shell.commands import Command, desk_commands, window_commands
from desktop.shell.day import DayFilter, count_due, end_of_today, modules_with_tasks, who_one_is
from desktop.shell.desk import Desk
from desktop.shell.navigation import Navigation, places
from desktop.shell.palette import Line
from desktop.shell.status_line import StatusLine
from desktop.shell.top_bar import TopBar
from desktop.shell.workspace import Workspace
from desktop.widgets.labels import plain_label, set_tone
from desktop.widgets.rooms import bring_into_sight
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from desktop.shell.application import Application

MY_DAY = "shell.my_day"
NARROW = 860  # pixels at 100 %


def _rule(upright: bool = False) -> QFrame:
    frame = QFrame()
    frame.setProperty("panel", "rule")
    if upright:
        frame.setFixedWidth(1)
    else:
        frame.setFixedHeight(1)
    return frame


class DemoStrip(QFrame):
    """A strip in the colour of the demo."""

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(current_theme().colours.warn_ground))


class DeskView(QWidget):
    """Made anew when the language, the text size, the rights or the modules change; pages keep their state."""

    def __init__(self, app: Application, desk: Desk) -> None:
        super().__init__()
        self._app, self._desk = app, desk
        self.context = desk.context(app.open_page)
        self.made_for = desk.stand()
        self.commands: list[Command] = []
        self.refresh_commands()
        self.navigation = Navigation(places(desk.registry, desk.rights, desk.texts), desk.texts)
        width = self.navigation.width()
        self.top = TopBar(desk, self, lambda: self.commands, app.recent_commands, app.open_page, width)
        self.workspace = Workspace(desk, self.context, lambda: app.open_page("shell.modules"))
        self.status = StatusLine(
            desk,
            backed_up=app.copies.backed_up,
            switch=app.acts.switch_user,
            show_jobs=lambda: app.open_page("shell.jobs"),
            show_backups=lambda: app.open_page("shell.backups"),
            unsaved=lambda: len(self.workspace.unsaved()),
        )
        self._lay_out()
        application().focusChanged.connect(self._bring_into_sight)
        self.navigation.chosen.connect(app.open_page)
        self.top.palette_box.picked.connect(self._run)
        self.workspace.moved.connect(self.navigation.show_place)
        self.workspace.settled.connect(self._title_window)
        QShortcut(QKeySequence("?"), self, app.acts.show_keys)  # a field that is typed into keeps its question mark
        self._soon = QTimer(self, singleShot=True, interval=300)
        self._soon.timeout.connect(self._count_day)
        desk.changes.changed.connect(self._heard)
        desk.reached.connect(self._reached)
        if not desk.database.reachable:
            self._reached(False)
        self._count_day()

    def _reached(self, there: bool) -> None:
        self.workspace.say_reached(there)
        self.status.look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the window is narrow for the size of its text, icons stand for words."""
        super().resizeEvent(event)
        narrow = self.width() < current_theme().px(NARROW)
        self.navigation.set_narrow(narrow)
        self.top.set_narrow(narrow)

    def _bring_into_sight(self, _before: QWidget | None, part: QWidget | None) -> None:
        """Scroll to whatever has just got the keyboard."""
        if part is not None and self.isAncestorOf(part):
            bring_into_sight(part)

    def _title_window(self) -> None:
        """Name the window after the kind of page in sight, never after a person: other programs read titles."""
        entry = self.workspace.current
        page = self._desk.registry.page(entry.key, self._desk.rights) if entry else None
        name = self._desk.texts.say(page.title) if page else ""
        self._app.window.setWindowTitle(f"{name} – Kontinuum" if name else "Kontinuum")

    def refresh_commands(self) -> None:
        """Make the commands anew, with what holds now marked."""
        self.commands = [*desk_commands(self._app, self._desk), *window_commands(self._app)]

    def _run(self, line: Line) -> None:
        """Run what was picked in the search box; a page opened by it gets the keyboard."""
        before = self.workspace.page
        line.run()
        if self._app.view is not self:
            return
        page, focus = self.workspace.page, QApplication.focusWidget()
        if page is not None and (page is not before or focus is None) and (focus is None or not page.isAncestorOf(focus)):
            reached = [part for part in page.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
            first = next((part for part in reached if part.isVisibleTo(page) and part.isEnabled()), page)
            (page.focusProxy() or first).setFocus(Qt.FocusReason.OtherFocusReason)

    def retire(self) -> None:
        """Stop taking part before another view takes over."""
        self.workspace.moved.disconnect()
        self.workspace.settled.disconnect()
        self.workspace.forget()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if self._desk.is_demo:
            layout.addWidget(self._demo_strip())
        layout.addWidget(self.top)
        layout.addWidget(_rule())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addWidget(_rule(upright=True))
        middle.addWidget(self.workspace, 1)
        layout.addLayout(middle, 1)
        layout.addWidget(_rule())
        layout.addWidget(self.status)

    def _demo_strip(self) -> QWidget:
        """Says in words and colour that these people are invented."""
        theme = current_theme()
        strip = DemoStrip()
        words = plain_label(self._desk.say(_("Demo data: all people here are invented. Try whatever you like.")), "small")
        set_tone(words, "warn")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner = QHBoxLayout(strip)
        inner.setContentsMargins(theme.px(14), theme.px(3), theme.px(14), theme.px(3))
        inner.addWidget(words)
        return strip

    def first_page(self) -> str:
        """Where a user begins."""
        return MY_DAY

    def _heard(self, moved: Moved) -> None:
        if "task" in moved.areas and not self._soon.isActive():
            self._soon.start()

    def _count_day(self) -> None:
        desk = self._desk
        modules = modules_with_tasks(desk.registry.running(), desk.rights)
        me = who_one_is(desk.settings.get("core.person"))
        wanted = DayFilter(desk.actor.id, modules, end_of_today(desk.clock), person=me, today=desk.clock.today())
        desk.tasks.read(self, partial(count_due, filter=wanted), self._show_count, desk.messages.show, slot="day")

    def _show_count(self, due: int) -> None:
        """Show beside My day how much is due today or overdue."""
        spoken = self._desk.say(_("{count} due"), count=self._desk.texts.number(due))
        self.navigation.set_count(MY_DAY, self._desk.texts.number(due) if due else "", spoken if due else "")

    def tell(self, message: Message) -> None:
        """Show a message; a defect is also counted against the module it came from."""
        self.workspace.tell(message)
        shown = self._desk.messages.last is message
        if shown and message.kind == "defect" and self._desk.messages.last_error is not None:
            self._desk.registry.note(self._desk.messages.last_error)
