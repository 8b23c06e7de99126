"""Words somebody has to write down, such as a reason: kept without needless spaces, and refused when they say nothing."""

from __future__ import annotations

from db.errors import RuleBroken

LEAST = 3  # letters


def stated(text: str, longest: int, refused: RuleBroken) -> str:
    """The words as they are kept, cut at `longest` letters; raises `refused` when they say nothing."""
    words = " ".join(text.split())[:longest]
    if len(words) < LEAST:
        raise refused
    return words
