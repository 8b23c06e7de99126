"""Local users: who works with this database, in which roles."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFrame, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.accounts import User, add_user, change_user, list_users
from db.errors import RuleBroken
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.messages import as_text
from desktop.core.rights import ROLES
from desktop.shell.desk import Desk
from desktop.shell.fitting import OnlyWithCards
from desktop.shell.line_list import LineList, line
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import PageHeader, column, row, scrolling, side_panel, splitter
from desktop.widgets.theme import current_theme


class UserForm(QWidget):
    """Name, sign-in name, roles and whether the user may sign in; for a new user or a known one."""

    def __init__(self, context: ModuleContext, user: User | None) -> None:
        super().__init__()
        say = context.texts.say
        self.user, self.form = user, Form()
        self.login = self.form.add("login", say(_("Sign-in name")), QLineEdit(user.login if user else ""), required=True)
        self.login.setEnabled(user is None)
        self.name = self.form.add("name", say(_("Name")), QLineEdit(user.name if user else ""))
        self.roles = {key: QCheckBox(say(title).replace("&", "&&")) for key, title in ROLES.items()}
        for key, box in self.roles.items():
            box.setChecked(bool(user and key in user.roles))
        self.active = QCheckBox(say(_("May sign in")))
        self.active.setChecked(user is None or user.active)
        self.problem = plain_label("", "error", wrap=True)
        self.save = primary_button(say(_("Save user")) if user else say(_("Add user")))
        self.cancel = quiet_button(say(_("Cancel")))
        title = user.name if user else say(_("New user"))
        parts: list[QWidget | QLayout] = [
            plain_label(title, "title"),
            self.form,
            plain_label(say(_("Roles")), "heading"),
            column(*self.roles.values(), gap=1),
        ]
        self.setLayout(column(*parts, self.active, self.problem, row(self.save, self.cancel, None), gap=10))

    @property
    def chosen(self) -> frozenset[str]:
        """The roles ticked."""
        return frozenset(key for key, box in self.roles.items() if box.isChecked())


class UsersPage(QWidget):
    """The list on the left, the form on the right."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self.setWindowTitle(self._say(_("Users and roles")))
        self.add = quiet_button(self._say(_("New user…")), icon="plus")
        self.header = PageHeader(self._say(_("Users and roles")), "", (self.add,))
        self.lines = LineList()
        self.form: UserForm | None = None
        theme = current_theme()
        inner = QFrame()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.header)
        layout.addWidget(self.lines, 1)
        self._side = QFrame()
        self._side.setProperty("panel", "side")
        self._place = QVBoxLayout(self._side)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._here = isinstance(context.database.address, Path)  # a server's logins are made by its administrator
        hint = _("Choose a user to change name and roles.") if self._here else _(
            "The administrator of the server lets users in and gives them their roles, with “kontinuum server user”."
        )  # fmt: skip
        self._hint = plain_label(self._say(hint), "dim", wrap=True)
        self.add.setVisible(self._here)
        self._place.addWidget(self._hint)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        side = side_panel(self._side)
        both = splitter(scrolling(inner), side, sizes=(760, 340), name=self._say(_("Users and form")))
        outer.addWidget(both)
        OnlyWithCards(side, [self._side])
        self.add.clicked.connect(lambda: self.edit(None))
        context.changes.changed.connect(self._heard)
        self.look()

    def look(self) -> None:
        """Read the users anew."""
        self._context.tasks.read(self, list_users, self._show, self._context.messages.show, slot="users")

    def unsaved(self) -> bool:
        """Whether a form is open with something typed."""
        return self.form is not None and (self.form.login.isModified() or self.form.name.isModified())

    def state(self) -> dict[str, str]:
        """What is typed about a new user, for the page built in this one's place."""
        if self.form is None or self.form.user is not None:
            return {}
        return {"login": self.form.login.text(), "name": self.form.name.text()}

    def restore(self, state: dict[str, str]) -> None:
        """Bring back what `state` gave."""
        if state:
            self.edit(None)
        if state and self.form is not None:
            for field, text in ((self.form.login, state["login"]), (self.form.name, state["name"])):
                field.setText(text)
                field.setModified(True)

    def _heard(self, moved: Any) -> None:
        if "user_account" in moved.areas:
            self.look()

    def _show(self, users: list[User]) -> None:
        self.header.set_count(self._context.texts.say_n(ngettext("{count} user", "{count} users"), len(users)))
        self.lines.fill([self._line(user) for user in users])

    def _line(self, user: User) -> QWidget:
        say = self._say
        roles = ", ".join(say(ROLES[role]) for role in ROLES if role in user.roles) or say(_("No roles"))
        tag = (say(_("This is you")), "accent") if user.id == self._context.actor.id else ("", "")
        if not user.active:
            tag = (say(_("May not sign in")), "warn")
        return line(user.name, tag, [user.login, roles], [self._change(user)] if self._here else [])

    def _change(self, user: User) -> QPushButton:
        change = quiet_button(self._say(_("Change…")))
        change.setAccessibleName(f"{self._say(_('Change…'))} {user.name}")
        change.clicked.connect(partial(self.edit, user))
        return change

    def edit(self, user: User | None, _checked: bool = False) -> None:
        """Open the form for a user, or for a new one."""
        self._close_form()
        self.form = UserForm(self._context, user)
        self.form.save.clicked.connect(self._save)
        self.form.cancel.clicked.connect(self._close_form)
        self._hint.hide()
        self._place.addWidget(self.form)
        (self.form.name if user else self.form.login).setFocus()

    def _close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self._hint.show()

    def _save(self) -> None:
        form = self.form
        if form is None:
            return
        user, login, name, roles, active = form.user, form.login.text(), form.name.text(), form.chosen, form.active.isChecked()

        def work(session: Session) -> None:
            if user is None:
                add_user(session, login, name, roles)
            else:
                change_user(session, user.id, user.version, name=name, roles=roles, active=active)

        verb = "change_user" if user else "add_user"
        self._context.tasks.write(self, work, lambda _id: self._saved(), self._refused, verb=verb)

    def _saved(self) -> None:
        self._close_form()
        self._context.messages.say(self._say(_("User saved.")))
        self.look()
        self._desk.registry.changed()

    def _refused(self, error: Exception) -> None:
        form, message = self.form, self._context.messages.explain(error)
        if not isinstance(error, RuleBroken) or form is None:
            self._context.messages.show(error, _("saving a user"))
        elif not form.form.mark(error.field, as_text(message)):
            form.problem.setText(as_text(message))
