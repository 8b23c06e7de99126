"""Reads a file of people whole: every row as a person or as a fault, with what the file is like."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from db.collector import Long
from db.errors import RuleBroken
from desktop.people.dates import Order, day_order
from desktop.people.formats.table import Fault, Table
from desktop.people.formats.table_file import read_table
from desktop.people.imports.columns import ColumnMap
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.mapping.following import followed, why_refused
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.mapping.ready import ReadyProfile
from desktop.people.imports.mapping.samples import samples_of
from desktop.people.imports.row_reader import RowReader

REPORT_EVERY = 2000  # rows


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file of people holds. Every row is in `rows` or, once, in `faults`."""

    columns: ColumnMap
    encoding: str
    delimiter: str
    rows: list[IncomingPerson]
    faults: list[Fault]
    sheet: str = ""  # which of the sheets of a spreadsheet was read
    sheets: tuple[str, ...] = ()
    heading_lines: tuple[int, ...] = (1,)  # where the headings stand; nowhere in a file that has none
    above: int = 0  # rows with text above the headings
    left_out: int = 0  # entries of a directory that are no people
    header: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()  # of each column some values
    mapping: Mapping = field(default_factory=Mapping)  # what was followed
    refusal: RuleBroken | None = None  # why there are no rows, when a mapping could mend it
    digest: str = ""  # of the file's content and the sheet

    @property
    def structured(self) -> bool:
        """Whether the kind of file says itself what its parts mean."""
        return not self.heading_lines and self.mapping.headings != "none"

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that were not used."""
        return self.columns.ignored


def read_people(
    path: Path,
    country: str,
    report: Callable[[int, int], object],
    *,
    today: date | None = None,
    sheet: str = "",
    follow: Mapping | ReadyProfile | None = None,
    for_mapping: bool = False,
) -> ReadFile:
    """Read a file of people; runs in a process of its own, so all that goes in and out can be pickled.

    Args:
        country: The office's own, "SE" or "FI": where phone numbers without country code are dialled.
        report: Told now and then how many rows are done, and of how many.
        today: Nobody is born later; the computer's day when left out.
        sheet: Which sheet of a spreadsheet; else the first that looks like a list of people.
        follow: What the columns mean; else it is recognised.
        for_mapping: A file whose columns do not tell who people are comes back with its refusal and without rows, so
            that somebody can say what they mean.

    Raises:
        RuleBroken: the file as a whole cannot be used, or lacks columns that `follow` needs.
        Unavailable: the file cannot be opened.
    """
    was_collecting = gc.isenabled()
    gc.disable()  # all that is made here is kept: looking for rubbish in it takes a third of the time
    try:
        table = read_table(path, sheet, follow.headings if isinstance(follow, Mapping) else "")
        return people_of(table, path.name, country, report, today=today, follow=follow, for_mapping=for_mapping)
    finally:
        if was_collecting:
            gc.enable()


def people_of(
    table: Table,
    name: str,
    country: str,
    report: Callable[[int, int], object],
    *,
    today: date | None = None,
    follow: Mapping | ReadyProfile | None = None,
    for_mapping: bool = False,
) -> ReadFile:
    """Do what `read_people` does with a table that is already read."""
    today = today or date.today()
    mapping, columns = followed(table, follow, name)
    refusal = why_refused(table, columns, name)
    if refusal is not None and not for_mapping:
        raise refusal
    rows: list[IncomingPerson] = Long()
    faults = list(table.faults)
    if refusal is None:
        reader = RowReader(columns, len(table.header), country, today, _day_order(table, columns), mapping.constants)
        for done, (line, cells) in enumerate(table.rows):
            if done % REPORT_EVERY == 0:
                report(done, len(table.rows))
            read = reader.read(line, cells)
            if isinstance(read, Fault):
                faults.append(read)
            else:
                rows.append(read)
    report(len(table.rows), len(table.rows))
    faults.sort(key=lambda fault: fault.line)
    return ReadFile(
        columns, table.encoding, table.delimiter, rows, faults, table.sheet, table.sheets,
        table.heading_lines, table.above, table.left_out,
        table.header, samples_of(table, columns), mapping, refusal,
    )  # fmt: skip


def _day_order(table: Table, columns: ColumnMap) -> Order:
    """Whether the birth dates of this file write day or month first: as somebody said, else as their values show."""
    births = [column for column in columns.known if column.field == "birth_date"]
    said = next((column.written for column in births if column.written), "")
    if said:
        return "month" if said == "month_first" else "day"
    places = [column.index for column in births]
    return day_order({cells[place] for _line, cells in table.rows for place in places if place < len(cells)})
