"""Days are read as they are written in three languages, and one that may be two days is told instead of guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.people.dates import COUNTED, NO_DATE, NO_SUCH_DAY, SHORT_YEAR, TWO_DAYS, day_order, read_day, says_nothing
from desktop.people.formats.table import WrongCell
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.rows import people_of


@pytest.mark.parametrize(
    "text",
    [
        "2001-12-31", "2001/12/31", "2001.12.31", "2001 12 31", "20011231", "20011231000000Z", "2001-12-31T00:00:00Z", "2001-12-31 00:00:00.000",
        "31.12.2001", "31. 12. 2001", "31.12.2001 klo 0.00", "31.12.2001 00:00", "31/12/2001", "31-12-2001", "12/31/2001",
        "31 december 2001", "den 31 december 2001", "31 dec. 2001", "31:a december 2001", "31. joulukuuta 2001", "31.joulukuuta 2001",
        "31 joulu 2001", "December 31, 2001", "Dec 31 2001", "31st of December 2001", "31-Dec-2001", "2001-Dec-31", "2001 december 31",
    ],
)  # fmt: skip
def test_every_way_to_write_a_day_is_one(text: str) -> None:
    assert read_day(text) == date(2001, 12, 31)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2001", TWO_DAYS), ("3-4-2001", TWO_DAYS), ("31.12.01", SHORT_YEAR), ("7-Feb-22", SHORT_YEAR), ("011231", SHORT_YEAR),
        ("2001-02-30", NO_SUCH_DAY), ("31/31/2001", NO_SUCH_DAY), ("37256", COUNTED), ("i går", NO_DATE), ("31 brumaire 2001", NO_DATE),
        ("2001-12-31 10:30", NO_DATE), ("²⁰⁰¹-12-31", NO_DATE),
    ],
)  # fmt: skip
def test_what_is_no_clear_day_is_told(text: str, reason: str) -> None:
    with pytest.raises(WrongCell) as caught:
        read_day(text)
    assert caught.value.reason == reason


def test_other_dates_of_the_column_tell_day_from_month() -> None:
    assert day_order({"03/04/2001", "31/12/2001"}) == "day" and day_order({"03/04/2001", "12/31/2001"}) == "month"
    assert day_order({"31/12/2001", "12/31/2001"}) == day_order({"03/04/2001", "31.12.2001"}) == ""
    assert read_day("03/04/2001", "day") == date(2001, 4, 3) and read_day("03/04/2001", "month") == date(2001, 3, 4)
    assert read_day("05/05/2001") == date(2001, 5, 5)


@pytest.mark.parametrize(
    ("other", "day"), [("12/31/2002", date(2001, 3, 4)), ("31/12/2002", date(2001, 4, 3)), ("31.12.2002", None)]
)
def test_a_list_is_read_by_what_its_column_shows(other: str, day: date | None) -> None:
    table = parse_table(f"Namn;Född\nÅsa P;03/04/2001\nLiv Ö;{other}\n".encode(), "l")
    read = people_of(table, "l", "SE", lambda done, total: None, today=date(2027, 7, 15))
    assert read.rows[0].birth_date == (day or date(2002, 12, 31))
    assert [(fault.line, fault.reason) for fault in read.faults] == ([] if day else [(2, TWO_DAYS)])


@pytest.mark.parametrize("text", ["0.0.00", "0/0/00", "00-00-0000", "--12-31", "--1231", "0000-00-00", "1604-12-31"])
def test_programs_without_a_day_say_nothing(text: str) -> None:
    assert says_nothing(text)


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_refused(text: str) -> None:
    try:
        read_day(text)
    except WrongCell as caught:
        assert caught.reason.format(**caught.values)
