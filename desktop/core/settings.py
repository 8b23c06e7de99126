"""Settings with types and defaults: the office's and each user's, and the few needed before any database is open."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_config_path
from PySide6.QtCore import QObject, Signal

from db.errors import Conflict, RuleBroken
from db.profiles import APP
from db.settings import change_setting, read_all
from db.texts import _
from desktop.core.lanes import Failed, Lanes
from desktop.core.manifest import Setting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.actor import Actor
    from db.database import Database

log = logging.getLogger(__name__)
MODULES = "core.modules"  # which modules the office switched on or off

CORE_SETTINGS = (
    Setting(
        "language",
        str,
        "",
        _("Language"),
        personal=True,
        choices=(("", _("As the computer")), ("en", _("English")), ("sv", _("Swedish")), ("fi", _("Finnish"))),
    ),
    Setting(
        "theme",
        str,
        "system",
        _("Colours"),
        personal=True,
        choices=(("system", _("As the computer")), ("light", _("Light")), ("dark", _("Dark"))),
    ),
    Setting("text_size", int, 100, _("Text size"), unit=_("per cent"), personal=True, least=80, most=200),
    Setting(
        "density",
        str,
        "comfortable",
        _("Height of lines in lists"),
        personal=True,
        choices=(("comfortable", _("Comfortable")), ("compact", _("Compact"))),
    ),
    Setting(
        "hand_off",
        str,
        "tel",
        _("Start calls with"),
        personal=True,
        choices=(
            ("tel", _("The telephone program (tel:)")),
            ("sip", _("An internet telephone (sip:)")),
            ("callto", _("An older program (callto:)")),
            ("none", _("Nothing, I dial myself")),
        ),
    ),
    Setting("person", dict, {}, _("Which person of the register you are"), personal=True),
    Setting("office_name", str, "", _("Name of the office")),
    Setting("office_country", str, "SE", _("Country of the office"), choices=(("SE", _("Sweden")), ("FI", _("Finland")))),
    Setting("zone", str, "", _("Time zone, such as Europe/Stockholm; empty means the country's")),
    Setting("backup_regular", bool, True, _("Make a backup every half hour when something was changed")),
    Setting("backup_before", bool, True, _("Make a backup before imports and large steps")),
    Setting("backup_folder", str, "", _("Folder for backups; empty means beside the database")),
    Setting("modules", dict, {}, _("Modules switched on or off")),
)


def declared(settings: Mapping[str, Setting] | None = None) -> dict[str, Setting]:
    """The core's own settings under their full names ("core.language"), together with `settings` of modules."""
    return {f"core.{setting.key}": setting for setting in CORE_SETTINGS} | dict(settings or {})


def checked(setting: Setting, value: Any) -> Any:
    """`value` if the setting can hold it.

    Raises:
        RuleBroken: another type, not one of its choices, or beyond its limits.
    """
    wrong_type = not isinstance(value, setting.type) or (setting.type is int and isinstance(value, bool))
    if wrong_type or (setting.choices and value not in dict(setting.choices)):
        raise RuleBroken(_("This value is not possible here."), _("Choose one that is offered."), field=setting.key)
    if setting.least is not None and value < setting.least:
        raise RuleBroken(_("The number is too small."), _("Choose {least} or more."), field=setting.key, least=setting.least)
    if setting.most is not None and value > setting.most:
        raise RuleBroken(_("The number is too large."), _("Choose {most} or less."), field=setting.key, most=setting.most)
    return value


def _known(setting: Setting, value: Any) -> Any:
    """What is stored, or the default when an older or newer program stored what this one cannot hold."""
    try:
        return checked(setting, value)
    except RuleBroken:
        return setting.default


class Settings(QObject):
    """The settings of the open database as this user sees them; `changed` carries the full name of what moved.

    All are read when made, once; `get` never waits. `set` shows at once and is saved through the write lane.
    """

    changed = Signal(str)

    def __init__(
        self,
        database: Database,
        actor: Actor,
        tasks: Lanes,
        settings: Mapping[str, Setting] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database, self._actor, self._tasks = database, actor, tasks
        self._declared = declared(settings)
        self._values: dict[str, Any] = {}
        self._office: dict[str, Any] = {}  # as the file holds them, also those of modules that do not run
        self._own: dict[str, Any] = {}
        self.read()

    @property
    def declared(self) -> Mapping[str, Setting]:
        """Every setting there is, under its full name."""
        return self._declared

    def declare(self, settings: Mapping[str, Setting]) -> None:
        """Replace the modules' settings, after a module was switched on or off."""
        self._declared = declared(settings)
        self._take_all()

    def read(self) -> None:
        """Read all values anew."""
        with self._database.read() as session:
            self._office, self._own = read_all(session, self._actor.id)
        self._take_all()

    def get(self, name: str) -> Any:
        """The value of "module.key"; KeyError for a setting nobody declared."""
        return self._values[name]

    def set(self, name: str, value: Any, failed: Failed | None = None) -> None:
        """Take a new value at once and save it; if saving fails the one that holds returns and `failed` is told.

        What somebody else has set since this window read it is not overwritten.

        Raises:
            RuleBroken: the setting cannot hold the value.
        """
        setting = self._declared[name]
        old, new, known = self._values[name], checked(setting, value), self._place(setting).get(name)
        if old == new:
            return
        self._take(name, new)
        self.changed.emit(name)

        def save(session: Session) -> None:
            change_setting(session, name, known, new, self._user(setting))

        def lost(error: Exception) -> None:
            self._take(name, known)
            if isinstance(error, Conflict):
                self.read()
            self.changed.emit(name)
            if failed is None:
                log.error("the setting %s could not be saved", name, exc_info=error)
            else:
                failed(error)

        self._tasks.write(self, save, lambda _answer: None, lost, verb="change_setting", details={"setting": name})

    def _place(self, setting: Setting) -> dict[str, Any]:
        return self._own if setting.personal else self._office

    def _take_all(self) -> None:
        for name, setting in self._declared.items():
            self._take(name, self._place(setting).get(name))

    def _take(self, name: str, stored: Any) -> None:
        """Hold this value; None stands for one that was never set."""
        setting = self._declared[name]
        self._place(setting)[name] = stored
        self._values[name] = setting.default if stored is None else _known(setting, stored)

    def _user(self, setting: Setting) -> Any:
        return self._actor.id if setting.personal else None


class ModuleSwitches(MutableMapping[str, bool]):
    """Which modules the office switched on or off, kept as one setting; what `Registry.use` takes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getitem__(self, key: str) -> bool:
        return bool(self._settings.get(MODULES)[key])

    def __setitem__(self, key: str, on: bool) -> None:
        self._settings.set(MODULES, {**self._settings.get(MODULES), key: on})

    def __delitem__(self, key: str) -> None:
        self._settings.set(MODULES, {name: on for name, on in self._settings.get(MODULES).items() if name != key})

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings.get(MODULES))

    def __len__(self) -> int:
        return len(self._settings.get(MODULES))


class DeskSettings:
    """What must be known before a database is open, in a small file of this computer's user.

    Holds "language", "theme", "text_size" and "last_database". A file that cannot be read counts as empty, and one
    that cannot be written is no reason to stop: both are only logged.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or user_config_path(APP, appauthor=False) / "desk.json"
        self._values: dict[str, Any] = {}
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            self._values = read if isinstance(read, dict) else {}
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            log.warning("the settings of this desk could not be read: %s", type(error).__name__)

    @property
    def folder(self) -> Path:
        """Where it lies, and other things of this desk may."""
        return self._path.parent

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default` if there is none."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a plain value; the file is replaced whole, so that a crash leaves the old one."""
        if key in self._values and self._values[key] == value:
            return
        self._values[key] = value
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(self._values, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            log.warning("the settings of this desk could not be saved: %s", type(error).__name__)


def kept_on_desk(settings: Settings, desk: DeskSettings) -> None:
    """Copy what the start needs into the desk's file whenever it changes."""
    settings.changed.connect(partial(_copy, settings, desk))


def _copy(settings: Settings, desk: DeskSettings, name: str) -> None:
    if name in ("core.language", "core.theme", "core.text_size"):
        desk.set(name.removeprefix("core."), settings.get(name))
