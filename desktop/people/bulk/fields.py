"""The form of a change for many people: what shall be changed, and the fields that it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from PySide6.QtCore import QSignalBlocker

from db.errors import RuleBroken
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.bulk import kinds
from desktop.people.bulk.kinds import Bulk
from desktop.people.fields import Fields
from desktop.people.roles import RoleForm
from desktop.people.tasks import TaskForm

KINDS: dict[str, Msgid] = {
    "language": _("Language"),
    "hold": _("Hold on addresses or numbers"),
    "town": _("Town of addresses"),
    "begin_role": _("Begin a role"),
    "end_role": _("End a role"),
    "programme": _("Programme of roles"),
    "task": _("Task for each"),
    "retire": _("Retire"),
}
SHOWN: dict[str, tuple[str, ...]] = {
    "language": ("language",),
    "hold": ("contact", "hold"),
    "town": ("town", "new_town"),
    "begin_role": ("role", "own_programme", "term", "starts", "last"),
    "end_role": ("role", "ends"),
    "programme": ("programme", "new_programme"),
    "task": ("task", "due", "whose", "note"),
    "retire": (),
}
HELD = {kind: CONTACT_KINDS[kind] for kind in ("email", "phone", "address")}


class BulkFields(Fields):
    """Shows the fields of the kind chosen; `change` makes of them what shall be done."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        today = context.clock.today()
        self.what = self.code("what", _("What to change"), KINDS)
        self.code("language", _("Language"), LANGUAGES, "sv", _("not known"))
        self.code("contact", _("What"), HELD, "address")
        self.code("hold", _("Use"), HOLDS, "returned", _("May be used"))
        self.towns = self.code("town", _("Town now"), {}, empty=_("Choose…"))
        self.text("new_town", _("Town from now on"))
        self.code("role", _("Role"), ROLE_KINDS, "student")
        self.text("own_programme", _("Programme"))
        self.text("term", _("Term"), hint=_("For example HT 2027 or syksy 2027"))
        self.day("starts", _("First day"), today)
        self.day("last", _("Last day"), hint=_("Empty while it lasts"))
        self.day("ends", _("Last day"), today)
        self.programmes = self.code("programme", _("Programme now"), {}, empty=_("Choose…"))
        self.text("new_programme", _("Programme from now on"))
        self.text("task", _("What is to be done"))
        self.day("due", _("Due by"), today + timedelta(days=7))
        self.code("whose", _("Whose task"), {"mine": _("Mine")}, "mine", _("Anybody’s"))
        self.area("note", _("Remark"), lines=2)
        self.reason = self.text("reason", _("Reason"), hint=_("Kept in the history"))
        self.reason.setMaxLength(300)
        self.what.currentIndexChanged.connect(lambda _index: self.settle())
        self.settle()

    def settle(self) -> None:
        """Show what the kind chosen needs."""
        shown = SHOWN[self.what.code()]
        for key in self.keys[1:-1]:  # between the kind and the reason, which are always asked
            self.show_field(key, key in shown)

    def offer(self, towns: list[str], programmes: list[str]) -> None:
        """Let these be chosen."""
        choose = self.say(_("Choose…"))
        for field, found in ((self.towns, towns), (self.programmes, programmes)):
            with QSignalBlocker(field):  # nobody edited anything: what was looked at is still what the form says
                field.set_choices([("", choose), *((name, name) for name in found)])

    def change(self) -> Bulk:
        """What the fields say.

        Raises:
            RuleBroken: something is missing or cannot be; the field is named.
        """
        makers: dict[str, Callable[[], Bulk]] = {
            "language": lambda: kinds.set_language(self.read("language")),
            "hold": lambda: kinds.hold(self.read("contact"), self.read("hold")),
            "town": lambda: kinds.rename_town(self.read("town"), self.read("new_town")),
            "begin_role": self._role,
            "end_role": lambda: kinds.end_role(self.read("role"), self.read_day("ends")),
            "programme": lambda: kinds.rename_programme(self.read("programme"), self.read("new_programme")),
            "task": self._task,
            "retire": lambda: kinds.retire(self.context.clock.now()),
        }
        return makers[self.what.code()]()

    def _role(self) -> Bulk:
        form = RoleForm(
            self.read("role"), self.read("own_programme"), self.read("term"), self.read_day("starts"), self.read_day("last")
        )
        try:
            return kinds.begin_role(form)
        except RuleBroken as broken:
            field = {"ends": "last", "kind": "role"}.get(broken.field, broken.field)
            raise RuleBroken(broken.what, broken.to_do, field=field, **broken.values) from broken

    def _task(self) -> Bulk:
        day = self.read_day("due")
        if day is None:
            raise RuleBroken(_("A task needs a day."), _("Write the day by which it is done."), field="due")
        moment = datetime.combine(day, time(17, 0), tzinfo=self.context.clock.zone)
        mine = self.read("whose") == "mine"
        return kinds.add_task(
            TaskForm(self.read("task"), moment, note=self.read("note")), self.context.actor.id if mine else None
        )
