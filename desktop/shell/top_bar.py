"""The strip on top: the name, the one search box, and what is always at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from db.texts import _
from desktop.core.context import Navigate
from desktop.shell import menus
from desktop.shell.commands import Command
from desktop.shell.desk import Desk
from desktop.shell.palette import Palette
from desktop.widgets.buttons import Button, menu_button
from desktop.widgets.labels import KeyCap, plain_label, tip
from desktop.widgets.theme import current_theme


class TopBar(QFrame):
    """Name on the left above the navigation, search box in the middle, New, History and Help on the right."""

    def __init__(
        self,
        desk: Desk,
        over: QWidget,
        commands: Callable[[], Sequence[Command]],
        recent: list[str],
        navigate: Navigate,
        beside: int,
    ) -> None:
        super().__init__()
        self.setProperty("panel", "side")
        theme = current_theme()
        found = {command.key: command for command in commands()}
        self._name = name = plain_label("Kontinuum", "strong")
        name.setFixedWidth(max(name.sizeHint().width(), beside - theme.px(14)))
        name.setContentsMargins(theme.px(3), 0, 0, 0)
        self._titled: list[tuple[Button, str]] = []
        self.palette_box = Palette(desk, over, commands, recent, navigate)
        self.palette_box.setMinimumWidth(theme.px(130))
        self.palette_box.setMaximumWidth(theme.px(560))
        self.palette_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cap = KeyCap("Ctrl K", self.palette_box)
        margins = self.palette_box.textMargins()
        margins.setRight(self._cap.sizeHint().width() + theme.px(4))
        self.palette_box.setTextMargins(margins)
        self._cap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.palette_box.textChanged.connect(lambda text: self._cap.setVisible(not text))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(14), theme.px(7), theme.px(12), theme.px(7))
        layout.setSpacing(theme.px(6))
        layout.addWidget(name)
        layout.addWidget(self.palette_box, 8)
        layout.addStretch(1)
        making = [command for key, command in found.items() if key.startswith(("new.", "import."))]
        if making:
            menu = QMenu()
            for command in making:
                menus.add(menu, command).setShortcut("")  # the menu bar owns the shortcut
            layout.addWidget(menu_button(desk.say(_("New")), menu, icon="plus", kind="quiet"))
        for key, icon in (("go.shell.history", "history"), ("keys", "help")):
            if key in found:
                title = desk.say(_("Help")) if key == "keys" else found[key].title
                button = Button(title, "quiet", icon=icon)
                button.setAccessibleDescription(found[key].shortcut)
                button.clicked.connect(lambda _checked=False, run=found[key].run: run())
                layout.addWidget(button)
                self._titled.append((button, title))

    def set_narrow(self, narrow: bool) -> None:
        """Leave the room to the search box: icons alone, with their words as tips and for readers."""
        self._name.setVisible(not narrow)
        for button, title in self._titled:
            button.setText("" if narrow else title)
            button.setAccessibleName(title)
            button.setToolTip(tip(title) if narrow else "")

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        box, cap = self.palette_box, self._cap
        size = cap.sizeHint()
        cap.setGeometry(
            box.width() - size.width() - current_theme().px(8), (box.height() - size.height()) // 2, size.width(), size.height()
        )
