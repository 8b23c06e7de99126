"""Puts the long-lived parts together for one open database: shared by the window and the command line."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db import passwords
from db.accounts import server_login, sign_in, works_alone
from db.actor import Actor
from db.database import Database, utc_now
from db.errors import RuleBroken, Told
from db.known_offices import refuse_other
from db.places import refuse_shared
from db.profiles import Address, Places, copies_of
from db.schema import Part, blamed
from db.texts import _
from desktop.core.changes import Changes
from desktop.core.clock import Clock, SystemClock, office_zone
from desktop.core.context import ModuleContext
from desktop.core.documents import Documents
from desktop.core.faults import ANYTHING
from desktop.core.lanes import Lanes
from desktop.core.messages import Messages
from desktop.core.presence import Presence
from desktop.core.registry import Registry
from desktop.core.rights import rights_of
from desktop.core.settings import ModuleSwitches, Settings
from desktop.core.texts import Catalogues, Texts, system_language

BUILTIN = ("desktop.people", "desktop.shell")
PACKAGES = ("desktop.modules",)
UNHURRIED = 60.0  # seconds a command waits for a module's code: no window stands still meanwhile
MakeTasks = Callable[[Database, Actor, Clock], Lanes]


def new_registry(clock: Clock, packages: tuple[str, ...] = PACKAGES) -> Registry:
    """All modules of this installation; which are switched off is known once a database is open."""
    return Registry(clock, builtin=BUILTIN, packages=packages, patience=UNHURRIED)


def parts_of(registry: Registry) -> list[Part]:
    """The lines of revisions of every module that has tables, running or not, but for those that broke."""
    modules = [module for module in registry.modules if module.manifest and module.folder and not module.without_tables]
    folders = [(module.key, module.folder / "migrations") for module in modules if module.folder]
    return [Part(key, folder) for key, folder in folders if any(folder.glob(f"{key}_[0-9]*.py"))]


def catalogues_of(registry: Registry) -> Catalogues:
    """The translated texts of every module."""
    return Catalogues.of_modules(module.folder for module in registry.modules if module.folder)


def open_database(address: Address, registry: Registry, now: Callable[[], datetime] = utc_now) -> Database:
    """Open a server, or open or make a file, with the tables of every module; one whose revisions break is left off and marked
    as failed.

    Raises:
        Unavailable: see `Database`; or the place is a network share or a synchronised folder.
        OtherOffice: another database answers at a server's address than before.
    """
    if isinstance(address, Path):
        refuse_shared(address)
    else:
        from db.postgresql.address import account_of  # loads the driver, which a file does not need

        passwords.recall(account_of(address))
    while True:
        try:
            places, parts = Places.of_this_machine(), parts_of(registry)
            copies = copies_of(places, address)
            return _recognised(Database(address, parts=parts, now=now, upgrades=False, seen=places.timelines, copies=copies))
        except ANYTHING as caught:  # a module's revisions are its code: contained, whatever they do
            if not registry.leave_without_tables(blamed(caught), caught):
                raise


def _recognised(database: Database) -> Database:
    """The same database, unless another one answers at a server's address than before."""
    if isinstance(database.address, str):
        from db.postgresql.address import place_of
        from db.postgresql.engine import identity_of

        try:
            found = identity_of(database.engine)
            refuse_other(Places.of_this_machine(), place_of(database.address), found.office, database.name, cluster=found.cluster)
        except Told:
            database.close()
            raise
    return database


def system_login() -> str:
    """The operating system's account name; the first user of a new file is called so."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "office"


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that lives as long as one database is open for one user."""

    context: ModuleContext
    registry: Registry
    settings: Settings
    alone: bool  # the only user of the file: holds every right, four-eyes rules rest

    def close(self) -> None:
        """Let go of the database."""
        self.context.database.close()


def _signed_in(database: Database, login: str | None) -> tuple[Actor, bool]:
    """Who works, and whether they are the only user of a file; see `assemble`."""
    own = server_login(database)
    if own is not None and login not in (None, own.name):
        raise RuleBroken(
            _("On a server everybody works under the login they signed in with, not as {login}."),
            _("Leave out the name."),
            login=login,
        )
    actor = sign_in(database, own.name if own else login or system_login(), make=own is None or own.owner)
    with database.read() as session:
        return actor, own is None and works_alone(session)


def assemble(
    database: Database,
    registry: Registry,
    *,
    login: str | None,
    make_tasks: MakeTasks,
    language: str = "",
    clock: Clock | None = None,
) -> Ground:
    """Sign `login` in (or the operating system's account) and join the parts around the database.

    Args:
        login: Only for a file; on a server it is the login of the session.
        language: Overrides the user's own language.

    Raises:
        RuleBroken: nobody of that name may use this database, or the name is not that of the session.
    """
    actor, alone = _signed_in(database, login)
    clock = clock or SystemClock()
    tasks = make_tasks(database, actor, clock)
    settings = Settings(database, actor, tasks)
    registry.use(ModuleSwitches(settings))
    settings.declare(registry.settings())
    clock = (
        clock
        if not isinstance(clock, SystemClock)
        else SystemClock(office_zone(settings.get("core.zone"), settings.get("core.office_country")))
    )
    texts = Texts(
        language or settings.get("core.language") or system_language(), catalogues_of(registry), zone=clock.zone, now=clock.now
    )
    rights = rights_of(actor, registry.manifests, alone=alone)
    changes = Changes(database)
    context = ModuleContext(
        database=database,
        tasks=tasks,
        changes=changes,
        messages=Messages(texts),
        settings=settings,
        texts=texts,
        documents=Documents(tasks, texts),
        actor=actor,
        clock=clock,
        presence=Presence(database, actor, clock, tasks, changes),
        rights=rights,
        offers=lambda kind: registry.contributions(kind, rights),
        load=registry.open,
        verbs=registry.verbs,
        person_rows=registry.person_rows,
        fates=registry.fates,
        manifests=registry.with_tables,
        records=registry.records,
    )
    return Ground(context, registry, settings, alone)
