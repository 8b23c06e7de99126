"""The hand-over list of a post as PDF: data in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Spacer, Table

from db.texts import Msgid, _
from desktop.core import pdf
from desktop.people.organisation.handover import HandOver
from desktop.people.organisation.posts import Holder

if TYPE_CHECKING:
    from desktop.core.texts import Texts

DAY_WIDTH = 30 * mm
_PLAIN = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 4 * mm), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, pdf.SOFT),
]  # fmt: skip


def render_handover(data: HandOver, texts: Texts) -> bytes:
    """What is open with the post and who held it, with a place for both to sign."""
    title = texts.say(_("Hand-over list: {post}"), post=data.post)

    def footer(page: int, pages: int) -> Sequence[tuple[str, str]]:
        return ((f"{title} · {texts.day(data.day)}", texts.say(_("Page {page} of {pages}"), page=page, pages=pages)),)

    sheet = pdf.Sheet(title=title, language=texts.language, footer=footer)
    return pdf.build(sheet, lambda: _story(data, texts))


def _story(data: HandOver, texts: Texts) -> list[Flowable]:
    title = pdf.style("title", fontName=f"{pdf.FAMILY}-Bold", fontSize=20, leading=25, spaceAfter=4)
    soft = pdf.style("soft", fontSize=9, leading=13, textColor=pdf.SOFT, spaceAfter=8)
    about = " · ".join(filter(None, (data.unit, texts.day(data.day))))
    kind = pdf.style("kind", fontName=f"{pdf.FAMILY}-Bold", fontSize=8.5, leading=12, textColor=pdf.ACCENT)
    head = pdf.paragraph(texts.say(_("Hand-over list")).upper(), kind)
    story: list[Flowable] = [head, pdf.heading(pdf.markup(data.post), title, data.post, 0), pdf.paragraph(about, soft)]
    tasks = [
        (texts.day(task.due), task.title, ". ".join(filter(None, (task.person, task.note)))) for task in data.tasks
    ]  # fmt: skip
    story += _part(texts.say(_("Open tasks")), tasks, texts)
    for source, matters in data.matters:
        rows = [(texts.day(matter.due) if matter.due else "", matter.what, matter.state) for matter in matters]
        story += _part(source, rows, texts)
    story += _part(texts.say(_("Who held the post")), [(_term(holder, texts), holder.name, "") for holder in data.holders], texts)
    return [*story, Spacer(1, 12 * mm), KeepTogether(_signatures(texts))]


def _term(holder: Holder, texts: Texts) -> str:
    return f"{texts.day(holder.starts)} – {texts.day(holder.ends) if holder.ends else ''}".strip()


def _part(name: str, rows: Sequence[tuple[str, str, str]], texts: Texts) -> list[Flowable]:
    """A heading and lines of day, what, and what else there is to say of it."""
    look = pdf.style("part", fontName=f"{pdf.FAMILY}-Bold", fontSize=12, leading=16, spaceBefore=12, spaceAfter=3, keepWithNext=1)
    body, soft = pdf.style("line", fontSize=9.5, leading=13), pdf.style("day", fontSize=9, leading=13, textColor=pdf.SOFT)
    head = pdf.heading(pdf.markup(name), look, name, 1)
    if not rows:
        return [head, pdf.paragraph(texts.say(_("Nothing.")), soft)]
    cells = [
        [pdf.paragraph(day, soft), [pdf.paragraph(what, body), *([pdf.paragraph(more, soft)] if more else [])]]
        for day, what, more in rows
    ]
    wide = DAY_WIDTH if all(len(day) <= len("2026-12-31 –") for day, _what, _more in rows) else 1.7 * DAY_WIDTH
    return [head, Table(cells, colWidths=[wide, pdf.TEXT_WIDTH - wide], style=_PLAIN, hAlign="LEFT")]


def _signatures(texts: Texts) -> list[Flowable]:
    labels: tuple[Msgid, ...] = (_("Handed over: date and signature"), _("Taken over: date and signature"))
    small = pdf.style("sign", fontSize=8, leading=11, textColor=pdf.SOFT)
    line = HRFlowable(width="100%", thickness=0.5, color=pdf.INK, spaceBefore=14 * mm, spaceAfter=2)
    half = pdf.TEXT_WIDTH / 2
    cells = [[[line, pdf.paragraph(texts.say(label), small)] for label in labels]]
    bare = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 8 * mm)]
    return [Table(cells, colWidths=[half, half], style=bare, hAlign="LEFT")]
