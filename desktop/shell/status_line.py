"""The truth at the lower edge: what is saved, which database, who works, how old the backup is, what still runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QWidget

from db.accounts import User, list_users
from db.changes import Moved
from db.texts import _, ngettext
from desktop.shell.desk import Desk
from desktop.widgets.buttons import Button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow, row, spread
from desktop.widgets.theme import Theme, current_theme

LOOK_AGAIN = 20_000  # milliseconds until ages are told anew
SECOND = 1_000  # milliseconds until it is seen whether something typed waits


class Dot(QWidget):
    """A small disc of a tone; the words beside it say the same."""

    def __init__(self, tone: str = "ok") -> None:
        super().__init__()
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, tone: str) -> None:
        """Take another tone."""
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(current_theme().px(9), current_theme().px(9))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current_theme().ink(self._tone)))
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class QuietButton(Button):
    """A button in the small grey type of the status line."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "link")

    def _colours(self, theme: Theme) -> tuple[QColor, QColor, QColor]:
        ground, edge, _ink = super()._colours(theme)
        return ground, edge, QColor(theme.colours.text if self.underMouse() else theme.colours.dim)

    def _type(self, theme: Theme) -> QFont:
        return theme.font(11.5)


class StatusLine(QFrame):
    """Reads only what is known: nothing here promises more.

    Args:
        backed_up: When this database was last backed up from this computer.
        switch: Signs another user in, by login.
        show_jobs: Opens the list of jobs.
        show_backups: Opens the page of the backups.
        unsaved: How many open pages hold something typed.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        backed_up: Callable[[], datetime | None],
        switch: Callable[[str], object],
        show_jobs: Callable[[], object],
        show_backups: Callable[[], object],
        unsaved: Callable[[], int],
    ) -> None:
        super().__init__()
        self.setProperty("panel", "side")
        self._desk, self._backed_up, self._unsaved, self._switch = desk, backed_up, unsaved, switch
        self._last_save: datetime | None = None
        self._confirmed = True
        self._saving = self._slow = False  # whether something was being saved a second ago, and still is
        theme = current_theme()
        self.dot, self.saved = Dot(), plain_label("", "small")
        self.database = plain_label("", "small")
        self.lists = plain_label("", "small")
        self.lists.setVisible(desk.database.replica is not None)
        self._menu = QMenu()
        self._menu.aboutToShow.connect(self._ask_users)
        self.user = QuietButton(desk.say(_("Signed in as {name}"), name=desk.actor.name).replace("&", "&&"))
        self._menu.setParent(self.user, self._menu.windowFlags())
        if desk.on_server:
            self.user.setEnabled(False)  # everybody works under the login they signed in with
        else:
            self.user.setMenu(self._menu)
        self.backup, self.jobs = QuietButton(""), QuietButton("")
        self.backup.clicked.connect(lambda: show_backups())
        self.backup.setEnabled(desk.may("shell.backup"))
        self.backup.setVisible(not desk.on_server)  # a server's administrator keeps copies
        self.jobs.clicked.connect(lambda: show_jobs())
        state = QWidget()
        state.setLayout(row(self.dot, self.saved, gap=6))
        line = column(spread(flow(state, self.database, self.lists, self.user, gap=16), self.backup, self.jobs, gap=6))
        line.setContentsMargins(theme.px(14), theme.px(2), theme.px(10), theme.px(2))
        self.setLayout(line)
        self._timer = QTimer(self, interval=LOOK_AGAIN)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._typing = QTimer(self, interval=SECOND)
        self._typing.timeout.connect(self._tick)
        self._typing.start()
        desk.changes.changed.connect(self._moved)
        desk.tasks.jobs_changed.connect(self.look)
        desk.errands.jobs_changed.connect(self.look)
        desk.keeper.moved.connect(self._say_backup)
        self._say_database()
        self.look()

    def look(self) -> None:
        """Say everything anew."""
        texts, say = self._desk.texts, self._desk.say
        self.look_at_typing()
        self._say_lists()
        self._say_backup()
        running = sum(not job.over for job in (*self._desk.tasks.jobs, *self._desk.errands.jobs))
        words = ngettext("{count} job running", "{count} jobs running")
        self.jobs.setText(texts.say_n(words, running) if running else say(_("No jobs running")))

    def _tick(self) -> None:
        saving = self._desk.tasks.saving > 0
        self._slow, self._saving = saving and self._saving, saving
        self.look_at_typing()
        self._say_lists()

    def look_at_typing(self) -> None:
        """Say whether all is saved. Pages are asked each second: what they hold changes also after a change was told."""
        say, when = self._desk.say, self._last_save
        if not self._desk.database.reachable:
            away = (
                _("Not saved: another database answers")
                if self._desk.database.astray
                else _("Not saved: the server cannot be reached")
            )
            tone, text = "bad", say(away)
        elif self._slow:
            tone, text = "warn", say(_("Not saved yet: still waiting for the answer"))
        elif self._unsaved():
            tone, text = "warn", say(_("Not saved yet: text in a form"))
        elif not self._confirmed:
            tone, text = "warn", say(_("Saved here; the second server has not confirmed"))
        else:
            tone, text = "ok", say(_("Saved {time}"), time=self._desk.texts.time(when)) if when else say(_("Saved"))
        if text != self.saved.text():
            self.dot.set(tone)
            self.saved.setText(text)

    def _say_backup(self) -> None:
        say, when = self._desk.say, self._backed_up()
        told = self._desk.texts.ago(when) if when is not None else ""
        if self._desk.keeper.problem is not None:
            text = say(_("Backup failed, the last one {ago}"), ago=told) if told else say(_("Backup failed"))
        elif not told:
            text = say(_("No backup yet"))
        else:
            text = say(_("Backup is old: {ago}") if self._desk.keeper.old else _("Backup {ago}"), ago=told)
        self.backup.setText(text)

    def _say_database(self) -> None:
        desk, place = self._desk, str(self._desk.address)
        text = _("On a server: {name}") if desk.on_server else _("Local database: {name}")
        self.database.setText(desk.say(_("Demo database: {name}") if desk.is_demo else text, name=desk.name))
        self.database.setToolTip((desk.name if desk.on_server else place).replace("&", "&amp;").replace("<", "&lt;"))

    def _say_lists(self) -> None:
        """Where lists come from, if a copy is named: it answers only while it has all that this desk was told."""
        copy, say = self._desk.database.replica, self._desk.say
        if copy is None:
            return
        if copy.standing == "behind":
            when = self._desk.texts.ago(copy.as_of) if copy.as_of else ""
            behind = _("Lists from the server: the copy is behind, its last change came {ago}")
            text = say(behind, ago=when) if when else say(_("Lists from the server: the copy is behind"))
        elif copy.standing == "away":
            text = say(_("Lists from the server: the copy does not answer"))
        else:
            text = say(_("Lists from a copy, up to date") if copy.standing == "even" else _("Lists from a copy"))
        if text != self.lists.text():
            self.lists.setText(text)

    def _moved(self, moved: Moved) -> None:
        if not moved.by_others:
            self._last_save, self._confirmed, self._saving, self._slow = self._desk.clock.now(), moved.confirmed, False, False
            self.look()

    def _ask_users(self) -> None:
        self._menu.clear()
        self._menu.addAction(self._desk.say(_("Loading…"))).setEnabled(False)
        self._desk.tasks.read(self, list_users, self._offer_users, self._desk.messages.show, slot="users")

    def _offer_users(self, users: list[User]) -> None:
        self._menu.clear()
        for user in users:
            if user.active:
                action = self._menu.addAction(user.name.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(user.id == self._desk.actor.id)
                action.triggered.connect(lambda _checked=False, login=user.login: self._switch(login))
