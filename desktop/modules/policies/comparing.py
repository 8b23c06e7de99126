"""What changed between two versions of a policy, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from desktop.modules.policies.sections import Heading, Item, Section, parse, plain, sections

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, paragraph or point that stayed, came or went."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section; its heading as in the newer version, or as in the older if it is gone."""

    heading: str
    change: Literal["same", "added", "removed", "changed"]
    lines: tuple[Line, ...]


def compare(older: str, newer: str) -> tuple[SectionChange, ...]:
    """Sections are paired by their headings' words; a number that moved is no change."""
    before, after = sections(parse(older)), sections(parse(newer))
    match = SequenceMatcher(None, [s.title for s in before], [s.title for s in after], autojunk=False)
    found: list[SectionChange] = []
    for _tag, first, last, start, end in match.get_opcodes():
        pairs = zip(before[first:last], after[start:end], strict=False) if _tag == "equal" else ()
        found += [_section(old, new) for old, new in pairs]
        if _tag != "equal":
            found += [_whole(section, "removed") for section in before[first:last]]
            found += [_whole(section, "added") for section in after[start:end]]
    return tuple(found)


def _section(old: Section, new: Section) -> SectionChange:
    lines = tuple(_lines(_texts(old), _texts(new)))
    changed = any(line.change != "same" for line in lines)
    return SectionChange(_heading(new), "changed" if changed else "same", lines)


def _whole(section: Section, change: Literal["added", "removed"]) -> SectionChange:
    return SectionChange(_heading(section), change, tuple(Line(change, text) for text in _texts(section)))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line("same", text) for text in new[start:end])
        else:
            yield from (Line("removed", text) for text in old[first:last])
            yield from (Line("added", text) for text in new[start:end])


def _heading(section: Section) -> str:
    return f"{section.heading.number} {section.title}" if section.heading else ""


def _texts(section: Section) -> list[str]:
    return [
        f"{block.mark} {plain(block.spans)}" if isinstance(block, Item) else plain(block.spans)
        for block in section.blocks
        if not isinstance(block, Heading)
    ]
