"""Making one exported list: who is in it is settled at one moment, then it is written in portions beside its place. No Qt here."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from db.collector import Long, collector_paused
from db.disk import tell_disk
from db.errors import RuleBroken, Stopped, Unavailable
from db.texts import _
from desktop.core.selection import PeopleSelection
from desktop.core.texts import Texts
from desktop.people.exports import columns, file_kinds, service
from desktop.people.exports.cells import Cell
from desktop.people.exports.file_kinds import ListFile
from desktop.people.exports.service import Reason
from desktop.people.exports.xlsx_file import MOST_ROWS
from desktop.people.listing import ids_in_order, rows_of
from desktop.people.views.columns import BY_KEY

PORTION = 500  # people read and written in one go


@dataclass(frozen=True, slots=True)
class Asked:
    """Who goes into which file, in which columns and order, and why."""

    people: PeopleSelection
    columns: tuple[str, ...]
    path: Path
    reason: Reason
    today: date
    sort: str = "name_sort"
    down: bool = False
    held: bool = False  # also addresses and numbers on hold


class Making:
    """Steps, each of them safe in any thread, one after the other: `begin`, `portion` until it is done, `write_down`, `place`.

    Until `place` nothing stands at the path asked for; `abandon` may be called at any time and leaves nothing behind.
    """

    def __init__(self, asked: Asked, texts: Texts) -> None:
        """Look whether it can be made.

        Raises:
            RuleBroken: no purpose, no column, or a kind of file nobody knows.
        """
        self.asked, self._texts = asked, texts
        service.checked(asked.reason)
        self._kind = file_kinds.kind_of(asked.path)
        if not asked.columns:
            raise RuleBroken(_("The list has no columns."), _("Tick at least one."), field="columns")
        self._lock = threading.Lock()
        self._ids: Long[UUID] = Long()
        self._read, self.written = 0, 0  # people looked at; those of them that were still there
        self._fresh: Path | None = None
        self._list: ListFile | None = None  # while it is being written
        self._stopped = False

    @property
    def total(self) -> int:
        """How many people are to be read."""
        return len(self._ids)

    @property
    def done(self) -> bool:
        """Whether everybody is written."""
        return self._read >= len(self._ids)

    @property
    def read(self) -> int:
        """How many people were read so far."""
        return self._read

    def begin(self, session: Session) -> None:
        """Settle who is in the list, and begin the file.

        Raises:
            RuleBroken: nobody is, or more than a sheet holds.
            Unavailable: the folder or the disk does not allow it.
        """
        asked, texts = self.asked, self._texts
        with collector_paused():
            self._ids = Long(ids_in_order(session, asked.people.people, asked.sort, down=asked.down))
        if not self._ids:
            raise RuleBroken(_("There is nobody to export."), _("Choose other people."))
        if self._kind != "csv" and len(self._ids) > MOST_ROWS:
            raise RuleBroken(_("These are more people than a sheet holds."), _("Export them as CSV, or fewer of them."))
        with self._writing():
            handle, fresh = tempfile.mkstemp(prefix=".", suffix=".new", dir=asked.path.parent)
            self._fresh, self._file = Path(fresh), os.fdopen(handle, "wb")
            headings = [texts.say(BY_KEY[key].title) for key in asked.columns]
            widths = [columns.width(key) for key in asked.columns]
            self._list = file_kinds.open_list(self._kind, self._file, texts.say(_("People")), headings, widths, texts.language)

    def portion(self, session: Session) -> None:
        """Read and write the next people; whoever is no longer there is left out. After the last ones the file is whole."""
        asked, texts = self.asked, self._texts
        ids = self._ids[self._read : self._read + PORTION]
        found = rows_of(session, ids, more=columns.fields(asked.columns), today=asked.today)
        rows = [columns.line(found[id], asked.columns, texts, held=asked.held) for id in ids if id in found]
        with self._writing():
            assert self._list is not None
            self._list.add(rows)
            self._read += len(ids)
            self.written += len(rows)
            if self.done:
                self._list.close(texts.say(_("About this list")), self._about())
                self._list = None
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()

    def write_down(self, session: Session) -> None:
        """Enter it in the log."""
        asked = self.asked
        service.write_down(
            session, file=asked.path.name, people=self.written, columns=asked.columns, choice=asked.people.words,
            held=asked.held, reason=asked.reason,
        )  # fmt: skip

    def place(self) -> None:
        """Give the file its name, over one that was there."""
        with self._writing():
            assert self._fresh is not None
            self._fresh.replace(self.asked.path)
            self._fresh = None

    def abandon(self) -> None:
        """Leave nothing behind of a list that is not finished."""
        with self._lock:
            self._stopped = True
            if self._fresh is not None:
                with suppress(OSError):  # a full disk may refuse the end of a file that nobody wants
                    if self._list is not None:
                        self._list.close("", ())
                    self._file.close()
                self._fresh.unlink(missing_ok=True)
                self._fresh = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self._stopped:
                raise Stopped(_("The export was stopped."))
            try:
                yield
            except OSError as error:
                tell_disk(error, self.asked.path)
                raise Unavailable(
                    _("“{name}” could not be saved."),
                    _("Close it in other programs, or choose another folder, then try again."),
                    name=self.asked.path.name,
                ) from error

    def _about(self) -> list[tuple[str, Cell]]:
        say, asked = self._texts.say, self.asked
        return [
            (say(_("Purpose")), asked.reason.purpose),
            (say(_("For whom")), asked.reason.recipient),
            (say(_("People")), asked.people.words),
            (say(_("How many")), self.written),
            (say(_("Day")), asked.today),
            (say(_("Addresses on hold")), say(_("included")) if asked.held else say(_("left out"))),
        ]
