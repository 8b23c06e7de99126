"""The policy and its consent form as PDF: data in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table

from db.texts import Msgid, _
from desktop.core import pdf
from desktop.core.qr import QrCode
from desktop.modules.policies import sections
from desktop.modules.policies.fingerprint import SHORT, write_mark
from desktop.modules.policies.form_parts import FormLine, SideBySide
from desktop.modules.policies.form_words import CONSENT_WORDS, FORM_WORDS
from desktop.modules.policies.prints import ConsentPrint, PolicyPrint
from desktop.modules.policies.states import STATES

if TYPE_CHECKING:
    from desktop.core.texts import Texts

GUTTER = 14 * mm  # where the numbers of the sections hang


def render_policy(data: PolicyPrint, texts: Texts) -> bytes:
    """The whole policy: title, numbered sections, and who created and revised it. `texts` speak the policy's language."""
    sheet = _sheet(data, data.title, texts)
    return pdf.build(sheet, lambda: [*_head(data, texts), *_body(sections.parse(data.source)), *_end(data, texts)])


def render_consent(data: ConsentPrint, texts: Texts) -> bytes:
    """The consent form for one version: what is consented to and the five lines. `texts` speak the policy's language."""
    title = texts.say(_("Consent form: {title}"), title=data.policy.title)
    return pdf.build(_sheet(data.policy, title, texts), lambda: _consent_story(data, texts))


def _sheet(data: PolicyPrint, title: str, texts: Texts) -> pdf.Sheet:
    state = texts.say(STATES[data.state])
    first = texts.say(_("{title} · version {number} ({state})"), title="\x1f", number=data.number, state=state)
    revised = [texts.say(_("Last revised {day}"), day=texts.day(data.last_revised))] if data.last_revised else []

    def footer(page: int, pages: int) -> Sequence[tuple[str, str]]:
        left = " · ".join([*revised, *filter(None, [data.contact])]) or state
        return (
            (_name_in(first, data.title), texts.say(_("Page {page} of {pages}"), page=page, pages=pages)),
            (left, data.content_hash[:SHORT]),
        )

    return pdf.Sheet(
        title=title, language=data.language, footer=footer, mark=texts.say(_("DRAFT")) if data.is_draft else "",
        subject=texts.say(_("Version {number}, {state}"), number=data.number, state=state),
        keywords=(write_mark(data.policy_id, data.number, data.content_hash),),
    )  # fmt: skip


def _name_in(line: str, title: str) -> str:
    """Fill the name in so that a long one loses its end, not the version behind it."""
    before, _sign, after = line.partition("\x1f")
    return f"{before}{pdf.shortened(title, 7.5, 300, f'{pdf.FAMILY}-Bold')}{after}"


def _soft(text: str) -> str:
    return f'<font color="{pdf.SOFT.hexval().replace("0x", "#")}">{pdf.markup(text)}</font>'


def _head(data: PolicyPrint, texts: Texts) -> list[Flowable]:
    facts: list[tuple[Msgid, str]] = [(_("Responsible post"), data.owner_post)]
    facts.append((_("Version"), f"{data.number}, {texts.say(STATES[data.state])}"))
    if data.last_revised:
        facts.append((_("Last revised"), texts.day(data.last_revised)))
    if data.decided_on:
        facts.append((_("Decided"), texts.day(data.decided_on)))
    if data.contact:
        facts.append((_("Contact"), data.contact))
    return [
        *_title(texts.say(_("Policy")), data.title),
        *_facts([(texts.say(name), value) for name, value in facts]),
        Spacer(1, 4 * mm),
    ]


def _facts(facts: Sequence[tuple[str, str]]) -> list[Flowable]:
    """Labels with their values below, side by side; one under the other when a value is long."""
    label = pdf.style("fact", fontSize=7.5, leading=11, textColor=pdf.SOFT)
    value = pdf.style("value", fontSize=9, leading=13)
    if any(len(text) > 160 for _name, text in facts):
        look = pdf.style("facts", fontSize=9, leading=14, leftIndent=GUTTER)
        return [Paragraph(f"{_soft(name)}: {pdf.markup(text)}", look) for name, text in facts]
    widths = [
        max(24 * mm, pdf.text_width(name, 7.5) + 5 * mm, min(52 * mm, pdf.text_width(text, 9) + 6 * mm)) for name, text in facts
    ]
    room = pdf.TEXT_WIDTH - GUTTER
    rows, used = [[0]], widths[0]
    for number, width in enumerate(widths[1:], start=1):
        rows, used = ([*rows, [number]], width) if used + width > room else ([*rows[:-1], [*rows[-1], number]], used + width)
    plain = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 4 * mm), ("VALIGN", (0, 0), (-1, -1), "TOP"),
             ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 4)]  # fmt: skip
    tables: list[Flowable] = []
    for row in rows:
        cells = [[[pdf.paragraph(facts[n][0], label), pdf.paragraph(facts[n][1], value)] for n in row]]
        last = room - sum(widths[n] for n in row[:-1])
        table = Table(cells, colWidths=[*(widths[n] for n in row[:-1]), last], style=plain, hAlign="RIGHT")
        tables.append(table)
    return tables


def _title(kind: str, title: str) -> list[Flowable]:
    eyebrow = pdf.style("kind", fontName=f"{pdf.FAMILY}-Bold", fontSize=8.5, leading=12, textColor=pdf.ACCENT, leftIndent=GUTTER)
    size = 23 if len(title) <= 90 else 15
    name = pdf.style("title", fontName=f"{pdf.FAMILY}-Bold", fontSize=size, leading=size * 1.2, leftIndent=GUTTER, spaceAfter=10)
    return [pdf.paragraph(kind.upper(), eyebrow), Spacer(1, 1 * mm), pdf.heading(pdf.markup(title), name, title, 0)]


def _rich(spans: Sequence[sections.Span]) -> str:
    return "".join(pdf.markup(span.text, bold=span.bold, italic=span.italic) for span in spans)


def _body(blocks: Sequence[sections.Block], gutter: float = GUTTER) -> list[Flowable]:
    return [_flowable(block, gutter) for block in blocks]


def _flowable(block: sections.Block, gutter: float) -> Flowable:
    if isinstance(block, sections.Heading):
        size, before = {1: (14, 17), 2: (11.5, 12)}.get(block.depth, (10, 9))
        look = pdf.style(
            f"heading{block.depth}", fontName=f"{pdf.FAMILY}-Bold", fontSize=size, leading=size * 1.3, leftIndent=gutter,
            spaceBefore=before, spaceAfter=4, keepWithNext=1, bulletIndent=0, bulletFontName=f"{pdf.FAMILY}-Bold",
            bulletFontSize=size if block.depth == 1 else 9.5, bulletColor=pdf.ACCENT,
        )  # fmt: skip
        number = f'<bullet color="#0b6b60">{block.number}</bullet>'
        words = f"{block.number} {''.join(span.text for span in block.spans)}"
        return pdf.heading(number + _rich(block.spans), look, words, block.depth)
    if isinstance(block, sections.Item):
        indent = gutter + (6 + 6 * block.depth) * mm
        look = pdf.style(
            f"item{block.depth}", leftIndent=indent, bulletIndent=indent - 6 * mm, spaceAfter=3, bulletFontSize=10,
        )  # fmt: skip
        return Paragraph(f"<bullet>{block.mark}</bullet>{_rich(block.spans)}", look)
    return Paragraph(_rich(block.spans), pdf.style("text", leftIndent=gutter, spaceAfter=7))


def _end(data: PolicyPrint, texts: Texts) -> list[Flowable]:
    said = []
    if data.created_on:
        said.append(_by(texts, _("Created {day}"), _("Created {day} by {name}"), data.created_on, data.created_by))
    if data.revised_on:
        said.append(_by(texts, _("Revised {day}"), _("Revised {day} by {name}"), data.revised_on, data.revised_by))
    if data.decided_on:
        said.append(_by(texts, _("Decided {day}"), _("Decided {day} by {name}"), data.decided_on, data.decided_by))
    if not said:
        return []
    look = pdf.style("end", fontSize=8.5, leading=13, textColor=pdf.SOFT, leftIndent=GUTTER)
    rule = HRFlowable(width="100%", thickness=0.6, color=pdf.RULE, spaceBefore=8 * mm, spaceAfter=6)
    line = pdf.paragraph(". ".join(said) + ".", look)
    return [KeepTogether([rule, line])]


def _by(texts: Texts, alone: Msgid, named: Msgid, day: date, name: str) -> str:
    return texts.say(named, day=texts.day(day), name=name) if name else texts.say(alone, day=texts.day(day))


def _consent_story(data: ConsentPrint, texts: Texts) -> list[Flowable]:
    policy = data.policy
    text = pdf.style("declaration", fontSize=10.5, leading=16, leftIndent=GUTTER, spaceAfter=7)
    story = _title(texts.say(_("Consent form")), policy.title)
    story.append(pdf.paragraph(_declaration(policy, texts), text))
    if policy.is_draft:
        warning = texts.say(_("This form belongs to a draft. It is not valid before the policy is decided."))
        story.append(Paragraph(pdf.markup(warning, bold=True), text))
    story += _own_words(policy)
    story.append(Spacer(1, 6 * mm))
    story += _lines(data, texts)
    return [*story, Spacer(1, 8 * mm), *_filing_mark(policy, texts)]


def _declaration(policy: PolicyPrint, texts: Texts) -> str:
    if policy.last_revised is None:
        said = texts.say(_("I have read version {number} of this policy."), number=policy.number)
    else:
        said = texts.say(
            _("I have read version {number} of this policy, last revised {day}."),
            number=policy.number, day=texts.day(policy.last_revised),
        )  # fmt: skip
    return f"{said} " + texts.say(
        _("I consent to following it as long as I hold the post named below, and I know the consequences of violating it.")
    )


def _own_words(policy: PolicyPrint) -> list[Flowable]:
    """The policy's own section about consent, quoted, if it has one."""
    for section in sections.sections(sections.parse(policy.source)):
        words = section.title.casefold().split()
        if section.heading and section.blocks and any(word.startswith(CONSENT_WORDS) for word in words):
            return [_flowable(section.heading, GUTTER), *_body(section.blocks)]
    return []


def _lines(data: ConsentPrint, texts: Texts) -> list[Flowable]:
    """The five lines, in the order they are filled in."""
    day = texts.day(data.day) if data.day else ""
    values = {"post": data.post, "date": day, "place": data.place, "signature": "", "name": data.name}
    story: list[Flowable] = []
    for key, label in FORM_WORDS[data.policy.language].items():
        story += _line(key, label, values[key], typed=key != "signature")
    return story


def _line(key: str, label: str, value: str, typed: bool) -> list[Flowable]:
    line = FormLine(key, label, value, indent=GUTTER, typed=typed, height=(12 if typed else 19) * mm)
    if line.fits:
        return [line]
    small = pdf.style("label", fontSize=8.5, leading=12, textColor=pdf.SOFT, leftIndent=GUTTER, keepWithNext=1, spaceBefore=8)
    return [
        pdf.paragraph(label, small), pdf.paragraph(value, pdf.style("value", fontSize=10, leftIndent=GUTTER)),
        HRFlowable(width="100%", thickness=0.6, color=pdf.SOFT, spaceAfter=4),
    ]  # fmt: skip


def _filing_mark(policy: PolicyPrint, texts: Texts) -> list[Flowable]:
    mark = write_mark(policy.policy_id, policy.number, policy.content_hash)
    note = pdf.style("note", fontSize=8, leading=11.5, textColor=pdf.SOFT)
    number, short = policy.number, policy.content_hash[:SHORT]
    back = texts.say(_("Return the signed form to: {contact}"), contact=policy.contact) if policy.contact else ""
    filed = texts.say(_("It is filed under version {number}, fingerprint {hash}."), number=number, hash=short)
    beside, below = ([back], []) if 0 < len(back) <= 200 else ([], [back] if back else [])
    side = SideBySide(QrCode(mark, 24 * mm), [pdf.paragraph(line, note) for line in (*beside, filed, mark)], indent=GUTTER)
    return [side, *(pdf.paragraph(line, note) for line in below)]
