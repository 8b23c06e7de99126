"""What the commands for a server share: its address, what it is to hold, and opening it as an administrator."""

from __future__ import annotations

import getpass
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from db import schema
from db.database import Database
from db.errors import Unavailable
from db.postgresql import administrator, founding
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.faults import name_of
from db.postgresql.founding import Plan
from db.texts import _
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of

Lines = Iterator[str]


def office_plan() -> Plan:
    """What a server is to hold, with every module there is."""
    return plan_of(new_registry(SystemClock(office_zone())))


def address_of(asked: Namespace) -> str:
    """The server that the command names; on a terminal a password that is found nowhere is asked for."""
    return administrator.address_of(asked.dsn, _ask_password if sys.stdin.isatty() else None)


def _ask_password(name: str) -> str:
    return getpass.getpass(f"Password for {name}: ")


def printed(asked: Namespace, plain: Any, words: list[str]) -> Lines:
    """The outcome, as `plain` for a program that asked for JSON, else in words."""
    if asked.json:
        yield json.dumps(plain, ensure_ascii=False)
    else:
        yield from words


@contextmanager
def looking(address: str, plan: Plan, *, behind: bool = False) -> Iterator[Database]:
    """The open database, which must be up to date: bringing it up to date is a step of its own, with the grants."""
    if not behind:
        refuse_empty(address)
    reading = PostgresqlEngine(address)
    with founding.looking(reading) as connection:
        if schema.outdated(connection, (schema.CORE_PART, *plan.parts)):
            raise Unavailable(
                _("{name} was made by an older version of Kontinuum."),
                _("Nothing was changed. Ask its administrator to bring it up to date with “kontinuum server upgrade”."),
                name=name_of(address),
            )
    database = Database(address, parts=plan.parts)
    try:
        yield database
    finally:
        database.close()


def refuse_empty(address: str) -> None:
    """Refuse a database in which nothing was set up yet.

    Raises:
        Unavailable: it is such a one, or cannot be reached.
    """
    with founding.looking(PostgresqlEngine(address)) as connection:
        if schema.stored(connection, schema.CORE_PART) is None:
            raise Unavailable(
                _("{name} holds no Kontinuum database yet."),
                _("Check the name of the database, or ask its administrator to set it up with “kontinuum server init”."),
                name=name_of(address),
            )
