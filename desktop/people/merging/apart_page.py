"""Taking two merged records apart: what was written since the merge, and on which side each of it goes."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from db.changes import Moved
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.people.fields import LABELS
from desktop.people.merging.apart import Key, take_apart
from desktop.people.merging.belongings import World
from desktop.people.merging.choices import TickLine, shown
from desktop.people.merging.parts import emptied, read_downwards
from desktop.people.merging.since import Separation, Since, What, read_separation
from desktop.people.saving import write
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, Section, column, flow

WIDTH = 760  # of what is read, at 100 %
AT_MOST = 200  # lines that are shown to be chosen; of the rest each goes where it is suggested
KINDS: dict[What, Msgid] = {"field": _("Changed since"), "changed": _("Changed since"), "added": _("Added since")}


class ApartPage(QFrame):
    """Everything goes back to where it was; a tick says that what was written since goes with the record that is taken out."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context, self._say, self._person = context, context.texts.say, person_id
        self._chosen: dict[Key, bool] = {}
        self._busy = False
        self.seen: Separation | None = None
        say = self._say
        self.setWindowTitle(say(_("Take records apart")))
        self.header, self.banner = PageHeader(say(_("Take records apart"))), Banner(say(_("Close this message")), stays=True)
        self.about, self.removed = plain_label("", wrap=True), plain_label("", "dim", wrap=True)
        self.later = Section("")
        self._holder: QWidget | None = None
        self.lines: list[tuple[TickLine, Since]] = []
        self.open_into = quiet_button(say(_("Open what stays")), key="Ctrl+1")
        self.open_out = quiet_button(say(_("Open what is taken out")), key="Ctrl+2")
        self.form = Form()
        self.reason = self.form.add("reason", say(_("Reason, for the history")), QLineEdit())
        self.apart_button = primary_button(say(_("Take apart")), key="Ctrl+Enter")
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.open_into)
        self.read()

    def _lay_out(self) -> None:
        self.parts = QWidget()
        self.parts.setLayout(
            column(
                self.about,
                flow(self.open_into, self.open_out),
                self.later,
                self.removed,
                self.form,
                flow(self.apart_button),
                gap=18,
            )
        )
        self.parts.hide()
        read_downwards(self, self.header, self.banner, self.parts, width=WIDTH)

    def _connect(self) -> None:
        self.open_into.clicked.connect(lambda: self._open(self.seen.into_id if self.seen is not None else self._person))
        self.open_out.clicked.connect(lambda: self._open(self._person))
        self.apart_button.clicked.connect(self.take_apart)
        self._context.changes.changed.connect(self._heard)
        keys = {
            "Ctrl+Return": self.take_apart, "Ctrl+Enter": self.take_apart, "Ctrl+1": self.open_into.click,
            "Ctrl+2": self.open_out.click,
        }  # fmt: skip
        listen(self, keys)

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Ctrl+Enter")), say(_("Take apart"))),
            ("Ctrl+1", say(_("Open the record that stays"))),
            ("Ctrl+2", say(_("Open the record that is taken out"))),
        ]

    def state(self) -> dict[str, Any]:
        """What was chosen, for the same page in another language."""
        self._remember()
        return {"chosen": list(self._chosen.items()), "reason": self.reason.text()}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self._chosen = dict(state["chosen"])
        self.reason.setText(state["reason"])
        self.lines = []
        self.read()

    def read(self) -> None:
        """Read what came after the merge; what was chosen stays chosen."""
        self._remember()
        work = partial(read_separation, person_id=self._person, world=World.of(self._context))
        self._context.tasks.read(self, work, self._show, self._fail, slot="separation")

    def _remember(self) -> None:
        self._chosen |= {since.key: line.box.isChecked() for line, since in self.lines}

    def _show(self, seen: Separation) -> None:
        texts, say = self._context.texts, self._say
        self.seen = seen
        self.header.set_count(f"{seen.into_name} ⇢ {seen.name}")
        told = say(
            _("{other} was merged into {name} on {day} by {user}."),
            other=seen.name, name=seen.into_name, day=texts.moment(seen.at), user=seen.by,
        )  # fmt: skip
        every = say(_("Everything goes back to where it was then."))
        why = say(_("Reason: {reason}"), reason=seen.reason) if seen.reason else ""
        self.about.setText("\n".join(filter(None, (told, why, every))))
        self._show_lines(seen)
        gone = ngettext("{count} row was removed since and stays removed.", "{count} rows were removed since and stay removed.")
        self.removed.setText(texts.say_n(gone, seen.removed))
        self.removed.setVisible(bool(seen.removed))
        self.parts.show()
        own = seen.by_id == self._context.actor.id or self._context.may("shell.take_back")
        self.apart_button.setEnabled(own and not self._busy)
        if own:
            self.banner.dismiss()
        else:
            text = say(_("A colleague merged these records, and you may take back only what you did yourself."))
            self.banner.tell(text, say(_("Ask {user}, or whoever may take changes back."), user=seen.by), tone="warn")

    def _show_lines(self, seen: Separation) -> None:
        say, texts = self._say, self._context.texts
        heading = say(_("What was written since: tick what goes with the record that is taken out, {name}"), name=seen.name)
        self.later.heading.setText(heading)
        self.later.heading.setWordWrap(True)
        self.later.setAccessibleName(heading)
        self._holder, layout = emptied(self.later, self._holder)
        self.lines = []
        for since in seen.lines[:AT_MOST]:
            spoken = say(_("Goes with {name}"), name=seen.name)
            line = TickLine(self._words(since), spoken, on=self._chosen.get(since.key, since.goes), remark=self._remark(since))
            self.lines.append((line, since))
            layout.addWidget(line)
        if len(seen.lines) > AT_MOST:
            rest = ngettext("{count} more stays or goes as suggested.", "{count} more stay or go as suggested.")
            layout.addWidget(plain_label(texts.say_n(rest, len(seen.lines) - AT_MOST), "dim", wrap=True))
        elif not seen.lines:
            layout.addWidget(plain_label(say(_("Nothing was written since.")), "dim", wrap=True))

    def _words(self, since: Since) -> str:
        texts = self._context.texts
        if since.kind is None:
            key = str(since.key)
            value = shown(key, since.value, texts) or texts.say(_("(nothing)"))
            return f"{texts.say(LABELS[key])}: {value}"
        return since.text or texts.say_n(since.kind, 1)

    def _remark(self, since: Since) -> str:
        texts = self._context.texts
        when = texts.moment(since.at) if since.at is not None else ""
        return " · ".join(filter(None, (texts.say(KINDS[since.what]), since.by, when)))

    def _fail(self, error: Exception) -> None:
        self.parts.hide()
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        message = self._context.messages.explain(error, _("taking records apart"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "warn")

    def _heard(self, moved: Moved) -> None:
        known = {self._person, self.seen.into_id if self.seen is not None else None}
        if not self._busy and (known & moved.ids or (not moved.ids and "person" in moved.areas)):
            self.read()

    def _open(self, person: UUID) -> None:
        self._context.navigate("people.record", person_id=person)

    def goes(self) -> frozenset[Key]:
        """The lines that go with the record that is taken out."""
        offered = {since.key: line.box.isChecked() for line, since in self.lines}
        every = self.seen.lines if self.seen is not None else ()
        return frozenset(since.key for since in every if offered.get(since.key, since.goes))

    def take_apart(self) -> None:
        """Do what the page shows."""
        seen = self.seen
        if seen is None or self._busy or not self.apart_button.isEnabled():
            return
        step = partial(
            take_apart, person_id=self._person, goes=self.goes(), mark=seen.mark, world=World.of(self._context),
            reason=self.reason.text(),
        )  # fmt: skip
        said = self._say(_("{other} is a record of its own again."), other=seen.name)
        self._hold(True)
        write(
            self._context, self, step, verb="unmerge_people", said=said, doing=_("taking records apart"),
            done=lambda _seen: self._done(), failed=self._refused,
        )  # fmt: skip

    def _hold(self, busy: bool) -> None:
        self._busy = busy
        self.apart_button.setEnabled(not busy)

    def _done(self) -> None:
        self._hold(False)
        self.read()
        self._context.navigate("people.record", person_id=self._person)

    def _refused(self, error: Exception) -> None:
        self._hold(False)
        self.read()
        self._tell(error)
