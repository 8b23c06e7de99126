"""What stands in a cell of an exported list: texts that stay texts, days that stay days."""

from __future__ import annotations

import re
from datetime import date

Cell = str | int | date | None
LONGEST = 32_767  # signs a cell of a spreadsheet holds
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")


def clean(text: str) -> str:
    """On one line, without what no file of a spreadsheet may hold."""
    return " ".join(_UNFIT.sub(" ", text).split())[:LONGEST]
