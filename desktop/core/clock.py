"""What time it is, as an argument: so that a rule about days can be tested on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONES = {"SE": "Europe/Stockholm", "FI": "Europe/Helsinki"}


class Clock(Protocol):
    """Tells moments in UTC and calendar days in the office's zone."""

    @property
    def zone(self) -> tzinfo:
        """The office's time zone, in which moments are shown and days begin."""
        ...

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The calendar day at the office."""
        ...


def office_zone(name: str = "", country: str = "") -> tzinfo:
    """The zone called `name`; without one, or with one unknown here, the country's or else the computer's."""
    for candidate in (name, ZONES.get(country, "")):
        try:
            if candidate:
                return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    from babel.localtime import get_localzone  # asked for by few offices: theirs is the country's

    return get_localzone()


class SystemClock:
    """The computer's clock, with days as the office counts them; without a zone, as the computer does."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone

    @property
    def zone(self) -> tzinfo:
        """The office's time zone."""
        if self._zone is None:
            self._zone = office_zone()
        return self._zone

    def now(self) -> datetime:
        """This moment in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The calendar day at the office."""
        return self.now().astimezone(self.zone).date()


class FixedClock:
    """A clock that stands still until told to move: for tests, demos and repeatable documents."""

    def __init__(self, moment: datetime, zone: tzinfo) -> None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self._moment, self._zone = moment.astimezone(UTC), zone

    @property
    def zone(self) -> tzinfo:
        """The office's time zone."""
        return self._zone

    def now(self) -> datetime:
        """The moment it stands at, in UTC."""
        return self._moment

    def today(self) -> date:
        """The calendar day at the office."""
        return self._moment.astimezone(self._zone).date()

    def move(self, moment: datetime) -> None:
        """Stand at another moment from now on."""
        self._moment = moment.astimezone(UTC)
