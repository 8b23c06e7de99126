"""The printed policy and its consent form, read back from the PDF."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from pypdf import PdfReader

from desktop.core.texts import Texts
from desktop.modules.policies import fingerprint
from desktop.modules.policies.prints import ConsentPrint, PolicyPrint
from desktop.modules.policies.reports import render_consent, render_policy

ODD = [
    "<b>bold?</b>",
    "a & b &amp; c",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "\"double\" 'single'",
    "%s {x} \\n",
    "Zoë Łukasz Ærø",
    "👩‍🎓 ✓ → 你",
]

POLICY = PolicyPrint(
    policy_id=UUID(int=7), number=3, state="current", title="Alumni policy", owner_post="Chair", contact="alumni@example.org",
    language="en", source="# Background\nWhy\n## History\nWhen\n# Consent\nI promise it.", content_hash="0123456789abcdef" * 4,
    last_revised=date(2026, 3, 31), created_on=date(2024, 5, 2), created_by="First Author", revised_on=date(2026, 3, 30),
    revised_by="Second Author", decided_on=date(2026, 3, 31), decided_by="Deciding Chair",
)  # fmt: skip


def letters(content: bytes) -> str:
    """All text of a PDF with line breaks and spaces taken out, since long words are broken over lines."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def squeezed(text: str) -> str:
    """`text` in the same form."""
    return "".join(text.split())


def test_sections_carry_numbers_and_sub_numbers() -> None:
    printed = letters(render_policy(POLICY, Texts("en")))
    for expected in ("1Background", "1.1History", "2Consent"):
        assert expected in printed


def test_every_page_names_policy_revision_contact_version_page_and_hash() -> None:
    long = replace(POLICY, source="# A\n" + "word " * 3000)
    pages = PdfReader(io.BytesIO(render_policy(long, Texts("en")))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        foot = page.extract_text()
        for expected in (
            "Alumni policy · version 3 (In force)", "Last revised 31 Mar 2026", "alumni@example.org",
            f"Page {number} of {len(pages)}", "0123456789",
        ):  # fmt: skip
            assert expected in foot


def test_the_end_tells_who_created_and_revised_it_and_when() -> None:
    printed = letters(render_policy(POLICY, Texts("en")))
    assert squeezed("Created 2 May 2024 by First Author. Revised 30 Mar 2026 by Second Author.") in printed


@pytest.mark.parametrize(("state", "marked"), [("draft", True), ("under_review", True), ("decided", False), ("current", False)])
def test_each_page_is_marked_until_the_policy_is_decided(state: str, marked: bool) -> None:
    for content in (
        render_policy(replace(POLICY, state=state), Texts("en")),
        render_consent(ConsentPrint(replace(POLICY, state=state)), Texts("en")),
    ):
        for page in PdfReader(io.BytesIO(content)).pages:
            assert ("DRAFT" in page.extract_text()) is marked


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Post", "Date", "Place", "Signature", "Name in print"]),
        ("sv", ["Post", "Datum", "Ort", "Underskrift", "Namnförtydligande"]),
        ("fi", ["Tehtävänimike", "Päiväys", "Paikka", "Allekirjoitus", "Nimenselvennys"]),
    ],
)
def test_the_five_lines_stand_in_the_policys_language(language: str, words: list[str]) -> None:
    content = render_consent(ConsentPrint(replace(POLICY, language=language)), Texts(language))
    lines = PdfReader(io.BytesIO(content)).pages[0].extract_text().splitlines()
    assert [line.strip() for line in lines if line.strip() in words] == words


def test_the_form_is_filled_in_for_the_holder_and_empty_lines_can_be_typed_into() -> None:
    content = render_consent(ConsentPrint(POLICY, post="Alumni officer", name="Tindra Test"), Texts("en"))
    reader = PdfReader(io.BytesIO(content))
    printed = reader.pages[0].extract_text()
    assert "Alumni officer" in printed
    assert "Tindra Test" in printed
    assert sorted(reader.get_fields() or {}) == ["date", "place"]


def test_the_form_quotes_the_policys_own_section_about_consent() -> None:
    assert "Ipromiseit." in letters(render_consent(ConsentPrint(POLICY), Texts("en")))


def test_the_mark_on_the_form_leads_back_to_exactly_this_version() -> None:
    mark = fingerprint.read_mark(letters(render_consent(ConsentPrint(POLICY), Texts("en"))))
    assert mark == fingerprint.Mark(POLICY.policy_id, 3, "0123456789")


@pytest.mark.parametrize("text", ODD)
def test_every_value_is_printed_letter_for_letter(text: str) -> None:
    odd = replace(
        POLICY,
        title=text,
        owner_post=text,
        contact=text,
        source=f"# {text}\n{text}\n\n- {text}",
        created_by=text,
        revised_by=text,
    )
    assert letters(render_policy(odd, Texts("en"))).count(squeezed(text)) >= 7
    form = letters(render_consent(ConsentPrint(odd, post=text, name=text, place=text), Texts("en")))
    assert form.count(squeezed(text)) >= 4


def test_emoji_can_be_copied_out_of_the_pdf() -> None:
    printed = letters(render_policy(replace(POLICY, title="Party 🎉", source="Be glad 😀."), Texts("en")))
    assert "Party🎉" in printed
    assert "glad😀." in printed


@pytest.mark.parametrize("long", ["x" * 10_000, "wort " * 2000], ids=["one word", "many words"])
def test_ten_thousand_letters_are_wrapped_and_none_is_lost(long: str) -> None:
    odd = replace(POLICY, title=long, owner_post=long, contact=long, source=f"# {long}\n{long}\n\n- {long}", created_by=long)
    letter = long[0]
    printed = letters(render_policy(odd, Texts("en"))).count(letter)
    assert printed >= long.count(letter) * 7
    form = letters(render_consent(ConsentPrint(odd, post=long, name=long, place=long), Texts("en")))
    assert form.count(letter) >= long.count(letter) * 4


def test_the_file_tells_its_language_and_title_and_no_author() -> None:
    reader = PdfReader(io.BytesIO(render_policy(replace(POLICY, language="fi"), Texts("fi"))))
    assert str(reader.root_object["/Lang"]) == "fi-FI"
    assert reader.metadata is not None
    assert reader.metadata.title == "Alumni policy"
    assert not reader.metadata.author


def test_the_same_version_gives_the_same_bytes() -> None:
    assert render_policy(POLICY, Texts("en")) == render_policy(POLICY, Texts("en"))
    form = ConsentPrint(POLICY, name="A")
    assert render_consent(form, Texts("en")) == render_consent(form, Texts("en"))


def test_control_signs_do_not_stop_the_print() -> None:
    odd = "a\x00b\x1b\ud800c"
    assert "ab" in letters(render_policy(replace(POLICY, title=odd, source=odd), Texts("en"))).replace("\ufffd", "")
