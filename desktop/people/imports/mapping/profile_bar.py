"""Which profile a file follows: chosen from a list, kept, renamed, removed, or gone back to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.mapping.profile_dialog import ProfileDialog
from desktop.people.imports.mapping.profiles import StoredProfile
from desktop.people.imports.mapping.ready import ReadyProfile, ready_profiles
from desktop.widgets.banner import Banner, ask
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow

RECOGNISED = "recognised"  # the code of following no profile
Profile = StoredProfile | ReadyProfile


class ProfileBar(QWidget):
    """The choice of a profile and what can be done with it; asks its page for the mapping that is to be kept."""

    chosen = Signal(object)  # a Profile, or None for what the headings say
    loaded = Signal(list)  # the kept profiles, whenever they were read
    told = Signal(str)  # what was saved, in words

    def __init__(self, context: ModuleContext, mapping: Callable[[], Mapping], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = context.texts.say
        self._context, self._say, self._mapping = context, say, mapping
        self.kept: list[StoredProfile] = []
        self.field, self.banner = CodeField(), Banner(say(_("Close this message")))
        label = plain_label(say(_("Profile")), "dim")
        label.setBuddy(self.field)
        self.field.setAccessibleName(say(_("Profile")))
        self.keep_button = quiet_button(say(_("Save as…")))
        self.save_button, self.rename_button = quiet_button(say(_("Save changes"))), quiet_button(say(_("Rename or share…")))
        self.remove_button, self.reset_button = quiet_button(say(_("Remove"))), quiet_button(say(_("Reset")))
        buttons = self.keep_button, self.save_button, self.rename_button, self.remove_button, self.reset_button
        self.setLayout(column(flow(label, self.field, *buttons), self.banner, gap=8))
        self.dialog: ProfileDialog | None = None
        self._edited = False
        self.field.activated.connect(lambda _place: self._choose())
        self.keep_button.clicked.connect(self.keep)
        self.save_button.clicked.connect(self.save)
        self.rename_button.clicked.connect(self.rename)
        self.remove_button.clicked.connect(self.remove)
        self.reset_button.clicked.connect(self._choose)
        self._offer(RECOGNISED)

    @property
    def profile(self) -> Profile | None:
        """What is chosen; None for what the headings say."""
        code = self.field.code()
        return ready_profiles().get(code) or next((each for each in self.kept if str(each.id) == code), None)

    def load(self) -> None:
        """Read which profiles there are."""
        work = partial(profiles.profiles_for, user_id=self._context.actor.id)
        self._context.tasks.read(self, work, self._take, self._fail, slot="profiles")

    def show_profile(self, profile: Profile | None) -> None:
        """Show as chosen what is followed already."""
        self._offer(_code(profile))

    def set_edited(self, edited: bool) -> None:
        """Whether the mapping differs from what the profile says."""
        self._edited = edited
        self._enable()

    def keep(self) -> None:
        """Ask for a name and keep the mapping as a new profile."""
        mapping = self._mapping()

        def save(name: str, shared: bool) -> None:
            work = partial(profiles.keep_profile, name=name, mapping=mapping, user_id=self._context.actor.id, shared=shared)
            self._write(work, "keep_import_profile", partial(self._kept, name))

        self._ask(_("Save as a profile"), save)

    def save(self) -> None:
        """Keep the mapping under the profile's name."""
        if isinstance(profile := self.profile, StoredProfile):
            work = partial(profiles.change_profile, profile_id=profile.id, version=profile.version, mapping=self._mapping())
            self._write(work, "change_import_profile", lambda _done: self._saved(profile.name))

    def rename(self) -> None:
        """Ask for another name of the profile, or for whom it is."""
        if not isinstance(profile := self.profile, StoredProfile):
            return

        def save(name: str, shared: bool) -> None:
            work = partial(
                profiles.rename_profile, profile_id=profile.id, version=profile.version, name=name,
                user_id=self._context.actor.id, shared=shared,
            )  # fmt: skip
            self._write(work, "rename_import_profile", lambda _done: self._saved(name, edited=self._edited))

        self._ask(_("Rename or share the profile"), save, name=profile.name, shared=profile.shared)

    def remove(self) -> None:
        """Offer the profile no more; what is shown stays."""
        if not isinstance(profile := self.profile, StoredProfile):
            return
        question = self._say(_("Remove the profile “{name}”?"), name=profile.name)
        if ask(self, question, self._say(_("It can be taken back in the history.")), self._say(_("Remove it"))):
            now = self._context.clock.now()
            work = partial(profiles.remove_profile, profile_id=profile.id, version=profile.version, now=now)
            self._write(work, "remove_import_profile", lambda _done: self._removed(profile.name))

    def _choose(self) -> None:
        self.banner.dismiss()
        self.chosen.emit(self.profile)

    def _take(self, found: list[StoredProfile]) -> None:
        self.kept = found
        self._offer(self.field.code())
        self.loaded.emit(found)

    def _offer(self, code: str) -> None:
        """Offer all there are; what is chosen stays chosen while it is there."""
        say = self._say
        kept = [(str(each.id), each.name if each.shared else say(_("{name} (mine)"), name=each.name)) for each in self.kept]
        ready = [(key, say(profile.title)) for key, profile in ready_profiles().items()]
        choices = [(RECOGNISED, say(_("As the headings are understood"))), *kept, *ready]
        self.field.clear()
        self.field.set_choices(choices)
        self.field.set_code(code if code in dict(choices) else RECOGNISED)
        self._enable()

    def _enable(self) -> None:
        stored = isinstance(self.profile, StoredProfile)
        self.save_button.setEnabled(stored and self._edited)
        self.reset_button.setEnabled(self._edited)
        for button in (self.rename_button, self.remove_button):
            button.setEnabled(stored)

    def _ask(self, title: Msgid, save: Callable[[str, bool], None], **known: Any) -> None:
        self.dialog = ProfileDialog(self._context, title, save, self, **known)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _write(self, work: Callable[..., Any], verb: str, done: Callable[[Any], None]) -> None:
        self._context.tasks.write(self, work, done, self._fail, verb=verb)

    def _kept(self, name: str, made: UUID) -> None:
        self.field.addItem(name, str(made))
        self.field.set_code(str(made))
        self._saved(name)

    def _saved(self, name: str, *, edited: bool = False) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self.set_edited(edited)
        self.load()
        self.banner.tell(self._say(_("The profile “{name}” was saved."), name=" ".join(name.split())), tone="ok")

    def _removed(self, name: str) -> None:
        self._offer(RECOGNISED)
        self.load()
        self.banner.tell(self._say(_("The profile “{name}” was removed."), name=name), tone="ok")

    def _fail(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.fail(error)
            return
        message = self._context.messages.explain(error, _("saving the profile"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "bad")


def _code(profile: Profile | None) -> str:
    return RECOGNISED if profile is None else profile.key if isinstance(profile, ReadyProfile) else str(profile.id)
