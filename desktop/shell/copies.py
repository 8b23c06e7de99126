"""Backups from the menu: made, checked and brought back, each beside the window's thread."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from db.copies import Checked, back_up, check_copy, restore
from db.profiles import SUFFIX
from db.texts import Msgid, _
from desktop.widgets.banner import ask

if TYPE_CHECKING:
    from desktop.shell.application import Application

BACKING_UP, CHECKING, RESTORING = _("Making a backup"), _("Checking a backup"), _("Restoring a backup")


class Copies:
    """The acts of the menu File that concern copies of the open database."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def backed_up(self) -> datetime | None:
        """When the open database was last backed up from this computer."""
        return self._app.files.backed_up(self._app.desk.path) if self._app.desk else None

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
        if desk is not None:
            self._app.errands.run(
                desk,
                BACKING_UP,
                lambda _report: back_up(desk.database, target),
                self._made,
                partial(self._failed, _("making a backup")),
            )

    def _made(self, checked: Checked) -> None:
        desk = self._app.desk
        if desk is None:
            return
        self._app.files.note_backup(desk.path, desk.clock.now())
        text = _("Backup “{name}” made and checked: {people} people, {changes} changes.")
        desk.messages.say(self._words(text, checked))
        if self._app.view is not None:
            self._app.view.status.look()

    def check(self) -> None:
        """Ask for a backup and look whether it is whole."""
        path = self._choose()
        if path is not None:
            self.check_at(path)

    def check_at(self, path: Path) -> None:
        """Look whether the copy at `path` is whole; nothing is changed."""
        desk = self._app.desk
        if desk is not None:
            work = partial(check_copy, path)
            self._app.errands.run(desk, CHECKING, lambda _r: work(), self._looked, partial(self._failed, _("checking a backup")))

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
        desk = self._app.desk
        if path is None or desk is None:
            return
        question = desk.say(_("Put “{name}” in the place of the open database?"), name=path.name)
        detail = desk.say(_("The backup is checked first. What is open now is kept beside it as a copy."))
        if ask(self._app.window, question, detail, desk.say(_("Restore it")), cancel=desk.say(_("Go back")), danger=True):
            self.restore_from(path)

    def restore_from(self, copy: Path) -> None:
        """Close the database, put the copy in its place and open it again; if that fails, the former one is opened."""
        desk, app = self._app.desk, self._app
        if desk is None:
            return
        target, texts = desk.path, desk.texts
        app.leave_desk()
        app.show_waiting(texts.say(RESTORING))

        def done(former: Path | None) -> None:
            told = texts.say(
                _("The backup was restored. The former database is kept as “{name}”."), name=former.name if former else ""
            )
            app.open_database(target, then=lambda: app.tell(told))

        def failed(error: Exception) -> None:
            app.open_database(target, then=lambda: app.tell_error(error, _("restoring a backup")))

        app.errands.run(app, RESTORING, lambda _report: restore(copy, target), done, failed)

    def _failed(self, doing: Msgid, error: Exception) -> None:
        self._app.tell_error(error, doing)

    def _words(self, text: Msgid, checked: Checked) -> str:
        texts = self._app.texts
        return texts.say(text, name=checked.path.name, people=texts.number(checked.people), changes=texts.number(checked.changes))

    def _save_as(self, suggested: Path) -> Path | None:
        texts = self._app.texts
        chosen, _kind = QFileDialog.getSaveFileName(
            self._app.window, texts.say(_("Back up")), str(suggested), f"Kontinuum (*{SUFFIX})"
        )
        return Path(chosen) if chosen else None

    def _choose(self) -> Path | None:
        texts, desk = self._app.texts, self._app.desk
        folder = str(desk.path.parent) if desk else ""
        chosen, _kind = QFileDialog.getOpenFileName(
            self._app.window, texts.say(_("Choose a backup")), folder, f"Kontinuum (*{SUFFIX} *.db);;* (*)"
        )
        return Path(chosen) if chosen else None
