"""The form of a call round: what it is called, when it calls, whom, and what callers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.errors import Conflict, RuleBroken
from db.history import HistoryLine, history, last_step
from db.models.person import LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _, ngettext
from desktop.core.contacting.purposes import PurposeLine, purposes
from desktop.core.context import ModuleContext
from desktop.core.merging import Field, merge
from desktop.modules.phones import rounds, script, words
from desktop.modules.phones.help_text import parse_help, written_help
from desktop.modules.phones.hours import parse_hour
from desktop.modules.phones.round_values import spoken_of, spoken_values, values_of
from desktop.modules.phones.rounds import Added, RoundForm
from desktop.modules.phones.sources import Source, people_of, segment_code, sources
from desktop.modules.phones.tables import CallRound
from desktop.modules.phones.welcome import welcome_help, welcome_scripts
from desktop.people.segments.compiling import Known
from desktop.people.segments.using import asker
from desktop.widgets.asking import Asking
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form, TextArea
from desktop.widgets.merging_forms import field_of
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, row, rule, scrolling
from desktop.widgets.presence_line import PresenceLine
from desktop.widgets.theme import current_theme

News = tuple[tuple[int, RoundForm] | None, HistoryLine | None]
FIELDS = "{given}, {name}, {programme}, {caller}"


class RoundFormPage(QWidget):
    """Makes a round, or changes the one given. What cannot be saved stays in the form, marked where it is wrong."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, round_id: UUID | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._id, self._version = context, context.texts.say, round_id, 0
        self._scripts = {language: script.written(steps) for language, steps in welcome_scripts().items()}
        self._help = {language: written_help(lines) for language, lines in welcome_help().items()}
        self._shown = ""
        self._changed = False
        self.setWindowTitle(self._say(_("New call round") if round_id is None else _("Change call round")))
        self.form, self.speech = Form(), Form()
        self.banner = Banner(self._say(_("Close this message")))
        self.asking = Asking(context, self, self.banner)
        self._base: dict[str, str] = {}  # as the round was when the form began
        self._gone = False
        self._carried: dict[str, Any] | None = None  # what was typed on the page before this one, until the round is read
        self.present = PresenceLine(context, self, "phones.form", round_id, self.unsaved)
        self._make_fields()
        self._lay_out()
        self._speak(self.language.code())
        for form in (self.form, self.speech):
            form.edited.connect(self._edited)
        self.spoken.activated.connect(lambda _place: self._speak(self.spoken.code()))
        self.save.clicked.connect(self.save_round)
        listen(self, {"Ctrl+Return": self.save_round})
        self.setFocusProxy(self.title)
        if round_id is None:
            self._ask = asker(context) if context.may("people.view") else None
            context.tasks.read(self, partial(sources, ask=self._ask), self._offer, self._failed, slot="sources")
        else:
            context.tasks.read(self, lambda session: rounds.round_form(session, round_id), self._fill, self._lost)

    def _make_fields(self) -> None:
        say, new = self._say, self._id is None
        languages = [(code, say(text)) for code, text in LANGUAGES.items()]
        self.title = self.form.add("title", say(_("Name of the round")), QLineEdit(), required=True)
        kinds = [(code, say(text)) for code, text in rounds.KINDS.items()]
        self.kind = self.form.add("kind", say(_("Kind")), CodeField(kinds, "outgoing"))
        self.kind.setEnabled(new)
        self.people = CodeField([("", say(_("Nobody yet")))])
        if new:
            hint = say(_("Or choose people in the list of people and add them to the round."))
            self.form.add("people", say(_("Who is called")), self.people, hint)
        hint = say(_("For people whose own language the script does not speak."))
        self.language = self.form.add("language", say(_("Language of the round")), CodeField(languages, "sv"), hint)
        self.purpose = CodeField([("", say(_("Nothing that needs a consent")))])
        hint = say(_("People who refused it, or gave no consent where one is needed, are not called."))
        self.form.add("purpose", say(_("Purpose of the calls")), self.purpose, hint)
        self._context.tasks.read(self, purposes, self._offer_purposes, self._failed, slot="purposes")
        self.opens = self.form.add("opens", say(_("Calls from")), QLineEdit(), say(_("Such as 9 or 9:30; empty means any time.")))
        self.closes = self.form.add("closes", say(_("Calls until")), QLineEdit())
        hint = say(_("Empty means as often as the outcomes allow."))
        self.most = self.form.add("max_tries", say(_("Most tries for one person")), QLineEdit(), hint)
        self.spoken = self.speech.add("spoken", say(_("Language of the script")), CodeField(languages, "sv"))
        hint = say(_("# starts a step; 1. Answer -> step [outcome]; -> end closes. {fields} are filled in."), fields=FIELDS)
        self.script = self.speech.add("script", say(_("Script")), TextArea(lines=14), hint)
        self.script.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        hint = say(_("A question on one line, its answer below; an empty line between two questions."))
        self.help = self.speech.add("help", say(_("Questions they may ask")), TextArea(lines=6), hint)

    def _lay_out(self) -> None:
        theme = current_theme()
        self.save = primary_button(self._say(_("Make the round") if self._id is None else _("Save")), key="Ctrl+Enter")
        self.cancel = quiet_button(self._say(_("Cancel")))
        self.cancel.clicked.connect(lambda: self._context.navigate("phones.rounds"))
        header = PageHeader(self.windowTitle(), actions=(self.cancel, self.save))
        self.form.setMaximumWidth(theme.px(420))
        both = row(self._top(self.form), self._top(self.speech), gap=32)
        both.setStretch(1, 1)
        inner = QWidget()
        inner.setLayout(both)
        edge = theme.px(20)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, 0)
        layout.setSpacing(theme.px(14))
        for part in (header, self.present, self.banner, rule()):
            layout.addWidget(part)
        layout.addWidget(scrolling(inner), 1)

    def _top(self, form: Form) -> QVBoxLayout:
        box = column(form)
        box.addStretch(1)
        return box

    # Filling

    def _offer(self, found: tuple[list[Source], list[Known]]) -> None:
        groups, segments = found
        self.people.set_choices(
            [
                ("", self._say(_("Nobody yet"))),
                *((source.code, self._words(source)) for source in groups),
                *((segment_code(one.id), self._say(_("Segment: {title}"), title=one.title)) for one in segments),
            ]
        )

    def _offer_purposes(self, found: list[PurposeLine]) -> None:
        """What calls may be for; one that is retired by now stays as the round has it."""
        language = self._context.texts.language
        with QSignalBlocker(self.purpose):
            nothing = self._say(_("Nothing that needs a consent"))
            self.purpose.set_choices([("", nothing), *((line.code, line.called(language)) for line in found)])

    def _words(self, source: Source) -> str:
        return self._say(
            _("{stage}, {term} ({count})"),
            stage=self._say(ROLE_KINDS[source.kind]),
            term=words.term(source.term, self._context.texts),
            count=self._context.texts.number(source.count),
        )

    def _fill(self, answer: tuple[int, RoundForm]) -> None:
        self._version, form = answer
        self._show(values_of(form))
        self._base, self._changed = self.values(), False
        if self._carried is not None:
            self.restore(self._carried)

    def values(self) -> dict[str, str]:
        """What stands in the form, the scripts and questions of every language among it."""
        self._keep()
        found = {key: value for key, value in self.form.values().items() if key != "people"}
        return found | spoken_values(self._scripts, self._help)

    def _show(self, values: dict[str, str]) -> None:
        self.form.write(values)
        self._scripts, self._help = spoken_of(values)
        spoken, self._shown = self._shown or values["language"], ""
        self._speak(spoken)

    def _speak(self, language: str) -> None:
        """Show script and questions of another language; what was written of the last one is kept."""
        self._keep()
        self._shown = language
        self.spoken.set_code(language)
        self.script.setText(self._scripts.get(language, ""))
        self.help.setText(self._help.get(language, ""))

    def _keep(self) -> None:
        if self._shown:
            self._scripts[self._shown], self._help[self._shown] = self.script.text(), self.help.text()

    # Saving

    def save_round(self) -> None:
        """Save what stands in the form."""
        self.form.clear_marks()
        self.speech.clear_marks()
        try:
            form = self._read()
        except RuleBroken as slip:
            self._mark(slip)
            return
        source, now = self.people.code(), self._context.clock.now()
        round_id, version = self._id, self._version

        def make(session: Session) -> Added:
            people = people_of(session, source, self._ask) if source else ()
            return rounds.create_round(session, form, people, now=now)

        def change(session: Session) -> None:
            assert round_id is not None
            rounds.change_round(session, round_id, version, form)

        work, verb = (make, "create_call_round") if round_id is None else (change, "change_call_round")
        self._context.tasks.write(self, work, self._saved, self._not_saved, verb=verb)

    def _read(self) -> RoundForm:
        self._keep()
        scripts = {}
        for language, text in self._scripts.items():
            try:
                scripts[language] = script.parse(text)
            except RuleBroken:
                self._speak(language)
                raise
        most = self.most.text().strip()
        if most and not most.isdecimal():
            raise RuleBroken(_("This is no number."), _("Write how many tries, or nothing."), field="max_tries")
        empty = RoundForm(self.title.text(), self.kind.code(), self.language.code(), scripts)
        return replace(
            empty,
            help={language: parse_help(text) for language, text in self._help.items() if text.strip()},
            opens=parse_hour(self.opens.text(), "opens"),
            closes=parse_hour(self.closes.text(), "closes"),
            max_tries=int(most) if most else None,
            purpose=self.purpose.code(),
        )

    def _not_saved(self, error: Exception) -> None:
        if isinstance(error, Conflict) and self._id is not None:
            self._ask_news()
        else:
            self._mark(error)

    def _ask_news(self) -> None:
        assert self._id is not None
        self._context.tasks.read(self, partial(_news, round_id=self._id), self._meet, self._failed, slot="news")

    def _meet(self, news: News) -> None:
        """Somebody else saved the round: ask what counts, field by field."""
        found, step = news
        mine, languages = self.values(), dict(LANGUAGES)
        if found is None:
            gone = self._say(_("This round was removed meanwhile."))
            self.asking.tell_gone(gone, step, lambda: [(self._label(key, languages), text) for key, text in mine.items() if text])
            return
        version, form = found
        theirs = values_of(form)
        keys = [*mine, *(key for key in theirs if key not in mine)]
        both = merge(self._field(key, theirs.get(key, ""), mine.get(key, ""), languages) for key in keys)

        def save(values: dict[str, str]) -> None:
            self._show(values)
            self._base, self._version = theirs, version
            self.save_round()

        self.asking.ask(both, step, save)

    def _field(self, key: str, theirs: str, mine: str, languages: Mapping[str, Msgid]) -> Field:
        before = self._base.get(key, "")
        if key in self.form.keys:
            return field_of(self.form, key, before, theirs, mine)
        return Field(key, self._label(key, languages), before, theirs, mine, lines=True)

    def _label(self, key: str, languages: Mapping[str, Msgid]) -> str:
        part, _colon, language = key.partition(":")
        if not language:
            return self.form.field(key).accessibleName()
        name = self.speech.field(part).accessibleName()
        return self._say(_("{part} ({language})"), part=name, language=self._say(languages.get(language, Msgid(language))))

    def _mark(self, error: Exception) -> None:
        """Say what is wrong where it is; anything else is told by the window."""
        if isinstance(error, RuleBroken):
            text = " ".join((self._say(error.what, **error.values), self._say(error.to_do, **error.values)))
            if self.form.mark(error.field, text) or self.speech.mark(error.field, text):
                return
        self._context.messages.show(error, _("saving the call round"))

    def _saved(self, added: Added | None) -> None:
        self._changed = False
        if added is None:
            self._context.messages.say(self._say(_("Saved.")))
        else:
            text = ngettext("The round is made with {count} person.", "The round is made with {count} people.")
            self._context.messages.say(self._say(text, count=added.added))
        self._context.navigate("phones.rounds")

    def _failed(self, error: Exception) -> None:
        self._context.messages.show(error, _("reading the call round"))

    def _lost(self, error: Exception) -> None:
        """The round could not be read; what was typed about it is shown all the same."""
        self._failed(error)
        self._gone = isinstance(error, Conflict)
        if self._carried is not None and self._gone:
            self.restore(self._carried)

    def _edited(self, key: str) -> None:
        self._changed = self._changed or key != "spoken"

    def unsaved(self) -> bool:
        """Whether something typed would be lost."""
        return self._changed

    def state(self) -> dict[str, Any]:
        """What is typed, and over which state of the round, for the page built in this one's place."""
        values = self.values() | self.asking.typed()
        more = {"base": self._base, "version": self._version, "people": self.people.code()}
        return {"values": values, "shown": self._shown, "changed": self._changed, **more}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with what was typed, as soon as the round is read; saving it then tells of what others saved since."""
        self._carried = state if self._id is not None and not self._version and not self._gone else None
        if self._carried is not None or "values" not in state:
            return
        self._shown = state["shown"]
        self._show(state["values"])
        if state["people"]:
            self.people.set_code(state["people"])
        self._changed = state["changed"]
        if self._changed and self._id is not None:
            self._base, self._version = state["base"], state["version"]
            if self._gone:
                self._ask_news()


def _news(session: Session, round_id: UUID) -> News:
    try:
        return rounds.round_form(session, round_id), last_step(session, CallRound, round_id)
    except Conflict:  # it is gone
        return None, next(iter(history(session, about=round_id, limit=1)), None)
