"""What is known of the unit or post pointed at, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db.models.unit import LEVELS
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.texts import Texts
from desktop.people.organisation.posts import Holder, PostRow
from desktop.people.organisation.units import UnitRow
from desktop.widgets.buttons import link_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, Section, flow, row
from desktop.widgets.theme import current_theme

SHOWN = 8  # programmes named one by one


class SubjectPanel(QFrame):
    """Facts and acts; each act is told by its name: "change", "programmes", "below", "post", "people", "remove" of a unit;
    "change", "hand_over", "list" of a post; "end" and "me" carry a holder.
    """

    wanted = Signal(str, object)

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setProperty("panel", "side")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(current_theme().px(10))
        self.buttons: dict[str, QWidget] = {}
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what the page is for."""
        hint = _("Choose a unit or a post to see who holds it and what belongs to it.")
        self._fill(plain_label(self._say(hint), "dim", wrap=True))

    def show_unit(self, unit: UnitRow, above: UnitRow | None) -> None:
        """A unit with its names, days and programmes."""
        texts, form = self._context.texts, unit.form
        facts = [(self._say(_("Level")), self._say(LEVELS[form.level])), (self._say(_("Code")), form.code)]
        facts += [(self._say(_("Unit above")), above.name(texts.language))] if above else []
        shown = unit.name(texts.language)
        facts += [
            (self._say(label), name)
            for label, name in ((_("In Swedish"), form.name_sv), (_("In Finnish"), form.name_fi), (_("In English"), form.name_en))
            if name and name != shown
        ]
        facts += [
            (self._say(label), texts.day(day))
            for label, day in ((_("First day"), form.starts), (_("Last day"), form.ends))
            if day
        ]
        acts: list[tuple[str, Msgid]] = [("people", _("People in it"))]
        if self._may():
            acts += [("change", _("Change…")), ("programmes", _("Programmes…")), ("below", _("New unit below…"))]
            acts += [("post", _("New post here…")), ("remove", _("Remove"))]
        programmes = Section(self._say(_("Programmes of the registers")))
        programmes.add(plain_label(_programmes(unit.programmes, texts), "dim" if not unit.programmes else "body", wrap=True))
        self._fill(plain_label(shown, "title", wrap=True), Facts(facts), self._acts(acts, unit), programmes)

    def show_post(self, post: PostRow, unit: UnitRow | None, history: Sequence[Holder]) -> None:
        """A post with everybody who held, holds or will hold it."""
        texts = self._context.texts
        facts = [(self._say(_("Unit")), unit.name(texts.language))] if unit else []
        if post.tasks:
            facts.append((self._say(_("Open tasks")), texts.number(post.tasks)))
        acts: list[tuple[str, Msgid]] = [("list", _("Hand-over list"))]
        if self._may():
            acts = [("hand_over", _("Hand over…")), *acts, ("change", _("Change…"))]
        held = Section(self._say(_("Who holds it, held it and will hold it")))
        for holder in history:
            held.add(self._holder(holder))
        if not history:
            held.add(plain_label(self._say(_("Nobody has held this post yet.")), "dim", wrap=True))
        self._fill(plain_label(post.title, "title", wrap=True), Facts(facts), self._acts(acts, post), held)

    def _holder(self, holder: Holder) -> QWidget:
        texts, say = self._context.texts, self._say
        me = self._context.settings.get("core.person")
        own = bool(me) and me["id"] == str(holder.person_id)
        until = texts.day(holder.ends) if holder.ends else say(_("until further notice"))
        box = QWidget()
        name = link_button(holder.name)
        name.clicked.connect(lambda: self._context.navigate("people.record", person_id=holder.person_id))
        days = plain_label(f"{texts.day(holder.starts)} – {until}", "dim", wrap=True)
        parts: list[QWidget | None] = [name]
        if own:
            parts.append(plain_label(say(_("This is you")), "small"))
        elif holder.ends is None or holder.ends >= self._context.clock.today():
            parts.append(self._small(say(_("This is me")), say(_("{name} is me"), name=holder.name), "me", holder))
        if self._may():
            parts.append(self._small(say(_("Last day…")), say(_("Last day of {name}"), name=holder.name), "end", holder))
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row(*parts, None))
        layout.addWidget(days)
        return box

    def _small(self, text: str, spoken: str, act: str, subject: object) -> QWidget:
        button = link_button(text)
        button.setAccessibleName(spoken)
        button.clicked.connect(lambda: self.wanted.emit(act, subject))
        self.buttons.setdefault(act, button)
        return button

    def _acts(self, acts: Sequence[tuple[str, Msgid]], subject: object) -> QWidget:
        made = []
        for act, text in acts:
            button = quiet_button(self._say(text))
            button.clicked.connect(partial(self._tell, act, subject))
            self.buttons[act] = button
            made.append(button)
        return flow(*made)

    def _tell(self, act: str, subject: object, *_clicked: object) -> None:
        self.wanted.emit(act, subject)

    def _may(self) -> bool:
        return self._context.may("people.organisation")

    def _fill(self, *parts: QWidget) -> None:
        self.buttons = {act: button for act, button in self.buttons.items() if any(part.isAncestorOf(button) for part in parts)}
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for part in parts:
            self._layout.addWidget(part)
        self._layout.addStretch(1)


def _programmes(names: Sequence[str], texts: Texts) -> str:
    if not names:
        return texts.say(_("None of its own."))
    more = len(names) - SHOWN
    words = ", ".join(names[:SHOWN])
    return words + " " + texts.say_n(ngettext("and {count} more", "and {count} more"), more) if more > 0 else words
