"""Signed forms that come back: which version the mark on a sheet names."""

from __future__ import annotations

from desktop.core.sheets import Sheet
from desktop.modules.policies.fingerprint import Mark, read_mark

MODULE = "policies"


def mark_of(sheet: Sheet | None) -> Mark | None:
    """What the sheet's own text says it belongs to, if it has any."""
    return read_mark(sheet.text) if sheet is not None else None
