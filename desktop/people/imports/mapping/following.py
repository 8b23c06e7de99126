"""Settles what the columns of one file mean: as it was asked for, else as far as its headings are known."""

from __future__ import annotations

from dataclasses import replace

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.table import Table
from desktop.people.imports.columns import ColumnMap, recognise_columns
from desktop.people.imports.contents import columns_by_content
from desktop.people.imports.mapping.applying import choices_of, columns_by, lacking, missing_headings
from desktop.people.imports.mapping.mapping import Headings, Mapping
from desktop.people.imports.mapping.ready import ReadyProfile

NAMES = ("given", "family", "full_name")


def followed(table: Table, follow: Mapping | ReadyProfile | None, name: str) -> tuple[Mapping, ColumnMap]:
    """The mapping of this file, with its columns: as it was asked for, else as far as the headings are known."""
    if follow is None or (isinstance(follow, Mapping) and follow.headings and not follow.columns):
        columns = table.columns or recognised(table)
        said = follow is not None and follow.headings == "first"
        headings: Headings = "none" if table.headless else "first" if said else ""
        return replace(follow or Mapping(), columns=choices_of(columns, table.header), headings=headings), columns
    if isinstance(follow, Mapping):
        mapping = follow
    elif table.columns is not None:
        return follow.with_columns(choices_of(table.columns, table.header)), table.columns
    else:
        mapping = follow.mapping_for(table.header, name)
    if missing := missing_headings(mapping, table.header):
        raise lacking(missing, name)
    return mapping, columns_by(mapping, table.header, table.unnamed)


def recognised(table: Table) -> ColumnMap:
    """What the columns mean by their headings; where there are none, by what stands in them."""
    if table.headless:
        return columns_by_content(table.header, table.rows)
    return recognise_columns(table.header, table.unnamed)


def why_refused(table: Table, columns: ColumnMap, name: str) -> RuleBroken | None:
    """Why these columns do not tell who the people are, of which one must name them; a kind of file may do so itself."""
    if table.columns is not None:
        return None
    named = any(columns.has(wanted) for wanted in NAMES)
    if table.headless and not named:
        return RuleBroken(
            _("The file {name} has no headings, so nothing says which column holds the names."),
            _("Write headings into its first row, or say in the window what its columns mean and keep that as a profile."),
            name=name,
        )
    if not columns.known:
        return RuleBroken(
            _("No column of {name} is known: its first line reads “{start}”."),
            _("Put headings such as First name, Family name and E-mail in the first line."),
            name=name,
            start=table.delimiter.join(table.header)[:80],
        )
    if not named:
        return RuleBroken(
            _("The file {name} has no column with names."), _("Name one First name, Family name or Name."), name=name
        )
    return None
