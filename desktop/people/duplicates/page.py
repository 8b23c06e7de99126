"""People who may be written down twice: every suspected pair with its reasons, judged one after the other by keyboard."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.duplicates.pair import PairPanel, likelihood
from desktop.people.duplicates.rules import LIKELY, reasons_in_words
from desktop.people.duplicates.scan import bring_up_to_date
from desktop.people.duplicates.verdicts import PairFilter, PairRow, ask_again, not_a_duplicate, pairs_query
from desktop.people.saving import Service, write
from desktop.widgets.buttons import choice_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, splitter
from desktop.widgets.query_model import QueryModel

COMPARED = frozenset({"person", "contact_point", "identifier"})
PAUSE = 1500  # milliseconds after a change until whoever changed is looked at
WIDENING = 3  # the column that takes the room there is
ROOM = 820  # pixels at 100 % below which list and pair do not stand side by side


def _reasons(row: PairRow, texts: Texts) -> str:
    return " · ".join(reasons_in_words(row.reasons.split(), texts))


PAIRS: ListSpec[PairFilter, PairRow] = ListSpec(
    query=pairs_query,
    row=PairRow,
    columns=(
        Column(_("One record"), lambda row, texts: row.first, "first_sort", 160, strong=True),
        Column(_("The other"), lambda row, texts: row.second, "second_sort", 160, strong=True),
        Column(
            _("How sure"),
            lambda row, texts: likelihood(row.score, texts),
            "score_sort",
            110,
            tone=lambda row: "warn" if row.score >= LIKELY else "dim",
        ),
        Column(_("Why"), _reasons, "", 150, tone=lambda row: "dim"),
    ),
    start=2,
    start_down=True,
    areas=("suspected_pair", "not_a_duplicate", "kept_apart", "person"),
)


class DuplicatesPage(QWidget):
    """The queue. Enter opens both records, Ctrl+D says that they are two people; what was said is kept and can be taken back."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setWindowTitle(self._say(_("Possible duplicates")))
        self._filter, self._looking = PairFilter(), False
        self.model: QueryModel[PairFilter, PairRow] = QueryModel(PAIRS, context, self)
        self.said = choice_button(self._say(_("Said to be two people")))
        self.said.setCheckable(True)
        self.header = PageHeader(self._say(_("Possible duplicates")), "", (self.said,))
        self.state_line = plain_label("", "dim", wrap=True)
        self.table = ListView(self.model, self._say(_("Possible duplicates")), PAIRS.start, ticks=False)
        self.panel = PairPanel(context)
        head = self.table.horizontalHeader()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(WIDENING, QHeaderView.ResizeMode.Stretch)
        self._left = QWidget()
        body = column(self.header, self.state_line, self.table, gap=10, margin=16)
        body.setStretch(2, 1)
        self._left.setLayout(body)
        self.split = splitter(self._left, self.panel, sizes=(720, 480), name=self._say(_("List and pair")), room=ROOM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)
        self.setFocusProxy(self.table)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._connect()
        self._show(PairFilter())
        self.look()

    def _connect(self) -> None:
        self.said.toggled.connect(lambda on: self._show(PairFilter(judged=on)))
        self.table.pointed_at.connect(self._point)
        self.table.opened.connect(lambda _id: self.open_both())
        self.model.counted.connect(self._tell)
        self.model.failed.connect(lambda error: self._context.messages.show(error, _("loading the pairs")))
        self.panel.judged.connect(self.judge)
        self.panel.merging.connect(self.merge)
        self.panel.opened.connect(lambda person: self._context.navigate("people.record", person_id=person))
        self._pause.timeout.connect(self.look)
        self._context.changes.changed.connect(self._heard)
        keys = {
            "Ctrl+D": self.judge,
            "Ctrl+M": self.merge,
            "Ctrl+1": self.panel.open_first.click,
            "Ctrl+2": self.panel.open_second.click,
        }
        listen(self, keys)

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Enter")), say(_("Open both records"))),
            ("Ctrl+1", say(_("Open record {number}"), number=1)),
            ("Ctrl+2", say(_("Open record {number}"), number=2)),
            ("Ctrl+D", say(_("Say that they are two people, or ask again"))),
            ("Ctrl+M", say(_("Merge both records"))),
        ]

    def state(self) -> dict[str, Any]:
        """Which pairs are shown, for the same page in another language."""
        return {"judged": self._filter.judged}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.said.setChecked(state["judged"])

    def look(self) -> None:
        """Look at whoever changed since the last look; at everybody the first time. In the background."""
        if not self._context.may("people.identifiers"):
            self.state_line.setText(
                self._say(_("Looking for new ones takes the right to identity numbers, which you do not have."))
            )
            return
        database, now = self._context.database, self._context.clock.now()

        def work(session: Session) -> bool:
            return bring_up_to_date(session, database, now=now)

        self.state_line.setText(self._say(_("Looking through the register…")))
        self._looking = True
        if not self.model.rowCount():
            self._say_why_empty(shown=True)
        self._context.tasks.read(self, work, self._looked, self._failed, slot="look")

    def open_both(self) -> None:
        """Open both records in tabs."""
        pair = self.panel.pair
        for person in (pair.first_id, pair.second_id) if pair is not None else ():
            self._context.navigate("people.record", person_id=person)

    def merge(self) -> None:
        """Open the page that makes one record of the pair in sight."""
        pair = self.panel.pair
        if pair is not None and self._context.may("people.merge"):
            self._context.navigate("people.merge", person_id=pair.first_id, other_id=pair.second_id)

    def judge(self) -> None:
        """Say that the pair in sight is two people, or ask again about one that was judged."""
        pair = self.panel.pair
        if pair is None:
            return
        names = {"first": pair.first, "second": pair.second}
        service: Service
        if self._filter.judged:
            service = partial(ask_again, judgement=pair.id, version=pair.version)
            said, verb = self._say(_("{first} and {second} are asked about again."), **names), "duplicate_again"
        else:
            service = partial(not_a_duplicate, first=pair.first_id, second=pair.second_id, score=pair.score, reasons=pair.reasons)
            said, verb = self._say(_("{first} and {second} are two people."), **names), "not_a_duplicate"
        write(self._context, self, service, verb=verb, said=said, doing=_("judging a pair"))

    def _show(self, filter: PairFilter) -> None:
        self._filter = filter
        self._say_why_empty(shown=False)
        self.panel.show_pair(None)
        self.model.show(filter)

    def _say_why_empty(self, *, shown: bool) -> None:
        """What stands in an empty list; that there is nobody can be said only after a look.

        Args:
            shown: It is known to be empty.
        """
        say = self._say
        if self._looking and not self._filter.judged:
            empty = EmptyState(say(_("Looking through the register…")))
        elif self._filter.judged:
            empty = EmptyState(say(_("Nothing was said yet.")), say(_("Pairs you say to be two people are kept here.")))
        else:
            empty = EmptyState(say(_("No pairs to look at.")), say(_("Nobody in the register seems to be written down twice.")))
        self.table.set_empty(empty)
        empty.setVisible(shown)

    def _point(self, id: UUID | None) -> None:
        index = self.table.currentIndex()
        self.panel.show_pair(
            self.model.row_at(index.row()) if id is not None and index.isValid() else None, judged=self._filter.judged
        )

    def _tell(self, count: int) -> None:
        self.header.set_count(self._context.texts.number(count))
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus if count else Qt.FocusPolicy.NoFocus)  # nothing would show it
        self.setFocusProxy(self.table if count else self.said)
        if count and self.said.hasFocus() and not self._filter.judged:
            self.table.setFocus()  # it stood there only while there was nothing
        if count and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        elif not count:
            self._say_why_empty(shown=True)
            self.panel.show_pair(None)

    def _looked(self, anything: bool) -> None:
        self._looking = False
        if anything:
            self.model.refresh()
        elif not self.model.rowCount():
            self._say_why_empty(shown=True)
        now = self._context.texts.time(self._context.clock.now())
        self.state_line.setText(self._say(_("The whole register was looked through, last at {time}."), time=now))

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self.state_line.setText(self._say(_("The register could not be looked through.")))
        self._context.messages.show(error, _("looking for duplicates"))

    def _heard(self, moved: Moved) -> None:
        if moved.areas & COMPARED:
            self._pause.start()
