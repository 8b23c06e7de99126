"""Letters, many in one file: each on pages of its own, set straight onto the page, which is fast enough for thousands."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from desktop.core import pdf
from desktop.core.contacting.rules import Clearance

SIZE, LEADING, GAP = 10.0, 15.0, 7.5  # points
WINDOW_LEFT, WINDOW_TOP = 110 * mm, 50 * mm  # the window of a Nordic envelope, from the sheet's left and upper edge
TEXT_TOP = 100 * mm  # of a letter's first page; the others begin at the usual margin
BOLD = f"{pdf.FAMILY}-Bold"
FOOT, FOOT_LEADING = 7.5, 11.0  # points
SHORT = 15  # letters that fit into a line of the window in any case
REMEMBERED = 20_000  # lines and words, most of which are the same in all letters of a mailing


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, every part as it shall stand there; nothing in it is taken as mark-up.

    Args:
        person_id: Whom it goes to, who must be among those the rules let be written to.
        to: Name and postal address, line by line, for the window of the envelope.
        day: The day in words.
        text: Its paragraphs, parted by line breaks.
    """

    person_id: UUID
    to: tuple[str, ...]
    day: str
    subject: str
    text: str


def render_letters(
    letters: Iterable[Letter],
    cleared: Clearance,
    *,
    title: str,
    language: str,
    sender: tuple[str, ...] = (),
    report: Callable[[int], object] = lambda done: None,
) -> bytes:
    """All letters in one file, in their order; a long one goes on over the page. The same letters give the same bytes.

    Args:
        cleared: What `may_contact` or `record_contacts` gave: nobody else gets a letter.
        language: "sv", "fi" or "en"; readers and screen readers go by it.
        sender: Lines at the foot of every page.
        report: Told after each letter how many are done.

    Raises:
        ValueError: a letter goes to somebody who was not cleared for letters.
    """
    pdf.faces()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, lang=pdf.LOCALES.get(language, language), initialFontName=pdf.FAMILY)
    canvas.setTitle(pdf.clean(title))
    canvas.setCreator("Kontinuum")
    canvas.setProducer("Kontinuum")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setAuthor("")
    for done, letter in enumerate(letters, 1):
        if cleared.channel != "post" or letter.person_id not in cleared.people:
            raise ValueError("a letter to somebody who was not cleared for letters")
        _Setter(canvas, sender).set(letter)
        report(done)
    canvas.save()
    return target.getvalue()


class _Setter:
    """Sets one letter, line by line, onto as many pages as it takes; each page is one stretch of text."""

    def __init__(self, canvas: Canvas, sender: tuple[str, ...]) -> None:
        self._canvas, self._sender = canvas, sender
        self._text: PDFTextObject = None
        self._room = 0.0  # points left on the page

    def set(self, letter: Letter) -> None:
        """The address and the day in their places, then subject and text."""
        self._begin()
        self._move(WINDOW_LEFT, WINDOW_TOP)
        for line in filter(None, letter.to):
            self._write(pdf.shortened(line, SIZE, A4[0] - WINDOW_LEFT - pdf.MARGIN_RIGHT) if len(line) > SHORT else line)
        self._move(pdf.MARGIN_LEFT, WINDOW_TOP)
        self._write(letter.day)
        self._move(pdf.MARGIN_LEFT, TEXT_TOP)
        self._lines(letter.subject, BOLD)
        self._text.setFont(pdf.FAMILY, SIZE, LEADING)
        for paragraph in letter.text.split("\n"):
            self._room -= GAP
            self._text.moveCursor(0, GAP)
            self._lines(paragraph, pdf.FAMILY)
        self._end()

    def _begin(self, face: str = pdf.FAMILY) -> None:
        self._text = self._canvas.beginText()
        self._text.setFillColor(pdf.INK)
        self._text.setFont(face, SIZE, LEADING)

    def _move(self, left: float, top: float) -> None:
        self._text.setTextOrigin(left, A4[1] - top - SIZE)
        self._room = A4[1] - top - pdf.MARGIN_BOTTOM

    def _end(self) -> None:
        if self._sender:
            self._text.setFont(pdf.FAMILY, FOOT, FOOT_LEADING)
            self._text.setFillColor(pdf.SOFT)
            self._text.setTextOrigin(pdf.MARGIN_LEFT, FOOT_LEADING * len(self._sender) + 4 * mm)
            for line in self._sender:
                self._write(line, size=FOOT)
        self._canvas.drawText(self._text)
        self._canvas.showPage()

    def _lines(self, text: str, face: str) -> None:
        if face != pdf.FAMILY:
            self._text.setFont(face, SIZE, LEADING)
        for line in broken(text, SIZE, pdf.TEXT_WIDTH, face):
            if self._room < LEADING:
                self._end()
                self._begin(face)
                self._move(pdf.MARGIN_LEFT, pdf.MARGIN_TOP)
            self._write(line, face)
            self._room -= LEADING

    def _write(self, line: str, face: str = pdf.FAMILY, size: float = SIZE) -> None:
        """One line; the font set is `face`, and is so again afterwards."""
        pieces = _pieces(line)
        if len(pieces) == 1 and pieces[0][0] == pdf.FAMILY:
            self._text.textLine(pieces[0][1])
            return
        leading = LEADING if size == SIZE else FOOT_LEADING
        for font, piece in pieces:
            self._text.setFont(face if font == pdf.FAMILY else font, size, leading)
            self._text.textOut(piece)
        self._text.setFont(face, size, leading)
        self._text.textLine("")


@lru_cache(REMEMBERED)
def broken(text: str, size: float, width: float, face: str = pdf.FAMILY) -> tuple[str, ...]:
    """`text` in lines of at most `width` points; a word longer than a line is cut."""
    lines: list[str] = []
    line, used, space = "", 0.0, _wide(" ", size, face)
    for word in _words(text, size, width, face):
        more = _wide(word, size, face)
        if line and used + space + more > width:
            lines.append(line)
            line, used = word, more
        else:
            line, used = (f"{line} {word}", used + space + more) if line else (word, more)
    return (*lines, line)


def _words(text: str, size: float, width: float, face: str) -> Iterator[str]:
    for word in pdf.clean(text).split():
        if len(word) > SHORT and pdf.text_width(word, size, face) > width:
            yield from _cut(word, size, width, face)
        else:
            yield word


def _cut(word: str, size: float, width: float, face: str) -> Iterator[str]:
    piece, used = "", 0.0
    for sign in word:
        more = _wide(sign, size, face)
        if piece and used + more > width:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + sign, used + more
    yield piece


@lru_cache(REMEMBERED)
def _wide(word: str, size: float, face: str) -> float:
    return pdf.text_width(word, size, face)


@lru_cache(REMEMBERED)
def _pieces(line: str) -> tuple[tuple[str, str], ...]:
    return tuple(pdf.runs(line))
