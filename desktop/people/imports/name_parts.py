"""Parts a whole name into given and family name."""

from __future__ import annotations

_PARTICLES = frozenset(
    ("af", "av", "von", "van", "de", "der", "den", "da", "di", "du", "la", "le", "zu", "ter", "ten", "bin", "al", "el")
)


def split_name(text: str) -> tuple[str, str]:
    """Part a whole name into given and family name: "Family, Given", else the last word with the particles before it.

    A name of one word is taken as the given name.
    """
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return " ".join(given.split()), " ".join(family.split())
    words = text.replace(",", " ").split()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return (" ".join(words[:start]), " ".join(words[start:])) if start > 0 else (" ".join(words), "")
