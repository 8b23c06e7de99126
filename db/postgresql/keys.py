"""Keys between tables on a server: all may wait for the end of a taking back, but nobody goes while anything refers to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from db.models.person import Person
from db.postgresql.catalogue import Link
from db.postgresql.quoting import quoted


def refers_to_people(link: Link) -> bool:
    """Whether it keeps a person from being removed."""
    return link.parent == Person.__tablename__ and link.target == "id"


def install(connection: Connection, links: Iterable[Link]) -> None:
    """Let rows wait for what they refer to, and look at once whether anything refers to people who are removed.

    What waits is looked for twice: the server first asks whether another row took the place of the one that went. People are
    removed by the thousand and referred to by every module, so that this was half of what taking an import back costs.
    """
    for link in links:
        child, name = quoted(link.child), quoted(link.name)
        if refers_to_people(link) and link.waits:
            key = f"FOREIGN KEY ({quoted(link.column)}) REFERENCES {quoted(link.parent)} ({quoted(link.target)})"
            connection.exec_driver_sql(
                f"ALTER TABLE {child} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {key} ON DELETE RESTRICT DEFERRABLE"
            )
        else:
            connection.exec_driver_sql(f"ALTER TABLE {child} ALTER CONSTRAINT {name} DEFERRABLE")
