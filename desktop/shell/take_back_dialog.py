"""Asks before changes are taken back: what returns, what was changed since and stays, what left the house, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy.orm import Session

from db.access import Writable
from db.history import TAKE_BACK, TakenBack, rehearse, take_back
from db.row_changes import RowChanges
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.records import RecordWords
from desktop.shell.change_rows import Columns, counted, read_rows
from desktop.shell.history_lines import HistoryRow, named
from desktop.shell.ways_back import OUTSIDE, Outside
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

SHOWN = 12  # changes named one by one when many are taken back
RETURNS: tuple[tuple[str, Msgid], ...] = (
    ("made", _("Goes again")),
    ("changed", _("Gets its former values")),
    ("removed", _("Comes back")),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """How changes are said, and what of them may be shown: all the dialog needs of the page behind it."""

    change: Callable[[HistoryRow], str]
    outside: Callable[[HistoryRow], Outside | None]
    words: Mapping[str, RecordWords]
    columns: Columns
    writes: Writable  # what the user's roles let them write

    def kept(self, names: Sequence[str], say: Callable[[Msgid], str]) -> list[str]:
        """Names of people as they are, tables by what they are called."""
        return [say(self.words[name].title) if name in self.words else name for name in names]


class TakeBackDialog(RoomyDialog):
    """One change with a look ahead, or several, newest first, each a step of its own that can be taken back again."""

    ended = Signal(list, list)  # what was done, as TakenBack, and the names of what was kept

    def __init__(
        self, context: ModuleContext, lines: Sequence[HistoryRow], wording: Wording, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._say, self._lines, self._wording = context, context.texts.say, tuple(lines), wording
        self._done: list[TakenBack] = []
        self._names: list[str] = []
        self._stopped = self._working = False
        say, texts = self._say, context.texts
        self.setWindowTitle(say(_("Take back")))
        many = ngettext("Take {count} change back, the newest first?", "Take {count} changes back, the newest first?")
        heading = wording.change(lines[0]) if len(lines) == 1 else texts.say_n(many, len(lines))
        self.told = plain_label("", "dim", wrap=True)
        self.facts = Facts()
        self.form = Form()
        self.reason = self.form.add("reason", say(_("Reason")), QLineEdit(), say(_("Kept in the history")))
        self.reason.setMaxLength(300)
        self.ok, self.cancel = primary_button(say(_("Take back"))), quiet_button(say(_("Cancel")))
        self.ok.setDefault(True)
        self.body.addWidget(plain_label(heading, "strong", wrap=True))
        for part in (*self._outside(), self.facts, self.told, self.form):
            self.body.addWidget(part)
        self.below.addLayout(row(None, self.cancel, self.ok))
        self.setMinimumWidth(current_theme().px(460))
        self.ok.clicked.connect(self.take_back)
        self.cancel.clicked.connect(self.reject)
        self.reason.setFocus()
        self._look_ahead()

    def _outside(self) -> list[QWidget]:
        found = {outside for line in self._lines if (outside := self._wording.outside(line)) is not None}
        return [plain_label(self._say(kind.text), tone="warn", wrap=True) for kind in OUTSIDE.values() if kind in found]

    # The look ahead

    def _look_ahead(self) -> None:
        if len(self._lines) > 1:
            words = [f"· {self._wording.change(line)}" for line in self._lines[:SHOWN]]
            rest = len(self._lines) - SHOWN
            if rest > 0:
                words.append(self._context.texts.say_n(ngettext("and {count} more", "and {count} more"), rest))
            words.append(self._say(_("What somebody changed since stays, and is listed when it is done.")))
            self.told.setText("\n".join(words))
            return
        [line] = self._lines
        self.ok.setEnabled(False)
        self.told.setText(self._say(_("Looking at what would return…")))
        read = partial(read_rows, change_set=line.id, words=self._wording.words, columns=self._wording.columns, limit=0)
        self._context.tasks.read(self, read, partial(self._rehearse, line), self._fail, slot="rows")

    def _rehearse(self, line: HistoryRow, found: RowChanges) -> None:
        def work(session: Session) -> tuple[TakenBack, list[str]]:
            told = rehearse(session, line.id)
            return told, named(session, told)

        self._context.tasks.write(self, work, lambda answer: self._show(found, *answer), self._fail, verb=TAKE_BACK)

    def _show(self, found: RowChanges, ahead: TakenBack, names: list[str]) -> None:
        say, texts, words = self._say, self._context.texts, self._wording.words
        facts = [(say(title), counted(found, words, texts, (operation,))) for operation, title in RETURNS]
        facts = [(title, text) for title, text in facts if text]
        if ahead.kept:
            lines = self._wording.kept(names, say)
            facts.append((say(_("Stays")), "\n".join([self._kept(len(ahead.kept)), *(f"· {name}" for name in lines)])))
        self.facts.set(facts)
        nothing = say(_("Nothing of it can be taken back: all of it was changed since, or is gone."))
        self.told.setText("" if ahead.undone else nothing)
        self.told.setVisible(not ahead.undone)
        self.ok.setEnabled(bool(ahead.undone))
        self.fit()

    def _kept(self, count: int) -> str:
        text = ngettext("{count} entry that was changed since:", "{count} entries that were changed since:")
        return self._context.texts.say_n(text, count)

    # The taking back

    def take_back(self) -> None:
        """Take them back, one step each, the newest first."""
        if self._working:
            return
        self._working = True
        self.ok.setEnabled(False)
        self._next()

    def reject(self) -> None:
        """Leave; while changes are being taken back, stop after the one under way."""
        self._stopped = True
        if not self._working:
            super().reject()

    def _next(self) -> None:
        number = len(self._done)
        if self._stopped or number == len(self._lines):
            self._end()
            return
        if len(self._lines) > 1:
            told = _("Taking back {number} of {count}…")
            self.told.setText(self._say(told, number=number + 1, count=len(self._lines)))
        line, reason = self._lines[number], self.reason.text().strip()

        def work(session: Session) -> tuple[TakenBack, list[str]]:
            taken = take_back(session, line.id, reason)
            return taken, named(session, taken)

        self._context.tasks.write(self, work, lambda answer: self._taken(*answer), self._fail, verb=TAKE_BACK)

    def _taken(self, taken: TakenBack, names: list[str]) -> None:
        self._done.append(taken)
        self._names += [name for name in names if name not in self._names]
        self._next()

    def _fail(self, error: Exception) -> None:
        """What was done before stays done; the rest is left."""
        message = self._context.messages.explain(error, _("taking a change back"))
        self.told.setText(f"{message.text} {message.to_do}".strip())
        self.told.show()
        self._working, self._stopped = False, True
        self.ok.setEnabled(False)
        if self._done:
            self.ended.emit(self._done, self._names)
        self.cancel.setText(self._say(_("Close")))
        self.fit()

    def _end(self) -> None:
        self._working = False
        self.ended.emit(self._done, self._names)
        self.accept()
