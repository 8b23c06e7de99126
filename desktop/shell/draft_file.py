"""Drafts on this computer, for as long as the server that keeps them cannot be reached."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from db.drafts import KeptDraft

log = logging.getLogger(__name__)
OWN_ONLY = 0o600  # nobody but this computer's user reads what is typed


class DraftFile:
    """One file for each database and user, made when it is needed and removed when the server has its drafts again.

    A file that cannot be read counts as empty, and one that cannot be written is only logged.
    """

    def __init__(self, folder: Path, database: str, user: str) -> None:
        self.path = folder / f"drafts-{hashlib.sha256(f'{database}|{user}'.encode()).hexdigest()[:16]}.json"

    def read(self) -> list[KeptDraft]:
        """What is kept here."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return [KeptDraft(page, arguments, state, datetime.fromisoformat(at)) for page, arguments, state, at in found]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.warning("the drafts on this computer could not be read: %s", type(error).__name__)
            return []

    def keep(self, drafts: Iterable[KeptDraft]) -> None:
        """Keep these in the place of what was kept; the file is replaced whole."""
        rows = [(draft.page, draft.arguments, draft.state, draft.at.isoformat()) for draft in drafts]
        if not rows:
            self.drop()
            return
        fresh = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_ONLY), "w", encoding="utf-8") as file:
                json.dump(rows, file, ensure_ascii=False)
            fresh.replace(self.path)
        except OSError as error:
            log.warning("the drafts could not be kept on this computer: %s", type(error).__name__)

    def drop(self) -> None:
        """The server has them."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the drafts on this computer could not be removed: %s", type(error).__name__)
