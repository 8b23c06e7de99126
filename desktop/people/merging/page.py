"""Merging two records: both side by side, what becomes of every row of every module, and one key that does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.errors import RuleBroken
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.merging.belongings import World
from desktop.people.merging.choices import FieldChoices
from desktop.people.merging.merge import merge_people
from desktop.people.merging.parts import MovingList, NumberChoices, RowChoices, read_downwards
from desktop.people.merging.plan import Choice, MergePlan, older_first, read_plan
from desktop.people.merging.sides import Side
from desktop.people.person_picker import PersonPicker
from desktop.people.saving import write
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, Section, column, flow

WIDTH = 900  # of what is read, at 100 %


class MergePage(QFrame):
    """One way through by keyboard: Tab over what is to be chosen, Ctrl+Enter merges. Without `other_id` the other one is looked for."""

    def __init__(
        self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID, other_id: UUID | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context, self._say = context, context.texts.say
        self._first, self._other, self._swapped = person_id, other_id, False
        self._merging, self._chosen, self._left = False, dict[str, Side](), frozenset[UUID]()
        self.plan: MergePlan | None = None
        say = self._say
        self.setWindowTitle(say(_("Merge records")))
        self.header = PageHeader(say(_("Merge records")))
        self.banner, self.remarks = Banner(say(_("Close this message")), stays=True), plain_label("", wrap=True)
        self.picker = PersonPicker(context)
        self.picker.picked.connect(self._pick)
        self.take = quiet_button(say(_("Compare")))
        self.take.clicked.connect(self._take)
        self.picker.box.entered.connect(self._take)
        self.picker.found.itemActivated.connect(lambda _item: self._take())
        self.swap = quiet_button(say(_("Let the other record stay")), key="Ctrl+E")
        self.open_stays, self.open_goes = quiet_button(say(_("Open what stays")), key="Ctrl+1"), quiet_button("", key="Ctrl+2")
        self.open_goes.setText(say(_("Open what goes")))
        self.fields, self.points = FieldChoices(context.texts), RowChoices(say(_("Ways to reach them")), "contact_point", context)
        self.roles, self.numbers = RowChoices(say(_("Roles")), "role", context), NumberChoices(context)
        self.moving = MovingList(context)
        self.form = Form()
        self.reason = self.form.add("reason", say(_("Reason, for the history")), QLineEdit())
        self.merge_button = primary_button(say(_("Merge")), key="Ctrl+Enter")
        self._lay_out()
        self._connect()
        self.read()

    def _lay_out(self) -> None:
        say = self._say
        self.search = Section(say(_("Which other record is the same person?")))
        self.search.add(self.picker)
        self.search.add(flow(self.take))
        person = Section(say(_("Person")))
        person.add(self.fields)
        self.parts = QWidget()
        self.parts.setLayout(
            column(
                self.remarks, flow(self.swap, self.open_stays, self.open_goes), person, self.numbers, self.points, self.roles,
                self.moving, self.form, flow(self.merge_button), gap=18,
            )
        )  # fmt: skip
        read_downwards(self, self.header, self.banner, self.search, self.parts, width=WIDTH)

    def _connect(self) -> None:
        self.swap.clicked.connect(self.let_the_other_stay)
        self.open_stays.clicked.connect(lambda: self._open("stays"))
        self.open_goes.clicked.connect(lambda: self._open("goes"))
        self.merge_button.clicked.connect(self.merge)
        self._context.changes.changed.connect(self._heard)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Return": self.merge, "Ctrl+Enter": self.merge, "Ctrl+E": self.let_the_other_stay,
            "Ctrl+1": partial(self._open, "stays"), "Ctrl+2": partial(self._open, "goes"),
        }  # fmt: skip
        listen(self, keys)

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Ctrl+Enter")), say(_("Merge"))),
            ("Ctrl+E", say(_("Let the other record stay"))),
            ("Ctrl+1", say(_("Open the record that stays"))),
            ("Ctrl+2", say(_("Open the record that goes"))),
        ]

    def state(self) -> dict[str, Any]:
        """The pair and what was chosen, for the same page in another language."""
        self._remember()
        return {
            "other": self._other, "swapped": self._swapped, "fields": self._chosen, "left": list(self._left),
            "reason": self.reason.text(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self._other, self._swapped = state["other"], state["swapped"]
        self._chosen, self._left = dict(state["fields"]), frozenset(state["left"])
        self.reason.setText(state["reason"])
        self.plan = None
        self.read()

    # Reading

    def read(self) -> None:
        """Read both records anew; what was chosen stays chosen."""
        self.search.setVisible(self._other is None)
        self.take.setEnabled(self.picker.chosen is not None)
        self.parts.setVisible(self._other is not None and self.plan is not None)
        if self._other is None:
            self.setFocusProxy(self.picker)
            return
        self.setFocusProxy(self.swap)
        self._remember()
        stays, goes = older_first(self._first, self._other)
        if self._swapped:
            stays, goes = goes, stays
        world = World.of(self._context)

        def work(session: Session) -> MergePlan:
            return read_plan(session, stays, goes, world)

        self._context.tasks.read(self, work, self._show, self._fail, slot="plan")

    def _remember(self) -> None:
        if self.plan is not None:
            self._chosen = {**self._chosen, **self.fields.choices()}
            self._left = self.points.left_out() | self.roles.left_out()

    def _show(self, plan: MergePlan) -> None:
        say = self._say
        self.plan = plan
        self.parts.show()
        self.fields.show_pairs(plan.fields, self._chosen)
        self.points.show_plan(plan, self._left)
        self.roles.show_plan(plan, self._left)
        self.numbers.show_plan(plan)
        self.moving.show_plan(plan)
        self.remarks.setText("\n".join(f"! {say(remark)}" for remark in plan.remarks))
        self.remarks.setVisible(bool(plan.remarks))
        self.header.set_count(f"{plan.goes.title} → {plan.stays.title}")
        self.merge_button.setEnabled(not plan.hindrances and not self._merging)
        if plan.hindrances:
            self._tell(plan.hindrances[0])
        else:
            self.banner.dismiss()

    def _tell(self, error: Exception) -> None:
        message = self._context.messages.explain(error, _("merging two records"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "warn")

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleBroken) and self._other is not None and self.plan is None:
            self._other = None
            self.read()
        self._tell(error)

    def _heard(self, moved: Moved) -> None:
        pair = {self._first, self._other}
        if not self._merging and (pair & moved.ids or (not moved.ids and "person" in moved.areas)):
            self.read()

    # Acting

    def _pick(self, person: UUID | None) -> None:
        self.take.setEnabled(person is not None)

    def _take(self) -> None:
        if self.picker.chosen is None:
            return
        self._other = self.picker.chosen
        self.banner.dismiss()
        self.read()
        self.swap.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, side: Side) -> None:
        if self.plan is not None:
            self._context.navigate("people.record", person_id=(self.plan.stays if side == "stays" else self.plan.goes).id)

    def let_the_other_stay(self) -> None:
        """The record that stayed goes, the one that went stays; what was chosen is suggested anew."""
        if self.plan is not None:
            self.plan, self._chosen, self._swapped = None, {}, not self._swapped
            self.read()

    def choice(self) -> Choice:
        """What is chosen on the page."""
        left = self.points.left_out() | self.roles.left_out()
        return Choice(self.fields.choices(), left, self.numbers.replaced(), self.reason.text())

    def merge(self) -> None:
        """Do what the page shows."""
        plan = self.plan
        if plan is None or self._merging or plan.hindrances:
            return
        clock, world = self._context.clock, World.of(self._context)
        step = partial(
            merge_people, stays=plan.stays.id, goes=plan.goes.id, choice=self.choice(), mark=plan.mark, world=world,
            today=clock.today(), now=clock.now(),
        )  # fmt: skip
        said = self._say(_("{other} is merged into {name}."), other=plan.goes.title, name=plan.stays.title)
        self._hold(True)
        write(
            self._context, self, step, verb="merge_people", said=said, doing=_("merging two records"),
            done=lambda _merge: self._merged(plan.stays.id), failed=self._refused,
        )  # fmt: skip

    def _hold(self, merging: bool) -> None:
        self._merging = merging
        self.merge_button.setEnabled(not merging)

    def _merged(self, stays: UUID) -> None:
        self._hold(False)
        self.read()
        self._context.navigate("people.record", person_id=stays)

    def _refused(self, error: Exception) -> None:
        self._hold(False)
        self.read()
        self._tell(error)
        if isinstance(error, RuleBroken) and error.field:
            self.numbers.ask(error.field)
