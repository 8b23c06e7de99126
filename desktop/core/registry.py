"""Finds the modules, knows how each is doing, and keeps a broken one from stopping the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from db.errors import Told, Unavailable
from db.texts import Msgid, _
from desktop.core.clock import Clock
from desktop.core.declared import Declared, place
from desktop.core.discovery import Found, find, key_of, settled
from desktop.core.faults import ANYTHING, names_in
from desktop.core.manifest import NO_TEXT, SHELL_VERSION
from desktop.core.module import Module, State
from desktop.core.starting import PATIENCE, Starter, named
from desktop.core.trail import Trail

log = logging.getLogger(__name__)
FAULTS, WITHIN = 3, timedelta(minutes=5)  # so many faults in so short a time switch a module off


class LoadFailed(Unavailable):
    """A part of a module could not be imported, or its module does not run; told already where it is a defect."""


class Registry(Declared):
    """All modules of this run. `changed` is called (in the caller's thread) whenever a state moves.

    Args:
        builtin: Packages that are part of the program and cannot be switched off, such as `desktop.people`.
        packages: Packages whose subpackages are modules.
        outside: What installed packages offer, as (package, origin); None asks the installation.
        switches: Which modules the user switched on or off, by key; where the choice is kept.
        trail: Whose code the run before ended in: those modules are left off until the user wants them.
        patience: Seconds to wait for a module's code before going on without it.
        arrived: Called in another thread when code that was waited for is there; then call `take_in`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        builtin: Sequence[str] = (),
        packages: Sequence[str] = ("desktop.modules",),
        outside: Sequence[tuple[str, str]] | None = None,
        switches: MutableMapping[str, bool] | None = None,
        changed: Callable[[], None] = lambda: None,
        trail: Trail | None = None,
        patience: float = PATIENCE,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock, self.changed, self._trail = clock, changed, trail or Trail()
        self._starter = Starter(self._trail, patience, arrived)
        self._switches: MutableMapping[str, bool] = switches if switches is not None else {}
        self._modules: dict[str, Module] = {}
        for found in find(builtin, packages, outside, self._starter, self._trail):
            self._admit(found)
        self._starter.rest()
        self._settle()

    @property
    def modules(self) -> tuple[Module, ...]:
        """Every module found, in the order of the navigation; broken manifests last."""
        return tuple(sorted(self._modules.values(), key=place))

    def module(self, key: str) -> Module:
        """The module called `key`; KeyError if there is none."""
        return self._modules[key]

    def use(self, switches: MutableMapping[str, bool]) -> None:
        """Take the choice of modules from `switches` from now on."""
        self._switches = switches
        self._settle()
        self.changed()

    def switch(self, key: str, on: bool) -> None:
        """Switch a module on (which forgives its faults) or off; what needs it follows. Always-on modules stay on."""
        module = self._modules[key]
        if module.always_on:
            return
        if on and module.key in self._trail.suspects:
            self._trail.forgive(module.key)
            if module.manifest is None:  # it was not even asked what it is
                self._set(module, "disabled", _("It is looked for again when the database is opened next."))
        self._switches[module.key] = on
        module.faults.clear()
        if module.manifest and module.manifest.shell_version == SHELL_VERSION and not module.without_tables:
            self._set(module, "found")
        self._settle()
        self.changed()

    def stop(self, key: str) -> None:
        """Switch off a module that kept the window from answering."""
        module = self._modules[key]
        self._switches[module.key] = False
        self._set(module, "failed", _("It kept the window from answering and was stopped."))
        self._settle()
        self.changed()

    def leave_without_tables(self, key: str, error: BaseException) -> bool:
        """Mark a module as failed whose revisions raised `error`; False if it is none that the database can do without."""
        module = self._modules.get(key)
        if module is None or module.always_on or module.without_tables:
            return False
        log.error("the tables of %s could not be brought up to date", key, exc_info=error)
        module.without_tables = True
        self._set(module, "failed", _("Its tables could not be brought up to date."), detail=f"{type(error).__name__}: {error}")
        self._settle()
        return True

    def leave_arrivals(self) -> None:
        """Tell nobody any more of code that comes late: whoever listened is closing."""
        self._starter.arrived = lambda: None

    def take_in(self) -> None:
        """Admit what came late and let what waits for it go on; does nothing when nothing came."""
        moved = False
        for module in tuple(self._modules.values()):
            if module.late is not None and (found := settled(module.late)).pending is None:
                del self._modules[module.key]
                self._admit(found, late=True)
                moved = True
            elif module.starting and module.late is None and not self._starter.busy(module.package):
                self._set(module, "ready")
                moved = True
        if moved:
            self._settle()
            self.changed()

    def records(self) -> tuple[Any, ...]:
        """What the tables of running modules are called, as RecordWords; what cannot be loaded is left out."""
        found: list[Any] = []
        for manifest in self.running():
            if manifest.records:
                try:
                    found += self.open(manifest.records)
                except LoadFailed as failed:
                    log.warning("the words of %s are not there: %s", manifest.key, failed.what)
        return tuple(found)

    def open(self, dotted: str) -> Any:
        """Import "package.module:Name" and return what it names.

        Raises:
            LoadFailed: its module does not run, or the import failed, which also marks the module as failed.
        """
        module = self._owner(dotted)
        if module is not None and not module.running:
            raise LoadFailed(_("“{module}” is not running."), _("Look at the state of the modules."), module=module.title)
        path, _colon, name = dotted.partition(":")
        try:
            self._import(path, module)
            opened = named(path, name)
        except LoadFailed:
            raise
        except ANYTHING as caught:  # a module's code: contained, whatever it is
            log.error("%s could not be imported", path, exc_info=caught)
            if module is not None and not module.always_on:
                self._fail(module, caught)
            raise LoadFailed(
                _("“{module}” could not be opened."),
                _("Other modules keep working. Tell whoever looks after the program."),
                module=module.title if module else path,
            ) from caught
        if module is not None and module.state == "ready":
            self._set(module, "open")
            self.changed()
        return opened

    def fault(self, key: str) -> None:
        """Count a fault of this module; the third within five minutes switches it off until the user turns it on."""
        module = self._modules[key]
        now = self._clock.now()
        module.faults.append(now)
        while abs(now - module.faults[0]) > WITHIN:  # long ago, or before the clock was set back
            module.faults.popleft()
        if len(module.faults) >= FAULTS and not module.always_on:
            self._switches[key] = False
            self._set(module, "failed", _("It failed three times within five minutes and was switched off."))
            self._settle()
            self.changed()

    def note(self, error: BaseException) -> str:
        """Count `error` as a fault of the module in whose code it arose; answers its key, or "" if it was nobody's."""
        module = self._answers_for(names_in(error.__traceback__))
        if module is None or isinstance(error, Told):
            return ""
        self.fault(module.key)
        return module.key

    def culprit(self, names: Sequence[str]) -> str:
        """The key of the module that answers for running code, given the names on its stack; "" for the program itself.

        The innermost module that can be switched off, also where it called a part of the program that then broke.
        """
        module = self._answers_for(names)
        return "" if module is None or module.always_on else module.key

    def _answers_for(self, names: Sequence[str]) -> Module | None:
        owners = [owner for name in reversed(names) if (owner := self._owner(name)) is not None]
        return next((owner for owner in owners if not owner.always_on), owners[0] if owners else None)

    def _import(self, path: str, module: Module | None) -> None:
        """Import `path`; what belongs to the program at once, a module's code with patience."""
        if module is None or module.always_on:
            import_module(path)
            return
        if not module.starting:
            self._starter.rest()
        start = self._starter.start(path, module.key)
        if not start.over.is_set():
            if not module.starting:
                self._set(module, "starting")
                self.changed()
            raise LoadFailed(_("“{module}” is still starting."), _("It opens as soon as it is ready."), module=module.title)
        if start.error is not None:
            raise start.error

    def _owner(self, dotted: str) -> Module | None:
        path = dotted.partition(":")[0]
        return next((m for m in self._modules.values() if path == m.package or path.startswith(f"{m.package}.")), None)

    def _admit(self, found: Found, *, late: bool = False) -> None:
        key = found.manifest.key if found.manifest else key_of(found.package)
        module = Module(key, found.package, found.origin, found.outside, found.manifest, found.folder, found.builtin)
        if key in self._modules:
            module.key, module.manifest = f"{key} ({found.origin})", None
            self._set(module, "failed", _("Another module has the same name."))
        elif found.pending is not None:
            module.late = found
            self._set(module, "starting")
        elif found.manifest is None and found.problem:
            self._set(module, "failed", _("It does not say properly what it is."), detail=found.problem)
        elif found.manifest is not None and found.manifest.shell_version != SHELL_VERSION:
            self._set(module, "failed", _("It was made for another version of the program."))
        elif late and found.folder is not None and (found.folder / "migrations").is_dir():
            module.manifest = None  # its tables were not looked after when the database was opened
            self._set(module, "failed", _("It started too late for the database that is open. Open the database again."))
        self._modules[module.key] = module
        if found.folder is not None and not module.always_on:
            self._trail.accuse(module.key, found.folder)

    def _settle(self) -> None:
        """Find out who may run, again and again until nothing moves: needs may form chains."""
        for module in self._modules.values():
            if module.key in self._trail.suspects and not module.always_on and module.state != "failed":
                self._set(module, "disabled", self._trail.suspects[module.key])
                continue
            if module.manifest is None or module.state in ("failed", "starting"):
                continue
            if module.always_on or self._switches.get(module.key, not module.outside):
                self._set(module, "open" if module.state == "open" else "ready")
            else:
                self._set(module, "disabled")
        moved = True
        while moved:
            moved = False
            for module in self._modules.values():
                missing = [key for key in module.manifest.requires if not self._runs(key)] if module.manifest else []
                if module.running and missing:
                    names = ", ".join(self._modules[key].title if key in self._modules else key for key in missing)
                    self._set(module, "blocked", _("It needs: {modules}"), values={"modules": names})
                    moved = True

    def _runs(self, key: str) -> bool:
        return key in self._modules and self._modules[key].running

    def _fail(self, module: Module, error: BaseException) -> None:
        self._set(module, "failed", _("A part of it could not be loaded."), detail=f"{type(error).__name__}: {error}")
        self._settle()
        self.changed()

    @staticmethod
    def _set(
        module: Module, state: State, reason: Msgid = NO_TEXT, *, values: dict[str, str] | None = None, detail: str = ""
    ) -> None:
        module.state, module.reason, module.reason_values, module.detail = state, reason, values or {}, detail
