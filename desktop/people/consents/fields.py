"""The fields for an answer about a purpose, and for a stop by channel."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from db.errors import RuleBroken
from db.models.consent import BLOCKABLE, CONSENT_STATES, CONSENT_WAYS
from db.models.person import LANGUAGES
from db.texts import _
from desktop.core.contacting.decisions import LONGEST, BlockForm, ConsentForm
from desktop.core.contacting.purposes import PurposeLine, purposes
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.people.card import PersonCard
from desktop.people.consents.evidence import SHOWN
from desktop.people.fields import Fields
from desktop.people.timeline_words import kind_words
from desktop.widgets.buttons import link_button
from desktop.widgets.labels import plain_label

EVIDENCE = 12  # lines of the timeline that are offered as evidence


class ConsentFields(Fields):
    """What somebody answers about a purpose. The text they are asked with stands below, in the language chosen."""

    def __init__(self, context: ModuleContext, card: PersonCard, purpose_id: UUID | None = None) -> None:
        super().__init__(context)
        self._purposes: dict[str, PurposeLine] = {}
        self.purpose = self.code("purpose", _("Purpose"), {}, str(purpose_id) if purpose_id else "")
        self.code("state", _("Answer"), CONSENT_STATES, "given")
        self.code("way", _("How"), CONSENT_WAYS, "call")
        self.language = self.code("language", _("Text shown or read"), LANGUAGES, card.language, _("none"))
        self.shown = plain_label("", "small", wrap=True)
        self._grid.addWidget(self.shown, self._grid.rowCount(), 1)
        self.day("day", _("Day"), context.clock.today())
        lines = {str(line.id): line for line in card.timeline[:EVIDENCE]}
        field = self.code("evidence", _("Said in"), {}, "")
        spoken = [(key, f"{self.say(kind_words(line.kind))}, {context.texts.moment(line.at)}") for key, line in lines.items()]
        field.set_choices([("", self.say(_("not on the timeline"))), *spoken])
        self.text(
            "note", _("Where the evidence is"), "", _("Such as the number of a file; empty if it is on the timeline")
        ).setMaxLength(LONGEST)
        self.text("file", _("File as evidence"), "", _("A scanned form or a saved e-mail, up to 25 megabytes"))
        self.choose_file = link_button(self.say(_("Choose a file…")))
        self.choose_file.clicked.connect(self._choose_file)
        self._grid.addWidget(self.choose_file, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        for choice in (self.purpose, self.language):
            choice.currentIndexChanged.connect(lambda _place: self._show_text())
        context.tasks.read(self, purposes, self._offer, context.messages.show, slot="purposes")

    def value(self) -> ConsentForm:
        """What is written.

        Raises:
            RuleBroken: no purpose is chosen, or the day is none.
        """
        purpose, evidence = self.read("purpose"), self.read("evidence")
        if not purpose:
            raise RuleBroken(_("No purpose is chosen."), _("Say what the answer is about."), field="purpose")
        return ConsentForm(
            UUID(purpose), self.read("state"), self.read("way"), self.read_day("day"), self.read("note"),
            self.read("language") if self.shown.text() else "", UUID(evidence) if evidence else None,
        )  # fmt: skip

    def _choose_file(self) -> None:
        path = choose_evidence(self.context, self)
        if path:
            self.write({"file": path})

    def _offer(self, found: list[PurposeLine]) -> None:
        self._purposes = {str(line.id): line for line in found}
        language = self.context.texts.language
        with QSignalBlocker(self.purpose):
            chosen = self.purpose.code()
            nothing = [("", self.say(_("Choose a purpose")))]
            self.purpose.set_choices([*nothing, *((key, line.called(language)) for key, line in self._purposes.items())])
            self.purpose.set_code(chosen)
        self._show_text()

    def _show_text(self) -> None:
        """The text of the purpose in the language chosen; nothing where there is none."""
        line = self._purposes.get(self.purpose.code())
        texts = {text.language: text for text in line.texts} if line is not None else {}
        text = texts.get(self.language.code())
        self.shown.setText(self.say(_("Text {number}: {text}"), number=text.number, text=text.text) if text else "")
        self.shown.setVisible(bool(text))


def choose_evidence(context: ModuleContext, parent: QWidget) -> str:
    """The path of a file that proves an answer; empty when none is chosen."""
    say = context.texts.say
    kinds = say(_("PDF, pictures and e-mails"))
    return QFileDialog.getOpenFileName(parent, say(_("Choose the evidence")), "", f"{kinds} ({SHOWN})")[0]


class BlockFields(Fields):
    """By which channel nobody is to contact somebody."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.code("channel", _("What to stop"), BLOCKABLE, "all")
        self.day("until", _("Until"), None, _("Empty means for good"))
        self.text("reason", _("Reason"), hint=NO_TEXT).setMaxLength(LONGEST)

    def value(self) -> BlockForm:
        """What is written; a slip in the day is raised as `RuleBroken`."""
        return BlockForm(self.read("channel"), self.read("reason").strip(), self.read_day("until"))
