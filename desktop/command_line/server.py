"""The commands for a database on a server: setting it up, its users, and whether its rights are as they should be."""

from __future__ import annotations

import sys
from argparse import Namespace

from db.access import without_rule
from db.accounts import ADMINISTRATOR
from db.errors import RuleBroken
from db.postgresql import administrator, check, founding, guards
from db.postgresql.catalogue import tables_of
from db.postgresql.check_advice import advise
from db.postgresql.connection import PATH
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.faults import name_of
from db.postgresql.founding import names_of
from db.postgresql.moving import move
from db.texts import _
from desktop.assembly import new_registry
from desktop.command_line import server_users
from desktop.command_line.server_opening import Lines, address_of, looking, office_plan, printed, refuse_empty
from desktop.core.clock import SystemClock, office_zone
from desktop.people.erasing.erase import NOBODY, World
from desktop.people.erasing.lists import erase_listed, keep_apart
from desktop.server_plan import plan_of


def run(asked: Namespace) -> Lines:
    """Carry out `kontinuum server …` and give the lines to print; `asked.code` becomes 1 where a check finds something.

    Raises:
        Told: it could not be done, in words.
    """
    return _STEPS[asked.step](asked)


def _init(asked: Namespace) -> Lines:
    address, plan = address_of(asked), office_plan()
    founding.found(PostgresqlEngine(address), plan)
    with looking(address, plan, behind=True) as database, database.read() as session:
        tables, users = len(tables_of(session.connection())), len(administrator.accounts(session))
    words = [f"{name_of(address)}: set up, {tables} tables, {len(plan.bundles)} roles"]
    if not users:
        words.append(f"Nobody may use it yet; begin with: kontinuum server user add NAME --role {ADMINISTRATOR} --dsn …")
    yield from printed(
        asked, {"database": name_of(address), "tables": tables, "roles": sorted(plan.bundles), "users": users}, words
    )


def _upgrade(asked: Namespace) -> Lines:
    address, plan = address_of(asked), office_plan()
    engine = PostgresqlEngine(address)
    refuse_empty(address)
    founding.found(engine, plan)
    yield from printed(asked, {"database": name_of(address)}, [f"{name_of(address)}: up to date"])


def _export(asked: Namespace) -> Lines:
    statements: list[str] = []
    founding.found(PostgresqlEngine(address_of(asked)), office_plan(), keep=False, heard=statements.append)
    statements = ["BEGIN", f"SET LOCAL search_path = {PATH}", *statements, "COMMIT"]
    yield from printed(asked, statements, [f"{statement.strip().removesuffix(';')};" for statement in statements])


def _move(asked: Namespace) -> Lines:
    address, plan = address_of(asked), office_plan()
    moved = move(asked.file, PostgresqlEngine(address), plan, _tell_progress if sys.stderr.isatty() else lambda _done, _of: None)
    tables = {name: {"rows": table.rows, "sum": f"{table.sum:016x}"} for name, table in moved.tables.items()}
    words = [f"{name:<24}{table.rows:>12}  {table.sum:016x}" for name, table in moved.tables.items() if table.rows]
    words += [
        f"{name_of(address)}: {moved.rows} rows {'were there already' if moved.before else 'moved'} and compared, none differs; "
        f"{asked.file} is as it was",
        "Now let its users in, each by: kontinuum server user add NAME --role ROLE --dsn …",
    ]
    yield from printed(asked, {"database": name_of(address), "rows": moved.rows, "tables": tables, "before": moved.before}, words)


def _tell_progress(done: int, total: int) -> None:
    """One line that writes over itself, for whoever waits."""
    sys.stderr.write(f"\r{done * 100 // max(total, 1):>3} %" + ("\n" if done == total else ""))


def _erased(asked: Namespace) -> Lines:
    with looking(address_of(asked), office_plan()) as database:
        known = keep_apart(database, asked.list.resolve())
    yield from printed(
        asked, {"list": str(asked.list.resolve()), "erased": known}, [f"{asked.list}: {known} erased, by their ids"]
    )


def _erase_again(asked: Namespace) -> Lines:
    if not asked.yes:
        raise RuleBroken(_("Nobody can take this back."), _("Nothing was done. Add --yes to do it."))
    address, registry = address_of(asked), new_registry(SystemClock(office_zone()))
    with looking(address, plan_of(registry)) as database:
        with database.read() as session:
            actor = administrator.acting(session.connection())
        count = erase_listed(database, actor, asked.list.resolve(), asked.case, World(registry.fates(), str(NOBODY)))
    yield from printed(asked, {"erased_again": count}, [f"{name_of(address)}: {count} erased again"])


def _check(asked: Namespace) -> Lines:
    address, plan = address_of(asked), office_plan()
    with looking(address, plan) as database, database.read() as session:
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
    yield from printed(asked, {"differences": found, "advice": advice, "looked_at": looked}, words)


_STEPS = {
    "init": _init, "upgrade": _upgrade, "export-sql": _export, "check": _check, "move": _move,
    "erased": _erased, "erase-again": _erase_again, "user add": server_users.add, "user roles": server_users.change_roles, "user remove": server_users.remove,
}  # fmt: skip
