"""Erasing or anonymising somebody: what goes, what stays and why, then the decision it rests on and the name typed once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.errors import RuleBroken, Unavailable, Unreachable
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Fate
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.erasing.plan import ErasePlan, How, Part, read_plan
from desktop.people.fields import Fields
from desktop.people.lines import Line, LineGrid
from desktop.people.retention.holds import HoldLine, holds_now
from desktop.people.step_box import StepBox
from desktop.widgets.banner import Banner
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, Section, column, scrolling
from desktop.widgets.theme import current_theme

WIDTH = 820  # of what is read, at 100 %
HOWS: dict[str, Msgid] = {
    "erase": _("Erase: everything goes"),
    "anonymise": _("Anonymise: numbers stay, nobody can be known by them"),
}

ACTS: dict[How, Msgid] = {"erase": _("Erase for good"), "anonymise": _("Anonymise for good")}
DONE: dict[How, Msgid] = {"erase": _("Erased, for good."), "anonymise": _("Anonymised, for good.")}

LATER = _(
    "Erased. Another program has the file open: traces of deleted data may stay in it until the next time somebody is erased."
)


class EraseFields(Fields):
    """How, on which decision, and who: the name is typed so that it is nobody else."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.code("how", _("What to do"), HOWS, "erase")
        self.text(
            "case", _("Case or decision"), hint=_("Its number in the diary, without names: the history keeps it"), required=True
        )
        self.text("name", _("Type the name"), hint=_("As it stands above, so that it is nobody else"), required=True)

    def how(self) -> How:
        """What was chosen."""
        return "anonymise" if self.read("how") == "anonymise" else "erase"


class ErasePage(QFrame):
    """Tab leads over the form, Ctrl+Enter does it. The window's title names nobody."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context, self._say, self._id = context, context.texts.say, person_id
        self.plan: ErasePlan | None = None
        say = self._say
        self.setWindowTitle(say(_("Erase or anonymise")))
        self.header, self.banner = PageHeader(say(_("Erase or anonymise"))), Banner(say(_("Close this message")), stays=True)
        self.holds = LineGrid()
        self.goes, self.counts = LineGrid(say(_("Nothing goes."))), LineGrid()
        self.kept = LineGrid(say(_("No law asks for anything of this person to be kept.")))
        self.form = EraseFields(context)
        said = say(
            _("This cannot be taken back by anybody. The history keeps that it was done, by whom, when and in which case. "
              "Where a public authority may erase only what it decided to dispose of, that decision comes first.")
        )  # fmt: skip
        heading = say(ACTS["erase"])
        self.box = StepBox(context, heading, self.form, self._prepare, heading, said, _("erasing a person"))
        self._lay_out()
        how: Any = self.form.field("how")
        how.currentIndexChanged.connect(lambda _index: self._show_parts())
        self.box.done.connect(self._done)
        self.box.closed.connect(self._leave)
        self.setFocusProxy(how)
        context.changes.changed.connect(self._heard)
        self.read()

    def _lay_out(self) -> None:
        say, theme = self._say, current_theme()
        about = plain_label(
            say(_("With it go search, drafts, what may be taken back, and the values the history kept. Backups are not changed: "
                  "whoever restores one has the person erased from it again.")),
            "dim", wrap=True,
        )  # fmt: skip
        self.sections = {
            "held": Section(say(_("Legal hold"))),
            "goes": Section(say(_("Goes for good"))),
            "counts": Section(say(_("Goes on being counted, without the person"))),
            "kept": Section(say(_("Kept because law asks for it"))),
        }
        for key, grid in (("held", self.holds), ("goes", self.goes), ("counts", self.counts), ("kept", self.kept)):
            self.sections[key].add(grid)
        self.parts = QWidget()
        self.parts.setLayout(column(about, *self.sections.values(), self.box, gap=18))
        self.parts.hide()
        inner = QFrame()
        inner.setProperty("panel", "side")
        body = column(self.header, self.banner, self.parts, gap=14, margin=20)
        body.addStretch(1)
        inner.setLayout(body)
        inner.setMaximumWidth(theme.px(WIDTH))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(inner))

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [(say(_("Ctrl+Enter")), say(ACTS[self.form.how()])), (say(_("Esc")), say(_("Go back to the record")))]

    def state(self) -> dict[str, Any]:
        """What was typed, for the same page in another language; the name has to be typed again."""
        return {"how": self.form.read("how"), "case": self.form.read("case")}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        how: Any = self.form.field("how")
        how.setCurrentIndex(list(HOWS).index(state["how"]))
        case: Any = self.form.field("case")
        case.setText(state["case"])

    def read(self) -> None:
        """Read anew what there is of the person."""
        work = partial(_read, person=self._id, fates=self._context.fates(), today=self._context.clock.today())
        self._context.tasks.read(self, work, self._show, self._fail, slot="plan")

    def _heard(self, moved: Moved) -> None:
        if self._id in moved.ids or not moved.ids:
            self.read()

    def _show(self, found: tuple[ErasePlan, list[HoldLine]]) -> None:
        plan, held = found
        self.plan = plan
        self.sections["held"].setVisible(bool(held))
        self.holds.show_lines(list(map(self._hold, held)))
        self.box.setVisible(not held)
        if held:
            why = _("Nothing can be erased. Whoever looks after retention can lift the hold first.")
            self.banner.tell(self._say(_("A legal hold keeps this person.")), self._say(why), tone="warn")
        else:
            self.banner.dismiss()
        self.header.set_count(plan.title)
        self.parts.show()
        self._show_parts()

    def _show_parts(self) -> None:
        plan, how = self.plan, self.form.how()
        if plan is None:
            return
        counts = plan.becoming("counts", how)
        act = self._say(ACTS[how])
        self.box.heading.setText(act)
        self.box.act_button.setText(act)
        self.goes.show_lines(list(map(self._line, plan.becoming("goes", how))))
        self.counts.show_lines(list(map(self._line, counts)))
        self.sections["counts"].setVisible(bool(counts))
        kept = [self._line(part) for part in plan.becoming("kept", how)]
        if kept:
            name = self._say(_("The name, on a record out of lists and search that holds nothing else of the person"))
            kept.append(Line(self._say(_("People")), name, whole=True))
        self.kept.show_lines([*kept, *(self._ground(fate) for fate in plan.grounds)])

    def _line(self, part: Part) -> Line:
        words = part.fate.words
        count = self._context.texts.say_n(words, len(part.rows)) if words is not None else ""
        erasing = part.fate.erasing
        grounds = (self._say(text) for text in (erasing.ground, erasing.until) if text)
        return Line(self._say(part.fate.title), " · ".join(filter(None, (count, *grounds))), whole=True)

    def _hold(self, hold: HoldLine) -> Line:
        texts, say = self._context.texts, self._say
        until = say(_("until {day}"), day=texts.day(hold.until)) if hold.until else say(_("until it is lifted"))
        name = say(_("{moment} by {name}"), moment=texts.moment(hold.since), name=hold.by_name)
        return Line(name, " · ".join((hold.reason, until)), whole=True)

    def _ground(self, fate: Fate) -> Line:
        return Line(self._say(fate.title), f"{self._say(fate.erasing.ground)} · {self._say(fate.erasing.until)}", whole=True)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleBroken | Unavailable) and not isinstance(error, Unreachable):
            self.plan = None
            self.header.set_count("")
            self.parts.hide()
        message = self._context.messages.explain(error, _("loading a person"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "warn")

    def _prepare(self) -> Callable[[], bool]:
        plan = self.plan
        if plan is None or " ".join(self.form.read("name").split()).casefold() != plan.title.casefold():
            raise RuleBroken(_("This is not the name of the person."), _("Type it as it stands at the top."), field="name")
        context = self._context
        order = Order(self._id, self.form.how(), self.form.read("case"), plan.mark)
        world = World.of(context)
        return partial(erase_person, context.database, context.actor, order, world)

    def _done(self, wiped: object) -> None:
        say = self._say
        if wiped:
            self._context.messages.say(say(DONE[self.form.how()]))
        else:
            self._context.messages.say(say(LATER), "warn")
        self._context.navigate("people.list")

    def _leave(self) -> None:
        self._context.navigate("people.record", person_id=self._id)


def _read(session: Session, person: UUID, fates: Iterable[Fate], today: date) -> tuple[ErasePlan, list[HoldLine]]:
    plan = read_plan(session, person, fates)
    return plan, [hold for own in plan.people for hold in holds_now(session, own, today)]
