"""The program over a small demo, as the contract tests open it, and the plain look again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme import Theme, apply_theme
from tests.contract.conftest import demo_file, expected_log, heard, open_window

__all__ = ["demo_file", "expected_log", "heard", "open_window", "plain"]


@pytest.fixture(autouse=True)
def plain(qapp: QApplication) -> Iterator[None]:
    """Text of 100 %, light, once the window of the test is gone."""
    yield
    apply_theme(qapp, Theme())
