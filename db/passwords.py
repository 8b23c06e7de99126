"""Passwords of servers: in memory while the program runs and, if the user wants, in the keyring; never in an address or a file."""

from __future__ import annotations

from db import secrets
from db.errors import Unavailable
from db.secrets import NoKeyring
from db.texts import Msgid, _

_IN_HAND: dict[str, str] = {}
_SIGN = "server "  # begins the names of passwords in the keyring, beside those of keys


class PasswordWanted(Unavailable):
    """The server asks for a password and has none, or a `wrong` one."""

    def __init__(self, what: Msgid, to_do: Msgid, *, wrong: bool, name: str) -> None:
        super().__init__(what, to_do, name=name)
        self.wrong = wrong


def use(account: str, password: str) -> None:
    """Give this password whenever the account is used, while the program runs.

    Args:
        account: As `db.postgresql.address.account_of` names it: host, port, database and user.
    """
    _IN_HAND[account] = password


def in_hand(account: str) -> str | None:
    """The password given in this run."""
    return _IN_HAND.get(account)


def recall(account: str) -> None:
    """Use what the keyring has, unless a password is in hand. It may ask the user to unlock it: not in the window's thread."""
    if account in _IN_HAND:
        return
    try:
        kept = secrets.find(_SIGN + account)
    except NoKeyring:
        return  # the server will say whether it wants one
    if kept is not None:
        _IN_HAND[account] = kept


def keep(account: str, password: str) -> None:
    """Keep it in the keyring, and use it.

    Raises:
        NoKeyring: it was not kept; it is used all the same.
    """
    use(account, password)
    secrets.store(_SIGN + account, password)
    if secrets.find(_SIGN + account) != password:
        raise NoKeyring("refused", str(_("it did not give back what it was given")))


def forget(account: str) -> None:
    """Use it no longer, and take it out of the keyring as far as that can be done."""
    _IN_HAND.pop(account, None)
    try:
        secrets.remove(_SIGN + account)
    except NoKeyring:
        return  # nothing of ours can be in a keyring that cannot be used
