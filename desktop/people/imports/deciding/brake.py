"""Stops an import that would overwrite more than an office expects, such as one whose columns were mistaken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from db.errors import RuleBroken
from db.texts import _
from desktop.people.imports.deciding.plans import Change

LEAST = 10  # rows: fewer are looked through by hand


@dataclass(slots=True)
class Brake:
    """Counts rows about people the register knows, and those of them that would overwrite or end something."""

    percent: int
    matched: int = 0
    overwriting: int = 0

    def count(self, outcome: str, changes: Iterable[Change]) -> None:
        """Count one row by what would become of it."""
        if outcome != "new":
            self.matched += 1
            self.overwriting += outcome == "changed" and any(change.before for change in changes)

    @property
    def holds(self) -> bool:
        """Whether it is too much to be done unasked."""
        return self.overwriting >= LEAST and self.overwriting * 100 > self.percent * self.matched

    def stop(self) -> None:
        """Stop when it holds.

        Raises:
            RuleBroken: with the numbers.
        """
        if self.holds:
            raise RuleBroken(
                _(
                    "The import would overwrite or end what is known of {overwriting} of the {matched} people "
                    "it is about, more than {percent} %."
                ),
                _("Nothing was changed. If that is right, do it again with --past-brake."),
                overwriting=self.overwriting,
                matched=self.matched,
                percent=self.percent,
            )
