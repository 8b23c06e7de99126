"""The disposal certificate as PDF: what was disposed of, on what ground and by whose decision; it names nobody who was. Data in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table

from db.models.retention import DISPOSAL_STATES, DONE
from db.texts import Msgid, _
from desktop.core import pdf
from desktop.people.retention.certificates import write_mark
from desktop.people.retention.disposals import DisposalLine, DisposedRule
from desktop.people.retention.words import period

if TYPE_CHECKING:
    from desktop.core.texts import Texts

_BARE = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 6 * mm), ("VALIGN", (0, 0), (-1, -1), "TOP")]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What stands on the sheet."""

    office: str
    line: DisposalLine
    made_at: datetime


def render_certificate(data: Certificate, texts: Texts) -> bytes:
    """One decision with its rules and counts, and lines to sign on."""
    title = texts.say(_("Disposal certificate {case}"), case=data.line.case_number)

    def footer(page: int, pages: int) -> Sequence[tuple[str, str]]:
        left = f"{title} · {texts.day(data.made_at.astimezone(texts.zone).date())}"
        return ((left, texts.say(_("Page {page} of {pages}"), page=page, pages=pages)),)

    return pdf.build(pdf.Sheet(title=title, language=texts.language, footer=footer), lambda: _Story(data, texts).all())


class _Story:
    """The parts of the sheet, in their order."""

    def __init__(self, data: Certificate, texts: Texts) -> None:
        self._due = _("Rows that were due") if data.line.of_rows else _("People who were due")
        self._data, self._line, self._texts, self._say = data, data.line, texts, texts.say
        bold = f"{pdf.FAMILY}-Bold"
        self._eyebrow = pdf.style("kind", fontName=bold, fontSize=8.5, leading=12, textColor=pdf.ACCENT)
        self._title = pdf.style("title", fontName=bold, fontSize=20, leading=25, spaceAfter=4)
        self._rule = pdf.style("rule", fontName=bold, fontSize=11, leading=15, spaceBefore=10, spaceAfter=1, keepWithNext=1)
        self._body = pdf.style("body", fontSize=9.5, leading=13.5, spaceAfter=2)
        self._soft = pdf.style("sign", fontSize=8, leading=11, textColor=pdf.SOFT)

    def all(self) -> list[Flowable]:
        """The whole sheet."""
        line, say = self._line, self._say
        parts: list[Flowable] = [
            *([pdf.paragraph(self._data.office, self._eyebrow)] if self._data.office else []),
            pdf.heading(pdf.markup(say(_("Disposal certificate"))), self._title, say(_("Disposal certificate")), 0),
            *(self._pair(name, value) for name, value in self._decision()),
            Spacer(1, 2 * mm),
        ]
        for rule in line.rules:
            parts.append(KeepTogether(self._of_rule(rule)))
        about = _("The data was removed from the register, its history, its search and its list of tasks. What a law keeps, such as who "
                  "held an office, stays with what that law asks for. Nobody who was disposed of is named here.")  # fmt: skip
        if line.of_rows:
            about = _("The rows were removed from the register and its history with what hung on them, such as their files. The people "
                      "they were about stay in the register, and are not named here.")  # fmt: skip
        return [
            *parts,
            Spacer(1, 4 * mm),
            KeepTogether([pdf.paragraph(say(about), self._body), Spacer(1, 4 * mm), *self._signatures()]),
        ]

    def _decision(self) -> list[tuple[str, str]]:
        line, say, texts = self._line, self._say, self._texts
        number = texts.number
        found = [
            (say(_("Case or decision")), line.case_number),
            (say(_("Reason")), line.reason),
            (say(_("Decided by")), say(_("{name}, {moment}"), name=line.decided_by, moment=texts.moment(line.decided_at))),
            (say(_("Due on")), texts.day(line.day)),
            (say(_("State")), say(DISPOSAL_STATES[line.state])),
            (say(_("Finished")), texts.moment(line.finished_at) if line.finished_at else ""),
            (say(self._due), number(line.due)),
            (say(_("Disposed of")), number(line.done)),
            (say(_("Rows left out") if line.of_rows else _("People left out")), number(line.left_out) if line.left_out else ""),
            (say(_("Not disposed of")), number(line.waiting) if line.waiting else ""),
        ]
        return [(name, value) for name, value in found if value]

    def _of_rule(self, rule: DisposedRule) -> list[Flowable]:
        say, texts = self._say, self._texts
        number = texts.number
        spans = say(_("{first} – {last}"), first=texts.day(rule.first_day), last=texts.day(rule.last_day))
        found = [
            (say(_("Legal ground")), say(Msgid(rule.ground))),
            (say(_("Time")), period(rule.months, texts)),
            (say(_("What was done")), say(DONE[rule.action])),
            (say(_("Time counted from")), spans),
            (say(self._due), number(rule.due)),
            (say(_("Disposed of")), number(rule.done)),
            (say(_("Left out: legal hold")), number(rule.held) if rule.held else ""),
            (say(_("Left out: something was written since")), number(rule.changed) if rule.changed else ""),
            (say(_("Not disposed of")), number(rule.waiting) if rule.waiting else ""),
        ]
        title = say(Msgid(rule.title))
        return [
            pdf.heading(pdf.markup(title), self._rule, title, 1),
            *(self._pair(name, value) for name, value in found if value),
        ]

    def _pair(self, name: str, value: str) -> Flowable:
        return Paragraph(f"{pdf.markup(f'{name}:')} {pdf.markup(value)}", self._body)

    def _signatures(self) -> list[Flowable]:
        line = [Spacer(1, 13 * mm), HRFlowable(width="100%", thickness=0.5, color=pdf.INK, spaceAfter=2)]
        labels = (_("Decided: place, date and signature"), _("Carried out: place, date and signature"))
        signed = [[*line, pdf.paragraph(self._say(label), self._soft)] for label in labels]
        names = [[*line, pdf.paragraph(self._say(_("Name in print")), self._soft)] for _label in labels]
        half = pdf.TEXT_WIDTH / 2
        mark = pdf.paragraph(write_mark(self._line.id), self._soft)
        return [Table([signed, names], colWidths=[half, half], style=_BARE, hAlign="LEFT"), Spacer(1, 3 * mm), mark]
