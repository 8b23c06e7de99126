"""How long the window's thread stands still at most while it searches, imports, takes back and prints.

A timer in that thread ticks every 5 ms and has a corner of the page painted; what counts is the longest time between two ticks.
The same timer stands beside an idle loop, and beside an idle loop with another process that burns a core.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from bench.window import Window, opened_window
from db.profiles import Address
from desktop.core.pdf import Sheet, build, paragraph, style

TICK = 5  # milliseconds
KEY = 0.03  # seconds between two keys of a fast typist
A_DAY = 86_400.0  # seconds a million rows may take: what is measured is not how long they do


@dataclass(slots=True)
class Ticks:
    """The gaps between the ticks of one stretch of work."""

    gaps: list[tuple[float, float]] = field(default_factory=list)  # by the clock, and of it in our own process

    def told(self) -> dict[str, Any]:
        """Milliseconds: the longest gap by the clock, and the longest one filled with work of our own process."""
        clock = max((gap for gap, _own in self.gaps), default=0.0)
        own = max((min(gap) for gap in self.gaps), default=0.0)
        return {"longest": clock * 1e3, "own": own * 1e3, "ticks": len(self.gaps)}


class Ticker:
    """Ticks in the window's thread."""

    def __init__(self, window: Window) -> None:
        self._window, self.ticks = window, Ticks()
        self._last, self._spent = time.perf_counter(), time.process_time()
        self._timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @contextmanager
    def during(self) -> Iterator[Ticks]:
        """The ticks of what is done inside."""
        self.ticks, self._last, self._spent = Ticks(), time.perf_counter(), time.process_time()
        mine = self.ticks
        yield mine
        self.ticks = Ticks()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()

    def _tick(self) -> None:
        now, spent = time.perf_counter(), time.process_time()
        self.ticks.gaps.append((now - self._last, spent - self._spent))
        self._last, self._spent = now, spent
        page = self._window.view.workspace.page if self._window.view else None
        if page is not None:
            page.update(0, 0, 8, 8)


def run(address: Address, csv: str, texts: list[str], letters: int, idle: float = 3.0) -> dict[str, Any]:
    """Everything at once on one register; the answer is by the name of the work."""
    found: dict[str, Any] = {}
    with opened_window(address) as window:
        window.page("people.list")
        ticker = Ticker(window)
        with ticker.during() as found["idle"]:
            window.rest(idle)
        with ticker.during() as found["idle beside a busy process"], _busy_process():
            window.rest(idle)
        with ticker.during() as found["searching"]:
            _search(window, texts)
        with ticker.during() as found["browsing"]:
            _browse(window)
        with ticker.during() as found["printing"]:
            _print(window, letters)
        _import(window, ticker, Path(csv), found)
        ticker.stop()
    return {name: ticks.told() for name, ticks in found.items()}


def _search(window: Window, texts: list[str]) -> None:
    box = window.view.top.palette_box
    box.begin()
    for text in texts:
        box.clear()
        for letter in text:
            _press(box, letter)
            window.rest(KEY)
    _press(box, "", Qt.Key.Key_Escape)
    page = window.view.workspace.page
    field = page.findChild(type(box).__mro__[1])
    for text in texts[:6]:
        field.setText(text)
        window.settle()
    field.clear()
    window.settle()


def _browse(window: Window) -> None:
    """Jump through the list and down its rows as a wheel does."""
    from desktop.widgets.list_view import ListView

    table = window.view.workspace.page.findChild(ListView)
    bar = table.verticalScrollBar()
    for place in (0.5, 0.9, 0.1, 0.7, 0.3):
        bar.setValue(int(bar.maximum() * place))
        window.rest(0.3)
        for _step in range(10):
            bar.setValue(bar.value() + 3)
            window.rest(0.03)


def _import(window: Window, ticker: Ticker, csv: Path, found: dict[str, Any]) -> None:
    page = window.page("people.import")
    for name, begin, over in (
        ("reading and comparing", lambda: page.read(csv), lambda: page.import_button.isVisible()),
        ("importing", page.start, lambda: page.undo_button.isVisible()),
        ("taking back", page.take_back, lambda: page.import_button.isVisible()),
    ):
        _step(window, ticker, name, begin, over, found)


def _step(
    window: Window, ticker: Ticker, name: str, begin: Callable[[], None], over: Callable[[], bool], found: dict[str, Any]
) -> None:
    with ticker.during() as found[name]:
        begin()
        window.wait(over, A_DAY)
        window.settle()


def _print(window: Window, letters: int) -> None:
    came: list[bytes] = []
    window.view.context.documents.render("bench.stalls:render", letters, came.append, _raise, title="Letters")
    window.wait(lambda: bool(came))
    window.rest(0.2)


def render(letters: int, _texts: Any) -> bytes:
    """Pages of plain text, made in the worker process."""
    look = style("text")
    sheet = Sheet("Letters", "en", lambda page, pages: ((f"Page {page}", str(pages)),))
    text = "Welcome to the programme. Your place is confirmed; please answer within two weeks. " * 6
    return build(sheet, lambda: [paragraph(text, look) for _letter in range(letters)])


def _press(box: Any, letter: str, key: Qt.Key = Qt.Key.Key_unknown) -> None:
    QCoreApplication.sendEvent(box, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter))


def _raise(error: Exception) -> None:
    raise error


@contextmanager
def _busy_process() -> Iterator[None]:
    process = get_context("spawn").Process(target=_burn, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _burn() -> None:
    while True:
        pass
