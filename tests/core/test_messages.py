"""Three kinds of errors are told in three ways, and nothing about a person gets into the log."""

import logging
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from pytestqt.qtbot import QtBot

from db.errors import Conflict, RuleBroken
from db.texts import Msgid
from desktop.core.log import ScrubbingFormatter, install_handlers, scrub, start_log, uninstall_handlers
from desktop.core.messages import Messages, as_text
from desktop.core.texts import Texts


@pytest.fixture
def messages(qapp: QObject) -> Messages:
    return Messages(Texts())


def test_a_slip_names_the_field(messages: Messages) -> None:
    messages.show(RuleBroken(Msgid("{name} is too late."), Msgid("Choose a day."), field="day", name="Friday"))
    assert messages.last is not None
    assert (messages.last.kind, messages.last.field, as_text(messages.last)) == (
        "rule",
        "day",
        "Friday is too late. Choose a day.",
    )


def test_the_worlds_refusal_has_no_reference(messages: Messages) -> None:
    messages.show(Conflict(Msgid("Someone was faster.")), Msgid("saving"))
    assert messages.last is not None
    assert (messages.last.kind, messages.last.reference) == ("world", "")


def test_a_defect_is_logged_under_the_reference_that_is_shown(messages: Messages, caplog: pytest.LogCaptureFixture) -> None:
    messages.show(ZeroDivisionError("division"), Msgid("loading the donors"))
    assert messages.last is not None
    assert messages.last.kind == "defect"
    assert messages.last.reference in messages.last.to_do
    assert messages.last.reference in caplog.text
    assert "division" not in as_text(messages.last)
    assert messages.last_doing == "loading the donors"
    caplog.clear()


def test_success_may_offer_to_take_it_back(messages: Messages, qtbot: QtBot) -> None:
    undone = []
    with qtbot.waitSignal(messages.told) as told:
        messages.say("Saved.", action_text="Take back", action=lambda: undone.append(1))
    assert told.args is not None
    told.args[0].action()
    assert undone == [1]


def test_an_error_in_another_thread_is_told_in_the_windows(messages: Messages, qtbot: QtBot) -> None:
    heard = list[object]()
    messages.told.connect(lambda _message: heard.append(threading.current_thread()))
    thread = threading.Thread(target=lambda: messages.show(Conflict(Msgid("Someone was faster."))))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [threading.main_thread()]


class Button(QObject):
    pressed = Signal()


def test_an_error_nobody_caught_is_told(messages: Messages, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    with qtbot.captureExceptions():
        install_handlers(messages)
        button = Button()
        button.pressed.connect(lambda: 1 / 0)
        QTimer.singleShot(0, button.pressed.emit)
        qtbot.waitUntil(lambda: messages.last is not None)
        uninstall_handlers()
    assert messages.last is not None
    assert messages.last.kind == "defect"
    caplog.clear()


@pytest.mark.parametrize(
    "secret",
    ["asa.berg@lu.se", "+46 70-123 45 67", "070 123 45 67", "19121212-1212", "121212-1212", "131052-308T", "010203A123K"],
)
def test_nothing_that_names_a_person_is_written(secret: str) -> None:
    assert secret not in scrub(f"could not reach {secret}, sorry")


def test_values_of_a_query_and_quoted_texts_are_left_out() -> None:
    assert "Berg" not in scrub("INSERT INTO person VALUES (?) [parameters: (Berg, 3)]")
    assert "Berg" not in scrub("KeyError: 'Åsa Berg'")


def test_what_helps_to_repair_stays() -> None:
    line = 'File "/app/desktop/core/tasks.py", line 120, in run at 2026-11-22 18:20:11,123, port 54321, rows 1000000'
    assert scrub(line) == line


def test_the_log_file_holds_the_traceback_but_not_the_words_told_to_the_user(tmp_path: Path) -> None:
    root, level = logging.getLogger(), logging.getLogger().level
    before = list(root.handlers)
    path = start_log(tmp_path)
    try:
        raise RuleBroken(Msgid("Åsa Berg is too young."))
    except RuleBroken:
        logging.getLogger("test").exception("saving failed")
    finally:
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    written = path.read_text(encoding="utf-8")
    assert "RuleBroken" in written
    assert "test_messages.py" in written
    assert "Åsa" not in written.replace(__file__, "")


def test_formatting_survives_an_error_without_a_traceback() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "text", (), (ValueError, ValueError("a"), None))
    assert "ValueError: <left out>" in ScrubbingFormatter().format(record)
