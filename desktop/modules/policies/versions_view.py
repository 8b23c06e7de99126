"""The history of a policy on its page: versions with what changed between them, and when it was looked through."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QTextEdit, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.modules.policies.comparing import SectionChange, compare
from desktop.modules.policies.fingerprint import SHORT
from desktop.modules.policies.office import STATE_TONES
from desktop.modules.policies.reading import PolicyDetail, VersionRow
from desktop.modules.policies.revision import OUTCOMES
from desktop.modules.policies.roomy import roomy_label
from desktop.modules.policies.states import STATES
from desktop.widgets.buttons import link_button
from desktop.widgets.labels import Tag, plain_label
from desktop.widgets.panels import Section, column, splitter
from desktop.widgets.panels import scrolling as scroll
from desktop.widgets.theme import current_theme

SIGNS = {"added": "+", "removed": "−", "same": " "}


class VersionsView(QWidget):
    """Choosing a version shows it; comparing shows what changed since the one before."""

    shown = Signal(object)  # UUID of the version to show in the editor
    printed = Signal(object)  # UUID of the version to print

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self.versions = Section(self._say(_("Versions")))
        self.reviews = Section(self._say(_("Revisions")))
        self.changes = Changes(texts)
        self._lists: list[QWidget] = []
        left = QWidget()
        stack = column(self.versions, self.reviews, gap=20)
        stack.addStretch(1)
        left.setLayout(stack)
        both = splitter(scroll(left), self.changes, sizes=(560, 460), name=self._say(_("Versions and changes")))
        layout = column(both)
        layout.setContentsMargins(0, current_theme().px(14), 0, 0)
        self.setLayout(layout)

    def show_policy(self, policy: PolicyDetail) -> None:
        """Show the history as it is now."""
        for old in self._lists:
            old.hide()
            old.deleteLater()
        self._lists = [self._version_list(policy), self._review_list(policy)]
        self.versions.add(self._lists[0])
        self.reviews.add(self._lists[1])
        if len(policy.versions) > 1:
            self.compare(policy.versions[1], policy.versions[0])
        else:
            self.changes.say_nothing()

    def compare(self, older: VersionRow, newer: VersionRow) -> None:
        """Show what changed between two versions."""
        self.changes.show_changes(older.number, newer.number, compare(older.text.source, newer.text.source))

    def _version_list(self, policy: PolicyDetail) -> QWidget:
        box = QWidget()
        grid = _grid(box)
        for number, version in enumerate(policy.versions):
            before = policy.versions[number + 1] if number + 1 < len(policy.versions) else None
            self._version_line(grid, number * 2, version, before)
        return box

    def _version_line(self, grid: QGridLayout, line: int, version: VersionRow, before: VersionRow | None) -> None:
        say = self._say
        grid.addWidget(plain_label(str(version.number), "strong"), line, 0)
        grid.addWidget(Tag(say(STATES[version.state]), STATE_TONES[version.state]), line, 1)
        grid.addWidget(roomy_label(self._when(version), least=160), line, 2)
        acts = [(link_button(say(_("Show"))), _("Show version {number}"), lambda: self.shown.emit(version.id)),
                (link_button(say(_("Print"))), _("Print version {number}"), lambda: self.printed.emit(version.id))]  # fmt: skip
        if before is not None:
            older = before
            acts.append((link_button(say(_("Compare"))), _("Compare version {number} with the one before"),
                         lambda: self.compare(older, version)))  # fmt: skip
        for at, (button, name, act) in enumerate(acts):
            button.setAccessibleName(say(name, number=version.number))
            button.clicked.connect(act)
            grid.addWidget(button, line, 3 + at)
        small = " · ".join(filter(None, (version.text.note, say(_("fingerprint {hash}"), hash=version.content_hash[:SHORT]))))
        grid.addWidget(roomy_label(small, "small"), line + 1, 2, 1, 5)

    def _when(self, version: VersionRow) -> str:
        say, day = self._say, self._texts.day
        if version.in_force_on and version.ended_on:
            return say(_("in force {first} to {last}"), first=day(version.in_force_on), last=day(version.ended_on))
        if version.in_force_on:
            return say(_("in force since {day}, decided by {name}"), day=day(version.in_force_on), name=version.decided_by)
        if version.decided_on:
            return say(_("decided {day} by {name}"), day=day(version.decided_on), name=version.decided_by)
        if not version.revised_by:
            return say(_("revised {day}"), day=day(version.revised_on))
        return say(_("revised {day} by {name}"), day=day(version.revised_on), name=version.revised_by)

    def _review_list(self, policy: PolicyDetail) -> QWidget:
        if not policy.reviews:
            return plain_label(self._say(_("Not looked through yet.")), "dim")
        box = QWidget()
        grid = _grid(box)
        for column_number in range(4):
            grid.setColumnStretch(column_number, 1)
        for line, review in enumerate(policy.reviews):
            texts = (self._texts.day(review.reviewed_on), self._say(OUTCOMES[review.outcome]), review.reviewed_by, review.note)
            for at, text in enumerate(texts):
                grid.addWidget(roomy_label(text, "dim" if at > 1 else "body"), line, at)
        return box


class Changes(QTextEdit):
    """What changed, with a sign before each line so that it is not told by colour alone."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = texts.say
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self._say(_("What changed")))
        self.document().setDocumentMargin(current_theme().px(16))

    def say_nothing(self) -> None:
        """There is nothing to compare."""
        self.setPlainText(self._say(_("There is one version only; nothing to compare it with.")))

    def show_changes(self, older: int, newer: int, changes: tuple[SectionChange, ...]) -> None:
        """Show the sections that differ, and name those that stayed."""
        self.clear()
        cursor = QTextCursor(self.document())
        title = self._say(_("From version {older} to version {newer}"), older=older, newer=newer)
        cursor.insertText(title, _look("", strong=True))
        if all(section.change == "same" for section in changes):
            cursor.insertText("\n\n" + self._say(_("The text is the same.")), _look(""))
        for section in changes:
            self._section(cursor, section)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _section(self, cursor: QTextCursor, section: SectionChange) -> None:
        words = {"same": _("unchanged"), "changed": _("changed"), "added": _("new section"), "removed": _("section removed")}
        cursor.insertText(f"\n\n{section.heading}", _look("", strong=True))
        cursor.insertText(f"  {self._say(words[section.change])}", _look("dim"))
        if section.change == "same":
            return
        for line in section.lines:
            tone = {"added": "ok", "removed": "bad", "same": "dim"}[line.change]
            cursor.insertText(f"\n{SIGNS[line.change]} {line.text}", _look(tone))


def _look(tone: str, *, strong: bool = False) -> QTextCharFormat:
    theme = current_theme()
    look = QTextCharFormat()
    font = theme.font(13)
    font.setBold(strong)
    look.setFont(font)
    look.setForeground(QColor(theme.colours.text) if not tone else theme.ink(tone))
    return look


def _grid(box: QWidget) -> QGridLayout:
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(current_theme().px(14))
    grid.setVerticalSpacing(current_theme().px(4))
    grid.setColumnStretch(2, 1)
    return grid
