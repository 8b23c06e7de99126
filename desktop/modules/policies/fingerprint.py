"""Ties a sheet of paper to exactly one version: a hash over what it says, and the mark that is printed as QR."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from uuid import UUID

SHORT = 10  # letters of the hash that people see

_MARK = re.compile(r"KONTINUUM:POLICY:([0-9A-F]{32}):V(\d+):([0-9A-F]{10})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the QR on a form says."""

    policy_id: UUID
    number: int
    short_hash: str


def content_hash(title: str, owner_post: str, contact: str, language: str, source: str) -> str:
    """SHA-256 over everything a holder signs for; 64 hex digits, the same on every machine."""
    said = json.dumps([title, owner_post, contact, language, source.replace("\r\n", "\n")], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def write_mark(policy_id: UUID, number: int, full_hash: str) -> str:
    """The text of the QR; capital letters and digits only, which keeps it small."""
    return f"KONTINUUM:POLICY:{policy_id.hex}:V{number}:{full_hash[:SHORT]}".upper()


def read_mark(text: str) -> Mark | None:
    """The mark somewhere in `text`, as a QR reader or the text layer of a PDF gives it."""
    found = _MARK.search(text.upper())
    return Mark(UUID(found[1]), int(found[2]), found[3].lower()) if found else None
