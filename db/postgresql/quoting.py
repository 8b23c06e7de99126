"""How names and texts stand in a statement that is made of them."""

from __future__ import annotations

from collections.abc import Mapping


def quoted(name: str) -> str:
    """A name, whatever letters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text."""
    return "'" + text.replace("'", "''") + "'"


def filled(statement: str, texts: Mapping[str, str]) -> str:
    """The statement with each `{name}` in it replaced, one after the other; other braces stay, for arrays are written with them."""
    for name, text in texts.items():
        statement = statement.replace(f"{{{name}}}", text)
    return statement
