"""Parts a whole name into given and family name."""

from __future__ import annotations

_PARTICLES = frozenset(
    ("af", "av", "von", "van", "de", "der", "den", "da", "di", "du", "la", "le", "zu", "ter", "ten", "bin", "al", "el")
)


def split_name(text: str, *, family_first: bool = False) -> tuple[str, str]:
    """Part a whole name into given and family name: "Family, Given", else the last word with the particles before it.

    A name of one word is taken as the given name.

    Args:
        family_first: Without a comma the family name is the first word, with the particles before it: "von Essen Anna".
    """
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return " ".join(given.split()), " ".join(family.split())
    words = text.replace(",", " ").split()
    if family_first:
        end = next((n for n, word in enumerate(words, 1) if word.casefold() not in _PARTICLES), len(words))
        return (" ".join(words[end:]), " ".join(words[:end])) if end < len(words) else (" ".join(words), "")
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return (" ".join(words[:start]), " ".join(words[start:])) if start > 0 else (" ".join(words), "")
