"""The rules of the list as chips, and the popup in which one is chosen by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial

from PySide6.QtCore import QPoint, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget
from sqlalchemy.orm import Session

from db.models.role import ROLE_KINDS
from db.sorting import fold
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.listing import PeopleFilter, cities, programmes
from desktop.people.organisation.units import UnitRow, units
from desktop.people.timeline_words import kind_words
from desktop.widgets.buttons import chip, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.panels import column
from desktop.widgets.theme import current_theme

RECENT = timedelta(days=30)
KINDS = ("call", "meeting", "email", "letter", "visit")
CHANGE = Qt.ItemDataRole.UserRole + 1
FOLDED = Qt.ItemDataRole.UserRole + 2
CLEARED: dict[str, dict[str, object]] = {
    "roles": {"roles": ()},
    "programme": {"programme": ""},
    "unit": {"unit": None, "unit_name": ""},
    "city": {"city": ""},
    "had": {"had": "", "since": None},
    "no_phone": {"no_phone": False},
    "on_hold": {"on_hold": False},
    "made_or_changed_in": {"made_or_changed_in": None},
    "retired": {"retired": False},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One rule that can be added: its words and what it makes of a filter."""

    text: str
    change: Callable[[PeopleFilter], PeopleFilter]


def choices(context: ModuleContext, towns: list[str], courses: list[str], own: Sequence[UnitRow] = ()) -> list[Choice]:
    """Every rule there is, in the order in which offices ask for them."""
    texts, say = context.texts, context.texts.say
    found = [Choice(say(_("Role: {roles}"), roles=words.role(kind, texts)), partial(_with_role, kind)) for kind in ROLE_KINDS]
    since = datetime.combine(context.clock.today() - RECENT, time(), tzinfo=context.clock.zone)
    found.append(Choice(say(_("Any contact in the last 30 days")), partial(replace, had="", since=since)))
    found += [
        Choice(say(_("{kind} in the last 30 days"), kind=say(kind_words(kind))), partial(replace, had=kind, since=since))
        for kind in KINDS
    ]
    found.append(Choice(say(_("Cannot be phoned")), partial(replace, no_phone=True)))
    found.append(Choice(say(_("An address is on hold")), partial(replace, on_hold=True)))
    found.append(Choice(say(_("Retired people")), partial(replace, retired=True)))
    names = [(unit.id, unit.name(texts.language)) for unit in own]
    found += [Choice(say(_("Unit: {unit}"), unit=name), partial(replace, unit=id, unit_name=name)) for id, name in names]
    found += [Choice(say(_("Programme: {programme}"), programme=name), partial(replace, programme=name)) for name in courses]
    found += [Choice(say(_("Town: {town}"), town=name), partial(replace, city=name)) for name in towns]
    return found


def _with_role(kind: str, filter: PeopleFilter) -> PeopleFilter:
    return replace(filter, roles=tuple(dict.fromkeys((*filter.roles, kind))))


class FilterPopup(QFrame):
    """Type to narrow, arrows to move, Enter to choose, Escape to leave."""

    chosen = Signal(object)  # a Choice

    def __init__(self, context: ModuleContext, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        say = context.texts.say
        self.setProperty("panel", "card")
        self.setAccessibleName(say(_("Add a filter")))
        self.box = QLineEdit()
        self.box.setPlaceholderText(say(_("Role, programme, town, contact…")))
        self.box.setAccessibleName(say(_("Find a filter")))
        self._all = QStandardItemModel(self)
        self._fitting = QSortFilterProxyModel(self)
        self._fitting.setSourceModel(self._all)
        self._fitting.setFilterRole(FOLDED)
        self.list = QListView()
        self.list.setModel(self._fitting)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(say(_("Filters")))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self._choose())
        self.box.textChanged.connect(self._narrow)
        layout = column(self.box, self.list, gap=8, margin=8)
        self.setLayout(layout)
        self.setFixedSize(current_theme().px(320), current_theme().px(340))

    def offer(self, found: list[Choice]) -> None:
        """Offer these, the first pointed at."""
        self._all.clear()
        for choice in found:
            item = QStandardItem(choice.text)
            item.setData(choice, CHANGE)
            item.setSizeHint(QSize(0, current_theme().px(27)))
            item.setData(fold(choice.text), FOLDED)
            self._all.appendRow(item)
        self._narrow(self.box.text())

    def open_at(self, corner: QPoint) -> None:
        """Show it below what opened it."""
        self.box.clear()
        self.move(corner)
        self.show()
        self.box.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps:
            self._point(self.list.currentIndex().row() + steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _narrow(self, text: str) -> None:
        self._fitting.setFilterFixedString(fold(text.strip()))
        self._point(0)

    def _point(self, row: int) -> None:
        last = self._fitting.rowCount() - 1
        self.list.setCurrentIndex(self._fitting.index(max(0, min(row, last)), 0))

    def _choose(self) -> None:
        choice = self.list.currentIndex().data(CHANGE)
        if choice is not None:
            self.hide()
            self.chosen.emit(choice)


class FilterBar(QWidget):
    """The chips of a filter. `add` opens the choice of rules; it stands where the page puts it."""

    changed = Signal(object)  # the new PeopleFilter

    def __init__(self, context: ModuleContext, filter: PeopleFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._filter = context, filter
        self._flow = FlowLayout(self, gap=6)
        self.add = quiet_button(context.texts.say(_("+ Filter")))
        self.add.clicked.connect(self.open_popup)
        self.popup = FilterPopup(context, self)
        self.popup.chosen.connect(lambda choice: self._take(choice.change(self._filter)))
        self._chips: list[QWidget] = []
        self.show_filter(filter)

    def show_filter(self, filter: PeopleFilter) -> None:
        """Show the rules of this filter."""
        self._filter = filter
        while self._flow.takeAt(0) is not None:
            pass
        for old in self._chips:
            old.hide()
            old.deleteLater()
        self._chips = []
        say = self._context.texts.say
        for field, text in words.chips(filter, self._context.texts):
            made = chip(text.replace("&", "&&"))
            made.setAccessibleName(say(_("{rule}, Delete removes it"), rule=text))
            made.removed.connect(partial(self._remove, field))
            made.clicked.connect(self.open_popup)
            self._flow.addWidget(made)
            self._chips.append(made)
        self.setVisible(bool(self._chips))
        self.updateGeometry()

    def open_popup(self) -> None:
        """Let the user choose a rule; towns and programmes come from the people there are."""
        self.popup.offer(choices(self._context, [], []))
        self.popup.open_at(self.add.mapToGlobal(QPoint(0, self.add.height() + 4)))
        self._context.tasks.read(self, _named, self._offer, self._fail, slot="choices")

    def _offer(self, found: tuple[list[str], list[str], list[UnitRow]]) -> None:
        self.popup.offer(choices(self._context, *found))

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, _("loading the filters"))

    def _remove(self, field: str) -> None:
        self._take(replace(self._filter, **CLEARED[field]))  # type: ignore[arg-type]
        self.add.setFocus()

    def _take(self, filter: PeopleFilter) -> None:
        self.show_filter(filter)
        self.changed.emit(filter)


def _named(session: Session) -> tuple[list[str], list[str], list[UnitRow]]:
    return cities(session), programmes(session), units(session)
