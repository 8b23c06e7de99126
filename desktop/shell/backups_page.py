"""The copies of the open database: when, why and how large, where they lie, and the way back to one of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db.backups import REASONS, Backup, folder_beside
from db.keys import Key
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.shell.desk import Desk
from desktop.shell.line_list import LineList, line
from desktop.shell.protection import state_words
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState
from desktop.widgets.panels import Facts, PageHeader, flow, scrolling
from desktop.widgets.theme import current_theme

MEGABYTE = 1_000_000


class BackupsPage(QWidget):
    """Newest first. Restoring asks first, checks the copy, and keeps what is there now as a copy too."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self.setWindowTitle(self._say(_("Backups")))
        if desk.on_server:
            self._tell_of_server()
            return
        self.make, self.elsewhere = primary_button(self._say(_("Back up now"))), quiet_button(self._say(_("Back up to…")))
        self.check, self.other = quiet_button(self._say(_("Check a backup…"))), quiet_button(self._say(_("Restore a backup…")))
        self.banner = Banner(self._say(_("Close this message")))
        self.facts, self.lines = Facts(), LineList()
        self.header = PageHeader(self._say(_("Backups")), "", (self.make,))
        self.empty = EmptyState(
            self._say(_("No backups yet.")), self._say(_("The first is made within half an hour after something was changed."))
        )
        self._state: tuple[Msgid, Key | None] | None = None  # how the file lies on the disk, once that is known
        protection = desk.protection
        self.encrypt, self.paper = (
            quiet_button(self._say(_("Encrypt this database…"))),
            quiet_button(self._say(_("Recovery key…"))),
        )
        self.decrypt = quiet_button(self._say(_("Remove the encryption…")))
        for button, act in (
            (self.encrypt, protection.encrypt),
            (self.paper, protection.show_key),
            (self.decrypt, protection.decrypt),
        ):
            button.clicked.connect(lambda _checked=False, act=act: act())
        self._lay_out()
        self.encrypt.setVisible(not desk.encrypted and not desk.is_demo)
        self.paper.setVisible(desk.encrypted)
        self.decrypt.setVisible(desk.encrypted)
        self._keeper = desk.keeper
        self._keeper.moved.connect(self.look)
        self.make.clicked.connect(lambda: desk.copies.back_up_now())
        self.elsewhere.clicked.connect(lambda: desk.copies.back_up())
        self.check.clicked.connect(lambda: desk.copies.check())
        self.other.clicked.connect(lambda: desk.copies.restore())
        self.look()
        path = desk.path
        desk.errands.run(self, NO_TEXT, lambda _report: state_words(path), self._tell_state, desk.messages.show)

    def _tell_of_server(self) -> None:
        """On a server there is nothing to be done here, and good to know who does it."""
        theme = current_theme()
        self.header = PageHeader(self._say(_("Backups")), "")
        words = self._say(
            _(
                "This database is on a server. Its administrator keeps the backups and brings them back; ask them how often "
                "that is done, and when it was last tried."
            )
        )
        self.facts = Facts()
        self.facts.set([(self._say(_("Database")), self._desk.name)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        for part in (self.header, plain_label(words, wrap=True), self.facts):
            layout.addWidget(part)
        layout.addStretch(1)

    def _lay_out(self) -> None:
        theme = current_theme()
        rule = _(
            "Kept are all of today, the newest of each of the last 14 days, 8 weeks and 12 months, for 30 days those made "
            "before a risky step, and what you made by hand."
        )
        inner = QFrame()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        for part in (self.header, self.banner, self.facts, plain_label(self._say(rule), "small", wrap=True)):
            layout.addWidget(part)
        layout.addWidget(flow(self.elsewhere, self.check, self.other, self.encrypt, self.paper, self.decrypt))
        layout.addWidget(self.empty)
        layout.addWidget(self.lines, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inner))

    def look(self) -> None:
        """Show which copies there are, and why the last one failed."""
        texts, keeper = self._context.texts, self._keeper
        self.header.set_count(texts.say_n(ngettext("{count} backup", "{count} backups"), len(keeper.backups)))
        self.lines.fill([self._line(backup) for backup in keeper.backups])
        self.empty.setVisible(not keeper.backups)
        folder = keeper.folder() or folder_beside(self._desk.path)
        facts = [(self._say(_("Folder")), str(folder)), (self._say(_("Now")), self._now())]
        if self._state is not None:
            facts.append((self._say(_("This file")), self._in_words(*self._state)))
        self.facts.set(facts)
        if keeper.problem is not None:
            self.banner.tell(keeper.problem.text, keeper.problem.to_do, tone="bad")
        else:
            self.banner.dismiss()

    def _tell_state(self, found: tuple[Msgid, Key | None]) -> None:
        self._state = found
        self.look()

    def _in_words(self, state: Msgid, key: Key | None) -> str:
        """How the file lies on the disk, and whether its key is on paper."""
        if key is None:
            return self._say(state)
        words = self._say(_("{state}. Its recovery key is called {name}."), state=state, name=key.name)
        if self._desk.protection.printed(key):
            return words
        return " ".join((words, self._say(_("It was not yet saved here as a sheet."))))

    def _now(self) -> str:
        if self._keeper.last is None:
            return self._say(_("Nothing is backed up yet"))
        if self._keeper.behind:
            return self._say(_("Something was changed since the newest backup"))
        return self._say(_("The newest backup holds everything"))

    def _line(self, backup: Backup) -> QWidget:
        texts = self._context.texts
        when, size = texts.moment(backup.at), texts.number(round(backup.size / MEGABYTE, 1))
        button = quiet_button(self._say(_("Restore…")))
        button.setAccessibleName(self._say(_("Restore the backup of {moment}"), moment=when))
        button.clicked.connect(partial(self._restore, backup))
        details = [self._say(_("{size} MB"), size=size), backup.path.name]
        return line(when, (self._say(REASONS[backup.reason]), "" if backup.reason == "regular" else "accent"), details, [button])

    def _restore(self, backup: Backup, _checked: bool = False) -> None:
        self._desk.copies.restore_asking(backup.path, self._context.texts.moment(backup.at))
