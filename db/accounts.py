"""Local users: who works with this file, and in which roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.account import UserAccount
from db.sorting import fold
from db.texts import _

if TYPE_CHECKING:
    from db.database import Database

ADMINISTRATOR = "administrator"
_USERS = UserAccount.__table__  # asked directly by the first reads of a start, before any mapper is configured


@dataclass(frozen=True, slots=True)
class User:
    """A local user as the list of users shows it."""

    id: UUID
    version: int
    login: str
    name: str
    roles: frozenset[str]
    active: bool


def list_users(session: Session) -> list[User]:
    """Every user, active ones first, by name."""
    rows = session.scalars(select(UserAccount).order_by(UserAccount.active.desc(), UserAccount.name))
    return [User(row.id, row.version, row.login, row.name, frozenset(row.roles), row.active) for row in rows]


def works_alone(session: Session) -> bool:
    """Whether one user is the only one who may sign in."""
    return session.scalar(select(func.count()).select_from(_USERS).where(_USERS.c.active)) == 1


def add_user(session: Session, login: str, name: str, roles: frozenset[str]) -> UUID:
    """Add a user who may sign in under `login`.

    Raises:
        RuleBroken: the login is empty or taken.
    """
    login = login.strip()
    if not login:
        raise RuleBroken(_("A user needs a sign-in name."), field="login")
    if session.scalar(select(UserAccount.id).where(UserAccount.login == fold(login))):
        raise RuleBroken(
            _("There is already a user called {login}."), _("Choose another sign-in name."), field="login", login=login
        )
    user = UserAccount(id=new_id(), login=fold(login), name=name.strip() or login, roles=sorted(roles))
    session.add(user)
    session.flush()
    about(session, user.id)
    describe(session, name=user.name)
    return user.id


def change_user(session: Session, user_id: UUID, version: int, *, name: str, roles: frozenset[str], active: bool) -> None:
    """Change name, roles or whether the user may sign in.

    Raises:
        RuleBroken: nobody would be left to administer the file.
        Conflict: somebody else changed the user.
    """
    one_at_a_time(session, "administrators")
    user = take(session, UserAccount, user_id, version)
    user.name, user.roles, user.active = name.strip() or user.login, sorted(roles), active
    session.flush()
    if not any(u.active and ADMINISTRATOR in u.roles for u in list_users(session)):
        raise RuleBroken(
            _("Nobody would be left to administer this database."), _("Make somebody else administrator first."), field="roles"
        )
    about(session, user_id)
    describe(session, name=user.name)


@dataclass(frozen=True, slots=True)
class ServerLogin:
    """The login under which a server knows this program, which nobody can pretend to be. `owner` may do everything there."""

    name: str
    owner: bool


def server_login(database: Database) -> ServerLogin | None:
    """Who signed in at the server; None where there is no server."""
    with database.read() as session:
        if session.get_bind().dialect.name != "postgresql":
            return None
        owns = "SELECT session_user::text, pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'user_account'::regclass"
        return ServerLogin(*session.execute(text(owns)).one())


def sign_in(database: Database, login: str, *, make: bool) -> Actor:
    """The user called `login`. With `make`, the first user of an empty list is made on the spot, as administrator.

    Raises:
        RuleBroken: there is no such user, or the user may no longer sign in.
    """
    with database.read() as session:
        columns = (_USERS.c.id, _USERS.c.name, _USERS.c.roles, _USERS.c.active)
        user = session.execute(select(*columns).where(_USERS.c.login == fold(login.strip()))).one_or_none()
        if user is not None and user.active:
            return Actor(user.id, user.name, frozenset(user.roles))
        empty = not session.scalar(select(func.count()).select_from(_USERS))
    if user is None and empty and make:
        first = Actor(new_id(), login, frozenset({ADMINISTRATOR}))
        with database.write(first, "first_user", about=[first.id], details={"name": login}) as session:
            session.add(UserAccount(id=first.id, login=fold(login.strip()), name=login, roles=[ADMINISTRATOR]))
        return first
    raise RuleBroken(
        _("{login} may no longer use this database.") if user else _("There is no user called {login} in this database."),
        _("Ask its administrator, or choose another user."),
        field="login",
        login=login,
    )
