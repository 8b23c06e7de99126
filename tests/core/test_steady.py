"""The program outlives any number of signals."""

import subprocess
import sys
from pathlib import Path

EMIT = """
import desktop.core
from PySide6.QtCore import QCoreApplication, QObject, Signal
class Sender(QObject):
    sent = Signal()
app, sender = QCoreApplication([]), Sender()
for _ in range(200_000):
    sender.sent.emit()
print("alive")
"""


def test_two_hundred_thousand_signals_do_not_end_the_program() -> None:
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", EMIT], cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout.strip()) == (0, "alive"), ran.stderr
