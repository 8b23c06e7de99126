"""Policy files: their facts in three languages, and errors that name the line."""

from __future__ import annotations

from datetime import date

import pytest

from db.errors import RuleBroken
from desktop.modules.policies.front_matter import decode, read_policy

GOOD = "---\ntitle: Alumni policy\nowner post: Chair\ncontact: a@b.example\nlanguage: sv\nlast revised: 2026-03-31\n---\n# Aims\nText\n"


def test_the_facts_and_the_text_are_told_apart() -> None:
    file = read_policy(GOOD)
    assert (file.title, file.owner_post, file.contact, file.language) == ("Alumni policy", "Chair", "a@b.example", "sv")
    assert file.last_revised == date(2026, 3, 31)
    assert file.source == "# Aims\nText"


@pytest.mark.parametrize(
    "facts",
    [
        "titel: Policy\nägande post: Ordförande\nkontakt: x\nspråk: svenska\nsenast reviderad: 2026-03-31",
        "otsikko: Policy\nTehtävänimike: Ordförande\nyhteystiedot: x\nkieli: ruotsi\nviimeksi tarkistettu: 31.3.2026",
        'Title: "Policy"\nOwner_Post: Ordförande\ncontact-address: x\nlanguage: sv-SE\nlast_revised: 2026-3-31',
    ],
)
def test_the_names_of_facts_are_known_in_three_languages(facts: str) -> None:
    file = read_policy(f"---\n{facts}\n---\nText")
    assert (file.title, file.owner_post, file.contact, file.language) == ("Policy", "Ordförande", "x", "sv")
    assert file.last_revised == date(2026, 3, 31)


def test_a_first_heading_that_repeats_the_title_is_left_out() -> None:
    assert read_policy(GOOD.replace("# Aims", "# Alumni policy\n\n## 1 Aims")).source == "## 1 Aims\nText"


def test_unknown_facts_are_told_and_do_no_harm() -> None:
    assert read_policy(GOOD.replace("contact:", "author: me\ncontact:")).unknown == ("author",)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("# Aims\n", "Line 1"),
        ("---\ntitle: x\n", "line 1"),
        ("---\nowner post: Chair\n---\nText", "“title”"),
        ("---\ntitle: x\n---\nText", "“owner post”"),
        ("---\ntitle: x\njust words\nowner post: y\n---\nText", "Line 3"),
        ("---\ntitle: x\ntitel: y\nowner post: y\n---\nText", "Line 3"),
        ("---\ntitle: x\nowner post: y\nlanguage: klingon\n---\nText", "Line 4"),
        ("---\ntitle: x\nowner post: y\nlast revised: 2026-02-30\n---\nText", "Line 4"),
        ("---\ntitle: x\nowner post: y\n---\n\n", "line 4"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(text: str, part: str) -> None:
    with pytest.raises(RuleBroken, match=part):
        read_policy(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_usual_encodings_are_understood(encoding: str) -> None:
    assert decode("Åtgärder för øl".encode(encoding)) == "Åtgärder för øl"


@pytest.mark.parametrize("content", [b"", b" \n", b"%PDF\x00\x01\x02", b"\xff\xfe\x00"])
def test_empty_and_binary_files_are_refused(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        decode(content)
