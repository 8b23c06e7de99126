"""Turns what the server, the network and the driver say into words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import conninfo
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolBusy

from db.erasing.holds import held
from db.errors import AlreadySaved, Astray, Conflict, Denied, InDoubt, RuleBroken, Told, Unavailable, Unreachable
from db.passwords import PasswordWanted
from db.postgresql import certificate
from db.postgresql.lineage import Elsewhere, Overtaken
from db.texts import Msgid, _

OLDER = "KN001"  # the state of the error that tells a program it is older than the tables
STORED = "KN002"  # of the one that tells a step tried again that it is stored already
HELD = "KN003"  # of the one that tells whoever erases somebody that a legal hold keeps them
Words = tuple[Msgid, Msgid]
_KEPT = _("Nothing was saved; your entries are still there. Try again in a moment.")
_ADMINISTRATOR = _("Ask the administrator of the server.")
_LOST: Words = (_("The connection to {name} was lost."), _KEPT)
_CROWDED: Words = (
    _("{name} has no free connection left."),
    _("Close windows you do not need and try again, or ask its administrator."),
)
_UNSURE: Words = (
    _("The connection to {name} was lost while saving."),
    _("It is not certain whether this was saved. When the server answers again, look whether it is there, then try again."),
)
_BEHIND: Words = (
    _("{name} is a copy that cannot be written to just now."),
    _("Try again in a moment, or ask its administrator which server writes."),
)
_READ_ONLY: Words = (
    _("{name} can only be read just now."),
    _("It is a copy, or its administrator closed it for writing. Try again in a moment, or ask which server writes."),
)
_OVERTAKEN: Words = (
    _("The server that answers for {name} was replaced by another one and is out of date."),
    _("Nothing was read or saved there. Tell its administrator: the old server has to be stopped."),
)
_ELSEWHERE: Words = (
    _("Another database answers at the address of {name} than the one you opened."),
    _("Nothing was read or saved there, and your entries are still here. Tell its administrator."),
)
_NOBODY: Words = (_("There is no computer called as the host of {name}."), _("Check the host's name and the network."))

_KEYLESS: Words = (
    _("The key of your certificate is not there."),
    _("Nothing was sent. Choose its file; the administrator gave you both together."),
)
_MISMATCHED: Words = (
    _("This key belongs to another certificate."),
    _("Nothing was sent. Choose the two files that belong together."),
)
_UNWANTED: Words = (
    _("{name} does not accept your certificate."),
    _("It may have expired or be of another authority. Ask the administrator for a new one."),
)
_ANOTHER: Words = (
    _("{name} knows your account, but does not let you in as this user."),
    _("Leave the user empty, or ask the administrator under which name you are known."),
)

# What the sentence of a connection that could not be made contains, in the order in which they are looked for.
_REFUSED: tuple[tuple[str, Words], ...] = (
    (certificate.SHOWN, (_("{name} does not know this user, the password is wrong, or your certificate belongs to somebody else."), _("Check all three and try again."))),
    ("password authentication failed", (_("{name} does not know this user, or the password is wrong."), _("Check both and try again."))),
    ("no password supplied", (_("{name} asks for a password."), _("Store it where libpq looks, such as a .pgpass file."))),
    ("certificate has expired", (_("The certificate of {name} has expired."), _("Nothing was sent. Ask the administrator for a new one."))),
    ("certificate is not yet valid", (_("The certificate of {name} is not valid yet."), _("Nothing was sent. Look whether the clock of this computer is right, or ask the administrator."))),
    ("does not match host name", (_("The certificate of {name} belongs to another server."), _("Nothing was sent. Check the host's name, or ask the administrator."))),
    ("root certificate file", (_("The file with the trusted certificates for {name} is missing."), _("Ask the administrator for it, then choose it again."))),
    ("requires a valid client certificate", (_("{name} wants a certificate of yours."), _("Ask the administrator for one, then choose its two files under “Certificate of my own”."))),
    ("certificate authentication failed", (_("Your certificate belongs to another user of {name}."), _("Sign in under the name it bears, or ask the administrator."))),
    ("alert unknown ca", _UNWANTED),
    ("alert bad certificate", _UNWANTED),
    ("alert certificate", _UNWANTED),
    (certificate.ABSENT, (_("The file of your certificate is not there."), _("Nothing was sent. Choose it again, or ask the administrator for a new one."))),
    (certificate.KEY_ABSENT, _KEYLESS),
    ("but not private key file", _KEYLESS),
    ("group or world access", (_("Others at this computer may read the key of your certificate."), _("Nothing was sent. Let nobody but yourself read that file, then try again."))),
    ("certificate does not match private key", _MISMATCHED),
    ("key values mismatch", _MISMATCHED),
    ("could not read certificate file", (_("The file of your certificate cannot be read, or holds none."), _("Nothing was sent. Choose the right file, or ask the administrator for a new one."))),
    ("private key file", (_("The key of your certificate cannot be read, or is guarded by a password."), _("Nothing was sent. Choose the right file, or ask the administrator for a key without one."))),
    ("peer authentication failed", _ANOTHER),
    ("ident authentication failed", _ANOTHER),
    ("gssapi authentication failed", (_("{name} does not accept your sign-in to the network for this user."), _("Leave the user empty, sign in to the network again, or ask the administrator."))),
    ("certificate verify failed", (_("The certificate of {name} is not one you trust."), _("Nothing was sent. Ask the administrator whether it is the right one."))),
    ("does not support ssl", (_("{name} does not encrypt its connections."), _("Ask the administrator to switch TLS on."))),
    ("no encryption", (_("{name} takes no connection without encryption."), _("Choose an encrypted connection, or write sslmode=verify-full into its address."))),
    ("ssl", (_("No encrypted connection to {name} could be made."), _("Check the TLS settings, or ask the administrator."))),
    ("no pg_hba.conf entry", (_("{name} lets nobody of this name in from this computer."), _ADMINISTRATOR)),
    ("not permitted to log in", (_("This user may not sign in to {name}."), _ADMINISTRATOR)),
    ("permission denied for database", (_("This user may not open {name}."), _("Ask its administrator for the right."))),
    ("too many connections", _CROWDED),
    ("connection slots are reserved", _CROWDED),
    ("too many clients", _CROWDED),
    ("not currently accepting connections", (_("{name} takes no connections just now."), _ADMINISTRATOR)),
    ("starting up", (_("The server of {name} is starting."), _("Try again in a moment."))),
    ("shutting down", (_("The server of {name} is stopping."), _("Try again in a moment."))),
    ("recovery mode", (_("The server of {name} is recovering from a fault."), _("Try again in a moment."))),
    ("not yet accepting connections", (_("The server of {name} is starting."), _("Try again in a moment."))),
    ("session is read-only", _READ_ONLY),
    ("not in hot standby mode", (_("{name} follows no other server: it is no copy."), _("Name the server that follows, or leave the field empty."))),
    ("server is in hot standby mode", _BEHIND),
    ('database "', (_("There is no database {name}."), _("Check its name and the user's, or ask the administrator of the server."))),
    ('role "', (_("{name} does not know this user, or the password is wrong."), _("Check both and try again."))),
    ("gssapi", (_("{name} could not be opened with your sign-in of this computer."), _("Sign in to the network again, or ask the administrator."))),
    ("connection refused", (_("No server answers for {name}."), _("Check host and port, or ask the administrator whether it runs."))),
    ("timeout", (_("The server of {name} does not answer."), _("Check the network and the host's name, then try again."))),
    ("failed to resolve host", _NOBODY),
    ("could not translate host name", _NOBODY),
    ("definition of service", (_("This computer knows no database service of that name."), _("Check its name, or write the address in full."))),
)  # fmt: skip
_SECRETS = {
    certificate.SHOWN: True,
    "password authentication failed": True,
    "no password supplied": False,
}  # whether one was given
_AT_OPENING = ("connection failed", "connection is bad", "failed to resolve host", "connection timeout")
_UNREACHED: Words = (_("The server of {name} cannot be reached."), _("Check the network and the address, then try again."))

_HELD: Words = (_("Somebody else is writing the same in {name} just now."), _KEPT)  # an import may hold a record for minutes

# What is over by itself: when the server or the network is back, or somebody else is done.
_PASSING = frozenset({_LOST, _BEHIND, _READ_ONLY, _OVERTAKEN, _HELD, _NOBODY, _UNREACHED, *(dict(_REFUSED)[sign] for sign in (
    "starting up", "shutting down", "recovery mode", "not yet accepting connections", "connection refused", "timeout",
))})  # fmt: skip

# Deadlock, serialisation; and the same key or a row that is gone: a step that looked first meets these only when desks cross.
_AT_ONCE = ("40001", "40P01", "23505", "23503", "23001")
_NO_TEXT = ("22021", "22P05")
# SQLSTATEs, whole or by their first letters.
_STATES: tuple[tuple[str, Words], ...] = (
    ("08", _LOST),
    ("57P", _LOST),
    ("25P03", _LOST),
    ("25P04", _LOST),
    ("25006", _READ_ONLY),
    ("53100", (_("The server of {name} has no room left on its disk."), _("Nothing was saved; your entries are still there. Tell its administrator at once."))),
    ("53300", _CROWDED),
    ("53", (_("The server of {name} is short of memory or room."), _KEPT)),
    ("58", (_("The server of {name} reports a fault of its own."), _("Nothing was saved. Tell its administrator at once."))),
    ("XX001", (_("The data of {name} is damaged."), _("Nothing was changed. Tell its administrator at once."))),
    ("XX002", (_("The data of {name} is damaged."), _("Nothing was changed. Tell its administrator at once."))),
    ("55P03", _HELD),
    ("57014", (_("{name} took too long for this."), _("Nothing was saved. Ask for less at once, or try again later."))),
    (OLDER, (
        _("{name} was brought up to date by a newer version of Kontinuum."),
        _("Nothing was saved. Keep your text, then start the newer version."),
    )),
)  # fmt: skip


def name_of(address: str) -> str:
    """What people call the database at this address; never holds a password.

    Raises:
        Unavailable: it is no address.
    """
    try:
        given = conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError:  # its text may quote a password
        raise Unavailable(
            _("This is not the address of a server."),
            _("Write it as postgresql://user@host/database, without a password."),
        ) from None
    host = str(given.get("host") or given.get("hostaddr") or given.get("service") or "localhost")
    return f"{given.get('dbname') or given.get('user') or 'kontinuum'} ({host})"


@contextmanager
def told(name: str) -> Iterator[None]:
    """Raise words for every fault of network and server, and for what the user may not; defects pass through."""
    try:
        yield
    except (DBAPIError, psycopg.Error, PoolBusy) as error:
        found = _words_for(error, name)
        if found is None:
            raise
        raise found from error


@contextmanager
def committing(name: str) -> Iterator[None]:
    """Around a commit: should the connection break now, the server may have saved or not."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        own = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(own, psycopg.OperationalError) and (own.sqlstate is None or own.sqlstate.startswith(("08", "57P"))):
            raise InDoubt(*_UNSURE, name=name) from error
        raise


def _words_for(error: Exception, name: str) -> Told | None:
    if isinstance(error, PoolBusy):  # our own pool's
        return Unavailable(*_CROWDED, name=name)
    own = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(own, psycopg.Error):
        return None
    if isinstance(own, Overtaken):
        return _kind(_OVERTAKEN)(*_OVERTAKEN, name=name)
    if isinstance(own, Elsewhere):
        return Astray(*_ELSEWHERE, name=name)
    state = own.sqlstate
    if state in _AT_ONCE:
        return Conflict(_("Somebody else wrote the same at the same moment."), _KEPT)
    if state == "42501":
        return Denied(
            _("Your user may not do this in {name}."), _("Nothing was saved. Ask the administrator for the right."), name=name
        )
    if state == STORED:
        return AlreadySaved(_("This is saved already."), name=name)
    if state == HELD:
        return held()
    if state in _NO_TEXT or (isinstance(own, psycopg.DataError) and "NUL" in str(own)):
        return RuleBroken(
            _("A text holds a sign that cannot be stored."),
            _("Nothing was saved. Remove signs that cannot be seen, then try again."),
        )
    if state is not None:
        words = next((words for sign, words in _STATES if state.startswith(sign)), None)
        return _kind(words)(*words, name=name) if words else None
    if not isinstance(own, psycopg.OperationalError):
        return None
    said = str(own).lower()
    if not any(sign in said for sign in _AT_OPENING):
        return Unreachable(*_LOST, name=name)
    sign, words = next((found for found in _REFUSED if found[0] in said), ("", _UNREACHED))
    if sign in _SECRETS:
        return PasswordWanted(*words, wrong=_SECRETS[sign], name=name)
    return _kind(words)(*words, name=name)


def gone(error: psycopg.Error) -> bool:
    """Whether a connection failed because nobody is there, and not because somebody said no."""
    return isinstance(_words_for(error, ""), Unreachable)


def _kind(words: Words) -> type[Unavailable]:
    return Unreachable if words in _PASSING else Unavailable


def terse(error: psycopg.Error) -> None:
    """Take out of an error's text what it may quote of people: details, and all of it where a value itself was at fault."""
    state = error.sqlstate
    if state is not None:
        error.args = ((error.diag.message_primary or "") if not state.startswith("22") else type(error).__name__,)
