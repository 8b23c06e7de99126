"""What a form is made of beside text: lines to fill in, and a picture with lines beside it."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph

from desktop.core import pdf

LABEL_WIDTH = 38 * mm
LINE_WIDTH = pdf.TEXT_WIDTH


class FormLine(Flowable):  # type: ignore[misc,unused-ignore]
    """A label, and a line with what is known already; an empty one can be typed into on the screen.

    A value of more than three lines does not fit (`fits` is false) and must be set as running text.
    """

    def __init__(self, key: str, label: str, value: str, *, indent: float, typed: bool, height: float) -> None:
        super().__init__()
        self._key, self._label, self._typed = key, label, typed and not value.strip()
        self._indent, self._least = indent, height
        self._value = pdf.paragraph(value, pdf.style("value", fontSize=11, leading=14))
        self.width = LINE_WIDTH
        self._room = self.width - indent - LABEL_WIDTH
        self._deep = self._value.wrap(self._room, 10_000)[1] if value.strip() else 0
        self.height = max(height, self._deep + 5 * mm)
        self.fits = self._deep <= 3 * 14

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Always as wide as the page allows."""
        return self.width, self.height

    def draw(self) -> None:
        """Label at the left, value above a thin rule."""
        left = self._indent + LABEL_WIDTH
        base = 2 * mm
        pdf.draw_line(self.canv, self._indent, base + 1.5, self._label, 9, colour=pdf.SOFT)
        self.canv.setStrokeColor(pdf.SOFT)
        self.canv.setLineWidth(0.6)
        self.canv.line(left, base - 2, self.width, base - 2)
        if self._deep:
            self._value.drawOn(self.canv, left, base - 1)
        elif self._typed:
            self.canv.acroForm.textfield(
                name=self._key, tooltip=self._label, x=left, y=base - 1, width=self._room, height=7 * mm, relative=True,
                borderWidth=0, fillColor=None, borderColor=None, textColor=pdf.INK, fontName="Helvetica", fontSize=11, maxlen=200,
            )  # fmt: skip


class SideBySide(Flowable):  # type: ignore[misc,unused-ignore]
    """A picture with a few lines of text to its right, never torn apart."""

    def __init__(self, picture: Flowable, lines: Sequence[Paragraph], *, indent: float) -> None:
        super().__init__()
        self._picture, self._lines, self._indent = picture, lines, indent
        self._left = indent + picture.width + 6 * mm
        room = LINE_WIDTH - self._left
        self._heights = [line.wrap(room, 10_000)[1] for line in lines]
        self.width, self.height = LINE_WIDTH, max(picture.height, sum(self._heights))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as the page allows, as high as the higher of the two."""
        return self.width, self.height

    def draw(self) -> None:
        """Both aligned at the top."""
        self._picture.drawOn(self.canv, self._indent, self.height - self._picture.height)
        y = self.height
        for line, height in zip(self._lines, self._heights, strict=True):
            y -= height
            line.drawOn(self.canv, self._left, y)
