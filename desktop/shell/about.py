"""What the program is, and the licences of what it is made of."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata, version

from PySide6.QtWidgets import QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.shell.reading import ReadingDialog
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import Facts

PARTS = (
    ("PySide6_Essentials", "LGPL-3.0"), ("SQLAlchemy", "MIT"), ("alembic", "MIT"), ("sqlcipher3", "zlib"), ("reportlab", "BSD"),
    ("pypdf", "BSD"), ("pypdfium2", "BSD/Apache-2.0"), ("segno", "BSD"), ("phonenumbers", "Apache-2.0"), ("babel", "BSD"),
    ("platformdirs", "MIT"), ("uuid-utils", "BSD"), ("markdown-it-py", "MIT"), ("keyring", "MIT"),
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


class About(ReadingDialog):
    """Name, version and libraries."""

    def __init__(self, parent: QWidget, texts: Texts) -> None:
        say = texts.say
        super().__init__(parent, say(_("About Kontinuum")), texts, width=460, height=520, gap=10)
        notice = _(
            "PySide6 and Qt are used under the GNU Lesser General Public License, version 3: you may replace them with "
            "versions of your own; their source is at code.qt.io."
        )
        for part in (
            plain_label("Kontinuum", "number"),
            plain_label(say(_("A register for university offices. Free software under the MIT licence.")), "dim", wrap=True),
            plain_label(say(_("Made of")), "heading"),
            Facts(parts()),
            plain_label(say(notice), "small", wrap=True),
        ):
            self.content.addWidget(part)
        self.content.addStretch(1)
