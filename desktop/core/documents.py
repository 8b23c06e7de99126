"""Documents leave the program: made in the worker process, saved where the user says, opened by the system."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from db.disk import tell_disk
from db.errors import Unavailable
from db.texts import Msgid, _
from desktop.core.lanes import Failed, Lanes, Report
from desktop.core.texts import Catalogues, Texts

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl

    Opener = Callable[[QUrl], bool]

MAKING = _("Making a document")
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def file_name(title: str, suffix: str = ".pdf") -> str:
    """A name every file system takes, made from a title that may hold anything."""
    name = " ".join(_UNFIT.sub(" ", title).split()).strip(". ")[:100]
    return (name or "Kontinuum") + suffix


def save(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises:
        Unavailable: the folder or the disk does not allow it, or another program holds the file.
    """
    try:
        handle, fresh = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(path)
        except OSError:
            Path(fresh).unlink(missing_ok=True)
            raise
    except OSError as error:
        tell_disk(error, path)
        raise Unavailable(
            _("“{name}” could not be saved."),
            _("Close it in other programs, or choose another folder, then try again."),
            name=path.name,
        ) from error


@dataclass(frozen=True, slots=True)
class Order:
    """A document to be made, as it travels to the worker process."""

    render: str  # dotted name of a function (data, texts) -> bytes
    data: Any
    language: str
    catalogues: Catalogues
    zone: Any


def make(order: Order, report: Report) -> bytes:
    """Make one document; runs in the worker process."""
    path, _colon, name = order.render.partition(":")
    texts = Texts(order.language, order.catalogues, zone=order.zone)
    content: bytes = getattr(import_module(path), name)(order.data, texts)
    report(1, 1)
    return content


class Documents(QObject):
    """Makes, saves and opens documents. Files to look at lie in a folder of this run that is removed at its end."""

    def __init__(self, tasks: Lanes, texts: Texts, opener: Opener | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._texts, self._opener = tasks, texts, opener
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def render(
        self,
        render: str,
        data: Any,
        done: Callable[[bytes], None],
        failed: Failed,
        *,
        language: str = "",
        title: Msgid = MAKING,
    ) -> Callable[[], None]:
        """Make the document in the worker process and hand over its bytes; returns what cancels it.

        Args:
            render: Dotted name of a function `(data, texts) -> bytes` in a module's `reports.py`.
            data: Plain values that pickle.
            language: The document's language; by default the screen's.
        """
        order = Order(render, data, language or self._texts.language, self._texts.catalogues, self._texts.zone)
        return self._tasks.compute(make, order, lambda _done, _total: None, done, failed, owner=self, title=title)

    def produce(
        self,
        render: str,
        data: Any,
        path: Path | None,
        done: Callable[[Path], None],
        failed: Failed,
        *,
        name: str = "",
        language: str = "",
        title: Msgid = MAKING,
    ) -> Callable[[], None]:
        """Make the document and save it to `path`, or, without one, open it from a temporary file called `name`."""

        def keep(content: bytes) -> None:
            try:
                if path is None:
                    done(self.show(content, name))
                    return
                save(path, content)
            except Unavailable as error:
                failed(error)
            else:
                done(path)

        return self.render(render, data, keep, failed, language=language, title=title)

    def show(self, content: bytes, name: str, suffix: str = ".pdf") -> Path:
        """Write a temporary file and open it with the system's program.

        Raises:
            Unavailable: no room for the file, or no program opens such files.
        """
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="kontinuum-", ignore_cleanup_errors=True)
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        path = folder / file_name(name, suffix)
        save(path, content)
        self.open(path)
        return path

    def open(self, path: Path) -> None:
        """Open a file with the system's program for it.

        Raises:
            Unavailable: there is none, or the file is gone.
        """
        from PySide6.QtCore import QUrl

        if not path.exists():
            raise Unavailable(_("The file {name} can no longer be read."), _("Look whether it is still there."), name=path.name)
        if not self._hand_over(QUrl.fromLocalFile(str(path))):
            raise Unavailable(
                _("No program on this computer opens “{name}”."), _("Save it and open it elsewhere."), name=path.name
            )

    def hand_off(self, url: str) -> bool:
        """Give an address such as `tel:` or `mailto:` to the system; whether a program took it."""
        from PySide6.QtCore import QUrl

        return self._hand_over(QUrl(url, QUrl.ParsingMode.StrictMode))

    def close(self) -> None:
        """Remove the temporary files."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _hand_over(self, url: QUrl) -> bool:
        if self._opener is None:
            from PySide6.QtGui import QDesktopServices  # late: tests and the command line open nothing

            self._opener = QDesktopServices.openUrl
        return url.isValid() and self._opener(url)
