"""What a reading program is told of a printed document: title, language, outline, text that can be read out in order."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from db.base import new_id
from desktop.core.pdf import LOCALES, Sheet, build, heading, markup, paragraph, style
from desktop.core.texts import Texts
from desktop.modules.policies.prints import PolicyPrint
from desktop.modules.policies.reports import render_policy


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def outline(reader: PdfReader) -> list[str]:
    """Titles with as many dots before them as they stand steps in."""
    found: list[str] = []

    def walk(entries: list[object], depth: int) -> None:
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, depth + 1)
            else:
                found.append("." * depth + str(entry.title))  # type: ignore[attr-defined]

    walk(list(reader.outline), 0)
    return found


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
def test_a_document_says_its_title_its_language_and_its_headings(language: str) -> None:
    def story() -> list[object]:
        look = style("x")
        parts = (("Policy", 0), ("1 Aim", 1), ("1.1 Scope", 2), ("2 Duties", 1))
        return [part for words, level in parts for part in (heading(markup(words), look, words, level), paragraph("Text.", look))]

    reader = read(build(Sheet("Alumni policy", language, lambda page, of: [("", f"{page}/{of}")]), story))  # type: ignore[arg-type]
    assert reader.metadata is not None and reader.metadata.title == "Alumni policy"
    assert reader.root_object["/Lang"] == LOCALES[language]
    assert reader.viewer_preferences is not None and reader.viewer_preferences["/DisplayDocTitle"]
    assert outline(reader) == ["Policy", ".1 Aim", "..1.1 Scope", ".2 Duties"]


def test_an_outline_that_would_leave_out_a_step_is_still_made() -> None:
    story = lambda: [heading("Deep", style("x"), "Deep", 3), heading("First", style("x"), "First", 0)]
    assert outline(read(build(Sheet("T", "sv", lambda page, of: []), story))) == ["Deep", "First"]


def test_a_printed_policy_has_its_sections_in_the_outline_and_is_read_in_order() -> None:
    text = "# Syfte\n\nVi håller kontakt.\n\n# Ansvar\n\nAlumniansvarig svarar."
    data = PolicyPrint(
        new_id(), 1, "current", "Alumnipolicy", "Alumniansvarig", "", "sv", text, "0" * 64, decided_on=date(2026, 1, 5)
    )
    reader = read(render_policy(data, Texts("sv")))
    assert [line.lstrip(".") for line in outline(reader)] == ["Alumnipolicy", "1 Syfte", "2 Ansvar"]
    words = "".join(page.extract_text() for page in reader.pages)
    assert words.index("Syfte") < words.index("Vi håller kontakt") < words.index("Ansvar")


def test_the_conformance_table_says_truly_that_documents_are_not_tagged() -> None:
    """When this fails because tags have come, `docs/accessibility.md` must say so."""
    reader = read(build(Sheet("T", "sv", lambda page, of: []), lambda: [paragraph("x", style("x"))]))
    assert "/MarkInfo" not in reader.root_object and "/StructTreeRoot" not in reader.root_object
