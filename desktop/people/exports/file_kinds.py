"""The kinds of file a list is exported to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from db.errors import RuleBroken
from db.texts import _
from desktop.people.exports.cells import Cell
from desktop.people.exports.csv_file import CsvFile
from desktop.people.exports.ods_file import OdsFile
from desktop.people.exports.xlsx_file import XlsxFile

# Endings and what they are called, the usual one first.
KINDS = {
    "xlsx": _("Excel spreadsheet (XLSX)"),
    "ods": _("OpenDocument spreadsheet (ODS)"),
    "csv": _("Text with separators (CSV)"),
}


class ListFile(Protocol):
    """A file being written, row by row."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None: ...

    def close(self, about_title: str, about: Iterable[tuple[str, Cell]]) -> None:
        """End it; what is said about the list goes to a second sheet where the kind has one."""


def kind_of(path: Path) -> str:
    """The kind a file's ending asks for.

    Raises:
        RuleBroken: none of ours.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise RuleBroken(
            _("“{name}” does not say which kind of file it is."), _("Let it end in .xlsx, .ods or .csv."), name=path.name
        )
    return kind


def open_list(kind: str, file: BinaryIO, title: str, headings: Sequence[str], widths: Sequence[int], language: str) -> ListFile:
    """Begin a file of this kind."""
    makers: dict[str, Callable[..., ListFile]] = {"xlsx": XlsxFile, "ods": OdsFile, "csv": CsvFile}
    return makers[kind](file, title, headings, widths, language=language)
