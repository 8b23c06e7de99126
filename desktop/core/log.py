"""The log: what happened, without anything about a person; and what catches errors nobody handled."""

from __future__ import annotations

import faulthandler
import logging
import re
import secrets
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platformdirs import user_log_path
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from sqlalchemy.exc import DBAPIError

from db.profiles import APP
from db.texts import _

if TYPE_CHECKING:
    from desktop.core.messages import Messages

log = logging.getLogger(__name__)
LEFT_OUT = "<left out>"
CRASH = "crash.log"  # stacks without any values
SIZE, KEPT = 1_000_000, 5  # bytes of one file; older files kept

_SCRUBBED = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]\b"), "<national id>"),
    (re.compile(r"\b(?:19|20)?\d{6}[-+]?[\dTRSUWXJKLMN]\d{3}\b"), "<national id>"),
    (re.compile(r"(?<![\w.:-])(?:\+|00?)\d(?:[ \-()./]{0,2}\d){6,14}(?![\w:])"), "<phone>"),
    (re.compile(r"(\[?parameters:?\s*).*", re.IGNORECASE), r"\1<left out>"),
    (re.compile(r"'(?:[^'\n]|'')*'"), "'…'"),
    (re.compile(r'"(?![^"\n]*", line \d)[^"\n]*"'), '"…"'),
)
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def scrub(text: str) -> str:
    """`text` without addresses, numbers of people, quoted values and SQL parameters."""
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    return text


def harmless(error: BaseException | None) -> str:
    """What may be written of an error's text: the name of what is missing, the system's or the engine's own words.

    Any other text may quote what somebody typed; type, file and line have to do.
    """
    if isinstance(error, ImportError):
        return error.name or LEFT_OUT
    if isinstance(error, OSError):
        return error.strerror or LEFT_OUT
    if isinstance(error, DBAPIError):
        return re.split("[\"'`]", str(error.orig))[0] or LEFT_OUT
    return LEFT_OUT


def one_line(text: str) -> str:
    """`text` with line breaks and control signs made visible, and without half letters no file can hold."""
    shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
    return shown.encode("utf-8", "backslashreplace").decode()


def new_reference() -> str:
    """What a user reads out to whoever looks into the log, such as K-7F3A."""
    return f"K-{secrets.token_hex(2).upper()}"


class ScrubbingFormatter(logging.Formatter):
    """Writes times in UTC and scrubs everything; the text of an error is left out where it may quote somebody."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, scrubbed. Handlers share the text of a traceback on the record, so ours is made and put back."""
        shared, record.exc_text = record.exc_text, None
        try:
            return scrub(super().format(record))
        finally:
            record.exc_text = shared

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line whatever the message holds: nobody can write a line that was never logged."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """The traceback with the code lines and the error's type; of its text only what can hold nothing about anybody."""
        kind, error, trace = ei
        lines = ["Traceback (most recent call last):\n", *traceback.format_tb(trace)]
        lines.append(f"{getattr(kind, '__name__', kind)}: {one_line(harmless(error))}")
        cause = getattr(error, "__cause__", None)
        if cause is not None:
            lines.append("\nCaused by " + self.formatException((type(cause), cause, cause.__traceback__)))
        lines += [f"\n{note}" for note in getattr(error, "__notes__", ())]
        return "".join(lines)


def start_log(folder: Path | None = None, level: int = logging.INFO) -> Path:
    """Write the log into `folder` (by default the user's log folder of this program) and return its file."""
    folder = folder or user_log_path(APP, appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "kontinuum.log"
    handler = RotatingFileHandler(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(ScrubbingFormatter())
    sys.unraisablehook = lambda what: log.error("an error nobody can catch", exc_info=what.exc_value)
    logging.raiseExceptions = False  # else a line that cannot be written is printed, unscrubbed
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    if not faulthandler.is_enabled():
        faulthandler.enable((folder / CRASH).open("a", encoding="utf-8"))
    return path


def last_crash(folder: Path | None = None) -> Path | None:
    """What the fault handler wrote when the run before ended badly, put aside; None if it ended well.

    Call it before `start_log`, when the window starts; the same crash is told only once.
    """
    written = (folder or user_log_path(APP, appauthor=False)) / CRASH
    aside = written.with_name(f"former {CRASH}")
    try:
        if not written.stat().st_size:
            return None
        return written.replace(aside)
    except OSError:  # there is none, or another window is writing it
        return None


def install_handlers(messages: Messages) -> None:
    """Bring what nobody caught, in slots and in threads, to the user as a defect; bring Qt's messages to the log.

    Safe from any thread: `messages.show` queues itself into the window's thread.
    """

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            messages.show(error.with_traceback(trace), _("working"))
        else:
            sys.__excepthook__(kind, error, trace)

    def thread_hook(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            hook(what.exc_type, what.exc_value, what.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
    qInstallMessageHandler(_log_qt)


def uninstall_handlers() -> None:
    """Put Python's and Qt's own handlers back."""
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    qInstallMessageHandler(None)


def _log_qt(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), text)
