"""Which database to open: a file, a server, the name of a profile for either, or the user's own file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from db import faults
from db.errors import RuleBroken, Unavailable
from db.sqlite import copying
from db.texts import _

APP = "kontinuum"
SUFFIX = ".kontinuum"
SCHEMES = ("postgresql", "postgres")
_SERVER = re.compile(r"(\w+)://|(?:service|host|hostaddr|dbname)\s*=")
_SECRET = re.compile(r"://[^/@]*:[^/@]*@|\bpassword\s*=", re.IGNORECASE)

Address = Path | str  # a file, or what libpq takes for a server


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
        """The file that names databases: a JSON object from profile name to path or server address, or to an object of
        `database` and `lists_from`, the hosts of copies of that server.
        """
        return self.config / "profiles.json"

    @property
    def offices(self) -> Path:
        """The file that remembers which office answered at which server's address."""
        return self.config / "servers.json"

    @property
    def timelines(self) -> Path:
        """The file that remembers which servers took over from others."""
        return self.config / "timelines.json"


def read_profiles(places: Places) -> dict[str, Address]:
    """Profile names and the databases they stand for.

    Raises:
        Unavailable: the profile file cannot be read.
    """
    return {name: profile.address for name, profile in _read(places).items()}


def copies_of(places: Places, address: Address) -> str:
    """The hosts of the copies that a profile names for this server's lists; "" where none does.

    Raises:
        Unavailable: the profile file cannot be read.
    """
    named = (profile.copies for profile in _read(places).values() if profile.address == address)
    return next(filter(None, named), "")


@dataclass(frozen=True, slots=True)
class _Profile:
    """A database and, for a server, the hosts of copies that answer for lists."""

    address: Address
    copies: str = ""

    @classmethod
    def read(cls, found: Any) -> _Profile:
        """From its place alone, or from an object that names the copies, too."""
        place, copies = (found["database"], str(found["lists_from"])) if isinstance(found, dict) else (found, "")
        return cls(str(place) if is_server(place) else Path(place), copies)

    def written(self) -> str | dict[str, str]:
        """As it stands in the file."""
        return {"database": str(self.address), "lists_from": self.copies} if self.copies else str(self.address)


def _read(places: Places) -> dict[str, _Profile]:
    if not places.profiles.exists():
        return {}
    try:
        found = json.loads(places.profiles.read_text(encoding="utf-8"))
        return {str(name): _Profile.read(one) for name, one in found.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise Unavailable(
            _("The list of databases cannot be read: {file}."), _("Mend or remove that file."), file=str(places.profiles)
        ) from error


def save_profile(places: Places, name: str, address: Address, *, copies: str | None = None) -> None:
    """Remember a database under a name.

    Args:
        copies: The hosts of copies of a server that answer for lists, "" for none, under whatever name it is opened; None
            leaves what is known of the address.

    Raises:
        RuleBroken: a server's address holds a password.
        Unavailable: it cannot be written down; the former list stands.
    """
    if isinstance(address, str):
        refuse_password(address)
    own = _Profile(address, copies_of(places, address) if copies is None else copies)
    known = {other: own if profile.address == address else profile for other, profile in _read(places).items()}
    profiles = {**known, name: own}
    text = json.dumps({key: value.written() for key, value in sorted(profiles.items())}, ensure_ascii=False, indent=2)
    with faults.told(places.profiles):
        places.profiles.parent.mkdir(parents=True, exist_ok=True)
        with copying.replacing(places.profiles) as partial:
            partial.write_text(text, encoding="utf-8")


def is_server(wanted: object) -> bool:
    """Whether a text is the address of a server, of whatever kind."""
    return isinstance(wanted, str) and _SERVER.match(wanted) is not None


def refuse_password(address: str) -> None:
    """Passwords have no place where other programs, other users and logs can read them.

    Raises:
        RuleBroken: there is one in the address.
    """
    if _SECRET.search(address):
        raise RuleBroken(
            _("A password stands in the address of the server, where other programs can read it."),
            _("Leave it out; you are asked for it, or keep it in libpq's own password file."),
        )


def locate(wanted: str | None, places: Places) -> Address:
    """The database for what the user named: nothing, a profile, a path, or a server's address.

    Raises:
        RuleBroken: a server of a kind this program does not speak to, or a password in its address.
    """
    if wanted is None:
        return places.own_database
    found = wanted if is_server(wanted) else read_profiles(places).get(wanted, Path(wanted).expanduser())
    if isinstance(found, str):
        refuse_password(found)
        scheme = found.partition("://")[0]
        if "://" in found and scheme not in SCHEMES:
            raise RuleBroken(
                _("Servers are reached by postgresql://, not by {scheme}://."),
                _("Write it as postgresql://user@server/database."),
                scheme=scheme,
            )
    return found


def locate_file(wanted: str | None, places: Places) -> Path:
    """As `locate`, for what can only be done with a file.

    Raises:
        RuleBroken: it is on a server.
    """
    found = locate(wanted, places)
    if isinstance(found, str):
        raise RuleBroken(
            _("This can only be done with a database in a file."),
            _("On a server its administrator does it; see “kontinuum server --help”."),
        )
    return found
