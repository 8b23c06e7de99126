"""What two versions of a policy have in common."""

from __future__ import annotations

from desktop.modules.policies.comparing import compare


def test_sections_are_told_as_same_changed_added_and_removed() -> None:
    older = "# Background\nWhy\n# Aims\nOld aim\n\nKept\n# Gone\nBye"
    newer = "# Background\nWhy\n# Fresh\nHello\n# Aims\nNew aim\n\nKept"
    told = [
        (section.heading, section.change, [(line.change, line.text) for line in section.lines])
        for section in compare(older, newer)
    ]
    assert told == [
        ("1 Background", "same", [("same", "Why")]),
        ("2 Fresh", "added", [("added", "Hello")]),
        ("3 Aims", "changed", [("removed", "Old aim"), ("added", "New aim"), ("same", "Kept")]),
        ("3 Gone", "removed", [("removed", "Bye")]),
    ]
