"""The console: who is next, the call, and saving it, by keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from db.errors import Conflict, RuleBroken
from db.texts import Msgid, _
from desktop.core.contacting.rules import SENTENCES
from desktop.core.context import ModuleContext
from desktop.modules.phones import console_reading
from desktop.modules.phones.calls import Draft, Saved
from desktop.modules.phones.carried import carried, go_on
from desktop.modules.phones.console_frame import ConsoleFrame
from desktop.modules.phones.console_keys import Keys
from desktop.modules.phones.console_reading import Board, Round
from desktop.modules.phones.hands import Hands
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.queue import why_empty
from desktop.modules.phones.rules import UNDO_SECONDS
from desktop.widgets.banner import announce

AREAS = frozenset({"call_entry", "call_claim", "call_round", "contact_point", "person"})
SETTLE, SECOND = 300, 1000  # milliseconds
SHARE = 10  # of its time a desk spends at most one part looking where everybody stands, however much the others do


@dataclass(frozen=True, slots=True)
class Last:
    """The call saved last, with all that is needed to have it back as it was."""

    saved: Saved
    draft: Draft
    path: list[tuple[int, int | None]]


class ConsolePage(ConsoleFrame):
    """One caller's work in one round. `subject` is an entry to call first, such as that of a callback's task."""

    def __init__(
        self, context: ModuleContext, parent: QWidget | None = None, *, round_id: UUID | None = None, subject: UUID | None = None
    ) -> None:
        super().__init__(context, parent)
        self._context = context
        self._round_id, self._first = round_id, subject
        self._round: Round | None = None
        self._paused = self._pause_soon = self._saving = False
        self._undo: Last | None = None
        self._carried: dict[str, Any] | None = None
        self._board: Board | None = None
        self._took = 0.0  # seconds the last look took
        self.hands = Hands(context, self)
        self.bindings = Keys(self)
        self.queue.picked.connect(self._pick)
        self.queue.pause_wanted.connect(self.pause)
        self.rest.go_on.connect(self._go_on)
        self.call.save_wanted.connect(self.save_and_next)
        self.call.skip_wanted.connect(self.give_back)
        self.call.undo_wanted.connect(self.take_back)
        self._second = QTimer(self, interval=SECOND)
        self._second.timeout.connect(self._tick)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(partial(self._look, hunt=True))
        context.changes.changed.connect(self._heard)
        self._open()

    # Coming and going

    def _open(self) -> None:
        work = partial(console_reading.read_round, round_id=self._round_id, entry_id=self._first)
        self._context.tasks.read(self, work, self._opened, partial(self._failed, doing=_("opening the call round")), slot="round")

    def _opened(self, found: Round) -> None:
        self._round, self._round_id = found, found.id
        self.setWindowTitle(found.title)
        self.queue.show_round(found.title)
        self.call.outcomes.offer(found.outcomes)
        if self._carried:
            self._bring_back(self._carried)
        elif self._first is not None:
            self._pick(self._first)
        else:
            self._next()

    def _next(self) -> None:
        """Ask for whoever is next; only while nobody is on the console."""
        if self._round is not None and self.call.data is None and not self._paused:
            self.hands.next(self._round.id, self._show, partial(self._failed, doing=_("asking for the next person")))

    def _pick(self, entry_id: UUID) -> None:
        """Call this person now; somebody with words already written stays."""
        if self.call.written:
            self._context.messages.say(self._say(_("Save or give back this call first; nothing was lost.")), "warn")
            return
        self._set_paused(False)
        self.hands.pick(entry_id, self._show, self._not_picked)

    def _not_picked(self, error: Exception) -> None:
        self._failed(error, _("choosing a person"))
        self._look()
        self._next()

    def _show(self, data: ConsoleData | None) -> None:
        """Somebody is there, or nobody can be called. The keyboard goes to the note only when it was ours."""
        self.call.data = None
        if data is not None:
            self.call.show_person(data)
            self.side.show_person(data)
            self.hands.keep()
            announce(self, self._say(_("{name}. {who}"), name=data.name, who=self.call.header.who.text()))
        self.place_side()
        self.middle.setCurrentWidget(self.call if data is not None else self.rest)
        if data is not None and self.isVisible():
            self.call.note.setFocus()
        self._tick()
        self._look()

    def give_back(self) -> None:
        """Let somebody else call this person; asks nothing when nothing was written."""
        if self.call.data is None:
            return
        if self.call.written:
            self.call.tell_slip("outcome", self._say(_("There is something written. Say how the call ended, then save.")))
            return
        self.hands.give_back()
        self._set_paused(True)
        self._show(None)

    # Saving

    def save_and_next(self) -> None:
        """Log the call and bring the next person, in one step."""
        data = self.call.data
        if data is None or self._saving or self._round is None:
            return
        try:
            draft = self.call.draft()
        except RuleBroken as slip:
            self._not_saved(slip)
            return
        self._saving = True
        self.call.save.setEnabled(False)
        desk = None if self._pause_soon else self.hands.desk
        work = partial(console_reading.save_and_next, data=data, draft=draft, context=self._context, desk=desk)
        done, failed = partial(self._saved, draft), self._not_saved
        self._context.tasks.write(self, work, done, failed, verb="log_call")

    def _saved(self, draft: Draft, answer: tuple[Saved, ConsoleData | None]) -> None:
        self._saving = False
        self.call.save.setEnabled(True)
        self._undo = Last(answer[0], draft, self.call.script.path)
        self._set_paused(self._pause_soon)
        self._show(answer[1])
        if answer[0].against:
            told = self._say(_("The call is saved. {why}"), why=self._say(SENTENCES[answer[0].against]))
            self._context.messages.say(told, "warn")

    def _not_saved(self, error: Exception) -> None:
        """Everything stays where it is; a slip is shown at its place."""
        self._saving = False
        self.call.save.setEnabled(True)
        if isinstance(error, RuleBroken):
            words = self._say(error.what, **error.values), self._say(error.to_do, **error.values)
            self.call.tell_slip(error.field, " ".join(words))
            return
        self._failed(error, _("saving the call"))
        if isinstance(error, Conflict) and self.call.data is not None:
            work = partial(console_reading.read_again, entry_id=self.call.data.entry_id, context=self._context)
            self._context.tasks.read(self, work, self.call.renew, partial(self._failed, doing=_("reading again")), slot="again")

    def take_back(self) -> None:
        """Undo the call saved last, for half a minute; the person comes back with all that was written."""
        if self._undo is None or self._undo_left() <= 0 or self._saving:
            return
        if self.call.written:
            self._context.messages.say(self._say(_("Save or give back this call first; nothing was lost.")), "warn")
            return
        last = self._undo
        self._saving = True
        work = partial(console_reading.take_back, saved=last.saved, context=self._context, desk=self.hands.desk)
        self._context.tasks.write(self, work, partial(self._taken_back, last), self._not_taken_back, verb="take_back")

    def _taken_back(self, last: Last, data: ConsoleData | None) -> None:
        self._saving, self._undo = False, None
        self._set_paused(False)
        self._show(data)
        if data is not None:
            self.call.script.walk(last.path)
            self.call.restore(last.draft)
            self.call.note.setFocus()
            announce(self, self._say(_("Taken back. {name} is here again."), name=data.name))

    def _not_taken_back(self, error: Exception) -> None:
        self._saving, self._undo = False, None
        self._failed(error, _("taking back the call"))
        self._tick()

    def _undo_left(self) -> int:
        if self._undo is None:
            return 0
        return UNDO_SECONDS - int(abs(self._context.clock.now() - self._undo.saved.at).total_seconds())

    # Pausing

    def pause(self) -> None:
        """Rest now, or after this call when something is written; press again to go on."""
        if self._paused:
            self._go_on()
        elif self.call.data is not None and (self.call.written or self._saving):
            self._pause_soon = not self._pause_soon
            self.queue.show_pause(self._paused, self._pause_soon)
            words = _("You rest after this call.") if self._pause_soon else _("The next person comes after this call.")
            self._context.messages.say(self._say(words))
        else:
            self.hands.give_back()
            self._set_paused(True)
            self._show(None)

    def _go_on(self) -> None:
        self._set_paused(False)
        self._next()

    def _set_paused(self, paused: bool) -> None:
        self._paused, self._pause_soon = paused, False
        self.queue.show_pause(paused, False)
        self._tell_rest()

    # What goes on around

    def _heard(self, moved: Any) -> None:
        if not AREAS.isdisjoint(moved.areas) and self.isVisible() and not self._settle.isActive():
            self._settle.start(max(SETTLE, int(SHARE * self._took * 1000)))

    def _look(self, *, hunt: bool = False) -> None:
        """Read where everybody stands; never touches what is being typed. With `hunt`, call whoever has become ready."""
        if self._round is not None:
            work = partial(console_reading.read_board, round_id=self._round.id, desk=self.hands.desk, context=self._context)
            seen = partial(self._seen, hunt=hunt, asked=monotonic())
            self._context.tasks.read(self, work, seen, partial(self._failed, doing=_("reading the queue")), slot="board")

    def _seen(self, board: Board, *, hunt: bool, asked: float) -> None:
        self._board, self._took = board, monotonic() - asked
        self.queue.show_counts(board.counts, board.shift)
        self.queue.show_promises(board.promises)
        self._tell_rest()
        if hunt and board.counts.due and self.call.data is None and not self._paused and self.isVisible():
            self._next()

    def _tell_rest(self) -> None:
        """Why nobody is on the console."""
        if self._board is None:
            return
        counts = self._board.counts
        sentences = [self._say(text, **values) for text, values in why_empty(counts)]
        if counts.next_at is not None and sentences and not counts.claimed:
            at = self._context.texts.moment(counts.next_at)
            sentences.append(self._say(_("The next can be called at {moment}."), moment=at))
        self.rest.show_state(self._paused, sentences, bool(counts.due))

    def _tick(self) -> None:
        self.call.tick()
        left = self._undo_left()
        for button in (self.call.undo, self.rest.undo):
            button.setVisible(left > 0)
            if left > 0 and self._undo is not None:
                name = self._undo.saved.name
                words = self._say(_("{seconds} s · Ctrl+Z takes back the call with {name}"), name=name, seconds=left)
                button.setText(words.replace("&", "&&"))
        if left <= 0:
            self._undo = None
        if self.call.data is None and not self._paused and self._context.clock.now().second % 20 == 0:
            self._look(hunt=True)

    def _failed(self, error: Exception, doing: Msgid) -> None:
        self._context.messages.show(error, doing)

    # The window around

    def unsaved(self) -> bool:
        """Whether a call is under way whose words would be lost."""
        return self.call.written

    def state(self) -> dict[str, Any] | None:
        """The call under way, for the page built in this one's place; the claim goes with it."""
        if (draft := self.draft()) is not None:
            self.hands.hand_over()
        return draft

    def draft(self) -> dict[str, Any] | None:
        """The same in plain values, while this page goes on."""
        call = carried(self.call)
        return {**call, "token": self.hands.token} if call is not None else None

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with the call of the page this one replaces."""
        self._carried = state
        self.hands.take_over(state["token"])
        if self._round is not None:
            self._bring_back(state)

    def _bring_back(self, state: dict[str, Any]) -> None:
        def shown(data: ConsoleData | None) -> None:
            self._carried = None
            self._show(data)
            if data is not None:
                go_on(self.call, state)

        self.hands.pick(state["entry"], shown, self._not_picked)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()
        self._look(hunt=True)
        if self.call.data is not None:
            self.call.note.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leaving with nothing written gives the person back at once; a call under way stays ours."""
        super().hideEvent(event)
        if event.spontaneous():
            return
        self._second.stop()
        on_call = self.call.data is not None and (self.call.written or self._saving)
        self.hands.leave(on_call=on_call)
        if not on_call:
            self.call.data = None
            self.middle.setCurrentWidget(self.rest)
            self.place_side()
