"""Compares one row with the person it is: what it may write without a question, what must be asked, what the register knows better."""

from __future__ import annotations

from collections.abc import Mapping as Choices
from typing import Any, Literal, NamedTuple

from db.sorting import fold
from desktop.people.imports.changes import address_after, changes_of
from desktop.people.imports.deciding.origins import Origins, decide
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.known import Known, is_another
from desktop.people.imports.mapping.mapping import Mapping

Side = Literal["ours", "theirs"]
_NO_ADDRESS = {"street": "", "postcode": "", "city": "", "country": ""}
_NO_STAGE = {"role": "", "programme": "", "term": ""}
# What a row says no more once a field of it is left alone.
_SILENT: dict[str, dict[str, Any]] = {
    **{name: {name: ""} for name in ("given", "family", "preferred", "language", "note")},
    "birth_date": {"birth_date": None},
    "identifier": {"identifiers": ()},
    "email": {"emails": ()},
    "phone": {"phones": ()},
    "address": _NO_ADDRESS,
    "admitted": _NO_STAGE,
    "role": _NO_STAGE,
}


class Argued(NamedTuple):
    """What came of comparing. `row` says only what is to be written; while something clashes, nothing of it should be."""

    row: IncomingPerson
    changes: tuple[Change, ...] = ()
    clashes: tuple[Change, ...] = ()
    kept: tuple[Change, ...] = ()


def argue(person: Known, row: IncomingPerson, mapping: Mapping, origins: Origins) -> Argued:
    """Sort what the row says otherwise than the register into what it changes, what clashes and what stays."""
    changes = changes_of(person, row)
    if not changes or (not mapping.rules and not any(change.before for change in changes)):
        return Argued(row, changes)
    clashes, kept = [], []
    for change in dict.fromkeys(changes):
        outcome = _outcome(person, row, change, mapping, origins)
        if outcome == "clash":
            clashes.append(change)
        elif outcome == "ours":
            kept.append(change)
            row = without(person, row, change)
    if not clashes and not kept:
        return Argued(row, changes)
    asked = row
    for change in clashes:
        asked = without(person, asked, change)
    return Argued(row, changes_of(person, asked), tuple(clashes), tuple(kept))


def settled(person: Known, argued: Argued, choices: Choices[str, Side]) -> IncomingPerson | None:
    """The row as it is to be written once somebody chose a side for each field that clashes; None until then."""
    row = argued.row
    for change in argued.clashes:
        side = choices.get(change.field)
        if side is None:
            return None
        if side == "ours":
            row = without(person, row, change)
    return row


def without(person: Known, row: IncomingPerson, change: Change) -> IncomingPerson:
    """The row without what it says of a field; of numbers only those that contradict go, if any does."""
    if change.field == "identifier" and change.before:
        fitting = tuple(number for number in row.identifiers if not is_another(person, number))
        if len(fitting) < len(row.identifiers):
            return row._replace(identifiers=fitting)
    return row._replace(**_SILENT[change.field])


def _outcome(person: Known, row: IncomingPerson, change: Change, mapping: Mapping, origins: Origins) -> str:
    rule = mapping.rules.get(change.field)
    if change.field == "identifier":
        if rule == "never" or (rule == "fill" and person.identifiers):
            return "ours"
        another = any(is_another(person, number) for number in row.identifiers) and change.before
        return "clash" if another and rule != "win" else "theirs"
    if change.before and not (change.field == "address" and _only_adds(person, row)):
        wrote = {person.addresses[0].wrote} if change.field == "address" else person.wrote
        return decide(change.field, origins.of(wrote), mapping.source, rule)
    if rule == "never" or (rule == "fill" and _has(person, change.field)):
        return "ours"
    return "theirs"


def _only_adds(person: Known, row: IncomingPerson) -> bool:
    """Whether the address keeps all that is known of it."""
    old, new = person.addresses[0], address_after(person, row)
    return new is not None and all(not was or fold(was) == fold(now) for was, now in zip(old[1:4], new[1:4], strict=True))


def _has(person: Known, field: str) -> bool:
    """Whether there is anything yet of a field that may hold several things."""
    if field in ("email", "phone"):
        return any(("@" in normal) == (field == "email") for normal in person.reach)
    if field in ("admitted", "role"):
        return bool(person.stages)
    return bool(person.note) if field == "note" else bool(person.addresses) and field == "address"
