"""Two records side by side: what they say of a person, line by line, and what speaks for and against their being one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedLayout, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.card import PersonCard, person_card
from desktop.people.card_parts import Value
from desktop.people.duplicates.rules import LIKELY, reasons_in_words
from desktop.people.duplicates.verdicts import PairRow
from desktop.people.fields import LABELS
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import column, flow, scrolling
from desktop.widgets.theme import current_theme


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the comparison; `same` when both say the same and neither is silent."""

    name: str
    first: str
    second: str

    @property
    def same(self) -> bool:
        """Whether both records say the same."""
        return bool(self.first) and self.first.casefold() == self.second.casefold()


def likelihood(score: int, texts: Texts) -> str:
    """How sure the rules are, in a word."""
    return texts.say(_("likely")) if score >= LIKELY else texts.say(_("possible"))


def read_both(session: Session, first: UUID, second: UUID) -> tuple[PersonCard, PersonCard]:
    """Both records at one moment.

    Raises:
        Unavailable: one of them is no longer there.
    """
    return person_card(session, first), person_card(session, second)


def facts(one: PersonCard, other: PersonCard, texts: Texts) -> list[Fact]:
    """What the two records say, line by line; lines on which both are silent are left out."""
    say = texts.say

    def both(name: str, read: Callable[[PersonCard], Iterable[str]]) -> Fact:
        return Fact(name, *("\n".join(filter(None, read(card))) for card in (one, other)))

    lines = [
        both(say(LABELS[key]), lambda card, key=key: (str(getattr(card, key)),))  # type: ignore[misc]
        for key in ("given", "family", "preferred", "former")
    ]
    lines += [
        both(say(LABELS["birth_date"]), lambda card: (texts.day(card.birth_date) if card.birth_date else "",)),
        both(say(_("Numbers")), lambda card: (f"{line.masked} {line.issuer}".strip() for line in card.identifiers)),
        both(say(_("E-mail")), lambda card: (line.shown for line in card.contacts if line.kind == "email")),
        both(say(_("Phone")), lambda card: (line.shown for line in card.contacts if line.kind == "phone")),
        both(say(_("Address")), lambda card: (line.shown for line in card.contacts if line.kind == "address")),
        both(say(_("Roles")), lambda card: (_role(line, texts) for line in card.roles)),
    ]
    return [line for line in lines if line.first or line.second]


def _role(line: object, texts: Texts) -> str:
    kind, programme = getattr(line, "kind", ""), getattr(line, "programme", "")
    return ", ".join(filter(None, (words.role(kind, texts), programme)))


class PairPanel(QFrame):
    """The pair the list points at. Ctrl+M merges, Ctrl+D says that they are two people; Ctrl+1 and Ctrl+2 open one of them."""

    judged = Signal()
    merging = Signal()
    opened = Signal(object)  # the id

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context, say = context, context.texts.say
        self.pair: PairRow | None = None
        self.heading, self.sure = plain_label("", "title", wrap=True), Tag("")
        self.reasons = plain_label("", wrap=True)
        self.hint = plain_label(
            say(_("One person? Merge the records: you see everything that moves first, and can take them apart again.")),
            "dim",
            wrap=True,
        )
        self.judge = primary_button(say(_("Two people")), key="Ctrl+D")
        self.merge = quiet_button(say(_("Merge…")), key="Ctrl+M")
        self.merge.setVisible(context.may("people.merge"))
        self.merge.clicked.connect(self.merging)
        self.open_first, self.open_second = quiet_button("", key="Ctrl+1"), quiet_button("", key="Ctrl+2")
        self.judge.clicked.connect(self.judged)
        self.open_first.clicked.connect(lambda: self.pair and self.opened.emit(self.pair.first_id))
        self.open_second.clicked.connect(lambda: self.pair and self.opened.emit(self.pair.second_id))
        self._grid = QGridLayout()
        self._nobody = plain_label(say(_("Choose a pair in the list to see both side by side.")), "dim", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setMargin(current_theme().px(32))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nobody)
        self._stack.addWidget(self._body())

    def _body(self) -> QWidget:
        inner, theme = QFrame(), current_theme()
        inner.setProperty("panel", "side")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(12))
        layout.setSpacing(theme.px(14))
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(6))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        for part in (self.heading, flow(self.sure), self.reasons):
            layout.addWidget(part)
        layout.addLayout(self._grid)
        layout.addWidget(flow(self.judge, self.merge, self.open_first, self.open_second))
        layout.addWidget(self.hint)
        layout.addStretch(1)
        return scrolling(inner)

    def show_pair(self, pair: PairRow | None, *, judged: bool = False) -> None:
        """Show these two, or with None nobody.

        Args:
            judged: They were said to be two people: the act is to ask again.
        """
        say = self._context.texts.say
        self.pair = pair
        self.judge.setText(say(_("Ask again")) if judged else say(_("Two people")))
        for part in (self.hint, self.merge):
            part.setVisible(not judged and self._context.may("people.merge"))
        if pair is None:
            self._stack.setCurrentIndex(0)
            return
        first, second = pair.first_id, pair.second_id
        self._context.tasks.read(
            self, lambda session: read_both(session, first, second), lambda both: self._show(pair, *both), self._fail, slot="pair"
        )

    def _show(self, pair: PairRow, one: PersonCard, other: PersonCard) -> None:
        texts = self._context.texts
        self.heading.setText(f"{one.title} – {other.title}")
        self.sure.set(likelihood(pair.score, texts), "warn" if pair.score >= LIKELY else "")
        self.reasons.setText("\n".join(f"· {reason}" for reason in reasons_in_words(pair.reasons.split(), texts)))
        for button, card, number in ((self.open_first, one, 1), (self.open_second, other, 2)):
            button.setText(texts.say(_("Open record {number}"), number=number))
            button.setAccessibleName(texts.say(_("Open {name}"), name=card.title))
        self._lay(facts(one, other, texts))
        self._stack.setCurrentIndex(1)

    def _lay(self, lines: list[Fact]) -> None:
        say = self._context.texts.say
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, number in ((1, 1), (2, 2)):
            self._grid.addWidget(plain_label(say(_("Record {number}"), number=number), "strong"), 0, place)
        for row, fact in enumerate(lines, 1):
            self._grid.addWidget(plain_label(fact.name, "dim", wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
            for place, text in ((1, fact.first), (2, fact.second)):
                self._grid.addWidget(self._cell(fact, text), row, place, Qt.AlignmentFlag.AlignTop)

    def _cell(self, fact: Fact, text: str) -> QWidget:
        shown = text or self._context.texts.say(_("not known"))
        same = f" ({self._context.texts.say(_('the same'))})" if fact.same else ""
        box = QWidget()
        box.setLayout(column(*(Value(f"{fact.name}{same}", line, dim=not text) for line in shown.split("\n")), gap=0))
        return box

    def _fail(self, error: Exception) -> None:
        self.show_pair(None)
        self._context.messages.show(error, _("loading a pair"))
