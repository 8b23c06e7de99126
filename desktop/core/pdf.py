"""Shared ground of every PDF: embedded fonts, text that is never mark-up, a footer on each page, language and title."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

FAMILY = "Kontinuum"
SIGNS = "KontinuumSigns"  # what the family lacks: emoji and the like
LOCALES = {"en": "en-GB", "sv": "sv-SE", "fi": "fi-FI"}

INK, SOFT, ACCENT, RULE = HexColor("#1c1f1e"), HexColor("#5c6462"), HexColor("#0b6b60"), HexColor("#d3d9d7")
MARK_TINT = HexColor("#f1e4df")  # light enough for text on top to keep its contrast

MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 22 * mm, 24 * mm, 24 * mm, 27 * mm
TEXT_WIDTH = A4[0] - MARGIN_LEFT - MARGIN_RIGHT

_FACES = (("Regular", ""), ("Bold", "-Bold"), ("Italic", "-Italic"), ("BoldItalic", "-BoldItalic"))
_BUNDLED = {"Regular": "Vera.ttf", "Bold": "VeraBd.ttf", "Italic": "VeraIt.ttf", "BoldItalic": "VeraBI.ttf"}
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")  # signs that only join or shape their neighbours
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def fonts_folder() -> Path:
    """Where the program's own fonts lie."""
    return Path(__file__).resolve().parents[2] / "resources" / "fonts"


class _Font(ttfonts.TTFont):  # type: ignore[misc,unused-ignore]
    """An embedded font whose text can be copied out again, also beyond the first 65,536 signs."""

    def addObjects(self, doc: Any) -> None:
        subsets = [tuple(subset) for subset in self.state[doc].subsets] if doc in self.state else []
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            if any(sign > 0xFFFF for sign in subset):
                name = f"{ttfonts.SUBSETN(number).decode()}+{self.face.name.decode()}{self.face.subfontNameX.decode()}"
                doc.idToObject[f"toUnicodeCMap:{name}"].content = _unicode_map(name, subset)


def _unicode_map(name: str, subset: Sequence[int]) -> str:
    """The library's table from glyphs to letters, with high signs as the two halves the format wants."""
    table: str = ttfonts.makeToUnicodeCMap(name, list(subset))
    for sign in subset:
        if sign > 0xFFFF:
            table = table.replace(f" <{sign:04X}>", f" <{chr(sign).encode('utf-16-be').hex().upper()}>")
    return table


@cache
def faces() -> tuple[Any, ...]:
    """Register the fonts once; the regular face first, then those that help out, in order."""
    folder = fonts_folder()
    for face, ending in _FACES:
        own = folder / f"Inter-{face}.ttf"
        pdfmetrics.registerFont(_Font(f"{FAMILY}{ending}", str(own) if own.is_file() else _BUNDLED[face]))
    pdfmetrics.registerFontFamily(FAMILY, FAMILY, f"{FAMILY}-Bold", f"{FAMILY}-Italic", f"{FAMILY}-BoldItalic")
    helpers = []
    for number, path in enumerate(sorted(folder.glob("*Emoji*.ttf"))):
        name = f"{SIGNS}{number}"
        pdfmetrics.registerFont(_Font(name, str(path)))
        pdfmetrics.registerFontFamily(name, name, name, name, name)
        helpers.append(pdfmetrics.getFont(name))
    return (pdfmetrics.getFont(FAMILY), *helpers)


def clean(text: str) -> str:
    """`text` with control signs, which no printer can set, replaced by a visible placeholder."""
    return _CONTROL.sub("\ufffd", text)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """`text` in pieces of one font each, as (font, piece); the family's name stands for its four faces."""
    fonts, text = faces(), clean(text)
    if text and fonts[0].face.charToGlyph.keys() >= set(map(ord, text)):
        yield FAMILY, text
        return
    piece, current = "", FAMILY
    for sign in text:
        has = next((font.fontName for font in fonts if ord(sign) in font.face.charToGlyph), "") or _unknown(sign)
        font = current if sign in " \n\t" else has
        if font != current and piece:
            yield current, piece
            piece = ""
        current, piece = font, piece + sign
    if piece:
        yield current, piece


def _unknown(sign: str) -> str:
    """Let a sign that no font has be drawn as an empty box, or not at all if it only joins; it can be copied out as itself."""
    for _face, ending in _FACES:
        face = pdfmetrics.getFont(f"{FAMILY}{ending}").face
        joins = sign in _INVISIBLE
        face.charToGlyph.setdefault(ord(sign), face.charToGlyph[ord(" ")] if joins else 0)
        if joins:
            face.charWidths[ord(sign)] = 0
    return FAMILY


def markup(text: str, *, bold: bool = False, italic: bool = False) -> str:
    """`text` for a `Paragraph`, letter for letter: nothing in it is taken as mark-up, line breaks and double spaces stay."""
    pieces = []
    for font, piece in runs(text):
        safe = escape(piece).replace("\t", "    ").replace("\n", "<br/>")
        safe = re.sub(" {2,}", lambda spaces: " " + "\u00a0" * (len(spaces[0]) - 1), safe)
        pieces.append(safe if font == FAMILY else f'<font name="{font}">{safe}</font>')
    whole = "".join(pieces)
    whole = f"<b>{whole}</b>" if bold else whole
    return f"<i>{whole}</i>" if italic else whole


def style(name: str, **changes: Any) -> ParagraphStyle:
    """A paragraph style in the family, body size unless changed; long words are broken rather than cut."""
    faces()
    given: dict[str, Any] = {
        "fontName": FAMILY, "bulletFontName": FAMILY, "fontSize": 10, "leading": 15, "textColor": INK, "splitLongWords": 1,
        "allowWidows": 0, "allowOrphans": 0,
    }  # fmt: skip
    return ParagraphStyle(name, **{**given, **changes})


def paragraph(text: str, look: ParagraphStyle, **options: Any) -> Paragraph:
    """`text` from data as a flowing paragraph."""
    return Paragraph(markup(text), look, **options)


class Heading(Paragraph):  # type: ignore[misc,unused-ignore]
    """A paragraph that also stands in the document's outline, by which readers jump; make it with `heading`."""

    words, level = "", 0

    def draw(self) -> None:
        if self.words:
            canvas = self.canv
            level = min(self.level, getattr(canvas, "outlined", -1) + 1)  # an outline may not leave out a step
            canvas.outlined = level
            canvas.headings = getattr(canvas, "headings", 0) + 1
            canvas.bookmarkHorizontal(f"heading{canvas.headings}", 0, self.height)
            canvas.addOutlineEntry(self.words, f"heading{canvas.headings}", level, closed=0)
        super().draw()


def heading(markup: str, look: ParagraphStyle, words: str, level: int) -> Heading:
    """A heading set as `markup`; in the outline it is called `words` and stands `level` steps in, from 0."""
    made = Heading(markup, look)
    made.words, made.level = " ".join(clean(words).split())[:200], level
    return made


def text_width(text: str, size: float, face: str = FAMILY) -> float:
    """How wide a line is, in points."""
    return sum(float(pdfmetrics.stringWidth(piece, face if font == FAMILY else font, size)) for font, piece in runs(text))


def shortened(text: str, size: float, width: float, face: str = FAMILY) -> str:
    """`text` on one line within `width` points, its end replaced by "…" where it is too long."""
    text = " ".join(text[:1000].split())
    if text_width(text, size, face) <= width:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width(f"{text[:middle].rstrip()}…", size, face) <= width:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits].rstrip()}…"


def draw_line(canvas: Canvas, x: float, y: float, text: str, size: float, *, face: str = FAMILY, colour: Any = INK) -> None:
    """Set one line of text from data at `x`, `y`."""
    canvas.setFillColor(colour)
    for font, piece in runs(text):
        used = face if font == FAMILY else font
        canvas.setFont(used, size)
        canvas.drawString(x, y, piece)
        x += pdfmetrics.stringWidth(piece, used, size)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every page of one document shares.

    Args:
        footer: For page x of y, the lines at the foot as (left, right); the left one is shortened to fit.
        mark: A word across each page, such as DRAFT; none when empty.
        language: "sv", "fi" or "en"; readers and screen readers go by it.
    """

    title: str
    language: str
    footer: Callable[[int, int], Sequence[tuple[str, str]]]
    mark: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = field(default=())


def build(sheet: Sheet, story: Callable[[], list[Flowable]]) -> bytes:
    """Set `story` on A4 and return the PDF; the same input gives the same bytes on any day.

    `story` is called twice, because the first page already says how many there are.
    """
    faces()
    pages = _set(sheet, story(), total=0)[1]
    return _set(sheet, story(), total=pages)[0]


def _set(sheet: Sheet, flowables: list[Flowable], total: int) -> tuple[bytes, int]:
    target = io.BytesIO()
    document = BaseDocTemplate(
        target, pagesize=A4, invariant=1, lang=LOCALES.get(sheet.language, sheet.language), displayDocTitle=1,
        title=clean(sheet.title), author="", subject=clean(sheet.subject), keywords=list(sheet.keywords),
        creator="Kontinuum", producer="Kontinuum", initialFontName=FAMILY,
    )  # fmt: skip
    width, height = A4
    frame = Frame(
        MARGIN_LEFT, MARGIN_BOTTOM, width - MARGIN_LEFT - MARGIN_RIGHT, height - MARGIN_TOP - MARGIN_BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip

    def furnish(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.saveState()
        if sheet.mark:
            _draw_mark(canvas, sheet.mark)
        _draw_footer(canvas, sheet.footer(canvas.getPageNumber(), total))
        canvas.restoreState()

    document.addPageTemplates([PageTemplate("page", [frame], onPage=furnish)])
    document.build(flowables)
    return target.getvalue(), int(document.page)


def _draw_mark(canvas: Canvas, word: str) -> None:
    """One word from corner to corner, under the text."""
    width, height = A4
    size = 150.0
    size *= min(1.0, 0.82 * (width**2 + height**2) ** 0.5 / max(text_width(word, size, f"{FAMILY}-Bold"), 1))
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(54)
    draw_line(
        canvas, -text_width(word, size, f"{FAMILY}-Bold") / 2, -size / 3, word, size, face=f"{FAMILY}-Bold", colour=MARK_TINT
    )
    canvas.restoreState()


def _draw_footer(canvas: Canvas, lines: Sequence[tuple[str, str]]) -> None:
    """A thin rule with the lines below it; they grow upwards from the paper's edge."""
    size, leading = 7.5, 11.0
    right = A4[0] - MARGIN_RIGHT
    top = 10 * mm + leading * len(lines)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN_LEFT, top, right, top)
    for number, (left, end) in enumerate(lines):
        y = top - leading * (number + 1) - 1
        room = right - MARGIN_LEFT - text_width(end, size) - 6 * mm
        face = f"{FAMILY}-Bold" if number == 0 else FAMILY
        draw_line(canvas, MARGIN_LEFT, y, shortened(left, size, room, face), size, face=face, colour=INK if number == 0 else SOFT)
        draw_line(canvas, right - text_width(end, size), y, end, size, colour=SOFT)
