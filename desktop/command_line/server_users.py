"""The commands that let people into a database on a server, give them other roles, and shut them out."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import Namespace

from db.errors import RuleBroken
from db.postgresql import administrator
from db.postgresql.founding import names_of
from db.texts import _
from desktop.command_line.server_opening import Lines, address_of, looking, office_plan, printed

LENGTH = 15  # bytes of chance in a generated password


def add(asked: Namespace) -> Lines:
    """Let somebody in; a login that is at home in another office of the server keeps its password."""
    address, plan = address_of(asked), office_plan()
    with looking(address, plan) as database:
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
    yield from printed(
        asked,
        {"login": asked.name, "roles": asked.role, **({"password": password} if asked.generate and password else {})},
        words,
    )


def change_roles(asked: Namespace) -> Lines:
    """Give somebody these roles, and no others."""
    address, plan = address_of(asked), office_plan()
    with looking(address, plan) as database:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
        with database.write(actor, "change_user") as session:
            administrator.change_roles(session, names, asked.name, asked.role)
    words = [
        f"{asked.name} now is {', '.join(asked.role)}; it holds from their next statement, the window shows it at the next start"
    ]
    yield from printed(asked, {"login": asked.name, "roles": asked.role}, words)


def remove(asked: Namespace) -> Lines:
    """Shut somebody out; the login itself goes where nothing else of the server knows it."""
    address, plan = address_of(asked), office_plan()
    with looking(address, plan) as database:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
        with database.write(actor, "change_user") as session:
            gone = administrator.shut_out(session, names, asked.name)
    kept = "" if gone else "; the login itself is of use elsewhere and stays, without rights here"
    yield from printed(
        asked, {"login": asked.name, "login_removed": gone}, [f"{asked.name} may no longer use {names.database}{kept}"]
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
