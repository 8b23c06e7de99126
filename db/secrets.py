"""Secrets in the operating system's keyring: kept there or nowhere, never in a file of ours.

Only keyrings that lock what they hold are used; one that writes plain files is no keyring to us, whatever else is installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal

from db.errors import Unavailable
from db.texts import Msgid, _

SERVICE = "Kontinuum"
# In the order tried. They are named here, not looked up among what is installed, so that no other package can step in.
TRUSTED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
CHOSEN = "PYTHON_KEYRING_BACKEND"  # how a user names one keyring; it must be among the trusted all the same
Reason = Literal["none", "locked", "refused"]
_WORDS: dict[Reason, tuple[Msgid, Msgid]] = {
    "none": (
        _("This computer has no keyring that Kontinuum may use."),
        _("Start one, such as GNOME Keyring or KWallet, or go on without."),
    ),
    "locked": (_("The keyring of this computer is locked."), _("Unlock it and try again.")),
    "refused": (_("The keyring of this computer refused: {said}."), _("Look whether it works, then try again.")),
}


class NoKeyring(Unavailable):
    """The keyring cannot be used just now; `reason` tells which of three ways."""

    def __init__(self, reason: Reason, said: str = "") -> None:
        super().__init__(*_WORDS[reason], said=said)
        self.reason: Reason = reason


def store(name: str, secret: str) -> None:
    """Keep `secret` under `name`, in the place of what was there.

    Raises:
        NoKeyring: nothing was kept.
    """
    _ask(lambda ring: ring.set_password(SERVICE, name, secret))


def find(name: str) -> str | None:
    """What is kept under `name`; None if nothing is.

    Raises:
        NoKeyring: nobody can say.
    """
    found: str | None = _ask(lambda ring: ring.get_password(SERVICE, name))
    return found


def remove(name: str) -> None:
    """Let go of what is kept under `name`; it need not be there.

    Raises:
        NoKeyring: it may still be there.
    """
    from keyring.errors import PasswordDeleteError

    def act(ring: Any) -> None:
        if ring.get_password(SERVICE, name) is not None:
            ring.delete_password(SERVICE, name)

    try:
        _ask(act)
    except PasswordDeleteError as error:
        raise NoKeyring("refused", str(error)) from error


def is_usable() -> bool:
    """Whether there is a trusted keyring at all; it may still turn out to be locked."""
    return _ring() is not None


def _ask(act: Callable[[Any], Any]) -> Any:
    ring = _ring()
    if ring is None:
        raise NoKeyring("none")
    with _told():
        return act(ring)


def _ring() -> Any:
    """The first trusted keyring that works here."""
    chosen = os.environ.get(CHOSEN)
    for name in TRUSTED:
        if chosen and name != chosen:
            continue
        module, _dot, kind = name.rpartition(".")
        try:
            ring: Any = getattr(import_module(module), kind)
            if ring.viable:
                return ring()
        except (ImportError, AttributeError, OSError):
            continue  # made for another system
    return None


@contextmanager
def _told() -> Iterator[None]:
    """Every way in which keyrings say no, in three sentences."""
    from keyring.errors import InitError, KeyringError, KeyringLocked

    others: tuple[type[Exception], ...] = (KeyringError, OSError, RuntimeError, *_of_the_system())
    try:
        yield
    except (KeyringLocked, InitError) as error:  # the latter: whoever was asked to unlock it did not
        raise NoKeyring("locked") from error
    except others as error:
        locked = type(error).__name__ in ("LockedException", "PromptDismissedException")
        raise NoKeyring("locked" if locked else "refused", str(error) or type(error).__name__) from error


def _of_the_system() -> list[type[Exception]]:
    """What the libraries below the keyring raise and it lets through, where they are installed."""
    found = []
    for name in ("secretstorage.exceptions.SecretStorageException", "jeepney.DBusErrorResponse", "pywintypes.error"):
        module, _dot, kind = name.rpartition(".")
        try:
            found.append(getattr(import_module(module), kind))
        except (ImportError, AttributeError):
            continue  # made for another system
    return found
