"""The change pointed at in the history: its words, its facts, its rows, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.database import own_change_set
from db.putting_back import NOT_YOURS, PUT_BACK, Back, put_back, why_not
from db.row_changes import AT_MOST, RowChange, RowChanges
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.shell.acts import take_back_now
from desktop.shell.change_rows import ChangeRows, counted, read_rows
from desktop.shell.history_lines import HistoryRow
from desktop.shell.take_back_dialog import Wording
from desktop.shell.ways_back import WaysBack
from desktop.widgets.buttons import link_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, column, flow, side_panel
from desktop.widgets.theme import current_theme

MORE = 5  # times as many rows with each asking


class HistoryPanel(QWidget):
    """Shows one change; `wanted` asks for it to be taken back, which the page does."""

    wanted = Signal()

    def __init__(self, context: ModuleContext, wording: Wording, ways: WaysBack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._wording, self._ways = context, context.texts.say, wording, ways
        self._line: HistoryRow | None = None
        self._limit = AT_MOST
        self._may = context.may("shell.take_back")
        say = self._say
        self.what, self.facts, self.kept = plain_label("", "strong", wrap=True), Facts(), plain_label("", "dim", wrap=True)
        self.outside = plain_label("", tone="warn", wrap=True)
        self.rows = ChangeRows(context.texts, wording.words)
        self.more = link_button(say(_("Show more rows")))
        self.button = quiet_button(say(_("Take back…")), key="T", icon="undo")
        self.line_button = quiet_button(say(_("Take this line back")), icon="undo")
        self.line_told, self.row_count = plain_label("", "dim", wrap=True), plain_label("", "dim", wrap=True)
        body = column(
            self.what, self.facts, self.outside, flow(self.button, self.line_button), self.line_told, self.kept, self.row_count, self.rows,
            self.more, gap=12,
        )  # fmt: skip
        body.setStretch(body.indexOf(self.rows), 1)
        body.addStretch(0)  # takes the room while there are no rows
        self.side = side_panel(body)
        inner = self.side.widget()
        if inner is not None and isinstance(around := inner.layout(), QVBoxLayout):
            around.setStretch(0, 1)
            around.setStretch(1, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.side)
        self.setMinimumWidth(current_theme().px(260))
        self.button.clicked.connect(self.wanted)
        self.line_button.clicked.connect(self.take_line_back)
        self.more.clicked.connect(self._read_more)
        self.rows.pointed.connect(self._offer)
        self.tell_kept(0, ())
        self.show_line(None)

    def show_line(self, line: HistoryRow | None) -> None:
        """Show this change."""
        say, texts, fresh = self._say, self._context.texts, line is None or self._line is None or line.id != self._line.id
        self._line = line
        own = self._ways.own(line) if line is not None else None
        self.button.setText(say(own.title if own is not None else _("Take back…")))
        self.button.setEnabled(own is not None or (line is not None and self._ways.by_history(line)))
        self.what.setText(self._wording.change(line) if line else say(_("Choose a line to see more.")))
        told = self._ways.told(line) if line is not None else NO_TEXT
        self.outside.setText(say(told) if told else "")
        self.outside.setVisible(bool(told))
        self.facts.set(self._facts(line) if line else [])
        if line is not None and fresh:
            self._limit = AT_MOST
            self.tell_kept(0, ())
        if line is None:
            self._show(None)
        else:
            self._read(line)
        self.setAccessibleName(texts.say(_("Change")))

    def tell_kept(self, count: int, names: Sequence[str]) -> None:
        """Say what was changed since and stays."""
        text = ngettext("{count} entry was touched since and stays:", "{count} entries were touched since and stay:")
        lines = [f"· {name}" for name in self._wording.kept(names, self._say)]
        self.kept.setText("\n".join([self._context.texts.say_n(text, count), *lines]) if count else "")
        self.kept.setVisible(bool(count))

    def _facts(self, line: HistoryRow) -> list[tuple[str, str]]:
        say, texts = self._say, self._context.texts
        facts = [(say(_("When")), texts.moment(line.at)), (say(_("By")), line.actor_name), (say(_("Id")), line.id.hex[-12:])]
        if reason := str((line.details or {}).get("reason", "")):
            facts.append((say(_("Reason")), reason))
        if line.taken_back:
            facts.append((say(_("State")), say(_("Taken back"))))
        return facts

    def _read(self, line: HistoryRow) -> None:
        wording = self._wording
        work = partial(read_rows, change_set=line.id, words=wording.words, columns=wording.columns, limit=self._limit)
        fail = partial(self._context.messages.show, doing=_("loading what was changed"))
        self._context.tasks.read(self, work, self._show, fail, slot="rows")

    def _read_more(self) -> None:
        self._limit *= MORE
        if self._line is not None:
            self._read(self._line)

    def _show(self, found: RowChanges | None) -> None:
        self.rows.show_rows(found)
        shown = found is not None and bool(found.rows)
        self.rows.setVisible(shown)
        text = counted(found, self._wording.words, self._context.texts) if found is not None else ""
        self.row_count.setText(text)
        self.row_count.setVisible(bool(text))
        self.more.setVisible(found is not None and found.total > len(found.rows))
        self._offer()

    # One line

    def _offer(self) -> None:
        """Offer the line under the cursor, or say why it stays."""
        at = self.rows.current() if not self.rows.isHidden() else None
        reason = self._why_not(*at) if at is not None else None
        self.line_button.setVisible(self._may and not self.rows.isHidden())
        self.line_button.setEnabled(at is not None and reason is None)
        self.line_told.setText(self._say(reason) if reason is not None else "")
        self.rows.setAccessibleDescription(self.line_told.text())
        self.line_told.setVisible(self._may and reason is not None)

    def _why_not(self, change: RowChange, column: str) -> Msgid | None:
        return why_not(change, column, self._wording.words[change.area].back, self._wording.writes) if self._may else NOT_YOURS

    def take_line_back(self) -> None:
        """Put back the value, or the row, under the cursor."""
        at, text = self.rows.current(), self.rows.current_text()
        if at is None or self._why_not(*at) is not None:
            return
        change, column = at
        back = self._wording.words[change.area].back
        assert isinstance(back, Back)
        fail = partial(self._context.messages.show, doing=_("taking a line back"))
        work = partial(_put_back, change=change, column=column, back=back)
        self._context.tasks.write(self, work, partial(self._put, text), fail, verb=PUT_BACK)

    def _put(self, text: str, change_set: object) -> None:
        messages = self._context.messages
        messages.say(
            self._say(_("Taken back: {what}"), what=text),
            action_text=self._say(_("Do it again")),
            action=partial(take_back_now, self._context, messages, change_set),  # type: ignore[arg-type]
        )


def _put_back(session: Session, change: RowChange, column: str, back: Back) -> object:
    put_back(session, change, column, back)
    return own_change_set(session)
