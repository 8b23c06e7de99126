"""Files a signed disposal certificate with the disposal it is about."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.retention.certificates import VERB, file_certificate
from desktop.people.retention.disposals import DisposalLine
from desktop.widgets.labels import plain_label
from desktop.widgets.sheet_dialog import SheetDialog


class CertificateDialog(SheetDialog):
    """Says with which disposal the sheet will be filed."""

    def __init__(self, context: ModuleContext, line: DisposalLine, parent: QWidget | None = None) -> None:
        super().__init__(context, _("File a signed certificate"), _("File the certificate"), parent)
        self._line, self._finish = line, self.file
        self.form.add("case", self.say(_("Case or decision")), plain_label(line.case_number, "strong", wrap=True))
        self.form.add("reason", self.say(_("Reason")), plain_label(line.reason, wrap=True))
        decided = self.say(_("{name}, {moment}"), name=line.decided_by, moment=context.texts.moment(line.decided_at))
        self.form.add("decided", self.say(_("Decided by")), plain_label(decided, wrap=True))

    def file(self) -> None:
        """File it; the dialog closes once that is saved."""
        if self.sheet is None:
            return
        work = partial(file_certificate, disposal=self._line.id, sheet=self.sheet, now=self.context.clock.now())
        self.context.tasks.write(self, work, lambda _answer: self.accept(), self.fail, verb=VERB)
