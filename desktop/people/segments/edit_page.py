"""Making and changing a segment: its sentence, or the segments it is made of, with how many fit at every step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.errors import RuleBroken
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.segments import storing
from desktop.people.segments.choices import Choices, choices_reader
from desktop.people.segments.condition_edit import Surround
from desktop.people.segments.counting import Counts, Remembered, count_all
from desktop.people.segments.definition import Definition, Group, Sets, from_json, to_json
from desktop.people.segments.group_edit import GroupEdit
from desktop.people.segments.members import MembersView
from desktop.people.segments.sets_edit import SetsEdit
from desktop.people.segments.storing import SegmentForm, Stored
from desktop.people.segments.using import asker, fields_of
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, scrolling, splitter
from desktop.widgets.slips import tell_slip
from desktop.widgets.theme import current_theme

PAUSE = 250  # milliseconds after the last key until it is counted
ROOM = 900  # pixels at 100 % below which sentence and people do not stand side by side
LEAST = 300  # pixels at 100 % of the sentence, whatever else needs room
Read = tuple[Choices, dict[UUID, str], Stored | None]


class SegmentPage(QWidget):
    """Ctrl+Enter saves; Tab goes through the sentence as it is read.

    Args:
        segment_id: The segment to change; without one, a new one is made.
        sets: Begin a new one that is put together from others.
    """

    def __init__(
        self, context: ModuleContext, parent: QWidget | None = None, *, segment_id: UUID | None = None, sets: bool = False
    ) -> None:
        super().__init__(parent)
        self._context, self._say, self._id, self._version = context, context.texts.say, segment_id, 0
        self._fields = fields_of(context)
        self._choices: Choices = {}
        self._titles: dict[UUID, str] = {}
        self._remembered: Remembered = {}
        self._typed = self._saving = self._frozen = False
        self._carried: dict[str, Any] | None = None  # what was typed on the page before this one, until choices are read
        self.editor: GroupEdit | SetsEdit | None = None
        say = self._say
        self.setWindowTitle(say(_("New segment") if segment_id is None else _("Change segment")))
        self.banner = Banner(say(_("Close this message")))
        self.form = Form()
        self.title = self.form.add("title", say(_("Name of the segment")), QLineEdit(), required=True)
        self.title.setMaxLength(storing.MOST_TITLE)
        made_of = [("sentence", say(_("Conditions"))), ("sets", say(_("Other segments, put together")))]
        self.kind = self.form.add("kind", say(_("Built from")), CodeField(made_of, "sets" if sets else "sentence"))
        self.shared = QCheckBox(say(_("Everybody in the office may use it")))
        self.form.add("shared", say(_("Who may use it")), self.shared)
        self.intro = plain_label("", "heading")
        self.members = MembersView(context)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._lay_out()
        self._connect()
        self._load()

    def _lay_out(self) -> None:
        say, theme = self._say, current_theme()
        self.save = primary_button(say(_("Save")), key=say(_("Ctrl+Enter")))
        self.cancel = quiet_button(say(_("Cancel")))
        header = PageHeader(self.windowTitle(), actions=(self.cancel, self.save))
        self.form.setMaximumWidth(theme.px(520))
        inner = QWidget()
        self._place = QVBoxLayout()
        body = column(self.form, self.intro, self._place, gap=14)
        body.addStretch(1)
        body.setContentsMargins(0, 0, theme.px(16), theme.px(16))
        inner.setLayout(body)
        left = QWidget()
        area = scrolling(inner)
        area.setMinimumHeight(theme.px(LEAST))
        both = column(header, self.banner, area, gap=12, margin=16)
        both.setStretch(2, 1)
        left.setLayout(both)
        self.split = splitter(left, self.members, sizes=(820, 340), name=say(_("Sentence and people")), room=ROOM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)
        self.setFocusProxy(self.title)

    def _connect(self) -> None:
        self.form.edited.connect(lambda _key: self._mark_typed())
        self.kind.currentIndexChanged.connect(lambda _place: self._edit(self._empty()))
        self.save.clicked.connect(self.save_segment)
        self.cancel.clicked.connect(lambda: self._context.navigate("people.segments"))
        self.members.opened.connect(lambda id: self._context.navigate("people.record", person_id=id))
        self._pause.timeout.connect(self._count)
        self._context.changes.changed.connect(self._heard)
        listen(self, {"Ctrl+Return": self.save_segment, "Ctrl+Enter": self.save_segment})

    # What may be asked of the page

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            (say(_("Ctrl+Enter")), say(_("Save the segment"))),
            (say(_("Space")), say(_("Open a choice, or take something away"))),
        ]

    def unsaved(self) -> bool:
        """Whether something typed on this page is not saved."""
        return self._typed

    def state(self) -> dict[str, Any]:
        """What is typed, for the same page in another language or after a crash."""
        if self.editor is None:
            return {}
        return {
            "title": self.title.text(),
            "shared": self.shared.isChecked(),
            "definition": to_json(self._definition()),
            "version": self._version,
            "typed": self._typed,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave, once the choices are there."""
        self._carried = state or None
        if self.editor is not None and self._carried:
            self._take_up()

    # Reading

    def _load(self) -> None:
        read, ask = choices_reader(self._context, self._fields), asker(self._context, self._fields)
        segment, user = self._id, self._context.actor.id

        def work(session: Session) -> Read:
            titles = {known.id: known.title for known in ask(session).segments.values()}
            return read(session), titles, storing.stored(session, segment, user) if segment is not None else None

        self._context.tasks.read(self, work, self._fill, self._fail, slot="load")

    def _fill(self, found: Read) -> None:
        self._choices, self._titles, segment = found
        definition = self._empty()
        if segment is not None:
            self._version = segment.row.version
            self.title.setText(segment.row.title)
            self.setWindowTitle(segment.row.title)
            self.shared.setChecked(segment.row.shared)
            try:
                definition = segment.definition
            except RuleBroken as broken:
                self._fail(broken)
                return
            self.form.show_field("kind", False)
            self._frozen = segment.row.kind == "frozen"
            if self._frozen:
                self.banner.tell(
                    self._say(_("A frozen segment stays as it was found.")), self._say(_("Its name can be changed."))
                )
        self._edit(definition)
        self._typed = False
        if self._carried is not None:
            self._take_up()

    def _take_up(self) -> None:
        state, self._carried = self._carried, None
        assert state is not None
        self.title.setText(state["title"])
        self.shared.setChecked(state["shared"])
        self._version = state["version"]
        self._edit(from_json(state["definition"]))
        self._typed = state["typed"]

    def _empty(self) -> Definition:
        return Sets() if self.kind.code() == "sets" else Group()

    def _edit(self, definition: Definition) -> None:
        """Show this definition in an editor of its kind."""
        old, texts = self.editor, self._context.texts
        self.kind.blockSignals(True)
        self.kind.set_code("sets" if isinstance(definition, Sets) else "sentence")
        self.kind.blockSignals(False)
        if isinstance(definition, Sets):
            offered = [(str(id), title) for id, title in self._titles.items() if id != self._id]
            self.editor = SetsEdit(offered, definition, texts)
        else:
            self.editor = GroupEdit(Surround(self._fields, self._choices, texts, self._context.clock.today()), definition)
        self.intro.setText(self._say(_("Put together") if isinstance(definition, Sets) else _("People of whom this is true")))
        self.editor.setEnabled(not self._frozen)
        self.members.set_sides(isinstance(definition, Sets))
        self.editor.changed.connect(self._changed)
        self._place.addWidget(self.editor)
        if old is not None:
            self._place.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._count()

    # Counting

    def _definition(self) -> Definition:
        assert self.editor is not None
        return self.editor.sets() if isinstance(self.editor, SetsEdit) else self.editor.group()

    def _mark_typed(self) -> None:
        self._typed = True

    def _changed(self) -> None:
        self._typed = True
        self._pause.start()

    def _heard(self, moved: Moved) -> None:
        if moved.areas:
            self._remembered = {}
        if "segment" in moved.areas and not self._typed and not self._saving:
            self._load()

    def _count(self) -> None:
        """Count in the background; an answer to an older question is not shown."""
        if self.editor is None:
            return
        self._pause.stop()
        ask, definition, remembered = asker(self._context, self._fields), self._definition(), self._remembered
        if isinstance(self.editor, GroupEdit):
            self.editor.wait()

        def work(session: Session) -> Counts:
            return count_all(session, ask(session), definition, remembered)

        self._context.tasks.read(self, work, self._tell, self._fail, slot="count", of_many=True)

    def _tell(self, counts: Counts) -> None:
        if self.editor is not None:
            self.editor.tell(counts.lines)
            self.members.tell(counts, self._titles)

    # Saving

    def save_segment(self) -> None:
        """Keep what stands there; it stays in the form until it is stored."""
        if self.editor is None or self._saving:
            return
        self.form.clear_marks()
        self.banner.dismiss()
        form = SegmentForm(self.title.text(), self._definition(), self.shared.isChecked())
        ask, actor, segment, version = asker(self._context, self._fields), self._context.actor, self._id, self._version

        def make(session: Session) -> UUID:
            return storing.make_segment(session, form, ask(session), actor=actor)

        def change(session: Session) -> UUID:
            assert segment is not None
            storing.change_segment(session, segment, version, form, ask(session), actor=actor)
            return segment

        work, verb = (make, "make_segment") if segment is None else (change, "change_segment")
        self._saving = True
        self._context.tasks.write(self, work, self._saved, self._not_saved, verb=verb)

    def _saved(self, segment: UUID) -> None:
        self._saving = self._typed = False
        self._context.messages.say(self._say(_("Saved.")))
        if self._id is None:  # whoever comes back here begins another one
            self.title.clear()
            self._edit(self._empty())
            self._typed = False
        self._load()
        self._context.navigate("people.segments", segment_id=segment)

    def _not_saved(self, error: Exception) -> None:
        self._saving = False
        tell_slip(self._context.messages.explain(error, _("saving the segment")), self.form, self.banner)

    def _fail(self, error: Exception) -> None:
        message = self._context.messages.explain(error, _("loading the segment"))
        self.banner.tell(message.text, message.to_do, tone=message.tone or "bad")
