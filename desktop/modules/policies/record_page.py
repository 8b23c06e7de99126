"""One policy: its text beside the preview, its register of signatures, its versions, and what can be done next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QMenu, QTabWidget, QWidget
from sqlalchemy.orm import Session

from db.errors import Conflict
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.modules.policies import reading, service
from desktop.modules.policies.dialogs import DayDialog
from desktop.modules.policies.editor import TextEditor
from desktop.modules.policies.errands import Errands
from desktop.modules.policies.office import DUE_TONES, STATE_TONES, calendar, due_words, notice_days
from desktop.modules.policies.overtaken import Overtaken
from desktop.modules.policies.reading import PolicyDetail, VersionRow
from desktop.modules.policies.roomy import roomy_label
from desktop.modules.policies.signatures_view import SignaturesView
from desktop.modules.policies.states import STATES
from desktop.modules.policies.steps import Step, next_steps
from desktop.modules.policies.versions_view import VersionsView
from desktop.widgets.banner import Banner, ask
from desktop.widgets.buttons import Button, menu_button, primary_button, quiet_button
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.labels import Tag
from desktop.widgets.panels import column, row
from desktop.widgets.presence_line import PresenceLine
from desktop.widgets.theme import current_theme

AREAS = frozenset({"policy", "policy_version", "policy_signature", "policy_signer", "policy_review", "post_holding", "person"})
TITLE_ROOM = 280  # pixels at 100 % that a title has at least before the buttons go below it


class PolicyPage(QWidget):
    """The record of a policy. Typed text survives conflicts, reloads and a change of language."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, subject: UUID) -> None:
        super().__init__(parent)
        self._context, self._say, self._id = context, context.texts.say, subject
        self._may_edit, self._may_decide = context.may("policies.edit"), context.may("policies.decide")
        self.policy: PolicyDetail | None = None
        self._shown: UUID | None = None  # the version in the editor; None for the newest
        self._known: set[int] = set()  # its versions that were shown or told of
        self._read_version = 0  # as it was when the editor showed it
        self._base: service.PolicyText | None = None  # as the editor showed it first
        self._restored: dict[str, Any] | None = None
        self.title = roomy_label("", "title", least=160)
        self.state_tag, self.due_tag = Tag(""), Tag("")
        self.steps_bar = FlowLayout()
        self.editor = TextEditor(context.texts)
        self.banner = Banner(self._say(_("Close this message")))
        self.overtaken = Overtaken(context, self, self.editor, self.banner, subject)
        self.signatures = SignaturesView(context.texts, may_edit=self._may_edit)
        self.versions = VersionsView(context.texts)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self._say(_("Parts of the policy")))
        for view, name in ((self.editor, _("Text")), (self.signatures, _("Signatures")), (self.versions, _("Versions"))):
            self.tabs.addTab(view, self._say(name))
        words = row(self.title, self.state_tag, self.due_tag, gap=10)
        words.setStretch(0, 1)
        self._head = row(words, self.steps_bar, gap=10)
        self._head.setStretch(0, 1)
        self.present = PresenceLine(context, self, "policies.record", subject, self.unsaved)
        layout = column(self._head, self.present, self.banner, self.tabs, gap=12, margin=16)
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self.errands = Errands(context, subject, self._write, self._fail, self)
        self._connect()
        self.load()

    def _connect(self) -> None:
        self.editor.saved.connect(self.save)
        view, errands = self.signatures, self.errands
        view.form_wanted.connect(errands.print_form)
        view.filing_wanted.connect(lambda person: errands.file_form(self.policy, person) if self.policy else None)
        view.sheet_wanted.connect(errands.show_sheet)
        view.asking_wanted.connect(errands.ask_somebody)
        view.post_wanted.connect(lambda: errands.give_post(self.policy.versions[0].text.owner_post if self.policy else ""))
        self.versions.shown.connect(self._show_version)
        self.versions.printed.connect(errands.print_version)
        self._context.changes.changed.connect(self._heard)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and hasattr(self, "_head"):
            self._place_steps()
        return super().event(event)

    def _place_steps(self) -> None:
        """The buttons stand beside the title, or below it where they would cut it."""
        tags = sum(tag.sizeHint().width() for tag in (self.state_tag, self.due_tag) if not tag.isHidden())
        need = self.steps_bar.sizeHint().width() + tags + current_theme().px(TITLE_ROOM)
        wide = self.width() >= need
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    # What the workspace asks

    def unsaved(self) -> bool:
        """Whether something typed would be lost."""
        return self.editor.dirty

    def state(self) -> dict[str, Any]:
        """What is typed, over which state of which version, and which part is open."""
        text, base = (self.overtaken.typed(), self._base) if self.editor.dirty else (None, None)
        over = {"shown": self._shown, "read": self._read_version, "base": asdict(base) if base else None}
        return {"tab": self.tabs.currentIndex(), "text": text, **over}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave, also when the policy is still on its way."""
        self.tabs.setCurrentIndex(state["tab"])
        self._restored = state if state["text"] is not None else None
        if self.policy is not None:
            self._bring_back()

    def _bring_back(self) -> None:
        """Typed text comes back over the version it was typed in; saving it then tells of what others saved since."""
        state, self._restored = self._restored, None
        if state is None:
            return
        self._shown = state["shown"]
        self._show_text()
        self._read_version = state["read"]
        if state.get("base"):
            self._base = service.PolicyText(**state["base"])
        self.editor.keep(service.PolicyText(**state["text"]))

    # Reading

    def load(self) -> None:
        """Read the policy anew; what is typed stays."""
        work = partial(
            reading.read_policy, policy_id=self._id, today=self._context.clock.today(), soon=notice_days(self._context)
        )
        self._context.tasks.read(self, work, self._show, self._gone)

    def _gone(self, error: Exception) -> None:
        if self.policy is None:
            self.title.setText(self._say(_("This policy could not be loaded.")))
            self.tabs.setEnabled(False)
        self._context.messages.show(error, doing=_("loading a policy"))

    def _heard(self, moved: Any) -> None:
        if moved.areas & AREAS:
            self.load()

    def _show(self, policy: PolicyDetail) -> None:
        self.policy = policy
        self.setWindowTitle(policy.title)
        self.title.setText(policy.title)
        self.state_tag.set(self._say(STATES[policy.state]), STATE_TONES[policy.state])
        self.due_tag.setVisible(policy.next_review is not None)
        due = due_words(policy.due, policy.next_review, self._context.texts)
        self.due_tag.set(self._say(_("Revision: {due}"), due=due), DUE_TONES[policy.due])
        self._show_steps(policy)
        self.signatures.show_register(policy)
        self.versions.show_policy(policy)
        if not self.editor.dirty:
            self._show_text()
        self._bring_back()
        version = self.version
        if self.editor.dirty and version is not None and self._base is not None and version.version not in self._known:
            self._known.add(version.version)
            self.overtaken.tell(version.id, self._base)

    @property
    def version(self) -> VersionRow | None:
        """The version in the editor."""
        rows = self.policy.versions if self.policy else ()
        return next((row for row in rows if row.id == self._shown), rows[0] if rows else None)

    def _show_text(self) -> None:
        version = self.version
        if version is None:
            return
        editable = version.state == "draft" and self._may_edit
        remark = self._say(_("Version {number}: {state}"), number=version.number, state=self._say(STATES[version.state]))
        self._read_version, self._base, self._known = version.version, version.text, {version.version}
        self.editor.show_text(version.text, editable=editable, remark=remark)

    def _show_version(self, version_id: UUID) -> None:
        if self.editor.dirty and not ask(
            self, self._say(_("What you typed is not saved yet.")), "", self._say(_("Discard it")), danger=True
        ):
            return
        self.editor.dirty = False
        self._shown = version_id
        self._show_text()
        self.tabs.setCurrentWidget(self.editor)

    # Steps

    def _show_steps(self, policy: PolicyDetail) -> None:
        self.steps_bar.clear()
        steps = next_steps(policy, may_edit=self._may_edit, may_decide=self._may_decide)
        for number, step in enumerate(steps.buttons):
            button: Button = (primary_button if number == 0 and step.main else quiet_button)(self._say(step.words))
            button.clicked.connect(partial(self.take_step, step.key))
            self.steps_bar.addWidget(button)
        menu = QMenu(self)
        for step in steps.more:
            action = QAction(self._say(step.words), menu)
            action.triggered.connect(partial(self.take_step, step.key))
            menu.addAction(action)
        if steps.more:
            self.steps_bar.addWidget(menu_button(self._say(_("More")), menu))

    def take_step(self, key: Step, *_checked: object) -> None:
        """Do what a button or menu line says."""
        version = self.policy.versions[0] if self.policy else None
        if self.policy is None or version is None:
            return
        if self.editor.dirty and key in ("submit", "begin"):
            self.save(then=partial(self.take_step, key))
            return
        one: dict[str, Any] = {"version_id": version.id, "version": version.version}
        actor, today = self._context.actor, self._context.clock.today()
        whole: dict[str, Any] = {"policy_id": self._id, "version": self.policy.version, "calendar": calendar(self._context)}
        acts: dict[str, Callable[[], None]] = {
            "submit": lambda: self._write("submit_policy", partial(service.submit, **one), _("Sent for review.")),
            "send_back": lambda: self._write("send_policy_back", partial(service.send_back, **one), _("It is a draft again.")),
            "decide": lambda: self._write("decide_policy", partial(self._decide, **one), _("Decided. It can be signed now.")),
            "in_force": lambda: self._write(
                "put_policy_in_force", partial(service.put_in_force, **one, actor=actor, calendar=calendar(self._context)),
                _("In force. Everybody it binds signs anew.")),
            "begin": lambda: self._write(
                "begin_policy_version", partial(service.begin_version, policy_id=self._id, actor=actor, today=today),
                _("A new version was begun.")),
            "reviewed": lambda: self._write(
                "review_policy", partial(service.reviewed_no_change, **whole, actor=actor), _("Noted: reviewed without a change.")),
            "plan": self._plan,
            "print": lambda: self.errands.print_version(self.version.id if self.version else version.id),
            "form": lambda: self.errands.print_form(None),
            "withdraw": lambda: self._withdraw(whole),
        }  # fmt: skip
        acts[key]()

    def _decide(self, session: Session, version_id: UUID, version: int) -> None:
        context = self._context
        four_eyes = service.needs_four_eyes(session, context.settings.get("policies.four_eyes"))
        service.decide(session, version_id, version, actor=context.actor, today=context.clock.today(), four_eyes=four_eyes)

    def _withdraw(self, whole: dict[str, Any]) -> None:
        question = self._say(_("Withdraw “{title}”?"), title=self.policy.title if self.policy else "")
        detail = self._say(_("It is kept, but nobody needs to sign or revise it any more."))
        if ask(self, question, detail, self._say(_("Withdraw")), cancel=self._say(_("Cancel")), danger=True):
            self._write("withdraw_policy", partial(service.withdraw, **whole), _("Withdrawn."))

    def _plan(self) -> None:
        day = self.policy.next_review if self.policy else None
        dialog = DayDialog(self._context, _("Plan the next revision"), "next_review", _("Day of the next revision"), day, self)

        def finish() -> None:
            chosen = dialog.answer()
            if chosen is not None and self.policy is not None:
                now = calendar(self._context)
                work = partial(service.plan_review, policy_id=self._id, version=self.policy.version, day=chosen, calendar=now)
                self._write("plan_policy_review", work, _("Planned."), dialog)

        dialog.ask(finish)

    # Writing

    def save(self, *, then: Callable[[], None] | None = None) -> None:
        """Save the draft in the editor; on any refusal the text stays as typed."""
        version = self.version
        if version is None or not self.editor.dirty:
            return
        work = partial(
            service.save_draft, version_id=version.id, version=self._read_version, text=self.editor.text(),
            actor=self._context.actor, today=self._context.clock.today(),
        )  # fmt: skip

        def saved(_answer: object) -> None:
            self.editor.dirty = False
            self._context.messages.say(self._say(_("Draft saved.")))
            self.load()
            if then is not None:
                then()

        def refused(error: Exception) -> None:
            if isinstance(error, Conflict) and self._base is not None:
                self.overtaken.ask(version.id, self._base, both)
            else:
                self._fail(error)

        def both(text: service.PolicyText, theirs: service.PolicyText, read: int) -> None:
            self.editor.keep(text)
            self._base, self._read_version = theirs, read
            self.save(then=then)

        self._context.tasks.write(self, work, saved, refused, verb="save_policy")

    def _write(self, verb: str, work: Callable[..., Any], said: Msgid, dialog: FormDialog | None = None) -> None:
        def done(_answer: object) -> None:
            if dialog is not None:
                dialog.accept()
            self._shown = None
            self._context.messages.say(self._say(said))
            self.load()

        self._context.tasks.write(self, work, done, dialog.fail if dialog else self._fail, verb=verb, about=[self._id])

    def _fail(self, error: Exception) -> None:
        message = self._context.messages.explain(error) if getattr(error, "field", "") else None
        if message is not None and self.editor.mark(message.field, f"{message.text} {message.to_do}".strip()):
            self.tabs.setCurrentWidget(self.editor)
            return
        self._context.messages.show(error, doing=_("working on the policy"))
