"""The list of call rounds: how far each has come, who cannot be called, and which programmes lack a caller."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.modules.phones import console_reading, rounds
from desktop.modules.phones.console_reading import Board
from desktop.modules.phones.queue import STANDING, why_empty
from desktop.modules.phones.queue_panel import Figures, QueuePanel
from desktop.modules.phones.rounds import Coverage, RoundFilter, RoundRow
from desktop.modules.phones.standing import Desk
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_news import NewsBar
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import PageHeader, Section, column, flow, side_panel, splitter
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme

STATES = {"open": _("Under way"), "closed": _("Closed")}
MOST_PROGRAMMES = 8  # shown; those with most people waiting


def _progress(row: RoundRow, texts: Texts) -> str:
    if row.kind == "hotline":
        return ""
    return texts.say(_("{done} of {total}"), done=texts.number(row.done), total=texts.number(row.total))


ROUNDS = ListSpec(
    query=rounds.rounds_query,
    row=RoundRow,
    columns=(
        Column(_("Call round"), lambda row, texts: row.title, "title_sort", 260, strong=True),
        Column(_("Kind"), lambda row, texts: texts.say(rounds.KINDS[row.kind]), "kind", 150),
        Column(_("Called"), _progress, "total", 110),
        Column(_("Made"), lambda row, texts: texts.day(row.made_at), "made_at", 110),
        Column(_("State"), lambda row, texts: texts.say(STATES[row.state]), "state_sort", 90),
    ),
    start=3,
    start_down=True,
    areas=("call_round", "call_entry"),
)


class RoundsPage(QWidget):
    """Enter opens the round that is pointed at; on the right stands how it is doing."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._id: UUID | None = None
        say = self._say
        self.new = primary_button(say(_("New call round…")))
        if not context.may("phones.plan"):
            self.new.hide()
        self.closed = quiet_button(say(_("Show closed rounds")))
        self.closed.setCheckable(True)
        self.header = PageHeader(say(_("Phone duty")), actions=(self.closed, self.new))
        self.model = QueryModel(ROUNDS, context, self)
        self.table = ListView(self.model, say(_("Call rounds")), ROUNDS.start, ticks=False)
        hint = say(_("Make one here, or choose people in the list of people and add them to a round."))
        self.table.set_empty(EmptyState(say(_("There is no call round yet.")), hint))
        self.side = RoundSide(context)
        self._lay_out()
        self.setFocusProxy(self.table)
        self.new.clicked.connect(lambda: context.navigate("phones.form"))
        self.closed.toggled.connect(lambda on: self.model.show(RoundFilter(closed=on)))
        self.table.opened.connect(self.open)
        self.table.pointed_at.connect(self._point)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(lambda error: context.messages.show(error, _("loading the call rounds")))
        self.side.start.clicked.connect(lambda: self.open(self._id))
        self.side.change.clicked.connect(lambda: context.navigate("phones.form", round_id=self._id))
        self.side.close_round.clicked.connect(self._switch)
        self.model.show(RoundFilter())

    def _lay_out(self) -> None:
        edge = current_theme().px(20)
        left = QWidget()
        body = QVBoxLayout(left)
        body.setContentsMargins(edge, edge, edge, 0)
        body.setSpacing(current_theme().px(12))
        body.addWidget(self.header)
        body.addWidget(self.table, 1)
        body.addWidget(NewsBar(self.table, self.model.news, self._context.texts))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter(left, side_panel(self.side), sizes=(760, 320), name=self._say(_("Call rounds"))))

    def open(self, round_id: UUID | None) -> None:
        """Call in this round, or answer its hotline."""
        found = self._row(round_id)
        if found is not None:
            self._context.navigate("phones.hotline" if found.kind == "hotline" else "phones.round", round_id=found.id)

    def _counted(self, total: int) -> None:
        self.header.set_count(self._say(ngettext("{count} round", "{count} rounds"), count=total))
        if total and self._id is None:
            self.table.selectRow(0)

    def _point(self, round_id: UUID | None) -> None:
        self._id = round_id
        self.side.show_round(self._row(round_id))

    def _row(self, round_id: UUID | None) -> RoundRow | None:
        place = self.model.row_of(round_id) if round_id is not None else None
        return self.model.row_at(place) if place is not None else None

    def _switch(self) -> None:
        """Close the round, or open it again."""
        found = self._row(self._id)
        if found is None:
            return
        state, verb = ("closed", "close_call_round") if found.state == "open" else ("open", "open_call_round")
        work = partial(rounds.set_state, round_id=found.id, version=found.version, state=state)
        failed = partial(self._context.messages.show, doing=_("closing the call round"))
        self._context.tasks.write(self, work, lambda _answer: self.model.refresh(), failed, verb=verb)


class RoundSide(QWidget):
    """One round: where its people stand, and its programmes."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._row: RoundRow | None = None
        say = self._say
        self.start = primary_button(say(_("Start calling")))
        self.start.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.change = quiet_button(say(_("Change…")))
        self.close_round = quiet_button(say(_("Close")))
        self.board = QueuePanel(context.texts)
        for part in (self.board.pause, self.board.callbacks):
            part.hide()
        self.why = plain_label("", "dim", wrap=True)
        self.programmes = Section(say(_("Programmes still to call")))
        self.coverage = Figures()
        self.programmes.add(self.coverage)
        self.lacking = plain_label("", "small", wrap=True, tone="warn")
        self.programmes.add(self.lacking)
        acts = flow(self.start, self.change, self.close_round)
        self.setLayout(column(self.board, self.why, acts, self.programmes, gap=16))
        context.changes.changed.connect(self._heard)
        self.hide()

    def show_round(self, found: RoundRow | None) -> None:
        """Show this round; nothing when none is pointed at."""
        self._row = found
        self.setVisible(found is not None)
        if found is None:
            return
        outgoing = found.kind == "outgoing"
        self.board.show_round(found.title)
        self.board.figures.setVisible(outgoing)
        self.board.bar.setVisible(outgoing)
        self.programmes.setVisible(outgoing)
        self.why.setVisible(False)
        self.start.setText(self._say(_("Start calling") if outgoing else _("Answer calls")))
        self.start.setEnabled(found.state == "open")
        self.close_round.setText(self._say(_("Close") if found.state == "open" else _("Open again")))
        plans = self._context.may("phones.plan")
        self.change.setVisible(plans)
        self.close_round.setVisible(plans)
        self._read()

    def _heard(self, moved: object) -> None:
        if self._row is not None and self.isVisible() and not STANDING.isdisjoint(getattr(moved, "areas", ())):
            self._read()

    def _read(self) -> None:
        if self._row is None:
            return
        desk = Desk(self._row.id, self._context.actor.id, self._context.actor.name)
        today, round_id, context = self._context.clock.today(), self._row.id, self._context

        def work(session: Session) -> tuple[Board, list[Coverage]]:
            board = console_reading.read_board(session, round_id=round_id, desk=desk, context=context)
            return board, rounds.coverage(session, round_id, today=today)

        self._context.tasks.read(self, work, self._seen, self._failed, slot="round")

    def _seen(self, answer: tuple[Board, list[Coverage]]) -> None:
        board, programmes = answer
        self.board.show_counts(board.counts, board.shift)
        why = [self._say(text, **values) for text, values in why_empty(board.counts)]
        self.why.setText(" ".join(why))
        self.why.setVisible(bool(why) and self._row is not None and self._row.kind == "outgoing")
        number = self._context.texts.number
        self.coverage.set([(one.programme, number(one.waiting), "") for one in programmes[:MOST_PROGRAMMES]])
        lacking = [one.programme for one in programmes if not one.callers]
        words: Msgid = _("No caller from: {programmes}")
        self.lacking.setText(self._say(words, programmes=", ".join(lacking[:MOST_PROGRAMMES])) if lacking else "")
        self.lacking.setVisible(bool(lacking))
        self.programmes.setVisible(bool(programmes))

    def _failed(self, error: Exception) -> None:
        self._context.messages.show(error, _("reading the queue"))
