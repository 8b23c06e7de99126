"""What the card and the record of a person have in common: who it is, the life as a picture, how to reach them, what is due."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import quote

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from db.identity_numbers import SECRET_KINDS
from db.texts import _
from desktop.core.contacting.handing import hand_off_contact
from desktop.core.contacting.rules import WHY
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.card import ContactLine, PersonCard, TaskLine
from desktop.people.saving import write
from desktop.people.tasks import finish_task
from desktop.widgets.buttons import Button, link_button, quiet_button
from desktop.widgets.labels import Avatar, Tag, initials, plain_label
from desktop.widgets.lettering import advance, line_height, wrapped_height
from desktop.widgets.lifeline import Lifeline, Stage
from desktop.widgets.panels import column, row, spread
from desktop.widgets.theme import current_theme

BREAKS = re.compile(r"(@|(?<=[^\W\d])[._/](?=[^\W\d]))")  # where an address may go on in the next line
CHANNELS_OF_WAYS = {"phone": "phone", "email": "email", "address": "post"}
PARTS = re.compile("[ \u200b]")


class PersonHead(QWidget):
    """Initials, name, the masked number and the one thing to know."""

    def __init__(self, context: ModuleContext, *acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._clock = context.texts, context.clock
        self.avatar, self.name, self.number = Avatar(""), plain_label("", "title", wrap=True), plain_label("", "dim", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tag = Tag("")
        self.words = column(self.name, self.number, gap=1)
        who = QWidget()
        layout = row(self.avatar, self.words, self.tag, gap=12)
        layout.setStretch(1, 1)
        who.setLayout(layout)
        self.setLayout(column(spread(who, *acts)))

    def show_card(self, card: PersonCard) -> None:
        """Show who it is."""
        self.avatar.set(initials(card.title))
        self.name.setText(card.title)
        called = f"“{card.preferred}”" if card.preferred and card.preferred != card.given else ""
        number = next((line.masked for line in card.identifiers if line.kind in SECRET_KINDS), "")
        self.number.setText(" · ".join(filter(None, (number, called))))
        self.number.setVisible(bool(self.number.text()))
        text, tone = words.condition(card, self._texts, self._clock.now())
        self.tag.set(text, tone)
        self.tag.setVisible(bool(text))

    def forget(self) -> None:
        """Hold nothing of who it was."""
        self.avatar.set("")
        for label in (self.name, self.number):
            label.setText("")


def lifeline(context: ModuleContext) -> Lifeline:
    """An empty lifeline that says its states in the reader's language."""
    say = context.texts.say
    return Lifeline((), say(_("Lifeline")), (say(_("over")), say(_("now")), say(_("to come"))))


def stages(context: ModuleContext, card: PersonCard) -> list[Stage]:
    """The roles of a person as stages of the lifeline."""
    texts, today = context.texts, context.clock.today()
    found = []
    for line in card.roles:
        coming = line.starts is not None and line.starts > today
        state = "open" if coming else "now" if line.held(today) else "done"
        found.append(Stage(words.role(line.kind, texts), words.stage_detail(line, texts), state))  # type: ignore[arg-type]
    return found


def call_button(context: ModuleContext, card: PersonCard, line: ContactLine) -> Button | None:
    """The button that hands a number to the telephone program; None where nothing can be called."""
    scheme = context.settings.get("core.hand_off")
    if line.kind != "phone" or not line.normal or line.hold or scheme == "none":
        return None
    button = link_button(context.texts.say(_("Dial")))
    button.setAccessibleName(context.texts.say(_("Dial {number}"), number=line.value))
    url = f"{scheme}:{line.normal}"
    button.clicked.connect(lambda: hand_off_contact(context, button, card.id, "phone", url))
    return button


def mail_button(context: ModuleContext, card: PersonCard, line: ContactLine) -> Button | None:
    """The button that begins a message in the mail program; None where none may be sent."""
    if line.kind != "email" or not line.normal or line.hold:
        return None
    button = link_button(context.texts.say(_("Write")))
    button.setAccessibleName(context.texts.say(_("Write to {address}"), address=line.value))
    url = "mailto:" + quote(line.normal, safe="@")
    button.clicked.connect(lambda: hand_off_contact(context, button, card.id, "email", url))
    return button


class Value(QLabel):
    """Data in its own lines: never cut, broken where words or the parts of an address end."""

    def __init__(self, name: str, text: str, *, dim: bool = False, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setAccessibleName(f"{name}: {text}" if name else text)
        self._dim, self._weight = dim, QFont.Weight.Medium if strong else QFont.Weight.Normal
        self._line = BREAKS.sub("\u200b\\1", " ".join(text[:1000].split()))  # with places where an address may be broken
        self.setWordWrap(True)  # else the label forgets at its next change that its height follows its width
        across = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        across.setHeightForWidth(True)
        self.setSizePolicy(across)

    def sizeHint(self) -> QSize:
        theme = current_theme()
        least = max(line_height(theme, 13, self._weight), theme.px(22))
        return QSize(advance(theme, self._line, 13, self._weight) + 2, least)

    def minimumSizeHint(self) -> QSize:
        """As wide as the longest part that is not broken."""
        theme, hint = current_theme(), self.sizeHint()
        widest = max((advance(theme, part, 13, self._weight) for part in PARTS.split(self._line)), default=0)
        least = min(max(widest + 2, theme.px(60)), theme.px(240))
        return QSize(min(hint.width(), least), hint.height())

    def heightForWidth(self, width: int) -> int:
        theme = current_theme()
        return max(wrapped_height(theme, self._line, width, 13, self._weight), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(current_theme().font(13, self._weight))
        painter.setPen(current_theme().ink("dim" if self._dim else ""))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect(), flags, self._line)


def reaching(context: ModuleContext, card: PersonCard, line: ContactLine) -> list[QWidget]:
    """What stands behind a way to reach somebody: what can be done with it, or why it is not to be used."""
    channel = CHANNELS_OF_WAYS.get(line.kind, "")
    why = card.stopped(channel, context.clock.now()) if channel else ""
    if why:
        tag = Tag(context.texts.say(WHY[why]), "bad")
        return [part for part in (tag, hold_tag(context, line)) if part is not None]
    parts = (call_button(context, card, line), mail_button(context, card, line), hold_tag(context, line))
    return [part for part in parts if part is not None]


def hold_tag(context: ModuleContext, line: ContactLine) -> Tag | None:
    """Why this way is not to be used, if so."""
    return Tag(words.hold(line.hold, context.texts), "bad") if line.hold else None


class DueList(QWidget):
    """What is to be done about the person, each line one act from being done."""

    emptied = Signal(bool)

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(current_theme().px(6))

    def show_card(self, card: PersonCard, most: int = 50) -> None:
        """Show the card's tasks, the most urgent first."""
        clear(self._layout)
        for task in card.tasks[:most]:
            self._layout.addWidget(self._line(task))
        self.emptied.emit(not card.tasks)

    def _line(self, task: TaskLine) -> QWidget:
        texts, clock = self._context.texts, self._context.clock
        text, tone = words.due(task.due, texts, clock.now(), clock.today())
        title = plain_label(task.title, wrap=True)
        told = column(title, gap=0)
        if task.note:
            told.addWidget(plain_label(task.note, "small", wrap=True))
        tag = Tag(text, tone)
        done = quiet_button(texts.say(_("Done")))
        done.setAccessibleName(texts.say(_("Done: {task}"), task=task.title))
        done.clicked.connect(partial(self._finish, task))
        done.setVisible(self._context.may("people.edit"))
        line = QWidget()
        inner = row(tag, told, gap=10)
        inner.setStretch(1, 1)
        if task.subject is not None and task.module != "people":
            show = link_button(texts.say(_("Open")))
            show.setAccessibleName(texts.say(_("Open: {task}"), task=task.title))
            show.clicked.connect(lambda: self._context.navigate(f"{task.module}.record", subject=task.subject))
            inner.addWidget(show)
        inner.addWidget(done)
        line.setLayout(inner)
        line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return line

    def _finish(self, task: TaskLine) -> None:
        said = self._context.texts.say(_("Done: {task}"), task=task.title)
        service = partial(finish_task, task_id=task.id, version=task.version, now=self._context.clock.now())
        write(self._context, self, service, verb="finish_task", said=said, doing=_("finishing a task"))


def clear(layout: QVBoxLayout) -> None:
    """Take all widgets out and let them go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
