"""What a segment asks for, as plain data, and the JSON it is kept as: checked whenever it is read. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args
from uuid import UUID

from db.errors import RuleBroken
from db.texts import _

SCHEMA = 1  # raised when an older program would misread what is written
MOST, DEEPEST = 60, 6  # conditions of a segment, groups inside each other
MOST_VALUES = 500  # of one choice
LONGEST = 200  # letters of a text that is compared

Join = Literal["all", "any", "none"]
JOINS: tuple[Join, ...] = get_args(Join)
Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: what is compared, how, and with what. Days are written as in ISO 8601, yes and no are operators."""

    key: str
    op: str
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a field; of a relation with what else holds for the same row."""

    field: str
    op: str
    value: Value = ""
    where: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups of which all, any or none must hold; of nothing at all, everybody fits."""

    join: Join = "all"
    of: tuple[Condition | Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Sets:
    """Segments put together: who is in any of `plus` and in all of `only`, and in none of `minus`."""

    plus: tuple[UUID, ...] = ()
    only: tuple[UUID, ...] = ()
    minus: tuple[UUID, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, UUID], ...]:
        """Every segment with what is done with it, in reading order."""
        return tuple((field.name, id) for field in fields(self) for id in getattr(self, field.name))


Definition = Group | Sets
SEGMENT = "people.segment"  # the field whose values are segments


def conditions(node: Definition | Condition) -> Iterator[Condition]:
    """Every condition of a definition, in reading order."""
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, Group):
        for one in node.of:
            yield from conditions(one)


def segments_in(definition: Definition) -> frozenset[UUID]:
    """The segments a definition is made of."""
    if isinstance(definition, Sets):
        return frozenset(id for _role, id in definition.parts)
    named = (one.value for one in conditions(definition) if one.field == SEGMENT)
    return frozenset(UUID(code) for value in named if isinstance(value, tuple) for code in value)


def to_json(definition: Definition) -> dict[str, Any]:
    """The definition as it is kept."""
    if isinstance(definition, Sets):
        return {"schema": SCHEMA, **{field.name: [str(id) for id in getattr(definition, field.name)] for field in fields(Sets)}}
    return {"schema": SCHEMA, **_written(definition)}


def from_json(found: Any) -> Definition:
    """The definition that was kept.

    Raises:
        RuleBroken: this is no definition, or one a newer program wrote. It is never read as asking for less.
    """
    try:
        if found["schema"] != SCHEMA:
            raise ValueError(found["schema"])
        parts = {key: value for key, value in found.items() if key != "schema"}
        if parts.keys() == {field.name for field in fields(Sets)}:
            return Sets(**{name: tuple(map(UUID, _list(ids))) for name, ids in parts.items()})
        definition = _group(parts, 1)
        if sum(1 for _one in conditions(definition)) > MOST:
            raise ValueError("too many conditions")
        segments_in(definition)
        return definition
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleBroken(
            _("What this segment asks for cannot be read."),
            _("A newer version of the program may have written it. Nobody is shown, so that nobody is shown by mistake."),
        ) from error


def _written(node: Group | Condition) -> dict[str, Any]:
    if isinstance(node, Group):
        return {node.join: [_written(one) for one in node.of]}
    found: dict[str, Any] = {"field": node.field, "op": node.op, "value": _plain(node.value)}
    if node.where:
        found["where"] = [{"key": one.key, "op": one.op, "value": _plain(one.value)} for one in node.where]
    return found


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _group(found: Any, depth: int) -> Group:
    ((join, of),) = found.items()
    if join not in JOINS or depth > DEEPEST:
        raise ValueError(join)
    return Group(join, tuple(_condition(one) if "field" in one else _group(one, depth + 1) for one in _list(of)))


def _condition(found: dict[str, Any]) -> Condition:
    if not found.keys() <= {"field", "op", "value", "where"}:
        raise ValueError("more than a condition")
    where = _list(found.get("where", []))
    if any(one.keys() != {"key", "op", "value"} for one in where):
        raise ValueError("no clause")
    clauses = tuple(Clause(_text(one["key"]), _text(one["op"]), _value(one["value"])) for one in where)
    return Condition(_text(found["field"]), _text(found["op"]), _value(found["value"]), clauses)


def _list(found: Any) -> list[Any]:
    if type(found) is not list:
        raise TypeError(type(found))
    return found


def _text(found: Any) -> str:
    if type(found) is not str:
        raise TypeError(type(found))
    return found


def _value(found: Any) -> Value:
    if type(found) is list and len(found) <= MOST_VALUES:
        return tuple(map(_text, found))
    if type(found) in (str, int):
        value: str | int = found
        return value
    raise TypeError(type(found))
