"""Understands the marks by which registers say that somebody's whereabouts are secret."""

from __future__ import annotations

from desktop.people.imports.columns import heading_key

_NOT_PROTECTED = frozenset(["nej", "n", "ei", "e", "no", "false", "falskt", "0", "inte", "saknas", "ingen", "none", "eiole"])


def is_protected(text: str) -> bool:
    """Whether a mark says so. Only an empty cell and a plain no say the contrary: a date, a code or a doubt says yes."""
    key = heading_key(text).replace(" ", "")
    return bool(text.strip()) and key not in _NOT_PROTECTED and text.strip() != "-"
