"""The access report as PDF: data in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from db.texts import Msgid, _, ngettext
from desktop.core import pdf
from desktop.people.reporting.held import AccessReport, HeldModule, HeldRow, TrailStep
from desktop.people.reporting.wording import in_short

if TYPE_CHECKING:
    from desktop.core.texts import Texts

DONE: dict[str, Msgid] = {"changed": _("Changed · {what}"), "removed": _("Removed · {what}")}


def render_report(data: AccessReport, texts: Texts) -> bytes:
    """Everything, module by module, then sources, purposes, looks and the history. The title of the file names nobody."""
    title = texts.say(_("Access report {number}"), number=data.number)

    def footer(page: int, pages: int) -> Sequence[tuple[str, str]]:
        left = f"{title} · {texts.day(data.made_at)}"
        return ((left, texts.say(_("Page {page} of {pages}"), page=page, pages=pages)),)

    return pdf.build(pdf.Sheet(title=title, language=data.language, footer=footer), lambda: _Story(data, texts).all())


class _Story:
    """The parts of the report, in their order."""

    def __init__(self, data: AccessReport, texts: Texts) -> None:
        self._data, self._texts, self._say = data, texts, texts.say
        bold = f"{pdf.FAMILY}-Bold"
        self._eyebrow = pdf.style("kind", fontName=bold, fontSize=8.5, leading=12, textColor=pdf.ACCENT)
        self._name = pdf.style("title", fontName=bold, fontSize=20, leading=25, spaceAfter=4)
        self._module = pdf.style("module", fontName=bold, fontSize=14, leading=19, spaceBefore=16, spaceAfter=2, keepWithNext=1)
        self._table = pdf.style("table", fontName=bold, fontSize=10.5, leading=15, spaceBefore=9, spaceAfter=1, keepWithNext=1)
        self._body = pdf.style("body", fontSize=9.5, leading=13.5, spaceAfter=2)
        self._first = pdf.style("first", fontSize=9.5, leading=13.5, spaceBefore=5)
        self._line = pdf.style("line", fontSize=9, leading=13, leftIndent=5 * mm)
        self._soft = pdf.style("soft", fontSize=8, leading=11.5, textColor=pdf.SOFT, leftIndent=5 * mm, spaceAfter=2)

    def all(self) -> list[Flowable]:
        """The whole document."""
        parts = [*self._head()]
        for module in self._data.modules:
            parts += self._held(module)
        parts += [*self._sources(), *self._purposes(), *self._looks(), *self._history(), *self._left_out()]
        return parts

    def _head(self) -> list[Flowable]:
        data, say = self._data, self._say
        about = _("This is everything the register holds about you, with where it came from, why it is kept, and what was done "
                  "with it. Other people are not named; whoever works here is named by initials.")  # fmt: skip
        lines = [
            (say(_("Made on")), self._moment(data.made_at)),
            (say(_("Made by")), data.made_by),
            (say(_("Reason")), data.reason),
            (say(_("Number of the report")), data.number),
            *self._way(),
        ]
        return [
            pdf.paragraph(say(_("Access report")).upper(), self._eyebrow),
            pdf.heading(pdf.markup(data.name), self._name, say(_("Access report")), 0),
            *(self._pair(name, value) for name, value in lines),
            Spacer(1, 3 * mm),
            pdf.paragraph(say(about), self._body),
        ]

    def _way(self) -> list[tuple[str, str]]:
        """How a report about somebody protected reaches them."""
        data, say = self._data, self._say
        if not data.handle:
            return []
        only = say(
            _("{address}. There is no other way: it names somebody with a protected identity."),
            address=", ".join(data.forwarding),
        )
        none = say(
            _("Nowhere yet: ask the authority for a forwarding address. This report names somebody with a protected identity.")
        )
        return [(say(_("Handle")), data.handle), (say(_("Send only to")), only if data.forwarding else none)]

    def _part(self, title: str) -> Flowable:
        return pdf.heading(pdf.markup(title), self._module, title, 1)

    def _pair(self, name: str, value: str) -> Flowable:
        return Paragraph(f"{pdf.markup(f'{name}:')} {pdf.markup(value)}", self._line)

    def _held(self, module: HeldModule) -> list[Flowable]:
        parts = [self._part(module.title)]
        for table in module.tables:
            parts.append(pdf.heading(pdf.markup(table.title), self._table, table.title, 2))
            for number, row in enumerate(table.rows, 1):
                parts += self._row(row, number if len(table.rows) > 1 else 0)
        return parts

    def _row(self, row: HeldRow, number: int) -> list[Flowable]:
        said, lines = row.said, row.lines
        if number and lines and not said:  # a number that stands alone counts nothing anybody sees
            said, lines = lines[0][1], lines[1:]
        head = " ".join(filter(None, (f"{self._texts.number(number)}." if number else "", said)))
        found: list[Flowable] = [pdf.paragraph(head, self._first)] if head else []
        found += [self._pair(name, value) for name, value in lines]
        if row.rest:
            found.append(pdf.paragraph(self._say(_("Also stored: {what}"), what=in_short(row.rest)), self._soft))
        return found

    def _sources(self) -> list[Flowable]:
        say = self._say
        lines = [
            f"{self._moment(one.at)} · {one.file}{f' ({one.kind_said})' if one.kind_said else ''}" for one in self._data.sources
        ]
        nothing = _("No file brought anything; what is here was written by the office.")
        return [self._part(say(_("Where it came from"))), *self._plain(lines, nothing)]

    def _purposes(self) -> list[Flowable]:
        say = self._say
        lines = []
        for one in self._data.purposes:
            answer = f"{one.state_said}, {self._moment(one.at)}" if one.at else say(_("no answer"))
            lines.append(
                say(
                    _("{purpose}. Legal basis: {basis}. Your answer: {answer}"),
                    purpose=one.name,
                    basis=one.basis_said,
                    answer=answer,
                )
            )
        return [self._part(say(_("Why we contact you"))), *self._plain(lines, _("No purposes are in use."))]

    def _looks(self) -> list[Flowable]:
        times = ngettext("{count} time", "{count} times")
        lines = []
        for one in self._data.looks:
            when = self._moment(one.first) if one.count == 1 else f"{self._moment(one.first)} – {self._moment(one.last)}"
            lines.append(f"{self._texts.say_n(times, one.count)} · {one.reason} · {when}")
        return [self._part(self._say(_("Who looked at your numbers"))), *self._plain(lines, _("Nobody."))]

    def _history(self) -> list[Flowable]:
        mended = [step for step in self._data.steps if step.corrects]
        others = [step for step in self._data.steps if not step.corrects]
        say = self._say
        found = [self._part(say(_("What was corrected")))]
        found += [part for step in mended for part in self._step(step)] or self._plain([], _("Nothing was corrected."))
        found.append(self._part(say(_("What else was done"))))
        found += [part for step in others for part in self._step(step)] or self._plain([], _("Nothing."))
        return found

    def _step(self, step: TrailStep) -> list[Flowable]:
        say = self._say
        why = say(_("Reason: {reason}"), reason=step.reason) if step.reason else ""
        back = say(_("taken back")) if step.taken_back else ""
        head = " · ".join(filter(None, (self._moment(step.at), step.said, step.by, why, back)))
        found: list[Flowable] = [pdf.paragraph(head, self._first)]
        empty = say(_("empty"))
        for row in step.rows:
            found.append(pdf.paragraph(say(DONE[row.operation], what=row.title), self._line))
            for name, before, after in row.lines:
                if row.operation == "removed":
                    moved = say(_("{field}: {value}"), field=name, value=before)
                else:
                    moved = say(_("{field}: {before} → {after}"), field=name, before=before or empty, after=after or empty)
                found.append(pdf.paragraph(moved, self._soft))
        return found

    def _left_out(self) -> list[Flowable]:
        return [self._part(self._say(_("What is not in this report"))), *self._plain(self._data.left_out, _("Nothing."))]

    def _plain(self, lines: Sequence[str], nothing: Msgid) -> list[Flowable]:
        return [pdf.paragraph(line, self._body) for line in lines] or [pdf.paragraph(self._say(nothing), self._body)]

    def _moment(self, moment: datetime) -> str:
        return self._texts.moment(moment)
