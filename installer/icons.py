"""Draws the program's icon in the sizes desktops ask for, from the one drawing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def draw_icons(drawing: Path, folder: Path) -> dict[int, Path]:
    """PNG files by size; drawn in a process of its own, since it needs a QGuiApplication without a screen."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {size: folder / f"{size}.png" for size in SIZES}
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-m", "installer.icons", drawing, folder], check=True, env=environment, cwd=_ROOT)
    return made


_ROOT = Path(__file__).resolve().parents[1]


def _draw(drawing: Path, folder: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    running = QGuiApplication([])
    renderer = QSvgRenderer(str(drawing))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    running.quit()


if __name__ == "__main__":
    _draw(Path(sys.argv[1]), Path(sys.argv[2]))
