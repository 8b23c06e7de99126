"""The sections a new policy begins with, in its own language."""

from __future__ import annotations

SECTIONS = {
    "en": ("Background", "Aims", "How to reach the aims", "Consequences of a violation", "Revision", "Consent"),
    "sv": ("Bakgrund", "Mål", "Så når vi målen", "Påföljd vid överträdelse", "Revidering", "Medgivande"),
    "fi": ("Tausta", "Tavoitteet", "Miten tavoitteet saavutetaan", "Seuraamus rikkomuksesta", "Tarkistaminen", "Suostumus"),
}


def begin(language: str) -> str:
    """The headings, with room to write below each."""
    return "\n\n".join(f"# {heading}\n" for heading in SECTIONS[language])
