"""Days begin when they begin at the office."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.core.clock import FixedClock, SystemClock, office_zone


def test_the_day_is_the_offices() -> None:
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert FixedClock(late, ZoneInfo("Europe/Helsinki")).today() == date(2026, 11, 23)
    assert FixedClock(late, ZoneInfo("Europe/Stockholm")).today() == date(2026, 11, 22)


def test_now_is_aware_and_in_utc() -> None:
    assert SystemClock(ZoneInfo("Europe/Helsinki")).now().tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        FixedClock(datetime(2026, 11, 22), UTC)  # what is refused


@pytest.mark.parametrize(
    ("name", "country", "zone"),
    [
        ("Europe/Oslo", "SE", "Europe/Oslo"),
        ("", "FI", "Europe/Helsinki"),
        ("no/such", "SE", "Europe/Stockholm"),
        ("../x", "SE", "Europe/Stockholm"),
    ],
)
def test_the_zone_is_the_named_one_or_the_countrys(name: str, country: str, zone: str) -> None:
    assert office_zone(name, country) == ZoneInfo(zone)


def test_without_anything_it_is_the_computers() -> None:
    assert datetime(2026, 1, 1, tzinfo=office_zone()).utcoffset() is not None
