"""Comparisons as SQL that is true or false and never NULL, the same on every engine. No Qt in this file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, Text, and_, func, not_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.functions import FunctionElement

from db.base import Moment
from db.models.person import Person
from desktop.core.manifest import FieldType
from desktop.people.segments.definition import Value
from desktop.people.segments.fields import Asked, Made
from desktop.people.segments.operators import days_between

_CAPITALS = {"Å": "å", "Ä": "ä", "Ö": "ö", "É": "é", "Ü": "ü", "Ø": "ø", "Æ": "æ"}


class _Small(FunctionElement[str]):
    """ASCII letters as small ones; a server's own idea of other letters would differ from a file's."""

    type = Text()
    inherit_cache = True


@compiles(_Small)
def _plain(element: Any, compiler: Any, **more: Any) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(_Small, "postgresql")
def _on_a_server(element: Any, compiler: Any, **more: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **more)}) COLLATE "C")'


def in_small_letters(text: str) -> str:
    """What texts are compared as: ASCII and Nordic letters small, everything else as written."""
    for capital, small in _CAPITALS.items():
        text = text.replace(capital, small)
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def compared(kind: FieldType, expression: Any, op: str, value: Value, asked: Asked) -> ColumnElement[bool]:
    """The comparison of an expression, of values `operators.problem` has nothing against."""
    if isinstance(expression, Made):
        return expression.condition(op, value)
    if kind == "yes_no":
        found: ColumnElement[bool] = expression if op == "yes" else not_(expression)
        return found
    if kind == "day":
        return _day(expression, op, value, asked)
    if kind == "number":
        return and_(expression.is_not(None), _number(expression, op, value))
    if op in ("filled", "empty"):
        known: ColumnElement[bool] = expression != "" if op == "filled" else expression == ""
        return known
    if kind == "choice":
        chosen: ColumnElement[bool] = expression.in_(value) if op == "any_of" else expression.not_in(value)
        return chosen
    return _text(expression, op, in_small_letters(str(value).strip()))


def within(expression: Any, first: date | None, last: date | None, asked: Asked) -> list[ColumnElement[bool]]:
    """The bounds of days for a column of days, or of moments: those at the office."""
    if not isinstance(expression.type, Moment):
        bounds: list[tuple[Any, Any]] = [(first, last)]
    else:
        after = last + timedelta(days=1) if last is not None else None
        bounds = [(day_begins(first, asked) if first else None, day_begins(after, asked) if after else None)]
    ((least, most),) = bounds
    found: list[ColumnElement[bool]] = [expression >= least] if least is not None else []
    if most is not None:
        found.append(expression < most if isinstance(expression.type, Moment) else expression <= most)
    return found


def day_begins(day: date, asked: Asked) -> datetime:
    """The moment a day begins at the office."""
    return datetime.combine(day, time(), tzinfo=asked.zone)


def _day(expression: Any, op: str, value: Value, asked: Asked) -> ColumnElement[bool]:
    there: ColumnElement[bool] = expression.is_not(None)
    if op in ("filled", "empty"):
        return there if op == "filled" else expression.is_(None)
    return and_(there, *within(expression, *days_between(op, value, asked.today), asked))


def _number(expression: Any, op: str, value: Value) -> Any:
    if op == "is":
        return expression == value
    return expression >= value if op == "at_least" else expression <= value


def _text(expression: Any, op: str, value: str) -> ColumnElement[bool]:
    """A capital is looked for only where the text holds its small letter: each look at a column takes its time."""
    for capital, small in _CAPITALS.items():
        if small in value:
            expression = func.replace(expression, capital, small)
    return alike(_Small(expression), op, value)


def alike(expression: Any, op: str, value: str) -> ColumnElement[bool]:
    """Whether a text is, begins with or contains another, letter by letter."""
    if op == "is":
        same: ColumnElement[bool] = expression == value
        return same
    found: ColumnElement[bool] = (
        expression.startswith(value, autoescape=True) if op == "begins" else expression.contains(value, autoescape=True)
    )
    return found


class Owned(ColumnElement[bool]):
    """Whether somebody owns a row of `rows`, a query of the column `owner`.

    A file gathers the owners, which is quicker for many than looking for each; a server looks person by person where it
    cannot join: its list of owners, once too long for the memory it may use, would be read again for every person.
    """

    type = Boolean()
    inherit_cache = False

    def __init__(self, rows: Select[Any], owner: Any) -> None:
        own: Any = rows.where(owner.is_not(None))
        self.gathered: Any = Person.id.in_(own)
        self.looked_for: Any = own.where(owner == Person.id).correlate(Person).exists()

    def self_group(self, against: Any = None) -> Any:
        """Brackets around a negated one."""
        return Grouping(self)


@compiles(Owned)
def _gathered(element: Owned, compiler: Any, **more: Any) -> str:
    return f"({compiler.process(element.gathered, **more)})"


@compiles(Owned, "postgresql")
def _looked_for(element: Owned, compiler: Any, **more: Any) -> str:
    return f"({compiler.process(element.looked_for, **more)})"
