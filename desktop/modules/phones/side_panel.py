"""The right of the console: questions the person may ask, with answers, and earlier contacts."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _
from desktop.core.selection import TimelineLine
from desktop.core.texts import Texts
from desktop.modules.phones import words
from desktop.modules.phones.preview import ConsoleData, Earlier, Help
from desktop.people.timeline_words import line_title
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, Section, column, rule
from desktop.widgets.theme import current_theme

LONGEST = 400  # letters of an earlier note shown; the rest is on the card


class SidePanel(QWidget):
    """Reading only: nothing here takes the keyboard's focus."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self.help = Section(self._say(_("Questions they may ask")))
        self.earlier = Section(self._say(_("Earlier contacts")))
        self._help, self._earlier = QVBoxLayout(), QVBoxLayout()
        for section, box in ((self.help, self._help), (self.earlier, self._earlier)):
            box.setSpacing(current_theme().px(8))
            section.add(box)
        self.setLayout(column(self.help, self.earlier, gap=20))

    def show_person(self, data: ConsoleData) -> None:
        """What helps in this call."""
        for box in (self._help, self._earlier):
            while (item := box.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
        self.help.setVisible(bool(data.help))
        for one in data.help:
            self._help.addWidget(self._question(one))
        for number, contact in enumerate(data.earlier):
            if number:
                self._earlier.addWidget(rule())
            self._earlier.addWidget(self._contact(contact))
        if not data.earlier:
            self._earlier.addWidget(plain_label(self._say(_("This is the first contact.")), "small", wrap=True))

    def _question(self, one: Help) -> QWidget:
        card = Card()
        card.add(plain_label(one.question, "strong", wrap=True))
        card.add(plain_label(one.answer, "dim", wrap=True))
        if one.reviewed:
            card.add(plain_label(self._say(_("reviewed {day}"), day=one.reviewed), "small"))
        return card

    def _contact(self, contact: Earlier) -> QWidget:
        line = TimelineLine(
            contact.kind, contact.at, contact.direction, contact.outcome, contact.title, contact.text, contact.seconds
        )
        ours = contact.module == "phones"
        title = words.timeline_title(line, self._texts) if ours else line_title(line, self._texts)
        at = self._texts.moment(contact.at) if ours else self._texts.day(contact.at)
        under = " · ".join(part for part in (at, contact.by_name) if part)
        text = contact.text.strip() if contact.text.strip() != title else ""
        parts = [plain_label(title, "body", wrap=True), plain_label(under, "small", wrap=True)]
        if text:
            parts.insert(1, plain_label(text if len(text) <= LONGEST else text[:LONGEST] + "…", "dim", wrap=True))
        box = QWidget()
        box.setLayout(column(*parts, gap=2))
        return box
