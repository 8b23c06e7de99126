"""Whose changes, of which kind and of which time the history shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from db.accounts import User
from db.texts import PluralMsgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Manifest, Verb
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form import CodeField, DayField
from desktop.widgets.panels import row

MODULE = "module:"  # how the code of a kind begins that is one module's


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on, up to another one that is no longer part of it; open where there is none."""

    since: datetime | None = None
    until: datetime | None = None


def verbs_of_kind(kind: str, verbs: Mapping[str, Verb], manifests: Iterable[Manifest]) -> tuple[str, ...] | None:
    """The verbs of a kind of change; None for kinds that are told by something else."""
    if kind == "import":
        return tuple(key for key, verb in verbs.items() if verb.risky == "import")
    if kind == "many":
        return tuple(key for key, verb in verbs.items() if isinstance(verb.text, PluralMsgid) or verb.risky == "import")
    if kind.startswith(MODULE):
        wanted = kind.removeprefix(MODULE)
        return tuple(verb.key for manifest in manifests if manifest.key == wanted for verb in manifest.verbs)
    return None


class HistoryFilters(QWidget):
    """User, kind and time, each a choice; two days where a time of one's own is chosen."""

    changed = Signal()

    def __init__(self, context: ModuleContext, manifests: Iterable[Manifest], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, say = context, context.texts.say
        self._manifests = tuple(manifests)
        self.who = CodeField([("", say(_("All users")))])
        self.kind = CodeField(self._kinds())
        self.when = CodeField([
            ("", say(_("At any time"))),
            ("today", say(_("Today"))),
            ("week", say(_("This week"))),
            ("month", say(_("This month"))),
            ("between", say(_("Between two days"))),
        ])  # fmt: skip
        today = context.clock.today()
        self.first, self.last = DayField(today, today - timedelta(days=7)), DayField(today, today)
        names = (_("User"), _("Kind of change"), _("Time"), _("First day"), _("Last day"))
        for part, name in zip((self.who, self.kind, self.when, self.first, self.last), names, strict=True):
            part.setAccessibleName(say(name))
        for day in (self.first, self.last):
            day.setPlaceholderText(say(_("Day")))
            day.setMaximumWidth(day.fontMetrics().horizontalAdvance("2026-12-31") * 2)
            day.editingFinished.connect(self._moved)
        self._days = QWidget()
        self._days.setLayout(row(self.first, self.last))
        self._days.hide()
        self._flow = FlowLayout(self, gap=8)
        for part in (self.who, self.kind, self.when, self._days):
            self._flow.addWidget(part)
        for choice in (self.who, self.kind, self.when):
            choice.currentIndexChanged.connect(lambda _index: self._moved())

    def _kinds(self) -> list[tuple[str, str]]:
        say = self._context.texts.say
        kinds = [
            ("", say(_("All kinds"))),
            ("removed", say(_("Something removed"))),
            ("import", say(_("Imports"))),
            ("many", say(_("Many at once"))),
            ("back", say(_("Taken back"))),
        ]
        return kinds + [(f"{MODULE}{manifest.key}", say(manifest.title)) for manifest in self._manifests if manifest.verbs]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In as many lines as it takes: a splitter asks for the height at its own width, not at that of its part."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))

    def offer_users(self, users: Iterable[User]) -> None:
        """Let these be chosen; who is chosen stays so."""
        self.who.set_choices([("", self._context.texts.say(_("All users"))), *((str(user.id), user.name) for user in users)])

    def span(self) -> Span:
        """The time chosen, by the office's days; a day that cannot be read leaves that end open."""
        today = self._context.clock.today()
        days: dict[str, tuple[date | None, date | None]] = {
            "today": (today, today),
            "week": (today - timedelta(days=today.weekday()), today),
            "month": (today.replace(day=1), today),
            "between": (_day(self.first), _day(self.last)),
        }
        first, last = days.get(self.when.code(), (None, None))
        return Span(self._midnight(first), self._midnight(last + timedelta(days=1) if last is not None else None))

    def _midnight(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time(), tzinfo=self._context.clock.zone) if day is not None else None

    def _moved(self) -> None:
        self._days.setVisible(self.when.code() == "between")
        self._fit()
        self.changed.emit()


def _day(field: DayField) -> date | None:
    return field.day() if field.is_day() else None
