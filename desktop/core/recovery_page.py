"""The recovery key of an encrypted database on one sheet of paper: as text, as a square to be scanned, and what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from db.texts import _
from desktop.core import pdf
from desktop.core.qr import QrCode
from desktop.core.texts import Texts

QR_SIDE = 42 * mm
KEY_SIZE = 17  # points; read by people who copy it letter by letter


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """What the sheet tells. `lines` are the key itself: whoever has the sheet opens every copy of the file."""

    lines: tuple[str, ...]
    name: str  # of the key
    file: str
    day: date


def render_recovery_page(sheet: RecoverySheet, texts: Texts) -> bytes:
    """The sheet as a PDF of one page, in the language of `texts`."""
    title = texts.say(_("Recovery key"))
    foot = [(texts.say(_("Recovery key {name}"), name=sheet.name), texts.day(sheet.day))]
    return pdf.build(pdf.Sheet(title, texts.language, lambda _page, _of: foot), lambda: _story(sheet, texts, title))


def _story(sheet: RecoverySheet, texts: Texts, title: str) -> list[Flowable]:
    big, body = pdf.style("title", fontSize=20, leading=26), pdf.style("body", spaceAfter=8)
    part = pdf.style("part", fontName=f"{pdf.FAMILY}-Bold", fontSize=11, leading=16, spaceBefore=10, spaceAfter=4)
    say = texts.say

    def words(*said: str) -> list[Flowable]:
        return [pdf.paragraph(text, body) for text in said]

    facts = ((say(_("Database")), sheet.file), (say(_("Name of the key")), sheet.name), (say(_("Printed")), texts.day(sheet.day)))
    return [
        pdf.heading(pdf.markup(title, bold=True), big, title, 0),
        Spacer(1, 4 * mm),
        *words(
            say(_("With this key the encrypted database opens on any computer, and so does every backup of it.")),
            say(
                _("Lock the sheet away where only those find it who may read everything. Nobody can make another if it is lost.")
            ),
        ),
        _facts(facts, body),
        Spacer(1, 6 * mm),
        _key(sheet.lines, say(_("Line"))),
        pdf.heading(pdf.markup(say(_("How to use it"))), part, say(_("How to use it")), 1),
        *words(
            say(_("Open the file in Kontinuum. If this computer does not have the key, the window asks for the recovery key.")),
            say(
                _(
                    "Type the four lines, or scan the square. Small letters will do; O counts as 0, I and L as 1. "
                    "The last two letters of each line check it, so a slip is told with its line."
                )
            ),
        ),
    ]


def _facts(facts: Sequence[tuple[str, str]], look: Any) -> Table:
    rows = [[pdf.paragraph(name, pdf.style("name", textColor=pdf.SOFT)), pdf.paragraph(value, look)] for name, value in facts]
    made = Table(rows, colWidths=(40 * mm, pdf.TEXT_WIDTH - 40 * mm), hAlign="LEFT")
    made.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return made


def _key(lines: Sequence[str], line: str) -> Table:
    """The lines with their numbers, and the square beside them."""
    letters = pdf.style("key", fontName=f"{pdf.FAMILY}-Bold", fontSize=KEY_SIZE, leading=KEY_SIZE * 1.6)
    number = pdf.style("number", textColor=pdf.SOFT, leading=KEY_SIZE * 1.6)
    rows = [[pdf.paragraph(f"{line} {at}", number), pdf.paragraph(text, letters)] for at, text in enumerate(lines, 1)]
    left = Table(rows, colWidths=(18 * mm, pdf.TEXT_WIDTH - QR_SIDE - 29 * mm), hAlign="LEFT")
    left.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    whole = Table(
        [[left, QrCode("".join(lines).replace("-", ""), QR_SIDE)]],
        colWidths=(pdf.TEXT_WIDTH - QR_SIDE - 7 * mm, QR_SIDE + 7 * mm),
    )
    edges = [("TOPPADDING", (0, 0), (-1, -1), 8), ("BOTTOMPADDING", (0, 0), (-1, -1), 8), ("RIGHTPADDING", (0, 0), (-1, -1), 10)]
    whole.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 0.8, pdf.RULE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *edges]))
    return whole
