"""What can be done with a policy next, by its state and the user's rights; verbs as on the buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.texts import Msgid, _
from desktop.modules.policies.reading import PolicyDetail

Step = Literal["submit", "send_back", "decide", "in_force", "begin", "reviewed", "plan", "print", "form", "withdraw"]

WORDS: dict[Step, Msgid] = {
    "submit": _("Send for review"),
    "send_back": _("Take back to draft"),
    "decide": _("Decide"),
    "in_force": _("Put in force"),
    "begin": _("Begin new version"),
    "reviewed": _("Reviewed, no change"),
    "plan": _("Plan the next revision…"),
    "print": _("Print policy"),
    "form": _("Print an empty form"),
    "withdraw": _("Withdraw…"),
}
ON_THE_WAY: dict[str, tuple[Step, ...]] = {
    "draft": ("submit",), "under_review": ("decide", "send_back"), "decided": ("in_force",), "current": ("reviewed", "begin"),
    "replaced": ("begin",), "withdrawn": ("begin",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """One button or line of a menu; the first `main` one stands out."""

    key: Step
    words: Msgid
    main: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """Buttons in sight, and what stands in the menu beside them."""

    buttons: tuple[Offered, ...]
    more: tuple[Offered, ...]


def next_steps(policy: PolicyDetail, *, may_edit: bool, may_decide: bool) -> Steps:
    """The way forward first, printing always, the rare in the menu."""
    needed = {"decide": may_decide, "in_force": may_decide, "print": True, "form": True}
    way = [step for step in ON_THE_WAY[policy.versions[0].state] if needed.get(step, may_edit)]
    more: list[Step] = ["form"]
    if may_edit and policy.state == "current":
        extra: tuple[Step, ...] = ("reviewed", "plan")
        more += [step for step in extra if step not in way]
    if may_edit and policy.state != "withdrawn":
        more.append("withdraw")
    buttons = [Offered(step, WORDS[step], main=True) for step in way] + [Offered("print", WORDS["print"])]
    return Steps(tuple(buttons), tuple(Offered(step, WORDS[step]) for step in more))
