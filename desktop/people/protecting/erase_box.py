"""The form in which an officer erases somebody protected: what stays and why, the decision it rests on, and the handle once more."""

from __future__ import annotations

from functools import partial

from db.errors import RuleBroken
from db.protected.people import ProtectedLine
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.erasing.erase import LONGEST, World, checked_case
from desktop.people.erasing.protected import erase_protected
from desktop.people.fields import Fields
from desktop.people.lines import Line, LineGrid
from desktop.people.step_box import Step, StepBox

_DOING: Msgid = _("erasing a person")
_CASE_HINT: Msgid = _("Its number in the diary, without names: the history keeps it")


class ErasingFields(Fields):
    """On which decision, and whom: the handle is typed so that it is nobody else."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.text("case", _("Case or decision"), hint=_CASE_HINT, required=True).setMaxLength(LONGEST)
        self.text("handle", _("Type the handle"), hint=_("As it stands above, so that it is nobody else"), required=True)


def erasing(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Erases somebody for good; what law keeps stays protected under the handle."""
    say, form = context.texts.say, ErasingFields(context)

    def prepare() -> Step:
        case = checked_case(form.read("case"))
        if form.read("handle").strip().upper() != line.handle:
            raise RuleBroken(_("This is not the handle of the person."), _("Type it as it stands at the top."), field="handle")
        return partial(erase_protected, context.database, context.actor, line.id, case, World.of(context))

    told = say(
        _("Everything kept of this person goes for good, with its history, numbers, files and the forwarding address. Nobody can take "
          "it back. What law keeps stays protected, under the handle, with the name and nothing else.")
    )  # fmt: skip
    heading = say(_("Erase {handle}"), handle=line.handle)
    box = StepBox(context, heading, form, prepare, say(_("Erase for good")), told, _DOING)
    box.add(_kept_by_law(context))
    return box


def _kept_by_law(context: ModuleContext) -> LineGrid:
    """What stays, if there is any, with the ground and for how long."""
    say, grid = context.texts.say, LineGrid()
    kept = [fate for fate in context.fates() if fate.erasing.ground]
    lines = [Line(say(fate.title), f"{say(fate.erasing.ground)} {say(fate.erasing.until)}", whole=True) for fate in kept]
    grid.show_lines(lines)
    return grid
