"""What was disposed of by which decision: carried out here, gone on with after a break, ended, and certified on paper."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.models.retention import DISPOSAL_STATES
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.sheets import show_sheet
from desktop.people.lines import Act, Line, LineGrid
from desktop.people.retention.certificate_dialog import CertificateDialog
from desktop.people.retention.certificates import Filed
from desktop.people.retention.disposals import DisposalLine, disposals
from desktop.people.retention.disposing import END, end_disposal
from desktop.people.retention.run import DisposalRun
from desktop.people.retention.words import PEOPLE, ROW_COUNT
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import column, flow, scrolling

RENDER = "desktop.people.retention.reports:render_certificate"
SHOWN = 50


class DisposalsView(QWidget):
    """The newest first."""

    carried_out = Signal()

    def __init__(self, context: ModuleContext) -> None:
        super().__init__()
        self._context, self._say = context, context.texts.say
        say = self._say
        self.lines: list[DisposalLine] = []
        self.banner = Banner(say(_("Close this message")))
        self.run = DisposalRun(context, self)
        self.progress = plain_label("", "strong", wrap=True)
        self.stop = quiet_button(say(_("Stop")))
        self.stop.setAccessibleName(say(_("Stop after those who are being disposed of now")))
        self.running = flow(self.progress, self.stop)
        self.running.hide()
        self.grid = LineGrid(say(_("Nobody was disposed of yet.")))
        self.earlier = quiet_button(say(_("Show earlier")))
        self.earlier.hide()
        about = _("The certificate names nobody who was disposed of. It can be printed again whenever it is needed.")
        inner = QWidget()
        body = column(
            self.banner, plain_label(say(about), "dim", wrap=True), self.running, self.grid, flow(self.earlier), gap=12, margin=16
        )
        body.addStretch(1)
        inner.setLayout(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inner))
        self.stop.clicked.connect(self.run.stop)
        self.run.stopping.connect(lambda: self.stop.setEnabled(False))
        self.earlier.clicked.connect(self._more)
        self.run.progressed.connect(self._tell)
        self.run.finished.connect(self._finish)
        self.run.stopped.connect(self._stopped)
        self.run.failed.connect(self._fail)

    def look(self) -> None:
        """Read the newest decisions."""
        read = partial(disposals, limit=SHOWN)
        self._context.tasks.read(self, read, self._show, self._context.messages.show, slot="disposals")

    def carry_out(self, disposal: UUID) -> None:
        """Begin with a decision, or go on with it."""
        if self.run.busy:
            return
        self.banner.dismiss()
        self.progress.setText(self._say(_("Disposing…")))
        self.running.show()
        self.stop.setEnabled(True)
        self.run.start(disposal)
        self._show_lines()

    def _more(self) -> None:
        read = partial(disposals, before=self.lines[-1], limit=SHOWN)
        self._context.tasks.read(self, read, self._add, self._context.messages.show, slot="disposals")

    def _show(self, lines: list[DisposalLine]) -> None:
        self.lines = []
        self._add(lines)

    def _add(self, lines: list[DisposalLine]) -> None:
        self.lines += lines
        self.earlier.setVisible(len(lines) == SHOWN)
        self._show_lines()

    def _show_lines(self) -> None:
        self.grid.show_lines(list(map(self._line, self.lines)))

    def _line(self, line: DisposalLine) -> Line:
        texts, say = self._context.texts, self._say
        done = say(_("{done} of {due} disposed of"), done=texts.number(line.done), due=texts.number(line.due))
        left = say(_("{count} left out"), count=texts.number(line.left_out)) if line.left_out else ""
        decided = say(_("decided by {name}, {moment}"), name=line.decided_by, moment=texts.moment(line.decided_at))
        told = " · ".join(filter(None, (say(DISPOSAL_STATES[line.state]), done, left, line.reason, decided)))
        case = line.case_number
        acts = [Act(say(_("Certificate…")), say(_("Certificate of {case}"), case=case), partial(self.certify, line))]
        if line.state == "open" and not self.run.busy and self._context.may("people.erase"):
            acts.insert(0, Act(say(_("Continue")), say(_("Continue {case}"), case=case), partial(self.carry_out, line.id)))
            acts.append(Act(say(_("End it")), say(_("End {case} before all is done"), case=case), partial(self._end, line)))
        if line.state != "open":
            file = partial(self.file, line)
            acts.append(Act(say(_("File…")), say(_("File the signed certificate of {case}"), case=case), file))
        for one in line.filed:
            day = texts.day(one.added_at.astimezone(texts.zone).date())
            spoken = say(_("Open the signed certificate of {case}, filed {day}"), case=case, day=day)
            acts.append(Act(say(_("Filed {day}"), day=day), spoken, partial(self.open_filed, line, one)))
        return Line(case, told, acts=acts, whole=True)

    def certify(self, line: DisposalLine) -> None:
        """Make the sheet and open it."""
        from desktop.people.retention.reports import Certificate  # loads what sets documents

        context, say = self._context, self._say
        data = Certificate(context.settings.get("core.office_name"), line, context.clock.now())
        name = say(_("Disposal certificate {case}"), case=line.case_number)
        failed = partial(context.messages.show, doing=_("making a certificate"))
        context.documents.produce(RENDER, data, None, lambda _path: None, failed, name=name, title=_("Disposal certificate"))

    def file(self, line: DisposalLine) -> None:
        """Ask for the scanned certificate."""
        dialog = CertificateDialog(self._context, line, self)
        dialog.accepted.connect(self._filed)
        dialog.open()

    def open_filed(self, line: DisposalLine, one: Filed) -> None:
        """Open a signed certificate as it came in."""
        name = self._say(_("Disposal certificate {case}"), case=line.case_number)
        show_sheet(self._context, self, one.id, name, self._context.messages.show)

    def _filed(self) -> None:
        self._context.messages.say(self._say(_("Filed.")))
        self.look()

    def _end(self, line: DisposalLine) -> None:
        work = partial(end_disposal, disposal=line.id, version=line.version, now=self._context.clock.now())
        self._context.tasks.write(self, work, lambda _none: self.look(), self._fail, verb=END)

    def _tell(self, waiting: int) -> None:
        texts = self._context.texts
        to_come = texts.say_n(ROW_COUNT if self.run.of_rows else PEOPLE, waiting)
        self.progress.setText(self._say(_("Disposing: {count} to come"), count=to_come))

    def _finish(self, clean: bool) -> None:
        if clean:
            self._over(self._say(_("Disposed of, for good.")), "ok")
        else:
            traces = _(
                "Disposed of. Another program has the file open: traces may stay in it until the next time somebody is erased."
            )
            self._over(self._say(traces), "warn")

    def _stopped(self) -> None:
        self._over(self._say(_("Stopped. Whoever waits can be disposed of later, or the decision ended.")), "warn")

    def _over(self, text: str, tone: str) -> None:
        self.running.hide()
        self.banner.tell(text, tone=tone)
        self.look()
        self.carried_out.emit()

    def _fail(self, error: Exception) -> None:
        self.running.hide()
        message = self._context.messages.explain(error, _("disposing"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "warn")
        self.look()
