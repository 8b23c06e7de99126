"""Texts, days and numbers as one reader reads them; several languages may be alive at a time."""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.texts import Msgid, PluralMsgid, _

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = {"en": "English", "sv": "Svenska", "fi": "Suomi"}
DOMAIN = "kontinuum"

_LOCALES = {"en": "en_GB", "sv": "sv_SE", "fi": "fi_FI"}
# What nearly every line of a list says is written here, as babel writes it too; babel comes in for the rest: reading what it
# knows of a language takes as long as painting a page.
_DAYS = {"en": "{day} {month} {year:04}", "sv": "{year:04}-{number:02}-{day:02}", "fi": "{day}.{number}.{year:04}"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "fi": ("maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"),
}
_GROUPED = 1000  # from here on numbers are written in groups
_FIELD = re.compile(r"\{(\w+)\}")


def system_language() -> str:
    """The language the computer is set to, if we speak it; English otherwise."""
    for name in (os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"), os.environ.get("LANG"), locale.getlocale()[0]):
        code = (name or "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def core_locale_folder() -> Path:
    """Where the catalogues of the program itself lie."""
    return Path(__file__).resolve().parents[2] / "resources" / "locale"


class Catalogues:
    """Finds the compiled texts: the program's own first, then each module's, in the order given."""

    def __init__(self, modules: Iterable[tuple[str, Path]] = (), core: Path | None = None) -> None:
        self._places = [(DOMAIN, core or core_locale_folder()), *modules]

    @classmethod
    def of_modules(cls, folders: Iterable[Path]) -> Catalogues:
        """For module folders; a module's catalogue is called after its folder."""
        return cls((folder.name, folder / "locale") for folder in folders)

    def open(self, language: str) -> gettext.NullTranslations:
        """All texts of `language` merged; where two say the same English, the earlier place wins."""
        merged = gettext.NullTranslations()
        for domain, folder in self._places:
            for found in self._read(domain, folder, language):
                merged.add_fallback(found)
        return merged

    @staticmethod
    def _read(domain: str, folder: Path, language: str) -> Iterator[gettext.NullTranslations]:
        path = folder / language / "LC_MESSAGES" / f"{domain}.mo"
        if path.is_file():
            with path.open("rb") as file:
                yield gettext.GNUTranslations(file)


class Texts:
    """Says everything in one language, with moments in the office's zone.

    Args:
        strict: Raise KeyError on a field without a value, as tests want; otherwise it stays visible as `{name}`.
    """

    def __init__(
        self,
        language: str = "en",
        catalogues: Catalogues | None = None,
        *,
        zone: tzinfo = UTC,
        strict: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = zone
        self._catalogues = catalogues or Catalogues()
        self._strict, self._now = strict, now
        self._found = gettext.NullTranslations() if self.language == "en" else self._catalogues.open(self.language)

    @cached_property
    def _locale(self) -> Locale:
        from babel import Locale

        return Locale.parse(_LOCALES[self.language])

    @property
    def catalogues(self) -> Catalogues:
        """Where its texts come from; plain values, so it may travel to the worker process."""
        return self._catalogues

    def other(self, language: str) -> Texts:
        """The same texts in another language: a document's, or the addressee's."""
        if language == self.language:
            return self
        return Texts(language, self._catalogues, zone=self.zone, strict=self._strict, now=self._now)

    def say(self, text: Msgid | PluralMsgid, /, **values: Any) -> str:
        """`text` in this language with its `{names}` filled; a plural text takes its number as `count`.

        A value marked for translation is said in this language too.
        """
        if isinstance(text, PluralMsgid):
            count = values["count"]
            found = self._found.ngettext(text.one, text.many, count)
            return self._fill(found, {**values, "count": self.number(count)})
        return self._fill(self._found.gettext(text), values) if text else ""

    def say_n(self, text: PluralMsgid, count: int, /, **values: Any) -> str:
        """The form of `text` that fits `count`."""
        return self.say(text, count=count, **values)

    def _fill(self, text: str, values: dict[str, Any]) -> str:
        def value(field: re.Match[str]) -> str:
            if field[1] in values:
                found = values[field[1]]
                return self.say(found) if isinstance(found, Msgid) else str(found)
            if self._strict:
                raise KeyError(f"{field[1]!r} has no value in {text!r}")
            return field[0]

        return _FIELD.sub(value, text)

    def day(self, day: date) -> str:
        """A calendar day: 22 Nov 2026, 2026-11-22 or 22.11.2026. A moment is taken as its day at the office."""
        if isinstance(day, datetime):
            day = self._local(day).date()
        month = _MONTHS[day.month - 1]
        return _DAYS[self.language].format(day=day.day, month=month, number=day.month, year=day.year)

    def weekday(self, day: date) -> str:
        """The name of the day of the week, in full."""
        return _WEEKDAYS[self.language][day.weekday()]

    def month(self, day: date) -> str:
        """The month with its year, such as November 2026."""
        from babel.dates import format_date

        return format_date(day, "LLLL yyyy", locale=self._locale)

    def time(self, moment: datetime | time) -> str:
        """The time of day at the office, to the minute: 14:05 (in Finnish 14.05)."""
        local = self._local(moment) if isinstance(moment, datetime) else moment
        return local.strftime("%H.%M" if self.language == "fi" else "%H:%M")

    def moment(self, moment: datetime) -> str:
        """Day and time at the office; a moment without a zone is UTC, as the database holds it."""
        return f"{self.day(moment)} {self.time(moment)}"

    def ago(self, moment: datetime) -> str:
        """How long since (or until) `moment`, roughly: 3 hours ago."""
        past = self._local(moment) - self._now()
        if abs(past) < timedelta(minutes=1):
            return self.say(_("just now"))
        from babel.dates import format_timedelta

        return format_timedelta(past, add_direction=True, locale=self._locale)

    def number(self, number: float) -> str:
        """A number with the groups and the decimal sign of the language."""
        if isinstance(number, int) and 0 <= number < _GROUPED:
            return str(int(number))
        from babel.numbers import format_decimal

        return format_decimal(number, locale=self._locale)

    def _local(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(self.zone)
