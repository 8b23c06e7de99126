"""Units and posts: the organisation as a tree on a day, and on the right what belongs to what is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.organisation import posts, units
from desktop.people.organisation.dialogs import EndDialog, PostDialog, ProgrammesDialog, UnitDialog
from desktop.people.organisation.handover import RENDER, HandOver, gather
from desktop.people.organisation.holder_dialog import HolderDialog
from desktop.people.organisation.panel import SubjectPanel
from desktop.people.organisation.posts import Holder, PostRow
from desktop.people.organisation.tree import OrganisationTree
from desktop.people.organisation.units import UnitRow
from desktop.people.saving import write
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import DayField
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState
from desktop.widgets.panels import PageHeader, column, row, side_panel, splitter

AREAS = frozenset({"unit", "unit_programme", "post", "post_holding", "task"})
DOING = _("working on units and posts")
ROOM = 760  # pixels at 100 % below which tree and panel do not stand side by side


@dataclass(frozen=True, slots=True)
class Organisation:
    """All that the page shows."""

    units: list[UnitRow]
    posts: list[PostRow]


def read_all(session: Session, day: date) -> Organisation:
    """The units there ever were, and the posts as they are on that day."""
    return Organisation(units.units(session), posts.posts(session, day))


class OrganisationPage(QWidget):
    """Arrows walk the tree; the buttons on the right act on what is pointed at. Another day shows who held what then."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setWindowTitle(self._say(_("Units and posts")))
        self._all = Organisation([], [])
        self._wanted: UUID | None = None  # whom to point at once it is read
        self.new_unit = quiet_button(self._say(_("New unit…")), icon="plus")
        self.new_post = quiet_button(self._say(_("New post…")), icon="plus")
        may = context.may("people.organisation")
        self.new_unit.setVisible(may)
        self.new_post.setVisible(may)
        self.header = PageHeader(self._say(_("Units and posts")), "", (self.new_unit, self.new_post))
        self.day = DayField(context.clock.today(), context.clock.today())
        self.day.setAccessibleName(self._say(_("As it is on this day")))
        self.tree = OrganisationTree(context.texts)
        self.empty = EmptyState(
            self._say(_("No units or posts yet.")), self._say(_("Begin with the university, then its faculties below it."))
        )
        self.panel = SubjectPanel(context)
        self._lay_out()
        self.tree.pointed_at.connect(self._point)
        self.panel.wanted.connect(self._act)
        self.day.editingFinished.connect(self.look)
        self.new_unit.clicked.connect(lambda: self._ask_unit(None, None))
        self.new_post.clicked.connect(lambda: self._ask_post(None, None))
        context.changes.changed.connect(self._heard)
        context.settings.changed.connect(lambda name: self._show_again() if name == "core.person" else None)
        self.look()

    def _lay_out(self) -> None:
        left = QWidget()
        day = row(plain_label(self._say(_("As it is on")), "dim"), self.day, None)
        body = column(self.header, day, self.empty, self.tree, gap=10, margin=16)
        body.setStretch(3, 1)
        left.setLayout(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        name = self._say(_("Tree and details"))
        layout.addWidget(splitter(left, side_panel(self.panel), sizes=(700, 420), name=name, room=ROOM))
        self.setFocusProxy(self.tree)

    def look(self) -> None:
        """Read the organisation."""
        self._context.tasks.read(self, partial(read_all, day=self._day()), self._show, self._fail, slot="organisation")

    def state(self) -> dict[str, Any]:
        """What is pointed at, for the same page in another language."""
        subject = self._subject()
        return {"chosen": subject.id.hex if subject is not None else "", "day": self.day.text()}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.day.setText(state["day"])
        self._wanted = UUID(state["chosen"]) if state["chosen"] else None
        self.look()

    def _day(self) -> date:
        return (self.day.day() if self.day.is_day() else None) or self._context.clock.today()

    def _show(self, found: Organisation) -> None:
        self._all = found
        self.tree.show_rows(found.units, found.posts, self._day())
        anything = bool(found.units or found.posts)
        self.tree.setVisible(anything)
        self.empty.setVisible(not anything)
        texts = self._context.texts
        amounts = (
            texts.say_n(ngettext("{count} unit", "{count} units"), len(found.units)),
            texts.say_n(ngettext("{count} post", "{count} posts"), len(found.posts)),
        )
        self.header.set_count(" · ".join(amounts))
        if self._wanted is not None:
            self.tree.point_at(self._wanted)
            self._wanted = None

    def _show_again(self) -> None:
        self._point(self._subject())

    def _subject(self) -> UnitRow | PostRow | None:
        return self.tree.subject(self.tree.currentIndex())

    def _unit(self, unit_id: UUID | None) -> UnitRow | None:
        return next((unit for unit in self._all.units if unit.id == unit_id), None)

    def _point(self, subject: UnitRow | PostRow | None) -> None:
        if isinstance(subject, UnitRow):
            self.panel.show_unit(subject, self._unit(subject.form.parent_id))
        elif isinstance(subject, PostRow):
            show = partial(self.panel.show_post, subject, self._unit(subject.unit_id))
            self._context.tasks.read(self, partial(posts.history, post_id=subject.id), show, self._fail, slot="history")
        else:
            self.panel.show_nothing()

    def _act(self, act: str, subject: Any) -> None:
        acts: dict[str, Callable[[Any], None]] = {
            "programmes": self._ask_programmes,
            "below": lambda unit: self._ask_unit(None, unit),
            "post": lambda unit: self._ask_post(None, unit.id),
            "people": self._show_people,
            "remove": self._remove,
            "hand_over": self._hand_over,
            "list": self._print_list,
            "end": self._ask_end,
            "me": self._say_me,
        }
        if act != "change":
            acts[act](subject)
        elif isinstance(subject, UnitRow):
            self._ask_unit(subject, None)
        else:
            self._ask_post(subject, None)

    # Units

    def _ask_unit(self, unit: UnitRow | None, above: UnitRow | None) -> None:
        dialog = UnitDialog(self._context, self._all.units, unit, above, self)

        def finish() -> None:
            form = dialog.answer()
            if form is not None and unit is not None:
                change = partial(units.change_unit, unit_id=unit.id, version=unit.version, form=form)
                self._save(dialog, "change_unit", change, _("The unit was saved."))
            elif form is not None:
                self._save(dialog, "add_unit", partial(units.add_unit, form=form), _("The unit was added."))

        dialog.ask(finish)

    def _ask_programmes(self, unit: UnitRow) -> None:
        seen = {programme: row.id for row in self._all.units for programme in row.programmes}

        def ask(unplaced: list[tuple[str, int]]) -> None:
            dialog = ProgrammesDialog(self._context, unit.name(self._context.texts.language), unit.programmes, unplaced, self)

            def finish() -> None:
                work = partial(units.place_programmes, unit_id=unit.id, programmes=dialog.answer(), seen=seen)
                self._save(dialog, "place_programmes", work, _("The programmes were saved."))

            dialog.ask(finish)

        self._context.tasks.read(self, units.unplaced, ask, self._fail, slot="unplaced")

    def _show_people(self, unit: UnitRow) -> None:
        self._context.navigate("people.list", unit=unit.id, unit_name=unit.name(self._context.texts.language))

    def _remove(self, unit: UnitRow) -> None:
        work = partial(units.remove_unit, unit_id=unit.id, version=unit.version)
        write(self._context, self, work, verb="remove_unit", said=self._say(_("The unit was removed.")), doing=DOING)

    # Posts

    def _ask_post(self, post: PostRow | None, unit_id: UUID | None) -> None:
        dialog = PostDialog(self._context, self._all.units, post, unit_id, self)

        def finish() -> None:
            title, unit = dialog.answer()
            if post is not None:
                change = partial(posts.change_post, post_id=post.id, version=post.version, title=title, unit_id=unit)
                self._save(dialog, "change_post", change, _("The post was saved."))
            else:
                self._save(dialog, "add_post", partial(posts.add_post, title=title, unit_id=unit), _("The post was added."))

        dialog.ask(finish)

    def _hand_over(self, post: PostRow) -> None:
        dialog = HolderDialog(self._context, [row.title for row in self._all.posts], post.title, self)

        def finish() -> None:
            if (answer := dialog.answer()) is not None:
                title, person, starts, ends = answer
                only = dialog.replacing.isChecked()
                work = partial(posts.give_post, title=title, person_id=person, starts=starts, ends=ends, replacing=only)
                self._save(dialog, "give_post", work, _("The post was given."))

        dialog.ask(finish)

    def _ask_end(self, holder: Holder) -> None:
        dialog = EndDialog(self._context, holder, self)

        def finish() -> None:
            if (answer := dialog.answer()) is not None:
                work = partial(posts.end_holding, holding_id=holder.holding_id, version=holder.version, ends=answer[0])
                self._save(dialog, "end_holding", work, _("The day was saved."))

        dialog.ask(finish)

    def _say_me(self, holder: Holder) -> None:
        self._context.settings.set("core.person", {"id": str(holder.person_id), "name": holder.name}, self._fail)

    def _print_list(self, post: PostRow) -> None:
        """Gathered in the background, with what every running module keeps for a post."""
        say = self._say
        modules = [
            (say(offer.contribution.title), self._context.load(offer.contribution.opens))
            for offer in self._context.offers("handover")
        ]
        day, texts = self._context.clock.today(), self._context.texts
        work = partial(gather, post_id=post.id, day=day, texts=texts, modules=modules)
        self._context.tasks.read(self, work, self._produce, self._fail, slot="handover")

    def _produce(self, found: HandOver) -> None:
        name = self._say(_("Hand-over list: {post}"), post=found.post)
        self._context.documents.produce(RENDER, found, None, lambda _path: None, self._fail, name=name)

    # Saving

    def _save(self, dialog: FormDialog, verb: str, work: Callable[[Session], Any], said: Msgid) -> None:
        def done(answer: object) -> None:
            dialog.accept()
            self._wanted = answer if isinstance(answer, UUID) and verb in ("add_unit", "add_post") else None
            self._context.messages.say(self._say(said))
            self.look()

        self._context.tasks.write(self, work, done, dialog.fail, verb=verb)

    def _heard(self, moved: Moved) -> None:
        if moved.areas & AREAS:
            self.look()

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, doing=DOING)
