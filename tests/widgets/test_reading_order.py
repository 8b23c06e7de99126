"""Looking for the reading order leaves nothing behind."""

from __future__ import annotations

import gc

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.reading_order import tab_stops


def test_no_item_of_a_layout_is_known_afterwards(qtbot: QtBot) -> None:
    """Qt deletes such items without telling; whatever comes to lie at the address would be taken for one, and crash."""
    page, inside = QWidget(), QHBoxLayout()
    outer, grid, flow = QVBoxLayout(page), QGridLayout(), FlowLayout()
    buttons = [QPushButton(str(number)) for number in range(4)]
    for layout in (inside, grid, flow):
        outer.addLayout(layout)
    inside.addWidget(buttons[0])
    grid.addWidget(buttons[1], 0, 0)
    flow.addWidget(buttons[2])
    outer.addWidget(buttons[3])
    outer.addWidget(QLabel("read"))
    qtbot.addWidget(page)
    page.show()
    for _time in range(2):
        assert tab_stops(page) == buttons
    known = [one for one in gc.get_objects() if type(one) is QWidgetItem and Shiboken.isValid(one)]
    assert [one for one in known if one.widget() in (buttons[0], buttons[1], buttons[3])] == []
    assert flow.itemAt(0) is not None and flow.sizeHint().width() > 0, "what a layout of ours keeps stays usable"
