"""The middle of the console: the person, the script, the note, how it ended, and saving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from db.errors import RuleBroken
from db.texts import _
from desktop.core.contacting.handing import hand_off_contact
from desktop.core.context import ModuleContext
from desktop.modules.phones import words
from desktop.modules.phones.callback_field import CallbackField
from desktop.modules.phones.calls import Draft
from desktop.modules.phones.outcome_bar import CALLBACKS, OutcomeBar
from desktop.modules.phones.person_header import PersonHeader
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.rules import TOPICS, Outcome
from desktop.modules.phones.script_card import ScriptCard
from desktop.widgets.buttons import link_button, primary_button, quiet_button
from desktop.widgets.form import CodeField, TextArea
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, row, rule, scrolling
from desktop.widgets.theme import current_theme

LEAST, LOW = 300, 480  # pixels at 100 %: the least height, and below what the head scrolls away
START, END, RESUME = _("Start call"), _("End call"), _("Call again")


class Note(TextArea):
    """What the caller writes. Escape goes to the script and loses nothing; an empty note leaves Ctrl+Z to the page."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._is_for_the_page(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self._is_for_the_page(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_for_the_page(self, event: QEvent) -> bool:
        undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        return undo and not self.document().isUndoAvailable()


@dataclass(slots=True)
class Clock:
    """The times of one call: seen, begun and ended; what was not pressed is not known."""

    shown: datetime
    started: datetime | None = None
    ended: datetime | None = None

    def press(self, now: datetime) -> None:
        """Begin, end, or begin again."""
        if self.started is None or self.ended is not None:
            self.started, self.ended = now, None
        else:
            self.ended = now


class CallView(QWidget):
    """Holds one call until it is saved. Nothing typed here is ever thrown away but by `show_person`."""

    save_wanted = Signal()
    skip_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.data: ConsoleData | None = None
        self.clock: Clock | None = None
        texts = context.texts
        self.header = PersonHeader(texts)
        self.script = ScriptCard(texts)
        self.note = Note(lines=3)
        self.note.setAccessibleName(self._say(_("Note")))
        self.topic = CodeField([("", self._say(_("Question about…"))), *((c, self._say(t)) for c, t in TOPICS.items())])
        self.topic.setAccessibleName(self._say(_("Question about")))
        self.outcomes = OutcomeBar(texts)
        self.callback = CallbackField(texts, context.clock)
        self.callback.hide()
        self.slip = plain_label("", "strong", wrap=True, tone="bad")
        self.slip.hide()
        self.undo = link_button("")
        self.undo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.undo.hide()
        self.skip = quiet_button(self._say(_("Give back")))
        self.save = primary_button(self._say(_("Save and next")), key="Ctrl+Enter")
        self._lay_out()
        self.note.left.connect(lambda: self.script.setFocus() if self.script.isVisible() else self.outcomes.setFocus())
        self.note.textChanged.connect(self.clear_slip)
        self.script.suggested.connect(self._suggest)
        self.outcomes.chosen.connect(self._chosen)
        self.callback.changed.connect(self.clear_slip)
        self.header.dialled.connect(self.dial)
        self.header.number_chosen.connect(self._say_who)
        self.save.clicked.connect(self.save_wanted)
        self.skip.clicked.connect(self.skip_wanted)
        self.undo.clicked.connect(self.undo_wanted)

    def _lay_out(self) -> None:
        say, theme = self._say, current_theme()
        note, ended = plain_label(say(_("Note")), "heading"), plain_label(say(_("Outcome")), "heading")
        note.setBuddy(self.note)
        inner = self._inner = QWidget()
        body = QVBoxLayout(inner)
        edge = theme.px(24)
        body.setContentsMargins(edge, theme.px(12), edge, theme.px(8))
        body.setSpacing(theme.px(12))
        written = column(row(note, None, self.topic), self.note, gap=6)
        for part in (self.header, self.script):
            body.addWidget(part)
        body.addLayout(written)
        body.addLayout(column(ended, self.outcomes, gap=6))
        body.addWidget(self.callback)
        self.annex = column(gap=0)  # where the side goes when the window is narrow
        body.addLayout(self.annex)
        body.addStretch(1)
        bottom = self._bottom = row(self.undo, row(None, self.skip, self.save, gap=10), gap=4)
        bottom.setStretch(0, 1)
        bottom.setContentsMargins(edge, theme.px(8), edge, theme.px(10))
        self.save.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.skip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.slip.setContentsMargins(edge, theme.px(8), edge, 0)
        self._area = scrolling(inner)
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keep_in_sight)
        self.who = plain_label("", "strong", wrap=True)
        self.who.setContentsMargins(edge, theme.px(8), edge, theme.px(6))
        self.who.hide()
        layout = column(self.who, self._area, rule(), self.slip, bottom, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), current_theme().px(LEAST))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and hasattr(self, "_bottom"):
            self._place_undo()
        return super().event(event)

    def _place_undo(self) -> None:
        """What takes back the last call stands beside the buttons, or above them where it would be cut.

        In a low window, where the head of the page scrolls away, a line above it goes on saying who is called.
        """
        self.who.setVisible(self.height() < current_theme().px(LOW))
        need = sum(button.sizeHint().width() for button in (self.undo, self.skip, self.save)) + current_theme().px(80)
        wide = self.width() >= need
        self._bottom.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _keep_in_sight(self, *_moved: object) -> None:
        """Scroll to whatever has the keyboard, such as the note in a low window."""
        field = self.window().focusWidget()
        if field is not None and self._inner.isAncestorOf(field):
            edge = current_theme().px(12)
            for corner in (field.rect().bottomLeft(), field.rect().topLeft()):
                place = field.mapTo(self._inner, corner)
                self._area.ensureVisible(place.x(), place.y(), 0, edge)

    # One person

    def show_person(self, data: ConsoleData) -> None:
        """Begin with somebody: an empty note, no outcome, the clock at rest. The note gets the keyboard."""
        self.data, self.clock = data, Clock(self._context.clock.now())
        self.header.show_person(data)
        self.script.show_person(data)
        self.note.clear()
        self.topic.setCurrentIndex(0)
        self.callback.clear()
        self.outcomes.choose("")
        self.clear_slip()
        self.tick()
        self.setAccessibleName(data.name)
        self._say_who()

    def _say_who(self) -> None:
        if self.data is not None:
            self.who.setText(" · ".join((self.data.name, self.header.shown.text())))

    def renew(self, data: ConsoleData) -> None:
        """Take on what is stored by now about the same person; what was typed stays."""
        self.data = data

    @property
    def written(self) -> bool:
        """Whether there is anything of the caller's that would be lost."""
        return bool(self.data and (self.note.text().strip() or self.outcomes.code or self.script.given or self.on_line))

    @property
    def on_line(self) -> bool:
        """Whether the clock of a call runs."""
        return bool(self.clock and self.clock.started and not self.clock.ended)

    def draft(self, *, finished: bool = True) -> Draft:
        """The call as it stands; one that is not `finished` may still have a time nobody understands.

        Raises:
            RuleBroken: the time typed for a callback is none.
        """
        assert self.data is not None and self.clock is not None  # only asked for while somebody is shown
        now = self._context.clock.now()
        started = self.clock.started or self.clock.shown
        needs_time = bool(self.outcomes.rule and self.outcomes.rule.callback)
        if finished and needs_time and self.callback.line.text().strip() and self.callback.moment() is None:
            raise RuleBroken(_("This time is not understood yet."), _("Write when, such as “tomorrow 10”."), field="callback")
        mine = self.callback.mine.isChecked()
        code, number = _whose(self.outcomes.rule, mine), self.header.number
        return Draft(
            round_id=self.data.round_id,
            outcome=code,
            started=started,
            ended=self.clock.ended or now,
            note=self.note.text().strip(),
            answers=self.script.given,
            topics=(self.topic.code(),) if self.topic.code() else (),
            contact_point_id=number.id if number else None,
            callback_at=self.callback.moment() if needs_time else None,
            callback_mine=mine,
            promise=self._say(_("Call back")) if needs_time else words.outcome(code, self._context.texts),
        )

    def restore(self, draft: Draft) -> None:
        """Bring back what a call held that was taken back."""
        self.note.setText(draft.note)
        self.topic.set_code(draft.topics[0] if draft.topics else "")
        self.outcomes.choose(draft.outcome)
        if draft.callback_at is not None:
            self.callback.line.setText(draft.callback_at.astimezone(self._context.clock.zone).strftime("%Y-%m-%d %H:%M"))
            (self.callback.mine if draft.callback_mine else self.callback.anyone).setChecked(True)
        if draft.contact_point_id is not None:
            self.header.choose(draft.contact_point_id)
        if self.clock is not None:
            self.clock = replace(self.clock, started=draft.started, ended=draft.ended)
        self.tick()

    # What happens during the call

    def dial(self) -> None:
        """Hand the number to the telephone program if the person still may be called, unless the call is on: then end it."""
        data, number = self.data, self.header.number
        if self.clock is None or data is None or number is None:
            return
        if self.on_line:
            self._press(data)
            return
        scheme = self._context.settings.get("core.hand_off")
        hand_off_contact(
            self._context,
            self,
            data.person_id,
            "phone",
            f"{scheme}:{number.dial}" if scheme != "none" else "",
            purpose=data.purpose,
            asked=data.callback_at is not None,
            begun=partial(self._press, data),
            nobody=_("No telephone program took the number. Dial it by hand."),
        )

    def _press(self, data: ConsoleData) -> None:
        """Begin or end the call with this person, if they are still the one who is shown."""
        if self.clock is not None and self.data is not None and self.data.person_id == data.person_id:
            self.clock.press(self._context.clock.now())
            self.tick()

    def tick(self) -> None:
        """Let the clock show this moment."""
        if self.clock is None:
            return
        now, clock = self._context.clock.now(), self.clock
        if clock.started is None:
            self.header.show_state("", "", START)
            return
        text = words.clock(int(((clock.ended or now) - clock.started).total_seconds()))
        if clock.ended is None:
            self.header.show_state(self._say(_("On the line {time}"), time=text), "accent", END)
        else:
            after = words.clock(int((now - clock.ended).total_seconds()))
            state = _("Call {time} · after the call {after}")
            self.header.show_state(self._say(state, time=text, after=after), "dim", RESUME)

    def choose(self, code: str) -> None:
        """An outcome by its key."""
        self.outcomes.choose(code)

    def tell_slip(self, field: str, text: str) -> None:
        """Say what keeps the call from being saved, and go there."""
        if field == "callback":
            self.callback.show_slip(text)
        elif field == "note":
            self.note.setFocus()
        elif field == "outcome":
            next(iter(self.outcomes.buttons.values()), self.outcomes.other).setFocus()
        self.slip.setText(text)
        self.slip.show()

    def clear_slip(self) -> None:
        """The caller is at it again."""
        self.slip.hide()

    def _suggest(self, code: str) -> None:
        """What an answer stands for; an outcome chosen by hand is not overruled by a later chat."""
        self.outcomes.choose(code)

    def _chosen(self, _code: str) -> None:
        rule_ = self.outcomes.rule
        asks = bool(rule_ and rule_.callback)
        self.callback.setVisible(asks)
        self.clear_slip()
        if asks and self.data is not None:
            self.callback.line.setFocus()


def _whose(rule_: Outcome | None, mine: bool) -> str:
    """The code that is saved: a promise of my own, or anyone's."""
    if rule_ is None:
        return ""
    return CALLBACKS[0 if mine else 1] if rule_.code in CALLBACKS else rule_.code
