"""Times as callers type them, in the three languages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desktop.modules.phones.tests.conftest import NOW, ZONE
from desktop.modules.phones.welcome import welcome_help, welcome_scripts
from desktop.modules.phones.when import parse_when


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("tomorrow 10", 15, 10, 0),
        ("imorgon kl 10.30", 15, 10, 30),
        ("i morgon 8", 15, 8, 0),
        ("Huomenna klo 9:15", 15, 9, 15),
        ("tomorrow", 15, 10, 0),
        ("16", 14, 16, 0),
        ("9", 15, 9, 0),  # nine is past, so it is tomorrow's
        ("friday 14", 18, 14, 0),
        ("fre 14", 18, 14, 0),
        ("pe 14", 18, 14, 0),
        ("måndag", 21, 10, 0),
        ("24.6. 11", 24, 11, 0),
        ("24/6 11", 24, 11, 0),
        ("2027-06-24 11:05", 24, 11, 5),
    ],
)
def test_a_time_is_understood(text: str, day: int, hour: int, minute: int) -> None:
    assert parse_when(text, NOW, ZONE) == datetime(2027, 6, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(("text", "minutes"), [("+20", 20), ("20 min", 20), ("2 h", 120), ("in 1 hour", 60), ("om 2 tim", 120)])
def test_a_length_counts_from_now(text: str, minutes: int) -> None:
    assert parse_when(text, NOW, ZONE) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["soon", "25", "10:75", "31.2. 10", "tomorrow at ten o'clock", "t 10", "10 11", "<b>"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_when(text, NOW, ZONE)


def test_nothing_typed_is_no_time() -> None:
    assert parse_when("  ", NOW, ZONE) is None


def test_the_welcome_script_can_be_walked_in_every_language() -> None:
    scripts = welcome_scripts()
    assert set(scripts) == set(welcome_help()) == {"sv", "fi", "en"}
    assert len({tuple(len(step.answers) for step in steps) for steps in scripts.values()}) == 1
