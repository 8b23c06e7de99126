"""A dialog that is only read: what stands in it scrolls, Close or Escape ends it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.buttons import Button
from desktop.widgets.panels import scrolling
from desktop.widgets.theme import current_theme


class ReadingDialog(QDialog):
    """Parts go into `content`; as large as asked for at 100 %, and never larger than the window below it."""

    def __init__(self, parent: QWidget, title: str, texts: Texts, *, width: int, height: int, gap: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        theme, inner = current_theme(), QFrame()
        inner.setProperty("panel", "clear")
        self.content = QVBoxLayout(inner)
        self.content.setSpacing(theme.px(gap))
        box = QDialogButtonBox()
        close = Button(texts.say(_("Close")), "primary")
        box.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.px(20)] * 4)
        outer.addWidget(scrolling(inner), 1)
        outer.addWidget(box)
        close.setFocus()
        below = parent.window()
        self.resize(min(theme.px(width), below.width()), min(theme.px(height), below.height()))
