"""The steps of one import in the background, each with progress and a way out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from db.history import TAKE_BACK, TakenBack, take_back
from db.protected.people import held_out
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.texts import LANGUAGES, Texts
from desktop.people import listing
from desktop.people.imports.deciding.decisions import Decisions
from desktop.people.imports.deciding.keeping import keep_decisions, kept_decisions
from desktop.people.imports.deciding.mending import WHY, Wanted, is_mended, write_faulty
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.deciding.touched import touched_since
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.people_file import Asked, read_file
from desktop.people.imports.reading import Cancelled, Entry, Preview, Report, import_shown, kept_people, plan_again, preview
from desktop.people.imports.rows import ReadFile
from desktop.people.imports.storing import IMPORT_VERB, ImportCounts
from desktop.people.listing import PeopleFilter

READING, MATCHING, IMPORTING = _("Reading the file"), _("Comparing with the register"), _("Importing")
WRITING = _("Writing the faulty rows")


class Watch(QObject):
    """Carries progress from any thread to the window and says there when the user cancels; outlives the page."""

    told = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._stop = threading.Event()

    def report(self, done: int, total: int) -> None:
        """Tell how far the work is; raises `Cancelled` when it shall stop."""
        if self._stop.is_set():
            raise Cancelled
        self.told.emit(done, total)

    def stop(self) -> None:
        """Let the next report raise."""
        self._stop.set()


class ImportRun(QObject):
    """Reads, compares, imports and takes back, one step at a time, for one page."""

    stepped = Signal(str)  # READING, MATCHING or IMPORTING begins
    progressed = Signal(int, int)
    was_read = Signal(object)  # ReadFile
    refused = Signal(object)  # ReadFile whose columns do not say who people are; nothing is compared
    planned = Signal(object)  # Preview
    imported = Signal(object, int)  # ImportCounts, how many people it touched
    compared = Signal(object)  # Entry: a row compared with whom somebody said it is
    touched = Signal(list)  # the names of people of the import about whom something was saved since
    mended = Signal(int)  # how many faulty rows were written into a file
    taken_back = Signal(object, list)  # TakenBack, the names of those on whom something was kept
    cancelled = Signal()
    failed = Signal(Exception, str)  # what went wrong, while doing what

    def __init__(self, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._cancel: Callable[[], None] | None = None
        self._watch: Watch | None = None
        self._kept: tuple[str, str] | None = None  # the digest of a file and what was decided about it, to be written
        self._keeping = False

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._cancel is not None

    def read(self, path: Path, sheet: str = "", follow: Mapping | None = None) -> None:
        """Read a file, of a spreadsheet one sheet, and find out what would become of its rows; `follow` says what columns mean."""
        country, today = self._context.settings.get("core.office_country"), self._context.clock.today()
        asked = Asked(path, country, today, sheet, follow, for_mapping=follow is not None or not sheet)
        self._begin(READING, lambda: None)
        cancel = self._context.tasks.compute(
            read_file, asked, self.progressed.emit, self._compare, partial(self._fail, doing=_("reading the file")),
            owner=self, title=_("Reading a list of people"),
        )  # fmt: skip
        if self.busy:
            self._cancel = partial(self._stop_reading, cancel)

    def start(self, shown: Preview, source: str, wishes: Wishes | None = None) -> None:
        """Import what was shown, matched anew, with what was decided; what was overtaken meanwhile is left out."""
        watch, today = self._watched(IMPORTING), self._context.clock.today()
        work = partial(import_shown, shown=shown, source=source, report=watch.report, wishes=wishes, today=today)
        fail = partial(self._fail, doing=_("importing the people"))
        self._context.tasks.write(self, work, self._count, fail, verb=IMPORT_VERB)

    def compare(self, entry: Entry, wishes: Wishes) -> None:
        """Find out what a row would change of whom it was said to be."""
        work = partial(plan_again, entry=entry, wishes=wishes)
        fail = partial(self._fail, doing=_("comparing the rows"))
        self._context.tasks.read(self, work, self.compared.emit, fail, slot=f"again {entry.line}")

    def keep(self, digest: str, text: str) -> None:
        """Keep what was decided about a file, one writing after the other; an empty text drops it."""
        self._kept = digest, text
        if not self._keeping:
            self._keep_next()

    def mend(self, wanted: Wanted) -> None:
        """Write faulty rows into a file of their own."""
        self._begin(WRITING, lambda: None)
        fail = partial(self._fail, doing=_("writing the faulty rows"))
        cancel = self._context.tasks.compute(
            write_faulty, wanted, self.progressed.emit, self._mended, fail, owner=self, title=_("Writing the faulty rows")
        )
        if self.busy:
            self._cancel = partial(self._stop_reading, cancel)

    def look_before_undo(self, counts: ImportCounts) -> None:
        """Find out who was touched since an import."""
        assert counts.change_set is not None
        work = partial(touched_since, change_set=counts.change_set)
        fail = partial(self._fail, doing=_("taking the import back"))
        self._context.tasks.read(self, work, self.touched.emit, fail, slot="touched")

    def undo(self, counts: ImportCounts) -> None:
        """Take an import back."""
        assert counts.change_set is not None
        work = partial(take_back, change_set=counts.change_set)
        fail = partial(self._fail, doing=_("taking the import back"))
        self._context.tasks.write(self, work, self._name_kept, fail, verb=TAKE_BACK)

    def cancel(self) -> None:
        """Stop the step under way; nothing of it stays."""
        if self._cancel is not None:
            self._cancel()

    def _begin(self, step: Msgid, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self.stepped.emit(step)

    def _watched(self, step: Msgid) -> Watch:
        watch = Watch()
        watch.told.connect(self.progressed)
        self._watch = watch  # the newest; the work holds its own, however long it takes
        self._begin(step, watch.stop)
        return watch

    def _stop_reading(self, cancel: Callable[[], None]) -> None:
        cancel()
        self._end()
        self.cancelled.emit()

    def _compare(self, file: ReadFile) -> None:
        if file.refusal is not None:
            self._end()
            self.was_read.emit(file)
            self.refused.emit(file)
            return
        watch = self._watched(MATCHING)
        own = self._context
        work = partial(_preview, file=file, report=watch.report, mapping=file.mapping, user=own.actor.id, texts=own.texts)
        fail = partial(self._fail, doing=_("comparing the rows"))
        self.was_read.emit(file)  # before the comparing begins, which would keep Python from the window half of the time
        own.tasks.read(self, work, self._show, fail, slot="preview")

    def _keep_next(self) -> None:
        self._keeping = self._kept is not None
        if self._kept is None:
            return
        (digest, text), self._kept = self._kept, None
        database, user, now = self._context.database, self._context.actor.id, self._context.clock.now()

        def write(_session: Session) -> None:
            with database.upkeep(quiet=True) as session:
                keep_decisions(session, user, digest, text, now)

        self._context.tasks.read(self, write, lambda _done: self._keep_next(), self._not_kept, slot="decisions")

    def _not_kept(self, error: Exception) -> None:
        """The choices stand on the page; only a crash would lose them."""
        self._keeping = False
        self.failed.emit(error, _("keeping what you decided"))

    def _mended(self, count: int) -> None:
        self._end()
        self.mended.emit(count)

    def _show(self, found: Preview) -> None:
        self._end()
        self.planned.emit(found)

    def _count(self, counts: ImportCounts) -> None:
        """Count the people before telling: two rows may be about one of them."""
        filter = PeopleFilter(made_or_changed_in=counts.change_set)
        if counts.change_set is None:
            self._tell(counts, 0)
            return
        fail = partial(self._fail, doing=_("counting the people"))
        if self._context.may("people.protected"):
            asked = partial(held_out, change_set=counts.change_set)
            self._context.tasks.read(self, asked, self._say_held, fail, slot="held")
        self._context.tasks.read(self, partial(listing.count, filter=filter), partial(self._tell, counts), fail, slot="count")

    def _say_held(self, count: int) -> None:
        """To those alone who handle protected people; to others nothing tells these rows from all the others."""
        if count:
            held = ngettext("Held out: {count} row of a protected person", "Held out: {count} rows of protected people")
            self._context.messages.say(self._context.texts.say_n(held, count), "warn")

    def _tell(self, counts: ImportCounts, people: int) -> None:
        self._end()
        self.imported.emit(counts, people)

    def _name_kept(self, taken: TakenBack) -> None:
        fail = partial(self._fail, doing=_("taking the import back"))
        done = partial(self.taken_back.emit, taken)
        self._context.tasks.read(self, partial(kept_people, taken=taken), done, fail, slot="kept")

    def _fail(self, error: Exception, doing: Msgid) -> None:
        self._end()
        if isinstance(error, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(error, doing)

    def _end(self) -> None:
        self._cancel = self._watch = None


def _preview(session: Session, file: ReadFile, report: Report, mapping: Mapping, user: UUID, texts: Texts) -> Preview:
    """With what this user decided about the file before the program ended.

    Whether it is one with mended rows is told by its last heading in any language, whose texts take long to read.
    """
    decisions = kept_decisions(session, user, file.digest) if file.digest else Decisions()
    made = preview(session, file, report, Wishes(mapping, decisions, file.digest))
    return replace(made, mended=is_mended(file.columns.ignored[-1:], (texts.other(code).say(WHY) for code in LANGUAGES)))
