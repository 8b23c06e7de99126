"""The timeline of one person as a part of card and record: what happened, filtered by kind, earlier on request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.hooks import tried
from desktop.core.selection import TimelineLine
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.card import FIRST_LINES, PersonCard, TimelineEntry, timeline
from desktop.people.timeline_words import kind_words, line_title
from desktop.widgets import timeline as drawn
from desktop.widgets.buttons import Button, menu_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import spread
from desktop.widgets.portions import Portions
from desktop.widgets.timeline import TimelineView

OWN = "people"
TEXT_LINES = 2  # lines of what was written, below a title
Words = Callable[[TimelineLine, Texts], str]


class TimelineBox(QWidget):
    """A heading, the choice of kinds and the stream; `show_card` brings the first lines along."""

    def __init__(self, context: ModuleContext, *acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, say = context, context.texts.say
        self._card: PersonCard | None = None
        self._kind = ""
        self._words: dict[str, Words | None] = {OWN: line_title}
        self._kinds: Button = menu_button(say(_("All kinds")), QMenu(), kind="link")
        self._kinds.setAccessibleName(say(_("Kinds of contact shown")))
        self._kinds.menu().aboutToShow.connect(self._fill_menu)
        self.view = TimelineView(
            say(_("Timeline")), say(_("Show earlier")), say(_("Nothing yet. Log the first contact with “Log contact”."))
        )
        self._lines: Portions[TimelineEntry] = Portions(self.view, self._drawn, self._read, FIRST_LINES)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(spread(plain_label(say(_("Timeline")), "heading"), self._kinds, *acts))
        layout.addWidget(self.view, 1)

    def show_card(self, card: PersonCard) -> None:
        """Show the lines the card brought; the kind chosen stays while it is the same person."""
        if self._card is None or self._card.id != card.id:
            self._kind = ""
        self._card = card
        self._name_kind()
        if self._kind:
            self._lines.look()
        else:
            self._lines.show(list(card.timeline))

    def choose(self, kind: str) -> None:
        """Show one kind of contact only, or with an empty one all."""
        self._kind = kind
        self._name_kind()
        if self._card is not None:
            self._lines.look()

    def _fill_menu(self) -> None:
        menu, say = self._kinds.menu(), self._context.texts.say
        menu.clear()
        counts = self._card.counts if self._card else {}
        entries = [("", say(_("All kinds")), sum(counts.values()))]
        entries += [(kind, say(kind_words(kind)), number) for kind, number in sorted(counts.items(), key=lambda item: -item[1])]
        for kind, text, number in entries:
            act = menu.addAction(f"{text.replace('&', '&&')}   {self._context.texts.number(number)}", partial(self.choose, kind))
            act.setCheckable(True)
            act.setChecked(kind == self._kind)

    def _name_kind(self) -> None:
        say = self._context.texts.say
        self._kinds.setText(say(kind_words(self._kind)) if self._kind else say(_("All kinds")))
        self._kinds.updateGeometry()
        self._kinds.setVisible(bool(self._card and self._card.counts))

    def _read(self, before: TimelineEntry | None, done: Callable[[list[TimelineEntry]], None]) -> None:
        assert self._card is not None
        place = (before.at, before.id) if before is not None else None
        kinds = (self._kind,) if self._kind else ()
        self._context.tasks.read(
            self,
            partial(timeline, person_id=self._card.id, before=place, kinds=kinds),
            done,
            lambda error: self._context.messages.show(error, _("loading the timeline")),
            slot="timeline",
        )

    def _drawn(self, line: TimelineEntry) -> drawn.TimelineEntry:
        """A line as it is drawn; what its module does not show here stays a line, so that nobody believes nothing was."""
        texts = self._context.texts
        when = words.when(line.at, texts, self._context.clock.today())
        kind = texts.say(kind_words(line.kind, line.direction))
        say_title = self._title_of(line.module)
        if say_title is None:
            return drawn.TimelineEntry(line.id, texts.say(_("Restricted entry")), (f"{kind} · {when}",), "dim")
        plain = TimelineLine(line.kind, line.at, line.direction, line.outcome, line.title, line.text, line.seconds)
        title = self._titled(plain, say_title, line.module)
        told = [text for text in line.text.splitlines() if text.strip() and text.strip() != title][:TEXT_LINES]
        about = " · ".join(filter(None, (kind if kind != title else "", when, line.by_name)))
        return drawn.TimelineEntry(line.id, title, (about, *told))

    def _title_of(self, module: str) -> Words | None:
        """The function by which a module puts its lines into words; None while it is off or not open to the user."""
        if module not in self._words:
            self._words[module] = None
            offer = next((offer for offer in self._context.offers("timeline_kind") if offer.module == module), None)
            if offer is not None:
                opens, messages = offer.contribution.opens, self._context.messages
                self._words[module] = tried(lambda: self._context.load(opens), messages, _("loading the timeline"))
        return self._words[module]

    def _titled(self, line: TimelineLine, say_title: Words, module: str) -> str:
        """The title of a line in its module's words; a module that breaks is not asked again on this page."""
        made = tried(lambda: str(say_title(line, self._context.texts)), self._context.messages, _("loading the timeline"))
        if made is None:
            self._words[module] = line_title
            made = line_title(line, self._context.texts)
        return made
