"""Where the databases of a run lie, whichever engine keeps them: by name, the product's and the floor's side by side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench import locked
from db.profiles import Address, is_server

SQLITE, POSTGRESQL = ENGINES = ("sqlite", "postgresql")


class Site(Protocol):
    """One place for the databases of a run. `folder` holds what is no database."""

    engine: str
    folder: Path

    def ours(self, name: str) -> Address:
        """How the product opens its database of this name."""

    def floor(self, name: str) -> Address:
        """How the floor opens its own."""

    def has(self, name: str) -> bool:
        """Whether the product's database is there."""

    def names(self) -> list[str]:
        """All the product's databases that are there."""

    def make(self, name: str) -> None:
        """Both of them, new and empty, in place of what is there."""

    def copy(self, name: str, other: str) -> None:
        """The product's database, which nobody has open, once more under another name."""

    def drop(self, name: str) -> None:
        """Both of them go, as far as they are there."""


class Files:
    """Databases that are files in one folder."""

    engine = SQLITE

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ours(self, name: str) -> Path:
        return self.folder / f"{name}.kontinuum"

    def floor(self, name: str) -> Path:
        return self.folder / f"{name}.floor"

    def has(self, name: str) -> bool:
        return self.ours(name).exists()

    def names(self) -> list[str]:
        return [path.stem for path in self.folder.glob("*.kontinuum")]

    def make(self, name: str) -> None:
        self.drop(name)
        locked.begin(self.ours(name))  # the first who opens a file makes it, unless it is to be encrypted

    def copy(self, name: str, other: str) -> None:
        self.drop(other)
        shutil.copyfile(self.ours(name), self.ours(other))

    def drop(self, name: str) -> None:
        for path in (self.ours(name), self.floor(name)):
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)


@contextmanager
def site(engine: str, folder: Path, dsn: str = "", *, keep: bool = False) -> Iterator[Site]:
    """The place for a run's databases.

    Args:
        folder: For files, and for what is no database; it is there, and stays.
        dsn: An administrator's address of a server; without one a server of the run's own is started.
        keep: Leave the databases on that server.
    """
    if engine == SQLITE:
        yield Files(folder)
        return
    from bench.site_on_server import on_server  # loads the driver, which files do not need

    with on_server(folder, dsn, keep=keep) as found:
        yield found


def address_of(text: str) -> Address:
    """An address as it was given to a process on its command line."""
    return text if is_server(text) else Path(text)
