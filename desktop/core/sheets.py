"""Signed sheets of paper that come back as files: of what kind one is, what it says, a picture of it, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from db.errors import RuleBroken, Unavailable
from db.texts import _
from desktop.core.attachments import StoredFile, keep_file, kept_file
from desktop.core.lanes import Failed, Report

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from desktop.core.context import ModuleContext

LARGEST = 25 * 1024 * 1024
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PREVIEW_WIDTH = 900  # pixels


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was given in. `text` is what its first pages say, without spaces, where a PDF says it; `preview` is a PNG."""

    name: str
    content: bytes
    media_type: str
    text: str = ""
    preview: bytes = b""
    pages: int = 1


def media_type(content: bytes) -> str:
    """The kind of a file by how it begins, whatever its name says.

    Raises:
        RuleBroken: it is empty, too large, or neither PDF nor PNG nor JPEG.
    """
    if not content:
        raise RuleBroken(_("The file is empty."), _("Scan the sheet again."), field="scan")
    if len(content) > LARGEST:
        raise RuleBroken(_("The file is larger than 25 megabytes."), _("Scan it with fewer dots per inch."), field="scan")
    found = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
    if found is None:
        raise RuleBroken(_("The file is neither PDF nor PNG nor JPEG."), _("Save the scan as one of these."), field="scan")
    return found


def examine(path: str, report: Report) -> Sheet:
    """Read a scanned sheet for showing and filing; runs in the worker process, since broken files may take long.

    Raises:
        RuleBroken: the file is not a sheet we can show.
        Unavailable: it cannot be read.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Unavailable(_("“{name}” could not be read."), _("Check that it is still there."), name=Path(path).name) from error
    return examine_bytes(Path(path).name, content)


def examine_bytes(name: str, content: bytes) -> Sheet:
    """As `examine`, for bytes at hand."""
    kind = media_type(content)
    text, preview, pages = _pdf(content) if kind == "application/pdf" else ("", _picture(content), 1)
    return Sheet(name, content, kind, "".join(text.split()), preview, pages)


def _pdf(content: bytes) -> tuple[str, bytes, int]:
    import pypdfium2  # heavy, and rarely needed

    try:
        document = pypdfium2.PdfDocument(content)
        try:
            document.init_forms()
            page = document[0]
            image = page.render(scale=PREVIEW_WIDTH / max(page.get_width(), 1)).to_pil()
            text = "".join(document[number].get_textpage().get_text_range() for number in range(min(len(document), 5)))
            return text, _png(image), len(document)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise RuleBroken(_("The PDF is damaged or locked."), _("Scan the sheet again."), field="scan") from error


def _picture(content: bytes) -> bytes:
    import io

    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH * 2))
            return _png(upright)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RuleBroken(_("The picture is damaged."), _("Scan the sheet again."), field="scan") from error


def _png(image: object) -> bytes:
    import io

    target = io.BytesIO()
    image.save(target, "PNG")  # type: ignore[attr-defined]
    return target.getvalue()


def store(session: Session, sheet: Sheet, module: str, subject: UUID, now: datetime) -> UUID:
    """Keep the file and attach it to the module's `subject`; the same bytes are stored once."""
    return keep_file(session, StoredFile(sheet.name, sheet.content, sheet.media_type), module, subject, now)


def stored(session: Session, attachment_id: UUID) -> Sheet:
    """A filed sheet, as it came in.

    Raises:
        Unavailable: it is not there any more.
    """
    file = kept_file(session, attachment_id)
    if file is None:
        raise Unavailable(_("The filed sheet is no longer there."), _("Look into the history."))
    return Sheet(file.name, file.content, file.media_type)


def show_sheet(context: ModuleContext, owner: QObject, attachment_id: UUID, name: str, failed: Failed) -> None:
    """Open a filed sheet with the system's program."""

    def show(sheet: Sheet) -> None:
        context.documents.show(sheet.content, name, "." + sheet.media_type.rpartition("/")[2])

    context.tasks.read(owner, lambda session: stored(session, attachment_id), show, failed, slot="sheet")
