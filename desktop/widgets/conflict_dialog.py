"""The question after a conflict: field by field, what stood there, what others saved, what is typed here, and which counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from db.texts import Msgid, _
from desktop.core.merging import Clash, Field, Merge
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import TextArea
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, Section, column
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

Choice = Literal["theirs", "mine", "anew"]
NAMES: dict[Choice, Msgid] = {"theirs": _("Theirs"), "mine": _("Mine"), "anew": _("Written anew")}
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
WIDTH = 620  # pixels at 100 %
NAME_ROOM = 140  # pixels at 100 % for what a choice is called
MOST_LINES = 10  # of a stretch of text, before its field scrolls


class ClashCard(Card):
    """One thing both sides changed. Arrows, Space, or 1, 2 and 3 choose; what is typed below is kept whatever is chosen."""

    def __init__(self, clash: Clash, texts: Texts, parent: QWidget | None = None) -> None:
        label = clash.field.label
        if clash.line:
            label = texts.say(_("{field}, from line {number}"), field=label, number=texts.number(clash.line))
        super().__init__(label, parent)
        self.clash, self._say = clash, texts.say
        self.setAccessibleName(label)
        self.edited = False
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(current_theme().px(12))
        self._grid.setVerticalSpacing(current_theme().px(6))
        self._grid.setColumnStretch(1, 1)
        self.add(self._grid)
        self._group = QButtonGroup(self)
        self.buttons: dict[Choice, QRadioButton] = {}
        self._grid.setColumnMinimumWidth(0, current_theme().px(NAME_ROOM))
        before = plain_label(self._say(_("As it was")), "dim")
        before.setContentsMargins(current_theme().px(28), current_theme().px(4), 0, 0)
        self._grid.addWidget(before, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._value(clash.before, "dim"), 0, 1)
        self._offer("theirs", self._value(clash.theirs))
        self._offer("mine", self._value(clash.mine))
        self.field: QLineEdit | TextArea | None = self._editor() if clash.field.free else None
        if self.field is not None:
            self._offer("anew", self.field)
            self.field.setAccessibleName(self._say(_("{field}: written anew"), field=label))
            self.field.textChanged.connect(self._typed)
        self._group.buttonToggled.connect(lambda *_moved: self._stop_at_choice())
        self.choose("mine")

    @property
    def choice(self) -> Choice:
        """What counts."""
        return next(choice for choice, button in self.buttons.items() if button.isChecked())

    @property
    def result(self) -> str:
        """The value that counts."""
        if self.choice == "anew" and self.field is not None:
            return self.field.text()
        return self.clash.theirs if self.choice == "theirs" else self.clash.mine

    def choose(self, choice: Choice) -> None:
        """Let this count."""
        self.buttons[choice].setChecked(True)

    def _stop_at_choice(self) -> None:
        """Tab stops at what is chosen; the others are reached by arrows and digits."""
        for button in self.buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus)

    def _offer(self, choice: Choice, value: QWidget) -> None:
        number, name = len(self.buttons) + 1, self._say(NAMES[choice])
        button = QRadioButton(f"{number}  {name}")
        said = self._shown(getattr(self.clash, choice)) if choice != "anew" else ""
        button.setAccessibleName(f"{self.accessibleName()}. {name}: {said}".rstrip(": "))
        self.buttons[choice] = button
        self._group.addButton(button)
        button.installEventFilter(self)
        self._grid.addWidget(button, number, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, number, 1)

    def _shown(self, value: str) -> str:
        return self.clash.field.shown(value) if value else self._say(_("(nothing)"))

    def _value(self, value: str, role: Literal["body", "dim"] = "body") -> QLabel:
        label = plain_label(self._shown(value), role, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setContentsMargins(0, current_theme().px(4), 0, 0)
        return label

    def _editor(self) -> QLineEdit | TextArea:
        """Begins with what is typed here."""
        clash = self.clash
        if clash.field.lines or "\n" in clash.theirs + clash.mine:
            return TextArea(clash.mine, min(max(2, clash.mine.count("\n") + 1), MOST_LINES))
        return QLineEdit(clash.mine)

    def _typed(self) -> None:
        self.edited = True
        self.choose("anew")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows go round through what can be chosen."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in STEPS:
            offered, here = list(self.buttons), list(self.buttons.values()).index(watched)  # type: ignore[arg-type]
            choice = offered[(here + STEPS[Qt.Key(event.key())]) % len(offered)]
            self.choose(choice)
            self.buttons[choice].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        offered = list(self.buttons)
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < len(offered) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            choice = offered[number]
            self.choose(choice)
            field = self.field if choice == "anew" and self.field is not None else self.buttons[choice]
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            super().keyPressEvent(event)


class ConflictDialog(RoomyDialog):
    """Nothing is saved and nothing is lost until `decided` brings the values to save; closing goes on typing.

    Args:
        told: Who saved what meanwhile, in words.
    """

    decided = Signal(object)  # dict of all fields

    def __init__(self, texts: Texts, told: str, merge: Merge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say, self.merge = texts, texts.say, merge
        say, theme = self._say, current_theme()
        title = say(_("This was changed while you were typing"))
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.px(WIDTH))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        self.told = plain_label(told, wrap=True)
        self.told.setVisible(bool(told))
        self.body.addWidget(self.told)
        todo = _("Choose what counts where both of you changed something. Nothing is saved yet.")
        together = _("You changed different things, so both fit together. Nothing is saved yet.")
        self.todo = plain_label(say(todo if merge.clashes else together), "dim", wrap=True)
        self.body.addWidget(self.todo)
        self.cards = [ClashCard(clash, texts) for clash in merge.clashes]
        for card in self.cards:
            self.body.addWidget(card)
        self._list(_("Taken from the others, where you changed nothing"), merge.theirs, theirs=True)
        self._list(_("Stays as you typed it, where nobody else changed anything"), merge.mine, theirs=False)
        self.body.addStretch(1)
        self.save, self.go_on = primary_button(say(_("Save this")), key="Ctrl+Enter"), quiet_button(say(_("Keep typing")))
        box = QDialogButtonBox()
        box.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.go_on, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._decide)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.save.setDefault(True)
        (self.cards[0].buttons["mine"] if self.cards else self.save).setFocus()

    def ask(self) -> None:
        """Open over its window, and have it read aloud."""
        self.open()
        announce(self, " ".join(filter(None, (self.windowTitle() + ".", self.told.text(), self.todo.text()))))

    def typed(self) -> dict[str, str]:
        """The values of fields for which something was written anew here: so that a crash does not lose them."""
        written = {card.clash.field.key for card in self.cards if card.edited}
        answers = [card.field.text() if card.edited and card.field is not None else card.result for card in self.cards]
        return {key: value for key, value in self.merge.result(answers).items() if key in written}

    def _decide(self) -> None:
        self.accept()
        self.decided.emit(self.merge.result([card.result for card in self.cards]))

    def _list(self, heading: Msgid, fields: Iterable[Field], *, theirs: bool) -> None:
        """What needs no choice."""
        lines = [(one.label, one.theirs if theirs else one.mine, one) for one in fields]
        if not lines:
            return
        section = Section("")
        section.heading.hide()
        section.setAccessibleName(self._say(heading))
        labels = [plain_label(self._say(heading), "heading", wrap=True)]
        for label, value, one in lines:
            shown = one.shown(value) if value else self._say(_("(nothing)"))
            if one.lines:  # what it says can be long, and is not asked about
                shown = self._say(_("several lines")) if "\n" in value else shown
            labels.append(plain_label(self._say(_("{field}: {value}"), field=label, value=shown), wrap=True))
        section.add(column(*labels, gap=4))
        self.body.addWidget(section)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._decide()
        else:
            super().keyPressEvent(event)
