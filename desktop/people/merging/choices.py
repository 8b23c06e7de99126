"""What a choice about two records is made with: one of two values, and a line that is ticked or not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.fields import LABELS
from desktop.people.merging.sides import JOINED, FieldPair, Side, Value
from desktop.widgets.labels import plain_label
from desktop.widgets.theme import current_theme

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
INDENT = 39  # pixels at 100 % of values that are not chosen, below those that are
HEADS = {"stays": _("Stays"), "goes": _("Goes into it")}


def shown(key: str, value: Value, texts: Texts) -> str:
    """The value of a field as people read it."""
    if not value:
        return ""
    if isinstance(value, str):
        return words.language(value, texts) if key == "language" else value
    return texts.day(value)


class Beside(QLabel):
    """Words beside a button that has none, since those of a button do not wrap; a click on them is one on it."""

    def __init__(self, text: str, button: QCheckBox | QRadioButton, *, dim: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(True)
        self.setMinimumWidth(1)
        if dim:
            self.setProperty("role", "dim")
        self._button = button
        self.setContentsMargins(0, current_theme().px(2), 0, 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._button.click()


class TickLine(QWidget):
    """One thing that is ticked or not, with a remark below it."""

    toggled = Signal(bool)

    def __init__(self, text: str, spoken: str, *, on: bool, remark: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox()
        self.box.setChecked(on)
        self.box.setAccessibleName(f"{text}. {spoken}")
        self.box.setAccessibleDescription(remark)
        self.box.toggled.connect(self.toggled)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(current_theme().px(8))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.box, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Beside(text, self.box), 0, 1)
        if remark:
            grid.addWidget(plain_label(remark, "small", wrap=True), 1, 1)


class FieldChoices(QWidget):
    """The fields of two records side by side; where both know something else, one of the values is chosen."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(current_theme().px(16))
        self._grid.setVerticalSpacing(current_theme().px(6))
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)
        self.buttons: dict[tuple[str, Side], QRadioButton] = {}
        self._groups: list[QButtonGroup] = []

    def choices(self) -> dict[str, Side]:
        """The side chosen for each field that is open."""
        return {key: side for (key, side), button in self.buttons.items() if button.isChecked()}

    def show_pairs(self, pairs: tuple[FieldPair, ...], chosen: dict[str, Side]) -> None:
        """Show these; what was chosen stays chosen, the suggestion holds for the others."""
        self._clear()
        for column, head in enumerate(HEADS.values(), 1):
            self._grid.addWidget(plain_label(self._say(head), "heading"), 0, column)
        line = 1
        for pair in pairs:
            if pair.stays or pair.goes:
                name = plain_label(self._say(LABELS[pair.key]), "dim", wrap=True)
                name.setContentsMargins(0, current_theme().px(5 if pair.open else 0), 0, 0)
                self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
                line += self._offer(pair, line, chosen.get(pair.key, pair.suggested)) if pair.open else self._tell(pair, line)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons, self._groups = {}, []

    def _tell(self, pair: FieldPair, line: int) -> int:
        """Both say the same, or only one knows it: nothing is to be chosen."""
        for column, value in ((1, pair.stays), (2, pair.goes)):
            label = plain_label(
                shown(pair.key, value, self._texts) or self._say(_("not known")), "body" if value else "dim", wrap=True
            )
            label.setContentsMargins(current_theme().px(INDENT), 0, 0, 0)
            self._grid.addWidget(label, line, column, Qt.AlignmentFlag.AlignTop)
        return 1

    def _offer(self, pair: FieldPair, line: int, chosen: Side) -> int:
        group = QButtonGroup(self)
        group.buttonToggled.connect(self._stop_at_choice)
        self._groups.append(group)
        sides: list[tuple[Side, str, int, int]] = [
            ("stays", shown(pair.key, pair.stays, self._texts), line, 1),
            ("goes", shown(pair.key, pair.goes, self._texts), line, 2),
        ]
        if pair.key in JOINED:
            sides.append(("both", self._say(_("Both")), line + 1, 1))
        for side, text, row, column in sides:
            button = QRadioButton()
            head = "" if side == "both" else f" ({self._say(HEADS[side])})"
            button.setAccessibleName(f"{self._say(LABELS[pair.key])}: {text}{head}")
            group.addButton(button)
            button.setChecked(side == chosen)
            self.buttons[pair.key, side] = button
            button.installEventFilter(self)
            box = QWidget()
            across = QHBoxLayout(box)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(current_theme().px(6))
            across.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            across.addWidget(Beside(text, button), 1)
            self._grid.addWidget(box, row, column, Qt.AlignmentFlag.AlignTop)
        self._stop_at_choice()
        return len(sides) - 1

    def _stop_at_choice(self, *_moved: object) -> None:
        """Tab stops at what is chosen; the other values are reached by arrows."""
        for button in self.buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows go round through the values of a field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in STEPS:
            return False
        key = next(key for (key, _side), button in self.buttons.items() if button is watched)
        offered = [button for (name, _side), button in self.buttons.items() if name == key]
        here = next(place for place, button in enumerate(offered) if button is watched)
        chosen = offered[(here + STEPS[Qt.Key(event.key())]) % len(offered)]
        chosen.setChecked(True)
        chosen.setFocus(Qt.FocusReason.TabFocusReason)
        return True
