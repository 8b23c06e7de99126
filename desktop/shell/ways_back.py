"""How a line of the history is taken back: by the history, on a page of its own, or not at all; and what stays done. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db.texts import Msgid, _
from desktop.core.manifest import NO_TEXT, OwnUndo, Verb
from desktop.core.texts import Texts
from desktop.shell.history_lines import HistoryRow


@dataclass(frozen=True, slots=True)
class Outside:
    """What of a change is done for good: in a word for its line, and in full."""

    word: Msgid
    text: Msgid


OUTSIDE: dict[str, Outside] = {
    "called": Outside(_("called"), _("Somebody was called. That cannot be taken back; only what was written down goes.")),
    "printed": Outside(_("printed"), _("It was printed. What is on paper stays on paper.")),
    "sent": Outside(_("sent"), _("It was sent. What was sent cannot be called back.")),
    "exported": Outside(_("exported"), _("It was taken out as a file. What became of the file is not known here.")),
    "erased": Outside(_("erased"), _("Who was erased cannot be brought back: nothing of them was kept.")),
}
FINAL = _("This cannot be taken back.")


class WaysBack:
    """The way for each line, for one user."""

    def __init__(self, verbs: Mapping[str, Verb], may: bool, opens: Callable[[str], bool]) -> None:
        """`may`: whether the user takes changes back at all; `opens`: whether a page opens for them."""
        self._verbs, self._may, self._opens = verbs, may, opens

    def by_history(self, line: HistoryRow) -> bool:
        """Whether the history itself takes it back."""
        return self._may and not line.taken_back and self._undoable(line)

    def own(self, line: HistoryRow) -> OwnUndo | None:
        """The page of its own that takes it back, where there is one and it stands."""
        known = self._verbs.get(line.verb)
        undo = known.undo if known is not None and not line.taken_back else None
        return undo if undo is not None and self._opens(undo.page) else None

    def outside(self, line: HistoryRow) -> Outside | None:
        """What of it stays done in any case."""
        known = self._verbs.get(line.verb)
        return OUTSIDE.get(known.outside) if known is not None else None

    def told(self, line: HistoryRow) -> Msgid:
        """What is to be said about taking it back, in full; empty where there is nothing to say."""
        outside = self.outside(line)
        if outside is not None:
            return outside.text
        return NO_TEXT if self._undoable(line) else FINAL

    def short(self, line: HistoryRow, texts: Texts) -> str:
        """The same for the line: what can be done, and the word for what stays."""
        outside, own = self.outside(line), self.own(line)
        word = texts.say(outside.word) if outside is not None else ""
        if line.taken_back:
            act = texts.say(_("Taken back"))
        elif own is not None:
            act = texts.say(own.title)
        elif not self._undoable(line):
            act = texts.say(_("Final"))
        else:
            act = texts.say(_("Take back")) if self._may else ""
        return " · ".join(part for part in (act, word) if part)

    def _undoable(self, line: HistoryRow) -> bool:
        known = self._verbs.get(line.verb)
        return known is None or known.undoable
