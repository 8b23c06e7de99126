"""The register on the page of a policy: who has not signed, who has, and the sheets."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from db.texts import _, ngettext
from desktop.core.texts import Texts
from desktop.modules.policies.reading import PolicyDetail
from desktop.modules.policies.register import Signed, Unsigned
from desktop.modules.policies.roomy import roomy_label
from desktop.widgets.buttons import link_button, quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import Section, column, scrolling
from desktop.widgets.theme import current_theme


class SignaturesView(QWidget):
    """Says what is wished for by signals; the page does it."""

    form_wanted = Signal(object)  # UUID of a person, or None for an empty form
    filing_wanted = Signal(object)  # (person, name, post), or None
    sheet_wanted = Signal(object, str)  # UUID of the attachment, name
    asking_wanted = Signal()
    post_wanted = Signal()

    def __init__(self, texts: Texts, *, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say, self._may_edit = texts, texts.say, may_edit
        say = self._say
        self.file_button = quiet_button(say(_("File a signed form…")))
        self.file_button.clicked.connect(lambda: self.filing_wanted.emit(None))
        self.empty_form = quiet_button(say(_("Print an empty form")))
        self.empty_form.clicked.connect(lambda: self.form_wanted.emit(None))
        self.ask_button = quiet_button(say(_("Ask somebody to sign…")))
        self.ask_button.clicked.connect(self.asking_wanted)
        self.post_button = quiet_button(say(_("Give a post to somebody…")))
        self.post_button.clicked.connect(self.post_wanted)
        for button in (self.file_button, self.ask_button, self.post_button):
            if not may_edit:
                button.hide()
        self.missing = Section(say(_("Have not signed")), self.empty_form, self.ask_button, self.post_button)
        self.signed = Section(say(_("Have signed")), self.file_button)
        self.summary = plain_label("", "strong", wrap=True)
        self._lists: list[QWidget] = []
        inner = QWidget()
        stack = column(self.summary, self.missing, self.signed, gap=20)
        stack.setContentsMargins(0, current_theme().px(14), 0, 0)
        stack.addStretch(1)
        inner.setLayout(stack)
        self.setLayout(column(scrolling(inner)))

    def show_register(self, policy: PolicyDetail) -> None:
        """Show the register as it is now."""
        for old in self._lists:
            old.hide()
            old.deleteLater()
        valid = sum(line.valid for line in policy.signed)
        self.summary.setText(self._summary(policy, valid))
        self._lists = [self._missing_list(policy), self._signed_list(policy.signed)]
        self.missing.add(self._lists[0])
        self.signed.add(self._lists[1])
        self.file_button.setEnabled(any(version.decided_on for version in policy.versions))

    def _summary(self, policy: PolicyDetail, valid: int) -> str:
        if not any(version.state in ("decided", "current") for version in policy.versions):
            return self._say(_("Nobody can sign yet: no version is decided."))
        signed = self._say(ngettext("{count} person has signed.", "{count} people have signed."), count=valid)
        missing = self._say(ngettext("{count} person is missing.", "{count} people are missing."), count=len(policy.unsigned))
        return f"{signed} {missing}" if policy.unsigned else signed

    def _missing_list(self, policy: PolicyDetail) -> QWidget:
        lines = policy.unsigned
        if not lines:
            return plain_label(self._say(_("Nobody is missing among those who hold the posts.")), "dim", wrap=True)
        box, grid = _grid()
        for number, line in enumerate(lines):
            self._missing_line(grid, number, line)
        return box

    def _missing_line(self, grid: QGridLayout, number: int, line: Unsigned) -> None:
        say = self._say
        before = say(_("signed version {number}"), number=line.earlier) if line.earlier else say(_("never signed"))
        for at, label in enumerate((roomy_label(line.name, "strong"), roomy_label(line.post), roomy_label(before, "dim"))):
            grid.addWidget(label, number, at)
        form = link_button(say(_("Print form")))
        form.setAccessibleName(say(_("Print the form for {name}"), name=line.name))
        form.clicked.connect(lambda: self.form_wanted.emit(line.person_id))
        grid.addWidget(form, number, 3)
        file = link_button(say(_("File signed form…")))
        file.setAccessibleName(say(_("File the signed form of {name}"), name=line.name))
        file.clicked.connect(lambda: self.filing_wanted.emit((line.person_id, line.name, line.post)))
        if self._may_edit:
            grid.addWidget(file, number, 4)

    def _signed_list(self, lines: tuple[Signed, ...]) -> QWidget:
        if not lines:
            return plain_label(self._say(_("No signed form has been filed yet.")), "dim", wrap=True)
        box, grid = _grid()
        for number, line in enumerate(lines):
            self._signed_line(grid, number, line)
        return box

    def _signed_line(self, grid: QGridLayout, number: int, line: Signed) -> None:
        say, day = self._say, self._texts.day(line.signed_on)
        where = say(_("{day}, {place}"), day=day, place=line.place) if line.place else day
        version = Tag(say(_("Version {number}"), number=line.number), "ok" if line.valid else "dim")
        old = plain_label("" if line.valid else say(_("old version")), "dim")
        for at, label in enumerate(
            (roomy_label(line.name, "strong"), roomy_label(line.post), roomy_label(where, "dim"), version, old)
        ):
            grid.addWidget(label, number, at)
        if line.attachment_id is not None:
            self._add_sheet(grid, number, line, line.attachment_id)

    def _add_sheet(self, grid: QGridLayout, number: int, line: Signed, attachment: UUID) -> None:
        sheet = link_button(self._say(_("Show sheet")))
        sheet.setAccessibleName(self._say(_("Show the sheet signed by {name}"), name=line.name))
        sheet.clicked.connect(lambda: self.sheet_wanted.emit(attachment, line.name))
        grid.addWidget(sheet, number, 5)


def _grid() -> tuple[QWidget, QGridLayout]:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(current_theme().px(20))
    grid.setVerticalSpacing(current_theme().px(6))
    for column_number in range(3):
        grid.setColumnStretch(column_number, 2)
    grid.setColumnStretch(6, 3)
    return box, grid
