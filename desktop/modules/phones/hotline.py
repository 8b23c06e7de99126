"""The hotline: log a call that comes in, of somebody known or of nobody known, and see those logged before."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from db.errors import RuleBroken
from db.search import Hit
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.modules.phones import calls, hotline_log
from desktop.modules.phones.calls import Draft, Saved
from desktop.modules.phones.hotline_log import Hotline, LogLine
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, TOPICS
from desktop.widgets.buttons import choice_button, primary_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form import CodeField, TextArea
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import Card, PageHeader, Section, column, row, rule, scrolling, side_panel, splitter
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme


class HotlinePage(QWidget):
    """Who is calling may stay open: a call of nobody known is kept in the log alone."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, round_id: UUID) -> None:
        super().__init__(parent)
        self._context, self._say, self._id = context, context.texts.say, round_id
        self._caller: Hit | None = None
        self._started = context.clock.now()
        self._saving = False
        say = self._say
        self.setWindowTitle(say(_("Hotline")))
        self.header = PageHeader(say(_("Hotline")))
        self.search = SearchBox(say(_("Who is calling? Name or number; may stay empty")), say(_("Who is calling")))
        self.found = QWidget()
        self._flow = FlowLayout(self.found)
        self._group = QButtonGroup(self)
        self.caller = plain_label("", "strong", wrap=True)
        self.topic = CodeField([("", say(_("Question about…"))), *((code, say(text)) for code, text in TOPICS.items())])
        self.topic.setAccessibleName(say(_("Question about")))
        self.note = TextArea(lines=5)
        self.note.setAccessibleName(say(_("Note")))
        self.outcome = CodeField([(code, say(text)) for code, text in HOTLINE_OUTCOMES.items()], "answered")
        self.outcome.setAccessibleName(say(_("Outcome")))
        self.slip = plain_label("", "strong", wrap=True, tone="bad")
        self.save = primary_button(say(_("Save the call")), key="Ctrl+Enter")
        self.save.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._log, self._help = QVBoxLayout(), QVBoxLayout()
        self._lay_out()
        self._tell_caller()
        self.search.settled.connect(self._look_for)
        self.save.clicked.connect(self.save_call)
        self.note.textChanged.connect(lambda: self.slip.hide())
        callers = {f"Alt+{number}": partial(self._choose_number, number) for number in range(1, hotline_log.CALLERS + 1)}
        listen(self, {"Ctrl+Return": self.save_call, **callers})
        self.setFocusProxy(self.search)
        context.changes.changed.connect(self._heard)
        self._read()

    def _lay_out(self) -> None:
        say, theme = self._say, current_theme()
        who, note = plain_label(say(_("Who is calling")), "heading"), plain_label(say(_("Note")), "heading")
        who.setBuddy(self.search)
        note.setBuddy(self.note)
        self.slip.hide()
        log = Section(say(_("Calls so far")))
        log.add(self._log)
        inner = QWidget()
        body = column(
            self.header,
            column(who, self.search, self.found, self.caller, gap=6),
            column(row(note, None, self.topic, self.outcome), self.note, gap=6),
            self.slip,
            row(None, self.save),
            rule(),
            log,
            gap=16,
        )
        body.addStretch(1)
        edge = theme.px(20)
        body.setContentsMargins(edge, edge, edge, edge)
        inner.setLayout(body)
        questions = Section(say(_("Questions they may ask")))
        questions.add(self._help)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter(scrolling(inner), side_panel(questions), sizes=(760, 300), name=say(_("Hotline"))))

    # Who

    def _look_for(self, text: str) -> None:
        work = partial(hotline_log.callers, text=text)
        self._context.tasks.read(self, work, self._offer, partial(self._failed, doing=_("searching")), slot="search")

    def _offer(self, hits: list[Hit]) -> None:
        """Those who fit, each under Alt and a digit; the keyboard stays where it is."""
        self._flow.clear()
        self._hits = hits
        for number, hit in enumerate(hits, 1):
            words = " · ".join(part for part in (hit.title, hit.detail) if part)
            button = choice_button(words.replace("&", "&&"), f"Alt+{number}")
            button.setChecked(self._caller is not None and hit.id == self._caller.id)
            button.clicked.connect(partial(self._take, hit))
            self._group.addButton(button)
            self._flow.addWidget(button)
        self.found.setVisible(bool(hits))
        if not hits and not self.search.text().strip():
            self._take(None)

    def _choose_number(self, number: int) -> None:
        if self._flow.count() >= number and (item := self._flow.itemAt(number - 1)) is not None:
            button: Any = item.widget()
            button.click()

    def _take(self, hit: Hit | None) -> None:
        self._caller = hit
        self._tell_caller()
        if hit is not None:
            self.note.setFocus()

    def _tell_caller(self) -> None:
        name = self._caller.title if self._caller else self._say(_("somebody without a name"))
        self.caller.setText(self._say(_("The call is logged for {name}."), name=name))

    # Saving

    def save_call(self) -> None:
        """Log the call and be ready for the next; what cannot be saved stays."""
        if self._saving:
            return
        now, actor = self._context.clock.now(), self._context.actor
        topics = (self.topic.code(),) if self.topic.code() else ()
        draft = Draft(self._id, self.outcome.code(), self._started, now, note=self.note.text().strip(), topics=topics)
        person, who = self._caller.id if self._caller else None, self._say(_("somebody without a name"))
        self._saving = True
        work = partial(calls.save_hotline_call, person_id=person, draft=draft, actor=actor, now=now, who=who)
        self._context.tasks.write(self, work, self._saved, self._not_saved, verb="log_hotline_call")

    def _saved(self, saved: Saved) -> None:
        self._saving = False
        self._started = self._context.clock.now()
        self.note.clear()
        self.topic.setCurrentIndex(0)
        self.outcome.setCurrentIndex(0)
        self.search.clear()
        self._offer([])
        self._take(None)
        self.search.setFocus()
        self._context.messages.say(self._say(_("The call with {name} is saved."), name=saved.name))
        self._read()

    def _not_saved(self, error: Exception) -> None:
        self._saving = False
        if isinstance(error, RuleBroken):
            self.slip.setText(" ".join((self._say(error.what, **error.values), self._say(error.to_do, **error.values))))
            self.slip.show()
            self.note.setFocus()
        else:
            self._failed(error, _("saving the call"))

    # The log

    def _heard(self, moved: Any) -> None:
        if "call" in moved.areas:
            self._read()

    def _read(self) -> None:
        work = partial(hotline_log.hotline, round_id=self._id, language=self._context.texts.language)
        self._context.tasks.read(self, work, self._show, partial(self._failed, doing=_("reading the hotline")), slot="log")

    def _show(self, found: Hotline) -> None:
        self.setWindowTitle(found.title)
        self.header.title.setText(found.title)
        for box in (self._log, self._help):
            while (item := box.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
        for one in found.help:
            card = Card()
            card.add(plain_label(one.question, "strong", wrap=True))
            card.add(plain_label(one.answer, "dim", wrap=True))
            self._help.addWidget(card)
        for line in found.lines:
            self._log.addWidget(self._line(line))
        if not found.lines:
            self._log.addWidget(plain_label(self._say(_("No call yet.")), "small"))

    def _line(self, line: LogLine) -> QWidget:
        texts = self._context.texts
        topics = ", ".join(self._say(TOPICS[code]) for code in line.topics if code in TOPICS)
        title = " · ".join(part for part in (line.name or self._say(_("somebody without a name")), topics) if part)
        box = QWidget()
        under = f"{texts.moment(line.at)} · {line.by_name}"
        parts = [plain_label(title, "strong", wrap=True), plain_label(line.note, "body", wrap=True), plain_label(under, "small")]
        box.setLayout(column(*parts, gap=2))
        parts[1].setVisible(bool(line.note))
        return box

    def _failed(self, error: Exception, doing: Any) -> None:
        self._context.messages.show(error, doing)

    def unsaved(self) -> bool:
        """Whether a note would be lost."""
        return bool(self.note.text().strip())
