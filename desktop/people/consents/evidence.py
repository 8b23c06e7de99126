"""Files that prove an answer about a purpose: a scanned form, a saved e-mail. No Qt in this file."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import about, describe
from db.errors import RuleBroken, Unavailable
from db.merged import name_on
from db.models.consent import Consent
from db.texts import _
from desktop.core.attachments import StoredFile, keep_file, kept_file
from desktop.core.contacting.decisions import ConsentForm, Moment, write_consent

MODULE = "people"
LARGEST = 25 * 1024 * 1024  # as for signed policies
EMAIL, OUTLOOK = "message/rfc822", "application/vnd.ms-outlook"
# By how they begin, whatever their names say.
KINDS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": OUTLOOK,
}
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
    EMAIL: ".eml",
    OUTLOOK: ".msg",
}
SHOWN = "*.pdf *.png *.jpg *.jpeg *.tif *.tiff *.eml *.msg"  # where one is chosen
_HEADER = re.compile(rb"(?:From \S|[!-9;-~]{1,76}:[ \t])")  # how an e-mail begins


def read_evidence(path: Path) -> StoredFile:
    """A file to be kept.

    Raises:
        RuleBroken: it is empty, too large, or of no kind that proves anything.
        Unavailable: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Unavailable(_("“{name}” could not be read."), _("Check that it is still there."), name=path.name) from error
    if not content:
        raise RuleBroken(_("The file is empty."), _("Choose another one."), field="file")
    if len(content) > LARGEST:
        raise RuleBroken(_("The file is larger than 25 megabytes."), _("Scan it with fewer dots per inch."), field="file")
    return StoredFile(path.name, content, _kind(path, content))


def answer_with_file(session: Session, person_id: UUID, form: ConsentForm, path: str, *, actor: Actor, when: Moment) -> UUID:
    """Keep an answer with the file that proves it; without a path the answer alone.

    Raises:
        RuleBroken, Unavailable: as `write_consent` and `read_evidence`; nothing is kept then.
    """
    file = read_evidence(Path(path)) if path.strip() else None
    consent = write_consent(session, person_id, form, actor=actor, when=when)
    if file is not None:
        keep_file(session, file, MODULE, consent, when.now)
    return consent


def add_evidence(session: Session, consent_id: UUID, file: StoredFile, *, now: datetime) -> UUID:
    """Keep one more file with an answer that was written down before; one that is kept with it already stays the only one.

    Raises:
        Unavailable: the answer is not there any more.
    """
    consent = session.get(Consent, consent_id)
    if consent is None:
        raise Unavailable(_("This answer is no longer there."), _("Open the record again."))
    about(session, consent.person_id)
    describe(session, name=name_on(session, consent.person_id), file=file.name)
    return keep_file(session, file, MODULE, consent_id, now, once=True)


def evidence(session: Session, attachment_id: UUID) -> StoredFile:
    """The file as it came in.

    Raises:
        Unavailable: it is not there any more.
    """
    file = kept_file(session, attachment_id)
    if file is None:
        raise Unavailable(_("This file is no longer there."), _("The history of the person says what became of it."))
    return file


def _kind(path: Path, content: bytes) -> str:
    for start, kind in KINDS.items():
        if content.startswith(start) and (kind != OUTLOOK or path.suffix.lower() == ".msg"):
            return kind
    if path.suffix.lower() == ".eml" and _HEADER.match(content):
        return EMAIL
    raise RuleBroken(
        _("This is no file that can be kept as evidence."),
        _("Choose a PDF, a picture (PNG, JPEG, TIFF) or a saved e-mail (EML, MSG)."),
        field="file",
    )
