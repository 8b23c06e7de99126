"""A signed certificate is filed with exactly its disposal, opened again as it came in, and told in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.models.document import Attachment
from db.models.retention import Disposal
from desktop.core.context import ModuleContext
from desktop.core.documents import Documents
from desktop.core.sheets import examine_bytes, stored
from desktop.people.retention.certificate_dialog import CertificateDialog
from desktop.people.retention.certificates import VERB, file_certificate
from desktop.people.retention.disposals import disposal
from desktop.people.retention.disposals_view import DisposalsView
from desktop.people.retention.reports import Certificate, render_certificate
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import said, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LONG = 30_000


def make(context: ModuleContext, case: str, state: str = "done") -> UUID:
    """A disposal as it stands after it was carried out."""
    now = context.clock.now()
    own = Disposal(
        case_number=case, reason="By the plan", day=date(2026, 11, 23), decided_at=now, decided_by="Eva Ek", state=state,
        finished_at=None, mark=0,
    )  # fmt: skip
    with context.database.write(context.actor, "decide_disposal", details={"case": case, "count": 1}) as session:
        session.add(own)
        session.flush()
        return own.id


def printed(context: ModuleContext, own: UUID) -> bytes:
    """Its certificate, as it is printed to be signed."""
    with context.database.read() as session:
        return render_certificate(Certificate("Office", disposal(session, own), context.clock.now()), context.texts)


def file(context: ModuleContext, own: UUID, content: bytes) -> UUID:
    with context.database.write(context.actor, VERB) as session:
        return file_certificate(session, own, examine_bytes("scan.pdf", content), now=context.clock.now())


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


def test_a_sheet_is_kept_with_its_disposal_and_can_be_taken_back(context: ModuleContext) -> None:
    own, other = make(context, "Dnr 17/2026"), make(context, "Dnr 18/2026")
    content = printed(context, own)
    attachment = file(context, own, content)
    with context.database.read() as session:
        assert [one.id for one in disposal(session, own).filed] == [attachment] and disposal(session, other).filed == ()
        assert stored(session, attachment).content == content
        newest = history(session, limit=1)[0]
        assert (newest.verb, newest.details) == (VERB, {"case": "Dnr 17/2026"})
    with context.database.write(context.actor, TAKE_BACK) as session:
        take_back(session, newest.id)
    assert count(context.database) == 0


def test_the_certificate_of_another_disposal_is_refused_and_so_is_one_filed_twice(context: ModuleContext) -> None:
    own, other, unfinished = (make(context, f"Dnr {n}/2026", state) for n, state in ((1, "done"), (2, "ended"), (3, "open")))
    content = printed(context, own)
    for wrong, why in ((other, "another disposal"), (unfinished, "not finished")):
        with pytest.raises(RuleBroken, match=why):
            file(context, wrong, content)
    with pytest.raises(Conflict):
        file(context, UUID(int=1), content)
    file(context, own, content)
    with pytest.raises(RuleBroken, match="filed already"):
        file(context, own, content)
    assert count(context.database) == 1
    file(context, other, printed(context, other))
    assert count(context.database) == 2


def test_a_scan_is_filed_and_opened_from_the_disposals(qtbot: QtBot, context: ModuleContext, tmp_path: Path) -> None:
    own = make(context, "Dnr 17/2026")
    make(context, "Dnr 18/2026", "open")
    opened: list[bytes] = []

    def open_file(url: QUrl) -> bool:
        opened.append(Path(url.toLocalFile()).read_bytes())
        return True

    documents = Documents(context.tasks, context.texts, open_file)
    view = DisposalsView(replace(context, documents=documents))
    shown(qtbot, view, 1200, 900)
    view.look()

    def acts(words: str) -> list[QAbstractButton]:
        return [one for one in view.findChildren(QAbstractButton) if words in one.accessibleName() and one.isVisible()]

    qtbot.waitUntil(lambda: len(acts("File the signed certificate")) == 1, timeout=LONG)
    assert "Dnr 17/2026" in acts("File the signed certificate")[0].accessibleName(), "not the one that goes on"
    acts("File the signed certificate")[0].click()
    (dialog,) = view.findChildren(CertificateDialog)
    assert "Dnr 17/2026" in said(dialog) and not dialog.accept_button.isEnabled()
    assert unnamed_controls(dialog) == [] and plain_text_offenders(dialog) == []
    (tmp_path / "text.pdf").write_text("no sheet")
    dialog.take_file(str(tmp_path / "text.pdf"))
    qtbot.waitUntil(lambda: "neither PDF nor PNG nor JPEG" in said(dialog), timeout=LONG)
    content = printed(context, own)
    (tmp_path / "scan.pdf").write_bytes(content)
    dialog.take_file(str(tmp_path / "scan.pdf"))
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=LONG)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible() and len(acts("Open the signed certificate")) == 1, timeout=LONG)
    assert unnamed_controls(view) == [] and plain_text_offenders(view) == []
    acts("Open the signed certificate")[0].click()
    qtbot.waitUntil(lambda: opened == [content], timeout=LONG)
    documents.close()
