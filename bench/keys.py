"""Keys typed into the search box of the real window, until the rows are in its list; the raw statement by turns."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from bench.floor import open_floor
from bench.measuring import Pair
from bench.window import Window, opened_window
from db.profiles import Address
from desktop.shell.palette import PEOPLE

WARM = 60


def run(address: Address, raw: Address, keys: list[list[Any]], ids: dict[str, str]) -> dict[str, Any]:
    """Type every text as one more letter in the box.

    Args:
        keys: What stands in the box and the number of the person looked for.
        ids: The product's ids of people by their numbers.

    Returns:
        Times of both sides, and how many of the texts that fit no more people than are shown had the right one.
    """
    floor = open_floor(raw)
    pair, right, checked = Pair(), 0, 0
    with opened_window(address) as window:
        box = window.view.top.palette_box
        box.begin()
        window.settle()
        for place, (text, number) in enumerate(keys):
            question = floor.asked(text)
            if place % 2:
                pair.floor.time(lambda: floor.ask(question))  # noqa: B023 - run at once
            _type(window, box, text, pair)
            if not place % 2:
                pair.floor.time(lambda: floor.ask(question))  # noqa: B023 - run at once
            fitting = {row[0] for row in floor.ask(question, PEOPLE + 1)}
            if number in fitting and len(fitting) <= PEOPLE:
                checked += 1
                right += f"person:{ids[str(number)]}" in {line.key for line in box.results.lines}
    floor.close()
    pair.forget(WARM)
    return {**asdict(pair), "right": right, "checked": checked}


def _type(window: Window, box: Any, text: str, pair: Pair) -> None:
    """Press the last key of `text` with the rest standing there; timed from the key to the rows in the list's model."""
    box.setText(text[:-1])
    key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text[-1])
    filled: list[float] = []  # the list may be filled twice: without the answer, then with it
    answered: list[bool] = []
    heard = box.results.modelReset.connect(lambda: filled.append(time.perf_counter()))
    told = window.desk.tasks.drained.connect(lambda: answered.append(True))
    start = time.perf_counter()
    QCoreApplication.sendEvent(box, key)
    window.wait(lambda: bool(answered))
    pair.ours.taken.append(filled[-1] - start)
    box.results.modelReset.disconnect(heard)
    window.desk.tasks.drained.disconnect(told)
    window.rest(0.01)  # let it paint before the next key
