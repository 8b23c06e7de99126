"""How names and texts stand in a statement that is made of them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name, whatever letters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"
