"""Reads the narrow Markdown a policy is written in: numbered headings, paragraphs, lists, bold and italic; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DEEPEST = 3  # a line with more signs than this is text

_HEADING = re.compile(r"(#{1,3})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:([-*+])|(\d{1,3})[.)])[ \t]+(\S.*)$")
# "3.2 Aims", "3) Aims", "§ 3 Aims" and "3 Aims" carry a number; "10 good reasons" and "2026 in short" do not.
_TYPED_NUMBER = re.compile(
    r"(?:§[ \t]*)?(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)]|\d{1,2}(?=[ \t]+[^\W\d_a-zåäöæø]))[ \t]+(?=\S)"
)
_STYLED = re.compile(
    r"(?<![\w*])\*\*(?P<bold>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w*])\*\*\*(?P<both>[^\s*](?:[^*]*[^\s*])?)\*\*\*(?![\w*])"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The start of a section; `number` is ours: "2", "2.1", "2.1.3"."""

    number: str
    depth: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list; `mark` is "•" or the number with its full stop, `depth` counts from 0."""

    mark: str
    depth: int
    spans: tuple[Span, ...]


Block = Heading | Paragraph | Item


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what follows up to the next one; the text before any heading has none."""

    heading: Heading | None
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """The heading's words, empty for the opening text."""
        return plain(self.heading.spans) if self.heading else ""


def plain(spans: Sequence[Span]) -> str:
    """The letters alone."""
    return "".join(span.text for span in spans)


def without_typed_number(title: str) -> str:
    """The title of a section without the number somebody typed in front of it."""
    return _TYPED_NUMBER.sub("", title, count=1) if _TYPED_NUMBER.match(title) else title


def parse_spans(text: str) -> tuple[Span, ...]:
    """Split at `**bold**` and `*italic*` that stand around whole words; every other sign is a letter like any other."""
    spans: list[Span] = []
    end = 0
    for found in _STYLED.finditer(text):
        if found.start() > end:
            spans.append(Span(text[end : found.start()]))
        kind = str(found.lastgroup)
        spans.append(Span(found[kind], bold=kind in ("bold", "both"), italic=kind in ("italic", "both")))
        end = found.end()
    if end < len(text) or not spans:
        spans.append(Span(text[end:]))
    return tuple(spans)


class _Reader:
    """Collects lines into blocks; a paragraph or point stays open until something else begins."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[str] = []
        self._item: tuple[str, int] | None = None
        self._levels: list[int] = []  # signs of the headings we are inside of
        self._numbers: list[int] = [0]
        self._indents: list[int] = []
        self._counts: list[int] = []

    def line(self, line: str) -> None:
        """Take in the next line."""
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if not line.strip():
            self.close()
        elif heading:
            self.close()
            self._begin_section(len(heading[1]), heading[2])
        elif item and self._may_begin(item):
            self.close()
            self._begin_item(item)
        else:
            if not self._open and not line.startswith((" ", "\t")):
                self._indents, self._counts = [], []  # text at the margin ends the list
            self._open.append(line.strip())

    def close(self) -> None:
        """End the open paragraph or point."""
        if self._open:
            spans = parse_spans(" ".join(self._open))
            self.blocks.append(Item(*self._item, spans) if self._item else Paragraph(spans))
        self._open, self._item = [], None

    def _may_begin(self, item: re.Match[str]) -> bool:
        """A number in the middle of a paragraph ("in\n12. May") is no list, unless it is the first."""
        return not self._open or self._item is not None or item[3] in (None, "1")

    def _begin_section(self, signs: int, title: str) -> None:
        while self._levels and self._levels[-1] >= signs:
            self._levels.pop()
        self._levels.append(signs)
        depth = len(self._levels)
        self._numbers = [*self._numbers[:depth], *[0] * (depth - len(self._numbers))]
        self._numbers[depth - 1] += 1
        self._indents, self._counts = [], []
        number = ".".join(str(part) for part in self._numbers)
        self.blocks.append(Heading(number, depth, parse_spans(without_typed_number(title))))

    def _begin_item(self, item: re.Match[str]) -> None:
        indent = len(item[1].expandtabs(4))
        while self._indents and self._indents[-1] > indent:
            self._indents.pop()
            self._counts.pop()
        if not self._indents or self._indents[-1] + 1 < indent:
            self._indents.append(indent)
            self._counts.append(0)
        if item[3] is None:
            self._counts[-1], mark = 0, "•"
        else:
            self._counts[-1] = self._counts[-1] + 1 if self._counts[-1] else int(item[3])
            mark = f"{self._counts[-1]}."
        self._item, self._open = (mark, min(len(self._indents) - 1, DEEPEST - 1)), [item[4].strip()]


def parse(source: str) -> tuple[Block, ...]:
    """The blocks of a policy's text, headings numbered in order; a policy that begins with `##` counts from 1 as well."""
    reader = _Reader()
    for line in source.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        reader.line(line)
    reader.close()
    return tuple(reader.blocks)


def sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """The blocks grouped by heading, for reading, comparing and finding one of them."""
    return tuple(_grouped(blocks))


def _grouped(blocks: Sequence[Block]) -> Iterator[Section]:
    heading: Heading | None = None
    held: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if heading or held:
                yield Section(heading, tuple(held))
            heading, held = block, []
        else:
            held.append(block)
    if heading or held:
        yield Section(heading, tuple(held))
