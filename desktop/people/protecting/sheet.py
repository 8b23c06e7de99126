"""What is known of one record of somebody protected, shown for a while, with what can be changed of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.models.interaction import INTERACTION_KINDS
from db.models.person import CONTACT_KINDS
from db.protected.showing import HiddenPerson, HiddenRow
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.fields import LABELS
from desktop.people.lines import Act, Line, LineGrid
from desktop.people.protecting.row_boxes import Make, contact_box, number_box, person_box, removal_box, role_box
from desktop.widgets.buttons import Button, link_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Section, flow

CONTACTS = 20  # lines of what was said with the person


class HiddenSheet(Section):
    """Names, numbers, ways to reach them and roles, each with its acts; whoever holds the sheet opens the forms."""

    wanted = Signal(object)  # a form: Make

    def __init__(self, person: HiddenPerson, context: ModuleContext, parent: QWidget | None = None) -> None:
        self._person, self._texts, self._say = person, context.texts, context.texts.say
        super().__init__(person.title, self._opens(_("Change names and days"), partial(person_box, person)), parent=parent)
        self.grid = LineGrid()
        self.grid.show_lines([*self._facts(), *self._numbers(), *self._ways(), *self._roles(), *self._said()])
        self.add(self.grid)
        self.add(flow(plain_label(self._say(_("Add:")), "dim"), *self._adders()))

    def _adders(self) -> Iterator[Button]:
        makes: dict[Msgid, Make] = {
            title: partial(contact_box, self._person, None, kind) for kind, title in CONTACT_KINDS.items()
        }
        makes |= {_("Role"): partial(role_box, self._person, None), _("Number"): partial(number_box, self._person)}
        for title, make in makes.items():
            button = self._opens(title, make)
            button.setAccessibleName(self._say(_("Add {what}"), what=self._say(title)))
            yield button

    def _opens(self, text: Msgid, make: Make) -> Button:
        button = link_button(self._say(text))
        button.clicked.connect(lambda: self.wanted.emit(make))
        return button

    def _facts(self) -> Iterator[Line]:
        person, texts, say = self._person, self._texts, self._say
        if person.arrived_at:
            yield Line(say(_("Came in later")), texts.moment(person.arrived_at))
        for key, value in person.more:
            yield Line(say(LABELS[key]), value, whole=key == "note")
        if person.birth_date:
            yield Line(say(LABELS["birth_date"]), texts.day(person.birth_date))

    def _numbers(self) -> Iterator[Line]:
        for (kind, issuer, value), row in zip(self._person.numbers, self._person.rows["identifier"], strict=True):
            name = words.identifier(kind, self._texts, issuer)
            yield Line(name, value, acts=[self._removes("identifier", row, name)])

    def _ways(self) -> Iterator[Line]:
        for (kind, label, value), row in zip(self._person.contacts, self._person.rows["contact_point"], strict=True):
            name = words.way(kind, label, self._texts)
            acts = [
                self._changes(name, value, partial(contact_box, self._person, row, kind)),
                self._removes("contact_point", row, name),
            ]
            yield Line(name, value, whole=True, acts=acts)

    def _roles(self) -> Iterator[Line]:
        texts = self._texts
        for (kind, programme, term), row in zip(self._person.roles, self._person.rows["role"], strict=True):
            name, value = words.role(kind, texts), " · ".join(filter(None, (programme, words.term(term, texts))))
            acts = [self._changes(name, value, partial(role_box, self._person, row)), self._removes("role", row, name)]
            yield Line(name, value, acts=acts)

    def _said(self) -> Iterator[Line]:
        for at, kind, text in self._person.lines[:CONTACTS]:
            what = self._say(INTERACTION_KINDS.get(kind, Msgid(kind)))
            yield Line(self._texts.moment(at), " · ".join(filter(None, (what, text))), whole=True)

    def _changes(self, name: str, value: str, make: Make) -> Act:
        spoken = self._say(_("Change {what}"), what=f"{name} {value}".strip())
        return Act(self._say(_("Change")), spoken, partial(self.wanted.emit, make))

    def _removes(self, table: str, row: HiddenRow, name: str) -> Act:
        make = partial(removal_box, self._person, table, row, name)
        return Act(self._say(_("Remove")), self._say(_("Remove {what}"), what=name), partial(self.wanted.emit, make))
