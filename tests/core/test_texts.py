"""What a reader is promised: their own language, their own way of writing days, and nothing invented."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.numbers import format_decimal

from db.texts import Msgid, ngettext
from desktop.core.catalogues import as_mo
from desktop.core.texts import Catalogues, Texts

HELSINKI = ZoneInfo("Europe/Helsinki")
PEOPLE = ngettext("{count} person", "{count} people")


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    kept: list[tuple[str, str, dict[str | tuple[str, ...], str | tuple[str, ...]]]] = [
        ("kontinuum", "sv", {"Save": "Spara", ("{count} person", "{count} people"): ("{count} person", "{count} personer")}),
        ("calls", "sv", {"Hello {name}": "Hej {name}", "Save": "Lagra"}),
        ("calls", "fi", {"Hello {name}": "Hei {name}"}),
    ]
    for name, language, texts in kept:
        catalog = Catalog(locale=language)
        for english, translated in texts.items():
            catalog.add(english, translated)
        path = tmp_path / name / "locale" / language / "LC_MESSAGES" / f"{name}.mo"
        path.parent.mkdir(parents=True)
        path.write_bytes(as_mo(catalog))
    return Catalogues([("calls", tmp_path / "calls" / "locale")], core=tmp_path / "kontinuum" / "locale")


def test_the_programs_own_word_goes_before_a_modules(catalogues: Catalogues) -> None:
    assert Texts("sv", catalogues).say(Msgid("Save")) == "Spara"


def test_a_module_brings_its_texts(catalogues: Catalogues) -> None:
    assert Texts("sv", catalogues).say(Msgid("Hello {name}"), name="Åsa") == "Hej Åsa"


def test_what_nobody_translated_is_english(catalogues: Catalogues) -> None:
    assert Texts("fi", catalogues).say(Msgid("Save")) == "Save"
    assert Texts("xx", catalogues).language == "en"


def test_two_languages_are_alive_at_once(catalogues: Catalogues) -> None:
    screen = Texts("sv", catalogues)
    letter = screen.other("fi")
    assert [t.say(Msgid("Hello {name}"), name="Bo") for t in (screen, letter, screen)] == ["Hej Bo", "Hei Bo", "Hej Bo"]


def test_a_number_chooses_its_form(catalogues: Catalogues) -> None:
    swedish = Texts("sv", catalogues)
    assert swedish.say_n(PEOPLE, 1) == "1 person"
    assert swedish.say_n(PEOPLE, 12000) == "12\N{NO-BREAK SPACE}000 personer"
    assert Texts().say_n(PEOPLE, 0) == "0 people"


def test_braces_in_a_value_are_only_braces() -> None:
    assert Texts(strict=True).say(Msgid("{a} and {b}"), a="{b} {0.__class__}", b="}{") == "{b} {0.__class__} and }{"


def test_a_forgotten_value_is_seen_in_tests_and_harmless_elsewhere() -> None:
    with pytest.raises(KeyError):
        Texts(strict=True).say(Msgid("Hello {name}"))
    assert Texts().say(Msgid("Hello {name}")) == "Hello {name}"


def test_an_empty_text_stays_empty_in_every_language(catalogues: Catalogues) -> None:
    assert Texts("sv", catalogues).say(Msgid("")) == ""


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [("en", "2 Nov 2026", "2 Nov 2026 00:05"), ("sv", "2026-11-02", "2026-11-02 00:05"), ("fi", "2.11.2026", "2.11.2026 00.05")],
)
def test_days_and_moments_are_written_as_the_language_does(language: str, day: str, moment: str) -> None:
    texts = Texts(language, zone=HELSINKI)
    assert texts.day(date(2026, 11, 2)) == day
    assert texts.moment(datetime(2026, 11, 1, 22, 5, tzinfo=UTC)) == moment
    assert texts.moment(datetime(2026, 11, 1, 22, 5)) == moment  # as a driver may hand it out


def test_how_long_ago_is_counted_from_the_clock() -> None:
    texts = Texts(now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert texts.ago(datetime(2026, 11, 22, 9, tzinfo=UTC)) == "3 hours ago"
    assert texts.ago(datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)) == "just now"


@pytest.mark.parametrize(("language", "region", "pattern"), [
    ("en", "en_GB", "d MMM yyyy"), ("sv", "sv_SE", "yyyy-MM-dd"), ("fi", "fi_FI", "d.M.yyyy"),
])  # fmt: skip
def test_days_and_numbers_are_written_as_babel_writes_them(language: str, region: str, pattern: str) -> None:
    texts = Texts(language)
    for day in [date(987, 3, 4), *(date(2026, 1, 1) + timedelta(days) for days in range(366))]:
        assert texts.day(day) == format_date(day, pattern, locale=region)
        assert texts.weekday(day) == format_date(day, "cccc", locale=region)
    for number in (*range(1200), -5, 1.5, 12_345_678):
        assert texts.number(number) == format_decimal(number, locale=region)
