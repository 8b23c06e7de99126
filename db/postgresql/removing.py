"""Turns the mapper's DELETE into calls of functions on the server: nobody there may delete."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Delete, Table
from sqlalchemy.ext.compiler import compiles

from db.access import remover

CALL = f"SELECT {remover('')}"  # how such statements begin; they write, although they read as a question
_KEPT = {"version", "made_in", "changed_in"}


def removed_by_function(table: Table) -> bool:
    """Whether rows go through a function: those whose changes are kept, and those that belong to a user's desk."""
    return {*table.c.keys()} >= _KEPT or "user_id" in table.c


@compiles(Delete, "postgresql")
def _call(statement: Delete, compiler: Any, **options: Any) -> str:
    """`DELETE FROM t WHERE …` becomes `SELECT remove_t(t.id, t.version) FROM t WHERE …`: as many rows as were removed."""
    text: str = compiler.visit_delete(statement, **options)
    table: Any = statement.table
    if not removed_by_function(table):
        return text
    name = compiler.preparer.format_table(table)
    keys = [column.name for column in table.primary_key] + (["version"] if {*table.c.keys()} >= _KEPT else [])
    values = ", ".join(f"{name}.{compiler.preparer.quote(key)}" for key in keys)
    return f"SELECT {remover(table.name)}({values}) FROM {text.removeprefix('DELETE FROM ')}"
