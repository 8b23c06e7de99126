"""What two people changed at the same time: nothing of either is lost, and only what both touched is asked about."""

from __future__ import annotations

import random

import pytest

from desktop.core.merging import Field, merge, merge_lines

TEXT = "\n".join(f"line {number}" for number in range(20))


def _field(before: str, theirs: str, mine: str, *, lines: bool = False) -> Field:
    return Field("key", "Label", before, theirs, mine, lines=lines)


@pytest.mark.parametrize(
    ("theirs", "mine", "result"),
    [("a", "a", "a"), ("b", "a", "b"), ("a", "b", "b"), ("b", "b", "b"), ("", "a", ""), ("a", "", "")],
)
def test_what_only_one_side_changed_needs_no_question(theirs: str, mine: str, result: str) -> None:
    found = merge([_field("a", theirs, mine)])
    assert not found.clashes
    assert found.result([]) == {"key": result}
    assert len(found.theirs) == (theirs not in ("a", mine)) and len(found.mine) == (mine not in ("a", theirs))


def test_what_both_changed_is_asked_about_and_what_is_chosen_stands_there() -> None:
    found = merge([Field("one", "One", "a", "b", "c"), Field("two", "Two", "", "x", "")])
    assert [(clash.field.key, clash.before, clash.theirs, clash.mine) for clash in found.clashes] == [("one", "a", "b", "c")]
    assert found.result(["d"]) == {"one": "d", "two": "x"}
    assert [one.key for one in found.theirs] == ["two"]


def test_changes_in_different_places_of_a_text_fit_together() -> None:
    theirs = TEXT.replace("line 3\n", "line 3, theirs\nand one more\n")
    mine = TEXT.replace("line 12\n", "").replace("line 15", "line 15, mine")
    found = merge([_field(TEXT, theirs, mine, lines=True)])
    assert not found.clashes
    result = found.result([])["key"].split("\n")
    assert "line 3, theirs" in result and "and one more" in result and "line 15, mine" in result and "line 12" not in result
    assert len(result) == 20


def test_a_stretch_both_changed_is_chosen_and_the_rest_is_kept() -> None:
    theirs = TEXT.replace("line 7", "theirs").replace("line 0\n", "first, theirs\n")
    mine = TEXT.replace("line 7", "mine").replace("line 19", "last, mine")
    found = merge([_field(TEXT, theirs, mine, lines=True)])
    assert [(clash.before, clash.theirs, clash.mine, clash.line) for clash in found.clashes] == [("line 7", "theirs", "mine", 8)]
    for answer, wanted in (("theirs", ["theirs"]), ("both\nof them", ["both", "of them"]), ("", [])):
        result = found.result([answer])["key"].split("\n")
        assert result[0] == "first, theirs" and result[-1] == "last, mine"
        assert result[7 : 7 + len(wanted)] == wanted and len(result) == 19 + len(wanted)


def test_whatever_is_typed_one_side_alone_comes_through_whole_and_pieces_tell_all_three_texts() -> None:
    chance = random.Random(7)

    def changed(text: str) -> str:
        lines = text.split("\n")
        for _change in range(chance.randrange(6)):
            place = chance.randrange(len(lines) + 1)
            lines[place : place + chance.randrange(3)] = [f"new {chance.randrange(5)}"] * chance.randrange(3)
        return "\n".join(lines)

    for _round in range(300):
        before = "\n".join(f"line {chance.randrange(8)}" for _line in range(chance.randrange(1, 12)))
        theirs, mine = changed(before), changed(before)
        pieces = merge_lines(before, theirs, mine)
        for side, text in (("before", before), ("theirs", theirs), ("mine", mine)):
            assert "\n".join(line for piece in pieces for line in getattr(piece, side)) == text
        for one, other in ((before, mine), (theirs, before), (theirs, theirs)):
            alone = merge([_field(before, one, other, lines=True)])
            assert not alone.clashes and alone.result([])["key"] == (other if one == before else one)
