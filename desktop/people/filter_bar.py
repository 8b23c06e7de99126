"""The rules of the list as chips, and the popup in which one is chosen by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.models.role import ROLE_KINDS
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.listing import PeopleFilter, cities, programmes
from desktop.people.organisation.units import UnitRow, units
from desktop.people.segments.storing import usable_segments
from desktop.people.timeline_words import kind_words
from desktop.widgets.buttons import chip, quiet_button
from desktop.widgets.choice_popup import ChoicePopup
from desktop.widgets.flow_layout import FlowLayout

RECENT = timedelta(days=30)
KINDS = ("call", "meeting", "email", "letter", "visit")
HEIGHT = 340  # of the popup, in pixels at 100 %
CLEARED: dict[str, dict[str, object]] = {
    "roles": {"roles": ()},
    "programme": {"programme": ""},
    "unit": {"unit": None, "unit_name": ""},
    "city": {"city": ""},
    "had": {"had": "", "since": None},
    "no_phone": {"no_phone": False},
    "on_hold": {"on_hold": False},
    "made_or_changed_in": {"made_or_changed_in": None},
    "segment": {"segment": None, "segment_title": "", "within": None},
    "retired": {"retired": False},
}
Segments = list[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One rule that can be added: its words and what it makes of a filter."""

    text: str
    change: Callable[[PeopleFilter], PeopleFilter]


def choices(
    context: ModuleContext,
    towns: list[str],
    courses: list[str],
    own: Sequence[UnitRow] = (),
    segments: Sequence[tuple[UUID, str]] = (),
) -> list[Choice]:
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
    found += [
        Choice(say(_("Segment: {title}"), title=title), partial(replace, segment=id, segment_title=title, within=None))
        for id, title in segments
    ]
    names = [(unit.id, unit.name(texts.language)) for unit in own]
    found += [Choice(say(_("Unit: {unit}"), unit=name), partial(replace, unit=id, unit_name=name)) for id, name in names]
    found += [Choice(say(_("Programme: {programme}"), programme=name), partial(replace, programme=name)) for name in courses]
    found += [Choice(say(_("Town: {town}"), town=name), partial(replace, city=name)) for name in towns]
    return found


def _with_role(kind: str, filter: PeopleFilter) -> PeopleFilter:
    return replace(filter, roles=tuple(dict.fromkeys((*filter.roles, kind))))


class FilterBar(QWidget):
    """The chips of a filter. `add` opens the choice of rules; it stands where the page puts it."""

    changed = Signal(object)  # the new PeopleFilter

    def __init__(self, context: ModuleContext, filter: PeopleFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._filter = context, filter
        self._flow = FlowLayout(self, gap=6)
        say = context.texts.say
        self.add = quiet_button(say(_("+ Filter")))
        self.add.clicked.connect(self.open_popup)
        hint = say(_("Role, programme, town, contact…"))
        self.popup = ChoicePopup(
            say(_("Add a filter")), say(_("Find a filter")), self, hint=hint, listed=say(_("Filters")), height=HEIGHT
        )
        self.popup.chosen.connect(self._choose)
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
        self._offer(([], [], [], []))
        self.popup.open_at(self.add.mapToGlobal(QPoint(0, self.add.height() + 4)))
        work = partial(_named, user=self._context.actor.id)
        self._context.tasks.read(self, work, self._offer, self._fail, slot="choices")

    def _offer(self, found: tuple[list[str], list[str], list[UnitRow], Segments]) -> None:
        self.popup.offer((choice, choice.text) for choice in choices(self._context, *found))

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, _("loading the filters"))

    def _choose(self, choice: Choice) -> None:
        self.popup.hide()
        self._take(choice.change(self._filter))

    def _remove(self, field: str) -> None:
        self._take(replace(self._filter, **CLEARED[field]))  # type: ignore[arg-type]
        self.add.setFocus()

    def _take(self, filter: PeopleFilter) -> None:
        self.show_filter(filter)
        self.changed.emit(filter)


def _named(session: Session, user: UUID) -> tuple[list[str], list[str], list[UnitRow], Segments]:
    segments = [(known.id, known.title) for known in usable_segments(session, user).values()]
    return cities(session), programmes(session), units(session), segments
