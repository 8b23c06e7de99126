"""Backups from the menu and the page: made, checked and brought back, each beside the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from db.backups import place_for
from db.copies import Checked, back_up, check_copy, put_back
from db.errors import RuleBroken
from db.profiles import SUFFIX
from db.texts import Msgid, _
from desktop.assembly import parts_of
from desktop.core.lanes import Report
from desktop.shell.keeper import BACKING_UP, Keeper, ServersKeeper
from desktop.widgets.banner import ask

if TYPE_CHECKING:
    from desktop.shell.application import Application
    from desktop.shell.desk import Desk

CHECKING, RESTORING = _("Checking a backup"), _("Restoring a backup")


class Copies:
    """The acts that concern copies of the open database."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._turn = Lock()

    def keep(self, desk: Desk) -> None:
        """Begin to keep copies of this desk's database without being asked."""
        desk.copies = self
        desk.keeper = ServersKeeper() if desk.on_server else Keeper(desk, self._turn, of_invented=desk.is_demo)

    def backed_up(self) -> datetime | None:
        """When the open database was last backed up, as far as this computer knows."""
        desk = self._app.desk
        if desk is None or desk.on_server:
            return None
        known = (desk.keeper.last, self._app.files.backed_up(desk.path))
        return max((moment for moment in known if moment is not None), default=None)

    def back_up_now(self) -> None:
        """Make a backup among the others."""
        if (desk := self._app.desk) is not None:
            desk.keeper.make("hand", BACKING_UP, self._made)

    def back_up(self) -> None:
        """Ask where to and make a backup."""
        desk = self._app.desk
        if desk is None:
            return
        name = f"{desk.path.stem} {desk.clock.today().isoformat()}{SUFFIX}"
        target = self._save_as(desk.path.with_name(name))
        if target is not None:
            self.back_up_to(target)

    def back_up_to(self, target: Path) -> None:
        """Make a backup at `target`; the copy is checked before it counts."""
        desk = self._app.desk
        if desk is None:
            return

        def work(report: Report) -> Checked:
            with self._turn:
                return back_up(desk.database, target, report)

        self._app.errands.run(desk, BACKING_UP, work, self._made, partial(self._failed, _("making a backup")))

    def _made(self, checked: Checked) -> None:
        desk = self._app.desk
        if desk is None:
            return
        self._app.files.note_backup(desk.path, desk.clock.now())
        text = _("Backup “{name}” made and checked: {people} people, {changes} changes.")
        desk.messages.say(self._words(text, checked))
        desk.keeper.moved.emit()

    def check(self) -> None:
        """Ask for a backup and look whether it is whole."""
        path = self._choose()
        if path is not None:
            self.check_at(path)

    def check_at(self, path: Path) -> None:
        """Look whether the copy at `path` is whole; nothing is changed."""
        desk = self._app.desk
        if desk is not None:
            failed = partial(self._ask_or_fail, partial(self.check_at, path), _("checking a backup"))
            self._app.errands.run(desk, CHECKING, partial(check_copy, path), self._looked, failed)

    def _looked(self, checked: Checked) -> None:
        desk = self._app.desk
        if desk is None:
            return
        if checked.problems:
            text = desk.say(_("“{name}” is damaged: {problem}."), name=checked.path.name, problem=checked.problems[0])
            desk.messages.say(text, "bad")
        else:
            desk.messages.say(self._words(_("“{name}” is whole: {people} people, {changes} changes."), checked))

    def restore(self) -> None:
        """Ask for a backup and put it in the place of the open database."""
        path = self._choose()
        if path is not None:
            self.restore_asking(path, path.name)

    def restore_asking(self, path: Path, name: str) -> None:
        """Put the backup called `name` in the place of the open database, if the user confirms it."""
        desk = self._app.desk
        if desk is None or not self._app.may_leave():
            return
        question = desk.say(_("Put “{name}” in the place of the open database?"), name=name)
        detail = desk.say(_("The backup is checked first. Of what is open now a copy is made, which you can restore in turn."))
        if ask(self._app.window, question, detail, desk.say(_("Restore it")), cancel=desk.say(_("Go back")), danger=True):
            self.restore_from(path)

    def restore_from(self, copy: Path) -> None:
        """Close the database, put the copy in its place and open it again; if that fails, the former one is opened."""
        from desktop.people.erasing.erase import NOBODY, World  # no start waits for what restoring needs
        from desktop.people.erasing.restoring import restore_without_erased

        desk, app = self._app.desk, self._app
        if desk is None:
            return
        target, texts, parts = desk.path, desk.texts, parts_of(desk.registry)
        now, actor, world = desk.clock.now(), desk.actor, World(desk.registry.fates(), texts.say(NOBODY))
        if copy.resolve() == target:
            app.tell_error(RuleBroken(_("This is the open database itself."), _("Choose a backup of it.")))
            return
        app.leave_desk()

        def work(report: Report) -> Path | None:
            with self._turn:
                aside = place_for(target, now, "restore")
                return restore_without_erased(copy, target, actor, world, parts=parts, aside=aside, report=report)

        def done(former: Path | None) -> None:
            told = texts.say(
                _("The backup was restored. The former database is kept as “{name}”."), name=former.name if former else ""
            )
            app.open_database(target, then=lambda: app.tell(told), otherwise=partial(self._go_back, former, target))

        def failed(error: Exception) -> None:
            again = partial(self.restore_from, copy)
            app.open_database(target, then=lambda: self._ask_or_fail(again, _("restoring a backup"), error))

        waiting = app.show_waiting(texts.say(RESTORING))
        offer = partial(waiting.offer_stop, texts.say(_("Stop")))
        app.errands.run(app, RESTORING, work, done, failed, waiting.advance, offer)

    def _go_back(self, former: Path | None, target: Path, error: Exception) -> None:
        """What was restored could not be opened: have the former database again, and say so."""
        app = self._app

        def done(_nothing: object) -> None:
            app.open_database(target, then=lambda: app.tell_error(error, _("opening what was restored")))

        app.errands.run(app, RESTORING, lambda _report: put_back(former, target), done, app.show_welcome)

    def _ask_or_fail(self, again: Callable[[], None], doing: Msgid, error: Exception) -> None:
        """A backup from elsewhere may need a recovery key."""
        if not self._app.protection.asks(error, again, stay=True):
            self._failed(doing, error)

    def _failed(self, doing: Msgid, error: Exception) -> None:
        self._app.tell_error(error, doing)

    def _words(self, text: Msgid, checked: Checked) -> str:
        texts = self._app.texts
        return texts.say(text, name=checked.path.name, people=texts.number(checked.people), changes=texts.number(checked.changes))

    def _save_as(self, suggested: Path) -> Path | None:
        from PySide6.QtWidgets import QFileDialog  # a large class, loaded when it is asked for

        texts = self._app.texts
        chosen, _kind = QFileDialog.getSaveFileName(
            self._app.window, texts.say(_("Back up")), str(suggested), f"Kontinuum (*{SUFFIX})"
        )
        return Path(chosen) if chosen else None

    def _choose(self) -> Path | None:
        from PySide6.QtWidgets import QFileDialog

        texts, desk = self._app.texts, self._app.desk
        folder = str(desk.keeper.folder() or desk.path.parent) if desk else ""
        chosen, _kind = QFileDialog.getOpenFileName(
            self._app.window, texts.say(_("Choose a backup")), folder, f"Kontinuum (*{SUFFIX} *.db);;* (*)"
        )
        return Path(chosen) if chosen else None
