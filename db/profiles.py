"""Which database to open: a file, the name of a profile, or the user's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from db import faults
from db.errors import RuleBroken, Unavailable
from db.sqlite import copying
from db.texts import _

APP = "kontinuum"
SUFFIX = ".kontinuum"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of this user on this machine."""

    data: Path
    config: Path

    @classmethod
    def of_this_machine(cls) -> Places:
        """Where the platform keeps data and settings of programs."""
        return cls(Path(platformdirs.user_data_dir(APP, False)), Path(platformdirs.user_config_dir(APP, False)))

    @property
    def own_database(self) -> Path:
        """The database used when none is named."""
        return self.data / f"kontinuum{SUFFIX}"

    @property
    def demo_database(self) -> Path:
        """Where demo data lives: a file of its own, never mixed with real people."""
        return self.data / f"demo{SUFFIX}"

    @property
    def profiles(self) -> Path:
        """The file that names databases: a JSON object from profile name to path."""
        return self.config / "profiles.json"


def read_profiles(places: Places) -> dict[str, Path]:
    """Profile names and the files they stand for.

    Raises:
        Unavailable: the profile file cannot be read.
    """
    if not places.profiles.exists():
        return {}
    try:
        found = json.loads(places.profiles.read_text(encoding="utf-8"))
        return {str(name): Path(path) for name, path in found.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise Unavailable(
            _("The list of databases cannot be read: {file}."), _("Mend or remove that file."), file=str(places.profiles)
        ) from error


def save_profile(places: Places, name: str, path: Path) -> None:
    """Remember a database under a name.

    Raises:
        Unavailable: it cannot be written down; the former list stands.
    """
    profiles = {**read_profiles(places), name: path}
    text = json.dumps({key: str(value) for key, value in sorted(profiles.items())}, ensure_ascii=False, indent=2)
    with faults.told(places.profiles):
        places.profiles.parent.mkdir(parents=True, exist_ok=True)
        with copying.replacing(places.profiles) as partial:
            partial.write_text(text, encoding="utf-8")


def locate(wanted: str | None, places: Places) -> Path:
    """The file for what the user named: nothing, a profile, or a path.

    Raises:
        RuleBroken: a server address, which this version cannot open.
    """
    if wanted is None:
        return places.own_database
    if "://" in wanted:
        raise RuleBroken(
            _("This version opens database files, not servers: {name}."), _("Give a file or the name of a profile."), name=wanted
        )
    profile = read_profiles(places).get(wanted)
    return profile if profile is not None else Path(wanted).expanduser()
