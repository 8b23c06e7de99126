"""The narrow Markdown of policies: what is structure, and what stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.modules.policies.sections import Heading, Item, Paragraph, Span, parse, plain, sections, without_typed_number


def headings(source: str) -> list[tuple[str, str]]:
    """Number and title of each heading."""
    return [(block.number, plain(block.spans)) for block in parse(source) if isinstance(block, Heading)]


def test_headings_are_numbered_by_us_with_sub_numbers() -> None:
    source = "# Background\n## History\n## Today\n### Now\n# Aims\n## First"
    assert headings(source) == [
        ("1", "Background"), ("1.1", "History"), ("1.2", "Today"), ("1.2.1", "Now"), ("2", "Aims"), ("2.1", "First"),
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["3.2 Aims", "3) Aims", "3. Aims", "3 Aims", "3.2. Aims", "§ 3 Aims", "10.11.12 Aims", "Aims"])
def test_a_typed_number_is_dropped(typed: str) -> None:
    assert headings(f"# {typed}") == [("1", "Aims")]


@pytest.mark.parametrize("title", ["2026 in short", "10 good reasons", "1.2.2026 meeting", "3D printing", "Åtgärder 3.2", "3."])
def test_a_number_that_belongs_to_the_title_stays(title: str) -> None:
    assert without_typed_number(title) == title


def test_a_policy_that_begins_with_smaller_headings_counts_from_one() -> None:
    assert headings("## Background\n#### not a heading\n## Aims\n### Near") == [
        ("1", "Background"),
        ("2", "Aims"),
        ("2.1", "Near"),
    ]


def test_a_skipped_level_makes_no_zero() -> None:
    assert headings("# A\n### B\n# C\n## D") == [("1", "A"), ("1.1", "B"), ("2", "C"), ("2.1", "D")]


def test_bold_and_italic_stand_around_whole_words() -> None:
    (block,) = parse("Keep **what you promise** and *do it* now ***always***")
    assert block.spans == (
        Span("Keep "), Span("what you promise", bold=True), Span(" and "), Span("do it", italic=True), Span(" now "),
        Span("always", bold=True, italic=True),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["<b>x</b> & 'y' \"z\"", "{{7*7}}", "=cmd|' /C calc'!A0", "2*3*4 and a_b_c", "# ", "#tag", "**", "****", "* ", "![x](y)", "`a`", "\\*x"]
)  # fmt: skip
def test_everything_else_is_text_letter_for_letter(text: str) -> None:
    (block,) = parse(f"So: {text}")
    assert isinstance(block, Paragraph)
    assert block.spans == (Span(f"So: {text}".rstrip()),)


def test_lists_nest_and_count() -> None:
    blocks = parse("- a\n  goes on\n  - b\n- c\n\n2. two\n7. three\n\ntext\n1) one")
    assert [(b.mark, b.depth, plain(b.spans)) for b in blocks if isinstance(b, Item)] == [
        ("•", 0, "a goes on"), ("•", 1, "b"), ("•", 0, "c"), ("2.", 0, "two"), ("3.", 0, "three"), ("1.", 0, "one"),
    ]  # fmt: skip


def test_a_number_at_the_start_of_a_line_within_a_paragraph_is_text() -> None:
    (block,) = parse("We meet on the\n12. of May")
    assert plain(block.spans) == "We meet on the 12. of May"


def test_sections_hold_what_follows_their_heading() -> None:
    opening, first, second = sections(parse("hello\n\n# One\na\n\nb\n# Two"))
    assert (opening.title, len(opening.blocks)) == ("", 1)
    assert (first.title, len(first.blocks)) == ("One", 2)
    assert (second.title, second.blocks) == ("Two", ())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="*"), min_size=1))
def test_no_letter_is_lost_in_a_paragraph(text: str) -> None:
    (block,) = parse(f"x{text}")
    assert plain(block.spans) == f"x{text}"
