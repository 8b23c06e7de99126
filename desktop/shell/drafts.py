"""Keeps what is typed on open pages every few seconds, and offers it again after the program ended without asking."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from sqlalchemy.orm import Session

from db.database import Database
from db.drafts import KeptDraft, drafts_of, drop_draft, drop_drafts_before, has_drafts_before, keep_draft
from db.errors import Told, Unreachable
from db.texts import _
from desktop.core.manifest import Page
from desktop.core.messages import Message
from desktop.shell.containment import attempt
from desktop.shell.desk import Desk
from desktop.shell.draft_file import DraftFile
from desktop.shell.draft_text import read, written
from desktop.shell.page_state import draft_of
from desktop.shell.workspace import Open
from desktop.widgets.banner import ask

if TYPE_CHECKING:
    from desktop.shell.application import Application

log = logging.getLogger(__name__)
SECONDS = 5.0
DAYS = 30  # nobody misses what they typed longer ago
Place = tuple[str, str]  # a page and its arguments, as they are stored


class Drafts(QObject):
    """The drafts of one signed-in user, written in the background and beside the history.

    What an earlier run left waits, kept as it is, until the user brings it back or throws it away.

    Args:
        seconds: How often to look at the open pages; losing the focus is a reason too.
    """

    def __init__(self, app: Application, desk: Desk, seconds: float = SECONDS) -> None:
        super().__init__(app)
        self._app, self._desk = app, desk
        self._stored: dict[Place, KeptDraft] = {}  # what the database has, once the last write is through
        self._former: dict[Place, KeptDraft] = {}  # what it has until then
        self._waiting: dict[Place, KeptDraft] = {}  # from an earlier run: neither brought back nor thrown away
        self._returned: set[Place] = set()  # of those, brought back to pages that are still reading
        self._broken: set[Place] = set()  # pages that cannot say what they hold; told once
        self._undecided = self._writing = self._given_up = False
        self._aside = DraftFile(app.kept.folder, desk.database.name, desk.actor.name)  # while the server is away
        self._put_aside = False
        self.timer = QTimer(self, interval=int(seconds * 1000))
        self.timer.timeout.connect(self.look)
        work = partial(_begin, database=desk.database, user=desk.actor.id, now=desk.clock.now())
        desk.tasks.read(self, work, self._begun, self._failed, slot="drafts")

    def _begun(self, drafts: list[KeptDraft]) -> None:
        self._stored = {(draft.page, draft.arguments): draft for draft in drafts}
        self._waiting = dict(self._stored)
        for draft in self._aside.read():
            self._put_aside = True
            former = self._waiting.get((draft.page, draft.arguments))
            if former is None or former.at < draft.at:
                self._waiting[draft.page, draft.arguments] = draft
        self._undecided = True
        self.timer.start()
        QGuiApplication.instance().applicationStateChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self.show_offer()

    # Keeping

    def look(self) -> None:
        """Keep what is typed now, and let go of what was saved or closed meanwhile."""
        if self._writing:
            return  # the next look brings it
        wanted = self._wanted()
        if not self._desk.database.reachable:
            self._put_aside = True
            self._aside.keep(wanted.values())
            return
        if wanted == self._stored:
            self._come_back()
            return
        self._writing, self._former, self._stored = True, self._stored, wanted
        work = partial(_write, self._desk.database, self._desk.actor.id, self._former, wanted)
        self._desk.tasks.read(self, lambda _session: work(), self._written, self._failed, slot="drafts")

    def may_leave(self) -> bool:
        """Ask before typed text is lost; whoever agrees lets go of it."""
        pages = self._app.view.workspace.unsaved() if self._app.view is not None else []
        if pages:
            names, say = ", ".join(page.windowTitle() or page.accessibleName() for page in pages), self._desk.say
            question = say(_("Some of what you typed is not saved yet."))
            self._given_up = ask(self._app.window, question, names, say(_("Discard it")), cancel=say(_("Go back")), danger=True)
        return not pages or self._given_up

    def stop(self) -> None:
        """Look for the last time, while the pages are still there; `finish` writes it down."""
        self.timer.stop()
        self._former = {**self._former, **self._stored}
        self._stored = self._waiting if self._given_up else self._wanted()
        self._writing = True  # nothing more from here

    def finish(self) -> None:
        """Write what `stop` saw, after the lanes are closed."""
        if not self._desk.database.reachable:  # nobody waits for a server that is gone
            self._aside.keep(self._stored.values())
            self.deleteLater()
            return
        try:
            _write(self._desk.database, self._desk.actor.id, self._former, self._stored, surely=True)
        except Told as error:
            log.info("the last drafts could not be written: %s", type(error).__name__)
            if isinstance(error, Unreachable):
                self._aside.keep(self._stored.values())
        else:
            self._come_back()
        self.deleteLater()

    def _focus_moved(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive and self.timer.isActive():
            self.look()

    def _wanted(self) -> dict[Place, KeptDraft]:
        """What the database should have: what waits, and what is typed, which is newer."""
        typed: dict[Place, KeptDraft] = {}
        for entry in self._app.view.workspace.typed() if self._app.view is not None else []:
            draft = self._draft(entry)
            if draft is not None:
                typed[draft.page, draft.arguments] = draft
        for place in self._returned & typed.keys():
            self._returned.discard(place)
            self._waiting.pop(place, None)
        return {**self._waiting, **typed}

    def _draft(self, entry: Open) -> KeptDraft | None:
        try:
            arguments = written(entry.arguments)
        except TypeError as error:
            log.debug("a page of %s keeps no drafts: %s", entry.key, error)
            return None
        place = entry.key, arguments
        if entry.widget is None or place in self._broken:
            return None
        page = entry.widget
        state = attempt(lambda: draft_of(page), self._desk.registry, self._desk.messages, _("keeping what you typed"))
        if isinstance(state, Message):
            self._broken.add(place)
            return None
        try:
            text = written(state)
        except TypeError as error:
            log.debug("a page of %s keeps no drafts: %s", entry.key, error)
            return None
        former = self._stored.get(place)
        if former is not None and former.state == text:
            return former
        return KeptDraft(entry.key, arguments, text, self._desk.clock.now()) if state else None

    def _written(self, _nothing: object) -> None:
        self._writing = False
        self._come_back()

    def _come_back(self) -> None:
        """The server has everything that was put aside."""
        if self._put_aside:
            self._put_aside = False
            self._aside.drop()

    def _failed(self, error: Exception) -> None:
        """Not worth a message while somebody types: the next look tries again. A defect is told as any other."""
        if self._writing:
            self._writing, self._stored = False, self._former
        self.timer.start()
        if isinstance(error, Told):
            log.info("the drafts could not be reached: %s", type(error).__name__)
        else:
            self._desk.messages.show(error, _("keeping what you typed"))

    # Offering

    def show_offer(self) -> None:
        """Offer what an earlier run left, until the user has answered; also in a view made anew."""
        offered, view = self._offered(), self._app.view
        if not self._undecided or not offered or view is None:
            return
        say, texts = self._desk.say, self._desk.texts
        names = Counter(say(page.title) for draft in offered if (page := self._page(draft)) is not None)
        pages = ", ".join(f"{name} ({texts.number(count)})" if count > 1 else name for name, count in names.items())
        text = say(
            _("There is unsaved text from {when}: {pages}."), when=texts.moment(max(draft.at for draft in offered)), pages=pages
        )
        actions = [(say(_("Bring it back")), self.bring_back), (say(_("Throw it away")), self.throw_away)]
        view.workspace.offer.tell(text, tone="warn", actions=actions)
        view.workspace.offer.banner.closed.connect(self._put_off)

    def bring_back(self) -> None:
        """Open the pages again with what was typed; a page that holds newer text is left as it is."""
        self._undecided = False
        view = self._app.view
        for draft in self._offered() if view is not None else []:
            place = draft.page, draft.arguments
            try:
                entry = Open(draft.page, read(draft.arguments), state=read(draft.state))
            except (ValueError, TypeError) as error:
                log.warning("a draft of %s cannot be read: %s", draft.page, type(error).__name__)
                continue
            if view is not None and view.workspace.bring_back(entry):
                self._returned.add(place)
        self.look()

    def throw_away(self) -> None:
        """Let go of what was offered."""
        self._undecided = False
        for draft in self._offered():
            del self._waiting[draft.page, draft.arguments]
        self.look()

    def _put_off(self) -> None:
        """Closed without an answer: asked again at the next start."""
        self._undecided = False

    def _offered(self) -> list[KeptDraft]:
        """What waits for pages this user can open now."""
        return [draft for draft in self._waiting.values() if self._page(draft) is not None]

    def _page(self, draft: KeptDraft) -> Page | None:
        return self._desk.registry.page(draft.page, self._desk.rights)


def _begin(session: Session, database: Database, user: UUID, now: datetime) -> list[KeptDraft]:
    oldest = now - timedelta(days=DAYS)
    if has_drafts_before(session, oldest):
        try:
            with database.upkeep(quiet=True) as writing:
                drop_drafts_before(writing, oldest)
        except Told as error:  # somebody else writes just now; the next start drops them
            log.info("old drafts stay for now: %s", type(error).__name__)
    return [draft for draft in drafts_of(session, user) if draft.at >= oldest]


def _write(
    database: Database,
    user: UUID,
    former: dict[Place, KeptDraft],
    wanted: dict[Place, KeptDraft],
    *,
    surely: bool = False,
) -> None:
    """Bring the database from `former` to `wanted`; `surely` also writes what should be there already."""
    gone = former.keys() - wanted.keys()
    new = [draft for place, draft in wanted.items() if surely or former.get(place) != draft]
    if not gone and not new:
        return
    with database.upkeep(quiet=True) as session:
        for page, arguments in gone:
            drop_draft(session, user, page, arguments)
        for draft in new:
            keep_draft(session, user, draft)
