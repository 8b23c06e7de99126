"""What the sections of a person's record hold, and the history of the record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from db.history import HistoryLine, history
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.history_words import say_change
from desktop.people import words
from desktop.people.card import PersonCard, RoleLine
from desktop.people.card_parts import reaching
from desktop.people.corrections import CORRECTIONS
from desktop.people.duplicates.verdicts import keep_apart, let_compare
from desktop.people.fields import LABELS
from desktop.people.lines import Act, Line
from desktop.people.manifest import NUMBERS
from desktop.people.saving import write
from desktop.widgets.labels import Tag
from desktop.widgets.theme import current_theme
from desktop.widgets.timeline import TimelineEntry, TimelineView

LINES = 50


class Lines:
    """Turns a card into the lines of its sections; `edit` opens a form, `remove` takes a line away."""

    def __init__(
        self, context: ModuleContext, edit: Callable[[str, UUID], None], remove: Callable[[str, UUID, int], None]
    ) -> None:
        self._context, self._texts, self._say = context, context.texts, context.texts.say
        self._edit, self._remove = edit, remove
        self._may = context.may("people.edit")

    def person(self, card: PersonCard) -> list[Line]:
        """Names and days; what is not known is left out."""
        texts, say = self._texts, self._say
        values = {key: str(getattr(card, key)) for key in ("given", "family", "preferred", "former", "salutation")}
        values["language"] = words.language(card.language, texts) if card.language else ""
        values["birth_date"] = texts.day(card.birth_date) if card.birth_date else ""
        values["deceased_on"] = texts.day(card.deceased_on) if card.deceased_on else ""
        lines = [Line(say(LABELS[key]), value) for key, value in values.items() if value]
        if card.apart or self._context.may("people.duplicates"):
            lines.append(self._comparing(card))
        return [*lines, Line(say(LABELS["note"]), card.note, whole=True)] if card.note else lines

    def _comparing(self, card: PersonCard) -> Line:
        """Whether the person is looked for among duplicates, and the act that changes it."""
        say = self._say
        if card.apart:
            said, text = say(_("kept apart: never compared or suggested")), say(_("Compare again"))
        else:
            said, text = say(_("compared with others")), say(_("Keep apart"))
        acts = [Act(text, text, partial(set_apart, self._context, card, not card.apart))]
        return Line(say(_("Duplicates")), said, acts=acts if self._context.may("people.duplicates") else ())

    def identifiers(self, card: PersonCard) -> list[Line]:
        """Numbers, masked; those that another one took the place of come last, with their last day."""
        found = []
        for line in card.identifiers:
            name = words.identifier(line.kind, self._texts, line.issuer)
            shown = f"{line.masked}  ({line.issuer})" if line.issuer and line.issuer not in words.ISSUERS else line.masked
            if line.valid_to is not None:
                ended = self._texts.say(_("until {day}"), day=self._texts.day(line.valid_to))
                shown = f"{shown}  · {ended}"
            acts = self._removing("identifier", name, line.id, line.version) if self._context.may(NUMBERS) else []
            found.append(Line(name, shown, acts=acts, dim=line.valid_to is not None))
        return found

    def contacts(self, card: PersonCard) -> list[Line]:
        """Ways to reach them, with holds."""
        found = []
        for line in card.contacts:
            name = words.contact_name(line, self._texts)
            acts = self._changing("contact", f"{name} {line.shown}", line.id, line.version)
            found.append(Line(name, line.shown, reaching(self._context, card, line), acts, dim=bool(line.hold)))
        return found

    def roles(self, card: PersonCard) -> list[Line]:
        """Roles in the order of the life."""
        return [self._role(line) for line in card.roles]

    def _role(self, line: RoleLine) -> Line:
        texts, held = self._texts, line.held(self._context.clock.today())
        name = words.role(line.kind, texts)
        value = " · ".join(filter(None, (line.programme, words.term(line.term, texts), words.days(line, texts))))
        extra = [Tag(self._say(_("now")), "ok")] if held else []
        return Line(name, value, extra, self._changing("role", name, line.id, line.version), dim=not held)

    def _changing(self, key: str, what: str, id: UUID, version: int) -> list[Act]:
        change = Act(self._say(_("Change")), self._say(_("Change {what}"), what=what), partial(self._edit, key, id))
        return [change, *self._removing(key, what, id, version)] if self._may else []

    def _removing(self, key: str, what: str, id: UUID, version: int) -> list[Act]:
        spoken = self._say(_("Remove {what}"), what=what)
        return [Act(self._say(_("Remove")), spoken, partial(self._remove, key, id, version))] if self._may else []


def set_apart(context: ModuleContext, card: PersonCard, apart: bool) -> None:
    """Keep somebody out of all comparing, or let them be compared again; told with the offer to take it back."""
    say = context.texts.say
    if apart:
        service, verb = keep_apart, "keep_apart"
        said = say(_("{name} is kept apart: never compared with anybody, never suggested."), name=card.title)
    else:
        service, verb, said = let_compare, "let_compare", say(_("{name} is compared with others again."), name=card.title)
    step = partial(service, person_id=card.id)
    write(context, context.messages, step, verb=verb, said=said, doing=_("keeping a person apart"))


class HistoryView(QWidget):
    """What was changed in this record, by whom and when, in words; read when first looked at."""

    def __init__(self, context: ModuleContext, person_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._id, say = context, person_id, context.texts.say
        self._lines: dict[UUID, HistoryLine] = {}
        self._verbs = context.verbs()
        self.view = TimelineView(say(_("History of this record")), say(_("Show earlier")), say(_("Nothing was changed yet.")))
        self.view.earlier_wanted.connect(self._earlier)
        self.only_corrections = QCheckBox(say(_("Only corrections")))
        self.only_corrections.setAccessibleDescription(say(_("Names, addresses, roles and numbers that were mended")))
        self.only_corrections.toggled.connect(lambda _on: self.refresh())
        layout = QVBoxLayout(self)
        edge = current_theme().px(16)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.addWidget(self.only_corrections)
        layout.addWidget(self.view)

    def refresh(self) -> None:
        """Read the newest changes."""
        self._read(None, self._show)

    def _earlier(self, last: TimelineEntry | None) -> None:
        if last is not None:
            self._read(self._lines[last.id].number, self._add)

    def _read(self, before: int | None, done: Callable[[list[HistoryLine]], None]) -> None:
        verbs = CORRECTIONS if self.only_corrections.isChecked() else None
        work = partial(history, about=self._id, before=before, limit=LINES, verbs=verbs)
        doing: Msgid = _("loading the history")
        self._context.tasks.read(self, work, done, lambda error: self._context.messages.show(error, doing), slot="history")

    def _show(self, lines: list[HistoryLine]) -> None:
        self._lines = {line.id: line for line in lines}
        self.view.set(map(self._entry, lines), more=len(lines) == LINES)

    def _add(self, lines: list[HistoryLine]) -> None:
        self._lines |= {line.id: line for line in lines}
        self.view.add_earlier([self._entry(line) for line in lines], more=len(lines) == LINES)

    def _entry(self, line: HistoryLine) -> TimelineEntry:
        texts = self._context.texts
        about = [line.actor, words.when(line.at, texts, self._context.clock.today())]
        if line.taken_back:
            about.append(texts.say(_("taken back")))
        if reason := line.details.get("reason"):
            about.append(texts.say(_("Reason: {reason}"), reason=reason))
        return TimelineEntry(
            line.id, say_change(line, self._verbs, texts), (" · ".join(about),), "dim" if line.taken_back else ""
        )
