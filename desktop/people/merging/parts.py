"""The parts of the page that merges: rows that may be left out, numbers of which one holds, and what moves."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.card import ContactLine, PersonCard, RoleLine
from desktop.people.merging.belongings import Moving
from desktop.people.merging.choices import TickLine
from desktop.people.merging.merge import LEFT_OUT
from desktop.people.merging.plan import MergePlan, NumberClash
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Section, column, scrolling
from desktop.widgets.theme import current_theme


def emptied(section: Section, holder: QWidget | None) -> tuple[QWidget, QVBoxLayout]:
    """A new place for the lines of a section, the old one gone."""
    if holder is not None:
        holder.hide()
        holder.deleteLater()
    fresh = QWidget()
    layout = column(gap=4)
    fresh.setLayout(layout)
    section.add(fresh)
    return fresh, layout


def read_downwards(page: QFrame, *parts: QWidget, width: int) -> None:
    """Fill a page with parts below each other, in one column that scrolls and is at most `width` wide, in pixels at 100 %."""
    inner = QFrame()
    inner.setProperty("panel", "side")
    body = column(*parts, gap=14, margin=20)
    body.addStretch(1)
    inner.setLayout(body)
    inner.setMaximumWidth(current_theme().px(width))
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(scrolling(inner))


class RowChoices(Section):
    """Rows of both records, all kept unless the tick is taken off; what both have is one line."""

    def __init__(self, heading: str, table: str, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent=parent)
        self._context, self._table = context, table
        self._holder: QWidget | None = None
        self.lines: list[tuple[TickLine, frozenset[UUID]]] = []

    def left_out(self) -> frozenset[UUID]:
        """The rows that are not kept."""
        return frozenset(id for line, ids in self.lines if not line.box.isChecked() for id in ids)

    def show_plan(self, plan: MergePlan, left: frozenset[UUID]) -> None:
        """Show the rows of both records."""
        say = self._context.texts.say
        self._holder, layout = emptied(self, self._holder)
        self.lines = []
        doubles = {
            d.goes: d.remains for moving in plan.belongings.moving if moving.rows.table == self._table for d in moving.doubles
        }
        twins = {remains: goes for goes, remains in doubles.items()}
        for card in (plan.stays, plan.goes):
            for id, text in self._rows(card):
                if card is plan.goes and id in doubles:
                    continue
                both = id in twins
                remark = say(_("on both records")) if both else say(_("from the record that goes"))
                remark = remark if both or card is plan.goes else ""
                ids = frozenset({id, twins[id]}) if both else frozenset({id})
                line = TickLine(text, say(_("Keep")), on=not ids & left, remark=remark)
                self.lines.append((line, ids))
                layout.addWidget(line)
        self.setVisible(bool(self.lines))

    def _rows(self, card: PersonCard) -> list[tuple[UUID, str]]:
        if self._table == "role":
            return [(line.id, self._role(line)) for line in card.roles]
        return [(line.id, self._point(line)) for line in card.contacts]

    def _role(self, line: RoleLine) -> str:
        texts = self._context.texts
        parts = (words.role(line.kind, texts), line.programme, words.term(line.term, texts), words.days(line, texts))
        return ", ".join(filter(None, parts))

    def _point(self, line: ContactLine) -> str:
        texts = self._context.texts
        held = f" – {words.hold(line.hold, texts)}" if line.hold else ""
        return f"{words.contact_name(line, texts)}: {line.shown}{held}"


class NumberChoices(Section):
    """Two different numbers of a kind of which a person has one: which of them still holds."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("Numbers")), parent=parent)
        self._context = context
        self._form: Form | None = None
        self._clashes: tuple[NumberClash, ...] = ()
        self.setVisible(False)

    def show_plan(self, plan: MergePlan) -> None:
        """Ask where a choice is needed; what was chosen stays chosen."""
        say, texts = self._context.texts.say, self._context.texts
        chosen = {clash.kind: self._code(clash) for clash in self._clashes}
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._clashes, self._form = plan.clashes, Form()
        for clash in plan.clashes:
            choices = [("", say(_("Both records have one. Choose which still holds")))]
            for line, card in ((clash.stays, plan.stays), (clash.goes, plan.goes)):
                choices.append((line.id.hex, say(_("{number} ({name}) holds"), number=line.masked, name=card.title)))
            self._form.add(
                clash.kind, words.identifier(clash.kind, texts), CodeField(choices, chosen.get(clash.kind, "")),
                say(_("The other one is kept as history.")), required=True,
            )  # fmt: skip
        self.add(self._form)
        self.setVisible(bool(plan.clashes))

    def replaced(self) -> frozenset[UUID]:
        """The numbers that become history."""
        found = set()
        for clash in self._clashes:
            holds = self._code(clash)
            found |= {line.id for line in (clash.stays, clash.goes) if holds and line.id.hex != holds}
        return frozenset(found)

    def ask(self, kind: str) -> None:
        """Say at the field that a choice is needed, and go there."""
        if self._form is not None:
            self._form.mark(kind, self._context.texts.say(_("Choose which number still holds.")))

    def field(self, kind: str) -> CodeField | None:
        """The field in which a number of this kind is chosen."""
        found = self._form.field(kind) if self._form is not None and kind in self._form.keys else None
        return found if isinstance(found, CodeField) else None

    def _code(self, clash: NumberClash) -> str:
        field = self.field(clash.kind)
        return field.code() if field is not None else ""


class MovingList(Section):
    """Exactly what goes over besides the rows that are ticked, module by module, with the first rows of each kind."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(context.texts.say(_("What else moves to the record that stays")), parent=parent)
        self._context = context
        self._holder: QWidget | None = None
        self.texts: list[str] = []

    def show_plan(self, plan: MergePlan) -> None:
        """Show the rows of the record that goes."""
        self._holder, layout = emptied(self, self._holder)
        self.texts = [self._words(moving) for moving in plan.belongings.moving if moving.rows.table not in LEFT_OUT]
        if not self.texts:
            self.texts = [self._context.texts.say(_("Nothing else belongs to the record that goes."))]
        for text in self.texts:
            label = plain_label(text, wrap=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(1)
            layout.addWidget(label)

    def _words(self, moving: Moving) -> str:
        texts, count = self._context.texts, len(moving.moves) + len(moving.doubles)
        said = f"{texts.say(moving.belonging.title)}: {texts.say_n(moving.rows.words, count)}"
        if moving.examples:
            more = " …" if count > len(moving.examples) else ""
            said = f"{said} ({'; '.join(moving.examples)}{more})"
        if moving.doubles:
            one = ngettext("{count} is on both records: one remains.", "{count} are on both records: one of each remains.")
            said = f"{said}. {texts.say_n(one, len(moving.doubles))}"
        return said
