"""One module of this run and how it is doing, as the status page shows it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from db.texts import Msgid, _
from desktop.core.discovery import Found
from desktop.core.manifest import NO_TEXT, Manifest

State = Literal["found", "starting", "ready", "open", "disabled", "blocked", "failed"]
STATES = {
    "found": _("Found"),
    "starting": _("Starting"),
    "ready": _("Ready"),
    "open": _("In use"),
    "disabled": _("Switched off"),
    "blocked": _("Waiting for another module"),
    "failed": _("Failed"),
}


@dataclass(slots=True)
class Module:
    """What was found of one module, and its state.

    `reason` says in words why it does not run; `detail` is the technical remark for whoever repairs it.
    """

    key: str
    package: str
    origin: str  # a folder of the program, or the installed package with its version
    outside: bool  # installed separately: asks before its first use
    manifest: Manifest | None
    folder: Path | None = None  # where its icons and texts lie
    always_on: bool = False
    state: State = "found"
    reason: Msgid = NO_TEXT
    reason_values: dict[str, str] = field(default_factory=dict)
    detail: str = ""
    late: Found | None = None  # its manifest is still on its way
    without_tables: bool = False  # its revisions broke: the database was opened without them
    faults: deque[datetime] = field(default_factory=deque)

    @property
    def title(self) -> Msgid:
        """Its title, or its key when even the manifest is broken."""
        return self.manifest.title if self.manifest else Msgid(self.key)

    @property
    def running(self) -> bool:
        """Whether it may be used; one that is still starting is listed with its pages, and they wait."""
        return self.state in ("ready", "open") or (self.state == "starting" and self.manifest is not None)

    @property
    def starting(self) -> bool:
        """Whether code of it is being imported and takes its time."""
        return self.state == "starting"
