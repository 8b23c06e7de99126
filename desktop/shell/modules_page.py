"""The state of every module: whether it runs, why not, where it comes from; and the switch."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.module import STATES, Module
from desktop.shell.desk import Desk
from desktop.shell.line_list import LineList, line
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.panels import PageHeader, scrolling
from desktop.widgets.theme import current_theme

ON = _("On")
SENSITIVE = _("It keeps sensitive data. Whoever can open this file can read it, whatever their role.")
TONES = {"starting": "warn", "ready": "ok", "open": "ok", "disabled": "", "blocked": "warn", "failed": "bad", "found": ""}


class ModulesPage(QWidget):
    """One line for each module."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self.setWindowTitle(self._say(_("Modules")))
        self.back = primary_button(self._say(_("Bring the modules back")))
        self.back.clicked.connect(lambda: desk.safe.leave())
        self.header = PageHeader(self._say(_("Modules")), "", (self.back,))
        self.lines = LineList()
        theme = current_theme()
        inner = QFrame()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(*[theme.px(16)] * 4)
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.header)
        layout.addWidget(self.lines, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inner))
        self.look()

    def look(self) -> None:
        """Show every state anew."""
        modules = self._desk.registry.modules
        running = sum(module.running for module in modules)
        self.header.set_count(self._context.texts.say_n(ngettext("{count} running", "{count} running"), running))
        safe = self._desk.safe
        left_out = [self._left_out(*one) for one in safe.left_out()] if safe.on else []
        self.back.setVisible(safe.on)
        self.lines.fill([*(self._line(module) for module in modules), *left_out])

    def _left_out(self, name: str, origin: str) -> QWidget:
        reason = self._say(_("Left out: the program was started without modules."))
        return line(name, (self._say(STATES["disabled"]), TONES["disabled"]), [reason, origin], [])

    def _line(self, module: Module) -> QWidget:
        say = self._say
        reason = say(module.reason, **module.reason_values) if module.reason else ""
        needs = ", ".join(module.manifest.requires) if module.manifest and module.manifest.requires else ""
        details = [
            reason,
            module.detail,
            say(module.manifest.remark) if module.manifest and module.manifest.remark else "",
            say(SENSITIVE) if self._readable_by_anybody(module) else "",
            say(_("Needs: {modules}"), modules=needs) if needs else "",
            self._origin(module),
            say(_("It can do all that the program can. Use it only if you trust whoever made it.")) if module.outside else "",
        ]
        acts: list[QWidget] = []
        # One left off before it could say what it is has no manifest, and can be given another try.
        known = module.manifest is not None or module.state == "disabled"
        if known and not module.always_on and self._context.may("shell.modules"):
            verb = say(_("Switch off")) if module.running else say(_("Switch on"))
            button = quiet_button(verb)
            button.setAccessibleName(f"{verb}: {say(module.title)}")
            button.clicked.connect(partial(self._switch, module.key, not module.running))
            acts.append(button)
        state = ON if module.running and not module.starting else STATES[module.state]
        return line(say(module.title), (say(state), TONES[module.state]), details, acts)

    def _readable_by_anybody(self, module: Module) -> bool:
        """Whether its delicate data lie in a file, where no role hides them."""
        return module.manifest is not None and module.manifest.sensitive and not self._desk.on_server

    def _origin(self, module: Module) -> str:
        if module.always_on:
            return self._say(_("Part of the program, always on"))
        version = module.manifest.version if module.manifest else "?"
        if module.outside:
            return self._say(_("Installed separately: {origin}, version {version}"), origin=module.origin, version=version)
        return self._say(_("Comes with the program: {origin}, version {version}"), origin=module.package, version=version)

    def _switch(self, key: str, on: bool, _checked: bool = False) -> None:
        desk = self._desk
        desk.registry.switch(key, on)
        self.look()
        module = desk.registry.module(key)
        if on and self._readable_by_anybody(module):
            desk.messages.say(f"{self._say(module.title)}: {self._say(SENSITIVE)}", "warn")
