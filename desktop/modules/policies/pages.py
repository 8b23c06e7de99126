"""The list of policies, with a card of the one pointed at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from sqlalchemy.orm import Session

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.lanes import Report
from desktop.core.lists import Column, ListSpec
from desktop.modules.policies import imports, printing, reading, service
from desktop.modules.policies.dialogs import NewPolicyDialog
from desktop.modules.policies.front_matter import PolicyFile
from desktop.modules.policies.imports import PolicyImport
from desktop.modules.policies.office import DUE_TONES, STATE_TONES, due_words, notice_days
from desktop.modules.policies.prints import PolicyPrint
from desktop.modules.policies.reading import PolicyDetail, PolicyFilter, PolicyRow
from desktop.modules.policies.roomy import roomy_label
from desktop.modules.policies.states import STATES
from desktop.people.organisation import posts
from desktop.widgets.buttons import choice_button, primary_button, quiet_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.list_news import NewsBar
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import Facts, PageHeader, column, row, side_panel, splitter
from desktop.widgets.query_model import QueryModel
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme

ROOM = 820  # pixels at 100 % below which list and card do not stand side by side
LANGUAGE_NAMES = {"sv": _("Swedish"), "fi": _("Finnish"), "en": _("English")}
IMPORTED = {
    "new": _("“{title}” was imported as a draft."),
    "changed": _("“{title}” was imported as a new draft."),
    "same": _("“{title}” is already here, with the same text."),
}

POLICIES: ListSpec[PolicyFilter, PolicyRow] = ListSpec(
    query=reading.policies_query, row=PolicyRow,
    columns=(
        Column(_("Title"), lambda row, texts: row.title, "title_sort", width=230, strong=True),
        Column(_("State"), lambda row, texts: (texts.say(STATES[row.state]),), "state_sort", width=110,
               tone=lambda row: STATE_TONES[row.state]),
        Column(_("Version"), lambda row, texts: str(row.number), width=64),
        Column(_("Responsible post"), lambda row, texts: row.owner_post, "owner_sort", width=155),
        Column(_("Next revision"), lambda row, texts: due_words(row.due, row.next_review, texts), "review_sort", width=175,
               tone=lambda row: DUE_TONES[row.due] or ("dim" if row.next_review is None else "")),
        Column(_("Language"), lambda row, texts: texts.say(LANGUAGE_NAMES[row.language]), width=84),
    ),
    areas=("policy", "policy_version", "post"),
)  # fmt: skip


def parse_file(path: str, report: Report) -> PolicyFile:
    """Read a policy file in the worker process."""
    return imports.read_file(Path(path))


class PolicyListPage(QWidget):
    """All policies; Enter opens one."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._filter = PolicyFilter(context.clock.today(), soon=notice_days(context))
        self.model: QueryModel[PolicyFilter, PolicyRow] = QueryModel(POLICIES, context, self)
        self.search = SearchBox(self._say(_("Search by title")))
        self.due_only = choice_button(self._say(_("Due soon or overdue")))
        self.table = ListView(self.model, self._say(_("Policies")), POLICIES.start, ticks=False)
        self.news = NewsBar(self.table, self.model.news, context.texts)
        self.header = PageHeader(self._say(_("Policies")), actions=self._actions())
        self.card = PolicyCard(context)
        self.hint = plain_label(self._say(_("Choose a policy to see it in short.")), "dim", wrap=True)
        self._lay_out()
        self._connect()
        self.model.show(self._filter)

    def _actions(self) -> list[QWidget]:
        self.import_button = quiet_button(self._say(_("Import from a file…")))
        self.import_button.clicked.connect(self._choose_file)
        self.new_button = primary_button(self._say(_("New policy")))
        self.new_button.clicked.connect(self.begin)
        for button in (self.import_button, self.new_button):
            if not self._context.may("policies.edit"):
                button.hide()
        return [self.import_button, self.new_button]

    def _lay_out(self) -> None:
        narrow = row(self.search, self.due_only, None)
        narrow.setStretch(0, 1)
        left = QWidget()
        inner = column(self.header, narrow, self.table, self.news, gap=10, margin=16)
        inner.setStretch(2, 1)
        left.setLayout(inner)
        self.side = side_panel(column(self.hint, self.card, gap=0))
        both = splitter(left, self.side, sizes=(840, 320), name=self._say(_("Policies and card")))
        self.setLayout(column(both, gap=0))
        action = self._say(_("New policy")) if self._context.may("policies.edit") else ""
        hint = self._say(_("Write one here, or import a text you have."))
        self.table.set_empty(EmptyState(self._say(_("No policies here")), hint, action, self.begin))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window, or with large text, the card steps back."""
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= current_theme().px(ROOM))

    def _connect(self) -> None:
        self.search.settled.connect(self._narrow)
        self.search.down.connect(self.table.setFocus)
        self.search.entered.connect(self.table.point_first)
        self.due_only.toggled.connect(lambda _on: self._narrow(self.search.text()))
        self.table.opened.connect(self._open)
        self.table.pointed_at.connect(self.card.point)
        self.model.counted.connect(self._tell)
        self.table.pointed_at.connect(lambda id: self.hint.setVisible(id is None))
        self.model.failed.connect(self._fail)
        self.card.open_button.clicked.connect(lambda: self._open(self.card.policy_id))

    def _narrow(self, text: str) -> None:
        self._filter = replace(self._filter, text=text, due_only=self.due_only.isChecked())
        self.model.show(self._filter)

    def _tell(self, total: int) -> None:
        self.header.set_count(self._say(ngettext("{count} policy", "{count} policies"), count=total))

    def _fail(self, error: Exception) -> None:
        self.header.set_count(self._say(_("The list could not be loaded.")))
        self._context.messages.show(error, doing=_("loading the policies"))

    def _open(self, policy_id: UUID | None) -> None:
        if policy_id is not None:
            self._context.navigate("policies.record", subject=policy_id)

    def begin(self) -> None:
        """Ask for the title and the post of a new policy, and open it."""
        self._context.tasks.read(self, posts.post_titles, self._ask_for_policy, self._fail, slot="posts")

    def _ask_for_policy(self, titles: list[str]) -> None:
        dialog = NewPolicyDialog(self._context, titles, self)

        def done(policy_id: UUID) -> None:
            dialog.accept()
            self._open(policy_id)

        def finish() -> None:
            work = partial(
                service.create_policy, text=dialog.text(), actor=self._context.actor, today=self._context.clock.today()
            )
            self._context.tasks.write(self, work, done, dialog.fail, verb="create_policy")

        dialog.ask(finish)

    def _choose_file(self) -> None:
        kinds = self._say(_("Texts")) + " (*.md *.markdown *.txt)"
        path, _kind = QFileDialog.getOpenFileName(self, self._say(_("Import a policy")), "", kinds)
        if path:
            self.take_file(path)

    def take_file(self, path: str) -> None:
        """Import a policy from a file; it becomes a draft and is opened."""
        self._context.tasks.compute(
            parse_file,
            path,
            lambda _done, _total: None,
            self._take_in,
            self._fail_import,
            owner=self,
            title=_("Importing a policy"),
        )

    def _take_in(self, file: PolicyFile) -> None:
        context = self._context
        work = partial(
            imports.take_in, file=file, language=context.texts.language, actor=context.actor, today=context.clock.today()
        )
        context.tasks.write(self, work, self._taken_in, self._fail_import, verb=imports.VERB)

    def _taken_in(self, found: PolicyImport) -> None:
        said = self._say(IMPORTED[found.outcome], title=found.title)
        if found.unknown:
            said += " " + self._say(_("Not used: {names}."), names=", ".join(found.unknown))
        self._context.messages.say(said)
        self._open(found.policy_id)

    def _fail_import(self, error: Exception) -> None:
        self._context.messages.show(error, doing=_("importing a policy"))


class PolicyCard(QWidget):
    """The policy pointed at, in short."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.policy_id: UUID | None = None
        self.title = roomy_label("", "title")
        self.state_tag, self.due_tag = Tag(""), Tag("")
        self.facts = Facts()
        self.signed: QLabel = plain_label("", wrap=True)
        self.missing: QLabel = roomy_label("", "dim")
        self.open_button = primary_button(self._say(_("Open")))
        self.print_button = quiet_button(self._say(_("Print policy")))
        self.print_button.clicked.connect(self._print)
        self.setLayout(column(
            self.title, row(self.state_tag, self.due_tag, None), self.facts, self.signed, self.missing,
            row(self.open_button, self.print_button, None), gap=12,
        ))  # fmt: skip
        self.hide()
        context.changes.changed.connect(
            lambda moved: self.point(self.policy_id) if moved.areas & {"policy", "policy_signature"} else None
        )

    def point(self, policy_id: UUID | None) -> None:
        """Show this policy, or nothing."""
        self.policy_id = policy_id
        if policy_id is None:
            self.hide()
            return
        work = partial(
            reading.read_policy, policy_id=policy_id, today=self._context.clock.today(), soon=notice_days(self._context)
        )
        self._context.tasks.read(self, work, self._show, self._gone)

    def _show(self, policy: PolicyDetail) -> None:
        say, texts, newest = self._say, self._context.texts, policy.versions[0]
        self.title.setText(policy.title)
        self.state_tag.set(say(STATES[policy.state]), STATE_TONES[policy.state])
        self.due_tag.setVisible(bool(policy.due))
        self.due_tag.set(due_words(policy.due, policy.next_review, texts), DUE_TONES[policy.due])
        self.facts.set([
            (say(_("Responsible post")), newest.text.owner_post),
            (say(_("Contact")), newest.text.contact or say(_("none"))),
            (say(_("Newest version")), say(_("{number} ({state})"), number=newest.number, state=say(STATES[newest.state]))),
            (say(_("Last revised")), texts.day(newest.revised_on)),
            (say(_("Next revision")), due_words(policy.due, policy.next_review, texts)),
        ])  # fmt: skip
        valid = sum(line.valid for line in policy.signed)
        self.signed.setVisible(any(version.decided_on for version in policy.versions))
        self.signed.setText(say(ngettext("{count} person has signed.", "{count} people have signed."), count=valid))
        names = ", ".join(line.name for line in policy.unsigned[:6])
        self.missing.setVisible(bool(names))
        self.missing.setText(say(_("Missing: {names}"), names=names) if names else "")
        self.show()

    def _gone(self, error: Exception) -> None:
        self.hide()

    def _print(self) -> None:
        if self.policy_id is not None:
            work = partial(_printed, policy_id=self.policy_id)
            self._context.tasks.read(self, work, self._make, self._fail, slot="print")

    def _make(self, data: PolicyPrint) -> None:
        documents = self._context.documents
        documents.produce(
            printing.RENDER_POLICY, data, None, lambda _path: None, self._fail, name=data.title, language=data.language
        )

    def _fail(self, error: Exception) -> None:
        self._context.messages.show(error, doing=_("printing a policy"))


def _printed(session: Session, policy_id: UUID) -> PolicyPrint:
    return printing.version_print(session, printing.leading_version(session, policy_id))
