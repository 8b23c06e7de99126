"""The script on the console: one step at a time in large type, its answers under the keys 1 to 9."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from db.models.person import LANGUAGES
from db.texts import _
from desktop.core.texts import Texts
from desktop.modules.phones import script
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.script import Step
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button, choice_button, link_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Card, row
from desktop.widgets.theme import current_theme


@dataclass(frozen=True, slots=True)
class Given:
    """One step taken: which, and the answer chosen there (None: went on without one)."""

    step: int
    answer: int | None


class ScriptCard(Card):
    """Takes the keyboard's focus itself, so that plain digits and Space work there; Escape in the note comes here."""

    suggested = Signal(str)  # the outcome an answer stands for
    moved = Signal()

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._texts, self._say = texts, texts.say
        self._scripts: dict[str, tuple[Step, ...]] = {}
        self._trail: list[Given] = []
        self._at: int | None = None
        self._language = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.place = plain_label("", "small")
        self.language = CodeField()
        self.language.setAccessibleName(self._say(_("Language of the script")))
        self.language.setMinimumContentsLength(6)
        self.back = link_button(self._say(_("Back")))
        self.back.setToolTip("Alt+←")
        self.trail = plain_label("", "small", wrap=True)
        self.said = plain_label("", "script", wrap=True)
        self.answers = QWidget()
        self._flow = FlowLayout(self.answers)
        self.add(row(self.place, self.back, None, self.language))
        for part in (self.said, self.answers, self.trail):
            self.add(part)
        edge = current_theme().px(16)
        self.body.setContentsMargins(edge, current_theme().px(10), edge, edge)
        self.body.setSpacing(current_theme().px(8))
        self.language.activated.connect(lambda _place: self._speak(self.language.code()))
        self.back.clicked.connect(self.step_back)

    # What is shown

    def show_person(self, data: ConsoleData) -> None:
        """Start the script from its first step, in the language chosen for the person."""
        self._scripts = {language: steps for language, steps in data.scripts.items() if steps}
        self.language.set_choices([(code, self._say(LANGUAGES[code])) for code in self._scripts if code in LANGUAGES])
        self.language.set_code(data.spoken)
        self.language.setVisible(len(self._scripts) > 1)
        self._language, self._trail = data.spoken, []
        self._at = 0 if self._steps else None
        self.setVisible(bool(self._steps))
        self._show()

    @property
    def given(self) -> tuple[tuple[str, str], ...]:
        """Steps and answers so far, for the call."""
        steps = self._steps
        return tuple((steps[g.step].id, steps[g.step].answers[g.answer].text) for g in self._trail if g.answer is not None)

    @property
    def path(self) -> list[tuple[int, int | None]]:
        """Where the caller is in the script, to come back there."""
        return [(given.step, given.answer) for given in self._trail]

    def walk(self, path: list[tuple[int, int | None]]) -> None:
        """Take the same way again."""
        for _step, answer in path:
            self._go(answer)
        self._show()

    # Moving

    def answer(self, number: int) -> bool:
        """Give the answer with this number, from 1; False if there is none."""
        step = self._step
        if step is None or not 1 <= number <= len(step.answers):
            return False
        outcome = step.answers[number - 1].outcome
        self._go(number - 1)
        self._show(speak=True)
        if outcome:
            self.suggested.emit(outcome)
        return True

    def forward(self) -> bool:
        """Go on from a step without answers; False where an answer is needed or nothing follows."""
        step = self._step
        if step is None or step.answers or script.follow(self._steps, self._at or 0) is None:
            return False
        self._go(None)
        self._show(speak=True)
        return True

    def step_back(self) -> None:
        """Return to the step before, with the answer given there still marked."""
        if self._trail:
            last = self._trail.pop()
            self._at = last.step
            self._show(chosen=last.answer)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self._scripts.get(self._language, ())

    @property
    def _step(self) -> Step | None:
        return self._steps[self._at] if self._at is not None and self._at < len(self._steps) else None

    def _go(self, answer: int | None) -> None:
        if self._at is None:
            return
        self._trail.append(Given(self._at, answer))
        self._at = script.follow(self._steps, self._at, answer)

    def _speak(self, language: str) -> None:
        """Say the same step in another language, where the scripts are alike; else start anew."""
        old, self._language = self._steps, language
        if [len(step.answers) for step in old] != [len(step.answers) for step in self._steps]:
            self._trail, self._at = [], 0
        self._show(speak=True)

    def _show(self, *, chosen: int | None = None, speak: bool = False) -> None:
        step = self._step
        self.place.setText(self._say(_("Script · step {number}"), number=len(self._trail) + 1))
        self.back.setVisible(bool(self._trail))
        self.said.setText(step.text if step else self._say(_("End of the script. Choose how the call ended.")))
        self.trail.setText(" · ".join(answer for _step, answer in self.given))
        self.trail.setVisible(bool(self.given))
        self._flow.clear()
        for button in self._buttons(step, chosen):
            self._flow.addWidget(button)
        self.answers.setVisible(self._flow.count() > 0)
        self.setAccessibleName(self.said.text())
        if speak:
            announce(self, self.said.text())
        self.moved.emit()

    def _buttons(self, step: Step | None, chosen: int | None) -> list[Button]:
        if step is None:
            return []
        buttons = []
        for number, answer in enumerate(step.answers, 1):
            button = choice_button(answer.text.replace("&", "&&"), str(number))
            button.setChecked(number - 1 == chosen)
            button.clicked.connect(partial(self.answer, number))
            buttons.append(button)
        if not step.answers and script.follow(self._steps, self._at or 0) is not None:
            button = choice_button(self._say(_("Next")), self._say(_("Space")))
            button.clicked.connect(self.forward)
            buttons.append(button)
        return buttons

    # Keys on the card itself; the console passes on those pressed elsewhere

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_0
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if plain and 1 <= number <= script.MOST_ANSWERS and self.answer(number):
            return
        if event.key() == Qt.Key.Key_Space and self.forward():
            return
        if event.key() == Qt.Key.Key_Backspace:
            self.step_back()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(current_theme().ink("accent"), 3))
            painter.drawRoundedRect(
                self.rect().toRectF().adjusted(1.5, 1.5, -1.5, -1.5), current_theme().px(8), current_theme().px(8)
            )
