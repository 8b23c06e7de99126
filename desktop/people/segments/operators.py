"""How each type of field is compared: the operators, what each takes, and whether a value will do. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.core.manifest import FieldType
from desktop.people.segments.definition import LONGEST, Value
from desktop.people.terms import term_days

Takes = Literal["", "text", "choices", "day", "days", "term", "number"]
MOST_DAYS, MOST_NUMBER = 40_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Operator:
    """The words between a field and its value, and the kind of value; an ellipsis stands where the value is said."""

    text: Msgid
    takes: Takes = ""


OPERATORS: dict[FieldType, dict[str, Operator]] = {
    "text": {
        "begins": Operator(_("begins with"), "text"),
        "is": Operator(_("is"), "text"),
        "contains": Operator(_("contains"), "text"),
        "filled": Operator(_("is known")),
        "empty": Operator(_("is not known")),
    },
    "choice": {
        "any_of": Operator(_("is"), "choices"),
        "none_of": Operator(_("is not"), "choices"),
        "filled": Operator(_("is known")),
        "empty": Operator(_("is not known")),
    },
    "day": {
        "since": Operator(_("since"), "day"),
        "before": Operator(_("before"), "day"),
        "last": Operator(_("in the last … days"), "days"),
        "older": Operator(_("more than … days ago"), "days"),
        "next": Operator(_("in the next … days"), "days"),
        "term": Operator(_("in"), "term"),
        "since_term": Operator(_("since the beginning of"), "term"),
        "filled": Operator(_("is known")),
        "empty": Operator(_("is not known")),
    },
    "number": {
        "at_least": Operator(_("at least"), "number"),
        "at_most": Operator(_("at most"), "number"),
        "is": Operator(_("exactly"), "number"),
    },
    "yes_no": {"yes": Operator(_("yes")), "no": Operator(_("no"))},
    "relation": {
        "some": Operator(_("has")),
        "none": Operator(_("has no")),
        "at_least": Operator(_("has at least … of them"), "number"),
    },
}
TERMS = {"last": _("last term"), "this": _("this term"), "next": _("next term")}
_LATER = {"last": -1, "this": 0, "next": 1}


def problem(kind: FieldType, op: str, value: Value) -> Msgid | None:
    """Why this is no comparison of that type, in words; None when it is one."""
    operator = OPERATORS[kind].get(op)
    if operator is None:
        return _("This comparison is not known.")
    if operator.takes == "text":
        good = isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST
        return None if good else _("Write what is looked for.")
    if operator.takes == "choices":
        return None if isinstance(value, tuple) and value else _("Choose at least one.")
    if operator.takes == "day":
        return None if isinstance(value, str) and _day(value) is not None else _("Write a day, such as 2026-08-01.")
    if operator.takes == "term":
        return None if value in TERMS else _("Choose a term.")
    if operator.takes in ("days", "number"):
        most = MOST_DAYS if operator.takes == "days" else MOST_NUMBER
        return None if type(value) is int and 0 <= value <= most else _("Write a number.")
    return None


def days_between(op: str, value: Value, today: date) -> tuple[date | None, date | None]:
    """The first and the last day a comparison of days lets through, both included; None where it is open.

    For every operator but "filled" and "empty", of values `problem` has nothing against.
    """
    if op in ("since", "before"):
        day = _day(value)
        assert day is not None
        return (day, None) if op == "since" else (None, day - timedelta(days=1) if day > date.min else None)
    if op in ("term", "since_term"):
        first, last = term_days(today, _LATER[str(value)])
        return first, last if op == "term" else None
    days = timedelta(days=int(str(value)))
    if op == "last":
        return today - days, today
    return (None, today - days - timedelta(days=1)) if op == "older" else (today, today + days)


def refuse(kind: FieldType, op: str, value: Value) -> None:
    """Let nothing through that `problem` speaks of.

    Raises:
        RuleBroken: it is no comparison of that type.
    """
    if (why := problem(kind, op, value)) is not None:
        raise RuleBroken(why, _("Complete the condition, or take it away."))


def _day(value: Value) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
