"""What the page of a policy sends for: documents, dialogs of the register, sheets to look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.sheets import show_sheet
from desktop.modules.policies import printing, register
from desktop.modules.policies.dialogs import AskDialog
from desktop.modules.policies.prints import ConsentPrint, PolicyPrint
from desktop.modules.policies.reading import PolicyDetail
from desktop.modules.policies.scan_dialog import ScanDialog
from desktop.people.organisation import posts
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.widgets.form_dialog import FormDialog


class Write(Protocol):
    """How the page writes: one named step, told in words, closing a dialog when it is saved."""

    def __call__(self, verb: str, work: Callable[..., Any], said: Msgid, dialog: FormDialog | None = None) -> None: ...


class Errands(QObject):
    """Belongs to one page; its answers are dropped when the page is gone."""

    def __init__(
        self, context: ModuleContext, policy_id: UUID, write: Write, fail: Callable[[Exception], None], page: QWidget
    ) -> None:
        super().__init__(page)
        self._context, self._say, self._id = context, context.texts.say, policy_id
        self._write, self._fail, self._page = write, fail, page

    def print_version(self, version_id: UUID) -> None:
        """Make the PDF of a version and open it."""
        work = partial(printing.version_print, version_id=version_id)
        self._context.tasks.read(self, work, self._make_policy, self._fail, slot="print")

    def print_form(self, person_id: UUID | None) -> None:
        """Make the consent form of the version that holds, filled in for a person, and open it."""
        work = partial(printing.form_print, policy_id=self._id, person_id=person_id, today=self._context.clock.today())
        self._context.tasks.read(self, work, self._make_form, self._fail, slot="print")

    def _make_policy(self, data: PolicyPrint) -> None:
        self._produce(printing.RENDER_POLICY, data, data.title, data.language)

    def _make_form(self, data: ConsentPrint) -> None:
        name = " – ".join(filter(None, (data.policy.title, data.name)))
        self._produce(printing.RENDER_CONSENT, data, name, data.policy.language)

    def _produce(self, render: str, data: PolicyPrint | ConsentPrint, name: str, language: str) -> None:
        self._context.documents.produce(render, data, None, lambda _path: None, self._fail, name=name, language=language)

    def file_form(self, policy: PolicyDetail, person: tuple[UUID, str, str] | None) -> None:
        """Open the dialog that files a signed sheet."""
        dialog = ScanDialog(self._context, policy, person, self._page)
        dialog.accepted.connect(lambda: self._context.messages.say(self._say(_("Filed."))))
        dialog.open()

    def show_sheet(self, attachment_id: UUID, name: str) -> None:
        """Open a filed sheet with the system's program."""
        show_sheet(self._context, self._page, attachment_id, name, self._fail)

    def give_post(self, owner: str) -> None:
        """Ask who holds a post from now on."""
        self._context.tasks.read(self, posts.post_titles, partial(self._give_post, owner=owner), self._fail, slot="posts")

    def ask_somebody(self) -> None:
        """Ask who must sign as well."""
        self._context.tasks.read(self, posts.post_titles, self._ask_somebody, self._fail, slot="posts")

    def _give_post(self, titles: list[str], owner: str) -> None:
        dialog = HolderDialog(self._context, titles, owner, self._page)

        def finish() -> None:
            if (answer := dialog.answer()) is not None:
                title, person, starts, ends = answer
                only = dialog.replacing.isChecked()
                work = partial(posts.give_post, title=title, person_id=person, starts=starts, ends=ends, replacing=only)
                self._write("give_post", work, _("The post was given."), dialog)

        dialog.ask(finish)

    def _ask_somebody(self, titles: list[str]) -> None:
        dialog = AskDialog(self._context, titles, self._page)

        def finish() -> None:
            if dialog.post.text().strip():
                work = partial(register.ask_post, policy_id=self._id, title=dialog.post.text())
                self._write("ask_post_to_sign", work, _("Asked to sign."), dialog)
            elif dialog.person.chosen is not None:
                work = partial(register.ask_person, policy_id=self._id, person_id=dialog.person.chosen)
                self._write("ask_person_to_sign", work, _("Asked to sign."), dialog)
            else:
                dialog.form.mark("owner_post", self._say(_("Write a post, or choose a person.")))

        dialog.ask(finish)
