"""The wizard that moves a database file to a server: which server, what will be moved, how far it is, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from db.errors import RuleBroken, Told
from db.texts import Msgid, _
from desktop.core.messages import Messages, as_text
from desktop.core.texts import Texts
from desktop.shell.server_form import ServerForm
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label, set_tone
from desktop.widgets.panels import Facts, row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from db.postgresql.moving import Moved, Preview

STEPS: tuple[tuple[str, Msgid], ...] = (
    ("server", _("Which server")),
    ("preview", _("What will be moved")),
    ("progress", _("Moving")),
    ("result", _("Moved and compared")),
)
GO: dict[str, Msgid] = {
    "server": _("Continue"),
    "preview": _("Move now"),
    "result": _("Open the server now"),
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SHORTEST = 8  # letters of a password that is made here


class MoveDialog(RoomyDialog):
    """Four steps, one in sight. It decides nothing: whoever opens it listens to its buttons and shows what came of them.

    Args:
        file: What the database is called here.
        former: The address of a move that did not finish, if there was one.
    """

    went = Signal(str)  # the step that is to be done

    def __init__(self, texts: Texts, parent: QWidget | None, *, file: str, user: str, former: str) -> None:
        super().__init__(parent)
        self._texts, self._say, self._file = texts, texts.say, file
        self.step = ""
        title = self._say(_("Move “{file}” to a server"), file=file)
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(600))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        self.where = plain_label("", "heading", wrap=True)
        self.body.addWidget(self.where)
        self.fields = ServerForm(texts, address=former, name="", user=user, known=False)
        self._pages = {
            "server": self._server_page(bool(former)),
            "preview": self._preview_page(),
            "progress": self._progress_page(),
            "result": self._result_page(),
        }
        for page in self._pages.values():
            self.body.addWidget(page)
        self.problem = plain_label("", wrap=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.go = Button("", "primary")
        self.back = Button(self._say(_("Back")), "quiet")
        self.stop = Button(self._say(_("Stop")), "quiet")
        self.leave = Button(self._say(_("Cancel")), "quiet")
        self.below.addLayout(row(None, self.stop, self.back, self.go, self.leave))
        self.go.clicked.connect(lambda: self.went.emit(self.step))
        self.leave.clicked.connect(self.reject)
        self.back.clicked.connect(lambda: self.show_step("server"))
        self.fields.grew.connect(self.fit)
        self.fields.waits.connect(self.go.setDisabled)
        self.go.setDefault(True)
        self.show_step("server")
        self.fields.hosts.setFocus()

    def _server_page(self, again: bool) -> QWidget:
        words = [
            self._say(
                _(
                    "Its administrator has made an empty database and set it up with “kontinuum server init”. Sign in as that "
                    "administrator; nothing is moved yet."
                )
            )
        ]
        if again:
            words.append(
                self._say(
                    _(
                        "The last move did not finish. Begin it again: what had arrived in part is gone, what is whole is only compared."
                    )
                )
            )
        return _page(*(plain_label(text, wrap=True) for text in words), self.fields)

    def _preview_page(self) -> QWidget:
        self.about = plain_label("", wrap=True)
        self.facts = Facts()
        self.planned = _table(self._say(_("What will be moved")), [self._say(_("Table")), self._say(_("Rows"))])
        note = self._say(_("The file is only read and stays as it is. What anybody saves in it from now on stays behind."))
        return _page(self.about, self.facts, self.planned, plain_label(note, wrap=True))

    def _progress_page(self) -> QWidget:
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self._say(_("Moving")))
        self.bar.setRange(0, 0)
        self.far = plain_label("", wrap=True)
        note = self._say(_("If it is stopped, or the connection breaks, nothing stays on the server and it can be begun again."))
        return _page(self.bar, self.far, plain_label(note, "small", wrap=True))

    def _result_page(self) -> QWidget:
        say = self._say
        self.outcome = plain_label("", wrap=True)
        self.sums = _table(say(_("Moved and compared")), [say(_("Table")), say(_("Rows")), say(_("Checksum"))])
        self.login = Form(beside=True)
        self.who = self.login.add("login", say(_("Go on as")), CodeField())
        self.first = self._password("first", say(_("New password")), say(_("Empty: signs in without one, or has one already")))
        self.second = self._password("second", say(_("Once more")))
        self.keeps = QCheckBox(say(_("Remember it in the keyring of this computer")))
        self.others = plain_label("", wrap=True)
        self.commands = plain_label("", wrap=True)
        self.commands.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return _page(self.outcome, self.sums, self.login, self.keeps, self.others, self.commands)

    def _password(self, key: str, label: str, hint: str = "") -> QLineEdit:
        field = self.login.add(key, label, QLineEdit(), hint)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        return field

    def show_step(self, step: str) -> None:
        """Show this one."""
        self.step = step
        for key, page in self._pages.items():
            page.setVisible(key == step)
        number = [key for key, _title in STEPS].index(step) + 1
        words = self._say(
            _("Step {number} of {count}: {title}"), number=number, count=len(STEPS), title=self._say(dict(STEPS)[step])
        )
        self.where.setText(words)
        moves = step == "progress"
        for button, shown in (
            (self.go, not moves), (self.stop, moves), (self.back, step == "preview"), (self.leave, not moves),
        ):  # fmt: skip
            button.setVisible(shown)
        self.stop.setEnabled(True)
        self.go.setText(self._say(GO[step]) if step in GO else "")
        self.leave.setText(self._say(_("Close") if step == "result" else _("Cancel")))
        self.tell("")
        announce(self, words)
        (self.stop if moves else self.go).setFocus()
        self.fit()

    def tell(self, words: str, tone: str = "") -> None:
        """Say something below the step; nothing where there are no words."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_tone(self.problem, tone)
        if words:
            announce(self, words, urgent=tone == "bad")
        self.fit()

    def fail(self, error: Told) -> None:
        """Say what stood in the way, where it can be mended."""
        if isinstance(error, RuleBroken) and self.step == "result" and error.field in self.login.keys:
            self.login.mark(error.field, as_text(Messages(self._texts).explain(error)))
            return
        self.tell(as_text(Messages(self._texts).explain(error)), "bad")

    def show_preview(self, found: Preview) -> None:
        """What would be moved."""
        number = self._texts.number
        self.about.setText(
            self._say(
                _("Everything is on {name} already, as after a move whose end nobody saw. It is compared, not moved again."),
                name=found.name,
            )
            if found.before
            else self._say(
                _("All of it comes along: people, history, attachments, settings, users. The search index is made anew.")
            )
        )
        self.facts.set(
            [
                (self._say(_("From")), self._file),
                (self._say(_("To")), found.name),
                (self._say(_("People")), number(found.tables.get("person", 0))),
                (self._say(_("Steps in the history")), number(found.tables.get("change_set", 0))),
                (self._say(_("Users")), number(len(found.users))),
                (self._say(_("Rows in all")), number(found.rows)),
            ]
        )
        _fill(self.planned, [(name, number(rows)) for name, rows in _largest_first(found.tables) if rows])
        self.show_step("preview")

    def advance(self, done: int, total: int) -> None:
        """So many rows are sent and compared; each is looked at twice."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        number = self._texts.number
        self.far.setText(
            self._say(_("{done} of {total} rows sent and compared"), done=number(done // 2), total=number(total // 2))
            if done < total
            else self._say(_("Everything has arrived. The search index is being made; this can take as long again."))
        )

    def show_result(self, moved: Moved, found: Preview, signed_in: str, wanted: str, keyring: bool) -> None:
        """Both sides hold the same.

        Args:
            signed_in: The login the file was moved with.
            wanted: The user who goes on, if nothing else is chosen.
        """
        number = self._texts.number
        words = (
            _("{rows} rows are on {name}. Each table was counted and summed in the file and on the server; none differs.")
            if not moved.before
            else _("{rows} rows were on {name} already. Each table was counted and summed on both sides; none differs.")
        )
        self.outcome.setText(self._say(words, rows=number(moved.rows), name=found.name))
        sums = {name: (number(table.rows), f"{table.sum:016x}") for name, table in moved.tables.items() if table.rows}
        _fill(self.sums, [(name, *sums[name]) for name, _rows in _largest_first(found.tables) if name in sums])
        own = signed_in in found.users
        self.who.set_choices([(login, login) for login in found.users])
        self.who.set_code(signed_in if own else wanted if wanted in found.users else next(iter(found.users), ""))
        self.login.setVisible(not own)
        self.keeps.setVisible(not own and keyring)
        self.others.setText(self._say(_("Everybody else is let in by the administrator, on the command line:")))
        self.show_step("result")

    def show_commands(self, lines: Sequence[str]) -> None:
        """What lets the others in."""
        self.commands.setText("\n".join(lines))
        for label in (self.others, self.commands):
            label.setVisible(bool(lines))
        self.fit()

    def new_login(self) -> tuple[str, str | None]:
        """Who goes on, with which new password; None where none is to be set.

        Raises:
            RuleBroken: the password is too short, or was typed in two ways.
        """
        self.login.clear_marks()
        password = self.first.text()
        if password and (len(password) < SHORTEST or password != self.second.text()):
            raise RuleBroken(
                _("The two passwords differ, or are shorter than 8 letters."), _("Nothing was changed. Try again."), field="first"
            )
        return self.who.code(), password or None

    def reject(self) -> None:
        """Escape stops a move under way; otherwise the dialog goes."""
        if self.step == "progress":
            self.stop.click()
        else:
            super().reject()


def _page(*parts: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(current_theme().px(12))
    for part in parts:
        layout.addWidget(part)
    return page


def _table(name: str, columns: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(columns))
    table.setAccessibleName(name)
    for column, title in enumerate(columns):
        head = QTableWidgetItem(title)
        head.setTextAlignment(_RIGHT if column else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, head)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setStyleSheet(f"QTableWidget:focus {{ border: 2px solid {current_theme().colours.accent}; }}")
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setDefaultSectionSize(current_theme().px(28))
    header.setHighlightSections(False)
    table.setMinimumHeight(current_theme().px(150))
    return table


def _fill(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    table.setRowCount(len(rows))
    for line, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(_RIGHT)
            table.setItem(line, column, item)
    table.setCurrentCell(0, 0)


def _largest_first(tables: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(tables.items(), key=lambda found: (-found[1], found[0]))
