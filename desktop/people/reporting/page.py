"""The page of an access report: for whom, why, in which language; then two files are made and saved."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from db.errors import RuleBroken, Unavailable
from db.looks import LONGEST
from db.models.person import LANGUAGES
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.person_picker import PersonPicker
from desktop.people.reporting.files import RENDER, Saved, save_report
from desktop.people.reporting.held import AccessReport
from desktop.people.reporting.making import Asked, Subject, checked_reason, find_subject, make_report
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import Button, chip, primary_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, flow
from desktop.widgets.theme import current_theme

REASONS = (
    _("The person asks for what is held about them"),
    _("An authority asks for it"),
)
MAKING = _("Making an access report")


class ReportPage(QWidget):
    """Ctrl+Enter asks for the folder and makes the report."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._given = context, context.texts.say, person_id
        self._person = person_id
        self._folder = Path.home()
        self.busy = False
        self.setWindowTitle(self._say(_("Access report")))
        self.banner = Banner(self._say(_("Close this message")))
        self.make_button = primary_button(self._say(_("Make the report…")))
        self.make_button.setAccessibleDescription(self._say(_("Ctrl+Enter")))
        self.header = PageHeader(self._say(_("Access report")), "", [self.make_button])
        self.name = plain_label("", "strong", wrap=True)
        self.picker = PersonPicker(context)
        self._make_form()
        self.working = QProgressBar()
        self.working.setRange(0, 0)
        self.working.setAccessibleName(self._say(MAKING))
        self.working.hide()
        self._lay_out()
        self._connect()
        self._show_person()

    def _make_form(self) -> None:
        say = self._say
        self.form = Form()
        self.reason = self.form.add(
            "reason", say(_("Why is it made?")), QLineEdit(),
            say(_("Your name, the time and the reason are stored first, for whoever is responsible for personal data.")),
            required=True,
        )  # fmt: skip
        self.reason.setMaxLength(LONGEST)
        choices = [("", say(_("The person's own"))), *((code, say(text)) for code, text in LANGUAGES.items())]
        self.language = self.form.add("language", say(_("Language of the report")), CodeField(choices))
        self.chips = [chip(say(reason), removable=False) for reason in REASONS]
        for button in self.chips:
            button.clicked.connect(partial(self._choose_reason, button))

    def _lay_out(self) -> None:
        theme = current_theme()
        about = _("The report holds everything the register and all modules hold about one person, with personal numbers in full. "
                  "Other people are left out of it; colleagues are named by initials. It is saved twice: as a PDF to read and "
                  "to hand over, and as a JSON file for other programs.")  # fmt: skip
        inner = QWidget()
        inner.setMaximumWidth(theme.px(620))
        told = plain_label(self._say(about), "dim", wrap=True)
        reasons = flow(*self.chips)
        inner.setLayout(column(self.banner, self.working, told, self.name, self.picker, reasons, self.form, gap=12))
        edge = theme.px(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.header)
        layout.addWidget(inner)
        layout.addStretch(1)
        self.setFocusProxy(self.picker if self._given is None else self.reason)

    def _connect(self) -> None:
        self.make_button.clicked.connect(self.choose)
        self.picker.picked.connect(self._pick)
        listen(self, dict.fromkeys(("Ctrl+Return", "Ctrl+Enter"), self.choose))

    # What may be asked of the page

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        return [(self._say(_("Ctrl+Enter")), self._say(_("Make the report")))]

    def state(self) -> dict[str, Any]:
        """What is typed and chosen, for the same page in another language."""
        return {"form": self.form.values(), "person": self._person}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.form.write(state["form"])
        self._person = state["person"]
        self._show_person()

    def choose(self) -> None:
        """Ask for the folder, then make the report; a slip is marked first."""
        if self.busy or self._asked() is None:
            return
        chosen = QFileDialog.getExistingDirectory(self, self._say(_("Where to save the report")), str(self._folder))
        if chosen:
            self.start(Path(chosen))

    def start(self, folder: Path) -> None:
        """Make the report and save it in this folder."""
        asked = self._asked()
        if self.busy or asked is None:
            return
        self._folder = folder
        self._work(True)
        self._context.tasks.read(
            self, lambda _session: make_report(self._context, asked), self._render, self._fail, slot="report"
        )

    # Work

    def _asked(self) -> Asked | None:
        """What is asked for, or None when something must be mended first."""
        self.banner.dismiss()
        try:
            if self._person is None:
                raise RuleBroken(_("Choose the person first."), _("Search by name, then choose in the list."))
            return Asked(self._person, checked_reason(self.reason.text()), self.language.code())
        except RuleBroken as broken:
            self._fail(broken)
            return None

    def _render(self, report: AccessReport) -> None:
        done = partial(self._save, report)
        self._context.documents.render(RENDER, report, done, self._fail, language=report.language, title=MAKING)

    def _save(self, report: AccessReport, content: bytes) -> None:
        work = partial(save_report, report, content, self._folder, self._context.texts)
        self._context.tasks.read(self, lambda _session: work(), self._tell_done, self._fail, slot="save")

    def _tell_done(self, saved: Saved) -> None:
        self._work(False)
        say = self._say
        acts = [
            (say(_("Open the report")), partial(self._open, saved.pdf)),
            (say(_("Open the folder")), partial(self._open, saved.pdf.parent)),
        ]
        self.banner.tell(
            say(_("The report is saved: {pdf} and {json}."), pdf=saved.pdf.name, json=saved.json.name),
            say(_("Read it before you hand it over: free text may name other people.")),
            tone="ok",
            actions=acts,
        )

    def _open(self, path: Path) -> None:
        try:
            self._context.documents.open(path)
        except Unavailable as error:  # no program opens such files
            self._context.messages.show(error, _("opening the report"))

    def _work(self, busy: bool) -> None:
        self.busy = busy
        self.make_button.setEnabled(not busy)
        self.working.setVisible(busy)

    def _fail(self, error: Exception) -> None:
        self._work(False)
        doing: Msgid = _("making an access report")
        message = self._context.messages.explain(error, doing)
        if not (message.field and self.form.mark(message.field, f"{message.text} {message.to_do}".strip())):
            self.banner.tell(message.text, message.to_do, tone=message.tone or "bad")

    def _choose_reason(self, button: Button, _checked: bool = False) -> None:
        self.reason.setText(button.text())
        self.make_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _pick(self, person_id: UUID | None) -> None:
        self._person = person_id
        self._show_person()

    def _show_person(self) -> None:
        """Whom it is about, and their language; without somebody there is a box to search."""
        self.picker.setVisible(self._given is None)
        self.name.setVisible(self._person is not None)
        if self._person is not None:
            self._context.tasks.read(self, partial(find_subject, person_id=self._person), self._found, self._fail, slot="subject")

    def _found(self, subject: Subject) -> None:
        say = self._say
        self.name.setText(subject.name)
        own = say(_("The person's own"))
        if subject.language in LANGUAGES:
            own = say(_("The person's own: {language}"), language=say(LANGUAGES[subject.language]))
        self.language.setItemText(0, own)
