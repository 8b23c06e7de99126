"""The choices an import follows: what columns mean, who a row is, and whose word counts. Data only, and it pickles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Source = Literal["register", "person", "guess"]  # where the values of a file come from; an earlier one beats a later one
Rule = Literal["win", "fill", "never"]  # overwrite, fill in only what is empty, leave alone
# How a cell is written where the text alone may be read two ways; empty: found out from the column.
Written = Literal["", "day_first", "month_first", "family_first"]
Headings = Literal["", "first", "none"]  # where they are: found out, in the first rows whatever these look like, nowhere

SOURCES: tuple[Source, ...] = ("register", "person", "guess")
RULES: tuple[Rule, ...] = ("win", "fill", "never")
# By what a row is told to be somebody the register knows, in the order tried when nothing else is chosen. Names alone never do.
MATCH_KEYS = ("registry_id", "identity_number", "learner_oid", "email_name", "phone_name")
BRAKE_PERCENT = 20


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What one column means. Several columns of a field that comes once are joined in the order of the file."""

    heading: str  # as the file writes it
    field: str = ""  # a field of `rows.FIELDS`; empty: left out
    issuer: str = ""  # of registry numbers: "admission", "student" or "staff"
    country: str = ""  # of identity numbers: "SE" or "FI"; empty: the office's own
    label: str = ""  # of ways to reach somebody
    written: Written = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that an import does not find in the cells of its file.

    `rules` are by the keys of `changes.FIELDS`. A field without a rule follows the source: what comes from a register
    beats what the person said, and that beats a guess. Of what somebody may have several of, such as e-mail addresses,
    "win" adds, "fill" adds only where there is none yet, "never" adds nothing.
    """

    columns: tuple[ColumnChoice, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)  # field -> what holds for every row whose own cell is empty
    match_keys: tuple[str, ...] = MATCH_KEYS  # of these, in the order they are tried; one left out does not count
    source: Source = "person"  # a file of which nobody says where it comes from overrules no register
    rules: dict[str, Rule] = field(default_factory=dict)
    brake_percent: int = BRAKE_PERCENT  # of the rows matched; more changed than this stops the import before it writes
    headings: Headings = ""  # "none": columns go by their places, "#A" and so on, and the first row is a person
