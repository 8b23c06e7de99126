"""The menu of saved views: switch, save, name and remove them, with how many people each shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.saving import write
from desktop.people.segments.using import asker
from desktop.people.views import groups, service
from desktop.people.views.dialog import ViewDialog
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from desktop.widgets.banner import ask
from desktop.widgets.buttons import Button, menu_button


class Views(QObject):
    """The views this user sees, the one that is open, and the button that opens their menu.

    Args:
        now: What the list shows at this moment.
        over: The page, over which dialogs open.
    """

    chosen = Signal(object)  # the View to show

    def __init__(self, context: ModuleContext, now: Callable[[], View], over: QWidget) -> None:
        super().__init__(over)
        self._context, self._say, self._now, self._over = context, context.texts.say, now, over
        self.known: list[Kept] = []
        self.current: Kept | None = None
        self._wanted: UUID | None = None  # to be opened once the views are there
        self._again: UUID | None = None  # is open, and still to be read
        self._counted: dict[UUID, QAction] = {}
        self.button: Button = menu_button(self._say(_("Everybody")), QMenu())
        self.button.menu().aboutToShow.connect(self._fill)
        context.changes.changed.connect(self._heard)
        self.load()
        self.tell()

    def load(self) -> None:
        """Read the views anew."""
        work = partial(service.views, actor=self._context.actor, clock=self._context.clock)
        self._context.tasks.read(self, work, self._take, partial(self._fail, _("loading the views")), slot="views")

    def open(self, id: UUID | None) -> None:
        """Show this view, or everybody; one that is not read yet is shown as soon as it is."""
        kept = next((kept for kept in self.known if kept.id == id), None)
        self._wanted = id if kept is None else None
        if id is None or kept is not None:
            self._show(kept)

    def reopen(self, id: UUID | None) -> None:
        """Say that this view is open, now or as soon as it is read, without changing what is shown."""
        self.current = next((kept for kept in self.known if kept.id == id), None)
        self._again = id if self.current is None else None
        self.tell()

    @property
    def changed(self) -> bool:
        """Whether the list shows something else than the view that is open."""
        return not self._now().same_as(self.current.view if self.current else View())

    def tell(self) -> None:
        """Say on the button which view is open, and whether it was changed."""
        name = self.current.name if self.current else self._say(_("Everybody"))
        text = self._say(_("{view} · changed"), view=name) if self.current and self.changed else name
        self.button.setText(text.replace("&", "&&"))
        self.button.setAccessibleName(self._say(_("View: {view}"), view=text))
        self.button.updateGeometry()

    # The menu

    def _fill(self) -> None:
        menu, say = self.button.menu(), self._say
        menu.clear()
        self._counted = {}
        everybody = menu.addAction(say(_("Everybody")), partial(self._show, None))
        everybody.setCheckable(True)
        everybody.setChecked(self.current is None)
        for own, title in ((True, say(_("My views"))), (False, say(_("Views of the office")))):
            some = [kept for kept in self.known if (kept.reach == "own") == own]
            if some:
                menu.addSeparator()
                menu.addAction(title).setEnabled(False)  # a heading; the style of menus draws no sections
            for kept in some:
                self._add(menu, kept)
        menu.addSeparator()
        gather = menu.addMenu(say(_("Gather by")))
        for code, label in groups.GATHERED.items():
            act = gather.addAction(say(label), partial(self._gather, code))
            act.setCheckable(True)
            act.setChecked(self._now().group == code)
        menu.addSeparator()
        self._add_acts(menu)
        asked = {kept.id: kept.view for kept in self.known}
        if asked:
            self._context.tasks.read(
                self,
                partial(service.counts, asked=asked, ask=asker(self._context)),
                self._count,
                partial(self._fail, _("counting the people")),
                slot="counts",
            )

    def _add(self, menu: QMenu, kept: Kept) -> None:
        name = kept.name.replace("&", "&&")
        act = menu.addAction(self._say(_("{view} (locked)"), view=name) if kept.reach == "locked" else name)
        act.triggered.connect(partial(self._show, kept))
        act.setCheckable(True)
        act.setChecked(self.current is not None and self.current.id == kept.id)
        self._counted[kept.id] = act

    def _add_acts(self, menu: QMenu) -> None:
        say, now = self._say, self.current
        changed, mine = self.changed, now is not None and now.mine_to_change
        if now is not None:
            name = now.name.replace("&", "&&")
            menu.addAction(say(_("Save in “{view}”"), view=name), self.save).setEnabled(mine)
        menu.addAction(say(_("Save as a view…")), self.save_as)
        menu.addAction(say(_("Undo the changes to the view")), partial(self._show, now)).setEnabled(changed)
        if now is not None:
            menu.addSeparator()
            menu.addAction(say(_("Name and users…")), self.rename).setEnabled(mine)
            menu.addAction(say(_("Remove the view…")), self.remove).setEnabled(mine)

    def _count(self, found: dict[UUID, int]) -> None:
        for id, count in found.items():
            act = self._counted.get(id)
            if act is not None:
                act.setText(f"{act.text().partition(chr(9))[0]}\t{self._context.texts.number(count)}")

    # Acts

    def save(self) -> None:
        """Keep what is shown now in the view that is open."""
        if self.current is not None:
            work = partial(
                service.change, kept=self.current, view=self._now(), actor=self._context.actor, clock=self._context.clock
            )
            said = self._say(_("The view “{view}” is saved."), view=self.current.name)
            write(self._context, self, work, verb="change_view", said=said, doing=_("saving the view"))

    def save_as(self) -> None:
        """Ask for a name and keep what is shown now as a new view, which is open from then on."""
        before = {kept.id for kept in self.known}
        self._ask(None, lambda: self._open_new(before))

    def rename(self) -> None:
        """Ask for another name, or for whom the view is."""
        self._ask(self.current, self.load)

    def remove(self) -> None:
        """Forget the view that is open, after asking."""
        kept = self.current
        if kept is None or not ask(
            self._over,
            self._say(_("Remove the view “{view}”?"), view=kept.name),
            self._say(_("The people in it stay as they are.")),
            self._say(_("Remove")),
            cancel=self._say(_("Cancel")),
        ):
            return
        work = partial(service.remove, kept=kept, actor=self._context.actor)
        said = self._say(_("The view “{view}” is removed."), view=kept.name)
        write(self._context, self, work, verb="remove_view", said=said, doing=_("removing the view"))

    def _ask(self, kept: Kept | None, done: Callable[[], None]) -> None:
        now = self._now()
        chips = [text for _field, text in words.chips(now.filter, self._context.texts)]
        if now.filter.text.strip():
            chips.insert(0, self._say(_("“{text}”"), text=now.filter.text.strip()))
        dialog = ViewDialog(self._context, now, ", ".join(chips), kept, self._over)
        dialog.accepted.connect(done)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_new(self, before: set[UUID]) -> None:
        def take(found: list[Kept]) -> None:
            self._take(found)
            own = [kept for kept in found if kept.own and kept.id not in before]
            if own:
                self.reopen(max(own, key=lambda kept: kept.id).id)

        work = partial(service.views, actor=self._context.actor, clock=self._context.clock)
        self._context.tasks.read(self, work, take, partial(self._fail, _("loading the views")), slot="views")

    def _gather(self, group: str) -> None:
        self.chosen.emit(replace(self._now(), group=group))
        self.tell()

    def _show(self, kept: Kept | None, *_checked: object) -> None:
        self.current = kept
        self.chosen.emit(kept.view if kept else View())
        self.tell()

    def _take(self, found: list[Kept]) -> None:
        self.known = found
        open_now = self.current.id if self.current is not None else self._again
        self.current = next((kept for kept in found if kept.id == open_now), None)
        if self._wanted is not None and any(kept.id == self._wanted for kept in found):
            self.open(self._wanted)
        self.tell()

    def _heard(self, moved: Moved) -> None:
        if "saved_view" in moved.areas:
            self.load()

    def _fail(self, doing: str, error: Exception) -> None:
        self._context.messages.show(error, doing)
