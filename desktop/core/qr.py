"""A QR in a PDF, drawn as squares and no picture: sharp in every print."""

from __future__ import annotations

import segno
from reportlab.platypus import Flowable

from desktop.core import pdf


class QrCode(Flowable):  # type: ignore[misc,unused-ignore]
    """`text` as a QR of sharp squares, `size` points wide with its quiet zone left to the surroundings."""

    def __init__(self, text: str, size: float) -> None:
        super().__init__()
        self._rows = tuple(tuple(row) for row in segno.make(text, error="m", micro=False).matrix)
        self.width = self.height = size

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As large as asked for."""
        return self.width, self.height

    def draw(self) -> None:
        """One rectangle for each run of dark squares."""
        cell = self.width / len(self._rows)
        self.canv.setFillColorRGB(1, 1, 1)  # nothing may shine through
        self.canv.rect(-3 * cell, -3 * cell, self.width + 6 * cell, self.height + 6 * cell, stroke=0, fill=1)
        self.canv.setFillColor(pdf.INK)
        for number, row in enumerate(self._rows):
            start = None
            for column, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    top = self.height - (number + 1) * cell
                    self.canv.rect(start * cell, top, (column - start) * cell, cell, stroke=0, fill=1)
                    start = None
