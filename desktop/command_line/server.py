"""The commands for a database on a server: setting it up, its users, and whether its rights are as they should be."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from db import schema
from db.access import without_rule
from db.accounts import ADMINISTRATOR
from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.postgresql import administrator, check, founding, guards
from db.postgresql.catalogue import tables_of
from db.postgresql.check_advice import advise
from db.postgresql.connection import PATH
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.faults import name_of
from db.postgresql.founding import Plan, names_of
from db.postgresql.moving import move
from db.texts import _
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people.erasing.erase import NOBODY, World
from desktop.people.erasing.lists import erase_listed, keep_apart
from desktop.server_plan import plan_of

Lines = Iterator[str]
LENGTH = 15  # bytes of chance in a generated password


def run(asked: Namespace) -> Lines:
    """Carry out `kontinuum server …` and give the lines to print; `asked.code` becomes 1 where a check finds something.

    Raises:
        Told: it could not be done, in words.
    """
    return _STEPS[asked.step](asked)


def _plan() -> Plan:
    return plan_of(new_registry(SystemClock(office_zone())))


def _address(asked: Namespace) -> str:
    return administrator.address_of(asked.dsn, _ask_password if sys.stdin.isatty() else None)


def _ask_password(name: str) -> str:
    return getpass.getpass(f"Password for {name}: ")


def _print(asked: Namespace, plain: Any, words: list[str]) -> Lines:
    if asked.json:
        yield json.dumps(plain, ensure_ascii=False)
    else:
        yield from words


def _init(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    founding.found(PostgresqlEngine(address), plan)
    with _looking(address, plan, behind=True) as database, database.read() as session:
        tables, users = len(tables_of(session.connection())), len(administrator.accounts(session))
    words = [f"{name_of(address)}: set up, {tables} tables, {len(plan.bundles)} roles"]
    if not users:
        words.append(f"Nobody may use it yet; begin with: kontinuum server user add NAME --role {ADMINISTRATOR} --dsn …")
    yield from _print(
        asked, {"database": name_of(address), "tables": tables, "roles": sorted(plan.bundles), "users": users}, words
    )


def _upgrade(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    engine = PostgresqlEngine(address)
    _refuse_empty(address)
    founding.found(engine, plan)
    yield from _print(asked, {"database": name_of(address)}, [f"{name_of(address)}: up to date"])


def _export(asked: Namespace) -> Lines:
    statements: list[str] = []
    founding.found(PostgresqlEngine(_address(asked)), _plan(), keep=False, heard=statements.append)
    statements = ["BEGIN", f"SET LOCAL search_path = {PATH}", *statements, "COMMIT"]
    yield from _print(asked, statements, [f"{statement.strip().removesuffix(';')};" for statement in statements])


def _move(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    moved = move(asked.file, PostgresqlEngine(address), plan, _tell_progress if sys.stderr.isatty() else lambda _done, _of: None)
    tables = {name: {"rows": table.rows, "sum": f"{table.sum:016x}"} for name, table in moved.tables.items()}
    words = [f"{name:<24}{table.rows:>12}  {table.sum:016x}" for name, table in moved.tables.items() if table.rows]
    words += [
        f"{name_of(address)}: {moved.rows} rows {'were there already' if moved.before else 'moved'} and compared, none differs; "
        f"{asked.file} is as it was",
        "Now let its users in, each by: kontinuum server user add NAME --role ROLE --dsn …",
    ]
    yield from _print(asked, {"database": name_of(address), "rows": moved.rows, "tables": tables, "before": moved.before}, words)


def _tell_progress(done: int, total: int) -> None:
    """One line that writes over itself, for whoever waits."""
    sys.stderr.write(f"\r{done * 100 // max(total, 1):>3} %" + ("\n" if done == total else ""))


def _erased(asked: Namespace) -> Lines:
    with _looking(_address(asked), _plan()) as database:
        known = keep_apart(database, asked.list.resolve())
    yield from _print(
        asked, {"list": str(asked.list.resolve()), "erased": known}, [f"{asked.list}: {known} erased, by their ids"]
    )


def _erase_again(asked: Namespace) -> Lines:
    if not asked.yes:
        raise RuleBroken(_("Nobody can take this back."), _("Nothing was done. Add --yes to do it."))
    address, registry = _address(asked), new_registry(SystemClock(office_zone()))
    with _looking(address, plan_of(registry)) as database:
        with database.read() as session:
            actor = administrator.acting(session.connection())
        count = erase_listed(database, actor, asked.list.resolve(), asked.case, World(registry.fates(), str(NOBODY)))
    yield from _print(asked, {"erased_again": count}, [f"{name_of(address)}: {count} erased again"])


def _user_add(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    with _looking(address, plan) as database:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
            known = session.connection().exec_driver_sql(
                "SELECT rolcanlogin FROM pg_roles WHERE rolname = %(login)s", {"login": asked.name}
            ).scalar()  # fmt: skip
            shared = bool(known) and administrator.used_elsewhere(session.connection(), names, asked.name)
        # Whoever is at home in another office of the server goes on signing in there as before.
        password = None if shared else _new_password(asked, known=bool(known))
        with database.write(actor, "add_user") as session:
            administrator.let_in(session, names, asked.name, asked.full_name or asked.name, asked.role, password)
    said = f"{asked.name} may use {names.database} as {', '.join(asked.role)}"
    words = [said if password is not None else f"{said}; {'the password stays as it is' if known else 'without a password'}"]
    if asked.generate and password is not None:
        words.append(f"Password, shown only this once: {password}")
    yield from _print(
        asked,
        {"login": asked.name, "roles": asked.role, **({"password": password} if asked.generate and password else {})},
        words,
    )


def _user_roles(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    with _looking(address, plan) as database:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
        with database.write(actor, "change_user") as session:
            administrator.change_roles(session, names, asked.name, asked.role)
    words = [
        f"{asked.name} now is {', '.join(asked.role)}; it holds from their next statement, the window shows it at the next start"
    ]
    yield from _print(asked, {"login": asked.name, "roles": asked.role}, words)


def _user_remove(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    with _looking(address, plan) as database:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
        with database.write(actor, "change_user") as session:
            gone = administrator.shut_out(session, names, asked.name)
    kept = "" if gone else "; the login itself is of use elsewhere and stays, without rights here"
    yield from _print(
        asked, {"login": asked.name, "login_removed": gone}, [f"{asked.name} may no longer use {names.database}{kept}"]
    )


def _check(asked: Namespace) -> Lines:
    address, plan = _address(asked), _plan()
    with _looking(address, plan) as database, database.read() as session:
        reading = session.connection()
        names, tables = names_of(reading, plan), tables_of(reading)
        matrix = plan.matrix(tables)
        found = [str(difference) for difference in check.differences(reading, names, matrix)]
        found += guards.differences(reading)
        found += [
            f"table core.{name}: no manifest says who may use it"
            for name in sorted(without_rule(tables, plan.accesses, founding.INTERNAL))
        ]
        advice = advise(reading, names, administrator.accounts(session))
        looked = len(matrix) + len(check.logins(reading, names))
    asked.code = 1 if found else 0
    words = [f"DIFFERS  {line}" for line in found] + [f"ADVICE   {line}" for line in advice]
    words.append(
        f"{names.database}: {looked} roles and logins looked at, {len(found)} differences, {len(advice)} pieces of advice"
    )
    yield from _print(asked, {"differences": found, "advice": advice, "looked_at": looked}, words)


@contextmanager
def _looking(address: str, plan: Plan, *, behind: bool = False) -> Iterator[Database]:
    """The open database, which must be up to date: bringing it up to date is a step of its own, with the grants."""
    if not behind:
        _refuse_empty(address)
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


def _refuse_empty(address: str) -> None:
    with founding.looking(PostgresqlEngine(address)) as connection:
        if schema.stored(connection, schema.CORE_PART) is None:
            raise Unavailable(
                _("{name} holds no Kontinuum database yet."),
                _("Check the name of the database, or ask its administrator to set it up with “kontinuum server init”."),
                name=name_of(address),
            )


def _new_password(asked: Namespace, *, known: bool) -> str | None:
    """None where a login keeps the one it has."""
    if asked.generate:
        return secrets.token_urlsafe(LENGTH)
    if known or asked.no_password:
        return None
    if not sys.stdin.isatty():
        raise RuleBroken(
            _("A new login needs a password."), _("Run this where it can be asked for, or have one made with --generate.")
        )
    first = getpass.getpass(f"Password for {asked.name}: ")
    if len(first) < 8 or first != getpass.getpass("Once more: "):
        raise RuleBroken(_("The two passwords differ, or are shorter than 8 letters."), _("Nothing was changed. Try again."))
    return first


_STEPS = {
    "init": _init, "upgrade": _upgrade, "export-sql": _export, "check": _check, "move": _move,
    "erased": _erased, "erase-again": _erase_again, "user add": _user_add, "user roles": _user_roles, "user remove": _user_remove,
}  # fmt: skip
