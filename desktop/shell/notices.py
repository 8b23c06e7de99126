"""What the user is told: errors in a strip above the page, good news below it for a while."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.messages import Message, as_text
from desktop.core.texts import Texts
from desktop.widgets.banner import Banner, announce
from desktop.widgets.theme import current_theme

Action = tuple[str, Callable[[], object]]
SECONDS = 8.0  # good news stays so long; with something to take back, as long as taking back is usual
WITH_ACTION = 30.0


class Notices(QFrame):
    """The strip above the page. It grows only for errors, and never takes the keyboard."""

    def __init__(self, texts: Texts, parent: QWidget | None = None, *, stays: bool = False) -> None:
        super().__init__(parent)
        self._texts = texts
        theme = current_theme()
        self.banner = Banner(texts.say(_("Close this message")), stays=stays)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), 0)
        layout.addWidget(self.banner)
        self.hide()
        self.banner.closed.connect(self.hide)

    def show_message(self, message: Message) -> None:
        """Show a rule, the world's refusal, or a defect with its reference."""
        actions: list[Action] = []
        if message.reference:
            actions.append((self._texts.say(_("Copy report")), lambda: self._copy(message)))
        if message.action is not None and message.action_text:
            actions.append((message.action_text, message.action))
        self.show()
        self.banner.tell(message.text, message.to_do, tone=message.tone or "info", actions=actions)

    def tell(self, text: str, to_do: str = "", tone: str = "info", actions: Iterable[Action] = ()) -> None:
        """Show words of the shell's own."""
        self.show()
        self.banner.tell(text, to_do, tone=tone, actions=actions)

    def _copy(self, message: Message) -> None:
        """Put on the clipboard what whoever repairs the program needs; nothing about any person."""
        lines = [as_text(message), f"Kontinuum, {platform.platform()}, Python {platform.python_version()}"]
        QGuiApplication.clipboard().setText("\n".join(lines))
        announce(self, self._texts.say(_("The report is on the clipboard.")))


class Toast(QFrame):
    """Good news, floating over the lower edge of `over`; it moves nothing and goes by itself."""

    def __init__(self, texts: Texts, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.banner = Banner(texts.say(_("Close this message")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.banner)
        self.hide()
        self.banner.closed.connect(self.hide)
        over.installEventFilter(self)

    def show_message(self, message: Message) -> None:
        """Say it; with a button if there is something to take back."""
        actions = [(message.action_text, message.action)] if message.action is not None else []
        self.show()
        self.banner.tell(
            message.text, message.to_do, tone=message.tone or "info", seconds=WITH_ACTION if actions else SECONDS, actions=actions
        )
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def _place(self) -> None:
        theme, room = current_theme(), self._over.rect()
        width = min(room.width() - theme.px(32), theme.px(480))
        self.banner.setFixedWidth(width)
        height = max(self.banner.heightForWidth(width), self.banner.minimumSizeHint().height())
        self.setGeometry((room.width() - width) // 2, room.height() - height - theme.px(64), width, height)
        self.raise_()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
