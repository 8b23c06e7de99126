"""The start page: four ways to begin, the databases opened lately, and what stood in the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.messages import Message
from desktop.core.texts import LANGUAGES
from desktop.shell.notices import Notices
from desktop.widgets.buttons import link_button, quiet_button
from desktop.widgets.icons import draw_icon
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import scrolling
from desktop.widgets.theme import current_theme

BESIDE = 900  # pixels at 100 % which four choices beside each other need

if TYPE_CHECKING:
    from desktop.shell.application import Application


class BigChoice(QPushButton):
    """A large choice: picture, title, and what it means."""

    def __init__(self, icon: str, title: str, words: str, act: Callable[[], object]) -> None:
        super().__init__(title.replace("&", "&&"))
        self._icon, self._title, self._words = icon, title, words
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.clicked.connect(lambda: act())

    def _fonts(self) -> tuple[QFont, QFont]:
        theme = current_theme()
        return theme.font(15, QFont.Weight.DemiBold), theme.font(12.5)

    def _height(self, width: int) -> int:
        theme, (large, small) = current_theme(), self._fonts()
        room = QRect(0, 0, width - theme.px(40), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        text = QFontMetrics(large).boundingRect(room, flags, self._title).height()
        text += QFontMetrics(small).boundingRect(room, flags, self._words).height()
        return text + theme.px(36 + 14 + 6 + 44)

    def sizeHint(self) -> QSize:
        width = current_theme().px(244)
        return QSize(width, self._height(width))

    def minimumSizeHint(self) -> QSize:
        width = current_theme().px(190)
        return QSize(width, self._height(max(width, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower means higher: the words break into more lines."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, (large, small) = current_theme(), self._fonts()
        c, pad = theme.colours, theme.px(20)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.edge if over else c.line), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(c.raised if self.isDown() else c.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(10), theme.px(10))
        disc = QRect(pad, pad, theme.px(36), theme.px(36))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent_ground))
        painter.drawEllipse(disc)
        edge = theme.px(9)
        draw_icon(painter, self._icon, disc.adjusted(edge, edge, -edge, -edge), QColor(c.accent))
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        room = QRect(pad, disc.bottom() + theme.px(14), self.width() - 2 * pad, self.height())
        painter.setFont(large)
        painter.setPen(QColor(c.text))
        used = painter.boundingRect(room, flags, self._title)
        painter.drawText(room, flags, self._title)
        painter.setFont(small)
        painter.setPen(QColor(c.dim))
        painter.drawText(room.adjusted(0, used.height() + theme.px(6), 0, 0), flags, self._words)


class WelcomeView(QFrame):
    """What a new user sees first. The four choices are reached by Tab and by the arrows."""

    def __init__(self, app: Application) -> None:
        super().__init__()
        self._app = app
        say, theme = app.texts.say, current_theme()
        self.setWindowTitle(say(_("Welcome")))
        self.notices = Notices(app.texts)
        self.choices = [
            BigChoice(
                "star", say(_("Try with demo data")),
                say(_("A register of invented people with everything filled in. Nothing you do there matters.")), app.acts.make_demo,
            ),
            BigChoice(
                "plus", say(_("Start empty")),
                say(_("A new register in your own folder. Add people one by one, or bring a list in.")), app.acts.start_empty,
            ),
            BigChoice(
                "folder-open", say(_("Open a database…")),
                say(_("A register somebody gave you, or one of your own kept elsewhere.")), app.acts.choose_database,
            ),
            BigChoice(
                "database", say(_("Open on a server…")),
                say(_("A register many desks share, each signed in as itself. Its administrator knows the address.")),
                app.acts.choose_server,
            ),
        ]  # fmt: skip
        inner = QFrame()
        inner.setProperty("panel", "clear")
        inner.setMaximumWidth(theme.px(1080))
        layout = QVBoxLayout(inner)
        layout.setSpacing(theme.px(8))
        layout.addStretch(2)
        title = plain_label("Kontinuum", "number")
        layout.addWidget(title)
        layout.addWidget(
            plain_label(
                say(_("One record for every person you meet, from the first question to the alumni years.")), "dim", wrap=True
            )
        )
        layout.addSpacing(theme.px(20))
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.px(16))
        for choice in self.choices:
            self._row.addWidget(choice)
        layout.addLayout(self._row)
        self._add_recent(layout)
        layout.addSpacing(theme.px(20))
        layout.addLayout(self._languages())
        layout.addStretch(3)
        middle = QFrame()
        middle.setProperty("panel", "clear")
        across = QHBoxLayout(middle)
        across.setContentsMargins(theme.px(32), theme.px(16), theme.px(32), theme.px(16))
        across.addStretch(1)
        across.addWidget(inner, 100)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.notices)
        outer.addWidget(scrolling(middle), 1)
        self.choices[0].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window, or with large text, the choices stand below each other."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        beside = self.width() >= current_theme().px(BESIDE)
        self._row.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    def _languages(self) -> QHBoxLayout:
        """The languages, each called by its own name."""
        line = QHBoxLayout()
        for code, name in LANGUAGES.items():
            button = link_button(name)
            button.setEnabled(code != self._app.texts.language)
            button.clicked.connect(lambda _checked=False, chosen=code: self._app.look.set_language(chosen))
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _add_recent(self, layout: QVBoxLayout) -> None:
        recent, theme = self._app.files.recent, current_theme()
        if not recent:
            return
        layout.addSpacing(theme.px(20))
        layout.addWidget(plain_label(self._app.texts.say(_("Opened lately")), "heading"))
        for path in recent:
            called, where = (path.stem, str(path.parent)) if isinstance(path, Path) else self._app.servers.called(path)
            button = link_button(called.replace("&", "&&"), icon="database")
            button.setAccessibleDescription(where)
            button.clicked.connect(lambda _checked=False, chosen=path: self._app.open_database(chosen))
            place = plain_label(where, "small")
            line = QHBoxLayout()
            line.addWidget(button)
            line.addWidget(place, 1)
            layout.addLayout(line)

    def tell(self, message: Message) -> None:
        """Show what stood in the way."""
        self.notices.show_message(message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        here = next((n for n, choice in enumerate(self.choices) if choice.hasFocus()), None)
        if here is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choices[here].click()
        elif step and here is not None:
            self.choices[(here + step) % len(self.choices)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


class WaitingView(QWidget):
    """Says what is being done; the bar tells how far it is, once that is known."""

    def __init__(self, text: str) -> None:
        super().__init__()
        theme = current_theme()
        self.words = plain_label(text, "title")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(text)
        self.bar.setRange(0, 0)
        self.bar.setFixedWidth(theme.px(320))
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.px(16))
        layout.addStretch(1)
        layout.addWidget(self.words)
        layout.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.stop = quiet_button("")
        self.stop.hide()
        layout.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def offer_stop(self, title: str, stop: Callable[[], None]) -> None:
        """Show a button that stops what is being done."""
        self.stop.setText(title)
        self.stop.clicked.connect(lambda: stop())
        self.stop.show()
        self.stop.setFocus()

    def advance(self, done: int, total: int) -> None:
        """So much is done."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
