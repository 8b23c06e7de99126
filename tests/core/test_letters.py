"""Letters by the thousand: each on its own pages, letter for letter as written, with what it needs inside the file."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from pypdf import PdfReader

from desktop.core import pdf
from desktop.core.contacting.rules import Clearance
from desktop.core.letters import Letter, broken, render_letters
from tests.support import HOSTILE

MIA = UUID(int=7)
ALLOWED = Clearance("post", frozenset({MIA}))


def read(*letters: Letter, sender: tuple[str, ...] = ()) -> list[str]:
    """The text of every page."""
    content = render_letters(letters, ALLOWED, title="Letters", language="sv", sender=sender)
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def letter(text: str = "Hej!", *, to: tuple[str, ...] = ("Mia Åberg", "Provgatan 1", "123 45 Luleå")) -> Letter:
    return Letter(MIA, to, "2 november 2026", "Välkommen", text)


def test_each_letter_has_a_page_of_its_own_in_the_order_given() -> None:
    pages = read(*[letter(f"Hej {number}!") for number in range(5)], sender=("Studiekansliet",))
    assert len(pages) == 5
    for number, page in enumerate(pages):
        assert f"Hej {number}!" in page
        assert all(part in page for part in ("Mia Åberg", "123 45 Luleå", "2 november 2026", "Välkommen", "Studiekansliet"))


@pytest.mark.parametrize("cleared", [Clearance("post", frozenset()), Clearance("email", frozenset({MIA}))])
def test_nobody_gets_a_letter_who_was_not_cleared_for_one(cleared: Clearance) -> None:
    with pytest.raises(ValueError, match="not cleared"):
        render_letters([letter()], cleared, title="Letters", language="sv")


def test_a_long_letter_goes_on_over_the_page_and_loses_nothing() -> None:
    words = [f"ord{number}" for number in range(1500)]
    pages = read(letter(" ".join(words)), letter("Den andra"))
    assert len(pages) > 2 and "Den andra" in pages[-1] and "Den andra" not in pages[-2]
    assert [word for page in pages for word in page.split() if word.startswith("ord")] == words


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_letter_is_mark_up(text: str) -> None:
    pages = read(letter(text, to=(text[:60], "", "123 45 Luleå")))
    kept = "".join("".join(pages).split())
    assert "".join(text.split()).replace("\u200d", "")[:200] in kept.replace("\u200d", "")


def test_no_line_is_wider_than_its_room() -> None:
    pdf.faces()
    for line in broken("kort " * 40 + "M" * 300 + " slut", 10, 200):
        assert pdf.text_width(line, 10) <= 200


def test_fonts_are_inside_and_the_same_letters_give_the_same_bytes() -> None:
    first, second = (render_letters([letter()], ALLOWED, title="Brev", language="fi") for _time in range(2))
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts and all("/FontFile2" in font["/FontDescriptor"] for font in fonts if "Inter" in font["/BaseFont"])
    assert reader.trailer["/Root"]["/Lang"] == "fi-FI" and reader.metadata is not None and reader.metadata.title == "Brev"


def test_it_says_how_far_it_is() -> None:
    told: list[int] = []
    render_letters([letter()] * 3, ALLOWED, title="Brev", language="en", report=told.append)
    assert told == [1, 2, 3]
