"""What can be done with the people ticked in the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget
from sqlalchemy import Select

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.manifest import Offer
from desktop.core.registry import LoadFailed
from desktop.core.selection import PeopleSelection
from desktop.people import words
from desktop.people.editing import retire_people
from desktop.people.listing import PeopleFilter, PersonRow
from desktop.people.saving import write
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.query_model import QueryModel


class SelectionBar(QWidget):
    """How many are ticked, and the acts modules offer for them."""

    def __init__(
        self,
        context: ModuleContext,
        model: QueryModel[PeopleFilter, PersonRow],
        people: Callable[[], Select[Any]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._model, self._people = context, model, people
        say = context.texts.say
        self.told = plain_label("", "dim")
        self._acts = QHBoxLayout()
        self.buttons: list[Button] = []
        for offer in context.offers("selection_action"):
            self._add(say(offer.contribution.title), partial(self._run, offer))
        self.retire, self.restore = quiet_button(say(_("Retire"))), quiet_button(say(_("Restore")))
        self.retire.clicked.connect(lambda: self._retire(True))
        self.restore.clicked.connect(lambda: self._retire(False))
        self.setLayout(row(self._acts, self.retire, self.restore, None, self.told))
        model.selected.connect(lambda _selection: self._tell())
        model.counted.connect(lambda _count: self._tell())
        self._tell()

    def _add(self, text: str, act: Callable[[], object]) -> None:
        button = quiet_button(text)
        button.clicked.connect(act)
        self.buttons.append(button)
        self._acts.addWidget(button)

    def _tell(self) -> None:
        texts, count = self._context.texts, self._model.selected_count
        retired = self._model.filter.retired if self._model.filter is not None else False
        may = bool(count) and self._context.may("people.edit")
        for button in self.buttons:
            button.setVisible(bool(count) and not retired)
        self.retire.setVisible(may and not retired)
        self.restore.setVisible(may and retired)
        keys = texts.say(_("Space selects · Enter opens"))
        chosen = texts.say_n(ngettext("{count} selected", "{count} selected"), count)
        self.told.setText(f"{chosen} · {keys}" if count else keys)

    def _chosen(self) -> PeopleSelection:
        ticked, count = self._model.selection, self._model.selected_count
        filter = self._model.filter or PeopleFilter()
        said = words.selection(filter, count, ticked.all_matching, self._context.texts)
        return PeopleSelection(self._people(), count, said, filter.segment)

    def _run(self, offer: Offer) -> None:
        try:
            act = self._context.load(offer.contribution.opens)
        except LoadFailed as error:
            self._context.messages.show(error)
            return
        act(self._context, self._chosen(), self)

    def _retire(self, away: bool) -> None:
        texts, count = self._context.texts, self._model.selected_count
        many = (
            ngettext("{count} person retired.", "{count} people retired.")
            if away
            else ngettext("{count} person restored.", "{count} people restored.")
        )
        now = self._context.clock.now() if away else None
        service = partial(retire_people, people=self._people(), now=now)
        verb = "retire_people" if away else "restore_people"
        write(self._context, self, service, verb=verb, said=texts.say_n(many, count), doing=_("retiring people"))
        self._model.select_none()
