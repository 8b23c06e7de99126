"""Long work: what runs, how far it is, what is over; and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from db.errors import Told
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.lanes import Job
from desktop.shell.desk import Desk
from desktop.shell.line_list import LineList, line
from desktop.widgets.buttons import quiet_button
from desktop.widgets.list_view import EmptyState
from desktop.widgets.panels import PageHeader, scrolling
from desktop.widgets.theme import current_theme

STATES: dict[str, tuple[Msgid, str]] = {
    "waiting": (_("Waiting"), ""),
    "running": (_("Running"), "accent"),
    "done": (_("Finished"), "ok"),
    "failed": (_("Failed"), "bad"),
    "cancelled": (_("Stopped"), "warn"),
}


class JobsPage(QWidget):
    """Newest first."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self.setWindowTitle(self._say(_("Jobs")))
        self.forget = quiet_button(self._say(_("Clear what is over")))
        self.forget.clicked.connect(self._forget)
        self.lines = LineList()
        self.empty = EmptyState(
            self._say(_("No jobs yet.")), self._say(_("Imports, exports, documents and backups show here how far they are."))
        )
        theme = current_theme()
        inner = QFrame()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        layout.addWidget(PageHeader(self._say(_("Jobs")), "", (self.forget,)))
        layout.addWidget(self.empty)
        layout.addWidget(self.lines, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inner))
        self._bars: dict[tuple[str, int], QProgressBar] = {}
        self._shown: list[tuple[str, int, str]] = []
        desk.tasks.jobs_changed.connect(self.look)
        desk.errands.jobs_changed.connect(self.look)
        self.look()

    def look(self) -> None:
        """Show what moved: usually only how far a job is."""
        jobs = [("errand", job) for job in self._desk.errands.jobs] + [("task", job) for job in self._desk.tasks.jobs]
        shown = [(kind, job.id, job.state) for kind, job in jobs]
        if shown != self._shown:
            self._shown, self._bars = shown, {}
            self.lines.fill([self._line(kind, job) for kind, job in reversed(jobs)])
        for kind, job in jobs:
            bar = self._bars.get((kind, job.id))
            if bar is not None:
                bar.setRange(0, job.total)
                bar.setValue(job.done)
        self.empty.setVisible(not jobs)
        self.forget.setEnabled(any(job.over for _kind, job in jobs))

    def _line(self, kind: str, job: Job) -> QWidget:
        say, texts = self._say, self._context.texts
        title = say(job.title)
        acts: list[QWidget] = []
        if not job.over:
            bar = QProgressBar()
            bar.setAccessibleName(title)
            bar.setFixedWidth(current_theme().px(200))
            self._bars[kind, job.id] = bar
            acts.append(bar)
            stop = quiet_button(say(_("Stop")))
            stop.setAccessibleName(f"{say(_('Stop'))}: {title}")
            stop.clicked.connect(lambda: job.cancel())
            acts.append(stop)
        elif job.opens is not None:
            look = quiet_button(say(_("Open the file")))
            look.setAccessibleName(f"{say(_('Open the file'))}: {job.about or title}")
            look.clicked.connect(partial(self._open, job.opens))
            acts.append(look)
        began = say(_("Began {time}"), time=texts.time(job.started)) if job.started else ""
        ended = say(_("Ended {time}"), time=texts.time(job.ended)) if job.ended else ""
        word, tone = STATES[job.state]
        return line(title, (say(word), tone), [" · ".join(part for part in (job.about, began, ended) if part)], acts)

    def _open(self, opens: Callable[[], None]) -> None:
        try:
            opens()
        except Told as error:
            self._context.messages.show(error, _("opening the file"))

    def _forget(self) -> None:
        self._desk.tasks.forget_ended_jobs()
        self._desk.errands.forget_ended()
