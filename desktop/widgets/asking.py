"""What a page does about its form when others saved meanwhile: asks field by field, tells beside the text, or says that it is gone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.history import HistoryLine
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.merging import Merge
from desktop.widgets.banner import Banner
from desktop.widgets.conflict_dialog import ConflictDialog
from desktop.widgets.merging_forms import told

Words = Callable[[], list[tuple[str, str]]]


class Asking(QObject):
    """The question of one form; what is typed there stays until it is answered.

    Args:
        owner: Over which the question opens.
        banner: Where the form says what happened.
    """

    def __init__(self, context: ModuleContext, owner: QWidget, banner: Banner) -> None:
        super().__init__(owner)
        self._context, self._owner, self._banner = context, owner, banner
        self.dialog: ConflictDialog | None = None

    def typed(self) -> dict[str, str]:
        """What was written anew while being asked, by field."""
        return self.dialog.typed() if self.dialog is not None else {}

    def ask(self, both: Merge, step: HistoryLine | None, save: Callable[[dict[str, str]], None]) -> None:
        """Ask what counts, then `save` all values; whoever goes on typing has it said beside the text."""
        self._close()
        self._banner.dismiss()
        self.dialog = dialog = ConflictDialog(self._context.texts, told(step, self._context), both, self._owner)
        dialog.decided.connect(save)
        dialog.rejected.connect(lambda: self.tell(both, step))
        dialog.finished.connect(self._close)
        dialog.ask()

    def tell(self, both: Merge, step: HistoryLine | None) -> None:
        """Say who saved what, without touching what is typed."""
        say = self._context.texts.say
        changed = ", ".join(one.label for one in both.moved)
        text = say(_("Saved meanwhile: {fields}."), fields=changed) if changed else say(_("This was changed meanwhile."))
        self._say(text, step, say(_("Your text is as you typed it; when you save you choose.")))

    def tell_gone(self, what: str, step: HistoryLine | None, words: Words) -> None:
        """Say in words why it cannot be saved there any more, and offer what is typed for copying."""
        say = self._context.texts.say

        def copy() -> None:
            QGuiApplication.clipboard().setText("\n".join(f"{name}: {value}" for name, value in words()))
            self._say(say(_("Copied.")), step, say(_("Your text is still here.")), copy)

        self._say(what, step, say(_("Your text is still here.")), copy)

    def _say(self, text: str, step: HistoryLine | None, detail: str, copy: Callable[[], None] | None = None) -> None:
        more = " ".join(filter(None, (told(step, self._context), detail)))
        acts = [(self._context.texts.say(_("Copy")), copy)] if copy is not None else []
        self._banner.tell(text, more, tone="warn" if copy is not None else "info", actions=acts)

    def _close(self) -> None:
        if self.dialog is not None:
            dialog, self.dialog = self.dialog, None
            dialog.hide()
            dialog.deleteLater()
