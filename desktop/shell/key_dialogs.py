"""The dialogs about keys: typing a recovery key, having one printed, and what to do where no keyring is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QLineEdit, QWidget

from db import keys
from db.errors import RuleBroken
from db.keys import Key, KeyMissing
from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button, primary_button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import flow
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme


class KeyEntry(RoomyDialog):
    """Asks for the recovery key of a file. What is pasted, or scanned from the paper, spreads over the four lines by itself."""

    def __init__(self, missing: KeyMissing, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing, self._texts, self._say = missing, texts, texts.say
        self.key: Key | None = None
        title = self._say(_("The recovery key of “{name}”"), name=missing.path.stem)
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(460))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        self.body.addWidget(plain_label(self._say(missing.what, **missing.values), wrap=True))
        name = self._say(_("Take the sheet that says “{key}”, and type its four lines."), key=keys.name_of(missing.mark))
        self.body.addWidget(plain_label(name, wrap=True))
        self.form = Form(beside=True)
        self.lines = [self._line(number) for number in range(keys.LINES)]
        self.body.addWidget(self.form)
        self.keep = QCheckBox(self._say(_("Keep the key in the keyring of this computer")))
        self.keep.setChecked(missing.why == "absent")
        self.keep.setVisible(missing.why == "absent")  # elsewhere nothing could keep it
        self.body.addWidget(self.keep)
        self.go_on = Button(self._say(_("Open")), "primary")
        box = QDialogButtonBox()
        box.addButton(self.go_on, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(Button(self._say(_("Cancel")), "quiet"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._read)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.go_on.setDefault(True)
        self.lines[0].setFocus()

    def _line(self, number: int) -> QLineEdit:
        field = self.form.add(f"line{number}", self._say(_("Line {number}"), number=number + 1), QLineEdit())
        field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        field.textChanged.connect(lambda text: self._spread(number, text))
        return field

    def _spread(self, number: int, text: str) -> None:
        """What is more than a line goes on in the next; a full line hands the keyboard on, or says that it holds a slip."""
        letters = keys.plain_letters(text)
        mine, rest = letters[: keys.LENGTH], letters[keys.LENGTH :]
        following = self.lines[number + 1] if number + 1 < keys.LINES else None
        if rest and following is not None and not following.text():
            self.lines[number].setText(_grouped(mine))
            following.setText(rest)
        elif rest or (len(mine) == keys.LENGTH and not keys.is_line(mine, number)):
            self.form.mark(f"line{number}", self._say(_("There is a slip in this line.")))
        elif len(mine) == keys.LENGTH and following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)

    def _read(self) -> None:
        text = "".join(field.text() for field in self.lines)
        try:
            self.key = keys.read_for(text, self._missing.path, self._missing.mark)
        except RuleBroken as slip:
            words = " ".join((self._say(slip.what, **slip.values), self._say(slip.to_do, **slip.values)))
            self.form.mark(slip.field or "line0", words)
            announce(self, words, urgent=True)
        else:
            self.accept()


class KeyPaper(RoomyDialog):
    """Shows a recovery key and saves it as a sheet to print.

    Args:
        save: Asks where to, saves the sheet, and calls back once it is there.
        needed: The key is kept nowhere else, so the dialog goes on only once the user says to have it.
    """

    def __init__(
        self,
        key: Key,
        texts: Texts,
        save: Callable[[Callable[[], None]], None],
        parent: QWidget | None = None,
        *,
        needed: bool = False,
    ) -> None:
        super().__init__(parent)
        say = texts.say
        title = say(_("Recovery key"))
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(460))
        self.body.addWidget(plain_label(title, "title"))
        why = say(_("With this key the encrypted database opens on any computer, and so does every backup of it."))
        lost = (
            say(_("It is kept nowhere else: without it, nobody can open the database again."))
            if needed
            else say(_("Without it, the database is lost when this computer or its keyring is."))
        )
        self.body.addWidget(plain_label(f"{why} {lost}", wrap=True))
        for number, text in enumerate(keys.written(key), 1):
            line = plain_label(text, "number")
            line.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            line.setAccessibleName(say(_("Line {number}"), number=number))
            line.setAccessibleDescription(" ".join(text))
            self.body.addWidget(line)
        self.body.addWidget(plain_label(say(_("Name of the key: {name}"), name=key.name), "small"))
        self.save = primary_button(say(_("Save as PDF…")))
        self.save.clicked.connect(lambda: save(self._saved))
        self.body.addWidget(flow(self.save))
        self.have = QCheckBox(say(_("I have printed it or written it down")))
        self.have.setVisible(needed)
        self.body.addWidget(self.have)
        box = QDialogButtonBox()
        self.go_on = Button(say(_("Go on")), "quiet", parent=self)
        self.go_on.setEnabled(False)
        self.go_on.hide()
        if needed:
            box.addButton(self.go_on, QDialogButtonBox.ButtonRole.AcceptRole)
            self.go_on.show()
        close = Button(say(_("Cancel")) if needed else say(_("Close")), "quiet")
        box.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        self.have.toggled.connect(self.go_on.setEnabled)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.save.setFocus()
        self._done = say(_("The sheet is saved. Print it and lock it away; then delete the file."))
        self.note = plain_label("", "small", wrap=True)
        self.note.hide()
        self.body.addWidget(self.note)

    def _saved(self) -> None:
        self.note.setText(self._done)
        self.note.show()
        announce(self, self._done)
        self.fit()


class NoKeyringChoice(RoomyDialog):
    """What to do where no keyring could hold the key: type it each time, leave the file open to all, or neither.

    Args:
        plain: Whether the file may also be made without encryption.
    """

    def __init__(self, why: str, texts: Texts, parent: QWidget | None = None, *, plain: bool) -> None:
        super().__init__(parent)
        say = texts.say
        title = say(_("Where shall the key of the database be?"))
        self.typed_wanted = self.plain_wanted = False
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(460))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        for text in (why, say(_("The database is encrypted as a whole, and its key must be somewhere else than in the file."))):
            self.body.addWidget(plain_label(text, wrap=True))
        self.typed = primary_button(say(_("On paper: I type it each time")))
        self.plain = quiet_button(say(_("Nowhere: do not encrypt")))
        self.body.addWidget(flow(self.typed, self.plain))
        note = plain_label(
            say(_("Whoever opens an unencrypted file can read it. It can be encrypted later, on the page Backups.")),
            "small",
            wrap=True,
        )
        self.body.addWidget(note)
        for part in (self.plain, note):
            part.setVisible(plain)
        box = QDialogButtonBox()
        box.addButton(Button(say(_("Cancel")), "quiet"), QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.typed.clicked.connect(lambda: self._choose(typed=True))
        self.plain.clicked.connect(lambda: self._choose(typed=False))
        self.typed.setFocus()

    def _choose(self, *, typed: bool) -> None:
        self.typed_wanted, self.plain_wanted = typed, not typed
        self.accept()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + keys.GROUP] for at in range(0, len(letters), keys.GROUP))
