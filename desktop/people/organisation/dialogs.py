"""The forms of the organisation: a unit, the programmes that belong to it, a post, and the end of somebody's time in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QLineEdit, QWidget

from db.errors import RuleBroken
from db.models.unit import LEVELS
from db.sorting import fold
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.organisation.posts import Holder, PostRow
from desktop.people.organisation.units import UnitForm, UnitRow
from desktop.widgets.form import CodeField, DayField
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.theme import current_theme
from desktop.widgets.tick_list import KEY, TickList


def unit_choices(units: Iterable[UnitRow], language: str, none: str) -> list[tuple[str, str]]:
    """What a field offers to choose a unit from: (id, name with code), after the choice of none."""
    return [("", none), *((str(unit.id), f"{unit.name(language)} ({unit.form.code})") for unit in units)]


class UnitDialog(FormDialog):
    """A unit: its code, level, names, the unit above and its days. `parent` fills in the level below it."""

    def __init__(
        self,
        context: ModuleContext,
        units: Sequence[UnitRow],
        unit: UnitRow | None = None,
        above: UnitRow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            context, _("Change the unit") if unit else _("New unit"), _("Save unit") if unit else _("Add unit"), parent
        )
        say, form = self.say, unit.form if unit else UnitForm("", _below(above), parent_id=above.id if above else None)
        self.code = self.form.add("code", say(_("Code")), QLineEdit(form.code), required=True)
        levels = [(code, say(label)) for code, label in LEVELS.items()]
        self.level = self.form.add("level", say(_("Level")), CodeField(levels, form.level))
        others = [row for row in units if unit is None or row.id != unit.id]
        choices = unit_choices(others, context.texts.language, say(_("None")))
        self.above = self.form.add("parent", say(_("Unit above")), CodeField(choices, str(form.parent_id or "")))
        self.names = [
            self.form.add(key, say(label), QLineEdit(getattr(form, key)))
            for key, label in (
                ("name_sv", _("Name in Swedish")),
                ("name_fi", _("Name in Finnish")),
                ("name_en", _("Name in English")),
            )
        ]
        self.starts = self.add_day("starts", _("First day, if known"), form.starts)
        self.ends = self.add_day("ends", _("Last day, if known"), form.ends)

    def answer(self) -> UnitForm | None:
        """What is written; None after marking a day that cannot be read."""
        try:
            starts, ends = self._day("starts", self.starts), self._day("ends", self.ends)
        except RuleBroken as error:
            self.fail(error)
            return None
        above = self.above.code()
        sv, fi, en = [field.text() for field in self.names]
        return UnitForm(self.code.text(), self.level.code(), sv, fi, en, UUID(above) if above else None, starts, ends)

    def _day(self, key: str, field: DayField) -> date | None:
        if not field.is_day():
            raise RuleBroken(_("This is no day."), _("Write it such as 2026-03-31."), field=key)
        return field.day()


def _below(above: UnitRow | None) -> str:
    levels = list(LEVELS)
    return levels[min(levels.index(above.form.level) + 1, len(levels) - 1)] if above else levels[0]


class ProgrammesDialog(FormDialog):
    """Which programmes of the registers belong to a unit: those that do are ticked, those of no unit stand below them."""

    def __init__(
        self,
        context: ModuleContext,
        name: str,
        placed: Sequence[str],
        unplaced: Sequence[tuple[str, int]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, _("Programmes of a unit"), _("Save programmes"), parent)
        texts = context.texts
        self.form.hide()
        self.search = QLineEdit()
        self.search.setPlaceholderText(texts.say(_("Search a programme")))
        self.search.setAccessibleName(texts.say(_("Search a programme")))
        self.list = TickList(texts.say(_("Programmes of {unit}"), unit=name))
        self.list.setMinimumHeight(current_theme().px(260))
        for programme in placed:
            self.list.add(programme, programme, ticked=True)
        for programme, people in unplaced:
            self.list.add(programme, programme, ticked=False, number=texts.number(people))
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        if self.list.count():
            self.list.setCurrentRow(0)
        self.search.textChanged.connect(self._narrow)

    def answer(self) -> list[str]:
        """The programmes ticked."""
        return [item.data(KEY) for item in self.list.ticked()]

    def _narrow(self, text: str) -> None:
        wanted = fold(text.strip())
        for item in self.list.items_in_order:
            item.setHidden(wanted not in fold(item.text()))


class PostDialog(FormDialog):
    """What a post is called and in which unit it is."""

    def __init__(
        self,
        context: ModuleContext,
        units: Sequence[UnitRow],
        post: PostRow | None = None,
        unit_id: UUID | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            context, _("Change the post") if post else _("New post"), _("Save post") if post else _("Add post"), parent
        )
        say, own = self.say, post.unit_id if post else unit_id
        self.title = self.form.add("title", say(_("Title")), QLineEdit(post.title if post else ""), required=True)
        choices = unit_choices(units, context.texts.language, say(_("None")))
        self.unit = self.form.add("unit", say(_("Unit")), CodeField(choices, str(own or "")))

    def answer(self) -> tuple[str, UUID | None]:
        """Title and unit."""
        unit = self.unit.code()
        return self.title.text(), UUID(unit) if unit else None


class EndDialog(FormDialog):
    """The last day of somebody in a post; empty means until further notice."""

    def __init__(self, context: ModuleContext, holder: Holder, parent: QWidget | None = None) -> None:
        title: Msgid = _("Last day in the post")
        super().__init__(context, title, _("Save the day"), parent)
        self.ends = self.add_day("ends", _("Last day; empty means until further notice"), holder.ends or context.clock.today())

    def answer(self) -> tuple[date | None] | None:
        """The day in a tuple of its own; None after marking what cannot be read."""
        if not self.ends.is_day():
            self.read_day("ends", self.ends)
            return None
        return (self.ends.day(),)
