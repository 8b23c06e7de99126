"""What the program is, and the licences of what it is made of."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.widgets.buttons import Button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts, scrolling
from desktop.widgets.theme import current_theme

PARTS = (
    ("PySide6_Essentials", "LGPL-3.0"), ("SQLAlchemy", "MIT"), ("alembic", "MIT"), ("sqlcipher3", "zlib"), ("reportlab", "BSD"),
    ("pypdf", "BSD"), ("pypdfium2", "BSD/Apache-2.0"), ("segno", "BSD"), ("phonenumbers", "Apache-2.0"), ("babel", "BSD"),
    ("platformdirs", "MIT"), ("uuid-utils", "BSD"), ("markdown-it-py", "MIT"), ("keyring", "MIT"), ("xlrd", "BSD"),
)  # fmt: skip


def parts() -> list[tuple[str, str]]:
    """Each library with its version and licence."""
    found = []
    for name, licence in PARTS:
        try:
            found.append((metadata(name)["Name"], f"{version(name)} · {licence}"))
        except PackageNotFoundError:
            continue
    return found


class About(QDialog):
    """Name, version and libraries; closes with Escape."""

    def __init__(self, parent: QWidget, texts: Texts) -> None:
        super().__init__(parent)
        say, theme = texts.say, current_theme()
        self.setWindowTitle(say(_("About Kontinuum")))
        inner = QFrame()
        inner.setProperty("panel", "clear")
        layout = QVBoxLayout(inner)
        layout.setSpacing(theme.px(10))
        layout.addWidget(plain_label("Kontinuum", "number"))
        layout.addWidget(
            plain_label(say(_("A register for university offices. Free software under the MIT licence.")), "dim", wrap=True)
        )
        layout.addWidget(plain_label(say(_("Made of")), "heading"))
        layout.addWidget(Facts(parts()))
        notice = _(
            "PySide6 and Qt are used under the GNU Lesser General Public License, version 3: you may replace them with "
            "versions of your own; their source is at code.qt.io."
        )
        layout.addWidget(plain_label(say(notice), "small", wrap=True))
        layout.addStretch(1)
        box = QDialogButtonBox()
        close = Button(say(_("Close")), "primary")
        box.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.px(20)] * 4)
        outer.addWidget(scrolling(inner), 1)
        outer.addWidget(box)
        close.setFocus()
        self.resize(QSize(theme.px(460), theme.px(520)).boundedTo(parent.window().size()))
