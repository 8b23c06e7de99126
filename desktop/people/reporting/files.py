"""The two files of an access report, saved side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db import faults
from db.texts import _
from desktop.core.documents import file_name, save
from desktop.core.texts import Texts
from desktop.people.reporting.held import AccessReport
from desktop.people.reporting.json_file import as_json

RENDER = "desktop.people.reporting.reports:render_report"


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the report stands: to read, and for machines."""

    pdf: Path
    json: Path


def save_report(report: AccessReport, content: bytes, folder: Path, texts: Texts) -> Saved:
    """Write both files; their names tell nobody whom the report is about.

    Args:
        content: The PDF.

    Raises:
        Unavailable: the folder or the disk does not allow it.
    """
    name = f"{title_of_report(report, texts)} {report.made_at.astimezone(texts.zone).date().isoformat()}"
    made = Saved(folder / file_name(name), folder / file_name(name, ".json"))
    with faults.told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    save(made.json, as_json(report))
    save(made.pdf, content)
    return made


def title_of_report(report: AccessReport, texts: Texts) -> str:
    """What the report is called, in its language; of somebody protected by their handle."""
    return texts.other(report.language).say(_("Access report {number}"), number=report.handle or report.number)
