"""The lines of a text file: how they end, and how long and how many they may be."""

from __future__ import annotations

import re

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.table import MAX_ROWS

MAX_LINES = 4 * MAX_ROWS  # empty ones and those within quotes included; both signs of a Windows line count
MAX_LINE = 16 * 1024 * 1024  # letters
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # with its end


def without_end(line: int, name: str) -> RuleBroken:
    """The refusal of a line no list needs."""
    return RuleBroken(
        _("Line {line} of {name} holds a text longer than any list needs."),
        _("Look at that line: perhaps a quotation mark is missing. Else save the list again as CSV."),
        line=line,
        name=name,
    )
