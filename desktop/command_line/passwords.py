"""Databases on servers as the commands open them: the password is asked for on a terminal, and stands nowhere else."""

from __future__ import annotations

import getpass
import sys

from db import known_offices, passwords
from db.database import Database
from db.passwords import PasswordWanted
from db.profiles import Address, Places
from desktop.assembly import open_database
from desktop.core.registry import Registry


def open_asking(address: Address, registry: Registry) -> Database:
    """As `open_database`; on a terminal a password is asked for, once, where the server wants one that is in no keyring.

    Raises:
        PasswordWanted: nobody can be asked, or what was typed is wrong.
    """
    try:
        return open_database(address, registry)
    except PasswordWanted as wanted:
        if not isinstance(address, str) or not sys.stdin.isatty():
            raise
        from db.postgresql.address import account_of  # loads the driver, which a file does not need

        passwords.use(account_of(address), getpass.getpass(f"Password for {wanted.values['name']}: "))
        return open_database(address, registry)


def accept_anew(address: str) -> None:
    """Whoever names a server anew accepts what answers there."""
    from db.postgresql.address import place_of

    known_offices.forget(Places.of_this_machine(), place_of(address))
