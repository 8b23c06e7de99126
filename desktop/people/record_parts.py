"""The sections of a person's record: lines of what is known, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from db.history import HistoryLine, history
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.history_words import say_change
from desktop.people import words
from desktop.people.card import PersonCard, RoleLine
from desktop.people.card_parts import Value, call_button, hold_tag, mail_button
from desktop.people.fields import LABELS
from desktop.people.manifest import MANIFEST
from desktop.widgets.buttons import Button, link_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import Section, row
from desktop.widgets.theme import current_theme
from desktop.widgets.timeline import TimelineEntry, TimelineView

NAME_WIDTH = 148  # of the column of names, at 100 %
LINES = 50


@dataclass(frozen=True, slots=True)
class Act:
    """A small act on a line; `spoken` tells readers about which line."""

    text: str
    spoken: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is called, its value, small things behind it, and what can be done."""

    name: str
    value: str
    extra: Sequence[QWidget] = ()
    acts: Sequence[Act] = ()
    dim: bool = False
    whole: bool = False  # wrapped over as many lines as it takes, for remarks


class LinesSection(Section):
    """Lines in two columns under a heading; a form opens in `place`."""

    def __init__(self, heading: str, empty: str, *acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(heading, *acts, parent=parent)
        self._empty = empty
        self._grid_box = QWidget()
        self._grid = QGridLayout(self._grid_box)
        theme = current_theme()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnMinimumWidth(0, theme.px(NAME_WIDTH))
        self._grid.setColumnStretch(1, 1)
        self.place = QVBoxLayout()
        self.add(self._grid_box)
        self.add(self.place)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not lines:
            self._grid.addWidget(plain_label(self._empty, "dim", wrap=True), 0, 0, 1, 3)
        for number, line in enumerate(lines):
            name = plain_label(line.name, "dim", wrap=True)
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop if line.whole else Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(self._value(line), number, 1)
            if line.acts:
                self._grid.addWidget(self._acts(line), number, 2, Qt.AlignmentFlag.AlignRight)

    def _value(self, line: Line) -> QWidget:
        if line.whole:
            label = plain_label(line.value, wrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(f"{line.name}: {line.value}")
            return label
        box = QWidget()
        box.setLayout(row(Value(line.name, line.value, dim=line.dim), *line.extra, None))
        return box

    def _acts(self, line: Line) -> QWidget:
        box = QWidget()
        box.setLayout(row(*[self._act(act) for act in line.acts], gap=4))
        return box

    def _act(self, act: Act) -> Button:
        button = link_button(act.text)
        button.setAccessibleName(act.spoken)
        button.clicked.connect(lambda: act.do())
        return button


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
        return [*lines, Line(say(LABELS["note"]), card.note, whole=True)] if card.note else lines

    def identifiers(self, card: PersonCard) -> list[Line]:
        """Numbers, masked."""
        found = []
        for line in card.identifiers:
            name = words.identifier(line.kind, self._texts)
            value = f"{line.masked}  ({line.issuer})" if line.issuer else line.masked
            found.append(Line(name, value, acts=self._removing("identifier", name, line.id, line.version)))
        return found

    def contacts(self, card: PersonCard) -> list[Line]:
        """Ways to reach them, with holds."""
        found = []
        for line in card.contacts:
            name = words.contact_name(line, self._texts)
            extra = (call_button(self._context, line), mail_button(self._context, line), hold_tag(self._context, line))
            acts = self._changing("contact", f"{name} {line.shown}", line.id, line.version)
            found.append(Line(name, line.shown, [part for part in extra if part], acts, dim=bool(line.hold)))
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


class HistoryView(QWidget):
    """What was changed in this record, by whom and when, in words; read when first looked at."""

    def __init__(self, context: ModuleContext, person_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._id, say = context, person_id, context.texts.say
        self._lines: dict[UUID, HistoryLine] = {}
        # A context that knows the words of every module gives them; the register's own are known here.
        self._verbs = getattr(context, "verbs", lambda: {verb.key: verb for verb in MANIFEST.verbs})()
        self.view = TimelineView(say(_("History of this record")), say(_("Show earlier")), say(_("Nothing was changed yet.")))
        self.view.earlier_wanted.connect(self._earlier)
        layout = QVBoxLayout(self)
        edge = current_theme().px(16)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.addWidget(self.view)

    def refresh(self) -> None:
        """Read the newest changes."""
        self._read(None, self._show)

    def _earlier(self, last: TimelineEntry | None) -> None:
        if last is not None:
            self._read(self._lines[last.id].number, self._add)

    def _read(self, before: int | None, done: Callable[[list[HistoryLine]], None]) -> None:
        work = partial(history, about=self._id, before=before, limit=LINES)
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
        return TimelineEntry(
            line.id, say_change(line, self._verbs, texts), (" · ".join(about),), "dim" if line.taken_back else ""
        )
