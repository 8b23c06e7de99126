"""What is to be decided about the row pointed at: ours and theirs side by side, or who it is; and what can be mended."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.imports import words
from desktop.people.imports.changes import field_label
from desktop.people.imports.deciding import words as own_words
from desktop.people.imports.deciding.arguing import Side
from desktop.people.imports.deciding.choosing import Choosing
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW
from desktop.people.imports.deciding.plans import Candidate, Change
from desktop.people.imports.reading import Entry
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, Section, column, flow
from desktop.widgets.theme import current_theme


class _Choice(Card):
    """Some ways to decide one thing. Digits and arrows choose; the first is stopped at while nothing is chosen."""

    chosen = Signal(object)

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.setAccessibleName(heading)
        self._group = QButtonGroup(self)
        self.buttons: dict[Any, QRadioButton] = {}

    def offer(self, value: Any, text: str, spoken: str) -> QRadioButton:
        """One more way; `spoken` tells readers all that stands around it."""
        button = QRadioButton(f"{len(self.buttons) + 1}  {text}".replace("&", "&&"))
        button.setAccessibleName(spoken)
        self._group.addButton(button)
        self.buttons[value] = button
        button.toggled.connect(partial(self._toggled, value))
        return button

    def show_chosen(self, value: Any) -> None:
        """Show what is chosen, without saying so to anybody."""
        for known, button in self.buttons.items():
            button.blockSignals(True)
            button.setChecked(known == value)
            button.blockSignals(False)

    def begin(self) -> None:
        """Put the focus on what is chosen, or on the first way."""
        marked = next((button for button in self.buttons.values() if button.isChecked()), None)
        (marked or next(iter(self.buttons.values()))).setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggled(self, value: Any, on: bool) -> None:
        if on:
            self.chosen.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = event.key() - Qt.Key.Key_1
        if 0 <= place < len(self.buttons) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            button = list(self.buttons.values())[place]
            button.setFocus(Qt.FocusReason.OtherFocusReason)
            button.setChecked(True)
        else:
            super().keyPressEvent(event)


class ClashChoice(_Choice):
    """One field: what the register says and since when, what the file says, and which of them counts."""

    for_all = Signal(object)  # the side

    def __init__(self, change: Change, sharing: int, context: ModuleContext, parent: QWidget | None = None) -> None:
        self._texts = context.texts
        super().__init__(self._texts.say(field_label(change)), parent)
        self.change = change
        self._values: dict[Side, str] = {
            "ours": words.side(change.field, change.before, self._texts),
            "theirs": words.side(change.field, change.after, self._texts),
        }
        self.since, self.result = plain_label("", "small", wrap=True), plain_label("", "strong", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(current_theme().px(12))
        for place, (side, value) in enumerate(self._values.items()):
            title = self._texts.say(own_words.SIDES[side])
            grid.addWidget(self.offer(side, title, f"{self.accessibleName()}. {title}: {value}"), 0, place)
            grid.addWidget(_selectable(value), 1, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        grid.addWidget(self.since, 2, 0, Qt.AlignmentFlag.AlignTop)
        self.add(grid)
        self.add(self.result)
        if sharing > 1:
            acts = [self._for_all(side, sharing) for side in self._values]
            self.add(flow(*acts, gap=6))

    def show_since(self, text: str) -> None:
        """Say since when the register knows, and from where."""
        self.since.setText(text)

    def show_side(self, side: Side | None) -> None:
        """Show which side counts."""
        self.show_chosen(side)
        say = self._texts.say
        shown = say(_("Result: {value}"), value=self._values[side]) if side else say(_("Result: not decided"))
        self.result.setText(shown)

    def _for_all(self, side: Side, count: int) -> QWidget:
        text = self._texts.say(own_words.ALL_SIDES[side], count=self._texts.number(count))
        button = quiet_button(text)
        button.setAccessibleName(f"{self.accessibleName()}. {text}")
        button.clicked.connect(lambda: self.for_all.emit(side))
        return button


class PersonChoice(_Choice):
    """Who a row is: one of those it may be, somebody new, or nobody for now."""

    def __init__(
        self, candidates: tuple[Candidate, ...], mark: str, context: ModuleContext, parent: QWidget | None = None
    ) -> None:
        self._context, say = context, context.texts.say
        super().__init__(say(_("Who is it?")), parent)
        self._candidates = candidates
        self._facts: dict[UUID, QLabel] = {}
        if mark:
            self.add(plain_label(mark, "strong", wrap=True))
        for candidate in candidates:
            title = own_words.candidate_title(None, context.texts)
            self.add(self.offer(candidate.person_id, title, title))
            self._facts[candidate.person_id] = facts = plain_label("", wrap=True)
            why = plain_label(own_words.reasons(candidate, context.texts), "small", wrap=True)
            for label in (facts, why):
                label.setContentsMargins(current_theme().px(24), 0, 0, 0)
                self.add(label)
        out = say(_("Leave the row out: nobody is protected") if mark else _("Leave the row out"))
        for value, text in ((NEW, say(_("Somebody new"))), (LEFT_OUT, out)):
            self.add(self.offer(value, text, text))
        for button in self.buttons.values():
            button.setAccessibleDescription(mark)

    def show_people(self, known: own_words.Background) -> None:
        """Say who they are and what tells them apart."""
        texts = self._context.texts
        apart = own_words.telling_apart(self._candidates, known, self._context.clock.today(), texts)
        for place, candidate in enumerate(self._candidates, 1):
            card = known.cards.get(candidate.person_id)
            title = own_words.candidate_title(card, texts) if card else texts.say(_("This person is no longer there."))
            button, facts = self.buttons[candidate.person_id], apart.get(candidate.person_id, "")
            button.setText(f"{place}  {title}".replace("&", "&&"))
            button.setAccessibleName(". ".join(filter(None, (title, facts, own_words.reasons(candidate, texts)))))
            button.setEnabled(card is not None)
            self._facts[candidate.person_id].setText(facts)
            self._facts[candidate.person_id].setVisible(bool(facts))


class DecisionPanel(Section):
    """Hidden while the row pointed at asks for nothing. Enter in the list comes here; digits choose."""

    sided = Signal(object, str, str)  # Entry, field, side
    sided_for_all = Signal(str, str)  # field, side
    told = Signal(object, object)  # Entry, a person's id or NEW or LEFT_OUT
    mend = Signal()
    further = Signal()

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        say = context.texts.say
        super().__init__(say(_("To decide")), parent=parent)
        self._context = context
        self._entry: Entry | None = None
        self.person: PersonChoice | None = None
        self.clashes: list[ClashChoice] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(current_theme().px(10))
        self.mend_button = quiet_button(say(_("Save the faulty rows…")), key="Ctrl+S")
        self.mend_hint = plain_label(
            say(_("They come as a file like this one with the reason in its last column. Mend it and bring it in alone.")),
            "dim", wrap=True,
        )  # fmt: skip
        self.next_button = quiet_button(say(_("Next to decide")), key="F8")
        self.add(self._place)
        self.add(column(self.mend_hint, flow(self.mend_button, self.next_button), gap=8))
        self.mend_button.clicked.connect(self.mend)
        self.next_button.clicked.connect(self.further)
        self.hide()

    def show_entry(self, entry: Entry | None, choosing: Choosing | None, *, can_mend: bool = False) -> None:
        """Show what a row asks; nothing where there is nothing to decide."""
        held = self.focusWidget() is not None and self.isAncestorOf(self.focusWidget())
        self._entry = entry
        self._clear()
        asks = entry is not None and choosing is not None and entry.kind in ("clash", "several")
        mends = entry is not None and entry.kind == "faulty" and can_mend
        self.heading.setText(self._context.texts.say(_("To mend") if mends else _("To decide")))
        self.mend_hint.setVisible(mends)
        self.mend_button.setVisible(mends)
        self.next_button.setVisible(asks)
        if asks:
            assert entry is not None and choosing is not None
            self._build(entry, choosing)
        self.setVisible(asks or mends)
        if held and asks:
            self.begin()

    def refresh(self, choosing: Choosing) -> None:
        """Show what is chosen by now."""
        if self._entry is None:
            return
        if self.person is not None:
            self.person.show_chosen(choosing.person(self._entry))
        for clash in self.clashes:
            clash.show_side(choosing.side(self._entry, clash.change.field))

    def begin(self) -> None:
        """Put the focus on the first thing to decide."""
        first = self.person or next(iter(self.clashes), None)
        if first is not None:
            first.begin()
        elif self.mend_button.isVisible():
            self.mend_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, entry: Entry, choosing: Choosing) -> None:
        plan = entry.plan
        assert plan is not None
        if plan.candidates:
            mark = own_words.mark(entry.row.protected if entry.row is not None else "", self._context.texts)
            self.person = PersonChoice(plan.candidates, mark, self._context)
            self.person.chosen.connect(lambda person: self.told.emit(entry, person))
            self._place.addWidget(self.person)
        for change in {change.field: change for change in plan.clashes}.values():
            clash = ClashChoice(change, choosing.sharing(change.field), self._context)
            clash.chosen.connect(partial(self.sided.emit, entry, change.field))
            clash.for_all.connect(partial(self.sided_for_all.emit, change.field))
            self.clashes.append(clash)
            self._place.addWidget(clash)
        self.refresh(choosing)
        done = partial(self._show_background, entry)
        self._context.tasks.read(self, partial(own_words.background, plan=plan), done, self._fail, slot="background")

    def _show_background(self, entry: Entry, known: own_words.Background) -> None:
        if entry is not self._entry:
            return
        if self.person is not None:
            self.person.show_people(known)
        for clash in self.clashes:
            clash.show_since(own_words.since(clash.change.field, known.since, self._context.texts))

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, _("comparing the rows"))

    def _clear(self) -> None:
        self.person, self.clashes = None, []
        while (item := self._place.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def _selectable(text: str) -> QLabel:
    label = plain_label(text, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
