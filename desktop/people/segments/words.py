"""Puts what a segment asks for into words, line by line. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from db.texts import Msgid, _
from desktop.core.manifest import Asks
from desktop.core.texts import Texts
from desktop.people.segments.choices import Choices, choices_of
from desktop.people.segments.definition import Condition, Definition, Group, Join, Sets, Value
from desktop.people.segments.fields import Fields
from desktop.people.segments.operators import OPERATORS, TERMS

JOINS: dict[Join, Msgid] = {"all": _("All of these hold"), "any": _("Any of these holds"), "none": _("None of these holds")}
ROLES = {"plus": _("Everybody in"), "only": _("but only who is also in"), "minus": _("without who is in")}
KINDS = {"living": _("Living"), "frozen": _("Frozen")}
STEP = "    "


class Sentences:
    """Says definitions, given the fields there are and what can be chosen in them."""

    def __init__(self, fields: Fields, choices: Choices, titles: Mapping[UUID, str], texts: Texts) -> None:
        self._fields, self._choices, self._titles, self._texts = fields, choices, titles, texts

    def lines(self, definition: Definition) -> list[str]:
        """One line for each condition, those of inner groups further in."""
        if isinstance(definition, Sets):
            return [f"{self._texts.say(ROLES[role])}: {self._title(id)}" for role, id in definition.parts]
        return self._group(definition, "") or [self._texts.say(_("Everybody"))]

    def _title(self, id: UUID) -> str:
        return self._titles.get(id, self._texts.say(_("a segment that is not there any more")))

    def _group(self, group: Group, indent: str) -> list[str]:
        outermost = not indent and group.join == "all"
        found = [] if outermost or not group.of else [f"{indent}{self._texts.say(JOINS[group.join])}:"]
        inner = indent if outermost else indent + STEP
        for one in group.of:
            found += self._group(one, inner) if isinstance(one, Group) else [f"{inner}· {self.condition(one)}"]
        return found

    def condition(self, one: Condition) -> str:
        """One condition with all that is asked of the same row."""
        field, say = self._fields.get(one.field), self._texts.say
        if field is None:
            return say(_("{field} (not there: its module is off, or not for you)"), field=one.field)
        title = say(field.offer.contribution.title)
        parts = {part.key: part for part in field.asks.parts}
        said = [self._compared(title, field.asks, one.op, one.value)]
        for clause in one.where:
            part = parts.get(clause.key)
            said.append(self._compared(say(part.title), part.asks, clause.op, clause.value) if part else clause.key)
        return "; ".join(said)

    def _compared(self, title: str, asks: Asks, op: str, value: Value) -> str:
        operator = OPERATORS[asks.type].get(op)
        if operator is None:
            return f"{title} {op}"
        words, shown = self._texts.say(operator.text), self._value(asks, operator.takes, value)
        told = words.replace("…", shown) if "…" in words else f"{words} {shown}".strip()
        return f"{title}: {told}" if asks.type in ("relation", "yes_no", "number") else f"{title} {told}"

    def _value(self, asks: Asks, takes: str, value: Value) -> str:
        texts = self._texts
        if takes == "choices" and isinstance(value, tuple):
            known = dict(choices_of(asks, self._choices, texts))
            return texts.say(_(" or ")).join(known.get(code, code) for code in value)
        if takes == "term" and value in TERMS:
            return texts.say(TERMS[str(value)])
        if takes == "day" and isinstance(value, str):
            try:
                return texts.day(date.fromisoformat(value))
            except ValueError:
                return value
        return f"“{value}”" if takes == "text" else str(value) if takes else ""
