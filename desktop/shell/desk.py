"""One open database with one signed-in user, as the window needs it: pages come and go, this stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from db.accounts import list_users
from db.actor import Actor
from db.base import metadata
from db.changes import Moved
from db.database import Database
from db.encryption import state_of
from db.texts import Msgid
from desktop.assembly import BUILTIN, PACKAGES, Ground, MakeTasks, assemble, catalogues_of
from desktop.core.clock import Clock
from desktop.core.context import ModuleContext, Navigate
from desktop.core.documents import Documents
from desktop.core.manifest import ContributionKind, Offer
from desktop.core.registry import Registry
from desktop.core.rights import holds, rights_of
from desktop.core.starting import PATIENCE
from desktop.core.tasks import Tasks
from desktop.core.texts import Texts, system_language
from desktop.core.trail import Trail
from desktop.shell.demo import is_demo
from desktop.shell.errands import Errands
from desktop.shell.own_steps import OwnSteps

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl

    from desktop.shell.copies import Copies
    from desktop.shell.keeper import Kept
    from desktop.shell.protection import Protection
    from desktop.shell.safe_start import SafeStart

SHELL = "desktop.shell"


def window_registry(
    clock: Clock,
    packages: tuple[str, ...] = PACKAGES,
    *,
    trail: Trail | None = None,
    patience: float = PATIENCE,
    arrived: Callable[[], None] = lambda: None,
    safe: bool = False,
) -> Registry:
    """All modules of this installation, with the shell's own pages among them; `safe` runs none of their code."""
    if safe:
        packages = ()
    builtin = tuple(dict.fromkeys((*BUILTIN, SHELL)))
    outside = () if safe else None
    return Registry(clock, builtin=builtin, packages=packages, outside=outside, trail=trail, patience=patience, arrived=arrived)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tests put in the place of threads, the computer's clock and the system's programs."""

    make_tasks: MakeTasks = Tasks
    clock: Clock | None = None
    opener: Callable[[QUrl], bool] | None = None  # opens files and addresses; None means really
    patience: float = PATIENCE  # seconds the window waits for a module's code


class Desk(QObject):
    """The long-lived objects of an open database. Make, use and close it in the window's thread.

    Args:
        database: Open already; the desk closes it.
        login: Who signs in; None means the user of this computer.
        language: What to speak unless the user has chosen a language.

    Raises:
        RuleBroken: nobody of that name may use this database.
    """

    keeper: Kept  # of the copies; these are given by the application
    copies: Copies
    protection: Protection
    safe: SafeStart
    reached = Signal(bool)  # a server that was gone is there again, or is gone
    _link = Signal(bool)

    def __init__(
        self,
        database: Database,
        registry: Registry,
        errands: Errands,
        login: str | None,
        around: Surroundings,
        language: str = "",
    ) -> None:
        super().__init__()
        self.registry, self.errands, self._around = registry, errands, around
        self._fallback = language or system_language()
        self.ground: Ground = assemble(
            database, registry, login=login, make_tasks=around.make_tasks, language=language, clock=around.clock
        )
        context = self.ground.context
        self.database, self.actor, self.clock = database, context.actor, context.clock
        self.tasks: Any = context.tasks
        self.settings, self.changes, self.messages = context.settings, context.changes, context.messages
        self.texts: Texts = context.texts
        self.documents: Documents = context.documents
        self._former_documents: list[Documents] = []
        self.alone, self.rights = self.ground.alone, context.rights
        self.address = database.address
        self.on_server = not isinstance(self.address, Path)
        self.encrypted = isinstance(self.address, Path) and state_of(self.address) == "encrypted"
        self._link.connect(self._reached, Qt.ConnectionType.QueuedConnection)
        self._unwatch = database.watch(self._link.emit)
        database.follow()
        context.presence.start()
        with database.read() as session:
            self.is_demo = is_demo(session)  # the people in it are invented
        self.own_steps = OwnSteps(self)
        self.speak()

    @property
    def path(self) -> Path:
        """The file of the database; asked for only where it is in one.

        Raises:
            Unavailable: it is on a server.
        """
        return self.database.path

    @property
    def name(self) -> str:
        """What people call the database."""
        return self.database.name if self.on_server else self.path.stem

    def say(self, text: Msgid, **values: Any) -> str:
        """`text` in the user's language."""
        return self.texts.say(text, **values)

    def read_rights(self) -> None:
        """Find out anew what the user may do, after users, roles or modules moved."""
        with self.database.read() as session:
            users = [user for user in list_users(session) if user.active]
        mine = next((user for user in users if user.id == self.actor.id), None)
        self.actor = Actor(self.actor.id, mine.name if mine else self.actor.name, mine.roles if mine else frozenset())
        self.alone = len(users) <= 1 and isinstance(self.database.address, Path)  # a server gives nobody more than their roles
        self.rights = rights_of(self.actor, self.registry.manifests, alone=self.alone)

    def speak(self) -> None:
        """Make the texts anew after the language or the modules changed."""
        language = self.settings.get("core.language") or self._fallback
        self.texts = Texts(language, catalogues_of(self.registry), zone=self.clock.zone, now=self.clock.now)
        self.messages.use(self.texts)
        self._former_documents.append(self.documents)
        self.documents = Documents(self.tasks, self.texts, self._around.opener)

    def context(self, navigate: Navigate) -> ModuleContext:
        """What pages are given now; after the language or the rights moved, pages are made anew with another one."""
        return replace(
            self.ground.context,
            texts=self.texts,
            documents=self.documents,
            actor=self.actor,
            rights=self.rights,
            navigate=navigate,
            offers=self._offers,
            load=self.registry.open,
            hand_off=self.documents.hand_off,
        )

    def stand(self) -> tuple[frozenset[tuple[str, bool]], frozenset[str]]:
        """Which modules run or are still starting, and what the user may do: what decides which pages there are."""
        running = (module for module in self.registry.modules if module.running)
        return frozenset((module.key, module.starting) for module in running), self.rights

    def may(self, rights: str) -> bool:
        """As `ModuleContext.may`."""
        return holds(self.rights, rights)

    def _reached(self, there: bool) -> None:
        self.reached.emit(there)
        if there:  # whatever was asked for meanwhile found nobody
            self.changes.tell(Moved(frozenset(metadata.tables), by_others=True))

    def close(self) -> None:
        """Finish every write, then let the database go."""
        self._unwatch()
        self.tasks.close()
        for documents in (*self._former_documents, self.documents):
            documents.close()
        self.ground.context.presence.close()
        self.ground.close()

    def _offers(self, kind: ContributionKind) -> tuple[Offer, ...]:
        return self.registry.contributions(kind, self.rights)
