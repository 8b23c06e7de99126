"""The form in which an officer makes the access report of somebody protected: two files under the handle."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from db.models.person import LANGUAGES
from db.protected.people import ProtectedLine
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.protecting.boxes import ReasonFields
from desktop.people.reporting.files import RENDER, Saved, save_report
from desktop.people.reporting.held import AccessReport
from desktop.people.reporting.making import Asked
from desktop.people.reporting.protected import make_protected_report
from desktop.people.step_box import Step, StepBox

_DOING: Msgid = _("making an access report")


def reporting(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Asks why and in which language, then where to save it."""
    say = context.texts.say
    form = ReasonFields(context, _("Why is it made?"), _("For example: the person asked for it."))
    form.code("language", _("Language of the report"), LANGUAGES, "", _("The person's own"))

    def prepare() -> Step:
        asked = Asked(line.id, form.read("reason"), form.read("language"))
        return lambda: make_protected_report(context, asked)

    told = say(
        _("Your name, the time and the reason are stored first and cannot be taken back. The report names the person and is "
          "saved under the handle. It goes to the forwarding address and nowhere else.")
    )  # fmt: skip
    heading = say(_("Access report of {handle}"), handle=line.handle)
    box = StepBox(context, heading, form, prepare, say(_("Make the report…")), told, _DOING)
    box.done.connect(lambda report: _keep(context, report, box))
    return box


def _keep(context: ModuleContext, report: AccessReport, box: StepBox) -> None:
    chosen = QFileDialog.getExistingDirectory(box, context.texts.say(_("Where to save the report")), str(Path.home()))
    if chosen:
        failed = partial(context.messages.show, doing=_DOING)
        save = partial(_save, context, report, Path(chosen))
        context.documents.render(RENDER, report, save, failed, language=report.language, title=_("Making an access report"))


def _save(context: ModuleContext, report: AccessReport, folder: Path, content: bytes) -> None:
    work = partial(save_report, report, content, folder, context.texts)

    def tell(saved: Saved) -> None:
        said = context.texts.say(_("The report is saved: {pdf} and {json}."), pdf=saved.pdf.name, json=saved.json.name)
        context.messages.say(said)

    failed = partial(context.messages.show, doing=_DOING)
    context.tasks.read(context.documents, lambda _session: work(), tell, failed, slot="save")
