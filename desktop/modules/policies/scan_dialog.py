"""Files a signed form under the version that its mark names."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.sheets import Sheet
from desktop.modules.policies import register
from desktop.modules.policies.office import calendar
from desktop.modules.policies.reading import PolicyDetail, VersionRow
from desktop.modules.policies.register import Signature
from desktop.modules.policies.scans import mark_of
from desktop.modules.policies.states import STATES, UNDECIDED
from desktop.people.person_picker import PersonPicker
from desktop.widgets.form import CodeField
from desktop.widgets.sheet_dialog import SheetDialog


class ScanDialog(SheetDialog):
    """A sheet must be chosen and seen before it can be filed; its own mark chooses the version."""

    def __init__(
        self,
        context: ModuleContext,
        policy: PolicyDetail,
        person: tuple[UUID, str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, _("File a signed form"), _("File the form"), parent)
        self._policy = policy
        self._finish = self.file
        self._add_fields()
        if person is not None:
            self.person.choose(person[0], person[1])
            self.post.setText(person[2])

    def _add_fields(self) -> None:
        say = self.say
        rows = [version for version in self._policy.versions if version.state not in UNDECIDED]
        self.version = self.form.add(
            "version", say(_("Version")), CodeField([(row.id.hex, self._version_words(row)) for row in rows])
        )
        self.person = self.form.add("person", say(_("Person")), PersonPicker(self.context))
        self.post = self.form.add("post", say(_("Post")), QLineEdit())
        self.day = self.add_day("signed_on", _("Date on the form"), self.context.clock.today())
        self.place = self.form.add("place", say(_("Place")), QLineEdit())

    def _version_words(self, version: VersionRow) -> str:
        return self.say(_("{number} ({state})"), number=version.number, state=self.say(STATES[version.state]))

    def seen(self, sheet: Sheet) -> bool:
        """If it bears a mark of this policy, choose that version."""
        mark = mark_of(sheet)
        if mark is not None and mark.policy_id == self._policy.id:
            for version in self._policy.versions:
                if version.number == mark.number:
                    self.version.set_code(version.id.hex)
        return self.version.count() > 0

    def file(self) -> None:
        """File it; the dialog closes once that is saved."""
        day = self.read_day("signed_on", self.day)
        if self.person.chosen is None:
            self.form.mark("person", self.say(_("Choose a person.")))
            return
        if day is None or self.sheet is None:
            return
        signature = Signature(self.person.chosen, self.post.text(), day, self.place.text())
        work = partial(self._file, version_id=UUID(self.version.code()), signature=signature, sheet=self.sheet)
        self.context.tasks.write(self, work, lambda _answer: self.accept(), self.fail, verb="file_signature")

    def _file(self, session: Session, version_id: UUID, signature: Signature, sheet: Sheet) -> None:
        now = calendar(self.context)
        register.file_signature(
            session, version_id, signature, sheet, actor=self.context.actor, now=now.now, today=now.today, zone=now.zone
        )
