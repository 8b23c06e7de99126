"""The section of a person's record: by what they may be contacted, for what, and how often they were of late."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.errors import Unavailable
from db.texts import Msgid, _
from desktop.core.attachments import StoredFile
from desktop.core.contacting.decisions import Moment, lift_stop, withdraw
from desktop.core.contacting.purposes import PurposeLine
from desktop.core.context import ModuleContext
from desktop.people import words as people_words
from desktop.people.card import PersonCard, StopLine
from desktop.people.consents import words
from desktop.people.consents.evidence import ENDINGS, add_evidence, evidence, read_evidence
from desktop.people.consents.fields import choose_evidence
from desktop.people.consents.reading import AnswerLine, FileLine, PersonConsents, person_consents
from desktop.people.lines import Act, Line, LinesSection
from desktop.people.saving import write
from desktop.widgets.buttons import Button, link_button
from desktop.widgets.labels import Tag

EARLIER = 3  # answers shown below the one that counts; the history has all


class ConsentsSection(LinesSection):
    """Stops first, then how often, then each purpose with its newest answer. A withdrawal is one press.

    Args:
        edit: Opens a form: "add_consent", "consent" with the id of a purpose, or "add_block".
    """

    def __init__(
        self, context: ModuleContext, person_id: UUID, edit: Callable[..., object], parent: QWidget | None = None
    ) -> None:
        say = context.texts.say
        self._context, self._say, self._person, self._edit = context, say, person_id, edit
        self._may = context.may("people.edit")
        purposes = link_button(say(_("Purposes…")))
        purposes.setAccessibleName(say(_("Purposes and texts of consents")))
        purposes.clicked.connect(lambda: context.navigate("people.purposes"))
        purposes.setVisible(context.may("people.purposes"))
        acts = [
            self._opening(_("Do not contact…"), "add_block", "Ctrl+D"),
            self._opening(_("Add an answer…"), "add_consent", "Ctrl+G"),
        ]
        super().__init__(say(_("Consents and contact")), "", purposes, *acts, parent=parent)
        self._card: PersonCard | None = None
        self._found = PersonConsents()

    def _opening(self, text: Msgid, form: str, key: str) -> Button:
        button = link_button(self._say(text))
        button.setAccessibleDescription(key)
        button.setToolTip(key)
        button.clicked.connect(lambda: self._edit(form))
        button.setVisible(self._may)
        return button

    def show_card(self, card: PersonCard) -> None:
        """Show the person of this card; the answers are read beside it."""
        self._card = card
        self._draw()
        work = partial(person_consents, person_id=self._person)
        self._context.tasks.read(self, work, self._read, self._context.messages.show, slot="consents")

    def _read(self, found: PersonConsents) -> None:
        self._found = found
        self._draw()

    def _draw(self) -> None:
        if self._card is not None:
            stops = [self._stop(line) for line in self._card.stops]
            self.grid.show_lines([*stops, *self._often(self._card), *self._purposes()])

    def _stop(self, line: StopLine) -> Line:
        texts, name = self._context.texts, words.channel(line.channel, self._context.texts)
        over = line.ends_at is not None and line.ends_at <= self._context.clock.now()
        tag = Tag(self._say(_("over")), "") if over else Tag(self._say(_("stopped")), "bad")
        lift = Act(self._say(_("Lift")), self._say(_("Lift: {what}"), what=name), partial(self._lift, line))
        return Line(name, words.stop(line, texts), [tag], [lift] if self._may else (), dim=over)

    def _often(self, card: PersonCard) -> list[Line]:
        days = self._context.settings.get("people.pressure_days")
        often = people_words.lately(card, self._context.texts, self._context.clock.now(), days)
        return [Line(self._say(_("Lately")), often or self._say(_("not contacted by us")), dim=not often)]

    def _purposes(self) -> list[Line]:
        """Those answered with their answers; of the others only those that need one, in one line."""
        found: list[Line] = []
        for purpose in self._found.purposes:
            found += self._answered(purpose, self._found.answers.get(purpose.id, ()))
        language = self._context.texts.language
        open_ones = [line for line in self._found.purposes if line.basis == "consent" and line.id not in self._found.answers]
        if open_ones:
            names = ", ".join(line.called(language) for line in open_ones)
            found.append(Line(self._say(_("Not asked")), names, whole=True, dim=True))
        return found

    def _answered(self, purpose: PurposeLine, answers: tuple[AnswerLine, ...]) -> list[Line]:
        if not answers:
            return []
        texts, now, name = self._context.texts, self._context.clock.now(), purpose.called(self._context.texts.language)
        first, *earlier = answers
        acts = self._acts(purpose, first, name) if self._may else []
        lines = [Line(name, words.answer(first, texts), [Tag(*words.state(first, texts, now))], acts), *self._files(first)]
        if self._may:
            lines.append(Line(self._say(_("Evidence")), "", acts=[self._adding(first, name)]))
        for line in earlier[:EARLIER]:
            lines += [Line(self._say(_("Earlier answer")), words.answer(line, texts), dim=True), *self._files(line)]
        return lines

    def _files(self, answer: AnswerLine) -> list[Line]:
        """What proves an answer, to be opened by whoever writes answers down."""
        say = self._say
        return [
            Line(
                say(_("Evidence")),
                file.name,
                acts=[Act(say(_("Open")), say(_("Open the file {file}"), file=file.name), partial(self._open, file))]
                if self._may
                else (),
                dim=True,
            )
            for file in answer.files
        ]

    def _acts(self, purpose: PurposeLine, newest: AnswerLine, name: str) -> list[Act]:
        say = self._say
        if newest.holds(self._context.clock.now()):
            return [Act(say(_("Withdraw")), say(_("Withdraw: {what}"), what=name), partial(self._withdraw, purpose, name))]
        if purpose.retired:
            return []
        return [
            Act(say(_("Ask again…")), say(_("Ask again: {what}"), what=name), partial(self._edit, "consent", purpose.id)),
        ]

    def _withdraw(self, purpose: PurposeLine, name: str) -> None:
        context = self._context
        when = Moment(context.clock.now(), context.clock.zone)

        def step(session: Session) -> UUID:
            return withdraw(session, self._person, purpose.id, actor=context.actor, when=when)

        said = self._say(_("The consent to “{purpose}” is withdrawn."), purpose=name)
        write(context, self, step, verb="withdraw_consent", said=said, doing=_("withdrawing a consent"))

    def _adding(self, answer: AnswerLine, name: str) -> Act:
        say = self._say
        spoken = say(_("Add a file as evidence: {what}"), what=name)
        return Act(say(_("Add a file…")), spoken, partial(self._add_file, answer))

    def _add_file(self, answer: AnswerLine) -> None:
        path = choose_evidence(self._context, self)
        if path:
            failed = partial(self._context.messages.show, doing=_("adding a file"))
            keep = partial(self._keep, answer)
            self._context.tasks.read(self, lambda _session: read_evidence(Path(path)), keep, failed, slot="file")

    def _keep(self, answer: AnswerLine, file: StoredFile) -> None:
        context = self._context
        step = partial(add_evidence, consent_id=answer.id, file=file, now=context.clock.now())
        said = self._say(_("The file is kept with the answer."))
        write(context, self, step, verb="add_evidence", said=said, doing=_("adding a file"))

    def _open(self, file: FileLine) -> None:
        context = self._context

        def show(kept: StoredFile) -> None:
            try:
                context.documents.show(kept.content, Path(kept.name).stem, ENDINGS[kept.media_type])
            except Unavailable as error:  # no program opens such files
                failed(error)

        failed = partial(context.messages.show, doing=_("opening a file"))
        context.tasks.read(self, partial(evidence, attachment_id=file.id), show, failed, slot="evidence")

    def _lift(self, line: StopLine) -> None:
        step = partial(lift_stop, block_id=line.id, version=line.version)
        said = self._say(_("Lifted: {what}"), what=words.channel(line.channel, self._context.texts))
        write(self._context, self, step, verb="lift_stop", said=said, doing=_("lifting a stop"))
